"""A worksheet's filled cells, whatever file they come from, with each distinct value stored once.

A cell far away from all others costs what any cell costs: no array spans the bounding rectangle.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from flows.steps.model import CellValue, EncodedColumn
from flows.steps.read.factors import factorize
from schemas.columns import FORM_SHEET

# First row, first column, last row, last column; zero-based, inclusive.
Span = tuple[int, int, int, int]
MOST_ROWS, MOST_COLUMNS = 2**22, 2**14  # of a sheet: as many as any program has, or more
MOST_CELLS = 2**24  # filled cells of a sheet: a full sheet of a roster has as many
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Grid:
    """A worksheet: rows and columns are zero-based; a cell without a value is a CellError.

    `rows`, `columns` and `codes` have one entry per filled cell, row by row from left to right;
    `values[code]` is the cell's value, code 0 the empty cell. `spans` are the merged areas.
    `struck` are the cells that are struck through, `formula_zeros` the formulas with the result 0,
    as (row, column).
    """

    sheet: str
    rows: Ints
    columns: Ints
    codes: Ints
    values: Sequence[CellValue]
    spans: Sequence[Span] = ()
    date1904: bool = False
    struck: frozenset[tuple[int, int]] = frozenset()
    formula_zeros: frozenset[tuple[int, int]] = frozenset()
    _cache: dict[int, tuple[Ints, EncodedColumn]] = field(default_factory=dict, repr=False)

    @cached_property
    def height(self) -> int:
        """Return the number of rows down to the last filled one."""
        return int(self.rows[-1]) + 1 if len(self.rows) else 0

    @cached_property
    def width(self) -> int:
        """Return the number of columns up to the last filled one."""
        return int(self.columns.max()) + 1 if len(self.columns) else 0

    def cells(self, row: int) -> list[tuple[int, CellValue]]:
        """Return the filled cells of a row as (column, value), from left to right."""
        start, stop = _bounds(self.rows, row, row + 1)
        pairs = zip(self.columns[start:stop].tolist(), self.codes[start:stop].tolist(), strict=True)
        return [(column, self.values[code]) for column, code in pairs]

    def row(self, row: int) -> list[CellValue]:
        """Return the cells of a row, as many as the sheet has columns; none if it is blank."""
        filled = self.cells(row)
        cells: list[CellValue] = [None] * (self.width if filled else 0)
        for column, value in filled:
            cells[column] = value
        return cells

    def cell(self, row: int, column: int) -> CellValue:
        """Return the value of a cell, None if it is empty."""
        return dict(self.cells(row)).get(column)

    def column(self, column: int, first: int, last: int) -> EncodedColumn:
        """Return a column's cells in the rows [first, last); its values may include unused ones."""
        if column not in self._cache:
            cells = np.flatnonzero(self.columns == column)
            codes, distinct = factorize(self.codes[cells])
            values = [None, *map(self.values.__getitem__, distinct.tolist())]
            encoded = EncodedColumn((codes + 1).astype(np.int32), values)
            self._cache[column] = self.rows[cells], encoded
        rows, encoded = self._cache[column]
        start, stop = _bounds(rows, first, last)
        stretch = np.zeros(max(last - first, 0), dtype=np.int32)
        stretch[rows[start:stop] - first] = encoded.codes[start:stop]
        return EncodedColumn(stretch, encoded.values)

    def spans_between(self, first: int, last: int) -> list[Span]:
        """Return the merged areas that reach into the rows [first, last)."""
        spans = self.span_table
        overlapping = spans[(spans[:, 0] < last) & (spans[:, 2] >= first)]
        return [tuple(span) for span in overlapping.tolist()]

    @cached_property
    def span_table(self) -> Ints:
        """Return the merged areas as a table with one row each."""
        return np.array(self.spans, dtype=np.int32).reshape(-1, 4)

    def filled(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Return for each of the rows [first, last) whether it holds anything."""
        return self._flagged(first, last, np.ones(len(self.rows), dtype=bool))

    def filled_counts(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """Return for each of the rows [first, last) how many cells it holds."""
        start, stop = _bounds(self.rows, first, last)
        return np.bincount(self.rows[start:stop] - first, minlength=max(last - first, 0))

    def worded(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Return for each of the rows [first, last) whether it holds a text, not only numbers."""
        return self._flagged(first, last, self._words)

    @cached_property
    def _words(self) -> npt.NDArray[np.bool_]:
        """Return for each cell whether it is a text that is not a number."""
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
    """Return where the cells of the rows [first, last) begin and end.

    The bounds are looked up as int32 like the rows: with any other type numpy copies them all.
    """
    return int(rows.searchsorted(np.int32(first))), int(rows.searchsorted(np.int32(last)))


@dataclass
class OpenedWorkbook:
    """A workbook's visible sheets, the names of the hidden ones, and a form's sheet of facts."""

    grids: list[Grid] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    form: Grid | None = None

    def add(self, grid: Grid, *, hidden: bool) -> None:
        """Add a sheet that was read: of the hidden ones only that of a form's facts is read."""
        if grid.sheet == FORM_SHEET:
            self.form = grid
        elif not hidden:
            self.grids.append(grid)


class TooLargeError(Exception):
    """A sheet has, or claims, more cells than any ledger."""


class GridBuilder:
    """Collects cells in any order; the later of two at one address counts, blank texts do not."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.spans: list[Span] = []
        self._index: dict[tuple[type, CellValue], int] = {}
        self._rows, self._columns, self._codes = array("i"), array("i"), array("i")

    def put(self, row: int, column: int, value: CellValue) -> None:
        """Put a value into a cell; raises TooLargeError for one beyond any sheet, or too many."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            raise TooLargeError("单元格的行号或列号超出了电子表格的范围")
        if len(self._rows) >= MOST_CELLS:
            raise TooLargeError("表格的单元格过多，台账不会有这么多")
        self._rows.append(row)
        self._columns.append(column)
        self._codes.append(self._index.setdefault(_key(value), len(self._index) + 1))

    def grid(self, date1904: bool = False) -> Grid:
        """Return the grid of all cells put so far."""
        rows, columns, codes = (
            np.array(part, dtype=np.int32) for part in (self._rows, self._columns, self._codes)
        )
        order = np.lexsort((columns, rows))
        rows, columns, codes = rows[order], columns[order], codes[order]
        last = np.append((np.diff(rows) != 0) | (np.diff(columns) != 0), True)[: len(rows)]
        values = [value for _, value in self._index]
        return Grid(
            self.sheet,
            rows[last],
            columns[last],
            codes[last],
            [None, *values],
            self.spans,
            date1904,
        )


def _key(value: CellValue) -> tuple[type, CellValue]:
    """Return the key under which a value is stored once: numbers as floats, True apart from 1."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float, float(value)
    return type(value), value


def with_value(grid: Grid, cells: Sequence[tuple[int, int]], value: CellValue) -> Grid:
    """Return the grid with another value in some of its filled cells, given as (row, column)."""
    positions = np.array(cells, dtype=np.int64)
    changed = np.isin(
        grid.rows.astype(np.int64) * MOST_COLUMNS + grid.columns,
        positions[:, 0] * MOST_COLUMNS + positions[:, 1],
    )
    codes = np.where(changed, np.int32(len(grid.values)), grid.codes)
    return replace(grid, codes=codes, values=[*grid.values, value], _cache={})


def without_blanks(grid: Grid) -> Grid:
    """Return the grid without the cells that hold only white space."""
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
