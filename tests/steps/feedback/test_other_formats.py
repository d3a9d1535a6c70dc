"""What cannot be marked in place: other formats, pictures and macros, unreadable and very large files (DESIGN §7)."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from flows.steps.feedback import copies as copies_module
from flows.steps.feedback.copies import list_only
from flows.steps.feedback.features import remarks_on
from flows.steps.feedback.looks import DOUBT, WRONG
from flows.steps.model import CellError, Table
from tests.support.factories import campaign
from tests.support.returned import (
    EAST,
    FAULTS,
    LIST,
    MAY,
    REPLY,
    FakeGrid,
    awkward,
    book_of,
    copied,
    fault,
    links,
    picture,
    replaced,
    sent,
)


def test_what_came_in_another_format_comes_back_as_xlsx_and_says_so(tmp_path: Path) -> None:
    """Values as read at their own addresses, merged areas too."""
    grid = FakeGrid(
        "岫云县5月:进度",
        [[], [None, "企业", 5.0, date(2022, 5, 1)], ["=x", CellError("#DIV/0!"), "a\x01b"]],
        [(1, 1, 1, 2)],
    )
    found = [fault("negative", "C2", "岫云县5月:进度"), fault("required", "E2", "岫云县5月:进度")]
    files = copied(
        sent("企业,数\r\n".encode("gb18030"), found, "东浥区/五月.csv", grids=lambda: [grid])
    )
    assert list(files) == ["五月（已标注）.xlsx"]
    book = book_of(files["五月（已标注）.xlsx"])
    page = book["岫云县5月_进度"]
    assert [[c.value for c in row] for row in page["A1:D3"]] == [
        [None] * 4, [None, "企业", None, page["D2"].value], ["=x", "#DIV/0!", "ab", None],
    ]  # fmt: skip
    assert (page["A3"].data_type, page["D2"].value.date(), page["B2"].fill.fgColor.rgb) == (
        "s",
        date(2022, 5, 1),
        WRONG,
    )
    assert links(book[LIST]) == [(page.title, "E2"), (page.title, "C2")] * 2
    assert any("不是 .xlsx 文件" in str(c.value) for row in book[LIST]["A1:A6"] for c in row)


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


def _words(*words: str) -> list[str]:
    """Return the remark on what a copy keeps."""
    kept = f"原文件中的{'、'.join(words)}在副本中照原样保留；原文件附在旁边，未作改动，可供核对。"
    return [kept] if words else []


_GONE = "原文件中的宏没有带入副本；原文件附在旁边，未作改动。"
_SIGNED = "原文件中的数字签名没有带入副本；原文件附在旁边，未作改动。"
# what the workbook holds, what is said of its copy
REMARKS: Sequence[tuple[bytes, list[str]]] = [
    (_with(lambda book, page: page.insert_image("C3", "x.png", {"image_data": io.BytesIO(picture())})), _words("图片")),
    (_with(_chart), _words("图表")),
    (_with(lambda book, page: page.insert_textbox("C3", "请填报")), _words("图形")),
    (_with(lambda book, page: page.insert_button("C3", {"caption": "汇总"})), _words("控件")),
    (_with(lambda book, page: page.set_header("&L&G", {"image_data_left": io.BytesIO(picture()), "image_left": "x.png"})), _words("图片")),
    (_with(lambda book, page: page.conditional_format("A1:A9", {"type": "data_bar", "data_bar_2010": True})), _words("扩展的条件格式")),
    (_with(lambda book, page: page.write_comment("A1", "批注")), []),
    (_with(lambda book, page: page.add_table("A1:B3")), []),
    (awkward(), []),
    (_with_parts(("xl/vbaProject.bin", b"x"), ("xl/pivotTables/pivotTable1.xml", b"x"), ("xl/externalLinks/externalLink1.xml", b"x")),
     [_GONE, *_words("外部链接", "数据透视表")]),
    (_with_parts(("xl/unheardof/x.xml", b"x"), ("docProps/custom.xml", b"x"), ("customXml/item1.xml", b"x")), _words("其他附加内容")),
    (_with_parts(("xl/cellimages.xml", b"x"), ("xl/threadedComments/t1.xml", b"x"), ("_xmlsignatures/sig1.xml", b"x")),
     [_SIGNED, *_words("图片", "批注会话")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "remarks"),
    REMARKS,
    ids=["/".join(r) or f"cells{i}" for i, (_, r) in enumerate(REMARKS)],
)
def test_what_a_workbook_holds_beside_its_cells_is_said(data: bytes, remarks: list[str]) -> None:
    """By the parts of the package; the original goes beside the copy then."""
    assert remarks_on(data) == remarks
    files = copied(sent(data, [fault("negative", "A1", "进度")]))
    assert list(files) == ["五月（已标注）.xlsx", *(["五月.xlsx"] if remarks else [])]
    assert files.get("五月.xlsx", data) == data


@pytest.mark.parametrize("data", [None, b"<html>", b"PK\x03\x04 broken"])
def test_what_cannot_be_read_comes_back_as_a_list(data: bytes | None) -> None:
    """Also where the file is no longer there."""
    files = copied(
        sent(data, [fault("file-unreadable", None)], "东浥区/五月.xls", ledger={"kind": None})
    )
    assert list(files) == ["五月（已标注）.xlsx"]
    assert book_of(files["五月（已标注）.xlsx"]).sheetnames == [LIST]


def test_what_cannot_be_marked_goes_back_untouched_beside_the_list() -> None:
    """The list says why, and leads nowhere."""
    data = replaced(_with(_chart), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"})
    files = copied(sent(data, [fault("negative", "A1", "进度")]))
    assert list(files) == ["五月（已标注）.xlsx", "五月.xlsx"]
    assert files["五月.xlsx"] == data
    book = book_of(files["五月（已标注）.xlsx"])
    assert (book.sheetnames, links(book[LIST])) == ([LIST], [])
    assert book[LIST]["A5"].value == (
        "文件内部结构有误，无法在副本中标注，因此只有问题清单；请按清单在原文件（附在旁边，未作改动）中改正。"
    )


def test_a_copy_whose_making_failed_elsewhere_is_a_list() -> None:
    """With the reason given, and the original."""
    files = dict(list_only(sent(b"x", FAULTS), EAST, campaign(), MAY, REPLY, "超过限制。"))
    assert (list(files), files["五月.xlsx"]) == (["五月（已标注）.xlsx", "五月.xlsx"], b"x")
    assert book_of(files["五月（已标注）.xlsx"])[LIST]["A5"].value == "超过限制。"


@pytest.mark.parametrize("stem", ["甲" * 81, "a" * 245, "甲a" * 61])
def test_a_long_name_is_cut_for_the_copy(stem: str) -> None:
    """So that a file system's 255 bytes hold it."""
    (name,) = copied(sent(awkward(), FAULTS, f"东浥区/{stem}.xlsx"))
    assert name.endswith("（已标注）.xlsx")
    assert stem.startswith(name.removesuffix("（已标注）.xlsx"))
    assert 200 < len(name.encode()) < 240


def test_of_a_large_file_only_the_faulty_rows_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """With their row numbers, the header, what is wrong, and the cells as they are."""
    monkeypatch.setattr(copies_module, "LARGE_ROWS", 5)
    grid = FakeGrid(
        "进度'表", [["企业", "数", "党员人数"], *([f"企业{i}", i, -i] for i in range(2, 50))]
    )
    found = [
        fault("negative", "C9"),
        fault("out-of-scope", "A7", value="离休", header="企业名称"),
        fault("required", "B9", header="数"),
    ]
    tables = (Table("进度'表", 1, {}),)
    files = copied(sent(b"csv", found, "五月.csv", grids=lambda: [grid], ledger={"tables": tables}))
    book = book_of(files["五月（已标注）.xlsx"])
    assert (book.sheetnames, links(book[LIST])) == ([LIST, "有误的行"], [])
    page = book["有误的行"]
    assert [[c.value for c in row] for row in page.iter_rows()] == [
        ["工作表", "原行号", "问题", "A", "B", "C"],
        ["进度'表", 1, "（表头）", "企业", "数", "党员人数"],
        ["进度'表", 7, "A7 不属移交范围：不属移交范围：离休。", "企业7", 7, -7],
        ["进度'表", 9, "C9 负数：负数：-3。；B9 必填项为空：必填项为空：-3。", "企业9", 9, -9],
    ]
    assert [c.fill.fgColor.rgb for c in (page["D3"], page["E4"], page["F4"])] == [
        DOUBT,
        WRONG,
        WRONG,
    ]
