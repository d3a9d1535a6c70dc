"""Files that came in through the page: examined at once, put among the ledgers when confirmed.

A batch is a folder of its own below WORK/desk/batches. What is not confirmed is never read by a
run, and is deleted after some days.
"""

import hashlib
import json
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from flows.desk.security import write_private
from flows.intake.job import ZONE
from flows.steps.files import safe_name
from flows.steps.months import Month

RECORD, FILES, OUT = "batch.json", "files", "out"
KEPT_DAYS = 3  # of a batch that was not confirmed
COPIES_DAYS = 30  # of the copies of one that was; its ledgers lie in the ledger folder
DAY = 86400.0  # seconds
_ID = re.compile(r"[0-9a-f]{32}")
_LEDGERS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv")
_CHUNK = 2**20
_HALF = ".*.half"  # a ledger that is being copied
_PREFIXES = ".~$"  # of names that a run passes over: hidden and lock files


@dataclass(frozen=True)
class Batch:
    """Some files of one upload and what was found in them.

    `sender` is whose folder they belong into, empty if the files say so themselves; `by` is the
    sender whose link they came by, empty for the office. `ledgers` and `failures` are as in
    quality.json without what is for the office alone, `packet` the files that would go back.
    """

    id: str
    month: str
    sender: str
    by: str
    made: str
    files: Mapping[str, str]  # name, sha256
    ledgers: Sequence[Mapping[str, Any]] = ()
    failures: Sequence[Mapping[str, Any]] = ()
    packet: Sequence[str] = ()
    confirmed: str = ""
    stored: Sequence[str] = field(default_factory=tuple)  # names inside the month's folder
    done: bool = False  # whether the store has them


def plain_name(given: str) -> str:
    """Return a name for a file that came with any name: its last part, what no path can hold gone.

    It can neither leave its folder nor be one that a run passes over.
    """
    last = PurePosixPath(given.replace("\\", "/")).name.lstrip(_PREFIXES + " ")
    suffix = next((end for end in _LEDGERS if last.lower().endswith(end)), "")
    stem = last[: len(last) - len(suffix)]
    return safe_name(stem or "台账") + suffix


class Batches:
    """The batches of a working folder."""

    def __init__(self, desk: Path, ledgers: Path) -> None:
        self._folder, self._ledgers = desk / "batches", ledgers
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = threading.Lock()
        self._tidied = time.monotonic()

    def receive(
        self, month: str, sender: str, by: str, uploads: Sequence[tuple[str, BinaryIO]]
    ) -> Batch:
        """Return a new batch with the bytes of some uploads."""
        if time.monotonic() - self._tidied > DAY:
            self._tidied = time.monotonic()
            self.discard_stale()
        identity = secrets.token_hex(16)
        folder = self._folder / identity
        place = self.examined_folder(identity, sender)
        place.mkdir(parents=True, mode=0o700)
        files: dict[str, str] = {}
        for given, stream in uploads:
            name = _free_name(plain_name(given), files)
            files[name] = _copied(stream, place / name)
        batch = Batch(identity, month, sender, by, _now(), files)
        self._save(batch)
        folder.chmod(0o700)
        return batch

    def examined_folder(self, identity: str, sender: str) -> Path:
        """Return the folder with a batch's files; its name is the sender's, which a check reads."""
        return self._folder / identity / FILES / (safe_name(sender) if sender else "batch")

    def output_folder(self, batch: Batch) -> Path:
        """Return the folder that a batch's packet is written into."""
        return self._folder / batch.id / OUT

    def of(self, month: Month, identity: str) -> Batch | None:
        """Return a batch of a month by its id, None for anything else."""
        found = self.get(identity)
        return found if found is not None and found.month == str(month) else None

    def get(self, identity: str) -> Batch | None:
        """Return a batch by its id, None for anything else."""
        if not _ID.fullmatch(identity):
            return None
        path = self._folder / identity / RECORD
        return _read(path) if path.is_file() else None

    def update(self, batch: Batch) -> None:
        """Keep what was found in a batch."""
        self._save(batch)

    def of_month(self, month: str) -> list[Batch]:
        """Return a month's batches, the newest first."""
        batches = [batch for batch in self._all() if batch.month == month]
        return sorted(batches, key=lambda batch: batch.made, reverse=True)

    def unfinished(self) -> list[Batch]:
        """Return the confirmed batches that the store does not have yet, the oldest first."""
        waiting = [batch for batch in self._all() if batch.confirmed and not batch.done]
        return sorted(waiting, key=lambda batch: batch.confirmed)

    def confirm(self, identity: str) -> Batch | None:
        """Return a batch with its files among the month's ledgers; a second call changes nothing.

        The bytes are copied under another name and moved into place, the record comes last: what
        was said to be confirmed is there after any interruption.
        """
        with self._lock:
            batch = self.get(identity)
            if batch is None or batch.confirmed:
                return batch
            month = self._ledgers / batch.month
            target = month / safe_name(batch.sender) if batch.sender else month
            target.mkdir(parents=True, exist_ok=True)
            for left in target.glob(_HALF):  # by a program that ended while it copied
                left.unlink()
            source = self.examined_folder(identity, batch.sender)
            stored = [
                _placed(source / name, target, name, digest) for name, digest in batch.files.items()
            ]
            names = tuple(path.relative_to(month).as_posix() for path in stored)
            batch = replace(batch, confirmed=_now(), stored=names)
            self._save(batch)
            return batch

    def discard_stale(self, now: float | None = None) -> None:
        """Delete what was not confirmed for some days, and the copies of what was long ago.

        Of the latter the record stays: it is the sender's receipt.
        """
        present = time.time() if now is None else now
        for folder in self._folder.iterdir():
            record = folder / RECORD
            age = (present - folder.stat().st_mtime) / DAY
            batch = _read(record) if record.is_file() else None
            if age > KEPT_DAYS and (batch is None or not batch.confirmed):
                shutil.rmtree(folder, ignore_errors=True)
            elif age > COPIES_DAYS and batch is not None and batch.done:
                if batch.packet:
                    self._save(replace(batch, packet=()))
                for copies in (FILES, OUT):
                    shutil.rmtree(folder / copies, ignore_errors=True)

    def _all(self) -> Iterator[Batch]:
        for path in self._folder.glob(f"*/{RECORD}"):
            yield _read(path)

    def _save(self, batch: Batch) -> None:
        text = json.dumps(asdict(batch), ensure_ascii=False)
        write_private(self._folder / batch.id / RECORD, text)


def _read(path: Path) -> Batch:
    return Batch(**json.loads(path.read_text(encoding="utf-8")))


def _now() -> str:
    return datetime.now(ZONE).isoformat(timespec="microseconds")


def _free_name(name: str, taken: Mapping[str, str]) -> str:
    path, number = PurePosixPath(name), 2
    while name in taken:
        name, number = f"{path.stem}（{number}）{path.suffix}", number + 1
    return name


def _copied(stream: BinaryIO, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _placed(source: Path, folder: Path, name: str, digest: str) -> Path:
    """Return where a file's bytes lie in a folder; what lies there under its name stays."""
    plain, number = PurePosixPath(name), 2
    target = folder / name
    while target.exists():
        if hashlib.sha256(target.read_bytes()).hexdigest() == digest:
            return target
        target, number = folder / f"{plain.stem}（{number}）{plain.suffix}", number + 1
    half = folder / _HALF.replace("*", secrets.token_hex(8))
    shutil.copyfile(source, half)
    half.replace(target)
    return target
