"""The blank form of a ledger kind as a workbook, made from the columns' facts (DESIGN §3, `bulletin blank`)."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from flows.settings import Campaign
from schemas.columns import KIND_NAMES, KINDS, VERSION, Column, Kind
from schemas.forms import FORM_SHEET, KIND_CELL, VERSION_CELL
from schemas.spellings import headers, labels, values

_HEADER_ROW, _FIRST_ROW, _LAST_ROW = (
    2,
    4,
    99_999,
)  # zero-based; the example stands between header and first row
_LISTS_FROM = 3  # the column of the hidden sheet in which the lists begin
_CREATED = datetime(1980, 1, 1)  # a fixed moment, so that the same form has the same bytes
_WIDTHS: Mapping[str, int] = {
    "enterprise": 30,
    "uscc": 22,
    "id": 22,
    "phone": 16,
    "text": 20,
    "name": 12,
    "sex": 8,
    "date": 16,
}
_TEXT_FORMAT = "@"
_FILL, _REQUIRED_FILL, _EXAMPLE_FILL = "#DDEBF7", "#FFF2CC", "#F2F2F2"


def blank_form(kind: Kind, campaign: Campaign) -> bytes:
    """Return a workbook to fill in: title, lines for sender and month, headers with help, lists to choose from, and an example.

    The reader skips the example and the hidden sheet that holds the kind and the schema's version. Same campaign, same bytes.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        book.set_properties({"title": KIND_NAMES[kind], "created": _CREATED})
        page, hidden = book.add_worksheet(KIND_NAMES[kind]), book.add_worksheet(FORM_SHEET)
        hidden.hide()
        hidden.write_column(0, 0, ["kind", "version"])
        hidden.write_string(*KIND_CELL, kind)
        hidden.write_string(*VERSION_CELL, VERSION)
        lists = _Lists(hidden)
        _write_top(book, page, kind, campaign, lists)
        for at, column in enumerate(KINDS[kind], start=1):
            _write_column(book, page, at, column, lists.source(_choices(column, campaign)))
        _lay_out(page, len(KINDS[kind]))
    return buffer.getvalue()


class _Lists:
    """Lists to choose from on the hidden sheet, each in a column of its own: in the cell's own rule 255 characters are the most."""

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


def _choices(column: Column, campaign: Campaign) -> Sequence[str]:
    """Return what may be chosen in a column, nothing where anything may be written."""
    if column.type == "county":
        return [county.name for county in campaign.counties]
    if column.type == "enterprise":
        return [enterprise.name for enterprise in campaign.enterprises]
    return values(column.type).values() if column.type in ("affiliation", "sex", "politics") else ()


def _write_top(book: Any, page: Any, kind: Kind, campaign: Campaign, lists: _Lists) -> None:
    """Write the title, the lines for sender and month, and the running number's column."""
    width = len(KINDS[kind])
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    page.merge_range(0, 0, 0, width, f"{campaign.settings.name}{KIND_NAMES[kind]}", title)
    label = book.add_format({"bold": True, "align": "right"})
    entry = book.add_format({"num_format": _TEXT_FORMAT, "bottom": 1})
    for at, role in ((1, "sender"), (4, "month")):
        page.write_string(1, at, _first_label(role), label)
        page.write_blank(1, at + 1, None, entry)
    senders = [sender.name for sender in campaign.senders if kind in sender.owes]
    if senders:
        page.data_validation(
            1,
            2,
            1,
            2,
            {"validate": "list", "source": lists.source(senders), "error_type": "warning"},
        )
    page.write_comment(1, 5, "如：2022年5月")
    head = book.add_format(
        {"bold": True, "border": 1, "bg_color": _FILL, "align": "center", "valign": "vcenter"}
    )
    page.write_string(_HEADER_ROW, 0, next(iter(headers("ignored").exact)), head)
    mark = book.add_format(
        {"italic": True, "border": 1, "bg_color": _EXAMPLE_FILL, "align": "center"}
    )
    page.write_string(_HEADER_ROW + 1, 0, _first_label("example"), mark)


def _first_label(role: str) -> str:
    return next(text for text, played in labels().exact.items() if played == role)


def _write_column(book: Any, page: Any, at: int, column: Column, source: str | None) -> None:
    """Write a column: its header with help, its format, its rule, and its example."""
    must = column.required and column.type != "date"
    fill = _REQUIRED_FILL if must else _FILL
    head = book.add_format(
        {
            "bold": True,
            "border": 1,
            "bg_color": fill,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
        }
    )
    page.write_string(_HEADER_ROW, at, column.header, head)
    page.write_comment(_HEADER_ROW, at, _help(column, must), {"x_scale": 1.6})
    number_format = {"num_format": _number_format(column)}
    page.set_column(at, at, _WIDTHS.get(column.type, 14), book.add_format(number_format))
    example = book.add_format(
        {**number_format, "italic": True, "border": 1, "bg_color": _EXAMPLE_FILL}
    )
    _write_example(page, at, column, example)
    if (rule := _rule(column, source)) is not None:
        page.data_validation(_FIRST_ROW, at, _LAST_ROW, at, rule)


def _help(column: Column, must: bool) -> str:
    unit = f"，单位：{column.unit}" if column.unit else ""
    return f"{column.help}{unit}。{'必填' if must else '可以不填'}。"


def _number_format(column: Column) -> str:
    if column.type == "count":
        return "0"
    if column.type == "date":
        return "yyyy-mm-dd" if len(str(column.example)) > len("2022-03") else "yyyy-mm"
    return _TEXT_FORMAT


def _write_example(page: Any, at: int, column: Column, form: Any) -> None:
    if column.type == "date":
        text = str(column.example)
        page.write_datetime(
            _HEADER_ROW + 1,
            at,
            date.fromisoformat(text if len(text) > len("2022-03") else f"{text}-01"),
            form,
        )
    elif column.type == "count":
        page.write_number(_HEADER_ROW + 1, at, column.example, form)
    else:
        page.write_string(_HEADER_ROW + 1, at, str(column.example), form)


def _rule(column: Column, source: str | None) -> Mapping[str, Any] | None:
    """Return what may be entered in a column; a name that is not listed is only warned of, it may be a new one."""
    if source is not None:
        kind = "warning" if column.type == "enterprise" else "stop"
        return {
            "validate": "list",
            "source": source,
            "error_type": kind,
            "error_title": column.header,
            "error_message": column.help,
        }
    if column.type == "count":
        return {
            "validate": "integer",
            "criteria": ">=",
            "value": 0,
            "error_title": column.header,
            "error_message": column.help,
        }
    return None


def _lay_out(page: Any, width: int) -> None:
    """Set what stays in view and how the form is printed: landscape A4, one page wide, the header on each page."""
    page.set_default_row(20)
    page.set_row(0, 30)
    page.set_row(_HEADER_ROW, 36)
    page.set_column(0, 0, 8)
    page.freeze_panes(_HEADER_ROW + 1, 2)
    page.hide_gridlines(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER_ROW)
    page.print_area(0, 0, _FIRST_ROW + 40, width)
