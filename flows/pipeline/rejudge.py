"""Stored progress ledgers judged again where the rosters of their senders have changed since."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa

from flows.intake.job import Job
from flows.steps.check.answers import answers_of
from flows.steps.check.counts import count_columns
from flows.steps.check.month_ledgers import MonthLedger, NewLedger, keys_of
from flows.steps.check.rosters import RULE, against_roster, roster_rows
from flows.steps.check.together import COUNTED, decide, superseded_among
from flows.steps.model import CheckedLedger, Failure, Submission, SubmissionHistory
from flows.steps.store import counts_of, failures_of, issues

Judged = tuple[Submission, CheckedLedger]
_WHOLE_NUMBERS = {pa.int64(): pd.Int64Dtype()}


def rejudged(
    job: Job,
    history: SubmissionHistory,
    ledgers: Sequence[MonthLedger],
    new: Collection[str],
    run: int,
) -> Iterator[Judged]:
    """Yield the stored progress ledgers whose verdict follows otherwise from the month's rosters.

    `ledgers` are the month's as this run leaves them, `new` the contents that it has judged. What
    was issued stays as it was: a roster that comes later does not take a ledger out of it.
    """
    gone = superseded_among(ledgers)
    live = {x.content: x for x in ledgers if x.content not in gone}
    rosters = [x for x in live.values() if x.kind == "roster" and x.verdict in COUNTED]
    changed = {x.sender for x in ledgers if x.kind == "roster" and x.content in new}
    stored = [s for s in history.of(str(job.month)) if s.content in live and s.content not in new]
    possible = [s for s in stored if s.kind == "progress" and (s.sender in changed or not s.counts)]
    if not possible:
        return
    found = failures_of(job.store, possible)
    issued = any(issue.month == str(job.month) for issue in issues(job.store))
    for submission in possible:
        failures = found.get(submission.id, [])
        asked = any(fault.code == RULE.code for fault in failures)
        if not asked and (submission.sender not in changed or (issued and submission.counts)):
            continue
        own = [x for x in rosters if x.sender == submission.sender]
        rows = roster_rows(own, job.campaign.definition)
        before = _checked(job, submission, failures)
        answers = answers_of(history.events, submission.sender or "")
        checked = against_roster(before, rows, answers, job.campaign, job.month)
        if list(checked.failures) != list(before.failures):
            others = [x for x in ledgers if x.content != submission.content]
            yield _renewed(job, submission, checked, others, run), checked


def _checked(job: Job, submission: Submission, failures: Sequence[Failure]) -> CheckedLedger:
    """Return a ledger as it was checked and judged, from what the store has of it."""
    rows = counts_of(job.store, [submission], job.campaign.definition)
    frame = rows.to_pandas(types_mapper=_WHOLE_NUMBERS.get)[count_columns(job.campaign.definition)]
    bad = {(fault.sheet, fault.row) for fault in failures if fault.severity == "row"}
    asked = {(fault.sheet, fault.row) for fault in failures if fault.severity == "query"}
    doubted = sum(row is not None for _, row in asked - bad)
    return CheckedLedger(
        submission.file,
        submission.sha256,
        submission.kind,
        submission.sender,
        submission.likely,
        submission.read,
        submission.rejected,
        failures,
        frame,
        tables=submission.tables,
        doubted=min(doubted, submission.rejected),
        lines=submission.lines,
    )


def _renewed(
    job: Job,
    submission: Submission,
    checked: CheckedLedger,
    others: Sequence[MonthLedger],
    run: int,
) -> Submission:
    """Return what the store keeps of a ledger that was judged again."""
    keys = keys_of(checked.counts, None)
    ledger = NewLedger(submission.content, checked, submission.first_run, keys=keys)
    ledger = decide(ledger, others, job.campaign)
    own = [x for x in submission.supersedes if x.startswith(submission.sha256)]
    return replace(
        submission,
        id=secrets.token_hex(16),
        verdict=ledger.verdict,
        rejected=checked.rejected,
        run=run,
        recorded_at=datetime.now(UTC),
        supersedes=tuple(dict.fromkeys([*ledger.supersedes, *own])),
    )
