"""The blank form of a ledger kind: a workbook made from the schema's columns (DESIGN §3)."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from flows.settings import Campaign
from flows.steps.blank.cell_formats import FAULT, number_format
from flows.steps.blank.form_content import label_of
from flows.steps.blank.live_checks import own_checks, wrong_citizen_id, wrong_uscc
from schemas.columns import (
    FORM_SHEET,
    KIND_CELL,
    KIND_NAMES,
    VERSION,
    VERSION_CELL,
)
from schemas.definition import Column, Definition, Kind
from schemas.spellings import ignored

# Zero-based; the example stands between the header and the first row.
_HEADER_ROW, _EXAMPLE_ROW, _FIRST_ROW, _LAST_ROW = 2, 3, 4, 99_999
_LISTS_FROM = 3  # the column of the hidden sheet in which the lists begin
_CREATED = datetime(1980, 1, 1)  # a fixed moment, so that the same form has the same bytes
_WIDTHS: Mapping[str, int] = {
    "enterprise": 30,
    "uscc": 22,
    "id": 22,
    "phone": 16,
    "text": 20,
    "name": 12,
    "date": 16,
}
_TEXT_FORMAT = "@"
_WRONG = {"id": wrong_citizen_id, "uscc": wrong_uscc}  # the formula of a wrong cell, by type
_HEAD = {"bold": True, "border": 1, "align": "center", "valign": "vcenter"}
_FILL, _REQUIRED_FILL, _EXAMPLE_FILL = "#DDEBF7", "#FFF2CC", "#F2F2F2"


def blank_form(kind: Kind, campaign: Campaign) -> bytes:
    """Return a workbook to fill in: title, sender, month, headers with help, drop-downs, example.

    The reader skips the example and the hidden sheet that holds the kind and the schema's version.
    The same campaign gives the same bytes.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        book.set_properties({"title": KIND_NAMES[kind], "created": _CREATED})
        form = book.add_worksheet(KIND_NAMES[kind])
        hidden = book.add_worksheet(FORM_SHEET)
        hidden.hide()
        hidden.write_column(0, 0, ["kind", "version"])
        hidden.write_string(*KIND_CELL, kind)
        hidden.write_string(*VERSION_CELL, VERSION)
        lists = _Lists(hidden)
        _write_top(book, form, kind, campaign, lists)
        columns = campaign.definition.kinds[kind]
        for position, column in enumerate(columns, start=1):
            source = lists.source(_choices(column, campaign))
            _write_column(book, form, position, column, source)
        _write_own_checks(book, form, columns, campaign.definition)
        _lay_out(form, len(columns))
    return buffer.getvalue()


class _Lists:
    """Drop-down lists on the hidden sheet, one a column: a rule itself holds 255 characters."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._next = sheet, _LISTS_FROM

    def source(self, choices: Sequence[str]) -> str | None:
        """Return the reference of a list that is now on the sheet, None for an empty one."""
        if not choices:
            return None
        self._sheet.write_column(0, self._next, choices)
        column = xlsxwriter.utility.xl_col_to_name(self._next)
        self._next += 1
        return f"='{FORM_SHEET}'!${column}$1:${column}${len(choices)}"


def _width(column: Column) -> int:
    """Return a column's width in characters; one of short choices needs little."""
    short = column.choices and max(map(len, column.choices)) <= 2
    return 8 if short else _WIDTHS.get(column.type, 14)


def _choices(column: Column, campaign: Campaign) -> Sequence[str]:
    """Return what may be chosen in a column, nothing if anything may be written."""
    if column.type == "county":
        return [county.name for county in campaign.counties]
    if column.type == "enterprise":
        return [enterprise.name for enterprise in campaign.enterprises]
    return column.choices


def _write_top(book: Any, form: Any, kind: Kind, campaign: Campaign, lists: _Lists) -> None:
    """Write the title, the lines for sender and month, and the running number's column."""
    width = len(campaign.definition.kinds[kind])
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    form.merge_range(0, 0, 0, width, f"{campaign.settings.name}{KIND_NAMES[kind]}", title)
    label = book.add_format({"bold": True, "align": "right"})
    entry = book.add_format({"num_format": _TEXT_FORMAT, "bottom": 1})
    for position, role in ((1, "sender"), (4, "month")):
        form.write_string(1, position, label_of(role), label)
        form.write_blank(1, position + 1, None, entry)
    senders = [sender.name for sender in campaign.senders if kind in sender.owes]
    if senders:
        source = lists.source(senders)
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        form.data_validation(1, 2, 1, 2, rule)
    form.write_comment(1, 5, "如：2022年5月")
    head = book.add_format({**_HEAD, "bg_color": _FILL})
    form.write_string(_HEADER_ROW, 0, next(iter(ignored().exact)), head)
    mark = book.add_format(
        {"italic": True, "border": 1, "bg_color": _EXAMPLE_FILL, "align": "center"}
    )
    form.write_string(_EXAMPLE_ROW, 0, label_of("example"), mark)


def _write_column(book: Any, form: Any, position: int, column: Column, source: str | None) -> None:
    """Write a column: its header with help, its format, its rule, and its example."""
    required = column.required and column.type != "date"
    fill = _REQUIRED_FILL if required else _FILL
    head = book.add_format({**_HEAD, "bg_color": fill, "text_wrap": True})
    form.write_string(_HEADER_ROW, position, column.header, head)
    form.write_comment(_HEADER_ROW, position, _help(column, required), {"x_scale": 1.6})
    shown = {"num_format": number_format(column)}
    form.set_column(position, position, _width(column), book.add_format(shown))
    look = {"italic": True, "border": 1, "bg_color": _EXAMPLE_FILL}
    _write_example(form, position, column, book.add_format({**shown, **look}))
    if (rule := _rule(column, source, position)) is not None:
        form.data_validation(_FIRST_ROW, position, _LAST_ROW, position, rule)
    if column.type in _WRONG:
        wrong = {"type": "formula", "criteria": _wrong(column, position)}
        red = {"format": book.add_format(FAULT)}
        form.conditional_format(_FIRST_ROW, position, _LAST_ROW, position, {**wrong, **red})


def _write_own_checks(
    book: Any, form: Any, columns: Sequence[Column], definition: Definition
) -> None:
    """Let the cell to be mended turn red where one of the office's own checks is broken."""
    at = {column.name: position for position, column in enumerate(columns, start=1)}
    cells = {name: f"${xl_col_to_name(place)}{_FIRST_ROW + 1}" for name, place in at.items()}
    for check in own_checks(columns, definition, cells):
        place, red = at[check.field], book.add_format(FAULT)
        rule = {"type": "formula", "criteria": f"={check.broken}", "format": red}
        form.conditional_format(_FIRST_ROW, place, _LAST_ROW, place, rule)


def _help(column: Column, required: bool) -> str:
    unit = f"，单位：{column.unit}" if column.unit else ""
    return f"{column.help}{unit}。{'必填' if required else '可以不填'}。"


def _write_example(form: Any, position: int, column: Column, look: Any) -> None:
    if not str(column.example):
        form.write_blank(_EXAMPLE_ROW, position, None, look)
    elif column.type == "date":
        text = str(column.example)
        day = date.fromisoformat(text if len(text) > len("2022-03") else f"{text}-01")
        form.write_datetime(_EXAMPLE_ROW, position, day, look)
    elif column.is_number:
        form.write_number(_EXAMPLE_ROW, position, Decimal(column.example), look)
    else:
        form.write_string(_EXAMPLE_ROW, position, str(column.example), look)


def _wrong(column: Column, position: int) -> str:
    """Return the formula that is true for a code or number whose check digit is wrong."""
    return "=" + _WRONG[column.type](f"{xl_col_to_name(position)}{_FIRST_ROW + 1}")


def _rule(column: Column, source: str | None, position: int) -> Mapping[str, Any] | None:
    """Return what may be entered in a column.

    An enterprise that is not listed gets a warning only: it may be a new one.
    """
    said = {"error_title": column.header, "error_message": column.help}
    if source is not None:
        severity = "warning" if column.type == "enterprise" else "stop"
        return {"validate": "list", "source": source, "error_type": severity, **said}
    if column.is_number:
        kind = "decimal" if column.decimals else "integer"
        return {"validate": kind, "criteria": ">=", "value": 0, **said}
    if column.type == "id":
        said["error_message"] = "身份证号的位数或末位校验码不对，请核对"
        right = f"=NOT({_wrong(column, position)[1:]})"
        return {"validate": "custom", "value": right, "error_type": "warning", **said}
    return None


def _lay_out(form: Any, width: int) -> None:
    """Freeze the header, and print on landscape A4, one page wide, the header on each page."""
    form.set_default_row(20)
    form.set_row(0, 30)
    form.set_row(_HEADER_ROW, 36)
    form.set_column(0, 0, 8)
    form.freeze_panes(_EXAMPLE_ROW, 2)
    form.hide_gridlines(0)
    form.set_landscape()
    form.set_paper(9)
    form.fit_to_pages(1, 0)
    form.repeat_rows(_HEADER_ROW)
    form.print_area(0, 0, _FIRST_ROW + 40, width)
