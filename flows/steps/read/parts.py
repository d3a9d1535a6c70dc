"""The tables of one kind in a file, and what their cells show beside or against their values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flows.steps.model import ConversionIssue, EncodedColumn, Kind, address
from flows.steps.read.grid import Grid
from flows.steps.read.layout.regions import Region
from schemas.definition import Column, Definition

# The only merged data cells whose value stands for all rows they span.
FILLED_DOWN = ("county", "enterprise")


@dataclass(frozen=True)
class Sheet:
    """A sheet with the tables of one kind found on it."""

    grid: Grid
    regions: Sequence[Region]


@dataclass(frozen=True)
class Part:
    """A table with its data rows, zero-based in the sheet."""

    grid: Grid
    region: Region
    rows: npt.NDArray[np.int64]


def hidden_rows(part: Part) -> dict[str, npt.NDArray[np.bool_]]:
    """Return by field which data rows have their cell under a merged area, unseen by anybody."""
    spans = part.grid.span_table
    hidden: dict[str, npt.NDArray[np.bool_]] = {}
    if not len(spans) or not len(part.rows):
        return hidden
    inside = (spans[:, 2] >= part.rows[0]) & (spans[:, 0] <= part.rows[-1])
    for top, left, bottom, right in spans[inside].tolist():
        first, stop = np.searchsorted(part.rows, [top, bottom + 1])
        for name, column in part.region.header.columns.items():
            if name in FILLED_DOWN or not left <= column <= right:
                continue
            flags = hidden.setdefault(name, np.zeros(len(part.rows), dtype=bool))
            begin = first + (column == left and first < stop and part.rows[first] == top)
            flags[begin:stop] = True
    return hidden


def without_hidden(
    column: Column,
    whole: EncodedColumn,
    covered: Sequence[npt.NDArray[np.bool_] | None],
    lengths: Sequence[int],
) -> tuple[EncodedColumn, list[ConversionIssue]]:
    """Return a column without its hidden values, and the issue that reports them."""
    flags = np.concatenate(
        [
            np.zeros(n, dtype=bool) if part is None else part
            for part, n in zip(covered, lengths, strict=True)
        ]
    )
    empty = [code for code, value in enumerate(whole.values) if value is None]
    rows = np.flatnonzero(flags & ~np.isin(whole.codes, empty))
    if not len(rows) or not empty:
        return whole, []
    codes = whole.codes.copy()
    codes[rows] = empty[0]
    return EncodedColumn(codes, whole.values), [ConversionIssue("value-hidden", column.name, rows)]


def struck_rows(parts: Sequence[Part]) -> dict[int, str]:
    """Return the field of the first struck cell of each data row that has one, by row id.

    An empty cell shows no stroke.
    """
    struck: dict[int, str] = {}
    start = 0
    for part in parts:
        fields = {column: name for name, column in part.region.header.columns.items()}
        row_ids = (
            {row: start + i for i, row in enumerate(part.rows.tolist())} if part.grid.struck else {}
        )
        for row, column in sorted(part.grid.struck):
            wanted = row in row_ids and column in fields and row_ids[row] not in struck
            if wanted and part.grid.cell(row, column) is not None:
                struck[row_ids[row]] = fields[column]
        start += len(part.rows)
    return struck


def formula_zeros(
    kind: Kind, parts: Sequence[Part], definition: Definition
) -> list[tuple[str, str, str]]:
    """Return the columns of counts in which every row is a formula with the result 0.

    Each is given as its field, its sheet and the address of its first cell.
    """
    columns = []
    for part in parts:
        zeros = part.grid.formula_zeros
        rows = part.rows.tolist()
        for name, column in part.region.header.columns.items():
            counted = definition.columns_of(kind)[name].is_number and len(rows) > 1
            if zeros and counted and all((row, column) in zeros for row in rows):
                columns.append((name, part.grid.sheet, address(rows[0] + 1, column)))
    return columns
