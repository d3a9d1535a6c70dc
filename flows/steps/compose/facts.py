"""What bulletins of all levels need of a month's report, worked out once."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from flows.steps.model import Coverage, Entry, Figures, Report
from flows.steps.months import Month
from flows.steps.wording.phrases import Place
from schemas.columns import RATE_NAMES

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
    def settings(self) -> Any:
        """Return the campaign's settings."""
        return self.report.campaign.settings

    @property
    def first(self) -> bool:
        """Return whether there is no month before that figures could be compared with."""
        return self.figures.city.change is None

    @cached_property
    def before_start(self) -> bool:
        """Return whether the campaign starts after the month."""
        return bool(self.figures.as_of < self.figures.pace.start)

    @cached_property
    def acceptance_days(self) -> int:
        """Return the days from the month's last day to the deadline of the acceptance; negative once it is over."""
        return int((self.settings.deadlines.acceptance - self.figures.as_of).days)

    @cached_property
    def days_to_use(self) -> int | None:
        """Return the days that the remaining work is spread over: to the handover, after it to the acceptance, None after both."""
        left = [days for days in (self.figures.pace.days_left, self.acceptance_days) if days > 0]
        return left[0] if left else None

    @cached_property
    def reply_by(self) -> Any:
        """Return the day until which returned ledgers are to be sent again."""
        return self.report.issued + timedelta(days=self.settings.policy.reply_days)

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, Place]]:
        """Return each county's place, overall (under `rank`) and in each indicator (under its name): 1, 2, 2, 4."""
        counties = self.figures.counties
        return {"rank": _shared({c.name: c.rank for c in counties})} | {
            key: _places(counties, key) for key in RATE_NAMES
        }

    @cached_property
    def counties(self) -> Mapping[str, Entry]:
        """Return the counties by name."""
        return {county.name: county for county in self.figures.counties}

    @cached_property
    def enterprises(self) -> Mapping[str, Entry]:
        """Return the enterprises by name."""
        return {enterprise.name: enterprise for enterprise in self.figures.enterprises}

    def kept(self, work_out: Callable[["Facts"], T]) -> T:
        """Return what a function makes of these facts, made once."""
        if work_out not in self._kept:
            self._kept[work_out] = work_out(self)
        found: T = self._kept[work_out]
        return found

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        return {}

    @cached_property
    def ranked(self) -> int:
        """Return how many counties have a rank."""
        return sum(county.rank is not None for county in self.figures.counties)

    @cached_property
    def counted_files(self) -> frozenset[str]:
        """Return the files of this month whose figures count."""
        return self.report.counted_files

    @cached_property
    def carried_cells(self) -> frozenset[tuple[str, str]]:
        """Return the county and the enterprise of each line that an earlier month's ledger stands in for."""
        month = self.figures.month
        old = {
            row.sender for row in self.figures.coverage if row.used is not None and row.used < month
        }
        return frozenset(
            (c.county or "", c.enterprise or "")
            for c in self.figures.cells
            if self._carried(c, old)
        )

    def _carried(self, cell: Entry, old: set[str]) -> bool:
        cells, _ = cell.sources.get("retirees", ((), 0))
        if not cells:
            return cell.county in old or cell.enterprise in old
        return any(at.rsplit("!", 2)[0] not in self.counted_files for at in cells)

    @cached_property
    def cells(self) -> Mapping[str, Sequence[Entry]]:
        """Return the cells of each county and each enterprise by its name."""
        found: dict[str, list[Entry]] = {}
        for cell in self.figures.cells:
            for name in (cell.county or "", cell.enterprise or ""):
                found.setdefault(name, []).append(cell)
        return found

    @cached_property
    def owed(self) -> Mapping[str, Sequence[Coverage]]:
        """Return the lines of the roll-call of each sender."""
        found: dict[str, list[Coverage]] = {}
        for row in self.figures.coverage:
            found.setdefault(row.sender, []).append(row)
        return found


def label(month: str) -> str:
    """Return a month of the figures as documents print it: 2022年5月."""
    return Month.parse(month).label


def facts_of(report: Report) -> Facts:
    """Return a report with what follows from it; the last one is kept, since a month's bulletins are made one after another."""
    if not _LAST or _LAST[0].report is not report:
        _LAST[:] = [Facts(report)]
    return _LAST[0]


_LAST: list[Facts] = []


def _places(counties: Sequence[Entry], key: str) -> dict[str, Place]:
    """Return each county's place in one indicator; one without a denominator has none."""
    rates = {c.name: c.rates[key] for c in counties}
    known = sorted(rate for rate in rates.values() if rate is not None)
    return _shared(
        {
            name: None if rate is None else 1 + len(known) - bisect_right(known, rate)
            for name, rate in rates.items()
        }
    )


def _shared(places: Mapping[str, int | None]) -> dict[str, Place]:
    """Return places by name, each with whether another has the same."""
    holders = Counter(places.values())
    return {
        name: Place(place, place is not None and holders[place] > 1)
        for name, place in places.items()
    }
