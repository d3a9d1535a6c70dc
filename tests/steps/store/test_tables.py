"""Tables of a store that an older program wrote are read, added to and tidied (DESIGN §8)."""

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from flows.steps.store import Store
from flows.steps.store import tables as store_tables
from flows.steps.store.upkeep import tidy

# columns of the old table, the row read with all of today's columns (in their order)
OLD = [
    (("id", "month", "recorded_at", "state"), ("1", "2022-04", None, "s", None)),
    (("id", "month"), ("1", "2022-04", None, None, None)),
]
NOW = pa.schema(
    [
        ("id", pa.string()),
        ("month", pa.string()),
        ("recorded_at", pa.timestamp("us", "UTC")),
        ("state", pa.string()),
        ("number", pa.int64()),
    ]
)


@pytest.mark.parametrize("partitioned", [False, True])
@pytest.mark.parametrize(("columns", "expected"), OLD)
def test_a_table_of_an_older_program(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    columns: tuple[str, ...],
    expected: tuple[object, ...],
    partitioned: bool,
) -> None:
    """Columns that it lacks are empty in its rows; new rows have them; both stay when it is tidied."""
    monkeypatch.setattr(store_tables, "SCHEMAS", {"papers": NOW})
    monkeypatch.setattr("flows.steps.store.upkeep.SCHEMAS", {"papers": NOW})
    monkeypatch.setattr(store_tables, "PARTITIONED", ("papers",) if partitioned else ())
    old = pa.schema([NOW.field(name) for name in columns])
    values = {"id": "1", "month": "2022-04", "state": "s"}
    row = {name: values.get(name) for name in columns}
    write_deltalake(
        str(tmp_path / "papers"),
        pa.Table.from_pylist([row], schema=old),
        partition_by=["month"] if partitioned else None,
    )
    store = Store(str(tmp_path))
    first = dict(zip(NOW.names, expected, strict=True))
    assert store.records("papers") == [first]
    assert store.records("papers", [("number", "=", 7)]) == []
    second = {"id": "2", "month": "2022-05", "recorded_at": None, "state": "t", "number": 7}
    version = store.read_at("papers")[1]
    store.append("papers", pa.Table.from_pylist([second], schema=NOW), since=version)
    for _ in range(2):
        assert sorted(store.records("papers"), key=lambda each: str(each["id"])) == [first, second]
        assert store.records("papers", [("number", "=", 7)]) == [second]
        list(tidy(store))
