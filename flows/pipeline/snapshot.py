"""A month as the store has it: what a run, a bulletin on demand and a trace start from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.intake.registers import Registers
from flows.pipeline.issued import IssuedDocuments, issued_documents
from flows.pipeline.past_months import PastMonths, Rows
from flows.pipeline.stored_lines import StoredLines
from flows.settings import Campaign
from flows.steps import roll_up as up
from flows.steps.model import (
    Failure,
    Figures,
    Kind,
    Line,
    Submission,
    SubmissionHistory,
    SupervisionItem,
    items_of,
)
from flows.steps.months import Month
from flows.steps.store import (
    Journal,
    Store,
    failures_of,
    load_history,
    load_journal,
    load_supervision,
    state_of,
)
from schemas.definition import Definition


@dataclass(frozen=True)
class MonthSnapshot:
    """A month in the store, read once: what came in, what was issued, its figures and failures.

    `figures` include the change against last month; `lines` are those that count; `reported` are
    the failures of each submission by its id, `failures` these and those across ledgers, in order.
    `campaign` is the one that the month is made with; `past` are the months before it. `state`
    tells two contents of the store apart as far as the month's figures depend on it.
    """

    campaign: Campaign
    month: Month
    history: SubmissionHistory
    journal: Journal
    issued: IssuedDocuments
    figures: Figures
    lines: Sequence[Line]
    reported: Mapping[str, Sequence[Failure]]
    failures: Sequence[Failure]
    past: PastMonths
    state: str
    supervision: Sequence[SupervisionItem] = ()

    @property
    def submissions(self) -> Sequence[Submission]:
        """Return the month's submissions, superseded ones too."""
        return self.history.of(str(self.month))

    @property
    def live(self) -> Sequence[Submission]:
        """Return the month's submissions that no other supersedes."""
        return self.history.live(str(self.month))

    @property
    def superseded(self) -> Mapping[str, Submission]:
        """Return the month's superseded contents, each with the submission that took its place."""
        return self.history.superseded.get(str(self.month), {})

    @property
    def usable(self) -> bool:
        """Return whether any of the month's own ledgers counts: carried figures alone do not."""
        own_lines = any(line.month == str(self.month) for line in self.lines)
        return own_lines or any(
            s.counts and s.sender is not None and s.kind == "progress" for s in self.live
        )


def load_snapshot(
    store: Store,
    campaign: Campaign,
    month: Month,
    as_of: datetime | None = None,
    *,
    history: SubmissionHistory | None = None,
    journal: Journal | None = None,
) -> MonthSnapshot:
    """Return a month as the store has it, or had it at a time; what is given is not read again."""
    registers = Registers(store, campaign, as_of)
    campaign = registers.current(month)
    history = history or load_history(store, str(month), as_of, campaign.sender_names)
    journal = journal or load_journal(store, as_of)
    rows_with_cells = StoredLines(store, campaign)
    past = PastMonths(store, registers, history, campaign)
    chosen = up.choose(history, campaign, month, rows_with_cells)
    previous = _figures_before(history, month, past)
    reported = failures_of(store, history.of(str(month)))
    return MonthSnapshot(
        campaign=campaign,
        month=month,
        history=history,
        journal=journal,
        issued=issued_documents(store, str(month), journal.issues),
        figures=up.roll_up(chosen.lines, chosen.coverage, campaign, month, previous),
        lines=chosen.lines,
        reported=reported,
        failures=in_order(
            [
                *(failure for failures in reported.values() for failure in failures),
                *up.reported_twice(chosen.doubled, campaign, month),
                *_mismatches(
                    history.live(str(month)), rows_with_cells, reported, campaign.definition
                ),
                *up.superseded(history, month),
                *up.not_submitted(chosen.coverage, month),
            ]
        ),
        past=past,
        state=state_of(history, campaign, str(month)),
        supervision=items_of(load_supervision(store, str(month), as_of)),
    )


def _figures_before(history: SubmissionHistory, month: Month, past: PastMonths) -> Figures | None:
    """Return last month's figures, None if it has no ledgers or none of them counts."""
    if not history.of(str(month.previous)):
        return None
    figures = past.compared(month.previous)
    return figures if figures.cells else None


def in_order(failures: Iterable[Failure]) -> list[Failure]:
    """Return each failure once: by file, those of the whole file first, then by sheet and cell."""
    return sorted(dict.fromkeys(failures), key=_order)


def _order(failure: Failure) -> tuple[str | int, ...]:
    letters = "".join(c for c in failure.cell or "" if c.isalpha())
    place = (failure.row is not None, failure.sheet or "", failure.row or 0, len(letters), letters)
    return (failure.file, *place, failure.code, failure.message)


def _mismatches(
    live: Sequence[Submission],
    rows: Rows,
    reported: Mapping[str, Sequence[Failure]],
    definition: Definition,
) -> Iterator[Failure]:
    """Yield the notes on counts that two ledgers give otherwise, but for those asked about."""
    asked = [
        fault
        for submission in live
        for fault in reported.get(submission.id, ())
        if fault.code == "roster-mismatch"
    ]
    progress, rosters = _both_kinds(live, rows)
    for note in up.roster_mismatches(progress, rosters, definition):
        said = note.message.rstrip("。")
        if not any(x.file == note.file and said in x.message for x in asked):
            yield note


def _both_kinds(live: Sequence[Submission], rows: Rows) -> Iterator[Sequence[Line]]:
    """Yield the lines of progress ledgers, then of rosters, of senders with both that count."""
    kinds: tuple[Kind, Kind] = ("progress", "roster")
    counted = {kind: [s for s in live if s.kind == kind and s.counts] for kind in kinds}
    both = set.intersection(*({s.sender for s in counted[kind]} for kind in kinds))
    for kind in kinds:
        yield rows([s for s in counted[kind] if s.sender in both])
