"""Judging a run's ledgers together and adding them to the store (DESIGN §4, §5, §8)."""

import secrets
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flows.intake.discovery import LedgerFile, alone_now, base_ids, context_of
from flows.intake.job import Job
from flows.intake.person_key import record_use
from flows.pipeline.bases import bases_of
from flows.pipeline.rejudge import rejudged
from flows.pipeline.replies import Replies, record_replies
from flows.steps.check.answers import answers_of
from flows.steps.check.masks import scrub
from flows.steps.check.month_ledgers import (
    NewLedger,
    StoredLedger,
    content_of,
    good_keys_of,
    keys_of,
    new_ledger,
    retirees_of,
)
from flows.steps.check.together import judge
from flows.steps.model import (
    CheckedLedger,
    Event,
    Failure,
    Submission,
    SubmissionHistory,
    fault_key,
    new_event,
)
from flows.steps.store import (
    Batch,
    Store,
    StoreChangedError,
    append_batch,
    counts_of,
    failures_of,
    history_with,
    load_history,
    people_of,
    record_events,
)
from schemas.definition import Definition

ATTEMPTS = 8


@dataclass(frozen=True)
class Ingested:
    """What a run added to the store, the history with it, and what reply forms said."""

    added: Sequence[Submission]
    history: SubmissionHistory
    replies: Replies


def known_history(job: Job) -> SubmissionHistory:
    """Return what the store has up to a job's month."""
    return load_history(job.store, str(job.month), senders=job.campaign.sender_names)


def ingest(
    job: Job,
    history: SubmissionHistory,
    checked: Sequence[CheckedLedger],
    files: Sequence[LedgerFile],
) -> Ingested:
    """Return what a run adds to the store: checked ledgers, judged together.

    A ledger that was checked again with the same outcome adds nothing. If another run has written
    since `history` was read, it is read again and the work repeated; raises StoreChangedError if
    that happens again and again.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _added(job, history, checked, files)
        except StoreChangedError:
            history = known_history(job)
    return _added(job, history, checked, files)


def _added(
    job: Job,
    history: SubmissionHistory,
    checked: Sequence[CheckedLedger],
    files: Sequence[LedgerFile],
) -> Ingested:
    batch = judge_batch(job, checked, history, files, again=True)
    if batch.people:
        record_use(job.store, job.key)  # it may have been replaced since the job was opened
    append_batch(job.store, batch, history.version, job.campaign.definition)
    record_events(job.store, _given_answers(job, batch, checked, history))
    forms = [ledger for ledger in checked if ledger.replies is not None]
    replies = record_replies(job, forms)
    return Ingested(batch.submissions, history_with(history, batch.submissions), replies)


def _given_answers(
    job: Job, batch: Batch, checked: Sequence[CheckedLedger], history: SubmissionHistory
) -> list[Event]:
    """Return what the senders answered in their files, if it is new and about a fault found."""
    known = {(e.sender, e.fault, e.reason) for e in history.events}
    faults = {fault_key(x) for failures in batch.failures.values() for x in failures}
    events = []
    for ledger in checked:
        for key, reason in ledger.answers:
            new = (ledger.sender, key, reason) not in known
            if ledger.sender is not None and key in faults and new:
                month, sender = str(job.month), ledger.sender
                events.append(new_event(month, "answer", sender, scrub(reason), fault=key))
    return events


def judge_batch(
    job: Job,
    checked: Sequence[CheckedLedger],
    history: SubmissionHistory,
    files: Sequence[LedgerFile],
    *,
    again: bool = False,
) -> Batch:
    """Return what a run adds to the store: the judged ledgers with their rows and failures.

    With `again` also stored ledgers whose verdict follows otherwise from the new ones.
    """
    of_month = history.of(str(job.month))
    known = {s.content: s for s in of_month}
    known_bytes = {s.sha256 for s in of_month}
    # a file that the store knows keeps its verdict if it could only not be read this time
    ledgers = [x for x in checked if x.replies is None]
    checked = [x for x in ledgers if not (x.temporary and x.sha256 in known_bytes)]
    run = max((s.run for rows in history.by_month.values() for s in rows), default=0) + 1
    named = _named(checked, of_month, files)
    earlier = _earlier(of_month, named, files)
    new = [
        _new(x, content, earlier[content], run, files, job.campaign.definition)
        for x, content in named
    ]
    renewed = {s.id for stored in earlier.values() for s in stored}
    others = [s for s in of_month if s.id not in renewed]
    stored = _stored(job.store, job.campaign.definition, others, new)
    bases = bases_of(job, history, new)
    senders = {ledger.sender for ledger in new if ledger.sender is not None}
    answers = {sender: answers_of(history.events, sender) for sender in senders}
    judged = judge(new, stored, bases, job.campaign, job.month, answers)
    batch = Batch()
    failures = failures_of(job.store, [known[x.content] for x in judged if x.content in known])
    now = datetime.now(UTC)
    contents = {ledger.content for ledger in judged}
    for ledger in judged:
        ledger = _replacing(ledger, earlier[ledger.content], contents)
        submission = _submission(job, ledger, history, run, now)
        before = known.get(ledger.content)
        if before is None or not _same(before, failures.get(before.id, []), submission, ledger):
            _add(batch, submission, ledger.checked)
    judged_again = rejudged(job, history, [*judged, *stored], contents, run) if again else ()
    for submission, ledger_again in judged_again:
        _add(batch, submission, ledger_again)
    return batch


def _named(
    checked: Sequence[CheckedLedger],
    stored: Sequence[Submission],
    files: Sequence[LedgerFile],
) -> list[tuple[CheckedLedger, str]]:
    """Return ledgers with the names of their contents, each sender's once.

    The same bytes of two senders are two contents: the name of the second ends in its sender. A
    copy of a file that the same sender has in the folder is left out.
    """
    present = {(file.sha256, file.name) for file in files}
    owners = {s.content: (s.sender or s.likely, s.file) for s in stored}
    by_plain: dict[str, list[str]] = {}
    for content in owners:
        by_plain.setdefault(":".join(content.split(":", 2)[:2]), []).append(content)
    named: dict[str, CheckedLedger] = {}
    for ledger in sorted(checked, key=lambda ledger: ledger.file):
        owner = ledger.sender or ledger.likely
        plain = content_of(ledger.sha256, ledger.kind)
        alike = by_plain.setdefault(plain, [])
        same = [c for c in alike if owners[c][1] == ledger.file or owners[c][0] == owner]
        content = same[0] if same else f"{plain}:{owner or ledger.file}" if alike else plain
        file = owners[content][1] if content in owners else ledger.file
        if file == ledger.file or (ledger.sha256, file) not in present:
            named.setdefault(content, ledger)
            if content not in owners:
                alike.append(content)
            owners[content] = (owner, ledger.file)
    return [(ledger, content) for content, ledger in named.items()]


def _earlier(
    of_month: Sequence[Submission],
    named: Sequence[tuple[CheckedLedger, str]],
    files: Sequence[LedgerFile],
) -> dict[str, list[Submission]]:
    """Return by content what was stored of its file's bytes, but for the same bytes elsewhere."""
    present = {file.name for file in files}
    by_bytes: dict[str, list[Submission]] = {}
    for submission in of_month:
        by_bytes.setdefault(submission.sha256, []).append(submission)
    return {
        content: [
            s
            for s in by_bytes.get(ledger.sha256, ())
            if s.file == ledger.file or s.file not in present
        ]
        for ledger, content in named
    }


def _new(
    checked: CheckedLedger,
    content: str,
    earlier: Sequence[Submission],
    run: int,
    files: Sequence[LedgerFile],
    definition: Definition,
) -> NewLedger:
    """Return a checked ledger with the run in which its file first came in."""
    first = any(alone_now(s, files) for s in earlier if s.content == content)
    since = run if first else min((s.first_run for s in earlier), default=run)
    return new_ledger(checked, since, definition, content)


def _replacing(
    ledger: NewLedger, earlier: Sequence[Submission], contents: Container[str]
) -> NewLedger:
    """Return a ledger that also supersedes what its file was read as before and is no longer.

    `contents` are those that the run has judged.
    """
    outdated = [s.content for s in earlier if s.content not in contents]
    replaced = [c for s in earlier for c in s.supersedes if c.startswith(s.sha256)]
    supersedes = dict.fromkeys([*ledger.supersedes, *sorted({*outdated, *replaced})])
    return replace(ledger, supersedes=tuple(supersedes))


def _submission(
    job: Job, ledger: NewLedger, history: SubmissionHistory, run: int, now: datetime
) -> Submission:
    """Return what the store keeps of a judged ledger.

    Its id is new on each attempt, so that no reader ever sees the rows of a run that was stopped or
    overtaken.
    """
    checked = ledger.checked
    return Submission(
        id=secrets.token_hex(16),
        month=str(job.month),
        content=ledger.content,
        file=checked.file,
        sha256=checked.sha256,
        kind=checked.kind,
        sender=checked.sender,
        likely=checked.likely,
        verdict=ledger.verdict,
        read=checked.read,
        rejected=checked.rejected,
        context="" if checked.temporary else context_of(job, checked.file),
        base=base_ids(job, history, checked.sender, checked.kind),
        issued=job.issued,
        run=run,
        first_run=ledger.first_run,
        recorded_at=now,
        supersedes=ledger.supersedes,
        duplicates=ledger.duplicates,
        tables=tuple(checked.tables),
        lines=checked.lines,
    )


_OUTCOME = (
    "context",
    "base",
    "verdict",
    "read",
    "rejected",
    "first_run",
    "supersedes",
    "duplicates",
    "file",
    "sender",
)


def _same(
    before: Submission, failures: Sequence[Failure], now: Submission, ledger: NewLedger
) -> bool:
    """Return whether a ledger looked at again has the same outcome for the same reasons."""
    same = all(getattr(before, name) == getattr(now, name) for name in _OUTCOME)
    return same and list(failures) == list(ledger.checked.failures)


def _add(batch: Batch, submission: Submission, checked: CheckedLedger) -> None:
    batch.submissions.append(submission)
    batch.failures[submission.id] = checked.failures
    if checked.counts is not None:
        batch.counts[submission.id] = checked.counts
    if checked.people is not None:
        batch.people[submission.id] = checked.people


def _stored(
    store: Store,
    definition: Definition,
    submissions: Sequence[Submission],
    new: Sequence[NewLedger],
) -> list[StoredLedger]:
    """Return the month's other ledgers with their keys; persons only if a new roster came in."""
    progress = [s for s in submissions if s.kind == "progress"]
    rosters = [s for s in submissions if s.kind == "roster"]
    wanted = rosters if any(ledger.kind == "roster" for ledger in new) else []
    columns = ["submission", "good", "county", "enterprise", definition.main]
    keys = counts_of(store, progress, definition, columns).to_pandas()
    people = people_of(store, wanted, definition, ["good", "person", "table", "row"]).to_pandas()
    counts_by_id = dict(iter(keys.groupby("submission")))
    people_by_id = dict(iter(people.groupby("submission")))
    judged = {x.sender for x in new} | {s.sender for s in progress if not s.counts}
    compared = counts_of(store, [s for s in rosters if s.sender in judged], definition).to_pandas()
    rosters_by_id = dict(iter(compared.groupby("submission")))
    return [
        StoredLedger(
            s.content,
            s.file,
            s.kind,
            s.sender,
            s.likely,
            s.first_run,
            keys_of(counts_by_id.get(s.id), people_by_id.get(s.id)),
            s.verdict,
            people_by_id.get(s.id),
            s.tables,
            s.supersedes,
            good_keys_of(counts_by_id.get(s.id), people_by_id.get(s.id)),
            retirees_of(counts_by_id.get(s.id), definition.main),
            rosters_by_id.get(s.id),
        )
        for s in submissions
    ]
