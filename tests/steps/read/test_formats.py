"""The same ledger in every format gives the same rows, each value at its address."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.demo.books import LAYOUTS, MERGED, PLAIN, cells_of
from flows.steps.model import Ledger, ParsedFile
from flows.steps.read.file import read_file
from flows.steps.read.frames import cell_of
from schemas.shipped import shipped
from tests.support import read_writers as write
from tests.support.read_writers import Error, Formula, Page
from tests.support.retirees import COUNTS, KINDS

Write = Callable[[Sequence[Page]], bytes]
WORKBOOKS: Mapping[str, Write] = {
    "xlsx, shared strings": write.xlsx,
    "xlsx, strings in the cells": lambda pages: write.xlsx(pages, constant_memory=True),
    "xlsx by openpyxl": write.openpyxl_xlsx,
    "xlsx with dates from 1904": lambda pages: write.xlsx(pages, date_1904=True),
    "xls": write.xls,
    "xls with dates from 1904": lambda pages: write.xls(pages, date1904=True),
    "ods": write.ods,
}  # fmt: skip
TEXTS: Mapping[str, Write] = {
    f"{encoding}, {name}": lambda pages, encoding=encoding, separator=separator: write.text(pages[0], encoding, separator)  # type: ignore[misc]  # bound now
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
    for name, separator in (("comma", ","), ("semicolon", ";"), ("tab", "\t"))
}  # fmt: skip
COUNTED: Sequence[Mapping[str, Any]] = [
    {"county": "东浥区", "enterprise": "浥江化工（集团）有限公司", "uscc": "91350100M000100Y43", "affiliation": "央企", "retirees": 1234,
     "agreement": 1200, "archives_due": 1240, "archives": 0, "party_members": 200, "party": 12, "functions": 7, "note": None},
    {"county": "东浥区", "enterprise": "沅岚 机械厂", "uscc": None, "affiliation": "市属", "retirees": "2,345人", "agreement": "１２",
     "archives_due": None, "archives": 5, "party_members": 3, "party": 3, "functions": 0, "note": "无"},
]  # fmt: skip


def read(tmp_path: Path, data: bytes, name: str = "台账.bin") -> ParsedFile:
    """Return what the reader makes of some bytes."""
    path = tmp_path / name
    path.write_bytes(data)
    return read_file(path, name, shipped())


def rows_of(ledger: Ledger) -> list[dict[str, Any]]:
    """Return a ledger's rows by field, None for what is empty; dates as their first and last possible day."""
    frame = ledger.frame.astype(object).where(ledger.frame.notna(), None)
    return [dict(row) for row in frame.to_dict("records")]


def places_of(ledger: Ledger) -> list[dict[str, str | None]]:
    """Return the cell of each field of each row."""
    return [
        {c.name: cell_of(ledger, c.name, row) for c in KINDS[ledger.kind]}
        for row in range(len(ledger.frame))
    ]


@pytest.mark.parametrize("name", [*WORKBOOKS, *TEXTS])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_ledger_is_the_same_in_every_format(tmp_path: Path, layout: str, name: str) -> None:
    """Whatever the layout, every format gives the rows and addresses that the plainest workbook gives."""
    sheet = LAYOUTS[layout]("东浥区", "2022年5月", COUNTED)
    cells, spans, places = cells_of(sheet)
    data = {**WORKBOOKS, **TEXTS}[name]([Page(cells, spans, sheet.name)])
    ledger = read(tmp_path, data).ledgers[0]
    expected = read(tmp_path, write.xlsx([Page(cells, spans, sheet.name)])).ledgers[0]
    merged = (
        sheet.merge_county and name in TEXTS
    )  # a text has no merged cells: the county stands in the first row only
    drop = ("county",) if merged else ()
    assert ledger.frame.drop(columns=[*drop]).equals(expected.frame.drop(columns=[*drop]))
    assert ledger.lines == expected.lines
    for row, line in enumerate(places_of(ledger)):
        for field in sheet.order:
            if field and field not in drop:
                top = 0 if field == "county" and sheet.merge_county else row
                r, c = places[top, field]
                assert line[field] == f"{chr(65 + c)}{r + 1}"


def test_what_the_rows_are(tmp_path: Path) -> None:
    """Names in NFKC without blanks, spellings of lists resolved, numbers as numbers, what says nothing as empty."""
    cells, spans, _ = cells_of(LAYOUTS["plain"]("东浥区", "2022年5月", COUNTED))
    ledger = read(tmp_path, write.xlsx([Page(cells, spans)])).ledgers[0]
    assert rows_of(ledger) == [
        {"county": "东浥区", "enterprise": "浥江化工(集团)有限公司", "uscc": "91350100M000100Y43", "affiliation": "中央", "retirees": 1234,
         "agreement": 1200, "archives_due": 1240, "archives": 0, "party_members": 200, "party": 12, "functions": 7, "note": None},
        {"county": "东浥区", "enterprise": "沅岚机械厂", "uscc": None, "affiliation": "市属", "retirees": 2345, "agreement": 12,
         "archives_due": None, "archives": 5, "party_members": 3, "party": 3, "functions": 0, "note": None},
    ]  # fmt: skip
    assert ledger.lines == {"title": 2, "header": 1, "data": 2, "total": 1}
    assert ledger.written["retirees"][1] == "2,345人"


@pytest.mark.parametrize("name", WORKBOOKS)
def test_errors_and_uncalculated_formulas_are_no_empty_cells(tmp_path: Path, name: str) -> None:
    """In every format an error, a formula without result and an empty cell are told apart, each at its address."""
    order = [n for n in PLAIN if n not in ("uscc", "archives_due", "note")]
    header = [PLAIN[n][0] for n in order]
    rows = [
        ["东浥区", "甲厂", "市属", Error(), Formula(), None, 1, 2, 3],
        ["东浥区", "乙厂", "市属", 1, 2, 3, 4, Error("#REF!"), 6],
    ]
    ledger = read(tmp_path, WORKBOOKS[name]([Page([header, *rows])])).ledgers[0]
    found = {(c.code, c.name, row) for c in ledger.conversions for row in c.rows.tolist()}
    assert found == {
        ("not-a-number", "retirees", 0),
        ("formula-not-calculated", "agreement", 0),
        ("not-a-number", "party", 1),
    }
    assert ledger.frame["archives"].isna().tolist() == [True, False]
    assert cell_of(ledger, "agreement", 0) == "E2"
    assert ledger.written["retirees"][0].text == "#DIV/0!"


@pytest.mark.parametrize("name", WORKBOOKS)
def test_dates_and_numbers_of_a_roster(tmp_path: Path, name: str) -> None:
    """Dates are days of the workbook's own system; IDs and phones keep their digits; a number typed for an ID has lost them."""
    header = [c.header for c in KINDS["roster"]]
    row = ["甲某", "女", "11010519491231002X", "甲厂", None, "市属", "东浥区", None, 2010.5, "党员", "13800000000", date(2022, 3, 15),
           "2022年4月", "2022.5.6", 20220507, None]  # fmt: skip
    other = [
        *row[:2],
        110105194912310021,
        *row[3:10],
        13800000000,
        datetime(2022, 3, 15),
        *row[12:],
    ]
    ledger = read(tmp_path, WORKBOOKS[name]([Page([header, row, other])])).ledgers[0]
    first, second = rows_of(ledger)
    assert [first[n] for n in ("id", "phone", "politics")] == [
        "11010519491231002X",
        "13800000000",
        "中共党员",
    ]
    assert [(first[n], first[f"{n}_last"]) for n in ("retired", "agreement_date", "archives_date", "party_date", "functions_date")] == [
        (datetime(2010, 5, 1), datetime(2010, 5, 31)), (datetime(2022, 3, 15), datetime(2022, 3, 15)), (datetime(2022, 4, 1), datetime(2022, 4, 30)),
        (datetime(2022, 5, 6), datetime(2022, 5, 6)), (datetime(2022, 5, 7), datetime(2022, 5, 7)),
    ]  # fmt: skip
    assert (second["id"], second["phone"], second["agreement_date"]) == (
        None,
        "13800000000",
        datetime(2022, 3, 15),
    )
    assert [(c.code, c.name, c.rows.tolist()) for c in ledger.conversions] == [
        ("id-numeric", "id", [1])
    ]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_hidden_sheets_are_named_and_both_kinds_may_share_a_file(tmp_path: Path, name: str) -> None:
    """Every visible sheet is read, each table for its kind; a hidden one is skipped with a note."""
    counted, _, _ = cells_of(LAYOUTS["bare"]("东浥区", "2022年5月", COUNTED))
    people: list[list[Any]] = [
        [c.header for c in KINDS["roster"]],
        ["甲某", "女", "11010519491231002X", "甲厂", None, "市属", "东浥区", *[None] * 9],
    ]
    pages = [
        Page([["说明"]], name="说明"),
        Page(counted, name="进度"),
        Page(counted, name="旧", hidden=True),
        Page(people, name="名单"),
    ]
    reading = read(tmp_path, WORKBOOKS[name](pages))
    assert [(f.code, f.sheet, f.severity) for f in reading.failures] == [
        ("hidden-sheet", "旧", "note")
    ]
    assert [
        (ledger.kind, [t.sheet for t in ledger.tables], len(ledger.frame))
        for ledger in reading.ledgers
    ] == [
        ("progress", ["进度"], 2),
        ("roster", ["名单"], 1),
    ]
    assert [ledger.lines for ledger in reading.ledgers] == [
        {"header": 1, "data": 2, "outside": 1},
        {"header": 1, "data": 1},
    ]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_merged_data_cells_are_filled_down_for_names_only(tmp_path: Path, name: str) -> None:
    """A county or an enterprise merged over rows stands for all of them, at its own address; a merged count only for the first."""
    header: list[Any] = [MERGED[n][-1] for n in ("county", "enterprise", "affiliation")] + [
        PLAIN[n][0] for n in COUNTS if n != "archives_due"
    ]
    rows: list[list[Any]] = [
        ["东浥区", "甲厂", "市属", 10, 1, 2, 3, 1, 2],
        [None, None, "县属", None, 1, 2, 3, 1, 2],
        [None, "乙厂", "县属", 5, 1, 2, 3, 1, 2],
    ]
    spans = [(1, 0, 3, 0), (1, 1, 2, 1), (1, 3, 2, 3)]
    ledger = read(tmp_path, WORKBOOKS[name]([Page([header, *rows], spans)])).ledgers[0]
    assert [(r["county"], r["enterprise"], r["retirees"]) for r in rows_of(ledger)] == [
        ("东浥区", "甲厂", 10), ("东浥区", "甲厂", None), ("东浥区", "乙厂", 5),
    ]  # fmt: skip
    assert [(p["county"], p["enterprise"], p["retirees"]) for p in places_of(ledger)] == [
        ("A2", "B2", "D2"), ("A2", "B2", "D3"), ("A2", "B4", "D4"),
    ]  # fmt: skip
