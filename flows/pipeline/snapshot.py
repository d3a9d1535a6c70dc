"""A month as the store remembers it: figures, faults and roll-call; what a run, a bulletin on demand and a trace all start from."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.settings import Campaign
from flows.steps import roll_up as up
from flows.steps.model import (
    Failure,
    Figures,
    Kind,
    LazyMapping,
    Line,
    Submission,
    SubmissionHistory,
    UserError,
)
from flows.steps.months import Month
from flows.steps.store import Store, counts_of, failures_of, load_history, state_of
from schemas.columns import COUNTS
from schemas.spellings import squeeze, values

Rows = Callable[[Iterable[Submission]], Sequence[Line]]
_LIGHT = ("submission", "good", "county", "enterprise", "affiliation", *COUNTS)


@dataclass(frozen=True)
class MonthSnapshot:
    """A month in the store: its figures (last month's change in them), its lines, its ledgers and every fault.

    `state` tells two contents of the store apart, as far as the month's figures depend on it.
    """

    campaign: Campaign
    month: Month
    figures: Figures
    lines: Sequence[Line]
    submissions: Sequence[Submission]
    live: Sequence[Submission]
    superseded: Mapping[str, Submission]
    failures: Sequence[Failure]
    remembered: SubmissionHistory
    state: str

    @property
    def usable(self) -> bool:
        """Return whether any of the month's own ledgers counts; figures that are all carried make no bulletin."""
        return any(line.month == str(self.month) for line in self.lines) or any(
            s.counts and s.sender is not None and s.kind == "progress" for s in self.live
        )


def load_snapshot(
    store: Store, campaign: Campaign, month: Month, as_of: datetime | None = None
) -> MonthSnapshot:
    """Return a month as the store has it, or had it at a time."""
    remembered, _ = load_history(store, str(month), as_of, campaign.sender_names)
    rows = _reader(store, campaign)
    chosen = up.choose(remembered, campaign, month, rows)
    previous = _before(remembered, campaign, month, light_reader(store, campaign))
    figures = up.roll_up(chosen.lines, chosen.coverage, campaign, month, previous)
    of_month, live = remembered.of(str(month)), remembered.live(str(month))
    failures = [failure for found in failures_of(store, of_month).values() for failure in found]
    failures += up.reported_twice(chosen.doubled, campaign, month)
    failures += up.roster_mismatches(*_both_kinds(live, rows))
    failures += up.superseded(remembered, month)
    failures += up.not_submitted(chosen.coverage, month)
    gone = remembered.superseded.get(str(month), {})
    state = state_of(remembered, campaign, str(month))
    return MonthSnapshot(
        campaign,
        month,
        figures,
        chosen.lines,
        of_month,
        live,
        gone,
        in_order(dict.fromkeys(failures)),
        remembered,
        state,
    )


def _before(
    remembered: SubmissionHistory, campaign: Campaign, month: Month, rows: Rows
) -> Figures | None:
    """Return last month's figures, None where none of its ledgers came in, or none counts for it."""
    if not remembered.of(str(month.previous)):
        return None
    found = figures_of(remembered, campaign, month.previous, rows)
    return found if found.cells else None


def figures_of(
    remembered: SubmissionHistory, campaign: Campaign, month: Month, rows: Rows
) -> Figures:
    """Return a month's figures without their change."""
    chosen = up.choose(remembered, campaign, month, rows)
    return up.roll_up(chosen.lines, chosen.coverage, campaign, month)


def in_order(failures: Iterable[Failure]) -> list[Failure]:
    """Return faults by file, then sheet, row and column, those of the whole file first."""
    return sorted(failures, key=_order)


def _order(failure: Failure) -> tuple[Any, ...]:
    letters = "".join(c for c in failure.cell or "" if c.isalpha())
    place = (failure.row is not None, failure.sheet or "", failure.row or 0, len(letters), letters)
    return (failure.file, *place, failure.code, failure.message)


def _both_kinds(live: Sequence[Submission], rows: Rows) -> Iterator[Sequence[Line]]:
    """Yield the lines of the progress ledgers and of the rosters that count, of senders that sent both."""
    kinds: tuple[Kind, Kind] = ("progress", "roster")
    counted = {kind: [s for s in live if s.kind == kind and s.counts] for kind in kinds}
    both = set.intersection(*({s.sender for s in counted[kind]} for kind in kinds))
    for kind in kinds:
        yield rows([s for s in counted[kind] if s.sender in both])


def light_reader(store: Store, campaign: Campaign) -> Rows:
    """Return the function that gives the good lines of submissions without the cells they come from."""
    return _reader(store, campaign, _LIGHT)


def _reader(store: Store, campaign: Campaign, columns: Sequence[str] | None = None) -> Rows:
    """Return the function that gives the good lines of submissions; each submission is read once."""
    kept: dict[str, list[Line]] = {}

    def rows(submissions: Iterable[Submission]) -> list[Line]:
        wanted = list(submissions)
        new = {s.id: s for s in wanted if s.id not in kept}
        if new:
            kept.update({key: [] for key in new})
            for line in _lines(
                counts_of(store, new.values(), columns), new, campaign, with_cells=columns is None
            ):
                kept[line.submission].append(line)
        return [line for s in wanted for line in kept[s.id]]

    return rows


def _lines(
    table: Any, submissions: Mapping[str, Submission], campaign: Campaign, *, with_cells: bool
) -> Iterator[Line]:
    """Yield a line for each good row of the store's table `progress`; its cells are looked up when they are asked for.

    Where 名录 says another affiliation than it did when the row came in, or calls a county otherwise, that counts for months gone
    by too. Raises UserError where it does not know a row's county any more.
    """
    registered = campaign.affiliations
    counties: dict[str, str] = {}
    columns = [table[name].to_pylist() for name in _LIGHT]
    whole = table.combine_chunks() if with_cells else table
    groups = values("group").exact
    for at, (submission, good, county, enterprise, affiliation, *counts) in enumerate(
        zip(*columns, strict=True)
    ):
        if good:
            own = submissions[submission]
            cells: Mapping[str, Any] = (
                LazyMapping(_cells, whole, at, f"{own.file}!") if with_cells else _NO_CELLS
            )
            counted = dict(zip(COUNTS, counts, strict=True))
            if county not in counties:
                counties[county] = _county(county, campaign)
            group = groups.get(registered.get(enterprise, affiliation), "")
            yield Line(
                submission,
                own.month,
                own.sender or "",
                own.file,
                counties[county],
                enterprise,
                group,
                counted,
                cells,
            )


def _county(text: str, campaign: Campaign) -> str:
    found = campaign.county_names.get(squeeze(text))
    if found is None:
        raise UserError(
            f"名录中没有县区“{text}”，但已入库的台账有它的数据。请在名录中补上；改了名的，把原名写进新名的别名"
        )
    return found


def _cells(table: Any, at: int, prefix: str) -> dict[str, tuple[Sequence[str], int]]:
    return {
        name: (
            [prefix + cell for cell in table[f"at_{name}"][at].as_py() or ()],
            table[f"n_{name}"][at].as_py(),
        )
        for name in ("enterprise", *COUNTS)
    }


_NO_CELLS: Mapping[str, tuple[Sequence[str], int]] = dict.fromkeys(("enterprise", *COUNTS), ((), 0))
