"""Where counties, indicators and ledgers stand: what bulletins and overview both say."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flows.steps.model import Coverage, Entry, LedgerReport, Report, Trend
from flows.steps.months import Month
from flows.steps.timeliness import Timeliness, timeliness_of
from flows.steps.wording.phrases import Place
from schemas.definition import Definition, Indicator, Kind
from schemas.definition_sheets import KIND_NAMES

Band = Literal["complete", "under_way", "not_begun"]
# The month whose figures stand for a line of the roll-call; "other kind" is a roster beside a
# progress ledger, which only confirms it.
Basis = Literal["this month", "earlier month", "other kind", "none"]
CellKey = tuple[str, str]  # county, enterprise


@dataclass(frozen=True)
class Standing:
    """A county in the order of ranks; `tied` if others share its rank."""

    entry: Entry
    tied: bool

    @property
    def place(self) -> str:
        """Return the rank as it is printed: 3, 3（并列）, or — with nothing to do."""
        if self.entry.rank is None:
            return "—"
        return f"{self.entry.rank}（并列）" if self.tied else str(self.entry.rank)


def in_rank_order(counties: Sequence[Entry]) -> list[Standing]:
    """Return the counties by rank, those without one last; ties keep the registry's order."""
    holders = Counter(entry.rank for entry in counties)
    ordered = sorted(counties, key=lambda entry: (entry.rank is None, entry.rank or 0))
    return [
        Standing(entry, entry.rank is not None and holders[entry.rank] > 1) for entry in ordered
    ]


CHARTED = 15  # counties at either end of a chart that cannot show all
MEDIAN = "中位数"


@dataclass(frozen=True)
class ChartEntry:
    """A bar of a chart: a county, or the median of all that stand between the ends."""

    name: str
    rates: Mapping[str, Fraction | None]


def charted(entries: Sequence[Entry], names: Sequence[str] | None = None) -> list[ChartEntry]:
    """Return the bars of a chart: all of a few entries; of many the ends and the median.

    The median is that of all entries, indicator by indicator, between the two ends.
    """
    labels = names or [entry.name for entry in entries]
    bars = [ChartEntry(name, entry.rates) for name, entry in zip(labels, entries, strict=True)]
    if len(bars) <= 2 * CHARTED + 1:
        return bars
    median = ChartEntry(
        MEDIAN, {key: _median([e.rates[key] for e in entries]) for key in entries[0].rates}
    )
    return [*bars[:CHARTED], median, *bars[-CHARTED:]]


def _median(rates: Sequence[Fraction | None]) -> Fraction | None:
    known = sorted(rate for rate in rates if rate is not None)
    if not known:
        return None
    return (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2


def places_of(
    definition: Definition, counties: Sequence[Entry]
) -> Mapping[str, Mapping[str, Place]]:
    """Return each county's place, overall (under `rank`) and in each indicator: 1, 2, 2, 4."""
    overall = _shared({county.name: county.rank for county in counties})
    return {"rank": overall} | {i.key: _places(counties, i) for i in definition.rated}


def _places(counties: Sequence[Entry], indicator: Indicator) -> dict[str, Place]:
    """Return each county's place in one indicator; one without a denominator has none."""
    rates = {c.name: indicator.achieved(c.rates[indicator.key]) for c in counties}
    known = sorted(rate for rate in rates.values() if rate is not None)
    return _shared(
        {
            name: None if rate is None else 1 + len(known) - bisect_right(known, rate)
            for name, rate in rates.items()
        }
    )


def _shared(places: Mapping[str, int | None]) -> dict[str, Place]:
    """Return places by name, each with whether another county has the same."""
    holders = Counter(places.values())
    return {
        name: Place(place, place is not None and holders[place] > 1)
        for name, place in places.items()
    }


def previous_trend(report: Report) -> Trend | None:
    """Return the rates of the last month before that has figures, None in the first month.

    It is not always the month before: an office may skip a month.
    """
    earlier = [trend for trend in report.trends if trend.month < report.figures.month]
    return earlier[-1] if earlier else None


def rank_changes(report: Report) -> dict[str, int]:
    """Return by how many ranks each county rose since the last month with figures.

    A fall is negative; a county without a rank in one of the months is left out.
    """
    trend = previous_trend(report)
    before = {} if trend is None else _ranks(trend, report)
    return {
        county.name: before[county.name] - county.rank
        for county in report.figures.counties
        if county.rank is not None and county.name in before
    }


def _ranks(trend: Trend, report: Report) -> dict[str, int]:
    """Return the ranks of a month in the past, as roll_up ranks: with nothing to do, none."""
    definition = report.campaign.definition
    ranking = [definition.indicator[key] for key in report.campaign.ranking]
    first = [i.key for i in definition.rated if i.whole == definition.main][:1]
    keys = {}
    for county in report.figures.counties:
        rates = trend.rates.get(county.name, {})
        if any(rates.get(key) is not None for key in first):
            values = [indicator.achieved(rates.get(indicator.key)) for indicator in ranking]
            keys[county.name] = tuple(Fraction(1) if v is None else v for v in values)
    ordered = sorted(keys.values())
    return {name: 1 + len(ordered) - bisect_right(ordered, key) for name, key in keys.items()}


def band_of(achieved: Fraction | None) -> Band | None:
    """Return the band that what is done of an indicator falls into, None without a denominator."""
    if achieved is None:
        return None
    if achieved == 1:
        return "complete"
    return "under_way" if achieved > 0 else "not_begun"


def carried_cells(report: Report) -> dict[CellKey, str | None]:
    """Return the month that each carried cell's figures are taken from, None if it is not certain.

    A cell is carried if one of its ledger cells lies in no file that counts this month; one
    without ledger cells is, if its county or enterprise reported in an earlier month last.
    """
    counted = report.counted_files
    used = _earlier_months(report)
    months: dict[CellKey, str | None] = {}
    for cell in report.figures.cells:
        files = _files(cell, report.campaign.definition.main)
        stale = not files <= counted if files else bool({cell.county, cell.enterprise} & set(used))
        if stale:
            months[cell.county or "", cell.enterprise or ""] = _month_of(files, used)
    return months


def carried_label(months: Sequence[str | None]) -> str:
    """Return the month of carried figures in words; 以前月份 if not certain or several."""
    first = months[0]
    return Month.parse(first).label if first is not None and set(months) == {first} else "以前月份"


def _earlier_months(report: Report) -> dict[str, str]:
    """Return the month that is used in place of this one, by sender."""
    month = report.figures.month
    return {
        row.sender: row.used
        for row in report.figures.coverage
        if row.used is not None and row.used < month
    }


def _files(entry: Entry, base: str) -> set[str]:
    cells, _ = entry.sources.get(base, ((), 0))
    return {cell.rsplit("!", 2)[0] for cell in cells}


def _month_of(files: set[str], used: Mapping[str, str]) -> str | None:
    """Return the month of a sender's figures; the name in a file's path is its sender's."""
    months = set()
    for file in files:
        names = [sender for sender in used if sender in file]
        if names:
            months.add(used[max(names, key=len)])
    months = months or set(used.values())
    return months.pop() if len(months) == 1 else None


NOT_ACCEPTED = ("returned", "held", "unreadable", "missing")


def without_data(report: Report) -> frozenset[str]:
    """Return the counties of which nothing is known: no ledger counts, none of before stands in."""
    known = {cell.county for cell in report.figures.cells}
    owing = {line.sender for line in roll_call(report) if line.is_replaced}
    return frozenset(c.name for c in report.figures.counties if c.name in owing - known)


@dataclass(frozen=True)
class RollCallLine:
    """A line of the roll-call: what a sender owes, what became of it, which figures count.

    `ledgers` are those that came in for it; `kinds` are all the kinds that the sender owes.
    """

    row: Coverage
    type: str
    kinds: Sequence[Kind]
    ledgers: Sequence[LedgerReport]
    basis: Basis
    timeliness: Timeliness

    @property
    def sender(self) -> str:
        """Return the sender's registered name."""
        return self.row.sender

    @property
    def carried(self) -> bool:
        """Return whether an earlier month's figures stand in."""
        return self.basis == "earlier month"

    @property
    def is_replaced(self) -> bool:
        """Return whether the figures that count are not those of a ledger of this month."""
        return self.row.verdict in NOT_ACCEPTED and self.basis in ("earlier month", "none")

    @property
    def kind_name(self) -> str:
        """Return the Chinese name of the kind of ledger owed."""
        return KIND_NAMES[self.row.kind]

    @property
    def name(self) -> str:
        """Return the sender, with the kind of ledger if it owes several."""
        return f"{self.sender}{self.kind_name}" if len(self.kinds) > 1 else self.sender

    @property
    def rejected(self) -> int:
        """Return how many rows of a partly accepted ledger do not count."""
        partly = [x for x in self.ledgers if x.verdict == "partly" and x.superseded_by is None]
        return sum(x.rejected for x in partly if x.kind == self.row.kind)


def roll_call(report: Report) -> list[RollCallLine]:
    """Return a line for each sender and kind of ledger owed; each ledger stands with one line."""
    owed: dict[str, list[Kind]] = {}
    for row in report.figures.coverage:
        owed.setdefault(row.sender, []).append(row.kind)
    waiting: dict[str, list[LedgerReport]] = {}
    for ledger in report.ledgers:
        waiting.setdefault(ledger.sender or ledger.likely or "", []).append(ledger)
    reported = {(ledger.sender, ledger.kind) for ledger in report.ledgers}
    due = report.campaign.settings.policy.due_date(report.month)
    lines = []
    for row in report.figures.coverage:
        candidates = waiting.get(row.sender, [])
        ledgers = [ledger for ledger in candidates if ledger.kind in (row.kind, None)]
        waiting[row.sender] = [ledger for ledger in candidates if ledger not in ledgers]
        sender = report.campaign.sender.get(row.sender)
        kinds = owed[row.sender]
        confirms = len(kinds) > 1 or (row.sender, "progress") in reported
        basis = _basis(row, report.figures.month, confirms=confirms)
        came = timeliness_of(due, ((ledger.verdict, ledger.received) for ledger in ledgers))
        type_ = sender.type if sender else ""
        lines.append(RollCallLine(row, type_, kinds, ledgers, basis, came))
    return lines


def _basis(row: Coverage, month: str, *, confirms: bool) -> Basis:
    """Return whose figures count; `confirms` if a roster would stand beside a progress ledger."""
    if row.used is not None:
        return "earlier month" if row.used < month else "this month"
    return "other kind" if row.kind == "roster" and confirms else "none"
