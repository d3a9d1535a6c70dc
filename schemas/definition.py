"""What a campaign counts, as frozen values: columns, indicators, stages, groups, words, checks.

The office's own table (campaign/工作定义.xlsx) or a shipped one (schemas/definitions) becomes a
`Definition`. It is part of the campaign and passed down like it; whatever the program knows of a
column or an indicator, it knows from here (DESIGN §2, §7). The module is light on purpose.

Five columns carry the structure of every ledger and have a fixed field each: `county` (the middle
level), `enterprise` (the unit), `uscc` (its code), `affiliation` (the list that the groups are
made of) and `note`. All other fields are the definition's own.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property
from typing import Literal

from schemas.spellings import NO_OWN, OwnSpellings, Spellings, built_in, made

Type = Literal[
    "text",
    "name",
    "county",
    "enterprise",
    "uscc",
    "choice",
    "count",
    "amount",
    "id",
    "phone",
    "date",
]
Kind = Literal["progress", "roster"]
Severity = Literal["ledger", "row", "query", "note"]
Direction = Literal["up", "down", "count"]
NUMBERS = ("count", "amount")  # types that are added up
COUNTY, ENTERPRISE, USCC, AFFILIATION, NOTE = "county", "enterprise", "uscc", "affiliation", "note"
MEMBER = "member"  # of stored persons: whether the first count of some persons counts them
HOUSEHOLDS = "enterprises"  # of figures.json: the units, which are counted from rows


@dataclass(frozen=True)
class Column:
    """One column of a ledger kind.

    `required` speaks of the cell, `expected` of the column: a date of a handover must have its
    column, its cell stays empty until the handover is done. `at_most` names the column whose count
    this one may not exceed, `default` the one that stands in where the cell is empty. `personal`
    values are masked wherever they leave the sender's own workbook. An amount is held as a whole
    number of its smallest unit: `decimals` says how many places it has. `roster_where` says which
    persons of a roster the count counts: a field and the values it must have.
    """

    name: str
    header: str
    type: Type
    help: str
    example: str | int
    required: bool = True
    expected: bool = True
    unit: str = ""
    at_most: str | None = None
    default: str | None = None
    personal: bool = False
    cumulative: bool = False
    decimals: int = 0
    choices: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    roster_where: tuple[str, tuple[str, ...]] | None = None

    @property
    def scale(self) -> int:
        """Return how many of the smallest unit make one of the printed unit."""
        return int(10**self.decimals)

    @property
    def is_number(self) -> bool:
        """Return whether the column's values are added up."""
        return self.type in NUMBERS


@dataclass(frozen=True)
class Indicator:
    """A piece of the work: a done column, mostly as a part of a due one.

    `whole` is None where it is only counted; it has no rate then. `date` is the roster's column
    that says when a person's part was done. `place` is its place in the ranking's order, None where
    it does not rank; `reported` says whether bulletins speak of it. `short` is its name in
    templates, `verb` what is done to each piece of it.
    """

    name: str
    task: str
    done: str
    whole: str | None
    date: str | None
    direction: Direction
    reported: bool
    place: int | None
    short: str = ""
    verb: str = "完成"

    @property
    def work(self) -> str:
        """Return what it is called as a piece of work: 协议签订 of 协议签订率."""
        return self.name.removesuffix("率")

    def achieved(self, rate: Fraction | None) -> Fraction | None:
        """Return the share that is done: of what should become less, what has gone."""
        return 1 - rate if rate is not None and self.direction == "down" else rate

    @property
    def key(self) -> str:
        """Return what the indicator is called in figures.json: its done column's field."""
        return self.done

    @property
    def rated(self) -> bool:
        """Return whether the indicator has a rate."""
        return self.whole is not None and self.direction != "count"


@dataclass(frozen=True)
class Stage:
    """A stage of the work and the indicators that must be complete for it.

    Without indicators the first such stage is that of nothing done, the next that of anything done.
    """

    name: str
    complete: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A group of units: the values of the list column that belong to it.

    `households` says whether its units are counted, or its people alone.
    """

    name: str
    values: tuple[str, ...]
    households: bool


@dataclass(frozen=True)
class Words:
    """What the levels, the units and the people are called, and the work in short.

    `action` is what units do in this work, `deadline` what has to be over by the first deadline;
    `base` is the shipped definition whose own templates are used, empty for the general ones.
    """

    area: str
    middle: str
    middle_short: str
    unit: str
    unit_measure: str
    people: str
    people_measure: str
    short: str
    action: str = "工作"
    deadline: str = "完成"
    base: str = ""


@dataclass(frozen=True)
class OwnCheck:
    """A check of the office: a condition in the ledger's own heads, what a fault costs and says."""

    name: str
    kind: Kind
    condition: str
    severity: Severity
    problem: str
    remedy: str


@dataclass(frozen=True, eq=False)
class Definition:
    """A campaign's whole table; two with the same content are the same (`digest`)."""

    progress: tuple[Column, ...]
    roster: tuple[Column, ...]
    indicators: tuple[Indicator, ...]
    stages: tuple[Stage, ...]
    groups: tuple[Group, ...]
    words: Words
    checks: tuple[OwnCheck, ...] = ()
    upward: tuple[str, ...] = ()
    choice_spellings: tuple[tuple[str, str, str], ...] = ()  # field, choice, spellings
    covers: tuple[tuple[str, tuple[str, ...]], ...] = ()  # a choice that stands for others
    out_of_scope: tuple[str, ...] = ()  # words that put a person out of the work's scope
    own: OwnSpellings = field(default=NO_OWN)

    def __eq__(self, other: object) -> bool:
        """Return whether the other definition has the same content."""
        return isinstance(other, Definition) and self.digest == other.digest

    def __hash__(self) -> int:
        """Return a hash of the content, so that what is derived from it is derived once."""
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """Return a digest of the whole content, the office's own spellings included."""
        parts = [repr(getattr(self, each.name)) for each in fields(self)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def kinds(self) -> Mapping[Kind, tuple[Column, ...]]:
        """Return the columns of each ledger kind that the campaign has, in the form's order."""
        kinds: dict[Kind, tuple[Column, ...]] = {"progress": self.progress, "roster": self.roster}
        return {kind: columns for kind, columns in kinds.items() if columns}

    @cached_property
    def _by_name(self) -> Mapping[Kind, Mapping[str, Column]]:
        return {kind: {c.name: c for c in columns} for kind, columns in self.kinds.items()}

    def columns_of(self, kind: Kind) -> Mapping[str, Column]:
        """Return the columns of a ledger kind by their field, in the order of the form."""
        return self._by_name[kind]

    def header_of(self, kind: Kind, name: str) -> str:
        """Return the Chinese header of a field; raises KeyError if the kind has no such field."""
        return self._by_name[kind][name].header

    def column(self, count: str) -> Column:
        """Return the column of a count of figures.json; raises KeyError for the units' number."""
        return self._by_name["progress"][count]

    def count_name(self, count: str) -> str:
        """Return what a count of figures.json is called: its column's header, or 企业户数."""
        return self.households_name if count == HOUSEHOLDS else self.column(count).header

    def unit_of(self, count: str) -> str:
        """Return the unit that a count of figures.json is printed with."""
        return self.words.unit_measure if count == HOUSEHOLDS else self.column(count).unit

    @property
    def households_name(self) -> str:
        """Return what the number of units is called, such as 企业户数."""
        return f"{self.words.unit}{self.words.unit_measure}数"

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """Return the fields that are added up, in the order of the form."""
        return tuple(c.name for c in self.progress if c.is_number)

    @cached_property
    def cumulative(self) -> tuple[str, ...]:
        """Return the counts of what is done, which grow from month to month."""
        return tuple(c.name for c in self.progress if c.cumulative)

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """Return the counts of what there is to do."""
        return tuple(name for name in self.counts if name not in self.cumulative)

    @cached_property
    def main(self) -> str:
        """Return the base that shares, ranks and stages ask for: the first indicator's whole."""
        return (*self.wholes.values(), *self.bases, *self.counts)[0]

    @cached_property
    def rated(self) -> tuple[Indicator, ...]:
        """Return the indicators that have a rate, in the order of the table."""
        return tuple(i for i in self.indicators if i.rated)

    @cached_property
    def spoken(self) -> tuple[Indicator, ...]:
        """Return the indicators with a rate of which bulletins speak."""
        return tuple(i for i in self.rated if i.reported)

    @cached_property
    def counted(self) -> tuple[Indicator, ...]:
        """Return the indicators without a rate of which bulletins speak."""
        return tuple(i for i in self.indicators if i.reported and not i.rated)

    @cached_property
    def progressing(self) -> tuple[str, ...]:
        """Return the counts that change as the work goes on: the cumulative, the indicators'."""
        done = [i.done for i in self.indicators]
        return tuple(name for name in self.counts if name in self.cumulative or name in done)

    @cached_property
    def indicator(self) -> Mapping[str, Indicator]:
        """Return the indicators by their key."""
        return {i.key: i for i in self.indicators}

    @cached_property
    def rate_names(self) -> Mapping[str, str]:
        """Return the name of each rate by its indicator's key."""
        return {i.key: i.name for i in self.rated}

    @cached_property
    def wholes(self) -> Mapping[str, str]:
        """Return what each rated indicator is a part of."""
        return {i.key: i.whole for i in self.rated if i.whole is not None}

    @cached_property
    def ranking(self) -> tuple[str, ...]:
        """Return the indicators that rank, first things first, where the settings name none."""
        placed = sorted((i.place, i.key) for i in self.rated if i.place is not None)
        return tuple(key for _, key in placed)

    @cached_property
    def handovers(self) -> Mapping[str, str]:
        """Return the roster's date of each indicator that has one."""
        return {i.key: i.date for i in self.indicators if i.date is not None}

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """Return the group of each value of the list column."""
        return {value: group.name for group in self.groups for value in group.values}

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """Return the groups in the order of the bulletin."""
        return tuple(group.name for group in self.groups)

    @cached_property
    def identity(self) -> str:
        """Return the roster's field of the ID number; raises StopIteration without a roster."""
        return next(c.name for c in self.roster if c.type == "id")

    @cached_property
    def subsets(self) -> Mapping[str, str]:
        """Return the counts of some persons of a roster, each by the flag of those persons."""
        found = [c.name for c in self.progress if c.roster_where is not None]
        return {name: f"{MEMBER}_{name}" if i else MEMBER for i, name in enumerate(found)}

    @cached_property
    def without_households(self) -> frozenset[str]:
        """Return the groups whose units are not counted."""
        return frozenset(group.name for group in self.groups if not group.households)

    def all_headers(self) -> Iterator[str]:
        """Yield every Chinese header of every kind once, in the order of the forms."""
        yield from dict.fromkeys(c.header for columns in self.kinds.values() for c in columns)

    @cached_property
    def _headers(self) -> Mapping[Kind, Spellings]:
        found: dict[Kind, Spellings] = {}
        for kind, columns in self.kinds.items():
            lines = [(text, c.name) for c in columns for text in c.spellings]
            lines += [(text, name) for of, text, name in self.own.lines if of == kind]
            found[kind] = made(lines, {c.header: c.name for c in columns}, levels=True)
        return found

    def headers(self, kind: Kind) -> Spellings:
        """Return the header spellings of a ledger kind; levels are joined by `/`."""
        return self._headers[kind]

    @cached_property
    def ignored(self) -> Spellings:
        """Return the heads of columns that no ledger needs."""
        return built_in("ignored", self.own)

    @cached_property
    def _choices(self) -> Mapping[str, Spellings]:
        columns = {c.name: c for columns in self.kinds.values() for c in columns if c.choices}
        found = {}
        for name, column in columns.items():
            lines = [(text, choice) for of, choice, text in self.choice_spellings if of == name]
            lines += [(text, choice) for of, text, choice in self.own.lines if of == name]
            found[name] = made(lines, dict(zip(column.choices, column.choices, strict=True)))
        return found

    def choices(self, name: str) -> Spellings:
        """Return the spellings of a list column's choices; raises KeyError for any other field."""
        return self._choices[name]
