"""What bulletins of all levels need of a month's report, worked out once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

from flows.settings import Settings
from flows.steps.figure_places import places_by_identity
from flows.steps.model import Entry, Figures, Report, SupervisionLine, Trend
from flows.steps.months import Month
from flows.steps.standings import (
    CellKey,
    RollCallLine,
    carried_cells,
    places_of,
    previous_trend,
    rank_changes,
    roll_call,
)
from flows.steps.supervision import lines_of
from flows.steps.targets import Standing, standing_of, targeted
from flows.steps.tasks import Task, acceptance_days, days_to_use, task_of
from flows.steps.wording.phrases import LAST_MONTH, Place
from schemas.definition import Definition, Indicator

T = TypeVar("T")


@dataclass(frozen=True)
class Facts:
    """A month's report with what follows from it for all bulletins."""

    report: Report

    @property
    def figures(self) -> Figures:
        """Return the month's figures."""
        return self.report.figures

    @property
    def settings(self) -> Settings:
        """Return the campaign's settings."""
        return self.report.campaign.settings

    @property
    def definition(self) -> Definition:
        """Return what the campaign counts."""
        return self.report.campaign.definition

    @property
    def first(self) -> bool:
        """Return whether there is no earlier month with which figures could be compared."""
        return self.figures.city.change is None and self.previous is None

    @cached_property
    def previous(self) -> Trend | None:
        """Return the rates of the last earlier month with figures."""
        return previous_trend(self.report)

    @cached_property
    def skipped(self) -> bool:
        """Return whether the month before has no figures though an earlier one has."""
        return self.figures.city.change is None and self.previous is not None

    @property
    def since(self) -> str:
        """Return the name of the month of comparison: 上月, or 2022年1月 if months are skipped."""
        return label(self.previous.month) if self.skipped and self.previous else LAST_MONTH

    @cached_property
    def rank_changes(self) -> Mapping[str, int]:
        """Return by how many ranks each county rose since the month of comparison."""
        return rank_changes(self.report)

    @cached_property
    def before_start(self) -> bool:
        """Return whether the campaign starts after the month."""
        return self.figures.as_of < self.figures.pace.start

    @cached_property
    def acceptance_days(self) -> int:
        """Return the days from the month's last day to the acceptance, negative after it."""
        return acceptance_days(self.report)

    @cached_property
    def days_to_use(self) -> int | None:
        """Return the days over which the remaining work is spread, None after both deadlines."""
        return days_to_use(self.report)

    @cached_property
    def reply_by(self) -> date:
        """Return the day by which returned ledgers are to be sent again."""
        return self.report.issued + timedelta(days=self.settings.policy.reply_days)

    @cached_property
    def due(self) -> date:
        """Return the day by which the month's ledgers are to be sent."""
        return self.settings.policy.due_date(self.report.month)

    @cached_property
    def send_by(self) -> date:
        """Return the day by which ledgers that have not come are to be sent."""
        return self.due if self.report.issued <= self.due else self.reply_by

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, Place]]:
        """Return each county's place, overall (under `rank`) and in each indicator."""
        return places_of(self.definition, self.figures.counties)

    @cached_property
    def pages(self) -> Mapping[int, str]:
        """Return the place in 核对.html of each entry by its `id`, of none without the setting."""
        return places_by_identity(self.figures) if self.settings.bulletin.links else {}

    @cached_property
    def counties(self) -> Mapping[str, Entry]:
        """Return the counties by name."""
        return {county.name: county for county in self.figures.counties}

    @cached_property
    def enterprises(self) -> Mapping[str, Entry]:
        """Return the enterprises by name."""
        return {enterprise.name: enterprise for enterprise in self.figures.enterprises}

    def once(self, work_out: Callable[["Facts"], T]) -> T:
        """Return what a function makes of these facts; it is called only the first time."""
        if work_out not in self._results:
            self._results[work_out] = work_out(self)
        result: T = self._results[work_out]
        return result

    @cached_property
    def _results(self) -> dict[Any, Any]:  # of any function: its own type of result
        return {}

    @cached_property
    def ranked(self) -> int:
        """Return how many counties have a rank."""
        return sum(county.rank is not None for county in self.figures.counties)

    @cached_property
    def carried_cells(self) -> Mapping[CellKey, str | None]:
        """Return the month that each carried cell's figures are taken from."""
        return carried_cells(self.report)

    @cached_property
    def cells(self) -> Mapping[str, Sequence[Entry]]:
        """Return the cells of each county and each enterprise by its name."""
        by_name: dict[str, list[Entry]] = {}
        for cell in self.figures.cells:
            for name in (cell.county or "", cell.enterprise or ""):
                by_name.setdefault(name, []).append(cell)
        return by_name

    @cached_property
    def calls(self) -> Mapping[str, Sequence[RollCallLine]]:
        """Return the lines of the roll-call by sender, in the order of the registry."""
        by_sender: dict[str, list[RollCallLine]] = {}
        for line in roll_call(self.report):
            by_sender.setdefault(line.sender, []).append(line)
        return by_sender

    @cached_property
    def targeted(self) -> Sequence[Indicator]:
        """Return the indicators that have a target."""
        return targeted(self.report)

    def standing(self, entry: Entry, key: str, *, known: bool) -> Standing | None:
        """Return an indicator of an entry against its target, None for a count without one."""
        indicator = self.definition.indicator[key]
        level = self.figures.level_of(entry)
        return standing_of(self.report, entry, level, indicator, known=known)

    @cached_property
    def supervision(self) -> Sequence[SupervisionLine]:
        """Return the supervised items that are open in the month or were closed in it."""
        return lines_of(self.report)

    def task(self, entry: Entry, key: str) -> Task:
        """Return an indicator of an entry against the calendar."""
        indicator = self.definition.indicator[key]
        return task_of(indicator, entry, self.figures.pace.elapsed, self.days_to_use)


def label(month: str) -> str:
    """Return a month of the figures as documents print it: 2022年5月."""
    return Month.parse(month).label


def facts_of(report: Report) -> Facts:
    """Return a report with what follows from it.

    The last one is remembered, since a month's bulletins are made one after another.
    """
    if not _LAST or _LAST[0].report is not report:
        _LAST[:] = [Facts(report)]
    return _LAST[0]


_LAST: list[Facts] = []
