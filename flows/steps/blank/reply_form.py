"""反馈表.xlsx: a row for each open item of a unit, in which only the answers can be typed."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from flows.steps.blank.cell_formats import LOCKED_FILL, TYPED_HEAD, CellFormats
from flows.steps.model import SupervisionLine, SupervisionNotice
from flows.steps.months import Month, in_words
from schemas.columns import (
    FORM_SHEET,
    KIND_CELL,
    MONTH_CELL,
    SENDER_CELL,
    VERSION,
    VERSION_CELL,
)
from schemas.reply_form import ANSWERS, HEADERS, KIND, SHEET, STATE, STATES

_TITLE, _TOP, _HEADER = range(3)  # zero-based rows
_WIDTHS = (20, 18, 34, 14, 16, 14, 40)
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_CREATED = datetime(1980, 1, 1)  # a fixed moment, so that the same items have the same bytes


def reply_form(notice: SupervisionNotice) -> bytes:
    """Return the form of a notice's open items: locked but for the answers, numbers hidden too."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, dict(_OPTIONS)) as book:
        book.set_properties({"title": f"督办{SHEET}", "created": _CREATED})
        _write_form(book, notice)
        _write_facts(book, notice)
    return buffer.getvalue()


def _write_form(book: Any, notice: SupervisionNotice) -> None:
    looks, sheet = CellFormats(book), book.add_worksheet(SHEET)
    last = len(HEADERS) - 1
    title = looks(font_name="方正小标宋简体", font_size=18, align="center", valign="vcenter")
    sheet.merge_range(_TITLE, 0, _TITLE, last, f"督办事项{SHEET}", title)
    sheet.set_row(_TITLE, 36)
    unit = f"反馈单位（盖章）：{notice.unit}　　　请填写空白各格，于完成时限前报回本表"
    sheet.merge_range(_TOP, 0, _TOP, last, unit, looks(valign="vcenter"))
    sheet.set_row(_TOP, 22)
    head = looks(bold=True, border=1, align="center", valign="vcenter", bg_color=TYPED_HEAD)
    for column, (name, width) in enumerate(zip(HEADERS, _WIDTHS, strict=True)):
        sheet.write_string(_HEADER, column, name, head)
        sheet.set_column(column, column, width)
    sheet.set_row(_HEADER, 26)
    for row, line in enumerate(notice.open, start=_HEADER + 1):
        _write_line(sheet, looks, row, line)
    states = HEADERS.index(STATE)
    end = _HEADER + len(notice.open)
    choice = {"validate": "list", "source": list(STATES), "error_type": "warning"}
    sheet.data_validation(_HEADER + 1, states, end, states, choice)
    sheet.protect("", {"format_rows": True, "format_columns": True})
    _lay_out(sheet, end, last)


def _write_line(sheet: Any, looks: CellFormats, row: int, line: SupervisionLine) -> None:
    common = {"border": 1, "text_wrap": True, "valign": "vcenter"}
    locked = looks(bg_color=LOCKED_FILL, **common)
    typed = looks(locked=False, num_format="@", **common)
    texts = _texts(line)
    for column, name in enumerate(HEADERS):
        look = typed if name in ANSWERS else locked
        if texts[column]:
            sheet.write_string(row, column, texts[column], look)
        else:
            sheet.write_blank(row, column, None, look)
    sheet.set_row(row, 64)


def _texts(line: SupervisionLine) -> Sequence[str]:
    issued = line.item.issued
    demand = f"{issued.measure}{issued.target}"
    return (line.item.number, issued.matter, demand, "", in_words(line.item.due), "", "")


def _lay_out(sheet: Any, end: int, last: int) -> None:
    sheet.freeze_panes(_HEADER + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.repeat_rows(_HEADER)
    sheet.print_area(0, 0, end, last)


def _write_facts(book: Any, notice: SupervisionNotice) -> None:
    """Write on a hidden sheet what the form is, whose, and the numbers that it was sent with."""
    sheet = book.add_worksheet(FORM_SHEET)
    sheet.hide()
    facts = {
        KIND_CELL: KIND,
        VERSION_CELL: VERSION,
        MONTH_CELL: str(Month.parse(notice.month)),
        SENDER_CELL: notice.unit,
    }
    for cell, value in facts.items():
        sheet.write_string(*cell, value)
    for row, line in enumerate(notice.open):
        sheet.write_string(row, SENDER_CELL[1] + 1, line.item.number)
