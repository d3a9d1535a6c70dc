"""Upkeep of the store: compaction, cleaning up, deletion of persons (DESIGN §8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from flows.steps.model import reason_of
from flows.steps.store.tables import SCHEMAS, Store, StoreError
from schemas.rules import ANSWERED, EXPLAINED, EXPLAINED_UNSEEN, RULES

KEPT = timedelta(days=30)  # for readers of files that the newest version does not need any more
MASK, FORGOTTEN = "*", "内容已按规定删除"  # what hides a part of a value, and what stands for all
_QUOTING = ("sheet", "header", "value", "message", "remedy", "aside", "unit")
_SHORT_LOG = {
    "delta.logRetentionDuration": "interval 0 seconds",
    "delta.enableExpiredLogCleanup": "true",
}


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

    What failures of these months quote of a person goes, too. The counts that were added up from
    them stay. For these months a trace no longer reaches the single row, and a person is no longer
    found again in a ledger that arrives late. Nothing else may be at work on the store meanwhile.
    """
    rows = store.read("roster", [("month", "<", before)], ["month"])
    months = {item["values"]: item["counts"] for item in pc.value_counts(rows["month"]).to_pylist()}
    try:
        _forget_quotations(store, before)
        table = store.table("roster")
        if table is not None and months:
            table.delete(f"month < '{before}'")
        for name in ("failures", "roster"):
            erase(store, name)
    except (DeltaError, OSError) as error:
        raise StoreError(
            f"花名册没有删除干净（{reason_of(error)}）。请检查写入权限后再次运行"
        ) from error
    return dict(sorted(months.items()))


def _forget_quotations(store: Store, before: str) -> None:
    """Replace the failures of earlier months by ones that quote nothing of a person."""
    rows = store.records("failures", [("month", "<", before)])
    kinds = {row["id"]: row["kind"] for row in store.records("submissions")}
    cleared = [without_quotations(row, kinds.get(row["submission"])) for row in rows]
    if cleared == rows:
        return
    write_deltalake(
        store.path("failures"),
        pa.Table.from_pylist(cleared, schema=SCHEMAS["failures"]),
        mode="overwrite",
        predicate=f"month < '{before}'",
        storage_options=store.options,
        writer_properties=WriterProperties(compression="ZSTD"),
    )


def without_quotations(row: Mapping[str, Any], kind: str | None) -> dict[str, Any]:
    """Return a failure's row without what it quotes of a person: a mask, or a roster's row.

    Place, rule and consequence stay, and a reason that a bulletin has printed.
    """
    masked = any(MASK in (row[name] or "") for name in _QUOTING)
    if not masked and (kind == "progress" or row["row"] is None):
        return dict(row)
    message = f"{RULES[row['code']].title}（{FORGOTTEN}）。"
    return {
        **row,
        "value": None,
        "message": message + _printed_reason(row),
        "remedy": row["remedy"] if MASK not in row["remedy"] else "",
        "aside": "",
        "unit": None if MASK in (row["unit"] or "") else row["unit"],
        "sheet": FORGOTTEN if MASK in (row["sheet"] or "") else row["sheet"],
        "header": FORGOTTEN if MASK in (row["header"] or "") else row["header"],
    }


def _printed_reason(row: Mapping[str, Any]) -> str:
    for sentence in (ANSWERED, EXPLAINED, EXPLAINED_UNSEEN) if row["severity"] == "note" else ():
        mark = sentence.removeprefix("{message}").split("{reason}")[0]
        if mark in row["message"]:
            return str(mark + row["message"].partition(mark)[2])
    return ""


def erase(store: Store, name: str) -> None:
    """Remove from the disk what the newest version of a table does not need, whatever its age.

    That is the files of deleted rows, those that a killed run left, and the log's older entries,
    which quote the least and the greatest value of each file.
    """
    table = store.table(name)
    if table is None:
        return
    table.vacuum(0, dry_run=False, enforce_retention_duration=False, full=store.is_folder)
    table.alter.set_table_properties(_SHORT_LOG)
    table = DeltaTable(store.path(name), storage_options=store.options)
    table.create_checkpoint()
    table.cleanup_metadata()
