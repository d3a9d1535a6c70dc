"""What is added up, on every level."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

from flows.registered import TargetLevel
from schemas.columns import Kind, Level

K = TypeVar("K")
V = TypeVar("V")


class LazyMapping(Mapping[K, V]):
    """A mapping made when first used: most bulletins need few of a month's thousands of entries."""

    __slots__ = ("_arguments", "_made", "_make")

    def __init__(self, make: Callable[..., Mapping[K, V]], *arguments: Any) -> None:
        self._make, self._arguments = make, arguments
        self._made: Mapping[K, V] | None = None

    def _whole(self) -> Mapping[K, V]:
        if self._made is None:
            self._made = self._make(*self._arguments)
        return self._made

    def __getitem__(self, name: K) -> V:
        return self._whole()[name]

    def __iter__(self) -> Iterator[K]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of one enterprise in one county by one ledger, with their cells (`file!sheet!F7`).

    `cells` holds for each count the cells kept and how many there are in all. `original` is the
    county and the enterprise under which it was reported, where 名录 has them under other names in
    the month that it counts for, `until` the last month in which they stood by themselves.
    `affiliation` is the registered one, for an unregistered enterprise that of the ledger.
    """

    submission: str
    month: str
    sender: str
    file: str
    county: str
    enterprise: str
    group: str
    counts: Mapping[str, int]
    cells: Mapping[str, tuple[Sequence[str], int]]
    original: tuple[str, str] | None = None
    until: str = ""
    affiliation: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return the county and the enterprise."""
        return self.county, self.enterprise


@dataclass(frozen=True, slots=True)
class Coverage:
    """A line of the roll-call: sender, kind owed, verdict, and the month whose figures count."""

    sender: str
    kind: Kind
    verdict: str
    used: str | None


@dataclass(frozen=True)
class Change:
    """The difference to last month: counts, and exact rates (None if either has no denominator).

    A count is None that last month's ledgers did not have yet.
    """

    counts: Mapping[str, int | None]
    rates: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class Entry:
    """The figures of the city, a group, a county, an enterprise or a cell (a county × enterprise).

    `counts` has `enterprises` first, then the ledger's counts; `rates` the four indicators as exact
    fractions, None without a denominator; `sources` the cells that were counted, at most 50 a
    count, with how many more there are. `rank` and `share` are a county's; `groups` are those that
    its lines belong to, `affiliations` what they are made of; `unknown` are the counts that none of
    its ledgers had.
    """

    name: str
    counts: Mapping[str, int]
    rates: Mapping[str, Fraction | None]
    stage: str | None
    sources: Mapping[str, tuple[Sequence[str], int]]
    county: str | None = None
    enterprise: str | None = None
    share: Fraction | None = None
    rank: int | None = None
    change: Change | None = None
    groups: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pace:
    """The calendar on the month's last day: share of time gone, days left until the handover."""

    elapsed: Fraction
    days_left: int
    deadline: date
    start: date


@dataclass(frozen=True)
class Figures:
    """A month's figures on every level (DESIGN §6)."""

    month: str
    as_of: date
    city: Entry
    groups: Sequence[Entry]
    counties: Sequence[Entry]
    enterprises: Sequence[Entry]
    cells: Sequence[Entry]
    coverage: Sequence[Coverage]
    pace: Pace

    def of_level(self, level: Level) -> Sequence[Entry]:
        """Return the entries of a level: the city alone, the counties, or the enterprises."""
        by_level: Mapping[Level, Sequence[Entry]] = {
            "city": [self.city],
            "county": self.counties,
            "enterprise": self.enterprises,
        }
        return by_level[level]

    @cached_property
    def _by_name(self) -> Mapping[TargetLevel, Mapping[str, Entry]]:
        """Return the entries of each level but the city's by their names."""
        levels: Mapping[TargetLevel, Sequence[Entry]] = {
            "county": self.counties,
            "group": self.groups,
            "enterprise": self.enterprises,
        }
        return {level: {e.name: e for e in entries} for level, entries in levels.items()}

    def level_of(self, entry: Entry) -> TargetLevel | None:
        """Return the level that an entry stands on, None for a part of one."""
        if entry is self.city:
            return "city"
        named = self._by_name.items()
        return next((level for level, known in named if known.get(entry.name) is entry), None)
