"""A table's header found by its words, in any row and of up to three levels (DESIGN §4)."""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from flows.steps.model import Kind
from flows.steps.read.grid import Grid
from flows.steps.read.layout.row_roles import are_numbers, are_units
from schemas.columns import COUNTS, KINDS, columns_of
from schemas.spellings import (
    NO_OWN,
    OwnSpellings,
    dimension,
    header_key,
    headers,
    parents,
    qualifiers,
    squeeze,
    unit_scale,
)

LEVELS = 3  # of the deepest header
FEWEST = 3  # columns that every header has
BELOW = 4  # rows below a header that may hold column numbers and units
_LONGEST = 60  # characters of a text in a header
_SAMPLED = 200  # rows of a table that show whether a column has values
_CUMULATIVE, _MONTHLY = ("累计", "截至", "截止"), ("本月", "当月", "本期", "当期")
# Fields that nothing is counted by: of two columns one is taken, the other is only noted.
_ASIDES = ("community", "phone", "note", "retired", "uscc")
# What the units of a count's column may be.
_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    name: ("份", "人") if name in ("archives_due", "archives") else ("人",) for name in COUNTS
}

Level = dict[int, str]  # the texts of one row of a header by their column


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
    rows = {row: _row_texts(grid, row) for row in range(start, min(stop + LEVELS - 1, grid.height))}
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


@cache
def header_words(own: OwnSpellings = NO_OWN) -> frozenset[str]:
    """Return every text that occurs in a header on any level."""
    return frozenset(
        word for kind in KINDS for text in headers(kind, own).exact for word in text.split("/")
    )


def _readings(
    grid: Grid, rows: Mapping[int, Level], first: int, last: int, own: OwnSpellings
) -> Iterator[Header]:
    levels = _levels(grid, rows, first, last)
    paths = _paths(levels)
    units = _units_below(grid, last)
    written = {column: text for level in levels for column, text in level.items()}
    for kind in KINDS:
        header = _match(grid, kind, _extended(grid, kind, paths, last, own), units, own)
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
    grid: Grid, kind: Kind, paths: Mapping[int, "_Path"], units: Level, own: OwnSpellings
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
        chosen = _canonical(kind, name, several, paths) if name in _ASIDES else several[0]
        columns[name] = chosen
        others = [column for column in several if column != chosen]
        if others and any(paths[column].continued for column in several):
            ambiguous[name] = several
        elif others:
            (spare if name in _ASIDES else twice)[name] = others[0]
    scales = {name: paths[column].scale for name, column in columns.items()}
    factors = {name: scale for name, scale in scales.items() if scale is not None and scale > 1}
    texts = {column: path.text for column, path in paths.items()}
    return Header(kind, 0, 0, columns, twice, spare, ambiguous, factors, unknown, texts)


def _cumulative(
    columns: Sequence[int], paths: Mapping[int, "_Path"]
) -> tuple[list[int], list[int]]:
    """Return the cumulative ones of a field's columns, and those of the month alone beside them."""
    monthly = [c for c in columns if paths[c].says(_MONTHLY)]
    cumulative = [c for c in columns if paths[c].says(_CUMULATIVE)]
    if cumulative and monthly and not set(cumulative) & set(monthly):
        return [c for c in columns if c not in monthly], monthly
    return list(columns), []


def _of_unit(
    name: str, columns: list[int], paths: Mapping[int, "_Path"], units: Level
) -> list[int]:
    """Return the columns whose unit says that they hold the field, all of them if none says so."""
    if name not in COUNTS or len(columns) < 2:
        return columns
    stated = [c for c in columns if paths[c].dimension or dimension(units.get(c, ""))]
    return stated if stated and not _clash(stated, paths) else columns


def _clash(columns: Sequence[int], paths: Mapping[int, "_Path"]) -> bool:
    return len(columns) > 1 and not any(paths[c].continued for c in columns)


def _canonical(kind: Kind, name: str, columns: Sequence[int], paths: Mapping[int, "_Path"]) -> int:
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


@dataclass(frozen=True)
class _Path:
    """The texts of a column's header from the top level down.

    `shared` is set if the texts above the lowest one head other columns too, `guessed` if they were
    taken from the column to the left, `continued` if the column has no text of its own at all.
    `raw` are all texts, those that say nothing too.
    """

    levels: tuple[str, ...]
    scale: int | None
    guessed: bool
    shared: bool = False
    continued: bool = False
    raw: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "/".join(self.levels)

    @property
    def dimension(self) -> str | None:
        """Return what the header says that the column counts, by its lowest text or its unit."""
        named = (dimension(text) or _unit_in(text) for text in reversed(self.raw))
        return next((found for found in named if found is not None), None)

    def says(self, words: Sequence[str]) -> bool:
        return any(word in text for text in self.raw for word in words)

    def field(self, kind: Kind, own: OwnSpellings) -> str | None:
        """Return the field that the column holds, "" if it is ignored, None if it is unknown."""
        known, ignored = headers(kind, own), headers("ignored", own)
        tries = [self.text]
        upper, lowest = self.levels[:-1], self.levels[-1]
        if upper and dimension(lowest) is not None:
            tries.append("/".join(upper))
        for text in tries:
            if (name := known.get(text)) is not None:
                return name
            if ignored.get(text) is not None:
                return ""
        name = known.exact.get(lowest) if upper else None
        if name is not None and (self.guessed or not _qualified(upper, name, known.exact)):
            return name
        return "" if self.scale == 0 else None


def _qualified(upper: Sequence[str], name: str, known: Mapping[str, str]) -> bool:
    """Return whether texts above a head make another count of it, or are another field's head."""
    if any(qualifiers().get(text) is not None for text in upper):
        return True
    return any(known.get(text) not in (None, name, "retirees") for text in upper)


def _unit_in(text: str) -> str | None:
    """Return what the unit in brackets at the end of a text counts."""
    plain = squeeze(text)
    return dimension(plain[plain.rfind("(") :]) if plain.endswith(")") else None


def _paths(levels: Sequence[Level]) -> dict[int, _Path]:
    """Return the texts of each column over the levels of a header."""
    guessed: set[int] = set()
    for upper, lower in itertools.pairwise(levels):
        guessed |= _inherit(upper, lower)
    paths = {}
    for column in sorted(set().union(*levels)):
        texts = [level[column] for level in levels if column in level]
        scale = next((s for text in texts if (s := _scale(text)) is not None), None)
        keys = [
            key
            for text in texts
            if unit_scale(text) is None and parents().get(key := header_key(text)) is None
        ]
        distinct = tuple(key for i, key in enumerate(keys) if i == 0 or key != keys[i - 1])
        if distinct:
            raw = tuple(squeeze(text) for text in texts)
            paths[column] = _Path(distinct, scale, column in guessed, raw=raw)
    heads = Counter(path.levels[:-1] for path in paths.values() if len(path.levels) > 1)
    return {
        column: replace(path, shared=heads[path.levels[:-1]] > 1) for column, path in paths.items()
    }


def _extended(
    grid: Grid, kind: Kind, paths: Mapping[int, _Path], last: int, own: OwnSpellings
) -> dict[int, _Path]:
    """Return the paths with those of columns that have values but share a neighbour's head.

    Such a column lies under a merged head, or has no head and stands right of a count or a date.
    """
    extended = dict(paths)
    types = {name: column.type for name, column in columns_of(kind).items()}
    for column, path in paths.items():
        name = path.field(kind, own)
        if not name or name in _ASIDES:
            continue
        merged = _merged_right(grid, column, last)
        numeric = types[name] in ("count", "date")
        for neighbour in range(column + 1, max(merged, column + 1 if numeric else column) + 1):
            if neighbour in paths or not _beside(grid, column, neighbour, last, numeric=numeric):
                break
            extended[neighbour] = replace(path, continued=True, raw=())
    return dict(sorted(extended.items()))


def _merged_right(grid: Grid, column: int, last: int) -> int:
    """Return the last column of the merged head over a column, or the column itself."""
    over = [
        right
        for top, left, bottom, right in grid.spans_between(last - LEVELS + 1, last + 1)
        if left == column < right and bottom <= last
    ]
    return min(over, default=column)


def _beside(grid: Grid, column: int, neighbour: int, last: int, *, numeric: bool) -> bool:
    """Return whether a neighbouring column has values in rows of the table that fill the column.

    Rows are searched up to the next header, of a long table only the first ones.
    """
    for row in range(last + 1, min(last + 1 + _SAMPLED, grid.height)):
        cells = dict(grid.cells(row))
        if sum(isinstance(v, str) and header_key(v) in header_words() for v in cells.values()) > 2:
            return False
        value = cells.get(neighbour)
        if value is None or column not in cells or are_numbers(list(cells.values())):
            continue
        if not numeric or (isinstance(value, int | float) and not isinstance(value, bool)):
            return True
    return False


def _row_texts(grid: Grid, row: int) -> Level:
    return {
        column: value.strip()
        for column, value in grid.cells(row)
        if isinstance(value, str) and len(value) <= _LONGEST
    }


def _levels(grid: Grid, rows: Mapping[int, Level], first: int, last: int) -> list[Level]:
    """Return the texts of some rows, merged texts repeated where they apply.

    A merged text counts in each row it spans and in each column with a text below it. Over columns
    without texts it counts in the first only.
    """
    levels = {row: dict(rows[row]) for row in range(first, last + 1)}
    filled = sorted(set().union(*levels.values()))
    for top, left, bottom, right in grid.spans_between(first, last + 1):
        text = (rows[top] if top in rows else _row_texts(grid, top)).get(left, "")
        for column in (
            filled[bisect_left(filled, left) : bisect_right(filled, right)] if text else ()
        ):
            for row in range(max(top, first), min(bottom, last) + 1):
                levels[row].setdefault(column, text)
    return list(levels.values())


def _inherit(upper: Level, lower: Level) -> set[int]:
    """Copy upper texts to the right over lower texts without one, as in CSV files; return where."""
    taken: set[int] = set()
    for column in sorted(lower):
        if column not in upper and column - 1 in upper and column - 1 in lower:
            upper[column] = upper[column - 1]
            taken.add(column)
    return taken


def _scale(text: str) -> int | None:
    """Return the factor of the unit that a header names, alone or in brackets at its end."""
    if (whole := unit_scale(text)) is not None:
        return whole
    opening = max(text.rfind("("), text.rfind("（"))
    return unit_scale(text[opening + 1 : -1]) if opening >= 0 and text[-1] in ")）" else None
