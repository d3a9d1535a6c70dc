"""From the tables of a file to one typed frame a ledger kind, every value with its address (DESIGN §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from flows.steps.model import ConversionIssue, EncodedColumn, Kind, Ledger, Table, address
from flows.steps.read.grid import Grid
from flows.steps.read.layout.regions import Region
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.layout.totals import scale_of, totals_of
from flows.steps.read.values.cells import Meaning, Meanings, meanings
from flows.steps.read.values.dates import Day
from flows.steps.read.values.ids import typed_ids
from schemas.columns import KINDS, Column

_NOTHING: Sequence[Any] = [None]  # the values of a column that is not there
FILLED_DOWN = (
    "county",
    "enterprise",
)  # the only merged data cells whose value stands for all rows they span


@dataclass(frozen=True)
class Sheet:
    """A sheet with the tables of one kind found on it."""

    grid: Grid
    regions: Sequence[Region]


@dataclass(frozen=True)
class _Part:
    """A table with its data rows (zero-based rows of the sheet)."""

    grid: Grid
    region: Region
    rows: npt.NDArray[np.int64]


def build_ledger(kind: Kind, sheets: Sequence[Sheet]) -> Ledger:
    """Return the ledger of all tables of a kind in a file; its rows are in the file's order, with row ids from 0."""
    parts = [
        _Part(sheet.grid, region, region.rows(Role.DATA))
        for sheet in sheets
        for region in sheet.regions
    ]
    lengths = [len(part.rows) for part in parts]
    frame: dict[str, Any] = {}
    written: dict[str, EncodedColumn] = {}
    conversions: list[ConversionIssue] = []
    anchors: dict[str, npt.NDArray[np.int64]] = {}
    for column in KINDS[kind]:
        cells = [_cells(part, column.name) for part in parts]
        if any(anchor is not None for _, anchor in cells):
            anchors[column.name] = np.concatenate(
                [
                    np.full(n, -1) if anchor is None else anchor + 1
                    for (_, anchor), n in zip(cells, lengths, strict=True)
                ]
            )
        whole, meant = _join(column, parts, [coded for coded, _ in cells])
        written[column.name] = whole
        frame |= _typed(column, whole.codes, meant.values)
        conversions += _conversions(column, whole.codes, meant)
    starts = np.cumsum([0, *lengths])
    return Ledger(
        kind=kind,
        tables=[
            Table(part.grid.sheet, part.region.header.last + 1, dict(part.region.header.columns))
            for part in parts
        ],
        frame=pd.DataFrame(frame, index=pd.RangeIndex(sum(lengths)), copy=False),
        table_of=np.repeat(np.arange(len(parts), dtype=np.int16), lengths),
        row_of=np.concatenate([part.rows + 1 for part in parts])
        if parts
        else np.empty(0, dtype=np.int64),
        written=written,
        anchors=anchors,
        conversions=conversions,
        totals=[
            t
            for i, part in enumerate(parts)
            for t in totals_of(i, part.grid, part.region, int(starts[i]))
        ],
        failures=[],
        lines={},
    )


def _cells(part: _Part, name: str) -> tuple[EncodedColumn, npt.NDArray[np.int64] | None]:
    """Return a field's cells at the data rows, and where merged cells are filled down the row that each value stands in."""
    column, rows = part.region.header.columns.get(name), part.rows
    if column is None or not len(rows):
        return EncodedColumn(np.zeros(len(rows), dtype=np.int32), _NOTHING), None
    anchor = _anchors(part.grid, column, rows) if name in FILLED_DOWN else None
    wanted = rows if anchor is None else anchor
    first = int(wanted.min())
    coded = part.grid.column(column, first, int(wanted.max()) + 1)
    return EncodedColumn(coded.codes[wanted - first], coded.values), anchor


def _anchors(grid: Grid, column: int, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Return for each row the one whose cell shows in it, itself or the first of those merged with it; None where none are."""
    spans = grid.span_table
    own = spans[(spans[:, 1] <= column) & (column <= spans[:, 3]) & (spans[:, 2] > spans[:, 0])]
    if not len(own):
        return None
    own = own[np.argsort(own[:, 0])]
    nearest = np.maximum(np.searchsorted(own[:, 0], rows, side="right") - 1, 0)
    inside = (rows >= own[nearest, 0]) & (rows <= own[nearest, 2])
    return np.where(inside, own[nearest, 0], rows) if inside.any() else None


def _join(
    column: Column, parts: Sequence[_Part], cells: Sequence[EncodedColumn]
) -> tuple[EncodedColumn, Meanings]:
    """Return the cells of all tables as one column, and what each of its different values means.

    The values of one column of a sheet are converted once, however many tables share it.
    """
    begins: dict[tuple[int, int], int] = {}
    codes, written, values, doubtful = [], list[Any](), list[Any](), dict[int, Meaning]()
    for part, coded in zip(parts, cells, strict=True):
        scale = scale_of(part.grid, part.region, column.name)
        key = id(coded.values), scale
        if key not in begins:
            begins[key] = begin = len(written)
            own = meanings(coded.values, column, scale=scale, date1904=part.grid.date1904)
            doubtful |= {begin + place: meaning for place, meaning in own.doubtful.items()}
            values += own.values
            written += coded.values
        codes.append(coded.codes + np.int32(begins[key]))
    return EncodedColumn(
        np.concatenate(codes) if codes else np.empty(0, dtype=np.int32), written or [None]
    ), Meanings(values or [None], doubtful)


def _typed(column: Column, codes: npt.NDArray[np.int32], values: Sequence[Any]) -> dict[str, Any]:
    """Return the frame's columns for a field: Int64 counts, dates as their first and last possible day, else str."""
    if column.type == "count":
        numbers = np.array([0 if value is None else value for value in values], dtype=np.int64)
        empty = np.array([value is None for value in values], dtype=bool)
        return {column.name: pd.arrays.IntegerArray(numbers[codes], empty[codes])}
    if column.type == "date":
        first = np.array([_bound(value, "first") for value in values], dtype="datetime64[s]")
        last = np.array([_bound(value, "last") for value in values], dtype="datetime64[s]")
        return {column.name: first[codes], f"{column.name}_last": last[codes]}
    if column.type == "id":
        values, old = typed_ids(values)
        return {column.name: _strings(values, codes), f"{column.name}_old": old[codes]}
    return {column.name: _strings(values, codes)}


def _strings(values: Sequence[Any], codes: npt.NDArray[np.int32]) -> Any:
    return pd.array(pa.array(values, type=pa.large_string()).take(pa.array(codes)), dtype="str")


def _bound(day: Day | None, which: str) -> Any:
    return np.datetime64("NaT") if day is None else getattr(day, which)


def _conversions(
    column: Column, codes: npt.NDArray[np.int32], meant: Meanings
) -> list[ConversionIssue]:
    """Return the cells of a field with a fault or a doubt, by its code, with the facts of each row."""
    found: dict[str, list[int]] = {}
    for place, meaning in meant.doubtful.items():
        found.setdefault(str(meaning.code), []).append(place)
    result = []
    for fault, places in found.items():
        rows = np.flatnonzero(np.isin(codes, places))
        facts = {
            row: facts for row in rows.tolist() if (facts := meant.doubtful[int(codes[row])].facts)
        }
        if len(rows):
            result.append(ConversionIssue(fault, column.name, rows, facts))
    return result


def cell_of(ledger: Ledger, name: str, row: int) -> str | None:
    """Return the address of a field's cell in a row, the merged cell's own where it was filled down; None without a column."""
    table = ledger.tables[ledger.table_of[row]]
    column = table.columns.get(name)
    if column is None:
        return None
    anchor = ledger.anchors[name][row] if name in ledger.anchors else -1
    return address(int(anchor if anchor > 0 else ledger.row_of[row]), column)
