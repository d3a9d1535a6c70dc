"""The marked copy: the sender's own workbook with the faulty cells marked, and everything else as it was (DESIGN §7)."""

import copy
import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils import range_boundaries

from flows.campaign import load_campaign
from flows.demo.books import LAYOUTS, write_csv
from flows.demo.write import write_campaign
from flows.settings import Campaign
from flows.steps.check import check_alone
from flows.steps.feedback import Sent, marked_copy
from flows.steps.feedback import copies as copies_module
from flows.steps.feedback.looks import AUTHOR, DOUBT, WRONG
from flows.steps.feedback.package import losses
from flows.steps.model import Failure, Oddity
from flows.steps.months import Month
from flows.steps.read import read_file
from flows.steps.read.cells import written
from flows.steps.read.workbook import open_workbook
from schemas.rules import RULES
from tests import seeding
from tests.factories import COUNTIES, campaign, submission

MAY, REPLY = Month(2022, 5), date(2022, 6, 7)
EAST = COUNTIES[0]
TOWN = seeding.city()
LIST = "问题清单"


def fault(code: str, cell: str | None, sheet: str | None = "进度'表", value: str = "-3", header: str | None = "党员人数") -> Failure:
    """Return a failure of a rule at a cell."""
    row = int("".join(filter(str.isdigit, cell))) if cell else None
    rule = RULES[code]
    return Failure("东浥区/五月.xlsx", sheet if cell else None, cell, row, header if cell else None, value, code, rule.severity,
                   f"{rule.title}：{value}。", rule.remedy)  # fmt: skip


@dataclass
class FakeGrid:
    """A sheet as the reader gives it."""

    sheet: str
    rows: list[list[Any]]
    spans: Sequence[tuple[int, int, int, int]] = field(default=())

    @property
    def height(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row."""
        return self.rows[row]


def sent(data: bytes | None, failures: Sequence[Failure], file: str = "东浥区/五月.xlsx", **more: Any) -> Sent:
    """Return a returned file."""
    ledger = submission(EAST, "returned", file=file, **more.pop("ledger", {}))
    return Sent(file, data, [ledger], failures, **more)


def copied(one: Sent) -> dict[str, bytes]:
    """Return the files that go back for one file."""
    return dict(marked_copy(one, EAST, campaign(), MAY, REPLY))


def book_of(data: bytes, **more: Any) -> Any:
    """Return a workbook's content as openpyxl reads it, which says of sparklines that it will lose them."""
    with warnings.catch_warnings(action="ignore"):
        return openpyxl.load_workbook(io.BytesIO(data), **more)


def links(page: Any) -> list[tuple[str, str]]:
    """Return (sheet, cell) of each link of a list, in order."""
    found = [re.fullmatch(r"'(.*)'!([A-Z]+\d+)", c.hyperlink.location) for row in page.iter_rows() for c in row if c.hyperlink]
    return [(match[1].replace("''", "'"), match[2]) for match in found if match]


def awkward() -> bytes:
    """Return a workbook with much of what a workbook can have and openpyxl keeps."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page, other = book.add_worksheet("进度'表"), book.add_worksheet(LIST)
        green = book.add_format({"bold": True, "bg_color": "#CCFFCC", "border": 1})
        page.merge_range("A1:F1", "2022年5月进度", green)
        page.write_row("A3", ["企业", "党员人数", "合计", "类别", "备注"], green)
        for row in range(3, 40):
            page.write(row, 0, f"企业{row}")
            page.write(row, 1, row, book.add_format({"num_format": "#,##0"}))
            page.write_formula(row, 2, f"=B{row + 1}*2", None, row * 2)
        page.write_formula("F4", '="甲"&"乙"', None, "甲乙")
        page.write_rich_string("E4", book.add_format({"bold": True}), "粗", " 细")
        page.merge_range("E5:E8", "合并", green)
        page.set_column("A:A", 30)
        page.set_row(5, 40, None, {"hidden": True})
        page.data_validation("D4:D40", {"validate": "list", "source": ["甲", "乙"]})
        page.conditional_format("B4:B40", {"type": "cell", "criteria": ">", "value": 10, "format": green})
        page.add_sparkline("F6", {"range": "'进度''表'!B4:B9"})
        page.freeze_panes(3, 1)
        page.write_comment("B5", "原来的话", {"author": "乙某"})
        page.protect("", {"select_locked_cells": True})
        other.write(0, 0, "别人的清单")
        other.hide()
        book.define_name("合计数", "='进度''表'!$C$4")
    return buffer.getvalue()


FAULTS = [fault("negative", "B5"), fault("more-than-total", "C5"), fault("out-of-scope", "E7", value="离休"), fault("required", "D4"),
          fault("archives-exceed", "B20")]  # fmt: skip
LOOKS = ("font", "border", "alignment", "number_format", "protection")
MARKED = {"B5": WRONG, "C5": WRONG, "E5": DOUBT, "D4": WRONG, "B20": DOUBT}


def test_faulty_cells_are_filled_and_commented_and_all_else_is_as_it_was() -> None:
    """Values, formulas with their results, styles, widths, merged and hidden parts, validations, formats, names, protection."""
    before, after = (book_of(data, rich_text=True) for data in (awkward(), copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"]))
    old, new = before["进度'表"], after["进度'表"]
    assert {c.coordinate: c.fill.fgColor.rgb for row in new for c in row if c.fill.fgColor.rgb in (WRONG, DOUBT)} == MARKED
    assert {c.coordinate for row in new for c in row if c.comment} == set(MARKED)
    for row in old:
        for cell in row:
            same = new[cell.coordinate]
            assert same.value == cell.value
            assert [repr(getattr(same, name)) for name in LOOKS] == [repr(getattr(cell, name)) for name in LOOKS]
            assert cell.coordinate in MARKED or repr(same.fill) == repr(cell.fill)
    for name in ("merged_cells", "freeze_panes", "protection"):
        assert getattr(new, name) == getattr(old, name), name
    assert [str(d.sqref) for d in new.data_validations.dataValidation] == ["D4:D40"]
    assert {k: (d.width, d.hidden) for k, d in new.column_dimensions.items()} == {
        k: (d.width, d.hidden) for k, d in old.column_dimensions.items()
    }
    assert (new.row_dimensions[6].hidden, new.row_dimensions[6].height) == (True, 39.75)
    assert list(after.defined_names) == list(before.defined_names)
    assert after[LIST].sheet_state == "hidden"
    results = [book_of(data, data_only=True)["进度'表"] for data in (awkward(), copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"])]
    assert [[c.value for c in row] for row in results[0]] == [[c.value for c in row] for row in results[1]]


def test_what_openpyxl_forgets_is_put_back() -> None:
    """Sparklines and validations of the newer form, without what a reader need not know."""
    old = awkward()
    newer = (b'<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
             b'<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" '
             b'xr:uid="{1}" xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"><xm:sqref>D41</xm:sqref>'
             b"</x14:dataValidation></x14:dataValidations></ext></extLst>")  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(old)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"</extLst>", newer)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    with zipfile.ZipFile(io.BytesIO(copied(sent(buffer.getvalue(), FAULTS))["五月（已标注）.xlsx"])) as package:
        sheet = package.read("xl/worksheets/sheet2.xml").decode()
    assert [sheet.count(word) for word in ("<x14:sparkline>", "<xm:sqref>D41</xm:sqref>", "<extLst", "uid=")] == [1, 1, 1, 0]
    assert sheet.endswith("</extLst></worksheet>")


def test_comments_say_rule_value_and_remedy() -> None:
    """What stood in the comment before stays behind it."""
    page = book_of(copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"])["进度'表"]
    assert page["B5"].comment.text == (
        "【负数】必须改正，否则本行不计入\n负数：-3。\n填报内容：-3\n怎么改：请核对后填 0 或正数；填报的是累计数，不是增减数。\n\n原批注：原来的话"
    )


def test_the_list_stands_first_and_leads_to_each_marked_cell() -> None:
    """Under a name of its own where the sender has a sheet of that name; the workbook opens at it."""
    book = book_of(copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"])
    page = book.worksheets[0]
    assert (page.title, book.active.title) == (f"{LIST}（2）", f"{LIST}（2）")
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [page.title]
    assert {(sheet, {"E7": "E5"}.get(cell, cell)) for sheet, cell in links(page)} == {("进度'表", cell) for cell in MARKED}
    assert (
        book_of(copied(sent(awkward(), FAULTS[:1], ledger={"read": 9}))["五月（已标注）.xlsx"])
        .worksheets[0]["A3"]
        .value.endswith("审核结果：退回重报。共读到9行，其中0行有误。")
    )


def test_a_thousand_equal_faults_do_not_bury_the_one_that_matters() -> None:
    """They are marked each, listed by their first ones, and counted; the fault of the whole file stands first."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as plain:
        plain.add_worksheet("进度").write(0, 0, "企业")
    faults = [fault("required", f"C{i}", "进度") for i in range(2, 1002)] + [fault("month-mismatch", None, value="4月")]
    book = book_of(copied(sent(buffer.getvalue(), faults))["五月（已标注）.xlsx"])
    page = book.worksheets[0]
    lines = [[c.value for c in row] for row in page.iter_rows(min_row=5) if isinstance(row[0].value, int)]
    assert [line[2:6] for line in lines[:2]] == [
        ["月份不符", None, "整个文件", 1],
        ["必填项为空", "党员人数", "进度!C2、C3、C4等1000处", 1000],
    ]
    assert len(lines) == 2 + 1 + 20 + 1
    assert lines[-1][4:7] == ["另有980处", None, "工作表“进度”第22—1001行也有同样的问题。"]
    assert sum(c.fill.fgColor.rgb == WRONG for row in book["进度"].iter_rows() for c in row) == 1000


def test_texts_of_ours_are_never_formulas() -> None:
    """A value that begins with = + - or @ is a text in the list."""
    values = ["=1+1", "+1", "-1", "@x"]
    faults = [fault("not-a-number", f"B{i}", value=value) for i, value in enumerate(values, 4)]
    page = book_of(copied(sent(awkward(), faults))["五月（已标注）.xlsx"]).worksheets[0]
    shown = [(c.value, c.data_type) for row in page.iter_rows(min_col=6, max_col=6) for c in row if c.value in values]
    assert shown == [(value, "s") for value in values]


def test_what_came_in_another_format_comes_back_as_xlsx_and_says_so(tmp_path: Path) -> None:
    """Values as read at their own addresses, merged areas too."""
    grid = FakeGrid("岫云县5月:进度", [[], [None, "企业", 5.0, date(2022, 5, 1)], ["=x", Oddity("#DIV/0!"), "a\x01b"]], [(1, 1, 1, 2)])
    found = [fault("negative", "C2", "岫云县5月:进度"), fault("required", "E2", "岫云县5月:进度")]
    files = copied(sent("企业,数\r\n".encode("gb18030"), found, "东浥区/五月.csv", grids=lambda: [grid]))
    assert list(files) == ["五月（已标注）.xlsx"]
    book = book_of(files["五月（已标注）.xlsx"])
    page = book["岫云县5月_进度"]
    assert [[c.value for c in row] for row in page["A1:D3"]] == [
        [None] * 4, [None, "企业", None, page["D2"].value], ["=x", "#DIV/0!", "ab", None],
    ]  # fmt: skip
    assert (page["A3"].data_type, page["D2"].value.date(), page["B2"].fill.fgColor.rgb) == ("s", date(2022, 5, 1), WRONG)
    assert links(book[LIST]) == [(page.title, "E2"), (page.title, "C2")] * 2
    assert any("不是 .xlsx 文件" in str(c.value) for row in book[LIST]["A1:A6"] for c in row)


def _picture() -> bytes:
    """Return a PNG of one pixel."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
            + chunk(b"IEND", b""))  # fmt: skip


def _with(add: Callable[[Any, Any], None]) -> bytes:
    """Return a workbook to which something has been added."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet("进度")
        page.write(0, 0, 1)
        add(book, page)
    return buffer.getvalue()


def _chart(book: Any, page: Any) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=进度!$A$1:$A$3"})
    page.insert_chart("C3", chart)


def _with_parts(*parts: tuple[str, bytes]) -> bytes:
    """Return a workbook's package with parts added."""
    buffer = io.BytesIO(_with(lambda book, page: None))
    with zipfile.ZipFile(buffer, "a") as package:
        for name, content in parts:
            package.writestr(name, content)
    return buffer.getvalue()


LOSSES: Sequence[tuple[bytes, list[str]]] = [
    (_with(lambda book, page: page.insert_image("C3", "x.png", {"image_data": io.BytesIO(_picture())})), ["图片"]),
    (_with(_chart), ["图表"]),
    (_with(lambda book, page: page.insert_textbox("C3", "请填报")), ["图形"]),
    (_with(lambda book, page: page.insert_button("C3", {"caption": "汇总"})), ["控件"]),
    (_with(lambda book, page: page.set_header("&L&G", {"image_data_left": io.BytesIO(_picture()), "image_left": "x.png"})), ["图片"]),
    (_with(lambda book, page: page.conditional_format("A1:A9", {"type": "data_bar", "data_bar_2010": True})), ["扩展的条件格式"]),
    (_with(lambda book, page: page.write_comment("A1", "批注")), []),
    (_with(lambda book, page: page.add_table("A1:B3")), []),
    (awkward(), []),
    (_with_parts(("xl/vbaProject.bin", b"x"), ("xl/pivotTables/pivotTable1.xml", b"x"), ("xl/externalLinks/externalLink1.xml", b"x")),
     ["外部链接", "数据透视表", "宏"]),
    (_with_parts(("xl/cellimages.xml", b"x"), ("xl/threadedComments/t1.xml", b"x"), ("_xmlsignatures/sig1.xml", b"x")), ["数字签名", "图片", "批注会话"]),
    (_with_parts(("xl/unheardof/x.xml", b"x"), ("docProps/custom.xml", b"x"), ("customXml/item1.xml", b"x")), ["其他附加内容"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), LOSSES, ids=["、".join(words) or f"kept{i}" for i, (_, words) in enumerate(LOSSES)])
def test_what_would_be_lost_is_named(data: bytes, words: list[str]) -> None:
    """By the parts of the package."""
    assert losses(data) == words


def test_what_cannot_be_marked_goes_back_untouched_beside_the_list() -> None:
    """The list says why, and leads nowhere."""
    data = LOSSES[1][0]
    files = copied(sent(data, [fault("negative", "A1", "进度")]))
    assert list(files) == ["五月（已标注）.xlsx", "五月.xlsx"]
    assert files["五月.xlsx"] == data
    book = book_of(files["五月（已标注）.xlsx"])
    assert (book.sheetnames, links(book[LIST])) == ([LIST], [])
    assert book[LIST]["A5"].value == (
        "原文件中有图表，在副本中标注会使其丢失，因此只有问题清单；请按清单在原文件（附在旁边，未作改动）中改正。"
    )


@pytest.mark.parametrize("data", [None, b"<html>", b"PK\x03\x04 broken"])
def test_what_cannot_be_read_comes_back_as_a_list(data: bytes | None) -> None:
    """Also where the file is no longer there."""
    files = copied(sent(data, [fault("file-unreadable", None)], "东浥区/五月.xls", ledger={"kind": None}))
    assert list(files) == ["五月（已标注）.xlsx"]
    assert book_of(files["五月（已标注）.xlsx"]).sheetnames == [LIST]


def test_a_workbook_that_openpyxl_cannot_read_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the values that the reader has read."""
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *a, **k: (_ for _ in ()).throw(ValueError("strange")))
    files = copied(sent(awkward(), FAULTS[:1], grids=lambda: [FakeGrid("进度'表", [[1]])]))
    monkeypatch.undo()
    book = book_of(files["五月（已标注）.xlsx"])
    assert (book.sheetnames, book["进度'表"]["A1"].value, book["进度'表"]["B5"].fill.fgColor.rgb) == ([LIST, "进度'表"], 1, WRONG)


def test_of_a_large_file_only_the_faulty_rows_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """With their row numbers, the header, what is wrong, and the cells as they are."""
    monkeypatch.setattr(copies_module, "LARGE_ROWS", 5)
    grid = FakeGrid("进度'表", [["企业", "数", "党员人数"], *([f"企业{i}", i, -i] for i in range(2, 50))])
    found = [fault("negative", "C9"), fault("out-of-scope", "A7", value="离休", header="企业名称"), fault("required", "B9", header="数")]
    tables = '[{"sheet": "进度\'表", "header_row": 1, "columns": {}}]'
    files = copied(sent(awkward(), found, grids=lambda: [grid], ledger={"tables": tables}))
    book = book_of(files["五月（已标注）.xlsx"])
    assert (book.sheetnames, links(book[LIST])) == ([LIST, "有误的行"], [])
    page = book["有误的行"]
    assert [[c.value for c in row] for row in page.iter_rows()] == [
        ["工作表", "原行号", "问题", "A", "B", "C"],
        ["进度'表", 1, "（表头）", "企业", "数", "党员人数"],
        ["进度'表", 7, "A7 不属移交范围：不属移交范围：离休。", "企业7", 7, -7],
        ["进度'表", 9, "C9 负数：负数：-3。；B9 必填项为空：必填项为空：-3。", "企业9", 9, -9],
    ]
    assert [c.fill.fgColor.rgb for c in (page["D3"], page["E4"], page["F4"])] == [DOUBT, WRONG, WRONG]


def test_the_same_bytes_on_any_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time of ours stands in the package."""
    first = copied(sent(awkward(), FAULTS))
    monkeypatch.setattr("openpyxl.writer.excel.datetime", _NextYear)
    assert copied(sent(awkward(), FAULTS)) == first
    with zipfile.ZipFile(io.BytesIO(first["五月（已标注）.xlsx"])) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


class _NextYear:
    """A clock that goes ahead."""

    datetime = type("datetime", (), {"now": staticmethod(lambda tz=None: __import__("datetime").datetime(2033, 1, 1, tzinfo=tz))})
    timezone = __import__("datetime").timezone


def test_a_copy_that_comes_back_loses_its_old_marks() -> None:
    """The old list is replaced, comments and colours of ours go, the sender's stay."""
    first = copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"]
    again = copied(sent(first, FAULTS[:1], "东浥区/五月（已标注）.xlsx", before=FAULTS))
    assert list(again) == ["五月（已标注）.xlsx"]
    book = book_of(again["五月（已标注）.xlsx"])
    page = book["进度'表"]
    assert book.sheetnames == [f"{LIST}（2）", "进度'表", LIST]
    assert [c.coordinate for row in page for c in row if c.fill.fgColor.rgb in (WRONG, DOUBT)] == ["B5"]
    assert [(c.coordinate, c.comment.text.count("【"), c.comment.text.count("原来的话")) for row in page for c in row if c.comment] == [
        ("B5", 1, 1)
    ]
    assert any("已改正4处，仍未改正1处，新出现0处" in str(c.value) for row in book.worksheets[0]["A1:A8"] for c in row)
    clean = book_of(copied(sent(again["五月（已标注）.xlsx"], [fault("month-mismatch", None)]))["五月（已标注）.xlsx"])
    assert [(c.comment.text, c.comment.author) for row in clean["进度'表"] for c in row if c.comment] == [("原来的话", "填报单位")]
    assert AUTHOR not in str(clean["进度'表"].conditional_formatting)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return the campaign of the seeded city."""
    folder = tmp_path_factory.mktemp("campaign")
    write_campaign(folder, TOWN)
    return load_campaign(folder)


def examined(path: Path, city: Campaign) -> Any:
    """Return a file checked as its county's."""
    (ledger,) = check_alone(read_file(path, f"{city.counties[0].name}/{path.name}"), city, MAY, seeding.ISSUED, written, b"key")
    return ledger


@pytest.mark.parametrize("layout", [*LAYOUTS, "roster", "csv"])
def test_mended_at_the_places_of_the_list_a_ledger_is_accepted(tmp_path: Path, city: Campaign, layout: str) -> None:
    """The round trip: what the list leads to is what has to be mended, and nothing else."""
    rng = random.Random(layout)
    seeded = seeding.roster(rng, TOWN) if layout == "roster" else seeding.progress(rng, TOWN, "bare" if layout == "csv" else layout)
    path = tmp_path / "五月.xlsx"
    if layout == "csv":
        path = tmp_path / "五月.csv"
        write_csv(path, seeded.sheet)
        found = examined(path, city)
    else:
        found = seeding.examined(path, seeded, city)
    assert found.rejected > 0
    reading = read_file_grids(path)
    one = Sent(f"{TOWN.counties[0]}/{path.name}", path.read_bytes(), [submission(TOWN.counties[0], "returned", kind=found.kind)], found.failures,
               grids=lambda: reading)  # fmt: skip
    (name, data), *rest = marked_copy(one, TOWN.counties[0], city, MAY, REPLY)
    book = book_of(data)
    for sheet, cell in dict.fromkeys(links(book[LIST])):
        mend(book[sheet], cell, seeded)
    back = tmp_path / "再报" / name
    back.parent.mkdir()
    book.save(back)
    again = examined(back, city)
    assert (rest, again.rejected, [f for f in again.failures if f.severity != "note"]) == ([], 0, [])
    assert again.read == found.read - sum(code.startswith("duplicate") for code, _ in seeded.faults)


def read_file_grids(path: Path) -> list[Any]:
    """Return a file's sheets as the reader opens them."""
    return list(getattr(open_workbook(path.read_bytes(), path.stem), "grids"))  # noqa: B009  (what is refused has none)


def mend(page: Any, cell: str, seeded: seeding.Seeded) -> None:
    """Put into a cell what is right, or take its row away where it repeats another."""
    if cell in seeded.right:
        page[cell].value = copy.copy(seeded.right[cell])
        return
    _, row, *_ = range_boundaries(cell)
    for other in page[row]:
        other.value = None
