"""What a run is asked for, which files it has to read, and how one of them is read and checked."""

import hashlib
import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.intake.locations import files_in, is_uri, open_location
from flows.settings import Campaign
from flows.steps.model import CheckedLedger, Kind, Submission, SubmissionHistory, UserError
from flows.steps.months import Month
from flows.steps.roll_up import last_accepted
from flows.steps.store import Store, load_history

RULES_VERSION = "1"  # of the checks: ledgers known under another one are checked anew
KEY_FILE, KEY_VARIABLE = "person.key", "BULLETIN_PERSON_KEY"
CHUNK = 2**20  # bytes
PATIENCE = 2.0  # seconds for the key that another run is making


@dataclass(frozen=True)
class Job:
    """What a run is asked for: the month, the folders, the day of issue, the store.

    `ledgers` is a folder's path or an object store's URI, see flows.intake.locations; `key` hides persons in the store; `templates` is the
    campaign's own folder of templates, where it has one.
    """

    month: Month
    campaign: Campaign
    ledgers: str
    outputs: Path
    issued: date
    store: Store
    key: bytes
    templates: Path | None = None


@dataclass(frozen=True)
class LedgerFile:
    """A file in the ledger folder: its absolute path or URI, its name inside the folder (with `/`), the hash of its bytes, their number."""

    place: str
    name: str
    sha256: str
    size: int


def person_key(campaign: Path) -> bytes:
    """Return the key that hides persons in the store: from the environment, else a file made once, readable by its owner.

    Of two runs that begin at once one makes the file and the other waits for it. Raises UserError where it stays empty.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return given.encode()
    path = campaign / KEY_FILE
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    until = time.monotonic() + PATIENCE
    while not (key := path.read_bytes().strip()):
        if time.monotonic() > until:
            raise UserError(
                f"密钥文件“{path}”是空的。请从备份恢复；没有备份的删除它，会另做一个，但不能再与以前的花名册比对重复人员"
            )
        time.sleep(0.1)
    return key


def survey(folder: str) -> list[LedgerFile]:
    """Return the files of a ledger folder and its sub-folders by name, of equal ones the first; none where there is no folder."""
    found: dict[str, LedgerFile] = {}
    for place, name in files_in(folder):
        file = found_at(place, name)
        found.setdefault(file.sha256, file)
    return sorted(found.values(), key=lambda f: f.name)


def found_at(place: str, name: str) -> LedgerFile:
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
    return bool(submission.twins) and not any(
        twin.split(":")[0] in here for twin in submission.twins
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


def examine(
    file: LedgerFile, campaign: Campaign, month: Month, issued: date, key: bytes
) -> list[CheckedLedger]:
    """Return what one file holds, read and checked by itself: the unit of work, and all that a worker process does."""
    from flows.steps.check.alone import (
        check_alone,
    )  # here, since pandera takes longer to import than a bulletin to render
    from flows.steps.read.file import read_file
    from flows.steps.read.values.cells import display_text

    return check_alone(
        read_file(open_location(file.place), file.name), campaign, month, issued, display_text, key
    )
