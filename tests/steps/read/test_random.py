"""Whatever the layout, what is read is what was written, each value at its cell, each row accounted for once."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.steps.model import address
from flows.steps.read.file import read_file
from flows.steps.read.frames import cell_of
from schemas.columns import Kind
from schemas.shipped import shipped
from tests.support import read_writers as write
from tests.support.read_layouts import Drawn, sheets
from tests.support.read_writers import Page

WRITERS: Mapping[str, tuple[Callable[[Sequence[Page]], bytes], bool]] = {
    "xlsx": (write.xlsx, True),
    "openpyxl": (write.openpyxl_xlsx, True),
    "xls": (write.xls, True),
    "ods": (write.ods, True),
    "csv": (lambda pages: write.text(pages[0], "gb18030"), False),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kind", ["progress", "roster"])
@given(st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_read_is_what_was_written(kind: Kind, name: str, data: st.DataObject) -> None:
    """One or two sheets of one or two tables each, in a random layout."""
    writer, merged = WRITERS[name]
    drawn: list[Drawn] = [
        data.draw(sheets(kind, merged=merged))
        for _ in range(data.draw(st.integers(1, 2)) if merged else 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(writer([replace(d.page, name=f"表{i}") for i, d in enumerate(drawn)]))
        reading = read_file(path, "x", shipped())
    assert [f.code for f in reading.failures] == []
    (ledger,) = reading.ledgers
    assert [f for f in ledger.failures if f.severity != "note"] == []
    truth = [row for d in drawn for row in d.truth]
    for field in truth[0]:
        values = (
            ledger.frame[field].astype(object).where(ledger.frame[field].notna(), None).tolist()
        )
        assert values == [row[field] for row in truth], field
    cells = [(f"表{i}" if merged else "x", row) for i, d in enumerate(drawn) for row in d.cells]
    for number, (sheet, row) in enumerate(cells):
        assert ledger.tables[ledger.table_of[number]].sheet == sheet
        assert {field: cell_of(ledger, field, number) for field in row} == {
            field: address(r + 1, c) for field, (r, c) in row.items()
        }
    roles = sum((d.roles for d in drawn), start=type(drawn[0].roles)())
    assert {role: count for role, count in ledger.lines.items() if count} == {
        role: count for role, count in roles.items() if count
    }
