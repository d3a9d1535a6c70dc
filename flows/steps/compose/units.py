"""Entries of the figures as bulletins speak of them: the city, a group, a county, a unit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from flows.steps.compose.facts import Facts
from flows.steps.figure_places import count_place, has_way, rate_place
from flows.steps.measures import rates_of
from flows.steps.model import Entry
from flows.steps.targets import Standing
from flows.steps.tasks import Task
from flows.steps.wording.phrases import (
    Basis,
    Count,
    Place,
    Points,
    Rate,
)
from schemas.definition import HOUSEHOLDS, Definition, Indicator

CENTRE = "中心"  # at the end of the names of units that are no enterprise


@dataclass(frozen=True)
class Subject:
    """An entry of the figures as a bulletin speaks of it.

    `remark` says where its figures come from, if they are not all this month's; `stale` is True
    if none of them are.
    """

    entry: Entry
    facts: Facts
    name: str
    remark: str = ""
    stale: bool = False

    @property
    def basis(self) -> Basis:
        """Return what its difference to last month rests on."""
        if self.facts.first:
            return "first"
        if self.facts.skipped:
            return "gap"
        return "new" if self.entry.change is None else "known"

    def task(self, key: str) -> Task:
        """Return an indicator against the calendar."""
        return self.facts.task(self.entry, key)

    def standing(self, key: str) -> Standing | None:
        """Return an indicator against its target, None for a count without one."""
        return self.facts.standing(self.entry, key, known=not self.left_out)

    @property
    def standings(self) -> list[Standing]:
        """Return the indicators that have a target against it."""
        standings = (self.standing(i.key) for i in self.facts.targeted)
        return [standing for standing in standings if standing is not None]

    @property
    def definition(self) -> Definition:
        """Return what the campaign counts."""
        return self.facts.definition

    def indicator(self, key: str) -> Indicator:
        """Return an indicator of the definition."""
        return self.definition.indicator[key]

    def count(self, name: str) -> Count:
        """Return a count of the ledger by its field name."""
        change, column = self.entry.change, self.definition.column(name)
        return Count(
            self.entry.counts[name],
            column.unit,
            None if change is None else change.counts[name],
            self.basis,
            known=not self.left_out,
            decimals=column.decimals,
            source=self._source_of_count(name),
        )

    def _source_of_count(self, name: str) -> str:
        """Return the place of a count in 核对.html, empty where it is not printed there."""
        page = self.facts.pages.get(id(self.entry), "")
        is_printed = name in self.definition.counts and name not in self.entry.unknown
        return count_place(page, name) if page and is_printed and not self.left_out else ""

    def _source_of_rate(self, key: str) -> str:
        """Return the place of a rate in 核对.html, empty where it is not printed there."""
        page = self.facts.pages.get(id(self.entry), "")
        is_known = self.entry.rates[key] is not None
        return rate_place(page, key) if page and is_known and has_way(self.definition, key) else ""

    @property
    def households(self) -> Count:
        """Return the number of units; those that are counted by their people alone are none."""
        unit = self.definition.unit_of(HOUSEHOLDS)
        return Count(self.entry.counts[HOUSEHOLDS], unit, known=not self.left_out)

    @property
    def has_work(self) -> bool:
        """Return whether there is anything to do: retirees, households, whatever is counted."""
        return bool(self.entry.counts[self.definition.main])

    @property
    def begun(self) -> bool:
        """Return whether anything is done in any indicator."""
        counts, definition = self.entry.counts, self.definition
        if any(counts[name] for name in definition.cumulative):
            return True
        achieved = (i.achieved(self.entry.rates[i.key]) for i in definition.spoken)
        return any(achieved)

    def rate(self, key: str) -> Rate:
        """Return an indicator's rate, compared with last month or the last one with figures."""
        rate, change = self.entry.rates[key], self.entry.change
        if change is not None:
            source = self._source_of_rate(key)
            return Rate(rate, change.rates[key], self.basis, source=source)
        before = self._rate_before(key)
        difference = None if rate is None or before is None else rate - before
        return Rate(rate, difference, self.basis, self.facts.since, self._source_of_rate(key))

    def gained(self, key: str) -> Points:
        """Return an indicator's difference to the month of comparison."""
        rate = self.rate(key)
        is_printed = rate.basis == "known" and bool(rate.change)
        return Points(rate.change, source=rate.source if is_printed else "")

    def _rate_before(self, key: str) -> Fraction | None:
        """Return a rate of the last month with figures, if the month before has none."""
        trend = self.facts.previous if self.facts.skipped else None
        if trend is None or self.entry.county is not None:
            return None
        return trend.rates.get(self.entry.name, {}).get(key)

    def remaining(self, key: str) -> Count:
        """Return what is still to do of an indicator."""
        column = self.definition.column(key)
        remaining = self.task(key).remaining
        known = not self.left_out
        return Count(remaining, column.unit, known=known, decimals=column.decimals)

    def finished_part(self, key: str) -> Count:
        """Return what is done of an indicator; of what should become less, what has gone."""
        indicator = self.indicator(key)
        done = self.count(indicator.done)
        if indicator.direction != "down" or indicator.whole is None:
            return done
        counts, column = self.entry.counts, self.definition.column(key)
        gone = max(counts[indicator.whole] - counts[key], 0)
        return Count(gone, column.unit, known=done.known, decimals=column.decimals)

    def a_day(self, key: str) -> Count | None:
        """Return how much of it is needed a day until the next deadline, None after both."""
        a_day, column = self.task(key).a_day, self.definition.column(key)
        return None if a_day is None else Count(a_day, column.unit, decimals=column.decimals)

    def gap(self, key: str) -> Points:
        """Return by how much an indicator lies below 序时进度, negative if it is ahead."""
        ahead = self.task(key).ahead
        return Points(None if ahead is None else -ahead, signed=False)

    def behind(self, key: str) -> bool:
        """Return whether an indicator lies below 序时进度."""
        return self.task(key).behind

    def place(self, key: str) -> Place:
        """Return a county's place in an indicator, or overall for `rank`; others have none."""
        if self.entry.county is not None:
            return Place(None)
        return self.facts.places[key].get(self.entry.name, Place(None))

    @property
    def called(self) -> str:
        """Return what the text calls it after its first mention; a centre is no enterprise."""
        if self.entry.counts[HOUSEHOLDS]:
            return f"该{self.definition.words.unit}"
        return f"该{CENTRE}" if self.name.endswith(CENTRE) else "该单位"

    @property
    def rank_change(self) -> int | None:
        """Return by how many ranks a county rose, negative for a fall, None if not comparable."""
        if self.entry.county is not None:
            return None
        return self.facts.rank_changes.get(self.entry.name)

    @property
    def comparable(self) -> bool:
        """Return whether any of its rates can be compared with last month's."""
        return any(self.rate(i.key).change is not None for i in self.definition.spoken)

    @property
    def left_out(self) -> bool:
        """Return whether there are no figures: its ledger does not count, no other stands in."""
        is_cell = self.entry.county is not None
        return bool(self.remark) and not is_cell and not self.facts.cells.get(self.entry.name)

    @property
    def finished(self) -> bool:
        """Return whether nothing is left to do in any indicator; False with nothing to do."""
        rates = self.entry.rates
        achieved = [i.achieved(rates[i.key]) for i in self.definition.spoken]
        known = [share for share in achieved if share is not None]
        return self.has_work and bool(known) and min(known) == 1

    @property
    def idle(self) -> bool:
        """Return whether this month's figures show no progress though not all is done."""
        change = self.entry.change
        if change is None or self.stale or self.finished:
            return False
        moved = any(change.counts[name] for name in self.definition.progressing)
        return self.has_work and not moved


def summed(definition: Definition, name: str, cells: Iterable[Entry]) -> Entry:
    """Return the entry of some cells taken together, without a difference to last month."""
    cells = list(cells)
    counts = {n: sum(c.counts[n] for c in cells) for n in (HOUSEHOLDS, *definition.counts)}
    return replace(
        cells[0],
        name=name,
        counts=counts,
        rates=rates_of(definition, counts),
        stage=None,
        sources={},
        county=None,
        enterprise=None,
        change=None,
    )


def without(members: Iterable[Subject], others: Iterable[Subject]) -> list[Subject]:
    """Return the members of a unit that are not among others of it: each has a name of its own."""
    names = {other.name for other in others}
    return [member for member in members if member.name not in names]
