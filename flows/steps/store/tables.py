"""The store's Delta tables: their columns, appending to them, reading them (DESIGN §8).

Append-only. Rows are written first, the record in `submissions` that makes them visible last, so
that a run killed at any point leaves nothing half visible.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as fs
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from flows.steps.model import UserError, reason_of
from flows.steps.store.rows import Filter, live_rows, no_rows, records, renamed_field
from schemas.definition import Definition

_TEXT, _NUMBER = pa.string(), pa.int64()
_CELLS = pa.list_(pa.string())
_TIME = pa.timestamp("us", "UTC")


SCHEMAS: dict[str, pa.Schema] = {
    "submissions": pa.schema([
        ("id", _TEXT), ("month", _TEXT), ("content", _TEXT), ("file", _TEXT), ("sha256", _TEXT),
        ("kind", _TEXT), ("sender", _TEXT), ("likely", _TEXT), ("verdict", _TEXT),
        ("read", _NUMBER), ("rejected", _NUMBER), ("context", _TEXT), ("base", _CELLS),
        ("issued", pa.date32()), ("run", _NUMBER), ("arrival", _NUMBER), ("recorded_at", _TIME),
        ("supersedes", _CELLS), ("twins", _CELLS), ("tables", _TEXT), ("lines", _TEXT),
    ]),
    "progress": pa.schema([
        ("submission", _TEXT), ("month", _TEXT), ("good", pa.bool_()), ("county", _TEXT),
        ("enterprise", _TEXT), ("affiliation", _TEXT), ("note", _TEXT),
    ]),
    "roster": pa.schema([
        ("submission", _TEXT), ("month", _TEXT), ("good", pa.bool_()), ("person", pa.binary()),
        ("county", _TEXT), ("enterprise", _TEXT), ("affiliation", _TEXT), ("member", pa.bool_()),
        ("table", pa.int16()), ("row", _NUMBER),
    ]),
    "failures": pa.schema([
        ("submission", _TEXT), ("month", _TEXT), ("number", _NUMBER), ("file", _TEXT),
        ("sheet", _TEXT), ("cell", _TEXT), ("row", _NUMBER), ("header", _TEXT), ("value", _TEXT),
        ("code", _TEXT), ("severity", _TEXT), ("message", _TEXT), ("remedy", _TEXT),
        ("aside", _TEXT), ("unit", _TEXT),
    ]),
    "runs": pa.schema([
        ("month", _TEXT), ("issued", pa.date32()), ("recorded_at", _TIME), ("state", _TEXT),
        ("campaign", _TEXT), ("rates", _TEXT),
    ]),
    "campaigns": pa.schema([("digest", _TEXT), ("name", _TEXT), ("content", pa.binary())]),
    "issues": pa.schema([
        ("id", _TEXT), ("month", _TEXT), ("recorded_at", _TIME), ("issued", pa.date32()),
        ("state", _TEXT), ("figures", _TEXT), ("corrections", _TEXT), ("ledgers", _TEXT),
        ("edited", _TEXT),
    ]),
    "documents": pa.schema([
        ("issue", _TEXT), ("month", _TEXT), ("level", _TEXT), ("name", _TEXT), ("path", _TEXT),
        ("sha256", _TEXT), ("content", pa.binary()), ("document", _TEXT),
    ]),
    "events": pa.schema([
        ("id", _TEXT), ("month", _TEXT), ("recorded_at", _TIME), ("action", _TEXT),
        ("sender", _TEXT), ("reason", _TEXT),
        ("fault", _TEXT), ("content", _TEXT), ("place", _TEXT),
    ]),
    "numbers": pa.schema([
        ("series", _TEXT), ("document", _TEXT), ("subject", _TEXT), ("month", _TEXT),
        ("year", _NUMBER), ("number", _NUMBER), ("recorded_at", _TIME),
    ]),
    "supervision": pa.schema([
        ("id", _TEXT), ("month", _TEXT), ("recorded_at", _TIME), ("day", pa.date32()),
        ("action", _TEXT), ("reason", _TEXT), ("year", _NUMBER), ("serial", _NUMBER),
        ("due", pa.date32()), ("level", _TEXT), ("unit", _TEXT), ("indicator", _TEXT),
        ("measure", _TEXT), ("matter", _TEXT), ("sender", _TEXT), ("target", _TEXT),
        ("expected", _TEXT), ("done", _TEXT),
    ]),
    "keys": pa.schema([("check", _TEXT), ("recorded_at", _TIME), ("action", _TEXT)]),
    "mails": pa.schema([("key", _TEXT), ("subject", _TEXT), ("sender", _TEXT), ("sent_at", _TIME)]),
}  # fmt: skip
PARTITIONED = ("progress", "roster", "failures")


def rows_schema(name: str, definition: Definition) -> pa.Schema:
    """Return the schema of a table with the columns that a definition adds to it.

    A progress ledger's rows have a column for each count and, for each of them and the enterprise,
    the cells listed and how many there are in all; a roster's have the dates.
    """
    schema = SCHEMAS[name]
    if name == "progress":
        former = {count: definition.former_names(count) for count in definition.counts}
        for count in definition.counts:
            schema = schema.append(renamed_field(count, _NUMBER, former[count]))
        for cell in ("enterprise", *definition.counts):
            names = former.get(cell, ())
            for prefix, kind in (("at", _CELLS), ("n", _NUMBER)):
                before = [f"{prefix}_{old}" for old in names]
                schema = schema.append(renamed_field(f"{prefix}_{cell}", kind, before))
    if name == "roster":
        for flag in definition.subsets.values():
            if flag not in schema.names:
                schema = schema.append(pa.field(flag, pa.bool_()))
        for date in definition.handovers:
            schema = schema.append(pa.field(date, pa.date32()))
    return schema


class StoreError(UserError):
    """The store cannot be read or written; the message says in Chinese what to do."""


class StoreChangedError(Exception):
    """Another run has written to the store since it was read; the caller has to read it again."""


@dataclass(frozen=True)
class Store:
    """Where the tables are: a folder, or an object store's URI with the options that it needs."""

    uri: str
    options: dict[str, str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """Return the address of a table."""
        return f"{self.uri.rstrip('/')}/{name}"

    @property
    def is_folder(self) -> bool:
        """Return whether the store is a folder of this machine."""
        return "://" not in self.uri

    def table(self, name: str) -> DeltaTable | None:
        """Return a table, None before the first write; raises StoreError if it cannot be read."""
        if self.is_folder and not Path(self.path(name), "_delta_log").is_dir():
            return None
        try:
            if self.is_folder:
                return _opened(self.path(name), _newest(Path(self.path(name), "_delta_log")))
            return DeltaTable(self.path(name), storage_options=self.options)
        except TableNotFoundError:
            return None
        except (DeltaError, OSError) as error:
            raise StoreError(
                f"数据存储“{self.uri}”读不出来（{reason_of(error)}）。"
                "请检查该位置是否存在、是否有读取权限"
            ) from error

    def read(
        self,
        name: str,
        filters: Sequence[Filter] = (),
        columns: Sequence[str] | None = None,
        schema: pa.Schema | None = None,
    ) -> pa.Table:
        """Return the rows that pass every filter (column, operator, value), in no fixed order.

        They have some columns, or all, of `schema` or of what every campaign's table has.
        """
        whole = SCHEMAS[name] if schema is None else schema
        chosen = whole if columns is None else pa.schema([whole.field(c) for c in columns])
        return self.read_at(name, filters, chosen)[0]

    def records(self, name: str, filters: Sequence[Filter] = ()) -> list[dict[str, Any]]:
        """Return the rows that pass every filter as dicts, times in UTC."""
        return records(self.read(name, filters))

    def read_at(
        self, name: str, filters: Sequence[Filter] = (), schema: pa.Schema | None = None
    ) -> tuple[pa.Table, int]:
        """Return the rows that pass every filter, and the version read (-1: nothing written).

        They have the columns of `schema`, or those that every campaign's table has.
        """
        wanted = SCHEMAS[name] if schema is None else schema
        table = self.table(name)
        if table is None:
            return no_rows(wanted), -1
        try:
            system, root = files_of_store(self)
            # Delta's own file system hands Rust objects to Arrow's threads, which abort the process
            # at exit (delta-rs issue 2184).
            files = fs.SubTreeFileSystem(f"{root}/{name}", system)
            return live_rows(table, files, wanted, filters), table.version()
        except (DeltaError, OSError, pa.ArrowException) as error:
            raise StoreError(
                f"数据存储“{self.uri}”的 {name} 表读不出来（{reason_of(error)}）。请从备份恢复"
            ) from error

    def append(
        self, name: str, rows: pa.Table | pa.RecordBatchReader, *, since: int | None = None
    ) -> None:
        """Append rows to a table in one commit; columns that it lacks are added to it.

        With `since`, the version last read, raises StoreChangedError if another run has committed
        after it.
        """
        target: DeltaTable | str = self.path(name)
        if since is not None and since >= 0:
            target = DeltaTable(self.path(name), version=since, storage_options=self.options)
        properties = CommitProperties(max_commit_retries=0 if since is not None else 15)
        try:
            if self.is_folder:
                Path(self.path(name)).mkdir(parents=True, exist_ok=True)
            write_deltalake(
                target,
                rows,
                mode="append" if since is None or since >= 0 else "error",
                schema_mode="merge" if since is None or since >= 0 else None,
                commit_properties=properties,
                partition_by=["month"] if name in PARTITIONED else None,
                storage_options=self.options,
                writer_properties=WriterProperties(compression="ZSTD"),
            )
        except CommitFailedError as error:
            raise StoreChangedError(str(error)) from error
        except (DeltaError, OSError) as error:
            if since == -1 and self.table(name) is not None:
                raise StoreChangedError(str(error)) from error
            raise StoreError(
                f"数据存储“{self.uri}”写不进去（{reason_of(error)}）。"
                "请检查磁盘空间和写入权限，已有数据未受影响"
            ) from error


@lru_cache(maxsize=64)
def _opened(path: str, _: tuple[str, int, int]) -> DeltaTable:
    """Return a table of a folder as of its newest log entry: read again only when that changes."""
    return DeltaTable(path)


def _newest(log: Path) -> tuple[str, int, int]:
    """Return the name, size and time of the newest entry of a table's log, which only grows."""
    path = max(log.glob("[0-9]*.json"), default=log)
    state = path.stat()
    return path.as_posix(), state.st_size, state.st_mtime_ns


def files_of_store(store: Store) -> tuple[fs.FileSystem, str]:
    """Return a store's file system and its path there, for files that belong to no table."""
    if store.is_folder:
        return fs.LocalFileSystem(), store.uri.rstrip("/")
    scheme, _, path = store.uri.partition("://")
    if scheme not in ("s3", "s3a"):
        raise StoreError(
            f"不支持的存储位置“{store.uri}”。可以用本机文件夹，或 s3:// 开头的对象存储"
        )
    options = {**os.environ, **store.options}
    endpoint = options.get("AWS_ENDPOINT_URL")
    system = fs.S3FileSystem(
        access_key=options.get("AWS_ACCESS_KEY_ID"),
        secret_key=options.get("AWS_SECRET_ACCESS_KEY"),
        region=options.get("AWS_REGION"),
        endpoint_override=endpoint,
        scheme="http" if endpoint and endpoint.startswith("http:") else "https",
    )
    return system, path.rstrip("/")
