"""A table's header found by its words, in any row and of up to three levels (DESIGN §4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.steps.model import Kind
from flows.steps.read.grid import Grid
from flows.steps.read.layout.head_paths import (
    ASIDES,
    FEWEST,
    LEVELS,
    HeadPath,
    Level,
    extended,
    header_words,
    levels_of,
    paths_of,
    row_texts,
)
from flows.steps.read.layout.row_roles import are_numbers, are_units
from schemas.columns import COUNTS, KINDS, columns_of
from schemas.spellings import NO_OWN, OwnSpellings, dimension, header_key

BELOW = 4  # rows below a header that may hold column numbers and units
_CUMULATIVE, _MONTHLY = ("累计", "截至", "截止"), ("本月", "当月", "本期", "当期")
# What the units of a count's column may be.
_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    name: ("份", "人") if name in ("archives_due", "archives") else ("人",) for name in COUNTS
}


@dataclass(frozen=True)
class Header:
    """A recognised header: its zero-based rows, `last` being the lowest, and its columns.

    `columns` gives the column of each field, `twice` the second column of a doubled field, `spare`
    that of a doubled field that nothing is counted by, `ambiguous` the columns that one head may
    mean, `units` the factor of a unit named in the header, `unknown` the texts that are not among
    our spellings by column, `texts` all texts by column, `written` the lowest ones as they stand.
    """

    kind: Kind
    first: int
    last: int
    columns: Mapping[str, int]
    twice: Mapping[str, int] = field(default_factory=dict)
    spare: Mapping[str, int] = field(default_factory=dict)
    ambiguous: Mapping[str, Sequence[int]] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    written: Mapping[int, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Return the expected fields for which the header has no column."""
        return [c.name for c in KINDS[self.kind] if c.expected and c.name not in self.columns]

    def same_as(self, other: "Header") -> bool:
        """Return whether another header has the same texts in the same columns."""
        return self.kind == other.kind and self.texts == other.texts


def find_header(grid: Grid, start: int, stop: int, own: OwnSpellings = NO_OWN) -> Header | None:
    """Return the first header that begins in the rows [start, stop), None if there is none.

    A header holds at least half of the columns that its kind expects, or the enterprise and a count
    beside a third of them. Of several readings the one with most fields wins, then the one with
    fewest doubts, then the one that cuts no merged cell, then the one with fewest levels.
    """
    stop = min(stop, grid.height)
    rows = {row: row_texts(grid, row) for row in range(start, min(stop + LEVELS - 1, grid.height))}
    words = header_words(own)
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
            if sum(known[row] for row in range(first, last + 1)) < FEWEST:
                continue
            for header in _readings(grid, rows, first, last, own):
                score = _score(grid, header)
                if best is None or score > best_score:
                    best, best_score = header, score
    return best


def _has_numbers(grid: Grid, row: int) -> bool:
    values = [value for _, value in grid.cells(row)]
    return any(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _readings(
    grid: Grid, rows: Mapping[int, Level], first: int, last: int, own: OwnSpellings
) -> Iterator[Header]:
    levels = levels_of(grid, rows, first, last)
    paths = paths_of(levels)
    units = _units_below(grid, last)
    written = {column: text for level in levels for column, text in level.items()}
    for kind in KINDS:
        header = _match(grid, kind, extended(grid, kind, paths, last, own), units, own)
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


def _units_below(grid: Grid, last: int) -> Level:
    """Return the units of the unit row below a header by column."""
    for row in range(last + 1, min(last + 1 + BELOW, grid.height)):
        cells = grid.cells(row)
        values = [value for _, value in cells]
        if are_units(values):
            return {column: value for column, value in cells if isinstance(value, str)}
        if cells and not are_numbers(values):
            break
    return {}


def _match(
    grid: Grid, kind: Kind, paths: Mapping[int, "HeadPath"], units: Level, own: OwnSpellings
) -> Header | None:
    candidates: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    for column, path in paths.items():
        name = path.field(kind, own)
        counted = path.dimension or dimension(units.get(column, ""))
        if name in COUNTS and counted is not None and counted not in _DIMENSIONS[name]:
            unknown[column] = f"{path.text}（{counted}）"
        elif name is None:
            unknown[column] = path.text
        elif name:
            candidates.setdefault(name, []).append(column)
    if not _good(kind, candidates):
        return None
    columns: dict[str, int] = {}
    twice: dict[str, int] = {}
    spare: dict[str, int] = {}
    ambiguous: dict[str, Sequence[int]] = {}
    for name, several in candidates.items():
        several, monthly = _cumulative(several, paths)
        unknown |= {column: paths[column].text for column in monthly}
        several = _of_unit(name, several, paths, units)
        chosen = _canonical(kind, name, several, paths) if name in ASIDES else several[0]
        columns[name] = chosen
        others = [column for column in several if column != chosen]
        if others and any(paths[column].continued for column in several):
            ambiguous[name] = several
        elif others:
            (spare if name in ASIDES else twice)[name] = others[0]
    scales = {name: paths[column].scale for name, column in columns.items()}
    factors = {name: scale for name, scale in scales.items() if scale is not None and scale > 1}
    texts = {column: path.text for column, path in paths.items()}
    return Header(kind, 0, 0, columns, twice, spare, ambiguous, factors, unknown, texts)


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
    name: str, columns: list[int], paths: Mapping[int, "HeadPath"], units: Level
) -> list[int]:
    """Return the columns whose unit says that they hold the field, all of them if none says so."""
    if name not in COUNTS or len(columns) < 2:
        return columns
    stated = [c for c in columns if paths[c].dimension or dimension(units.get(c, ""))]
    return stated or columns


def _canonical(
    kind: Kind, name: str, columns: Sequence[int], paths: Mapping[int, "HeadPath"]
) -> int:
    """Return the column headed as in our form, else the first."""
    head = header_key(columns_of(kind)[name].header)
    return next((c for c in columns if paths[c].levels[-1] == head), columns[0])


def _good(kind: Kind, columns: Mapping[str, object]) -> bool:
    expected = [c.name for c in KINDS[kind] if c.expected]
    matches = sum(name in columns for name in expected)
    anchored = (
        ("enterprise" in columns and any(c in columns for c in COUNTS))
        if kind == "progress"
        else "id" in columns
    )
    return matches * 2 >= len(expected) or (anchored and matches * 3 >= len(expected))
