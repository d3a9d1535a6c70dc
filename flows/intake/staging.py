"""The staging area of checked ledgers, where they wait until they are judged.

A killed month continues from it, and little data crosses between processes. A ledger's rows are in
the store's folder `waiting` without direct identifiers, under a name made of the file's hash and of
all that its check depended on; `ledgers.json`, written last, makes them complete. They are in
Arrow's own format, which takes a third of Parquet's time for a small ledger. No reader of the store
sees them. What a month has staged belongs to whoever holds the month's lock; what nobody holds is
cleared by the next run.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as fs

from flows.intake.discovery import LedgerFile, context_of
from flows.intake.examine import examine
from flows.intake.job import Job
from flows.intake.waiting import FOLDER, discard
from flows.settings import Campaign
from flows.steps.model import CheckedLedger, Failure, Frame, Table
from flows.steps.months import Month
from flows.steps.store import Store, files_of_store

FACTS, CAMPAIGN = "ledgers.json", "campaign.json"
FRAMES = ("counts", "people")
SMALL = 2**18  # bytes of a table, up to which to compress it takes longer than to write it
LARGE = 1000  # rows of a table, from which it is turned into a frame by itself


@dataclass(frozen=True)
class WorkOrder:
    """A job as sent to other processes and machines: small, since the campaign is staged apart."""

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
    """Give a job as an order; its campaign is staged until the block ends."""
    place = f"{job.month}-job-{job.campaign.digest[:16]}-{secrets.token_hex(4)}"
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
    """Read and check a file as ordered; return the name under which its ledgers are staged."""
    return examine_to_stage(order.job(), file)


def name_of(job: Job, file: LedgerFile) -> str:
    """Return the name under which a file's ledgers are staged."""
    return (
        f"{job.month}-{file.sha256[:32]}-{context_of(job, file.name)[:16]}-{job.issued.isoformat()}"
    )


def examine_to_stage(job: Job, file: LedgerFile) -> str:
    """Read, check and stage a file unless a killed run has staged it already; return its name."""
    name = name_of(job, file)
    if not is_staged(job.store, name):
        stage(job.store, name, examine(file, job.campaign, job.month, job.issued, job.key))
    return name


def is_staged(store: Store, name: str) -> bool:
    """Return whether all of a file's ledgers are staged."""
    system, root = files_of_store(store)
    info = system.get_file_info(f"{root}/{FOLDER}/{name}/{FACTS}")
    return bool(info.type == fs.FileType.File)


def stage(store: Store, name: str, examined: Iterable[CheckedLedger]) -> None:
    """Stage the ledgers of a file under a name."""
    system, root = files_of_store(store)
    folder = f"{root}/{FOLDER}/{name}"
    system.create_dir(folder, recursive=True)
    facts = []
    for number, ledger in enumerate(examined):
        frames = {part: getattr(ledger, part) for part in FRAMES}
        for part, frame in frames.items():
            if frame is not None:
                _write(system, f"{folder}/{part}-{number}.arrow", pa.Table.from_pandas(frame))
        facts.append(_facts(ledger) | {part: frames[part] is not None for part in FRAMES})
    with system.open_output_stream(f"{folder}/{FACTS}.new") as stream:
        stream.write(json.dumps(facts, ensure_ascii=False).encode())
    system.move(f"{folder}/{FACTS}.new", f"{folder}/{FACTS}")


def _write(system: fs.FileSystem, path: str, table: pa.Table) -> None:
    compression = "zstd" if table.nbytes > SMALL else None
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with (
        system.open_output_stream(path) as stream,
        pa.ipc.new_stream(stream, table.schema, options=options) as writer,
    ):
        writer.write_table(table)


def _facts(ledger: CheckedLedger) -> dict[str, Any]:
    """Return a ledger without its frames, as JSON holds it."""
    names = [field.name for field in fields(ledger) if field.name not in FRAMES]
    return {
        **{name: getattr(ledger, name) for name in names},
        "failures": [asdict(failure) for failure in ledger.failures],
        "tables": [asdict(table) for table in ledger.tables],
    }


def load_staged(store: Store, names: Iterable[str]) -> list[CheckedLedger]:
    """Return the ledgers that are staged under some names, as new objects."""
    system, root = files_of_store(store)
    records: list[dict[str, Any]] = []
    tables: list[pa.Table | Frame] = []
    for name in names:
        folder = f"{root}/{FOLDER}/{name}"
        with system.open_input_stream(f"{folder}/{FACTS}") as stream:
            of_file: list[dict[str, Any]] = json.loads(stream.read())
        for number, record in enumerate(of_file):
            for part in (part for part in FRAMES if record[part]):
                with system.open_input_stream(f"{folder}/{part}-{number}.arrow") as stream:
                    table = pa.ipc.open_stream(stream).read_all()
                tables.append(table if table.num_rows < LARGE else table.to_pandas())
        records += of_file
    frames = iter(_frames(tables))
    return [
        _ledger(record | {part: next(frames) if record[part] else None for part in FRAMES})
        for record in records
    ]


def _frames(tables: Sequence[pa.Table | Frame]) -> list[Frame]:
    """Return tables, or frames, as frames; the tables of one schema are converted together.

    A small ledger's own conversion takes ten times as long as its part in that of thousands.
    """
    by_schema: dict[pa.Schema, list[int]] = {}
    for number, table in enumerate(tables):
        if isinstance(table, pa.Table):
            by_schema.setdefault(table.schema.remove_metadata(), []).append(number)
    frames: list[Frame] = list(tables)
    for numbers in by_schema.values():
        whole = pa.concat_tables([tables[number] for number in numbers]).to_pandas()
        start = 0
        for number in numbers:
            stop = start + tables[number].num_rows
            frames[number] = whole.iloc[start:stop].reset_index(drop=True)
            start = stop
    return frames


def _ledger(record: dict[str, Any]) -> CheckedLedger:
    failures = [Failure(**failure) for failure in record["failures"]]
    tables = tuple(Table(**table) for table in record["tables"])
    return CheckedLedger(**record | {"failures": failures, "tables": tables})
