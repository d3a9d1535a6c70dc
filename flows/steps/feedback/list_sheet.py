"""Writing the list of problems as the first sheet of a workbook."""

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.worksheet.hyperlink import Hyperlink

from flows.steps.feedback.listing import DETAIL, SUMMARY, TITLE, Line, Listing
from flows.steps.feedback.looks import BOLD, CENTRED, FILLS, GRID, HEAD, LINK, PLAIN, WRAPPED, put
from flows.steps.feedback.looks import TITLE as TITLE_FONT

NAME = "问题清单"
WIDTHS = (6, 10, 17, 16, 24, 18, 42, 38)
LEGEND = (
    "在各工作表中，必须改正的单元格涂为橙色，仅作提示的涂为黄色；"
    "鼠标停在单元格上可见批注。点“位置”栏可跳到该单元格。"
)
_POINTS = 15  # height of a line of text


def add_list(book: Any, listing: Listing, sheets: Mapping[str, str]) -> None:
    """Put the list in front of a workbook's sheets and open the workbook at it.

    `sheets` gives for each sheet that failures name its name in this workbook; without it there
    are no links. A list of ours from an earlier round is replaced; a sender's own sheet stays.
    """
    for old in [
        name
        for name in book.sheetnames
        if name.startswith(NAME)
        and getattr(book[name], "_cells", None)
        and book[name]["A1"].value == TITLE
    ]:
        del book[old]
    taken = {name.lower() for name in book.sheetnames}
    page = book.create_sheet(
        next(
            name
            for i in range(len(taken) + 1)
            if (name := f"{NAME}（{i + 1}）" if i else NAME) not in taken
        ),
        0,
    )
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is page
    book.active = 0
    _head(page, listing, linked=bool(sheets))
    _block(page, "一、问题汇总", SUMMARY, listing.summary, sheets)
    _block(page, "二、逐处列出", DETAIL, listing.details, sheets)
    _layout(page)


def _head(page: Any, listing: Listing, *, linked: bool) -> None:
    lines = [
        (TITLE, TITLE_FONT),
        *((text, BOLD) for text in listing.head),
        *((text, PLAIN) for text in listing.remarks),
    ]
    lines += [(LEGEND, PLAIN)] if linked else []
    for i, (text, font) in enumerate(lines, 1):
        page.merge_cells(start_row=i, end_row=i, start_column=1, end_column=len(WIDTHS))
        cell = page.cell(i, 1)
        put(cell, text)
        cell.font, cell.alignment = font, WRAPPED
        page.row_dimensions[i].height = (
            24 if font is TITLE_FONT else _POINTS * _lines_of(text, sum(WIDTHS)) + 3
        )


def _block(
    page: Any, title: str, headers: Sequence[str], lines: Sequence[Line], sheets: Mapping[str, str]
) -> None:
    row = page.max_row + 2
    put(page.cell(row, 1), title)
    page.cell(row, 1).font = BOLD
    for column, text in enumerate(headers, 1):
        cell = page.cell(row + 1, column, text)
        cell.font, cell.fill, cell.border, cell.alignment = BOLD, HEAD, GRID, CENTRED
    for at, line in enumerate(lines, row + 2):
        _line(page, at, line, sheets)


def _line(page: Any, row: int, line: Line, sheets: Mapping[str, str]) -> None:
    for column, value in enumerate(line.cells, 1):
        cell = page.cell(row, column)
        put(cell, value)
        cell.font, cell.border = PLAIN, GRID
        cell.alignment = CENTRED if isinstance(value, int) or column == 2 else WRAPPED
    page.cell(row, 2).fill = FILLS[line.severity]
    if line.link is not None and (sheet := sheets.get(line.link[0])) is not None:
        place = page.cell(row, 5)
        name = sheet.replace("'", "''")
        place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{name}'!{line.link[1]}")
        place.font = LINK
    page.row_dimensions[row].height = (
        _POINTS * max(_lines_of(str(v), w) for v, w in zip(line.cells, WIDTHS, strict=True)) + 3
    )


def _layout(page: Any) -> None:
    for column, width in enumerate(WIDTHS, 1):
        page.column_dimensions[
            page.cell(1, 1).column_letter if column == 1 else chr(64 + column)
        ].width = width
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.sheet_view.showGridLines = False
    page.oddFooter.center.text = "第 &P 页，共 &N 页"


def _lines_of(text: str, width: float) -> int:
    """Return on how many lines a text stands in a column so many half-width characters wide."""
    return sum(
        1 + int(sum(2 if ord(c) > 0x2E7F else 1 for c in part) // max(width - 2, 1))
        for part in text.split("\n")
    )
