"""Looking after the store: compaction, cleaning up, and the deletion of persons once the purpose is met (DESIGN §8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from flows.steps.model import reason_of
from flows.steps.store.tables import SCHEMAS, Store, StoreError

KEPT = timedelta(
    days=30
)  # how long files that no version needs any more are kept for those still reading


@dataclass(frozen=True)
class Tidied:
    """What was done to a table: how many files were put together, how many were deleted."""

    table: str
    merged: int
    deleted: int


def tidy(store: Store, kept: timedelta = KEPT) -> Iterator[Tidied]:
    """Put small files together and delete those that no version needs and that are older than `kept`; yield what was done.

    Nothing that an issued bulletin or any earlier state needs is lost: no row is ever deleted here, and states of the past are
    read from the rows, not from old versions.
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
    """Delete the persons in the rosters of the months before one, for good; return how many of which month.

    The counts that were added up from them stay. What no longer works for these months: a trace down to the single row, and
    finding the same person in a ledger that comes in late.
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
    """Remove the deleted rows' files from the disk at once, whatever their age."""
    table.update_incremental()
    table.vacuum(0, dry_run=False, enforce_retention_duration=False)
