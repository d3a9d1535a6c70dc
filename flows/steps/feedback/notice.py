"""The return notice as a value: files received, verdicts, problems in order, day of reply."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from flows.settings import Campaign
from flows.steps.feedback.consequences import effect_of, reason_of_return
from flows.steps.feedback.owners import failures_of_ledger
from flows.steps.feedback.problems import Problem, places_of, problems_of, rows_in_words
from flows.steps.feedback.rounds import compare_rounds
from flows.steps.feedback.sent import Sent
from flows.steps.model import Failure, Notice, NoticeLedger, NoticeProblem, Submission, Verdict
from flows.steps.months import Month


def reply_day(campaign: Campaign, issued: date) -> date:
    """Return the day by which a returned ledger must be sent again."""
    return issued + timedelta(campaign.settings.policy.reply_days)


def notice_of(
    sender: str, files: Sequence[Sent], campaign: Campaign, month: Month, issued: date
) -> Notice:
    """Return the notice to one sender on its files of a month."""
    settings = campaign.settings
    ledgers = [_ledger(sent, one, campaign) for sent in files for one in sent.ledgers]
    return Notice(
        sender,
        month,
        settings.office,
        issued,
        reply_day(campaign, issued),
        settings.bulletin.contact,
        ledgers,
    )


def _ledger(sent: Sent, ledger: Submission, campaign: Campaign) -> NoticeLedger:
    own = failures_of_ledger(sent.failures, ledger, sent.ledgers)
    found = problems_of(own, campaign.definition)
    problems = [noticed(problem, ledger.verdict) for problem in found]
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
        received=sent.received,
        reason=reason_of_return(ledger, own, campaign),
        lines=ledger.lines,
    )


def noticed(problem: Problem, verdict: Verdict) -> NoticeProblem:
    """Return a problem of a ledger as notices and receipts list it."""
    return NoticeProblem(
        problem.title,
        problem.severity,
        problem.count,
        places_of(problem.failures, problem.more),
        problem.message,
        problem.failures[0].remedy,
        effect_of(problem.severity, verdict),
    )


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
