"""The two ways to read a worksheet's XML agree with each other, and with calamine in all that it can tell."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from flows.steps.model import CellError
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.formats.xlsx.cellwise import read_cellwise
from flows.steps.read.formats.xlsx.contents import IrregularError
from flows.steps.read.formats.xlsx.package import read_book
from flows.steps.read.formats.xlsx.workbook import read_scanned, settled
from flows.steps.read.grid import Grid, OpenedWorkbook
from tests.support import read_writers as write
from tests.support.read_writers import Error, Formula, Page

Cells = dict[tuple[int, int], Any]

TEXTS = st.text(st.sampled_from("甲乙（）Aa1 <>&\"'\n\t_x0D;人　"), max_size=12)
NUMBERS = st.one_of(
    st.integers(-(10**10), 10**10), st.sampled_from([0, 7, 99999999, 100000000, 2012.1, 0.1 + 0.2, -1.5, 1.1010519491231e17, 1e-7]),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)  # fmt: skip
DAYS = st.dates(date(1900, 3, 1), date(2099, 12, 31))
VALUES = st.one_of(
    TEXTS,
    NUMBERS,
    DAYS,
    st.booleans(),
    st.none(),
    st.sampled_from([Error(), Error("#N/A"), Formula()]),
)
PAGES = st.lists(st.lists(VALUES, max_size=30), max_size=6)


def cells_of(grid: Grid) -> Cells:
    """Return the cells of a grid with their types: True, 1.0 and a date's two kinds are different."""
    places = zip(grid.rows.tolist(), grid.columns.tolist(), grid.codes.tolist(), strict=True)
    return {(r, c): (type(grid.values[code]), grid.values[code]) for r, c, code in places}


def both_ways(data: bytes, sheet: int = 0) -> tuple[Cells | None, Cells]:
    """Return a sheet's cells by the fast scan, None where it does not take the sheet, and cell by cell."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        book = read_book(package)
        part = book.parts[sheet]
        with package.open(part.path) as stream:
            slow = cells_of(settled(*read_cellwise(stream, part.name, book), book))
        try:
            with package.open(part.path) as stream:
                return cells_of(read_scanned(stream, part.name, book)), slow
        except IrregularError:
            return None, slow


def by_calamine(data: bytes) -> Cells:
    """Return the first sheet's cells as calamine gives them."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    top, left = sheet.start or (0, 0)
    rows = sheet.to_python(skip_empty_area=True) if sheet.start else []
    cells = {(r, c): value for r, row in enumerate(rows, top) for c, value in enumerate(row, left)}
    return {
        at: (type(value), value)
        for at, value in cells.items()
        if not isinstance(value, str) or value.strip()
    }


def told(cells: Cells) -> Cells:
    """Return the cells without those that calamine takes for empty."""
    return {at: cell for at, cell in cells.items() if cell[0] is not CellError}


@given(PAGES)
@settings(max_examples=60, deadline=None)
def test_both_ways_and_calamine_agree_on_what_programs_write(rows: list[list[Any]]) -> None:
    """Shared strings, strings in the cells, numbers, dates, truth values, errors, formulas: the same cells at the same places."""
    for data in (
        write.xlsx([Page(rows)]),
        write.xlsx([Page(rows)], constant_memory=True),
        write.openpyxl_xlsx([Page(rows)]),
    ):
        fast, slow = both_ways(data)
        assert fast == slow
        assert told(slow) == by_calamine(data)


def test_what_a_cell_is_told_from() -> None:
    """An empty cell, an error, an uncalculated formula, an empty result, and values of all types are different things."""
    xml = (
        '<row r="1"><c r="A1" s="1"/><c r="B1" t="e"><v>#N/A</v></c><c r="C1"><f>A1</f></c><c r="D1"><f>A1</f><v></v></c>'
        '<c r="E1" t="str"><f>A1</f><v></v></c><c r="F1" t="str"><f>A1</f></c><c r="G1" t="s"><v>1</v></c><c r="H1" t="b"><v>1</v></c></row>'
        '<row r="2"><c r="A2" s="1"><v>44712</v></c><c r="B2" s="1"><v>44712.5</v></c><c r="C2" s="1"><v>0.5</v></c>'
        '<c r="D2" s="2"><v>1.5</v></c><c r="E2" t="d"><v>2022-05-31</v></c><c r="F2" t="str"><f>"a"</f><v>a&amp;b</v></c>'
        '<c r="G2" t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></is></c><c r="H2" s="3"><v>820</v></c></row>'
    )
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="164"/><xf numFmtId="46"/><xf numFmtId="3"/></cellXfs>'
    )
    data = write.package({"S": xml}, "<si><t>x</t></si><si><t>张&#19977;</t></si>", styles)
    fast, slow = both_ways(data)
    assert fast == slow
    assert {at: value for at, (_, value) in slow.items()} == {
        (0, 1): CellError("#N/A"),
        (0, 2): CellError("", uncalculated=True),
        (0, 3): CellError("", uncalculated=True),
        (0, 5): CellError("", uncalculated=True),
        (0, 6): "张三",
        (0, 7): True,
        (1, 0): date(2022, 5, 31),
        (1, 1): datetime(2022, 5, 31, 12),
        (1, 2): time(12),
        (1, 3): timedelta(days=1.5),
        (1, 4): date(2022, 5, 31),
        (1, 5): "a&b",
        (1, 6): "甲 乙",
        (1, 7): 820.0,
    }
    assert told(slow) == by_calamine(data)


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize(("other", "uncalculated"), [("", True), ("<v>7</v>", False)])
def test_a_library_s_zero_is_no_result(quote: str, other: str, uncalculated: bool) -> None:
    """Where no formula has a result but 0 and the workbook asks to be calculated anew, nothing was calculated."""
    xml = f'<row r="1"><c r="A1"><f>1+1</f><v>0</v></c><c r="B1"><f>1+6</f>{other}</c><c r="C1"><v>0</v></c></row>'
    data = write.package({"S": xml.replace('"', quote)}, workbook='<calcPr fullCalcOnLoad="1"/>')
    fast, slow = both_ways(data)
    assert fast in (None, slow)
    odd = (CellError, CellError("", uncalculated=True))
    assert slow == {
        (0, 0): odd if uncalculated else (float, 0.0),
        (0, 1): odd if not other else (float, 7.0),
        (0, 2): (float, 0.0),
    }


STRINGS = {
    "<si><t>甲</t></si>": "甲",
    '<si><t xml:space="preserve"> 甲 </t></si>': " 甲 ",
    "<si><t> 甲\r\n乙 </t></si>": "甲\n乙",
    '<si><t>甲</t><phoneticPr fontId="1" type="noConversion"/></si>': "甲",
    '<si><t>甲</t><rPh sb="0" eb="1"><t>jia</t></rPh><phoneticPr fontId="1"/></si>': "甲",
    '<si><r><t>甲</t></r><rPh sb="0" eb="1"><r><t>jia</t></r></rPh></si>': "甲",
    '<si><r><rPr><b/></rPr><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></si>': "甲 乙",
    "<si><t>a&lt;b&amp;&#20013;&#x6587;_x000A__x005F_x000D_</t></si>": "a<b&中文\n_x000D_",
}


@pytest.mark.parametrize("unusual", ["", "<!-- -->", "<si ></si>"])
def test_shared_strings(unusual: str) -> None:
    """Runs are joined, readings left out, escapes resolved: by the pattern as by the parser, which an unusual table is left to."""
    cells = "".join(f'<c r="{chr(65 + i)}1" t="s"><v>{i}</v></c>' for i in range(len(STRINGS)))
    data = write.package({"S": f'<row r="1">{cells}</row>'}, "".join(STRINGS) + unusual)
    fast, slow = both_ways(data)
    assert fast == slow
    assert [value for _, value in slow.values()] == list(STRINGS.values())


@pytest.mark.parametrize("string", ["<si/>", *STRINGS])
@pytest.mark.parametrize("at", range(3))
def test_one_string_of_another_form_among_plain_ones(string: str, at: int) -> None:
    """None is lost and none moves, be it the first, one between or the last, as where one cell is partly bold."""
    strings = ["<si><t>前</t></si>", "<si><t>后</t></si>"]
    strings.insert(at, string)
    cells = "".join(f'<c r="{chr(65 + i)}1" t="s"><v>{i}</v></c>' for i in range(3))
    fast, slow = both_ways(write.package({"S": f'<row r="1">{cells}</row>'}, "".join(strings)))
    expected: list[str | None] = ["前", "后"]
    expected.insert(at, STRINGS.get(string))
    assert fast == slow
    assert [slow.get((0, i), (str, None))[1] for i in range(3)] == expected


A1, B2 = (0, 0), (1, 1)
ONE_TWO = {A1: (float, 1.0), B2: (float, 2.0)}
PLAIN = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>'
ODD = {
    "as expected": (PLAIN, True),
    "a prefix before every tag": (
        f'<x:worksheet xmlns:x="{write.MAIN}"><x:sheetData>'
        + PLAIN.replace("</", "</x:").replace("<r", "<x:r").replace("<c", "<x:c").replace("<v", "<x:v")
        + "</x:sheetData></x:worksheet>",
        True,
    ),
    "a tag a line": (PLAIN.replace("><", ">\n  <"), True),
    "rows without cells": ('<row r="1"><c r="A1"><v>1</v></c></row><row r="2" ht="9"><c r="B2"><v>2</v></c></row><row r="3"/><row r="4"></row>', True),
    "blank before the end of a tag": (PLAIN.replace('r="B2"', 'r="B2" '), True),
    "cells only formatted": (PLAIN.replace("</row>", '<c r="C9" s="4"/></row>').replace("C9", "C1", 1).replace("C9", "C2"), True),
    "other attributes": (PLAIN.replace('<c r="B2"', '<c r="B2" t="n" s="0" ph="1" cm="2"'), True),
    "declared as UTF-16": (f'<?xml version="1.0" encoding="us-ascii"?><worksheet xmlns="{write.MAIN}"><sheetData>{PLAIN}</sheetData></worksheet>', False),
    "no references": (PLAIN.replace(' r="A1"', "").replace('r="B2"', 'r="B2" s="0"'), False),
    "no row numbers": (PLAIN.replace(' r="1"', "").replace('<row r="2"', "<row"), False),
    "references in small letters": (PLAIN.replace('r="B2"', 'r="b2"'), False),
    "single quotes": (PLAIN.replace('"', "'"), False),
    "the row number last": (PLAIN.replace('<row r="2"', '<row ht="9" r="2"'), False),
    "cells from right to left": ('<row r="1"><c r="B1"/><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>', False),
    "rows from the bottom up": ('<row r="2"><c r="B2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>', False),
    "a cell in another row": ('<row r="1"><c r="A1"><v>1</v></c><c r="B2"><v>2</v></c></row>', False),
    "a cell met twice": (PLAIN.replace('<c r="B2">', '<c r="B2"><v>7</v></c><c r="B2">'), False),
    "a comment with cells": (PLAIN.replace("</row>", '<!--<c r="C1"><v>9</v></c>--></row>', 1), False),
    "an extension": (PLAIN.replace("<v>2</v>", "<v>2</v><extLst><ext/></extLst>"), False),
    "a reference as a value": (PLAIN.replace("<v>2</v>", "<v>&#50;</v>"), True),
    "nothing but the opening": (f'<worksheet xmlns="{write.MAIN}"><sheetData/></worksheet>', True),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_xml_is_read_right_or_left_to_the_parser(name: str) -> None:
    """XML of another shape than programs write is not taken by the fast scan, and comes out the same by the parser."""
    xml, taken = ODD[name]
    fast, slow = both_ways(write.package({"S": xml}))
    assert slow == ({} if "sheetData/" in xml else ONE_TWO)
    assert fast == (slow if taken else None)
    opened = open_workbook(write.package({"S": xml}), "x")
    assert isinstance(opened, OpenedWorkbook)
    assert cells_of(opened.grids[0]) == slow


TOKENS = ['<c r="A1">', '<c r="B2" t="s">', "<v>", "</v>", "</c>", '<row r="2">', '<row r="3"/>', "</row>", "<f>A1</f>", "<f/>", "<v/>", "1", "</f>",
          '<c r="C2" t="inlineStr"><is><t>', "</t></is></c>", " ", "&amp;", "<is>", '<c r="D2" s="1"/>', "<!-- -->", "<t/>"]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 30), st.sampled_from(["", *TOKENS])),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=300, deadline=None)
def test_spoilt_xml_is_never_read_otherwise_than_by_the_parser(
    changes: list[tuple[int, int, str]],
) -> None:
    """Wherever the parser can read a sheet that was cut and patched at random, the fast scan gives the same or leaves it."""
    xml = (
        '<row r="1" spans="1:4"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"><v>12.5</v></c><c r="C1" t="str"><f>A1</f><v>x</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>y</t></is></c><c r="B2" s="1"/><c r="D2"><f>B1</f></c></row><row r="4"><c r="A4" t="b"><v>1</v></c></row>'
    )
    for at, length, token in changes:
        xml = xml[:at] + token + xml[at + length :]
    try:
        fast, slow = both_ways(write.package({"S": xml}, "<si><t>x</t></si>"))
    except (ExpatError, IrregularError):
        return
    assert fast in (None, slow)
