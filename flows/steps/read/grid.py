"""A sheet's cells, whatever file they come from: only those that hold something, each different value kept once.

A cell far away from all others costs what any cell costs: nothing here is as large as the rectangle around the cells.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.steps.model import EncodedColumn
from flows.steps.read.factors import factorize

Span = tuple[
    int, int, int, int
]  # first row, first column, last row, last column; zero-based, inclusive
_MOST_COLUMNS = 2**14
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Grid:
    """A sheet: rows and columns are zero-based; a cell without a value of its own is an CellError.

    `rows`, `columns` and `codes` have an entry a filled cell, row by row from left to right; `values[code]` is what stands in it,
    code 0 being the empty cell. `spans` are the merged cells.
    """

    sheet: str
    rows: Ints
    columns: Ints
    codes: Ints
    values: Sequence[Any]
    spans: Sequence[Span] = ()
    date1904: bool = False
    _cache: dict[int, tuple[Ints, EncodedColumn]] = field(default_factory=dict, repr=False)

    @cached_property
    def height(self) -> int:
        """Return the number of rows down to the last one that holds something."""
        return int(self.rows[-1]) + 1 if len(self.rows) else 0

    @cached_property
    def width(self) -> int:
        """Return the number of columns up to the last one that holds something."""
        return int(self.columns.max()) + 1 if len(self.columns) else 0

    def cells(self, row: int) -> list[tuple[int, Any]]:
        """Return the filled cells of a row as (column, value), from left to right."""
        start, stop = _bounds(self.rows, row, row + 1)
        pairs = zip(self.columns[start:stop].tolist(), self.codes[start:stop].tolist(), strict=True)
        return [(column, self.values[code]) for column, code in pairs]

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row, as many as the sheet has columns; an empty list where nothing stands in it."""
        found = self.cells(row)
        cells: list[Any] = [None] * (self.width if found else 0)
        for column, value in found:
            cells[column] = value
        return cells

    def cell(self, row: int, column: int) -> Any:
        """Return what stands in a cell, None where it is empty."""
        return next((value for at, value in self.cells(row) if at == column), None)

    def column(self, column: int, first: int, last: int) -> EncodedColumn:
        """Return the cells of a column from row `first` up to, not including, row `last`; unused values may be among its values."""
        if column not in self._cache:
            here = np.flatnonzero(self.columns == column)
            places, different = factorize(self.codes[here])
            values = [None, *(self.values[code] for code in different.tolist())]
            self._cache[column] = (
                self.rows[here],
                EncodedColumn((places + 1).astype(np.int32), values),
            )
        rows, coded = self._cache[column]
        start, stop = _bounds(rows, first, last)
        codes = np.zeros(max(last - first, 0), dtype=np.int32)
        codes[rows[start:stop] - first] = coded.codes[start:stop]
        return EncodedColumn(codes, coded.values)

    def spans_between(self, first: int, last: int) -> list[Span]:
        """Return the merged cells that reach into the rows from `first` up to, not including, `last`."""
        spans = self.span_table
        return [
            tuple(span) for span in spans[(spans[:, 0] < last) & (spans[:, 2] >= first)].tolist()
        ]

    @cached_property
    def span_table(self) -> Ints:
        """Return the merged cells as a table, a span a row."""
        return np.array(self.spans, dtype=np.int32).reshape(-1, 4)

    def filled(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Return for each row from `first` up to, not including, `last` whether anything stands in it."""
        return self._flagged(first, last, np.ones(len(self.rows), dtype=bool))

    def worded(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Return for each row from `first` up to, not including, `last` whether a text stands in it that is no number."""
        return self._flagged(first, last, self._words)

    @cached_property
    def _words(self) -> npt.NDArray[np.bool_]:
        """Return for each cell whether it is a text that is no number."""
        words = [
            isinstance(value, str) and not value.strip().replace(".", "").isdecimal()
            for value in self.values
        ]
        return np.array(words, dtype=bool)[self.codes]

    def _flagged(
        self, first: int, last: int, cells: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        start, stop = _bounds(self.rows, first, last)
        flags = np.zeros(max(last - first, 0), dtype=bool)
        flags[self.rows[start:stop][cells[start:stop]] - first] = True
        return flags


def _bounds(rows: Ints, first: int, last: int) -> tuple[int, int]:
    """Return where the cells from row `first` up to, not including, `last` begin and end; of the rows' own type, else all are copied."""
    return int(rows.searchsorted(np.int32(first))), int(rows.searchsorted(np.int32(last)))


@dataclass
class OpenedWorkbook:
    """A workbook's visible sheets, and the names of those that are hidden."""

    grids: list[Grid] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


class GridBuilder:
    """A grid in the making: cells are put in any order, of two at one place the later counts, blank texts do not."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.spans: list[Span] = []
        self._index: dict[Any, int] = {}
        self._rows, self._columns, self._codes = array("i"), array("i"), array("i")

    def put(self, row: int, column: int, value: Any) -> None:
        """Put a value into a cell; numbers become floats, True and 1 stay different."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        key = (
            (bool, value)
            if isinstance(value, bool)
            else float(value)
            if isinstance(value, int)
            else value
        )
        self._rows.append(row)
        self._columns.append(column)
        self._codes.append(self._index.setdefault(key, len(self._index) + 1))

    def grid(self, date1904: bool = False) -> Grid:
        """Return the grid of all cells put so far."""
        rows, columns, codes = (
            np.array(part, dtype=np.int32) for part in (self._rows, self._columns, self._codes)
        )
        order = np.lexsort((columns, rows))
        rows, columns, codes = rows[order], columns[order], codes[order]
        last = np.append((np.diff(rows) != 0) | (np.diff(columns) != 0), True)[: len(rows)]
        values = [key[1] if type(key) is tuple else key for key in self._index]
        return Grid(
            self.sheet,
            rows[last],
            columns[last],
            codes[last],
            [None, *values],
            self.spans,
            date1904,
        )


def grid_of(sheet: str, rows: Iterable[Sequence[Any]]) -> Grid:
    """Return the grid of the rows of a sheet from its first cell on."""
    builder = GridBuilder(sheet)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            builder.put(r, c, value)
    return builder.grid()


def with_value(grid: Grid, places: Sequence[tuple[int, int]], value: Any) -> Grid:
    """Return the grid with another value in some of its filled cells, given as (row, column)."""
    at = np.array(places, dtype=np.int64)
    changed = np.isin(
        grid.rows.astype(np.int64) * _MOST_COLUMNS + grid.columns,
        at[:, 0] * _MOST_COLUMNS + at[:, 1],
    )
    codes = np.where(changed, np.int32(len(grid.values)), grid.codes)
    return replace(grid, codes=codes, values=[*grid.values, value], _cache={})


def without_blanks(grid: Grid) -> Grid:
    """Return the grid without the cells that hold nothing but white space."""
    values = grid.values
    blank = [
        code
        for code, value in enumerate(values)
        if type(value) is str and (not value or value.isspace())
    ]
    if not blank:
        return grid
    keep = ~np.isin(grid.codes, blank)
    if keep.all():
        return grid
    return replace(
        grid, rows=grid.rows[keep], columns=grid.columns[keep], codes=grid.codes[keep], _cache={}
    )
