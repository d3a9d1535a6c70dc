"""Where the counties stand: order and ties, the three bands, and the distance to the calendar (DESIGN §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.steps.model import Entry, Report
from schemas.columns import RATE_NAMES, WHOLES


@dataclass(frozen=True)
class Standing:
    """A county in the order of ranks; `tied` where others share its rank."""

    entry: Entry
    tied: bool

    @property
    def place(self) -> str:
        """Return the rank as it is printed: 3, 3（并列）, or — without retirees."""
        if self.entry.rank is None:
            return "—"
        return f"{self.entry.rank}（并列）" if self.tied else str(self.entry.rank)


@dataclass(frozen=True)
class Bands:
    """The counties by their agreement rate: all signed, under way, none signed, and those without retirees."""

    complete: Sequence[Entry]
    under_way: Sequence[Entry]
    not_begun: Sequence[Entry]
    without: Sequence[Entry]


@dataclass(frozen=True)
class Task:
    """One indicator against the calendar.

    `ahead` is the rate less 序时进度, negative where it is behind, None without a denominator; `remaining` what is still to do,
    `a_day` how much of it a day, rounded up, None once no deadline is left.
    """

    name: str
    done: int
    whole: int
    rate: Fraction | None
    ahead: Fraction | None
    remaining: int
    a_day: int | None

    @property
    def label(self) -> str:
        """Return the indicator's Chinese name."""
        return RATE_NAMES[self.name]


def in_rank_order(counties: Sequence[Entry]) -> list[Standing]:
    """Return the counties by rank; ties keep the registry's order, those without a rank come last."""
    ranks = [entry.rank for entry in counties]
    ordered = sorted(counties, key=lambda entry: (entry.rank is None, entry.rank or 0))
    return [
        Standing(entry, entry.rank is not None and ranks.count(entry.rank) > 1) for entry in ordered
    ]


def bands_of(counties: Sequence[Entry]) -> Bands:
    """Return the counties of each band, in the order given."""
    with_rate = [
        (entry, rate) for entry in counties if (rate := entry.rates["agreement"]) is not None
    ]
    return Bands(
        [entry for entry, rate in with_rate if rate == 1],
        [entry for entry, rate in with_rate if 0 < rate < 1],
        [entry for entry, rate in with_rate if rate == 0],
        [entry for entry in counties if entry.rates["agreement"] is None],
    )


def tasks_of(entry: Entry, report: Report) -> list[Task]:
    """Return the four indicators of an entry against the calendar."""
    return [_task(entry, name, report) for name in RATE_NAMES]


def days_to_use(report: Report) -> int | None:
    """Return the days that what is still to do is spread over: to the handover's deadline, after it to the acceptance's."""
    acceptance = (report.campaign.settings.deadlines.acceptance - report.figures.as_of).days
    return next((days for days in (report.figures.pace.days_left, acceptance) if days > 0), None)


def _task(entry: Entry, name: str, report: Report) -> Task:
    done, whole, rate = entry.counts[name], entry.counts[WHOLES[name]], entry.rates[name]
    remaining, days = max(whole - done, 0), days_to_use(report)
    ahead = None if rate is None else rate - report.figures.pace.elapsed
    return Task(
        name, done, whole, rate, ahead, remaining, None if days is None else -(-remaining // days)
    )
