"""The monthly work as plain functions, in order: what the Prefect flow runs as tasks and the command line without it.

Nothing here decides about data; each function hands the result of one step to the next.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.settings import Campaign
from flows.steps.check import check_alone
from flows.steps.check.months import Base
from flows.steps.check.together import Party, as_submission, content_of, judge, keys_of
from flows.steps.model import Examined, Kind, Remembered, Submission, Table
from flows.steps.months import Month
from flows.steps.read import read_file
from flows.steps.read.cells import written
from flows.steps.roll_up import last_accepted
from flows.steps.store import Batch, Store, StoreChanged, base_rows, counts_of, people_of, recall, remember
from schemas.columns import COUNTS

RULES_VERSION = "1"  # of the checks: ledgers known under another one are checked anew
KEY_FILE, KEY_VARIABLE = "person.key", "BULLETIN_PERSON_KEY"
IGNORED_NAMES = ("thumbs.db", "desktop.ini")
ATTEMPTS = 5


@dataclass(frozen=True)
class Job:
    """What a run is asked for: the month, the folders, the day of issue, the store."""

    month: Month
    campaign: Campaign
    ledgers: Path
    outputs: Path
    issued: date
    store: Store
    key: bytes


@dataclass(frozen=True)
class Found:
    """A file in the ledger folder: its path, its name inside the folder (with `/`), and the hash of its bytes."""

    path: Path
    name: str
    sha256: str


def person_key(campaign: Path) -> bytes:
    """Return the key that hides persons in the store: from the environment, else a file made once, readable by its owner."""
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return given.encode()
    path = campaign / KEY_FILE
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_bytes().strip()


def survey(folder: Path) -> list[Found]:
    """Return the files of a ledger folder and its sub-folders by name; office programs' lock files are none."""
    found: dict[str, Found] = {}
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.name.lower() not in IGNORED_NAMES:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found.setdefault(digest, Found(path, path.relative_to(folder).as_posix(), digest))
    return sorted(found.values(), key=lambda f: f.name)


def to_examine(job: Job, files: Sequence[Found]) -> list[Found]:
    """Return the files that have to be read: new to the store, or known under other rules, names or earlier figures."""
    remembered, _ = recall(job.store, str(job.month))
    return [file for file in files if not _still_known(job, remembered, file, files)]


def _still_known(job: Job, remembered: Remembered, file: Found, files: Sequence[Found]) -> bool:
    known = [s for s in remembered.of(str(job.month)) if s.sha256 == file.sha256]
    return bool(known) and all(
        s.context == context_of(job, file.name) and s.base == base_ids(remembered, s.sender, s.kind, job.month)
        and not _dated_otherwise(job, s) and not _alone_now(remembered, job.month, s, files)
        for s in known
    )  # fmt: skip


def _dated_otherwise(job: Job, submission: Submission) -> bool:
    """Return whether another day of issue may change the verdict: an earlier one, or any where a date lay in the future."""
    return job.issued < submission.issued or (job.issued != submission.issued and submission.kind == "roster" and submission.rejected > 0)


def _alone_now(remembered: Remembered, month: Month, submission: Submission, files: Sequence[Found]) -> bool:
    """Return whether a file that was submitted twice lies in the folder without its twin now."""
    here = {file.sha256 for file in files}
    return bool(submission.twins) and not any(twin.split(":")[0] in here for twin in submission.twins)


def context_of(job: Job, name: str) -> str:
    """Return what a check depended on beside the file's bytes: the rules, the campaign folder, the file's name."""
    return hashlib.sha256("\0".join([RULES_VERSION, job.campaign.digest, str(job.month), name]).encode()).hexdigest()[:32]


def base_ids(remembered: Remembered, sender: str | None, kind: Kind | None, month: Month) -> tuple[str, ...]:
    """Return the submissions of a sender's last accepted month, by which a progress ledger is compared with it."""
    if sender is None or kind != "progress":
        return ()
    found = last_accepted(remembered, sender, "progress", month)
    return tuple(s.id for s in found[1]) if found else ()


def examine(path: Path, name: str, campaign: Campaign, month: Month, issued: date, key: bytes) -> list[Examined]:
    """Return what one file holds, read and checked by itself: the unit of work, and all that a worker process does."""
    return check_alone(read_file(path, name), campaign, month, issued, written, key)


def settle(job: Job, examined: Iterable[Examined], files: Sequence[Found]) -> list[Submission]:
    """Judge examined ledgers together and add them to the store; return the submissions added.

    Where another run writes at the same time the work is repeated on what the store holds then.
    """
    fresh = list(examined)
    for attempt in range(ATTEMPTS):
        remembered, version = recall(job.store, str(job.month))
        batch = _batch(job, [_copy(e) for e in fresh], remembered, files)
        try:
            remember(job.store, batch, version)
        except StoreChanged:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return batch.submissions
    raise AssertionError("unreachable")


def _copy(examined: Examined) -> Examined:
    frames = {name: None if (f := getattr(examined, name)) is None else f.copy() for name in ("counts", "people")}
    return Examined(**{**{k: getattr(examined, k) for k in Examined.__dataclass_fields__}, **frames, "failures": list(examined.failures)})


def _batch(job: Job, examined: Sequence[Examined], remembered: Remembered, files: Sequence[Found]) -> Batch:
    """Return what the run adds to the store: the judged ledgers with their rows and failures."""
    month = str(job.month)
    known = {s.content: s for s in remembered.of(month)}
    run = max((s.run for rows in remembered.by_month.values() for s in rows), default=0) + 1
    new = []
    for e in examined:
        before = known.get(content_of(e.sha256, e.kind))
        arrival = run if before is None or _alone_now(remembered, job.month, before, files) else before.arrival
        new.append(_party(e, arrival))
    contents = {p.content for p in new}
    hashes = {e.sha256 for e in examined}
    others = [s for s in remembered.of(month) if s.content not in contents and s.sha256 not in hashes]
    judge(new, _stored(job.store, others, new), _bases(job, remembered, new), job.campaign, job.month)
    now = datetime.now(UTC)
    batch = Batch()
    for party in new:
        e: Any = party.examined
        base = base_ids(remembered, e.sender, e.kind, job.month)
        context = context_of(job, e.file)
        identity = "\0".join([month, party.content, context, *base, job.issued.isoformat(), str(run)])
        tables = json.dumps([asdict(t) for t in e.tables], ensure_ascii=False)
        facts = {"id": hashlib.sha256(identity.encode()).hexdigest()[:32], "month": month, "context": context, "base": base,
                 "issued": job.issued, "run": run, "recorded_at": now, "tables": tables}  # fmt: skip
        submission = as_submission(party, facts)
        batch.submissions.append(submission)
        batch.failures[submission.id] = e.failures
        if e.counts is not None:
            batch.counts[submission.id] = pa.Table.from_pandas(e.counts, preserve_index=False)
        if e.people is not None:
            batch.people[submission.id] = pa.Table.from_pandas(e.people, preserve_index=False)
    return batch


def _party(examined: Examined, arrival: int) -> Party:
    return Party(content_of(examined.sha256, examined.kind), examined.file, examined.kind, examined.sender, examined.likely, arrival,
                 keys_of(examined.counts, examined.people), examined=examined)  # fmt: skip


def _stored(store: Store, submissions: Sequence[Submission], new: Sequence[Party]) -> list[Party]:
    """Return the month's other ledgers with their keys, as far as one that came in now can meet them."""
    counts = counts_of(store, [s for s in submissions if s.kind == "progress"]).select(["submission", "county", "enterprise"]).to_pandas()
    rosters = [s for s in submissions if s.kind == "roster"] if any(p.kind == "roster" for p in new) else []
    people = people_of(store, rosters, ["good", "person", "table", "row"]).to_pandas()
    by_counts, by_people = dict(iter(counts.groupby("submission"))), dict(iter(people.groupby("submission")))
    parties = []
    for s in submissions:
        own, persons = by_counts.get(s.id), by_people.get(s.id)
        party = Party(s.content, s.file, s.kind, s.sender, s.likely, s.arrival, keys_of(own, persons), s.verdict, persons=persons)
        party.tables = [Table(**t) for t in json.loads(s.tables)]
        party.supersedes = list(s.supersedes)
        parties.append(party)
    return parties


def _bases(job: Job, remembered: Remembered, new: Sequence[Party]) -> dict[str, Base]:
    """Return the last accepted month of each sender that sent a progress ledger."""
    bases: dict[str, Base] = {}
    for sender in {p.sender for p in new if p.kind == "progress" and p.sender is not None}:
        found = last_accepted(remembered, sender, "progress", job.month)
        if found is not None:
            rows: Mapping[tuple[str, str], Mapping[str, int]] = {
                (row["county"], row["enterprise"]): {name: row[name] for name in COUNTS} for row in base_rows(job.store, found[1]).to_pylist()
            }  # fmt: skip
            bases[sender] = Base(Month.parse(found[0]), rows)
    return bases


Examine = Callable[[Sequence[Found]], Iterable[Examined]]


def examine_here(job: Job, files: Sequence[Found]) -> list[Examined]:
    """Return what files hold, one after another in this process."""
    return [e for f in files for e in examine(f.path, f.name, job.campaign, job.month, job.issued, job.key)]
