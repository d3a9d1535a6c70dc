"""The return notice as a value: files received, verdicts, problems in order, day of reply."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from flows.settings import Campaign
from flows.steps.feedback.problems import places_of, problems_of, rows_in_words
from flows.steps.feedback.rounds import compare_rounds
from flows.steps.feedback.sent import Sent
from flows.steps.model import Failure, Notice, NoticeLedger, NoticeProblem, Submission, Table
from flows.steps.months import Month


def reply_day(campaign: Campaign, issued: date) -> date:
    """Return the day by which a returned ledger must be sent again."""
    return issued + timedelta(campaign.settings.policy.reply_days)


def notice_of(
    sender: str, files: Sequence[Sent], campaign: Campaign, month: Month, issued: date
) -> Notice:
    """Return the notice to one sender on its files of a month."""
    settings = campaign.settings
    ledgers = [_ledger(sent, ledger) for sent in files for ledger in sent.ledgers]
    return Notice(
        sender,
        month,
        settings.office,
        issued,
        reply_day(campaign, issued),
        settings.bulletin.contact,
        ledgers,
    )


def _ledger(sent: Sent, ledger: Submission) -> NoticeLedger:
    own = failures_of_ledger(sent.failures, ledger, sent.ledgers)
    problems = [
        NoticeProblem(
            p.title,
            p.severity,
            p.count,
            places_of(p.failures, p.more),
            p.message,
            p.failures[0].remedy,
        )
        for p in problems_of(own)
    ]
    since = compare_rounds(sent.before, sent.failures).sentence if sent.before is not None else ""
    return NoticeLedger(
        PurePosixPath(sent.file).name,
        ledger.kind,
        ledger.verdict,
        ledger.read,
        ledger.rejected,
        problems,
        _uncounted(own, ledger),
        since,
        ledger.issued,
    )


def failures_of_ledger(
    failures: Sequence[Failure], ledger: Submission, ledgers: Sequence[Submission]
) -> list[Failure]:
    """Return the faults of one ledger of a file: in its tables, and those of the whole file."""
    if len(ledgers) == 1:
        return list(failures)
    tables = {other.id: other.tables for other in ledgers}
    owners = {failure: _table_of(failure, tables) for failure in failures}
    return [failure for failure, owner in owners.items() if owner in (ledger.id, None)]


def _table_of(failure: Failure, tables: Mapping[str, Sequence[Table]]) -> str | None:
    """Return the ledger whose table, the last on its sheet to begin above, holds the fault."""
    if failure.sheet is None or failure.row is None:
        return None
    started: list[tuple[int, str]] = []
    for ledger, its_tables in tables.items():
        rows = [table.header_row for table in its_tables if table.sheet == failure.sheet]
        started += [(row, ledger) for row in rows if row <= failure.row]
    return max(started)[1] if started else None


def _uncounted(failures: Sequence[Failure], ledger: Submission) -> str:
    """Return which rows of a partly accepted ledger do not count, in words."""
    if ledger.verdict != "partly":
        return ""
    sheets: dict[str, set[int]] = {}
    for failure in failures:
        if failure.severity == "row" and failure.row is not None and failure.sheet is not None:
            sheets.setdefault(failure.sheet, set()).add(failure.row)
    rows = "；".join(
        f"工作表“{sheet}”{rows_in_words(numbers)}" for sheet, numbers in sheets.items()
    )
    return (
        f"{rows}，共{ledger.rejected}行，不计入统计。"
        if rows
        else f"共{ledger.rejected}行，不计入统计。"
    )
