"""Workbooks of the old binary format, .xls and .et, by xlrd, or by calamine if xlrd refuses."""

import io
import struct
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Sheet

from flows.steps.model import CellError, CellValue, Percent
from flows.steps.read.formats.calamine import by_calamine
from flows.steps.read.formats.xlsx.contents import duration, moment
from flows.steps.read.formats.xlsx.package import format_style
from flows.steps.read.grid import Grid, GridBuilder, OpenedWorkbook
from schemas.columns import FORM_SHEET

# What xlrd raises on files that are broken, or only strange to it.
_REFUSALS = (
    XLRDError,
    CompDocError,
    AssertionError,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    ArithmeticError,
    EOFError,
)
_FORMULA = 0x0006


def read_xls(data: bytes) -> OpenedWorkbook:
    """Return the sheets of a workbook; raises what `by_calamine` raises if neither can read it."""
    try:
        return _by_xlrd(data)
    except _REFUSALS:
        return by_calamine(data)


def _by_xlrd(data: bytes) -> OpenedWorkbook:
    opened = OpenedWorkbook()
    with xlrd.open_workbook(
        file_contents=data,
        logfile=io.StringIO(),
        formatting_info=True,
        on_demand=True,
        ragged_rows=True,
        ignore_workbook_corruption=True,
    ) as book:
        calculated = _calculated((book.mem or b"")[book.base : book.base + book.stream_len])
        for number, name in enumerate(book.sheet_names()):
            sheet = book.sheet_by_index(number)
            if sheet.visibility:
                opened.hidden.append(name)
            if not sheet.visibility or name == FORM_SHEET:
                grid = _grid(book, sheet, calculated)
                opened.add(grid, hidden=bool(sheet.visibility))
            book.unload_sheet(number)
    return opened


def _grid(book: Book, sheet: Sheet, calculated: bool) -> Grid:
    builder = GridBuilder(sheet.name)
    date1904 = book.datemode == 1
    percents, struck = _styles(book)
    struck_cells = []
    for row in range(sheet.nrows):
        cells: Iterable[tuple[int, Any]] = zip(
            sheet.row_types(row), sheet.row_values(row), strict=True
        )
        for column, (kind, value) in enumerate(cells):
            if kind == xlrd.XL_CELL_DATE:
                builder.put(
                    row, column, _time(book, sheet.cell_xf_index(row, column), value, date1904)
                )
            elif kind == xlrd.XL_CELL_NUMBER and sheet.cell_xf_index(row, column) in percents:
                builder.put(row, column, Percent(value))
            else:
                builder.put(row, column, _value(kind, value, calculated))
            if struck and kind and sheet.cell_xf_index(row, column) in struck:
                struck_cells.append((row, column))
    builder.spans += [
        (top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells
    ]
    return replace(builder.grid(date1904), struck=frozenset(struck_cells), _cache={})


def _styles(book: Book) -> tuple[set[int], set[int]]:
    """Return the cell styles that show per cent, and those that strike the text through."""
    percents, struck = set(), set()
    for number, style in enumerate(book.xf_list):
        number_format = book.format_map.get(style.format_key)
        if number_format is not None and format_style(number_format.format_str) == "percent":
            percents.add(number)
        if book.font_list[style.font_index].struck_out:
            struck.add(number)
    return percents, struck


def _time(book: Book, style: int, value: float, date1904: bool) -> CellValue:
    """Return the date or the time span that a number shows in its cell's format."""
    number_format = book.format_map[book.xf_list[style].format_key]
    if format_style(number_format.format_str) == "duration":
        return duration(value)
    return moment(value, date1904=date1904)


def _value(kind: int, value: Any, calculated: bool) -> CellValue:
    """Return a cell's value (Any: xlrd tells its type by `kind`).

    An empty text is a formula's result, and a missing one if no formula has been calculated.
    """
    if kind == xlrd.XL_CELL_TEXT:
        return value if value or calculated else CellError("", uncalculated=True)
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return (
        CellError(xlrd.error_text_from_code.get(value, "#VALUE!"))
        if kind == xlrd.XL_CELL_ERROR
        else None
    )


def _calculated(stream: bytes) -> bool:
    """Return whether any formula has a result other than an empty text ([MS-XLS] 2.4.127, 2.5.133).

    Libraries that do not calculate a formula give it an empty text, as Excel does for ="".
    """
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FORMULA and length >= 14:
            result = stream[at + 10 : at + 18]
            if result[0] != 3 or result[6:] != b"\xff\xff":
                return True
        at += 4 + length
    return False
