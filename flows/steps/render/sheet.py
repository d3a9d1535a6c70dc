"""The workbook behind a chart: one sheet; its first row and column are headings."""

import io
from collections.abc import Sequence
from functools import cache

import xlsxwriter
from markupsafe import escape

from flows.steps.ooxml import FIXED_DATE, read_parts, write_parts
from flows.steps.render.language import clean

SHEET = "Sheet1"
_SHEET_PART = "xl/worksheets/sheet1.xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RATE_STYLE = 1  # of the only format that _frame adds


def column(number: int) -> str:
    """Return the letter of a column from 0 to 25."""
    return chr(65 + number)


def chart_workbook(rows: Sequence[Sequence[str | float | None]]) -> bytes:
    """Return the workbook of some rows; None leaves a cell empty, numbers are shown as percentages.

    Only the sheet is written here: XlsxWriter takes four times as long for a whole workbook, and
    a run writes hundreds of them that differ in nothing else.
    """
    lines = "".join(_row(number, row) for number, row in enumerate(rows, 1))
    sheet = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    return write_parts([(_SHEET_PART, sheet)], _frame())


@cache
def _frame() -> bytes:
    """Return a workbook without the part of its sheet."""
    buffer = io.BytesIO()
    font = {"font_name": "宋体"}
    options = {"in_memory": True, "default_format_properties": font}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": FIXED_DATE})
        rate = book.add_format({"num_format": "0.00%", **font})
        book.add_worksheet(SHEET).write_number(0, 0, 0, rate)
    parts = read_parts(buffer.getvalue())
    return write_parts((name, part) for name, part in parts.items() if name != _SHEET_PART)


def _row(number: int, values: Sequence[str | float | None]) -> str:
    cells = "".join(_cell(f"{column(c)}{number}", value) for c, value in enumerate(values))
    return f'<row r="{number}">{cells}</row>'


def _cell(reference: str, value: str | float | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = f'<t xml:space="preserve">{escape(clean(value))}</t>'
        return f'<c r="{reference}" t="inlineStr"><is>{text}</is></c>'
    return f'<c r="{reference}" s="{_RATE_STYLE}"><v>{value!r}</v></c>'
