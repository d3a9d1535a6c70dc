"""A made-up campaign of any definition: its units, and what each has done in each month.

A base is about as large as its column's example says; what is done grows from month to month, never
beyond what it may not exceed, and in agreement with the office's own checks.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from flows.demo import names
from flows.demo.agreement import agreeing
from flows.demo.city import PACES
from schemas.definition import AFFILIATION, COUNTY, ENTERPRISE, NOTE, USCC, Column, Definition

Row = dict[str, object]  # by field; numbers in their smallest unit
STARTED = "2022-03-01"  # a date of what has begun, where one is asked for
_SINGLE = (0.9, 0.2, 0.1)  # how much of a step a unit may lack when it counts, by its place
_SMALL = 3  # what is only counted and has no base stays below this in a unit


@dataclass(frozen=True)
class Site:
    """A unit of the made-up campaign; `size` is how large it is beside the others, 1 the mean."""

    name: str
    uscc: str
    county: str
    choice: str
    size: float


@dataclass(frozen=True)
class Work:
    """A made-up campaign; everything in it follows from the definition, the seed and the sizes."""

    name: str
    definition: Definition
    seed: int
    counties: Sequence[str]
    sites: Sequence[Site]

    @cached_property
    def _wholes(self) -> Mapping[str, str]:
        """Return what each count is a part of: what it may not exceed, or its indicator's base."""
        wholes = dict(self.definition.wholes)
        return wholes | {c.name: c.at_most for c in self.definition.progress if c.at_most}

    def rows(self, county: str, month: int) -> list[Row]:
        """Return the rows of a county in month 0, 1, 2 … of the demo."""
        found = [self._row(site, month) for site in self.sites if site.county == county]
        return agreeing(self.definition, found)

    def _row(self, site: Site, month: int) -> Row:
        columns = self.definition.progress
        part = self._part(site, month)
        numbers: dict[str, int] = {}
        for column in sorted((c for c in columns if c.is_number), key=self._order):
            draw = self._draw(site, column.name)
            numbers[column.name] = self._number(column, site, part, draw, numbers)
        return {
            c.name: numbers[c.name] if c.is_number else _text(c, site, self._draw(site, c.name))
            for c in columns
        }

    def _draw(self, site: Site, name: str) -> float:
        """Return a number from 0 to 1 that is a unit's own for one of its columns."""
        return random.Random(f"{self.seed}/{site.name}/{name}").random()

    def _order(self, column: Column) -> int:
        """Return when a count is made up: after all that it depends on."""
        return 1 + self._depth(column.name) if self._is_done(column) else 0

    def _is_done(self, column: Column) -> bool:
        return column.cumulative or column.name in self.definition.indicator

    def _part(self, site: Site, month: int) -> float:
        """Return how much of its work a unit has done."""
        shares, _ = PACES[self.counties.index(site.county) % len(PACES)]
        share = shares[min(month, len(shares) - 1)]
        pace = 0.75 + 0.5 * self._draw(site, "pace")
        return share if share in (0, 1) else min(share * pace, 1)

    def _number(
        self, column: Column, site: Site, part: float, draw: float, row: Mapping[str, int]
    ) -> int:
        whole = self._wholes.get(column.name)
        if not self._is_done(column):
            base = _base(column, site.size * (0.85 + 0.3 * draw))
            return min(base, row.get(whole or "", base))
        if whole is None:
            return int(part * draw * _SMALL)
        if not column.cumulative:  # what is left over
            part = 1 - part
        depth = self._depth(column.name)
        most = row[self._root(column.name)]
        if most == 1:  # a unit has begun soon, and is through with it late
            draw = _SINGLE[min(depth, len(_SINGLE) - 1)]
        later = 1 + 0.7 * depth + 0.4 * self._draw(site, f"{column.name}/later")
        return min(int(most * part**later + draw), row[whole])

    def _depth(self, name: str) -> int:
        """Return how many counts of what is done must come before one."""
        whole = self._wholes.get(name)
        if whole is None or whole not in self.definition.cumulative:
            return 0
        return 1 + self._depth(whole)

    def _root(self, name: str) -> str:
        whole = self._wholes[name]
        return self._root(whole) if whole in self.definition.cumulative else whole


def make_work(name: str, definition: Definition, counties: int = 11, seed: int = 2022) -> Work:
    """Return a made-up campaign with three to seven units in each county."""
    rng = random.Random(f"{seed}/{name}")
    places = names.counties(counties)
    unit_names = names.units(rng, definition.words.unit)
    listed = definition.columns_of("progress").get(AFFILIATION)
    sites = [
        Site(
            unit,
            names.credit_code(rng),
            county,
            rng.choice(listed.choices) if listed else "",
            rng.choice((0.4, 0.6, 0.8, 1, 1, 1.2, 1.6, 2.2)),
        )
        for county in places
        for unit in islice(unit_names, rng.randrange(3, 8))
    ]
    return Work(name, definition, seed, places, sites)


def _base(column: Column, size: float) -> int:
    """Return a base about as large as the example; where that is one, each unit has one."""
    typical = round(float(column.example or 1) * column.scale)
    return typical if typical == 1 else max(1, round(typical * size))


def _text(column: Column, site: Site, draw: float) -> str | None:
    known = {COUNTY: site.county, ENTERPRISE: site.name, USCC: site.uscc, AFFILIATION: site.choice}
    if column.name in known:
        return known[column.name] or None
    if column.name == NOTE or not column.required:
        return None
    if column.choices:
        return column.choices[int(draw * len(column.choices))]
    return STARTED if column.type == "date" else str(column.example)
