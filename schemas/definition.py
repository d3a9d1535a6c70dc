"""What a campaign counts, as frozen values: columns, indicators, stages, groups, words, checks.

The office's own table (campaign/工作定义.xlsx) or a shipped one (schemas/definitions) becomes a
`Definition`. It is part of the campaign and passed down like it; whatever the program knows of a
column or an indicator, it knows from here (DESIGN §2, §7). The module is light on purpose.

Five columns carry the structure of every ledger and have a fixed field each: `county` (the middle
level), `enterprise` (the unit), `uscc` (its code), `affiliation` (the list that the groups are
made of) and `note`. All other fields are the definition's own.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from schemas.definition_parts import (
    AFFILIATION,
    COUNTY,
    ENTERPRISE,
    HOUSEHOLDS,
    MEMBER,
    NOTE,
    NUMBERS,
    USCC,
    Column,
    Direction,
    Group,
    Indicator,
    Kind,
    OwnCheck,
    Severity,
    Stage,
    Type,
    Words,
)
from schemas.spellings import (
    NO_OWN,
    OwnSpellings,
    Spellings,
    header_key,
    ignored,
    made,
    squeeze,
    unit_scale,
)

__all__ = [
    "AFFILIATION",
    "COUNTY",
    "ENTERPRISE",
    "HOUSEHOLDS",
    "MEMBER",
    "NOTE",
    "NUMBERS",
    "USCC",
    "Column",
    "Definition",
    "Direction",
    "Group",
    "Indicator",
    "Kind",
    "OwnCheck",
    "Severity",
    "Stage",
    "Type",
    "Words",
]


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
    upward: tuple[tuple[str, str], ...] = ()  # field, its head in the form of the level above
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

    def __reduce__(self) -> tuple[Callable[..., "Definition"], tuple[object, ...]]:
        """Return how a process that is sent the definition makes it, once."""
        return _sent, (self.digest, *(getattr(self, each.name) for each in fields(self)))

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

    def decimals_of(self, count: str) -> int:
        """Return how many decimals a count of figures.json is printed with."""
        return 0 if count == HOUSEHOLDS else self.column(count).decimals

    @property
    def households_name(self) -> str:
        """Return what the number of units is called, such as 企业户数."""
        return f"{self.words.unit}{self.words.unit_measure}数"

    @cached_property
    def terms(self) -> Mapping[str, str]:
        """Return the words of the rules' sentences: what the middle level and a unit are called."""
        return {
            "middle": self.header_of("progress", COUNTY),
            "unit_name": self.words.unit,
            "unit_measure": self.words.unit_measure,
        }

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """Return the fields that are added up, in the order of the form."""
        return tuple(c.name for c in self.progress if c.is_number)

    @cached_property
    def cumulative(self) -> tuple[str, ...]:
        """Return the counts of what is done, which grow from month to month."""
        return tuple(c.name for c in self.progress if c.cumulative)

    def former_names(self, count: str) -> tuple[str, ...]:
        """Return what a count without a 代号 was called before: its column's other spellings.

        Such a column's field is its head; one that was renamed keeps its past under the old head.
        """
        column = self.column(count)
        if column.name != squeeze(column.header):
            return ()
        lines = [text for text in column.spellings if "*" not in text and "/" not in text]
        return tuple(squeeze(text) for line in lines for text in line.split("|"))

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """Return the counts of what there is to do, which do not change as the work goes on."""
        return tuple(name for name in self.counts if name not in self.progressing)

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
    def completed_stages(self) -> tuple[tuple[str, tuple[Indicator, ...]], ...]:
        """Return the stages that indicators complete, with these, the last first."""
        staged = [stage for stage in reversed(self.stages) if stage.complete]
        return tuple((s.name, tuple(self.indicator[key] for key in s.complete)) for s in staged)

    @cached_property
    def open_stages(self) -> tuple[str, ...]:
        """Return the names of the stages that nothing completes."""
        return tuple(stage.name for stage in self.stages if not stage.complete)

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
    def upward_columns(self) -> tuple[tuple[Column, str], ...]:
        """Return the columns of the ledger for the level above, each with its head there.

        Those that carry the structure stand in the order of the form, between them and the note
        the numbers in the order of the table; without a table they are all of them.
        """
        heads, form = dict(self.upward), self.columns_of("progress")
        structure = [name for name in form if name in (COUNTY, ENTERPRISE, USCC, AFFILIATION)]
        numbers = [name for name in heads if form[name].is_number] or self.counts
        note = [NOTE] if NOTE in form else []
        names = (*structure, *numbers, *note)
        return tuple((form[name], heads.get(name, form[name].header)) for name in names)

    @cached_property
    def subsets(self) -> Mapping[str, str]:
        """Return the counts of some persons of a roster, each by the flag of those persons."""
        found = [c.name for c in self.progress if c.roster_where is not None]
        return {name: f"{MEMBER}_{name}" if i else MEMBER for i, name in enumerate(found)}

    @cached_property
    def rostered(self) -> tuple[str, ...]:
        """Return the counts that a roster gives too: of all persons, some, or those done."""
        wholes = {i.whole for i in self.indicators if i.date is not None}
        known = {self.main, *wholes, *self.handovers, *self.subsets}
        return tuple(name for name in self.counts if name in known) if self.roster else ()

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
            lines += [(header_key(c.header), c.name) for c in columns]
            lines += [
                (f"{c.header}({c.unit})", c.name)
                for c in columns
                if c.unit and unit_scale(c.unit) is None
            ]
            lines += [(text, name) for of, text, name in self.own.lines if of == kind]
            found[kind] = made(lines, {c.header: c.name for c in columns}, levels=True)
        return found

    def headers(self, kind: Kind) -> Spellings:
        """Return the header spellings of a ledger kind; levels are joined by `/`."""
        return self._headers[kind]

    @cached_property
    def ignored(self) -> Spellings:
        """Return the heads of columns that no ledger needs."""
        return ignored(self.own)

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


_SENT: dict[str, Definition] = {}


def _sent(digest: str, *values: Any) -> Definition:  # the fields' own types
    """Return the definition of a digest, made where it is not known yet."""
    if digest not in _SENT:
        _SENT[digest] = Definition(*values)
    return _SENT[digest]
