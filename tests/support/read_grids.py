"""Grids of sheets given as rows of cells."""

from collections.abc import Iterable, Sequence

from flows.steps.model import CellValue
from flows.steps.read.grid import Grid, GridBuilder


def grid_of(sheet: str, rows: Iterable[Sequence[CellValue]]) -> Grid:
    """Return the grid of a sheet given as rows of cells from A1 on."""
    builder = GridBuilder(sheet)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            builder.put(r, c, value)
    return builder.grid()
