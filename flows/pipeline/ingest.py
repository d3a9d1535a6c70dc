"""Judging a run's ledgers together and adding them to the store (DESIGN §4, §5, §8)."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flows.intake.discovery import LedgerFile, alone_now, base_ids, context_of
from flows.intake.job import Job
from flows.steps.check.months import Base
from flows.steps.check.together import MonthLedger, as_submission, content_of, judge, keys_of
from flows.steps.model import CheckedLedger, Failure, Submission, SubmissionHistory, Table
from flows.steps.months import Month
from flows.steps.roll_up import last_accepted
from flows.steps.store import (
    Batch,
    Store,
    StoreChangedError,
    append_batch,
    base_rows,
    counts_of,
    failures_of,
    load_history,
    people_of,
)
from schemas.columns import COUNTS
from schemas.spellings import squeeze

ATTEMPTS = 8


def ingest(
    job: Job, take: Callable[[], Iterable[CheckedLedger]], files: Sequence[LedgerFile]
) -> list[Submission]:
    """Judge examined ledgers together and add them to the store; return the submissions added.

    `take` gives the ledgers, anew each time: judging changes them. A ledger looked at again whose outcome is the same adds
    nothing. Where another run writes at the same time the work is repeated on what the store holds then; raises
    StoreChangedError where that happens again and again.
    """
    for attempt in range(ATTEMPTS):
        remembered, version = load_history(
            job.store, str(job.month), senders=job.campaign.sender_names
        )
        batch = judge_batch(job, list(take()), remembered, files)
        try:
            append_batch(job.store, batch, version)
        except StoreChangedError:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            break
    return batch.submissions


def judge_batch(
    job: Job,
    examined: Sequence[CheckedLedger],
    remembered: SubmissionHistory,
    files: Sequence[LedgerFile],
) -> Batch:
    """Return what a run adds to the store: the judged ledgers with their rows and failures."""
    month = str(job.month)
    known = {s.content: s for s in remembered.of(month)}
    run = max((s.run for rows in remembered.by_month.values() for s in rows), default=0) + 1
    new = [_party(e, known.get(content_of(e.sha256, e.kind)), run, files) for e in examined]
    hashes = {e.sha256 for e in examined}
    others = [s for s in remembered.of(month) if s.sha256 not in hashes]
    judge(
        new, _stored(job.store, others, new), _bases(job, remembered, new), job.campaign, job.month
    )
    batch = Batch()
    told = failures_of(job.store, [known[p.content] for p in new if p.content in known])
    now = datetime.now(UTC)
    for party in new:
        submission = _submission(job, party, remembered, run, now)
        before = known.get(party.content)
        failures = party.examined.failures if party.examined else []
        if before is None or not _same(before, told.get(before.id, []), submission, failures):
            _add(batch, submission, party)
    return batch


def _party(
    examined: CheckedLedger, before: Submission | None, run: int, files: Sequence[LedgerFile]
) -> MonthLedger:
    arrival = run if before is None or alone_now(before, files) else before.arrival
    content = content_of(examined.sha256, examined.kind)
    keys = keys_of(examined.counts, examined.people)
    return MonthLedger(
        content,
        examined.file,
        examined.kind,
        examined.sender,
        examined.likely,
        arrival,
        keys,
        examined=examined,
    )


def _submission(
    job: Job, party: MonthLedger, remembered: SubmissionHistory, run: int, now: datetime
) -> Submission:
    examined: Any = party.examined
    base = base_ids(remembered, examined.sender, examined.kind, job.month)
    context = context_of(job, examined.file)
    facts = {
        "id": secrets.token_hex(
            16
        ),  # anew on each try: rows that a run left when it was stopped or overtaken stay unseen for ever
        "month": str(job.month),
        "context": context,
        "base": base,
        "issued": job.issued,
        "run": run,
        "recorded_at": now,
        "tables": json.dumps([asdict(table) for table in examined.tables], ensure_ascii=False),
    }
    return as_submission(party, facts)


def _same(
    before: Submission, told: Sequence[Failure], now: Submission, failures: Sequence[Failure]
) -> bool:
    """Return whether a ledger looked at again has the same outcome for the same reasons."""
    facts = (
        "context",
        "base",
        "verdict",
        "read",
        "rejected",
        "arrival",
        "supersedes",
        "twins",
        "file",
        "sender",
    )
    return all(getattr(before, name) == getattr(now, name) for name in facts) and list(
        told
    ) == list(failures)


def _add(batch: Batch, submission: Submission, party: MonthLedger) -> None:
    examined: Any = party.examined
    batch.submissions.append(submission)
    batch.failures[submission.id] = examined.failures
    if examined.counts is not None:
        batch.counts[submission.id] = examined.counts
    if examined.people is not None:
        batch.people[submission.id] = examined.people


def _stored(
    store: Store, submissions: Sequence[Submission], new: Sequence[MonthLedger]
) -> list[MonthLedger]:
    """Return the month's other ledgers with their keys, as far as one that came in now can meet them."""
    counts = (
        counts_of(store, [s for s in submissions if s.kind == "progress"])
        .select(["submission", "county", "enterprise"])
        .to_pandas()
    )
    rosters = (
        [s for s in submissions if s.kind == "roster"]
        if any(p.kind == "roster" for p in new)
        else []
    )
    people = people_of(store, rosters, ["good", "person", "table", "row"]).to_pandas()
    by_counts, by_people = (
        dict(iter(counts.groupby("submission"))),
        dict(iter(people.groupby("submission"))),
    )
    parties = []
    for s in submissions:
        own, persons = by_counts.get(s.id), by_people.get(s.id)
        party = MonthLedger(
            s.content,
            s.file,
            s.kind,
            s.sender,
            s.likely,
            s.arrival,
            keys_of(own, persons),
            s.verdict,
            persons=persons,
        )
        party.tables = [Table(**table) for table in json.loads(s.tables)]
        party.supersedes = list(s.supersedes)
        parties.append(party)
    return parties


def _bases(job: Job, remembered: SubmissionHistory, new: Sequence[MonthLedger]) -> dict[str, Base]:
    """Return the last accepted month of each sender that sent a progress ledger."""
    bases: dict[str, Base] = {}
    for sender in sorted({p.sender for p in new if p.kind == "progress" and p.sender is not None}):
        found = last_accepted(remembered, sender, "progress", job.month)
        if found is not None:
            rows: dict[tuple[str, str], Mapping[str, int]] = {}
            for row in base_rows(job.store, found[1]).to_pylist():
                county = job.campaign.county_names.get(squeeze(row["county"]), row["county"])
                rows[county, row["enterprise"]] = {name: row[name] for name in COUNTS}
            bases[sender] = Base(Month.parse(found[0]), rows)
    return bases
