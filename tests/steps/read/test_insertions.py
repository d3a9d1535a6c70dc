"""What somebody adds to a good ledger: its figures stay right, or the ledger has a fault."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.model import Ledger, ParsedFile
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.support import read_writers as write
from tests.support.read_writers import Page
from tests.support.retirees import columns_of

NAMES = ("county", "enterprise", "affiliation", "retirees", "agreement", "archives", "party_members", "party", "functions")  # fmt: skip
HEADER: list[Any] = [columns_of("progress")[name].header for name in NAMES]
ENTERPRISES = ("甲木机械厂", "乙水纺织公司", "丙火化工公司", "丁土建材公司", "戊金矿业公司")
LINES: tuple[list[Any], ...] = (
    ["注：以下企业为新增。"], ["备注：", "数据截至月末"], ["联系电话：13800000000"], ["填报人：甲某", None, "审核人：乙某"],
    ["日期：2022年5月28日"], ["说明", "以下人员划转"], ["以下为县属企业"], ["领导签字："], ["第2页"], [], [" "],
)  # fmt: skip
INVISIBLE = ("\u200b", "\ufeff", "\u202c", "\u2060", "\ufe0f", "\u00ad")


def read(pages: list[Page]) -> ParsedFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        path.write_bytes(write.xlsx(pages))
        return read_file(path, "x.xlsx", shipped(), Month(2022, 5))


def holds(parsed: ParsedFile, rows: list[list[Any]]) -> bool:
    """Return whether a file's figures are right, or it has a fault that is more than a note."""
    if not parsed.ledgers:
        return True
    ledger: Ledger = parsed.ledgers[0]
    faults = [f for f in [*parsed.failures, *ledger.failures] if f.severity != "note"]
    doubted = [issue for issue in ledger.conversions if issue.code != "date-ambiguous"]
    required = ledger.frame[["enterprise", "retirees"]].isna().any(axis=None)
    sums = [int(ledger.frame[name].sum()) for name in NAMES[3:]]
    right = [sum(row[3 + i] for row in rows) for i in range(6)]
    names = sorted(ledger.frame["enterprise"].dropna())
    return bool(faults or doubted or required) or (sums, names) == (
        right,
        sorted(row[1] for row in rows),
    )


@st.composite
def ledgers(draw: Any) -> list[list[Any]]:
    count = draw(st.integers(2, 5))
    numbers = st.lists(st.integers(1, 999), min_size=6, max_size=6)
    return [["东浥区", ENTERPRISES[i], "市属", *draw(numbers)] for i in range(count)]


@settings(deadline=None, max_examples=40)
@given(ledgers(), st.sampled_from(LINES), st.data())
def test_a_line_at_any_place(rows: list[list[Any]], line: list[Any], data: Any) -> None:
    """A note, a signature or a blank row between rows takes no row away."""
    at = data.draw(st.integers(0, len(rows)))
    assert holds(read([Page([HEADER, *rows[:at], line, *rows[at:]])]), rows)


@settings(deadline=None, max_examples=40)
@given(ledgers(), st.sampled_from(["合计", "小计2户", "合计数", "汇总", "总　数", None]), st.data())
def test_a_sum_row(rows: list[list[Any]], label: str | None, data: Any) -> None:
    """A sum is no enterprise, whatever it is called."""
    total = [label, None, None, *(sum(row[i] for row in rows) for i in range(3, 9))]
    at = data.draw(st.sampled_from([0, len(rows)])) if label else len(rows)
    assert holds(read([Page([HEADER, *rows[:at], total, *rows[at:]])]), rows)


@settings(deadline=None, max_examples=40)
@given(ledgers(), st.sampled_from(INVISIBLE), st.data())
def test_an_invisible_character(rows: list[list[Any]], character: str, data: Any) -> None:
    """A character that nobody sees changes no name, head or number."""
    cells = [HEADER, *(list(row) for row in rows)]
    row = data.draw(st.integers(0, len(rows)))
    column = data.draw(st.integers(0, len(NAMES) - 1))
    text = str(cells[row][column])
    place = data.draw(st.integers(0, len(text)))
    cells[row] = list(cells[row])
    cells[row][column] = text[:place] + character + text[place:]
    parsed = read([Page(cells)])
    assert parsed.ledgers[0].frame["enterprise"].tolist() == [r[1] for r in rows]
    assert holds(parsed, rows)


@settings(deadline=None, max_examples=40)
@given(ledgers(), st.booleans())
def test_a_sheet_without_a_header(rows: list[list[Any]], numbered: bool) -> None:
    """Rows on a second sheet without a header are read or reported."""
    more = [["东浥区", "己石水泥厂", "县属", 1, 2, 3, 4, 5, 6]]
    second = [[1, *row] for row in more] if numbered else more
    parsed = read([Page([HEADER, *rows], name="一"), Page(second, name="续表")])
    assert [f.code for f in parsed.ledgers[0].failures] == ["row-not-read"]


@pytest.mark.parametrize(
    ("names", "read_from"), [(("4月", "5月"), ["5月"]), (("5月", "说明"), ["5月", "说明"])]
)
def test_a_sheet_a_month(names: tuple[str, str], read_from: list[str]) -> None:
    """Of sheets named by months the month's own is read; a sheet of no month is read too."""
    row = ["东浥区", "甲木机械厂", "市属", 6, 5, 4, 3, 2, 1]
    parsed = read([Page([HEADER, row], name=name) for name in names])
    assert [table.sheet for table in parsed.ledgers[0].tables] == read_from
    noted = [f.sheet for f in parsed.failures if f.code == "other-month-sheet"]
    assert noted == [name for name in names if name not in read_from]
