"""`bulletin store verify`: a whole store is called whole, and what is wrong is named (DESIGN §8)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from flows.steps.store import Store
from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, Office, bulletin

ROWS = (100, 60, 102, 10, 20, 4, 0)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office whose April is issued."""
    place = Office(tmp_path)
    place.ledger("2022-04", EAST, [(CHEMICALS, ROWS), (MACHINES, ROWS)])
    place.ledger("2022-04", WEST, [(MACHINES, ROWS)])
    place.run("2022-04")
    assert bulletin(place, "issue", "2022-04", "--yes")[0] == 0
    return place


def store_of(office: Office) -> Store:
    return Store(str(office.folder / "campaign" / "store"))


def nothing(office: Office) -> None:
    """Leave the store as it is."""


def rewrite(office: Office, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write a table again with other rows; one that becomes empty is left out."""
    store = store_of(office)
    table = store.table(name)
    assert table is not None
    rows = table.to_pyarrow_table()
    changed = [new for row in rows.to_pylist() if (new := change(row))]
    kept = pa.Table.from_pylist(changed, schema=rows.schema)
    write_deltalake(store.path(name), kept, mode="overwrite")


def lose_a_row(office: Office) -> None:
    """Delete one row of an accepted ledger."""
    lost = (EAST, MACHINES)
    rewrite(
        office, "progress", lambda row: {} if (row["county"], row["enterprise"]) == lost else row
    )


def alter_a_document(office: Office) -> None:
    """Put other bytes in the place of an issued document's."""
    rewrite(
        office,
        "documents",
        lambda row: {**row, "content": b"x"} if row["level"] == "city" else row,
    )


def cut_a_file(office: Office) -> None:
    """Cut a file of a table."""
    files = sorted((office.folder / "campaign" / "store" / "issues").glob("*.parquet"))
    files[0].write_bytes(files[0].read_bytes()[:-20])


@pytest.mark.parametrize(
    ("harm", "code", "told"),
    [
        (nothing, 0, "数据存储完好。"),
        (lose_a_row, 1, f"2022-04 {EAST}/台账.xlsx：应有合格数据2行，库中有1行"),
        (alter_a_document, 1, "2022-04 bulletins/全市.docx：内容与登记的校验码不符"),
        (cut_a_file, 1, "issues 表读不出来"),
    ],
)
def test_verify(office: Office, harm: Callable[[Office], None], code: int, told: str) -> None:
    """Rows, issued documents and the tables themselves are looked at; each fault says where."""
    harm(office)
    found, said = bulletin(office, "store", "verify")
    assert (found, told in said) == (code, True), said
    if code == 0:
        assert "2022年4月印发件按字节重编：检查 10 项，完好 10 项" in said
