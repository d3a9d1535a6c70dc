"""The tables of a file as one typed frame per ledger kind, every value with its address."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.api.extensions import ExtensionArray

from flows.steps.model import (
    CellValue,
    ConversionIssue,
    EncodedColumn,
    Kind,
    Ledger,
    Table,
    address,
)
from flows.steps.read.boxes import NO_TICKS, Ticks
from flows.steps.read.grid import Grid
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.layout.totals import scale_of, totals_of
from flows.steps.read.parts import (
    FILLED_DOWN,
    Part,
    Sheet,
    formula_zeros,
    hidden_rows,
    struck_rows,
    without_hidden,
)
from flows.steps.read.previous import with_previous
from flows.steps.read.values.cells import Meaning, Meanings, Scale, Value, meanings
from flows.steps.read.values.ids import typed_ids
from schemas.definition import AFFILIATION, NOTE, USCC, Column, Definition
from schemas.frames import plainly_named
from schemas.spellings import squeeze
from schemas.spellings import values as spellings

Array = npt.NDArray[Any] | ExtensionArray  # Any: of a column's own type
_NOTHING: Sequence[CellValue] = [None]  # the values of a column that the table lacks
DITTOED = ("county", "enterprise", AFFILIATION)
_ALWAYS = (USCC, AFFILIATION, NOTE)  # fields of every frame, empty where a definition lacks them
_LONGEST_DITTO = 8  # characters


def build_ledger(
    kind: Kind,
    sheets: Sequence[Sheet],
    definition: Definition,
    ticks: Ticks = NO_TICKS,
) -> Ledger:
    """Return the ledger of all tables of a kind; its rows keep the file's order, ids from 0.

    Where 本月无变动 is ticked, last month's value beside an empty cell of a count is taken over.
    The sum row of a sender's own form, right below its header, is a formula of ours, no control.
    """
    parts = [
        Part(sheet.grid, region, region.rows(Role.DATA))
        for sheet in sheets
        for region in sheet.regions
    ]
    lengths = [len(part.rows) for part in parts]
    frame: dict[str, Array] = {}
    written: dict[str, EncodedColumn] = {}
    conversions: list[ConversionIssue] = []
    anchors: dict[str, npt.NDArray[np.int64]] = {}
    taken_from: dict[str, npt.NDArray[np.int64]] = {}
    hidden = [hidden_rows(part) for part in parts]
    starts = np.cumsum([0, *lengths])
    for column in definition.kinds[kind]:
        cells = [_cells(part, column.name) for part in parts]
        covered = [covers.get(column.name) for covers in hidden]
        if any(anchor is not None for _, anchor in cells):
            anchors[column.name] = np.concatenate(
                [
                    np.full(n, -1) if anchor is None else anchor + 1
                    for (_, anchor), n in zip(cells, lengths, strict=True)
                ]
            )
        counts = [coded for coded, _ in cells]
        if ticks.no_change and column.is_number:
            counts, taken, issues = with_previous(column, parts, counts, definition)
            taken_from[column.name] = taken
            conversions += issues
        whole, meant = _join(column, parts, counts, definition)
        written[column.name] = whole
        if any(flags is not None for flags in covered):
            whole, issue = without_hidden(column, whole, covered, lengths)
            conversions += issue
        frame |= _typed(column, whole.codes, meant.values)
        conversions += _conversions(column, whole.codes, meant)
    for name in _ALWAYS:
        if name not in frame:
            frame[name] = _strings([None], np.zeros(sum(lengths), dtype=np.int32))
    return Ledger(
        kind=kind,
        tables=[
            Table(part.grid.sheet, part.region.header.last + 1, dict(part.region.header.columns))
            for part in parts
        ],
        frame=plainly_named(pd.DataFrame(frame, index=pd.RangeIndex(sum(lengths)), copy=False)),
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
            for t in totals_of(i, part.grid, part.region, int(starts[i]), definition)
            if not (ticks.own_form and t.before == starts[i])
        ],
        failures=[],
        lines={},
        struck=struck_rows(parts),
        zeros=formula_zeros(kind, parts, definition),
        taken_from=taken_from,
    )


def _cells(part: Part, name: str) -> tuple[EncodedColumn, npt.NDArray[np.int64] | None]:
    """Return a field's cells in the data rows, and the row each merged value was filled from."""
    column, rows = part.region.header.columns.get(name), part.rows
    if column is None or not len(rows):
        return EncodedColumn(np.zeros(len(rows), dtype=np.int32), _NOTHING), None
    anchor = _anchors(part.grid, column, rows) if name in FILLED_DOWN else None
    wanted = rows if anchor is None else anchor
    first = int(wanted.min())
    coded = part.grid.column(column, first, int(wanted.max()) + 1)
    codes = coded.codes[wanted - first]
    if name in DITTOED:
        codes = _as_above(codes, coded.values)
    return EncodedColumn(codes, coded.values), anchor


def _as_above(codes: npt.NDArray[np.int32], values: Sequence[CellValue]) -> npt.NDArray[np.int32]:
    """Return the codes of a column's rows with those of 同上 and 〃 replaced by the one above."""
    known = spellings("ditto").exact
    marks = [
        code
        for code, value in enumerate(values)
        if isinstance(value, str) and len(value) < _LONGEST_DITTO and squeeze(value) in known
    ]
    ditto = np.isin(codes, marks) if marks else np.zeros(0, dtype=bool)
    if not ditto.any():
        return codes
    above = np.maximum.accumulate(np.where(ditto, -1, np.arange(len(codes))))
    filled: npt.NDArray[np.int32] = np.where(above < 0, codes, codes[above]).astype(np.int32)
    return filled


def _anchors(grid: Grid, column: int, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Return for each row the top row of its merged cell, or itself; None if none is merged."""
    spans = grid.span_table
    across = (spans[:, 1] <= column) & (column <= spans[:, 3])
    tall = spans[across & (spans[:, 2] > spans[:, 0])]
    if not len(tall):
        return None
    tall = tall[np.argsort(tall[:, 0])]
    nearest = np.maximum(np.searchsorted(tall[:, 0], rows, side="right") - 1, 0)
    inside = (rows >= tall[nearest, 0]) & (rows <= tall[nearest, 2])
    return np.where(inside, tall[nearest, 0], rows) if inside.any() else None


def _join(
    column: Column, parts: Sequence[Part], cells: Sequence[EncodedColumn], definition: Definition
) -> tuple[EncodedColumn, Meanings]:
    """Return the cells of all tables as one column, and the meaning of each distinct value.

    The values of a sheet's column are converted once, however many tables share it.
    """
    begins: dict[tuple[int, Scale], int] = {}
    codes: list[npt.NDArray[np.int32]] = []
    written: list[CellValue] = []
    values: list[Value] = []
    doubtful: dict[int, Meaning] = {}
    for part, coded in zip(parts, cells, strict=True):
        scale = scale_of(part.grid, part.region, column)
        key = id(coded.values), scale
        if key not in begins:
            begins[key] = begin = len(written)
            meant = meanings(
                coded.values, column, definition, scale=scale, date1904=part.grid.date1904
            )
            doubtful |= {begin + index: meaning for index, meaning in meant.doubtful.items()}
            values += meant.values
            written += coded.values
        codes.append(coded.codes + np.int32(begins[key]))
    joined = np.concatenate(codes) if codes else np.empty(0, dtype=np.int32)
    return EncodedColumn(joined, written or [None]), Meanings(values or [None], doubtful)


def _typed(
    column: Column,
    codes: npt.NDArray[np.int32],
    values: Sequence[Any],  # Any: of the column's own type
) -> dict[str, Array]:
    """Return a field's columns of the frame: Int64 numbers, dates as two days, else str."""
    if column.is_number:
        numbers = np.array([0 if value is None else value for value in values], dtype=np.int64)
        empty = np.array([value is None for value in values], dtype=bool)
        return {column.name: pd.arrays.IntegerArray(numbers[codes], empty[codes])}
    if column.type == "date":
        first = _dates([day and day.first for day in values])
        last = _dates([day and day.last for day in values])
        return {column.name: first[codes], f"{column.name}_last": last[codes]}
    if column.type == "id":
        values, old = typed_ids(values)
        return {column.name: _strings(values, codes), f"{column.name}_old": old[codes]}
    return {column.name: _strings(values, codes)}


def _strings(values: Sequence[str | None], codes: npt.NDArray[np.int32]) -> Array:
    texts: pa.LargeStringArray = pa.array(values, type=pa.large_string())
    strings: ExtensionArray = pd.array(texts.take(pa.array(codes, type=pa.int32())), dtype="str")
    return strings


def _dates(days: Sequence[date | None]) -> npt.NDArray[np.datetime64]:
    return np.array([np.datetime64(day or "NaT") for day in days], dtype="datetime64[s]")


def _conversions(
    column: Column, codes: npt.NDArray[np.int32], meant: Meanings
) -> list[ConversionIssue]:
    """Return the faulty or doubtful cells of a field by code, with the facts of each row."""
    by_fault: dict[str, list[int]] = {}
    for index, meaning in meant.doubtful.items():
        by_fault.setdefault(str(meaning.code), []).append(index)
    issues = []
    for fault, indices in by_fault.items():
        rows = np.flatnonzero(np.isin(codes, indices))
        facts = {
            row: facts for row in rows.tolist() if (facts := meant.doubtful[int(codes[row])].facts)
        }
        if len(rows):
            issues.append(ConversionIssue(fault, column.name, rows, facts))
    return issues


def cell_of(ledger: Ledger, name: str, row: int) -> str | None:
    """Return the address of a field's cell in a row, None if its table lacks the column.

    A value filled down from a merged cell has that cell's address.
    """
    table = ledger.tables[ledger.table_of[row]]
    column = table.columns.get(name)
    if column is None:
        return None
    anchor = ledger.anchors[name][row] if name in ledger.anchors else -1
    return address(int(anchor if anchor > 0 else ledger.row_of[row]), column)
