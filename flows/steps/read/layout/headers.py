"""A table's header found by its words, in any row and of up to three levels (DESIGN §4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.steps.model import Kind
from flows.steps.read.grid import Grid
from flows.steps.read.layout.head_paths import (
    LEVELS,
    HeadPath,
    Level,
    extended,
    fewest,
    header_words,
    levels_of,
    paths_of,
    row_texts,
)
from flows.steps.read.layout.row_roles import are_numbers, are_units
from flows.steps.read.values.cells import Scale
from flows.steps.read.values.units import may_count, ratio
from schemas.definition import Column, Definition
from schemas.spellings import dimension, header_key

BELOW = 4  # rows below a header that may hold column numbers and units
_CUMULATIVE, _MONTHLY = ("累计", "截至", "截止"), ("本月", "当月", "本期", "当期")


@dataclass(frozen=True)
class Header:
    """A recognised header: its zero-based rows, `last` being the lowest, and its columns.

    `columns` gives the column of each field, `names` the fields that hold names, `missing` the
    expected fields without one, `twice` the second column of a doubled field, `spare`
    that of a doubled field that nothing is counted by, `ambiguous` the columns that one head may
    mean, `units` the factor of a unit named in the header, `unknown` the texts that are not among
    our spellings by column, `texts` all texts by column, `written` the lowest ones as they stand.
    """

    kind: Kind
    first: int
    last: int
    columns: Mapping[str, int]
    names: Sequence[str] = ("county", "enterprise")
    missing: Sequence[str] = ()
    twice: Mapping[str, int] = field(default_factory=dict)
    spare: Mapping[str, int] = field(default_factory=dict)
    ambiguous: Mapping[str, Sequence[int]] = field(default_factory=dict)
    units: Mapping[str, Scale] = field(default_factory=dict)
    unknown: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    written: Mapping[int, str] = field(default_factory=dict)

    def same_as(self, other: "Header") -> bool:
        """Return whether another header has the same texts in the same columns."""
        return self.kind == other.kind and self.texts == other.texts


def find_header(grid: Grid, start: int, stop: int, definition: Definition) -> Header | None:
    """Return the first header that begins in the rows [start, stop), None if there is none.

    A header holds at least half of the columns that its kind expects, or the enterprise and a count
    beside a third of them. Of several readings the one with most fields wins, then the one with
    fewest doubts, then the one that cuts no merged cell, then the one with fewest levels.
    """
    stop = min(stop, grid.height)
    rows = {row: row_texts(grid, row) for row in range(start, min(stop + LEVELS - 1, grid.height))}
    words = header_words(definition)
    known = {
        row: sum(header_key(t) in words for t in texts.values()) for row, texts in rows.items()
    }
    best: Header | None = None
    best_score: tuple[int, ...] = ()
    for first in range(start, stop):
        if best is not None and first > best.last:
            break
        for last in range(first, min(first + LEVELS, grid.height)):
            if last > first and _has_numbers(grid, last):
                break
            if sum(known[row] for row in range(first, last + 1)) < fewest(definition):
                continue
            for header in _readings(grid, rows, first, last, definition):
                score = _score(grid, header)
                if best is None or score > best_score:
                    best, best_score = header, score
    return best


def _has_numbers(grid: Grid, row: int) -> bool:
    values = [value for _, value in grid.cells(row)]
    return any(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _readings(
    grid: Grid, rows: Mapping[int, Level], first: int, last: int, definition: Definition
) -> Iterator[Header]:
    levels = levels_of(grid, rows, first, last)
    paths = paths_of(levels)
    units = _units_below(grid, last, definition)
    written = {column: text for level in levels for column, text in level.items()}
    for kind in definition.kinds:
        header = _match(
            grid, kind, extended(grid, kind, paths, last, definition), units, definition
        )
        if header is not None:
            yield replace(header, first=first, last=last, written=written)


def _score(grid: Grid, header: Header) -> tuple[int, ...]:
    doubts = len(header.ambiguous) + len(header.twice)
    return len(header.columns), -doubts, -_cut(grid, header), header.first - header.last


def _cut(grid: Grid, header: Header) -> int:
    """Return 1 if a merged cell of the header reaches below its last row, else 0."""
    return int(
        any(
            top >= header.first and bottom > header.last and left in header.texts
            for top, left, bottom, _ in grid.spans_between(header.first, header.last + 1)
        )
    )


def _units_below(grid: Grid, last: int, definition: Definition) -> Level:
    """Return the units of the unit row below a header by column."""
    for row in range(last + 1, min(last + 1 + BELOW, grid.height)):
        cells = grid.cells(row)
        values = [value for _, value in cells]
        if are_units(values, definition):
            return {column: value for column, value in cells if isinstance(value, str)}
        if cells and not are_numbers(values):
            break
    return {}


def _match(
    grid: Grid, kind: Kind, paths: Mapping[int, "HeadPath"], units: Level, definition: Definition
) -> Header | None:
    fields = definition.columns_of(kind)
    candidates: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    for column, path in paths.items():
        name = path.field(kind, definition)
        counted = path.dimension or dimension(units.get(column, ""))
        number = fields[name] if name and fields[name].is_number else None
        if number is not None and counted is not None and not may_count(number, counted):
            unknown[column] = f"{path.text}（{counted}）"
        elif name is None:
            unknown[column] = path.text
        elif name:
            candidates.setdefault(name, []).append(column)
    if not _good(kind, candidates, definition):
        return None
    columns: dict[str, int] = {}
    twice: dict[str, int] = {}
    spare: dict[str, int] = {}
    ambiguous: dict[str, Sequence[int]] = {}
    for name, several in candidates.items():
        several, monthly = _cumulative(several, paths)
        unknown |= {column: paths[column].text for column in monthly}
        several = _of_unit(fields[name], several, paths, units)
        aside = fields[name].aside
        chosen = _canonical(fields[name], several, paths) if aside else several[0]
        columns[name] = chosen
        others = [column for column in several if column != chosen]
        if others and any(paths[column].continued for column in several):
            ambiguous[name] = several
        elif others:
            (spare if aside else twice)[name] = others[0]
    scales = {name: _scale(fields[name], paths[column]) for name, column in columns.items()}
    factors = {name: scale for name, scale in scales.items() if scale is not None}
    texts = {column: path.text for column, path in paths.items()}
    missing = [c.name for c in fields.values() if c.expected and c.name not in columns]
    names = [c.name for c in fields.values() if c.type in ("county", "enterprise", "name")]
    return Header(
        kind, 0, 0, columns, names, missing, twice, spare, ambiguous, factors, unknown, texts
    )


def _scale(column: Column, path: HeadPath) -> Scale | None:
    """Return the factor of the unit that a header states, None where it states none."""
    if column.type == "amount":
        found = (ratio(text, column) for text in path.units)
        return next((factor for factor in found if factor is not None), None)
    return path.scale if path.scale is not None and path.scale > 1 else None


def _cumulative(
    columns: Sequence[int], paths: Mapping[int, "HeadPath"]
) -> tuple[list[int], list[int]]:
    """Return the cumulative ones of a field's columns, and those of the month alone beside them."""
    monthly = [c for c in columns if paths[c].says(_MONTHLY)]
    cumulative = [c for c in columns if paths[c].says(_CUMULATIVE)]
    if cumulative and monthly and not set(cumulative) & set(monthly):
        return [c for c in columns if c not in monthly], monthly
    return list(columns), []


def _of_unit(
    field_: Column, columns: list[int], paths: Mapping[int, "HeadPath"], units: Level
) -> list[int]:
    """Return the columns whose unit says that they hold the field, all of them if none says so."""
    if not field_.is_number or len(columns) < 2:
        return columns
    stated = [c for c in columns if paths[c].dimension or dimension(units.get(c, ""))]
    return stated or columns


def _canonical(field_: Column, columns: Sequence[int], paths: Mapping[int, "HeadPath"]) -> int:
    """Return the column headed as in our form, else the first."""
    head = header_key(field_.header)
    return next((c for c in columns if paths[c].levels[-1] == head), columns[0])


def _good(kind: Kind, columns: Mapping[str, object], definition: Definition) -> bool:
    expected = [c.name for c in definition.kinds[kind] if c.expected]
    matches = sum(name in columns for name in expected)
    anchored = (
        ("enterprise" in columns and any(c in columns for c in definition.counts))
        if kind == "progress"
        else definition.identity in columns
    )
    return matches * 2 >= len(expected) or (anchored and matches * 3 >= len(expected))
