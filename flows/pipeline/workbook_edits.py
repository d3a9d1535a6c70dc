"""A workbook that the office edited by hand: what its cells say now that the program printed."""

import io
from collections.abc import Mapping

from python_calamine import CalamineError, CalamineWorkbook

from flows.steps.model import UserError, address

LISTED = 8  # cells named in a note
Cells = Mapping[tuple[str, int, int], str]  # what is shown, by sheet, row and column from 0


def workbook_notes(printed: bytes, edited: bytes, path: str) -> list[str]:
    """Return the cells that no longer say what the program printed in them.

    What formulas come to is not compared: the program prints no results. Raises UserError if the
    edited file is no workbook.
    """
    before, after = _cells(printed, path), _cells(edited, path)
    changed = [place for place, text in before.items() if after.get(place, "") != text]
    notes = [
        f"“{sheet}”{address(row + 1, column)}：编制时为{before[sheet, row, column]}，"
        f"现为{after.get((sheet, row, column), '') or '空'}"
        for sheet, row, column in changed[:LISTED]
    ]
    return [*notes, f"共{len(changed)}格有改动，其余请核对"] if len(changed) > LISTED else notes


def _cells(content: bytes, path: str) -> Cells:
    """Return the cells with something in them."""
    cells: dict[tuple[str, int, int], str] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, row in enumerate(rows):
                filled = ((column, _shown(value)) for column, value in enumerate(row))
                cells |= {(name, number, column): text for column, text in filled if text}
    except CalamineError as error:
        remedy = "请用 Excel 或 WPS 重新保存"
        raise UserError(f"草稿“{path}”不是 Excel 工作簿，没有登记印发。{remedy}") from error
    return cells


def _shown(value: object) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)
