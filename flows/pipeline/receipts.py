"""What the senders of accepted ledgers get: a receipt each (DESIGN §7)."""

from collections.abc import Iterable, Iterator, Mapping

from flows.intake.job import Job
from flows.pipeline.snapshot import MonthSnapshot
from flows.pipeline.stored_lines import StoredLines
from flows.steps.compose.planning import PlannedDocument
from flows.steps.feedback import Accepted, receipt_of, side_by_side
from flows.steps.model import Line, Paper, Receipt, Report, Submission
from flows.steps.render.receipt import receipt_record
from flows.steps.standings import roll_call
from schemas.definition import Definition


def receipts_of(job: Job, snapshot: MonthSnapshot, report: Report) -> dict[str, Receipt]:
    """Return the receipt for each sender of whom a ledger is accepted."""
    by_sender: dict[str, list[Accepted]] = {}
    lines = StoredLines(job.store, job.campaign, with_cells=False)
    for accepted in _accepted(snapshot, report, lines):
        by_sender.setdefault(accepted.ledger.sender or "", []).append(accepted)
    return {
        sender: receipt_of(sender, ledgers, job.campaign, job.month, report.issued)
        for sender, ledgers in sorted(by_sender.items())
    }


def receipt_paper(planned: PlannedDocument, receipt: Receipt) -> Paper:
    """Return a receipt, ready to be rendered."""
    return Paper(planned.line.template, planned.name, receipt_record(receipt))


def _accepted(snapshot: MonthSnapshot, report: Report, lines: StoredLines) -> Iterator[Accepted]:
    """Yield the accepted ledgers of known senders with what is said of them."""
    ledgers = [s for s in snapshot.live if s.verdict == "accepted" and s.sender is not None]
    definition = report.campaign.definition
    totals = _totals(lines(ledgers), definition)
    across = side_by_side(snapshot.failures)
    calls = roll_call(report)
    confirming = {(line.sender, line.row.kind) for line in calls if line.basis == "other kind"}
    of_file: dict[tuple[str, str], list[Submission]] = {}
    for submission in snapshot.live:
        of_file.setdefault((submission.file, submission.sha256), []).append(submission)
    for ledger in sorted(ledgers, key=lambda s: (s.file, s.kind or "")):
        yield Accepted(
            ledger,
            of_file[ledger.file, ledger.sha256],
            [*snapshot.reported.get(ledger.id, ()), *across.get(ledger.file, ())],
            totals.get(ledger.id, dict.fromkeys(definition.counts, 0)),
            snapshot.history.day_received(ledger),
            confirms=(ledger.sender, ledger.kind) in confirming,
        )


def _totals(lines: Iterable[Line], definition: Definition) -> Mapping[str, Mapping[str, int]]:
    """Return the sum of each count of each submission by its id."""
    totals: dict[str, dict[str, int]] = {}
    for line in lines:
        of_ledger = totals.setdefault(line.submission, dict.fromkeys(definition.counts, 0))
        for name, count in line.counts.items():
            of_ledger[name] += count
    return totals
