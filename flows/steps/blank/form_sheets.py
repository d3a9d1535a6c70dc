"""The sheets beside an own form's table: last month's problems, and the form's facts (hidden)."""

from typing import Any

from flows.steps.blank.form_content import OwnForm, choices
from schemas.columns import (
    FORM_SHEET,
    KIND_CELL,
    MONTH_CELL,
    PROBLEMS_SHEET,
    SENDER_CELL,
    VERSION,
    VERSION_CELL,
)

LISTS_FROM = 3  # the column of the hidden sheet in which the lists begin
_HEADS = (("位置", 16), ("问题说明", 50), ("修改意见", 50), ("核实说明", 30))


def write_problems(book: Any, form: OwnForm) -> None:
    """Write what is still open of last month's ledger."""
    sheet = book.add_worksheet(PROBLEMS_SHEET)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7"})
    wrap = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for index, (title, width) in enumerate(_HEADS):
        sheet.write_string(0, index, title, head)
        sheet.set_column(index, index, width)
    for line, problem in enumerate(form.problems, start=1):
        texts = (problem.place, problem.message, problem.remedy, problem.answer)
        for index, text in enumerate(texts):
            sheet.write_string(line, index, text, wrap)


def write_facts(book: Any, form: OwnForm) -> None:
    """Write what the form is, and the drop-down lists, on a hidden sheet."""
    sheet = book.add_worksheet(FORM_SHEET)
    sheet.hide()
    sheet.write_column(0, 0, ["kind", "version", "month", "sender"])
    facts = {
        KIND_CELL: "progress",
        VERSION_CELL: VERSION,
        MONTH_CELL: str(form.month),
        SENDER_CELL: form.sender,
    }
    for cell, value in facts.items():
        sheet.write_string(*cell, value)
    for offset, column in enumerate(form.definition.progress, start=LISTS_FROM):
        sheet.write_column(0, offset, choices(form, column))


def lay_out(sheet: Any, title: int, header: int, last: int, columns: tuple[int, int]) -> None:
    """Lock what is not to be typed (no password), and make the sheet ready to be printed.

    `columns` are the last to stay in view and the last to be printed, `last` is the last row.
    """
    allowed = ("insert_rows", "format_cells", "format_columns", "sort", "autofilter")
    sheet.protect("", dict.fromkeys(allowed, True))
    sheet.set_column(columns[1], columns[1], 28)
    lay_out_pages(sheet, title, header, last, columns)


def lay_out_pages(sheet: Any, title: int, header: int, last: int, columns: tuple[int, int]) -> None:
    """Set the heights of rows, freeze the header, print on landscape A4, one page wide."""
    frozen, widest = columns
    sheet.set_default_row(20)
    sheet.set_row(title, 30)
    sheet.set_row(header, 48)
    sheet.freeze_panes(header + 1, frozen + 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, last, widest)
