"""Which files lie in the ledger folder, and which of them a run has to read."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.intake.job import Job
from flows.intake.locations import files_in, is_uri, open_location
from flows.steps.model import Kind, Submission, SubmissionHistory
from flows.steps.months import Month
from flows.steps.roll_up import last_accepted
from flows.steps.store import load_history
from schemas.rules import RULES_VERSION

CHUNK = 2**20  # bytes


@dataclass(frozen=True)
class LedgerFile:
    """A file in the ledger folder: its absolute path or URI, its name inside the folder (with `/`), the hash of its bytes, their number."""

    place: str
    name: str
    sha256: str
    size: int


def survey(folder: str) -> list[LedgerFile]:
    """Return the files of a ledger folder and its sub-folders by name, of equal ones the first; none where there is no folder."""
    found: dict[str, LedgerFile] = {}
    for place, name in files_in(folder):
        file = ledger_file_at(place, name)
        found.setdefault(file.sha256, file)
    return sorted(found.values(), key=lambda f: f.name)


def ledger_file_at(place: str, name: str) -> LedgerFile:
    """Return a file as a run knows it, under a name."""
    digest, size = hashlib.sha256(), 0
    with open_location(place).open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    whole = (
        place if is_uri(place) else str(Path(place).absolute())
    )  # a process that reads it may stand elsewhere
    return LedgerFile(whole, readable(name), digest.hexdigest(), size)


def readable(name: str) -> str:
    """Return a file name as text: one that a program unpacked in GB18030, and that is no UTF-8 for it, is decoded as that."""
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def to_examine(job: Job, files: Sequence[LedgerFile]) -> list[LedgerFile]:
    """Return the files that have to be read: new to the store, or known under other rules, names or earlier figures."""
    remembered, _ = load_history(job.store, str(job.month), senders=job.campaign.sender_names)
    return [file for file in files if not _still_known(job, remembered, file, files)]


def _still_known(
    job: Job, remembered: SubmissionHistory, file: LedgerFile, files: Sequence[LedgerFile]
) -> bool:
    known = [s for s in remembered.of(str(job.month)) if s.sha256 == file.sha256]
    return bool(known) and all(
        s.context == context_of(job, file.name)
        and s.base == base_ids(remembered, s.sender, s.kind, job.month)
        and not _dated_otherwise(job, s)
        and not alone_now(s, files)
        for s in known
    )


def _dated_otherwise(job: Job, submission: Submission) -> bool:
    """Return whether another day of issue may change the verdict: an earlier one, or any where a date lay in the future."""
    return job.issued < submission.issued or (
        job.issued != submission.issued and submission.kind == "roster" and submission.rejected > 0
    )


def alone_now(submission: Submission, files: Sequence[LedgerFile]) -> bool:
    """Return whether a file that was submitted twice lies in the folder without its twin now."""
    here = {file.sha256 for file in files}
    return bool(submission.duplicates) and not any(
        twin.split(":")[0] in here for twin in submission.duplicates
    )


def context_of(job: Job, name: str) -> str:
    """Return what a check depended on beside the file's bytes: the rules, the campaign folder, the person key, the file's name."""
    key = hashlib.sha256(job.key).hexdigest()[:8]
    return hashlib.sha256(
        "\0".join([RULES_VERSION, job.campaign.checks_digest, str(job.month), key, name]).encode()
    ).hexdigest()[:32]


def base_ids(
    remembered: SubmissionHistory, sender: str | None, kind: Kind | None, month: Month
) -> tuple[str, ...]:
    """Return the submissions of a sender's last accepted month, by which a progress ledger is compared with it."""
    if sender is None or kind != "progress":
        return ()
    found = last_accepted(remembered, sender, "progress", month)
    return tuple(s.id for s in found[1]) if found else ()
