"""Last month's values of a sender's own form, taken over where 本月无变动 is ticked."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from flows.steps.model import ConversionIssue, EncodedColumn
from flows.steps.read.layout.headers import Header
from flows.steps.read.layout.totals import scale_of
from flows.steps.read.parts import Part
from flows.steps.read.values.cells import converter
from schemas.columns import PREVIOUS
from schemas.definition import Column, Definition
from schemas.spellings import squeeze

Rows = npt.NDArray[np.int64]


def with_previous(
    column: Column,
    parts: Sequence[Part],
    cells: Sequence[EncodedColumn],
    definition: Definition,
) -> tuple[list[EncodedColumn], Rows, list[ConversionIssue]]:
    """Return a count's cells with last month's where they are empty, and what contradicts it.

    With them comes, by row id, the zero-based column that a value was taken from, else -1.
    """
    filled, taken = [], []
    facts: dict[int, Mapping[str, object]] = {}
    start = 0
    for part, now in zip(parts, cells, strict=True):
        place = _previous_column(part.region.header, column)
        before = _cells(part, place)
        empty = (now.codes == 0) & (before.codes != 0)
        codes = np.where(empty, before.codes + len(now.values), now.codes).astype(np.int32)
        filled.append(EncodedColumn(codes, [*now.values, *before.values]))
        taken.append(np.where(empty, -1 if place is None else place, -1))
        differences = _differences(column, part, now, before, definition)
        facts |= {start + row: fact for row, fact in differences.items()}
        start += len(part.rows)
    rows = np.array(sorted(facts), dtype=np.int64)
    issues = [ConversionIssue("differs-from-box", column.name, rows, facts)] if facts else []
    return filled, np.concatenate([np.empty(0, dtype=np.int64), *taken]), issues


def _previous_column(header: Header, column: Column) -> int | None:
    wanted = squeeze(PREVIOUS + column.header)
    return next((at for at, text in header.texts.items() if squeeze(text) == wanted), None)


def _cells(part: Part, column: int | None) -> EncodedColumn:
    if column is None or not len(part.rows):
        return EncodedColumn(np.zeros(len(part.rows), dtype=np.int32), [None])
    first = int(part.rows[0])
    coded = part.grid.column(column, first, int(part.rows[-1]) + 1)
    return EncodedColumn(coded.codes[part.rows - first], coded.values)


def _differences(
    column: Column,
    part: Part,
    now: EncodedColumn,
    before: EncodedColumn,
    definition: Definition,
) -> Mapping[int, Mapping[str, object]]:
    """Return by row the value of last month that a typed value differs from."""
    convert = converter(column, definition, scale=scale_of(part.grid, part.region, column))
    differences = {}
    for row in np.flatnonzero(now.codes != 0).tolist():
        typed, last = convert(now[row]).value, convert(before[row]).value
        if typed is not None and typed != last:
            differences[row] = {"before": "空白" if last is None else last}
    return differences
