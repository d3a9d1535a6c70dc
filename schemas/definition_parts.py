"""The parts of a definition: a column, an indicator, a stage, a group, a check, and the words."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

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
    def aside(self) -> bool:
        """Return whether nothing is counted by it: of two columns one may be taken."""
        return not (self.expected or self.required or self.is_number)

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
    templates, `verb` what is done to each piece of it, `heading` stands over its columns.
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
    heading: str = ""

    @property
    def work(self) -> str:
        """Return what it is called as a piece of work: 协议签订 of 协议签订率."""
        return self.task if self.direction == "down" else self.name.removesuffix("率")

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

    `action` is what units do in this work, `deadline` what has to be over by the first deadline,
    `others` the indicators after the first, `caution` how the first is not to be misread;
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
    others: str = "其他指标"
    caution: str = ""
    base: str = ""

    @property
    def work(self) -> str:
        """Return what the work is called where no settings say it."""
        return self.base or self.short


@dataclass(frozen=True)
class OwnCheck:
    """A check of the office: a condition in the ledger's own heads, what a fault costs and says."""

    name: str
    kind: Kind
    condition: str
    severity: Severity
    problem: str
    remedy: str
