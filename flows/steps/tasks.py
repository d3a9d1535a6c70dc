"""Indicators against the calendar: how far behind, how much a day is needed."""

from dataclasses import dataclass
from fractions import Fraction

from flows.steps.model import Entry, Report
from schemas.definition import Indicator


@dataclass(frozen=True)
class Task:
    """One indicator against the calendar.

    `ahead` is what is done less 序时进度, negative if it is behind, None without a denominator.
    `remaining` is what is still to do; archives above what is due leave nothing.
    `a_day` is how much of it is needed a day, rounded up, None once no deadline is left.
    """

    indicator: Indicator
    done: int
    whole: int
    rate: Fraction | None
    ahead: Fraction | None
    remaining: int
    a_day: int | None

    @property
    def name(self) -> str:
        """Return the indicator's key."""
        return self.indicator.key

    @property
    def label(self) -> str:
        """Return the indicator's Chinese name."""
        return self.indicator.name

    @property
    def behind(self) -> bool:
        """Return whether what is done lies below 序时进度."""
        return self.ahead is not None and self.ahead < 0


def task_of(indicator: Indicator, entry: Entry, elapsed: Fraction, days: int | None) -> Task:
    """Return an indicator of an entry against 序时进度 and the days left for what remains."""
    rate = entry.rates[indicator.key]
    done, whole = entry.counts[indicator.done], entry.counts[indicator.whole or indicator.done]
    remaining = done if indicator.direction == "down" else max(whole - done, 0)
    a_day = None if days is None else -(-remaining // days)
    achieved = indicator.achieved(rate)
    ahead = None if achieved is None else achieved - elapsed
    return Task(indicator, done, whole, rate, ahead, remaining, a_day)


def tasks_of(entry: Entry, report: Report) -> list[Task]:
    """Return the rated indicators of an entry against the calendar."""
    elapsed, days = report.figures.pace.elapsed, days_to_use(report)
    return [task_of(i, entry, elapsed, days) for i in report.campaign.definition.rated]


def acceptance_days(report: Report) -> int:
    """Return the days from the month's last day to the acceptance, negative after it."""
    return (report.campaign.settings.deadlines.acceptance - report.figures.as_of).days


def days_to_use(report: Report) -> int | None:
    """Return the days over which the remaining work is spread, None after both deadlines.

    They run to the handover's deadline, and after that to the acceptance's.
    """
    left = (report.figures.pace.days_left, acceptance_days(report))
    return next((days for days in left if days > 0), None)
