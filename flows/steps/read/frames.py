"""From the tables of a file to one typed frame a ledger kind, every value with its address (DESIGN §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.steps.model import Coded, Conversion, Kind, Ledger, Table, Total, address
from flows.steps.read.cells import Meaning, converter, written
from flows.steps.read.claims import sheet_unit
from flows.steps.read.dates import Day
from flows.steps.read.grid import Grid
from flows.steps.read.ids import typed_ids
from flows.steps.read.layout import Region, role_counts
from schemas.columns import COUNTS, KINDS, Column
from schemas.spellings import squeeze, unit_scale

FILLED_DOWN = ("county", "enterprise")  # the only merged data cells whose value stands for all rows they span


@dataclass(frozen=True)
class Sheet:
    """A sheet with the tables of one kind found on it."""

    grid: Grid
    regions: Sequence[Region]


def build_ledger(kind: Kind, sheets: Sequence[Sheet]) -> Ledger:
    """Return the ledger of all tables of a kind in a file; its rows are in the file's order, with row ids from 0."""
    parts = [(sheet.grid, region) for sheet in sheets for region in sheet.regions]
    rows = [region.rows("data") for _, region in parts]
    tables = [Table(grid.sheet, region.header.last + 1, dict(region.header.columns)) for grid, region in parts]
    count = sum(map(len, rows))
    frame: dict[str, Any] = {}
    written_values: dict[str, Coded] = {}
    conversions: list[Conversion] = []
    anchors: dict[str, npt.NDArray[np.int64]] = {}
    for column in KINDS[kind]:
        pieces = []
        for (grid, region), these in zip(parts, rows, strict=True):
            coded, anchor = _cells(grid, region, column.name, these)
            pieces.append((coded, converter(column, scale=_scale(grid, region, column.name), date1904=grid.date1904)))
            if anchor is not None:
                anchors.setdefault(column.name, np.full(count, -1))[_slice(rows, len(pieces) - 1)] = anchor + 1
        whole, meanings = _join(pieces)
        written_values[column.name] = whole
        frame |= _typed(column, whole.codes, meanings)
        conversions += _conversions(column, whole.codes, meanings)
    return Ledger(
        kind=kind,
        tables=tables,
        frame=pd.DataFrame(frame, index=pd.RangeIndex(count)),
        table_of=np.repeat(np.arange(len(rows), dtype=np.int16), [len(r) for r in rows]),
        row_of=np.concatenate([r + 1 for r in rows]) if rows else np.empty(0, dtype=np.int64),
        written=written_values,
        anchors=anchors,
        conversions=conversions,
        totals=[t for i, (g, r) in enumerate(parts) for t in _totals(i, g, r, sum(map(len, rows[:i])))],
        failures=[],
        lines=role_counts([region for _, region in parts]),
    )


def _slice(rows: Sequence[Sequence[int]], at: int) -> slice:
    start = sum(map(len, rows[:at]))
    return slice(start, start + len(rows[at]))


def _scale(grid: Grid, region: Region, name: str) -> int:
    """Return the factor of a field's unit: from its header or unit row, else from the line above the table."""
    if name not in COUNTS:
        return 1
    column = region.header.columns.get(name)
    if name in region.header.units or column is None:
        return region.header.units.get(name, 1)
    for row in region.rows("header-line").tolist():
        cell = grid.row(row)[column]
        if isinstance(cell, str) and (scale := unit_scale(cell)):
            return scale
    return sheet_unit(grid, region)


def _cells(grid: Grid, region: Region, name: str, rows: npt.NDArray[np.int64]) -> tuple[Coded, npt.NDArray[np.int64] | None]:
    """Return a field's cells at the data rows, and where merged cells are filled down the row that each value stands in."""
    column = region.header.columns.get(name)
    if column is None or not len(rows):
        return Coded(np.zeros(len(rows), dtype=np.int32), [None]), None
    first, last = int(rows[0]), int(rows[-1]) + 1
    coded = grid.column(column, first, last)
    anchor = rows.copy()
    for top, left, bottom, right in grid.spans if name in FILLED_DOWN else ():
        if left <= column <= right and bottom > top and top < last and bottom >= first:
            anchor[(rows >= top) & (rows <= bottom)] = top
    if (anchor == rows).all():
        return Coded(coded.codes[rows - first], coded.values), None
    outside = [top for top in set(anchor.tolist()) if top < first]
    values = [*coded.values, *(grid.row(top)[column] for top in outside)]
    codes = coded.codes[np.maximum(anchor, first) - first]
    for i, top in enumerate(outside):
        codes[anchor == top] = len(coded.values) + i
    return Coded(codes, values), anchor


def _join(pieces: Sequence[tuple[Coded, Any]]) -> tuple[Coded, list[Meaning]]:
    """Return the cells of all tables as one column, and what each of its different values means."""
    codes: list[npt.NDArray[np.int32]] = []
    values: list[Any] = []
    meanings: list[Meaning] = []
    for coded, convert in pieces:
        codes.append(coded.codes + np.int32(len(values)))
        values += coded.values
        meanings += map(convert, coded.values)
    return Coded(np.concatenate(codes) if codes else np.empty(0, dtype=np.int32), values or [None]), meanings


def _typed(column: Column, codes: npt.NDArray[np.int32], meanings: Sequence[Meaning]) -> dict[str, Any]:
    """Return the frame's columns for a field: Int64 counts, dates as their first and last possible day, else str."""
    values = [meaning.value for meaning in meanings]
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
    return pd.array(np.array(values, dtype=object), dtype="str").take(codes)


def _bound(day: Day | None, which: str) -> Any:
    return np.datetime64("NaT") if day is None else getattr(day, which)


def _conversions(column: Column, codes: npt.NDArray[np.int32], meanings: Sequence[Meaning]) -> list[Conversion]:
    """Return the cells of a field with a fault or a doubt, by its code, with the facts of each row."""
    found: dict[str, list[int]] = {}
    for code, meaning in enumerate(meanings):
        if meaning.code is not None:
            found.setdefault(meaning.code, []).append(code)
    result = []
    for fault, with_fault in found.items():
        rows = np.flatnonzero(np.isin(codes, with_fault))
        facts = {row: meanings[codes[row]].facts for row in rows.tolist() if meanings[codes[row]].facts}
        result.append(Conversion(fault, column.name, rows, facts))
    return result


def _totals(table: int, grid: Grid, region: Region, offset: int) -> list[Total]:
    """Return the control totals of a table: what they say, and how many data rows (as row ids) stand above each."""
    data = region.rows("data")
    totals = []
    for row in region.rows("total", "subtotal", "part").tolist():
        cells = grid.row(row)
        said: dict[str, int] = {}
        for column in KINDS[region.header.kind]:
            at = region.header.columns.get(column.name)
            if column.type == "count" and at is not None:
                meaning = converter(column, scale=_scale(grid, region, column.name))(cells[at])
                if meaning.value is not None:
                    said[column.name] = meaning.value
        role: Any = region.roles[row - region.start]
        label = next((squeeze(written(v)) for v in cells if isinstance(v, str) and v.strip()), "")
        names = [squeeze(written(cells[c])) for n, c in region.header.columns.items() if n in FILLED_DOWN and cells[c] is not None]
        county = next((name for name in names if name != label), None)
        totals.append(Total(table, row + 1, role, label, county, said, offset + int((data < row).sum())))
    return totals


def cell_of(ledger: Ledger, name: str, row: int) -> str | None:
    """Return the address of a field's cell in a row, the merged cell's own where it was filled down; None without a column."""
    table = ledger.tables[ledger.table_of[row]]
    column = table.columns.get(name)
    if column is None:
        return None
    anchor = ledger.anchors[name][row] if name in ledger.anchors else -1
    return address(int(anchor if anchor > 0 else ledger.row_of[row]), column)
