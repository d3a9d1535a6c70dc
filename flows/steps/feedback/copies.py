"""The marked copy of one file: the sender's workbook if it can be kept, else a list (DESIGN §7)."""

import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from flows.settings import Campaign
from flows.steps.feedback.list_sheet import add_list
from flows.steps.feedback.listing import listing_of
from flows.steps.feedback.mark import mark, sheet_named
from flows.steps.feedback.pack import packed
from flows.steps.feedback.package import extent, losses
from flows.steps.feedback.rebuild import FAULTY, add_faulty_rows, rebuild
from flows.steps.feedback.sent import SUFFIX, Sent
from flows.steps.model import Grid
from flows.steps.months import Month

LARGE_ROWS, LARGE_CELLS = 20_000, 400_000  # beyond these only the faulty rows are written out
# What openpyxl raises on workbooks that other programs read all the same.
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OSError,
    zipfile.BadZipFile,
    InvalidFileException,
    etree.XMLSyntaxError,
)


@dataclass(frozen=True)
class _Copy:
    """A workbook to which the list is added, with the sheets that can be linked to."""

    book: Any
    sheets: Mapping[str, str]
    remarks: Sequence[str] = ()
    original: bytes | None = None
    beside: bool = False


def marked_copy(
    sent: Sent, sender: str, campaign: Campaign, month: Month, reply_by: date
) -> list[tuple[str, bytes]]:
    """Return the files that go back for one file: the marked copy, else a list and the original.

    The bytes depend on nothing but the arguments. The sender's file itself is never written to.
    """
    copy = _copy_of(sent)
    add_list(
        copy.book, listing_of(sent, sender, campaign, month, reply_by, copy.remarks), copy.sheets
    )
    files = [(f"{sent.stem}{SUFFIX}.xlsx", packed(copy.book, copy.original))]
    if copy.beside and sent.data is not None:
        files.append((sent.file.rpartition("/")[2], sent.data))
    return files


def _copy_of(sent: Sent) -> _Copy:
    if sent.data is None:
        return _list_only("报送文件夹中已没有这个文件，因此只有问题清单。")
    if not any(ledger.kind for ledger in sent.ledgers) and not sent.grids():
        return _list_only("文件无法读取，没有可以标注的内容，因此只有问题清单。")
    if not _is_xlsx(sent.data):
        return _made_anew(
            sent,
            "报送的不是 .xlsx 文件：本文件按读到的内容重新生成，单元格地址与原文件一致，"
            "原文件的格式没有保留。",
        )
    lost = losses(sent.data)
    if lost:
        reason = (
            f"原文件中有{'、'.join(lost)}，在副本中标注会使其丢失，因此只有问题清单；"
            "请按清单在原文件（附在旁边，未作改动）中改正。"
        )
        return replace(_list_only(reason), beside=True)
    rows, cells = extent(sent.data)
    if rows > LARGE_ROWS or cells > LARGE_CELLS:
        return _faulty_rows(sent)
    return _marked(sent, sent.data)


def _is_xlsx(data: bytes) -> bool:
    if not data.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return any(name.lower().endswith("workbook.xml") for name in package.namelist())


def _marked(sent: Sent, data: bytes) -> _Copy:
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # what openpyxl warns of has been looked for (losses)
            book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
    except _UNREADABLE:
        return _made_anew(
            sent, "原文件的格式无法照原样保留：本文件按读到的内容重新生成，单元格地址与原文件一致。"
        )
    mark(book, sent.failures)
    named = {
        failure.sheet: sheet_named(book.sheetnames, failure.sheet)
        for failure in sent.failures
        if failure.sheet
    }
    return _Copy(
        book, {theirs: ours for theirs, ours in named.items() if ours is not None}, original=data
    )


def _made_anew(sent: Sent, remark: str) -> _Copy:
    grids = sent.grids()
    if sum(grid.height for grid in grids) > LARGE_ROWS or _cells(grids) > LARGE_CELLS:
        return _faulty_rows(sent)
    book = _empty()
    sheets = rebuild(book, grids)
    named = {f.sheet: sheet_named(list(sheets), f.sheet) for f in sent.failures if f.sheet}
    links = {theirs: sheets[own] for theirs, own in named.items() if own is not None}
    mark(book, [replace(f, sheet=links[f.sheet]) for f in sent.failures if f.sheet in links])
    return _Copy(book, links, [remark])


def _cells(grids: Sequence[Grid]) -> int:
    return sum(
        grid.height * max((len(grid.row(row)) for row in range(min(grid.height, 30))), default=0)
        for grid in grids
    )


def _faulty_rows(sent: Sent) -> _Copy:
    book = _empty()
    add_faulty_rows(book, sent)
    return _Copy(
        book,
        {},
        [
            f"原表行数很多：这里只列出有误的行（工作表“{FAULTY}”，带原行号），请按原行号在原表中改正后重报。"
        ],
    )


def _list_only(remark: str) -> _Copy:
    return _Copy(_empty(), {}, [remark])


def _empty() -> Any:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    return book
