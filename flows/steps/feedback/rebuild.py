"""New workbooks: of sheets in other formats, and of the faulty rows of very large rosters."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl.styles import numbers
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from flows.steps.feedback.looks import BOLD, FILLS, GRID, HEAD, WRAPPED, put
from flows.steps.feedback.mark import sheet_named
from flows.steps.feedback.sent import Sent
from flows.steps.model import CellError, Failure, Grid, column_letters
from schemas.rules import RULES

FAULTY = "有误的行"
LEADING = 3  # columns of ours before the row's own
MOST_ROWS = 20_000  # faulty rows written out; the list counts them all
LONGEST_TITLE = 31  # characters of a sheet's name in Excel
_WIDTH = 16


def rebuild(book: Any, grids: Sequence[Grid]) -> dict[str, str]:
    """Fill an empty workbook with the values of sheets; return their new names by the old ones."""
    names: dict[str, str] = {}
    for grid in grids:
        page = book.create_sheet(_title(grid.sheet, book.sheetnames))
        names[grid.sheet] = page.title
        for row in range(grid.height):
            _row(page, row + 1, 1, grid.row(row))
        for top, left, bottom, right in grid.spans:
            page.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        page.sheet_format.defaultColWidth = _WIDTH
    return names


def add_faulty_rows(book: Any, sent: Sent) -> None:
    """Add a sheet with the faulty rows of a file: sheet, row number, what is wrong, the cells."""
    page = book.create_sheet(FAULTY)
    grids = {grid.sheet: grid for grid in sent.grids()}
    heads = list(_header_rows(sent))
    by_row: dict[tuple[str, int], list[Failure]] = {}
    for failure in dict.fromkeys(sent.failures):
        sheet = sheet_named(list(grids), failure.sheet)
        if sheet in grids and failure.row is not None:
            by_row.setdefault((sheet, failure.row), []).append(failure)
    places = sorted(set(by_row) | {head for head in heads if head[0] in grids})[
        : MOST_ROWS + len(heads)
    ]
    widest = 0
    for at, (sheet, row) in enumerate(places, 2):
        cells = grids[sheet].row(row - 1)
        widest = max(widest, len(cells))
        _faulty_row(page, at, cells, (sheet, row), by_row.get((sheet, row), []))
    for column, text in enumerate(
        ("工作表", "原行号", "问题", *map(column_letters, range(widest))), 1
    ):
        cell = page.cell(1, column, text)
        cell.font, cell.fill, cell.border = BOLD, HEAD, GRID
    page.sheet_format.defaultColWidth = _WIDTH
    page.column_dimensions["C"].width = 60
    page.freeze_panes = "D2"


def _faulty_row(
    page: Any, at: int, cells: Sequence[Any], place: tuple[str, int], failures: Sequence[Failure]
) -> None:
    said = (
        "；".join(
            dict.fromkeys(
                f"{f.cell or ''} {RULES[f.code].title}：{f.message}".strip() for f in failures
            )
        )
        or "（表头）"
    )
    _row(page, at, 1, [*place, said, *cells])
    page.cell(at, 3).alignment = WRAPPED
    columns = {
        failure.cell: failure
        for failure in sorted(failures, key=lambda f: f.severity != "note")
        if failure.cell
    }
    for cell, failure in columns.items():
        letters, row = coordinate_from_string(cell)
        if row == place[1]:
            page.cell(at, column_index_from_string(letters) + LEADING).fill = FILLS[
                failure.severity
            ]


def _header_rows(sent: Sent) -> Iterator[tuple[str, int]]:
    for ledger in sent.ledgers:
        yield from ((table.sheet, table.header_row) for table in ledger.tables)


def _row(page: Any, row: int, first: int, cells: Sequence[Any]) -> None:
    for column, value in enumerate(cells, first):
        if value is None:
            continue
        cell = page.cell(row, column)
        put(cell, value.text if isinstance(value, CellError) else value)
        if isinstance(value, date):
            cell.number_format = numbers.FORMAT_DATE_YYYYMMDD2


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
