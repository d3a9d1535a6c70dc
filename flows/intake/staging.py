"""CheckedLedger ledgers laid aside until they are judged: a killed month goes on where it stopped, and little crosses between processes.

A ledger's rows lie in the store's folder `waiting`, as Parquet without direct identifiers, under a name made of the file's hash and
of all that its check depended on; the file `facts.json`, written last, makes them whole. Nothing there is seen by a reader of the store.
"""

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as fs
import pyarrow.parquet as pq

from flows.intake.discovery import LedgerFile, context_of
from flows.intake.examine import examine
from flows.intake.job import Job
from flows.settings import Campaign
from flows.steps.model import CheckedLedger, Failure, Table
from flows.steps.months import Month
from flows.steps.store import Store, files_of_store

FOLDER, FACTS, CAMPAIGN = "waiting", "facts.json", "campaign.json"
FRAMES = ("counts", "people")


@dataclass(frozen=True)
class WorkOrder:
    """A job as it crosses to other processes and machines: small, since the campaign lies on the shelf at `place`."""

    month: Month
    issued: date
    store: Store
    key: bytes
    place: str

    def job(self) -> Job:
        """Return the job, as far as reading and checking a file needs it."""
        options = tuple(sorted(self.store.options.items()))
        campaign = _campaign_at(self.store.uri, options, self.place)
        return Job(self.month, campaign, "", Path(), self.issued, self.store, self.key)


@contextmanager
def published_order(job: Job) -> Iterator[WorkOrder]:
    """Give a job as an order for the time of the block; its campaign lies on the shelf meanwhile."""
    place = f"job-{job.month}-{job.campaign.digest[:16]}-{secrets.token_hex(4)}"
    system, root = files_of_store(job.store)
    system.create_dir(f"{root}/{FOLDER}/{place}", recursive=True)
    try:
        with system.open_output_stream(f"{root}/{FOLDER}/{place}/{CAMPAIGN}") as stream:
            stream.write(job.campaign.model_dump_json().encode())
        yield WorkOrder(job.month, job.issued, job.store, job.key, place)
    finally:
        discard(job.store, [place])


@lru_cache(maxsize=4)
def _campaign_at(uri: str, options: tuple[tuple[str, str], ...], place: str) -> Campaign:
    system, root = files_of_store(Store(uri, dict(options)))
    with system.open_input_stream(f"{root}/{FOLDER}/{place}/{CAMPAIGN}") as stream:
        return Campaign.model_validate_json(stream.read())


def examine_and_stage(order: WorkOrder, file: LedgerFile) -> str:
    """Read and check a file as ordered; return the name under which its ledgers lie on the shelf."""
    return examine_to_shelf(order.job(), file)


def name_of(job: Job, file: LedgerFile) -> str:
    """Return the name under which a file's ledgers lie on the shelf."""
    return f"{file.sha256[:32]}-{context_of(job, file.name)[:16]}-{job.issued.isoformat()}"


def examine_to_shelf(job: Job, file: LedgerFile) -> str:
    """Read and check a file and lay what it holds aside, unless it lies there from a run that was killed; return its name."""
    name = name_of(job, file)
    if not is_staged(job.store, name):
        stage(job.store, name, examine(file, job.campaign, job.month, job.issued, job.key))
    return name


def is_staged(store: Store, name: str) -> bool:
    """Return whether a file's ledgers lie on the shelf, whole."""
    system, root = files_of_store(store)
    found: bool = system.get_file_info(f"{root}/{FOLDER}/{name}/{FACTS}").type == fs.FileType.File
    return found


def stage(store: Store, name: str, examined: Iterable[CheckedLedger]) -> None:
    """Lay a file's ledgers aside."""
    system, root = files_of_store(store)
    folder = f"{root}/{FOLDER}/{name}"
    system.create_dir(folder, recursive=True)
    facts = []
    for i, ledger in enumerate(examined):
        for part in FRAMES:
            frame = getattr(ledger, part)
            if frame is not None:
                pq.write_table(
                    pa.Table.from_pandas(frame),
                    f"{folder}/{part}-{i}.parquet",
                    filesystem=system,
                    compression="zstd",
                )
        record = {
            field: getattr(ledger, field)
            for field in CheckedLedger.__dataclass_fields__
            if field not in FRAMES
        }
        record |= {
            "failures": [asdict(f) for f in ledger.failures],
            "tables": [asdict(t) for t in ledger.tables],
        }
        facts.append(record | {part: getattr(ledger, part) is not None for part in FRAMES})
    with system.open_output_stream(f"{folder}/{FACTS}.new") as stream:
        stream.write(json.dumps(facts, ensure_ascii=False).encode())
    system.move(f"{folder}/{FACTS}.new", f"{folder}/{FACTS}")


def load_staged(store: Store, names: Iterable[str]) -> list[CheckedLedger]:
    """Return the ledgers that lie under some names, as new objects; they stay where they are."""
    system, root = files_of_store(store)
    ledgers = []
    for name in names:
        folder = f"{root}/{FOLDER}/{name}"
        with system.open_input_stream(f"{folder}/{FACTS}") as stream:
            records: list[dict[str, Any]] = json.loads(stream.read())
        for i, record in enumerate(records):
            frames = {
                p: pq.read_table(f"{folder}/{p}-{i}.parquet", filesystem=system).to_pandas()
                if record[p]
                else None
                for p in FRAMES
            }
            failures = [Failure(**f) for f in record["failures"]]
            tables = tuple(Table(**t) for t in record["tables"])
            ledgers.append(
                CheckedLedger(**{**record, **frames, "failures": failures, "tables": tables})
            )
    return ledgers


def discard(store: Store, names: Iterable[str]) -> None:
    """Take ledgers off the shelf: they have been judged and stored."""
    system, root = files_of_store(store)
    for name in names:
        folder = f"{root}/{FOLDER}/{name}"
        if system.get_file_info(folder).type == fs.FileType.Directory:
            system.delete_dir(folder)


def discard_stale(store: Store, kept: timedelta = timedelta(days=1)) -> int:
    """Take off the shelf what a killed run left there longer ago than `kept`; return how many files' ledgers that were."""
    system, root = files_of_store(store)
    newest: dict[str, datetime] = {}
    for info in system.get_file_info(
        fs.FileSelector(f"{root}/{FOLDER}", allow_not_found=True, recursive=True)
    ):
        if info.type == fs.FileType.File:
            name = info.path.removeprefix(f"{root}/{FOLDER}/").split("/")[0]
            newest[name] = max(info.mtime, newest.get(name, info.mtime))
    old = [name for name, touched in newest.items() if touched < datetime.now(UTC) - kept]
    discard(store, old)
    return len(old)
