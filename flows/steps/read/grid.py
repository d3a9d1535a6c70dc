"""A sheet's cells, whatever file they come from."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from flows.steps.model import Coded

Span = tuple[int, int, int, int]  # first row, first column, last row, last column; zero-based, inclusive


class Grid(Protocol):
    """A sheet: rows and columns are zero-based; an empty cell is None, one without a value an Oddity."""

    sheet: str
    height: int
    width: int
    spans: Sequence[Span]
    date1904: bool

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row, `width` of them; an empty list where nothing stands in it."""

    def column(self, column: int, first: int, last: int) -> Coded:
        """Return the cells of a column from row `first` up to, not including, row `last`."""


@dataclass
class RowGrid:
    """A grid over a list of rows, the first of which stands at (`top`, `left`)."""

    sheet: str
    rows: list[list[Any]]
    top: int = 0
    left: int = 0
    spans: Sequence[Span] = ()
    date1904: bool = False
    height: int = field(init=False)
    width: int = field(init=False)

    def __post_init__(self) -> None:
        self.height = self.top + len(self.rows)
        self.width = self.left + max(map(len, self.rows), default=0)

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row, padded to the sheet's width."""
        if not self.top <= row < self.height:
            return []
        cells = [_blank_to_none(value) for value in self.rows[row - self.top]]
        return [None] * self.left + cells + [None] * (self.width - self.left - len(cells))

    def column(self, column: int, first: int, last: int) -> Coded:
        """Return the cells of a column, each different value once; values of different types are different."""
        at = column - self.left
        start, stop = max(first - self.top, 0), max(last - self.top, 0)
        cells = [row[at] if 0 <= at < len(row) else None for row in self.rows[start:stop]]
        missing = max(last - first - len(cells), 0)
        lead = min(max(self.top - first, 0), missing)
        return encode([None] * lead + cells + [None] * (missing - lead))


def encode(cells: Sequence[Any]) -> Coded:
    """Return the cells with each different value kept once, code 0 being the empty cell; True and 1 are different."""
    if bool in set(map(type, cells)):
        cells = [(value,) if type(value) is bool else value for value in cells]
    index: defaultdict[Any, int] = defaultdict(itertools.count(1).__next__)
    index[None] = index[""] = 0
    codes = np.fromiter([index[value] for value in cells], dtype=np.int32, count=len(cells))
    values = [value[0] if type(value) is tuple else value for value in itertools.islice(index, 2, None)]
    return Coded(codes, [None, *values])


def _blank_to_none(value: Any) -> Any:
    return None if value == "" else value
