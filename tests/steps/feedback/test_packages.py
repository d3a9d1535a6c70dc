"""Copies are made by editing the package: whatever else the sender's workbook holds stays (DESIGN §7)."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from flows.steps.feedback.looks import DOUBT, WRONG
from flows.steps.feedback.workbook import mark as mark_module
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.grid import OpenedWorkbook
from tests.support.returned import (
    LIST,
    book_of,
    copied,
    fault,
    parts_of,
    picture,
    replaced,
    sent,
)

SHEET = "xl/worksheets/sheet1.xml"
COPY = "五月（已标注）.xlsx"
OURS = re.compile(  # what a marked copy may change or add
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/worksheets/sheet\d+\.xml|xl/worksheets/_rels/sheet1\.xml\.rels"
    r"|xl/comments\d*\.xml|xl/drawings/vmlDrawing\d+\.vml"
)
FAULTS = [
    fault("negative", "B3", "进度"),
    fault("required", "D3", "进度"),
    fault("required", "B7", "进度"),
]


def workbook(add: Callable[[Any, Any], object] = lambda book, page: None) -> bytes:
    """Return a workbook of three rows, to which something is added."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page, other = book.add_worksheet("进度"), book.add_worksheet("说明")
        page.write_row(0, 0, ["企业", "人数", "党员", "备注"])
        for row in range(1, 5):
            page.write_row(row, 0, [f"=企业{row}"[row % 2 :], row * 10, row])
        page.write_formula("F1", "=SUM(B2:B5)", None, 100)
        other.write(0, 0, "另一张表")
        add(book, page)
    return buffer.getvalue()


def _chart(book: Any, page: Any) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=进度!$B$2:$B$5"})
    page.insert_chart("H3", chart)


def _many(book: Any, page: Any) -> None:
    """Add what stands on both sides of a reference to comments in the schema."""
    page.insert_image("H3", "x.png", {"image_data": io.BytesIO(picture())})
    page.add_table("H1:I3")
    page.add_sparkline("F6", {"range": "进度!B2:B5"})
    page.conditional_format("B2:B5", {"type": "data_bar", "data_bar_2010": True})
    page.protect("x")
    page.unprotect_range("B2:B5")
    page.data_validation("D2:D5", {"validate": "list", "source": ["甲", "乙"]})
    page.autofilter("A1:D5")
    page.set_h_pagebreaks([3])
    page.set_header("&L&G", {"image_data_left": io.BytesIO(picture()), "image_left": "x.png"})
    book.define_name("进度!本表", "=进度!$A$1")
    book.define_name("说明!另表", "=说明!$A$1")


# what the workbook holds → the workbook
KEPT: Mapping[str, bytes] = {
    "cells": workbook(),
    "a picture": workbook(lambda b, p: p.insert_image("H3", "x.png", {"image_data": io.BytesIO(picture())})),
    "a picture in a cell": workbook(lambda b, p: p.embed_image("H3", "x.png", {"image_data": io.BytesIO(picture())})),
    "a background": workbook(lambda b, p: p.set_background(io.BytesIO(picture()))),
    "a chart": workbook(_chart),
    "a text box": workbook(lambda b, p: p.insert_textbox("H3", "请填报")),
    "a button": workbook(lambda b, p: p.insert_button("H3", {"caption": "汇总"})),
    "a check box": workbook(lambda b, p: p.insert_checkbox("H3", True)),
    "comments": workbook(lambda b, p: [p.write_comment("C2", "原批注"), p.write_comment("C3", "另一批注")][0]),
    "much": workbook(_many),
    "a spilling formula": workbook(lambda b, p: p.write_dynamic_array_formula("H1:H4", "=UNIQUE(B2:B5)")),
}  # fmt: skip


def without_marks(xml: bytes) -> bytes:
    """Return a worksheet's bytes without what a mark may change: styles, new cells, its comments."""
    xml = re.sub(rb"<legacyDrawing [^>]*/>| tabSelected=\"1\"", b"", xml)
    xml = re.sub(rb'<c r="(?:D3|B7)" s="\d+"/>', b"", xml)
    xml = re.sub(rb'<row r="7"></row>', b"", xml)
    return re.sub(rb'(<c r="B3") s="\d+"', rb"\1", xml)


@pytest.mark.parametrize("name", KEPT)
def test_all_else_keeps_its_bytes(name: str) -> None:
    """Every part but the workbook's own lists; of the sheets all but styles and comments."""
    before = parts_of(KEPT[name])
    after = parts_of(copied(sent(KEPT[name], FAULTS))[COPY])
    assert [part for part in before if part not in after] == []
    changed = [part for part, content in before.items() if after[part] != content]
    assert [part for part in changed if not OURS.fullmatch(part)] == []
    for part in changed:
        if part.startswith("xl/worksheets/sheet"):
            assert without_marks(after[part]) == without_marks(before[part])
    added = [part for part in after if part not in before]
    assert [part for part in added if not OURS.fullmatch(part)] == []


@pytest.mark.parametrize("name", KEPT)
def test_the_copy_says_what_the_workbook_said(name: str) -> None:
    """For our reader and for openpyxl: values, formulas, formats; and three cells are marked."""
    copy = copied(sent(KEPT[name], FAULTS))[COPY]
    assert read(copy, without=LIST) == read(KEPT[name])
    old, new = book_of(KEPT[name]), book_of(copy)
    assert new.sheetnames == [LIST, *old.sheetnames]
    page = new["进度"]
    for row in old["进度"].iter_rows():
        for cell in row:
            assert shown(page[cell.coordinate]) == shown(cell)
    marked = {c.coordinate for row in page for c in row if c.fill.fgColor.rgb == WRONG}
    assert marked == {"B3", "D3", "B7"} <= {c.coordinate for row in page for c in row if c.comment}
    assert new.active.title == LIST


def shown(cell: Any) -> tuple[Any, ...]:
    """Return what a cell holds and how it is shown, its fill aside."""
    value = getattr(cell.value, "text", cell.value)
    return value, cell.data_type, cell.number_format, repr(cell.font), repr(cell.border)


def read(data: bytes, without: str = "") -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet as our reader reads them."""
    opened = open_workbook(data, "x")
    assert isinstance(opened, OpenedWorkbook)
    grids = {grid.sheet: [grid.row(row) for row in range(grid.height)] for grid in opened.grids}
    return {sheet: rows for sheet, rows in grids.items() if sheet != without}


def sheet_xml(*edits: tuple[bytes, bytes]) -> bytes:
    """Return the plain workbook with its first sheet's XML edited."""
    xml = parts_of(workbook())[SHEET]
    for old, new in edits:
        assert old in xml
        xml = xml.replace(old, new)
    return replaced(workbook(), {SHEET: xml})


def _prefixed(xml: bytes) -> bytes:
    xml = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml[xml.index(b"<worksheet") :])
    return xml.replace(b"xmlns=", b"xmlns:x=")


# how the sheet is written → the workbook
WRITTEN: Mapping[str, bytes] = {
    "single quotes": replaced(workbook(), {SHEET: parts_of(workbook())[SHEET].replace(b'"', b"'")}),
    "a prefix": replaced(workbook(), {SHEET: _prefixed(parts_of(workbook())[SHEET])}),
    "a byte order mark": replaced(workbook(), {SHEET: b"\xef\xbb\xbf" + parts_of(workbook())[SHEET]}),
    "UTF-16": replaced(workbook(), {SHEET: parts_of(workbook())[SHEET].decode().replace("UTF-8", "UTF-16").encode("utf-16")}),
    "comments": sheet_xml((b"<sheetData>", b'<sheetData><!-- <row r="9"> -->')),
    "CDATA": sheet_xml((b"<v>20</v>", b"<v><![CDATA[20]]></v>")),
    "no cell addresses": replaced(workbook(), {SHEET: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", parts_of(workbook())[SHEET])}),
    "no row numbers": replaced(workbook(), {SHEET: re.sub(rb'<row r="\d+"', b"<row", parts_of(workbook())[SHEET])}),
    "rows out of order": replaced(workbook(), {SHEET: re.sub(rb'(<row r="2".*?</row>)(<row r="3".*?</row>)', rb"\2\1", parts_of(workbook())[SHEET])}),
    "signs in attributes": sheet_xml((b'<row r="3"', b'<row x="a > b" r="3"'), (b'<c r="B3"', b'<c foo=">" r="B3"')),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_however_the_sheet_is_written(name: str) -> None:
    """The same three cells are marked, and the same values stand there."""
    copy = copied(sent(WRITTEN[name], FAULTS))[COPY]
    page = book_of(copy)["进度"]
    marked = {c.coordinate for row in page for c in row if c.fill.fgColor.rgb == WRONG}
    assert marked == {"B3", "D3", "B7"}
    assert read(copy, without=LIST)["进度"][:5] == read(WRITTEN[name])["进度"][:5]


def test_a_workbook_without_rows_or_styles_is_marked() -> None:
    """A style sheet is made, and the row and the cell."""
    plain = parts_of(workbook())
    sheet = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", plain[SHEET])
    rels = re.sub(rb"<Relationship [^>]*styles[^>]*/>", b"", plain["xl/_rels/workbook.xml.rels"])
    types = re.sub(rb"<Override [^>]*styles[^>]*/>", b"", plain["[Content_Types].xml"])
    parts = {SHEET: sheet, "xl/_rels/workbook.xml.rels": rels, "[Content_Types].xml": types}
    data = replaced(workbook(), parts)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        kept = {n: package.read(n) for n in package.namelist() if n != "xl/styles.xml"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for part, content in kept.items():
            target.writestr(part, content)
    page = book_of(copied(sent(buffer.getvalue(), FAULTS))[COPY])["进度"]
    assert [(c.coordinate, c.fill.fgColor.rgb) for c in (page["B3"], page["B7"])] == [
        ("B3", WRONG),
        ("B7", WRONG),
    ]


def test_a_macro_workbook_comes_back_as_xlsx_without_its_macros() -> None:
    """Type and ending agree, since Excel opens no other; the original lies beside the copy."""
    types = parts_of(workbook())["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    rels = parts_of(workbook())["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/'
        b'vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    parts = {
        "[Content_Types].xml": types,
        "xl/_rels/workbook.xml.rels": rels,
        "xl/vbaProject.bin": b"x",
    }
    data = replaced(workbook(), parts)
    files = copied(sent(data, FAULTS, "东浥区/五月.xlsm"))
    assert (list(files), files["五月.xlsm"]) == ([COPY, "五月.xlsm"], data)
    after = parts_of(files[COPY])
    assert [name for name in after if "vba" in name] == []
    assert b"macroEnabled" not in after["[Content_Types].xml"]
    assert b"vbaProject" not in after["xl/_rels/workbook.xml.rels"]
    assert "宏没有带入副本" in str(book_of(files[COPY])[LIST]["A5"].value)


def test_names_and_the_sheet_shown_move_with_the_sheets() -> None:
    """Local names count sheets by position; the list is shown first and no other sheet with it."""
    data = workbook(_many)
    after = parts_of(copied(sent(data, FAULTS))[COPY])
    names = re.findall(
        rb'<definedName name="([^"]+)" localSheetId="(\d)"', after["xl/workbook.xml"]
    )
    old = re.findall(
        rb'<definedName name="([^"]+)" localSheetId="(\d)"', parts_of(data)["xl/workbook.xml"]
    )
    assert [(name, int(local) - 1) for name, local in names] == [(n, int(x)) for n, x in old]
    selected = [name for name, content in after.items() if b"tabSelected" in content]
    assert selected == ["xl/worksheets/sheet3.xml"]


def test_the_fill_that_a_cell_had_comes_back_when_the_fault_is_mended() -> None:
    """It is remembered in ours; the rest of the look never changes."""
    data = workbook(
        lambda b, p: p.write(
            2, 1, 20, b.add_format({"bg_color": "#CCFFCC", "bold": True, "num_format": "0.0"})
        )
    )
    first = copied(sent(data, FAULTS))[COPY]
    again = book_of(copied(sent(first, [fault("month-mismatch", None)]))[COPY])["进度"]
    cell = again["B3"]
    assert (cell.fill.fgColor.rgb, cell.font.bold, cell.number_format) == ("FFCCFFCC", True, "0.0")
    assert [c.coordinate for row in again for c in row if c.comment] == []


def test_in_a_merged_area_the_first_cell_is_marked() -> None:
    """Once, with the worst colour and both texts."""
    data = workbook(lambda b, p: p.merge_range("A8:B10", "合并"))
    found = [fault("negative", "B9", "进度"), fault("out-of-scope", "A8", "进度", value="离休")]
    page = book_of(copied(sent(data, found))[COPY])["进度"]
    assert (page["A8"].fill.fgColor.rgb, page["A8"].comment.text.count("【")) == (WRONG, 2)
    note = [fault("out-of-scope", "B10", "进度", value="离休")]
    assert book_of(copied(sent(data, note))[COPY])["进度"]["A8"].fill.fgColor.rgb == DOUBT


def test_a_sheet_whose_name_is_masked_is_found() -> None:
    """By the name's other characters; marks under both names come together."""
    data = workbook(lambda b, p: b.add_worksheet("甲某某名单"))
    found = [fault("negative", "B3", "甲**名单"), fault("required", "C3", "甲某某名单")]
    page = book_of(copied(sent(data, found))[COPY])["甲某某名单"]
    assert [page[cell].fill.fgColor.rgb for cell in ("B3", "C3")] == [WRONG, WRONG]


def test_a_threaded_comment_stays_as_it_is() -> None:
    """A cell has either a thread or a note: the fault stands in the list, the cell is filled."""
    data = workbook(lambda b, p: p.write_comment("B3", "会话", {"author": "tc={1}"}))
    before, after = parts_of(data), parts_of(copied(sent(data, FAULTS[:1]))[COPY])
    assert after["xl/comments1.xml"] == before["xl/comments1.xml"]
    page = book_of(copied(sent(data, FAULTS[:1]))[COPY])["进度"]
    assert (page["B3"].fill.fgColor.rgb, page["B3"].comment.text) == (WRONG, "会话")


def test_beyond_so_many_comments_cells_are_only_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that Excel opens the copy in reasonable time."""
    monkeypatch.setattr(mark_module, "MOST_COMMENTS", 2)
    page = book_of(copied(sent(workbook(), FAULTS))[COPY])["进度"]
    assert sum(c.comment is not None for row in page for c in row) == 2
    assert sum(c.fill.fgColor.rgb == WRONG for row in page for c in row) == 3


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
    + b"x" * 1000
    + b'"><!ENTITY b "'
    + b"&a;" * 1000
    + b'">]>'
)
# what is wrong → the parts, and how the reason begins
HOSTILE: Mapping[str, tuple[dict[str, bytes], str]] = {
    "entities in a sheet": ({SHEET: BOMB + b"<worksheet><sheetData/>&b;</worksheet>"}, "文件内部结构有误"),
    "entities in the styles": ({"xl/styles.xml": BOMB + b"<styleSheet>&b;</styleSheet>"}, "文件内部结构有误"),
    "a declaration": ({SHEET: b"<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet><sheetData/></worksheet>"}, "工作表含有不允许的声明"),
    "a broken sheet": ({SHEET: b"<worksheet><sheetData><row>"}, "文件内部结构有误"),
    "broken styles": ({"xl/styles.xml": b"<styleSheet>"}, "文件内部结构有误"),
    "a row twice": ({SHEET: b'<worksheet><sheetData><row r="3"/><row r="3"/><row r="9"/></sheetData></worksheet>'}, "文件内部结构特殊"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_edited_safely_is_a_list_only(name: str) -> None:
    """Never an exception; the reason stands in the list, the original beside it."""
    parts, reason = HOSTILE[name]
    files = copied(sent(replaced(workbook(), parts), FAULTS))
    assert list(files) == [COPY, "五月.xlsx"]
    book = book_of(files[COPY])
    assert book.sheetnames == [LIST]
    assert str(book[LIST]["A5"].value).startswith(f"{reason}，无法在副本中标注")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_way_through_libreoffice(tmp_path: Path) -> None:
    """It opens the copy and saves it; sent back, values are the same and the old marks go."""
    data = KEPT["much"]
    (tmp_path / "copy.xlsx").write_bytes(copied(sent(data, FAULTS))[COPY])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
    ]
    subprocess.run(
        [*command, str(tmp_path / "copy.xlsx")], check=True, capture_output=True, timeout=180
    )
    saved = (tmp_path / "out/copy.xlsx").read_bytes()
    page = book_of(saved)["进度"]
    assert {c.coordinate for row in page for c in row if c.comment} == {"B3", "D3", "B7"}
    assert read(saved, without=LIST)["进度"][:5] == read(data)["进度"][:5]
    again = book_of(copied(sent(saved, FAULTS[:1]))[COPY])
    assert [sheet for sheet in again.sheetnames if sheet.startswith(LIST)] == [LIST]
    marked = {c.coordinate for row in again["进度"] for c in row if c.fill.fgColor.rgb == WRONG}
    assert marked == {c.coordinate for row in again["进度"] for c in row if c.comment} == {"B3"}
