"""New workbooks: of sheets in other formats, and of the faulty rows of very large ones."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange

from flows.steps.feedback.looks import FILLS, shown
from flows.steps.feedback.sent import Sent
from flows.steps.feedback.workbook.parts import sheet_named
from flows.steps.feedback.workbook.tags import cell_places
from flows.steps.model import CellError, Failure, Grid, column_letters
from flows.steps.ooxml import FIXED_DATE, write_parts
from schemas.rules import RULES

FAULTY = "有误的行"
LEADING = 3  # columns of ours before the row's own
MOST_ROWS = 20_000  # faulty rows written out; the list counts them all
LONGEST_TITLE = 31  # characters of a sheet's name in Excel
_WIDTH = 16
_OPTIONS = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
_HEAD = {"bold": True, "border": 1, "bg_color": "#D9D9D9"}
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_EMPTY = (
    (
        "[Content_Types].xml",
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN_TYPE}"/></Types>',
    ),
    (
        "_rels/.rels",
        f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    ),
    (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}"><bookViews><workbookView/></bookViews><sheets/></workbook>',
    ),
)


def empty_workbook() -> bytes:
    """Return a workbook without a sheet, in front of which one is put."""
    return write_parts(_EMPTY)


def rebuilt(grids: Sequence[Grid]) -> tuple[bytes, Mapping[str, str]]:
    """Return a workbook with the values of sheets, and the sheets' names in it by their own."""
    buffer = io.BytesIO()
    names: dict[str, str] = {}
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": FIXED_DATE})
        for grid in grids:
            names[grid.sheet] = _title(grid.sheet, list(names.values()))
            worksheet = book.add_worksheet(names[grid.sheet])
            worksheet.set_column(0, 0x3FFF, _WIDTH)
            for row in range(grid.height):
                _write_row(worksheet, row, 0, grid.row(row))
            _merge(worksheet, grid)
    return buffer.getvalue(), names


def _merge(worksheet: Any, grid: Grid) -> None:
    """Merge the areas of a sheet; of two that overlap the first one stands."""
    for top, left, bottom, right in grid.spans:
        if (top, left) == (bottom, right):
            continue
        with suppress(OverlappingRange):
            worksheet.merge_range(top, left, bottom, right, "")
        cells = grid.row(top) if top < grid.height else []
        _write_row(worksheet, top, left, cells[left : left + 1])


def faulty_rows(sent: Sent) -> bytes:
    """Return a workbook of the faulty rows: sheet, row number, what is wrong, the cells."""
    grids = {grid.sheet: grid for grid in sent.grids()}
    heads = [head for head in _header_rows(sent) if head[0] in grids]
    by_row: dict[tuple[str, int], list[Failure]] = {}
    for failure in dict.fromkeys(sent.failures):
        sheet = sheet_named(list(grids), failure.sheet)
        if sheet in grids and failure.row is not None:
            by_row.setdefault((sheet, failure.row), []).append(failure)
    places = sorted({*by_row, *heads})[: MOST_ROWS + len(heads)]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": FIXED_DATE})
        worksheet = book.add_worksheet(FAULTY)
        worksheet.set_column(0, 0x3FFF, _WIDTH)
        worksheet.set_column(2, 2, 60)
        worksheet.freeze_panes(1, LEADING)
        fills = {
            severity: book.add_format({"bg_color": f"#{colour[2:]}"})
            for severity, colour in FILLS.items()
        }
        widest = 0
        for number, place in enumerate(places, 1):
            cells = grids[place[0]].row(place[1] - 1)
            widest = max(widest, len(cells))
            _write_faulty(worksheet, number, place, cells, by_row.get(place, []), fills)
        head = ("工作表", "原行号", "问题", *map(column_letters, range(widest)))
        worksheet.write_row(0, 0, head, book.add_format(_HEAD))
    return buffer.getvalue()


def _write_faulty(
    worksheet: Any,
    number: int,
    place: tuple[str, int],
    cells: Sequence[Any],
    failures: Sequence[Failure],
    fills: Mapping[str, Any],
) -> None:
    texts = [f"{f.cell or ''} {RULES[f.code].title}：{f.message}".strip() for f in failures]
    _write_row(
        worksheet, number, 0, [*place, "；".join(dict.fromkeys(texts)) or "（表头）", *cells]
    )
    for failure in sorted(failures, key=lambda f: f.severity != "note"):
        for row, column in cell_places([failure.cell or ""]).values():
            if row == place[1]:
                value = cells[column - 1] if column <= len(cells) else None
                _write(worksheet, number, column - 1 + LEADING, value, fills[failure.severity])


def _header_rows(sent: Sent) -> Iterator[tuple[str, int]]:
    for ledger in sent.ledgers:
        yield from ((table.sheet, table.header_row) for table in ledger.tables)


def _write_row(worksheet: Any, row: int, first: int, cells: Sequence[Any]) -> None:
    for column, value in enumerate(cells, first):
        if value is not None:
            _write(worksheet, row, column, value)


def _write(worksheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
    """Write a value; a text stays a text, also one that begins with =."""
    plain = value.text if isinstance(value, CellError) else value
    if plain is None:
        worksheet.write_blank(row, column, None, look)
    elif isinstance(plain, str):
        worksheet.write_string(row, column, shown(plain), look)
    elif isinstance(plain, date | datetime):
        worksheet.write_datetime(row, column, plain, look)
    else:
        worksheet.write(row, column, plain, look)


def _title(name: str, taken: Sequence[str]) -> str:
    """Return a name that a sheet can have: without forbidden characters, short enough, unique."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", name).strip("'")[:LONGEST_TITLE] or "Sheet1"
    lower = {other.lower() for other in taken}
    if plain.lower() not in lower:
        return plain
    return next(
        title
        for i in range(2, len(taken) + 3)
        if (title := f"{plain[: LONGEST_TITLE - 4]}（{i}）").lower() not in lower
    )
