"""Which key the store's persons were hashed with, and their hashes under another one (DESIGN §8).

A key is known by its check value, from which neither the key nor a hash can be found.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.fs as fs
from deltalake import CommitProperties, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from flows.steps.model import reason_of
from flows.steps.store.rows import files_of, rows_of
from flows.steps.store.tables import SCHEMAS, Store, StoreError, files_of_store

ROSTER, PERSON = "roster", "person"
_BATCH = 65_536  # rows rewritten at a time


def recorded_check(store: Store) -> str | None:
    """Return the check value of the key in use, None if none was ever recorded."""
    rows = store.records("keys")
    newest = max(rows, key=lambda row: row["recorded_at"], default=None)
    return None if newest is None else str(newest["check"])


def record_check(store: Store, check: str, action: str) -> None:
    """Record the check value of the key in use from now on; `action` says how it came about."""
    row = {"check": check, "recorded_at": datetime.now(UTC), "action": action}
    store.append("keys", pa.Table.from_pylist([row], schema=SCHEMAS["keys"]))


def persons_hashed(store: Store) -> int:
    """Return how many rows of rosters have a person's hash."""
    persons = store.read(ROSTER, columns=[PERSON])[PERSON]
    return len(persons) - int(persons.null_count)


def is_rewritten_for(store: Store, check: str) -> bool:
    """Return whether the persons have been rewritten for a key."""
    table = store.table(ROSTER)
    return table is not None and table.transaction_version(_transaction(check)) is not None


def rewrite_persons(store: Store, check: str, change: Callable[[bytes], bytes] | None) -> None:
    """Replace each person's hash by its change, or by nothing, in one commit that names a key.

    All other values stay, as do columns that only an earlier definition had. Raises StoreError.
    """
    table = store.table(ROSTER)
    if table is None:
        return
    schema = pa.schema(table.schema())
    rewritten = _rewritten(store, list(files_of(table)), schema, change)
    named = CommitProperties(
        max_commit_retries=0, app_transactions=[Transaction(_transaction(check), 1)]
    )
    try:
        write_deltalake(
            table,
            pa.RecordBatchReader.from_batches(schema, rewritten),
            mode="overwrite",
            commit_properties=named,
            partition_by=["month"],
            storage_options=store.options,
            writer_properties=WriterProperties(compression="ZSTD"),
        )
    except (DeltaError, OSError) as error:
        advice = "请检查磁盘空间和写入权限，原来的数据和密钥都没有动"
        raise StoreError(f"花名册明细改写不了（{reason_of(error)}）。{advice}") from error


def _transaction(check: str) -> str:
    return f"person-key-{check}"


def _rewritten(
    store: Store,
    paths: Sequence[tuple[str, Mapping[str, str]]],
    schema: pa.Schema,
    change: Callable[[bytes], bytes] | None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a roster table's files with the persons changed."""
    system, root = files_of_store(store)
    files = fs.SubTreeFileSystem(f"{root}/{ROSTER}", system)
    place = schema.get_field_index(PERSON)
    for path, part in paths:
        for batch in rows_of(files, path, part, schema, ()).to_batches(_BATCH):
            changed = [_changed(value, change) for value in batch.column(place).to_pylist()]
            persons = pa.array(changed, pa.binary())
            yield batch.set_column(place, schema.field(place), persons)


def _changed(value: bytes | None, change: Callable[[bytes], bytes] | None) -> bytes | None:
    return None if value is None or change is None else change(value)
