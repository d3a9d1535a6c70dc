"""A copy of a workbook template with its faults: listed in front, commented in their cells."""

import re
from collections.abc import Sequence

from flows.steps.feedback.looks import BOLD, CELL, COLOURS, HEAD, TITLE, WRONG, shown
from flows.steps.feedback.workbook.mark import Mark, Marks, Unmarkable, marked_workbook
from flows.steps.feedback.workbook.new_sheet import Cell, NewSheet
from flows.steps.feedback.workbook.styles import Styles
from flows.steps.model import UserError
from flows.steps.render.tags import TemplateFault
from schemas.problem_list import SHEET

LISTED = "模板问题清单"  # in the first cell of the sheet in front
_HEADS, _WIDTHS = ("序号", "位置", "问题", "原文"), (6, 22, 70, 50)
_LINE = 15  # height in points
_PLACE = re.compile(r"“(.*)”([A-Z]{1,3}\d+)")


def marked_template(name: str, content: bytes, faults: Sequence[TemplateFault]) -> bytes:
    """Return the copy; raises UserError for a workbook that cannot be edited."""
    cells: dict[str, dict[str, list[Mark]]] = {}
    for fault in faults:
        place = _PLACE.fullmatch(fault.where)
        if place:
            marks = cells.setdefault(place[1], {}).setdefault(place[2], [])
            marks.append(Mark(WRONG, shown(f"{fault.message}。")))

    def front(styles: Styles, names: Sequence[str]) -> bytes:
        return _list(faults).xml(styles)

    copy = marked_workbook(content, Marks(cells, COLOURS), SHEET, LISTED, front)
    if isinstance(copy, Unmarkable):
        raise UserError(f"{copy.reason}，“{name}”的问题没有标在副本上，请按上面列出的改正")
    return copy


def _list(faults: Sequence[TemplateFault]) -> NewSheet:
    sheet = NewSheet(_WIDTHS, footer="第 &P 页，共 &N 页")
    sheet.add([Cell(LISTED, TITLE)], 24, wide=True)
    sheet.add([Cell(f"共 {len(faults)} 处，改好后再检查一次", BOLD)], _LINE, wide=True)
    sheet.add([Cell(head, HEAD) for head in _HEADS], _LINE)
    for number, fault in enumerate(faults, 1):
        texts = (fault.where, f"{fault.message}。", fault.text)
        height = _LINE * max(1 + len(t) * 2 // w for t, w in zip(texts, _WIDTHS[1:], strict=True))
        sheet.add([Cell(number, CELL), *(Cell(shown(text), CELL) for text in texts)], height)
    return sheet
