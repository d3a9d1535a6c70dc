"""Small Excel templates made for tests, filled in, and what the cells of a workbook hold."""

import io
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from openpyxl import Workbook, load_workbook

from flows.steps.model import Field, Record
from flows.steps.render.templates import prepare

Rows = Sequence[Sequence[object]]


def record(**values: Any) -> Record:
    """Return a record of fixed values."""
    return Record({name: Field(name, "", "", itemgetter(name)) for name in values}, values)


def book(
    rows: Rows, more: Callable[[Any], None] = lambda _: None, formats: Mapping[str, str] = {}
) -> bytes:
    """Return a workbook with a sheet 表; `more` adds to the sheet, `formats` are those of cells."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "表"
    made.properties.creator = None
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value  # type: ignore[assignment]  # any value of a cell
    for cell, code in formats.items():
        sheet[cell].number_format = code
    more(sheet)
    return saved(made)


def saved(made: Workbook) -> bytes:
    """Return a workbook's bytes."""
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def filled(template: bytes, **values: Any) -> bytes:
    """Return what a template gives with some values."""
    return prepare("表.xlsx", template).filled(record(**values), {})


def opened(content: bytes) -> Any:
    """Return the sheet 表 of a workbook."""
    return load_workbook(io.BytesIO(content), rich_text=True)["表"]


def cells(content: bytes) -> list[list[Any]]:
    """Return what the cells of the sheet 表 hold, empty ones at the end of a row left out."""
    rows = [[cell.value for cell in row] for row in opened(content).iter_rows()]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    return rows


FOR, END = ["{%tr for 县 in 各县 %}"], ["{%tr endfor %}"]


def counties(*numbers: Any) -> tuple[Record, ...]:
    """Return a county for each number: 甲县, 乙县 and so on."""
    return tuple(record(名称=f"{n}县", 数=v) for n, v in zip("甲乙丙丁戊", numbers, strict=False))
