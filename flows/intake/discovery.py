"""Which files are in the ledger folder, and which of them a run has to read."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.intake.job import Job
from flows.intake.locations import files_in, is_uri, open_location
from flows.settings import Campaign
from flows.steps.check.senders import senders_in_path
from flows.steps.model import Event, Kind, Submission, SubmissionHistory
from flows.steps.roll_up import last_accepted
from schemas.rules import RULES_VERSION

CHUNK = 2**20  # bytes
DECISIONS = ("accept", "refuse", "return")  # of the office, about faults and ledgers


@dataclass(frozen=True)
class LedgerFile:
    """A file in the ledger folder.

    `place` is its absolute path or URI, `name` its path inside the folder (with `/`), `sha256` and
    `size` describe its bytes.
    """

    place: str
    name: str
    sha256: str
    size: int


def survey(folder: str) -> list[LedgerFile]:
    """Return the files of a folder and its sub-folders by name, copies of a file too."""
    files = (ledger_file_at(place, name) for place, name in files_in(folder))
    return sorted(files, key=lambda file: file.name)


def without_copies(files: Iterable[LedgerFile], campaign: Campaign) -> list[LedgerFile]:
    """Return files without those that equal another whose path names the same senders."""
    distinct: dict[tuple[str, tuple[str, ...]], LedgerFile] = {}
    for file in files:
        senders = senders_in_path(file.name, campaign)
        distinct.setdefault((file.sha256, senders), file)
    return list(distinct.values())


def ledger_file_at(place: str, name: str) -> LedgerFile:
    """Return a file as a run knows it, under a name inside the ledger folder."""
    digest, size = hashlib.sha256(), 0
    with open_location(place).open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    # absolute, since the process that reads it may have another working folder
    absolute = place if is_uri(place) else str(Path(place).absolute())
    return LedgerFile(absolute, readable(name), digest.hexdigest(), size)


def readable(name: str) -> str:
    """Return a file name as text; one that was unpacked in GB18030 is decoded as that."""
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def to_examine(
    job: Job, files: Sequence[LedgerFile], history: SubmissionHistory
) -> list[LedgerFile]:
    """Return the files that are new to the store, or that other rules or figures now apply to."""
    withdrawn = {content.split(":")[0] for content in history.withdrawn(str(job.month))}
    present = [file for file in files if file.sha256 not in withdrawn]
    distinct = without_copies(present, job.campaign)
    stored: dict[tuple[str, str], list[Submission]] = {}
    for submission in history.of(str(job.month)):
        stored.setdefault((submission.sha256, submission.file), []).append(submission)
    return [
        file
        for file in distinct
        if not _still_known(job, history, stored.get((file.sha256, file.name), ()), file, files)
    ]


def _still_known(
    job: Job,
    history: SubmissionHistory,
    known: Sequence[Submission],
    file: LedgerFile,
    files: Sequence[LedgerFile],
) -> bool:
    """Return whether what is stored of a file is what it would be found to be now."""
    return bool(known) and all(
        s.context == context_of(job, file.name)
        and s.base == base_ids(job, history, s.sender, s.kind)
        and not _day_matters(job, s)
        and not alone_now(s, files)
        for s in known
    )


def _day_matters(job: Job, submission: Submission) -> bool:
    """Return whether the day of issue may change the verdict.

    An earlier day may, and any other day if a date may have been in the future.
    """
    return job.issued < submission.issued or (
        job.issued != submission.issued and submission.kind == "roster" and submission.rejected > 0
    )


def alone_now(submission: Submission, files: Sequence[LedgerFile]) -> bool:
    """Return whether a file that was submitted twice is in the folder without its twin now."""
    if not submission.duplicates:
        return False
    present = {file.sha256 for file in files}
    return not any(content.split(":")[0] in present for content in submission.duplicates)


def context_of(job: Job, name: str) -> str:
    """Return a digest of what a check depended on beside the file's bytes.

    That is the rules, the campaign folder, the month, the person key and the file's name.
    """
    first = job.key.split(b"\n")[0]  # a line that a later key begins with makes no difference
    key = hashlib.sha256(first).hexdigest()[:8]
    parts = [RULES_VERSION, job.campaign.checks_digest, str(job.month), key, name]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _decides(event: Event) -> bool:
    """Return whether an event alters verdicts: a decision, or an answer given outside a ledger."""
    return event.action in DECISIONS or (event.action == "answer" and bool(event.content))


def base_ids(
    job: Job, history: SubmissionHistory, sender: str | None, kind: Kind | None
) -> tuple[str, ...]:
    """Return the ids of all beside its file that a ledger's verdict follows from.

    These are its sender's last accepted submissions, which a progress ledger is compared with, and
    what the office has decided about the sender's ledgers.
    """
    if sender is None:
        return ()
    decided = [e.id for e in history.events if e.sender == sender and _decides(e)]
    if kind != "progress":
        return tuple(decided)
    last = last_accepted(history, job.campaign, sender, "progress", job.month)
    return (*(s.id for s in last[1]), *decided) if last else tuple(decided)
