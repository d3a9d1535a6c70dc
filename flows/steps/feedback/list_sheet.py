"""Writing the list of problems as the sheet in front of a workbook."""

from collections.abc import Sequence

from flows.steps.feedback.listing import DETAIL, SUMMARY, Line, Listing
from flows.steps.feedback.looks import (
    BOLD,
    CELL,
    CENTRED,
    FILLS,
    HEAD,
    LINK,
    PLAIN,
    TITLE,
    look_of,
    shown,
)
from flows.steps.feedback.workbook.new_sheet import Cell, NewSheet, linked
from flows.steps.feedback.workbook.parts import sheet_named
from flows.steps.feedback.workbook.styles import Look, Styles
from schemas import problem_list

WIDTHS = (6, 10, 17, 16, 24, 18, 42, 38)
ANSWER_WIDTHS = (12, 30, 10)  # result, reason, and the hidden key
LEGEND = (
    "在各工作表中，必须改正的单元格涂为橙色，仅作提示的涂为黄色；"
    "鼠标停在单元格上可见批注。点“位置”栏可跳到该单元格。"
)
LEGEND_QUERIES = (
    "标为“须核实”的（蓝色）：有误的请改正；数据属实的，请在本表“二、逐处列出”中"
    "“核实结果”栏选“属实”，并在“说明”栏写明原因，随本文件一并报回。"
)
_POINTS = 15  # height of a line of text


def list_sheet(listing: Listing, styles: Styles, names: Sequence[str]) -> bytes:
    """Return the list's part; links lead to the sheets whose names the workbook has."""
    queries = any(line.key for line in listing.details)
    widths = WIDTHS + (ANSWER_WIDTHS if queries else ())
    hidden = (len(widths),) if queries else ()
    sheet = NewSheet(widths, hidden, "第 &P 页，共 &N 页")
    legends = [LEGEND] if names else []
    legends += [LEGEND_QUERIES] if queries else []
    _head(sheet, listing, legends)
    _block(sheet, "一、问题汇总", SUMMARY, listing.summary, names)
    answers = (problem_list.RESULT, problem_list.REASON, problem_list.KEY) if queries else ()
    _block(sheet, "二、逐处列出", (*DETAIL, *answers), listing.details, names)
    return sheet.xml(styles)


def _head(sheet: NewSheet, listing: Listing, legends: Sequence[str]) -> None:
    sheet.add([Cell(problem_list.TITLE, TITLE)], 24, wide=True)
    texts = [(text, BOLD) for text in listing.head]
    texts += [(text, PLAIN) for text in [*listing.remarks, *legends]]
    for text, look in texts:
        height = _POINTS * _lines_of(text, sum(WIDTHS)) + 3
        sheet.add([Cell(shown(text), look)], height, wide=True)


def _block(
    sheet: NewSheet,
    title: str,
    headers: Sequence[str],
    lines: Sequence[Line],
    names: Sequence[str],
) -> None:
    sheet.add([], _POINTS)
    sheet.add([Cell(title, BOLD)], _POINTS, wide=True)
    sheet.add([Cell(header, HEAD) for header in headers], _POINTS)
    for line in lines:
        number = sheet.add(
            _cells(line, names, answers=len(headers) > len(line.cells)), _height(line)
        )
        if line.key:
            place = f"{chr(65 + headers.index(problem_list.RESULT))}{number}"
            sheet.choices[place] = (problem_list.TRUE, problem_list.MENDED)


def _cells(line: Line, names: Sequence[str], *, answers: bool) -> list[Cell]:
    cells = []
    for column, value in enumerate(line.cells, 1):
        text = value if isinstance(value, int) else shown(value)
        look = CENTRED if isinstance(value, int) or column == 2 else look_of(value, CELL)
        cells.append(Cell(text, look))
    cells[1] = Cell(cells[1].value, Look(fill=FILLS[line.severity], centred=True))
    sheet = None if line.link is None else sheet_named(names, line.link[0])
    if sheet is not None and line.link is not None:
        cells[4] = Cell(cells[4].value, LINK, linked(sheet, line.link[1]))
    if answers:
        fill = Look(fill=FILLS["query"]) if line.key else CELL
        cells += [Cell(None, fill), Cell(None, fill), Cell(line.key, CELL)]
    return cells


def _height(line: Line) -> float:
    lines = [_lines_of(str(v), w) for v, w in zip(line.cells, WIDTHS, strict=True)]
    return min(_POINTS * max(lines) + 3, 409)


def _lines_of(text: str, width: float) -> int:
    """Return on how many lines a text stands in a column so many half-width characters wide."""
    return sum(1 + _width(part) // max(int(width) - 2, 1) for part in text.split("\n"))


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
