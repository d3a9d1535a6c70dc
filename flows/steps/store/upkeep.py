"""Upkeep of the store: compaction, cleaning up, deletion of persons (DESIGN §8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from flows.steps.model import reason_of
from flows.steps.store.tables import SCHEMAS, Store, StoreError

KEPT = timedelta(days=30)  # for readers of files that the newest version does not need any more


@dataclass(frozen=True)
class Tidied:
    """What was done to a table: how many files were merged, how many were deleted."""

    table: str
    merged: int
    deleted: int


def tidy(store: Store, kept: timedelta = KEPT) -> Iterator[Tidied]:
    """Merge small files, delete those unused for longer than `kept`; yield what was done.

    No row is deleted, and states of the past are read from the rows, not from old versions, so that
    nothing is lost that an issued bulletin or an earlier state needs.
    """
    for name in SCHEMAS:
        table = store.table(name)
        if table is None:
            continue
        try:
            merged = table.optimize.compact()["numFilesRemoved"]
            deleted = table.vacuum(
                int(kept.total_seconds() // 3600), dry_run=False, enforce_retention_duration=False
            )
        except (DeltaError, OSError) as error:
            advice = "请检查磁盘空间和写入权限，已有数据未受影响"
            raise StoreError(
                f"数据存储的 {name} 表整理不了（{reason_of(error)}）。{advice}"
            ) from error
        yield Tidied(name, merged, len(deleted))


def forget(store: Store, before: str) -> dict[str, int]:
    """Delete for good the persons in rosters of earlier months; return how many of each month.

    The counts that were added up from them stay. For these months a trace no longer reaches the
    single row, and a person is no longer found again in a ledger that arrives late.
    """
    rows = store.read("roster", [("month", "<", before)], ["month"])
    months = {item["values"]: item["counts"] for item in pc.value_counts(rows["month"]).to_pylist()}
    table = store.table("roster")
    if table is None or not months:
        return {}
    try:
        table.delete(f"month < '{before}'")
        _erase(table)
    except (DeltaError, OSError) as error:
        raise StoreError(
            f"花名册没有删除干净（{reason_of(error)}）。请检查写入权限后再次运行"
        ) from error
    return dict(sorted(months.items()))


def _erase(table: DeltaTable) -> None:
    """Remove the files of deleted rows from the disk at once, whatever their age."""
    table.update_incremental()
    table.vacuum(0, dry_run=False, enforce_retention_duration=False)
