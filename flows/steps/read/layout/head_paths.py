"""The texts over each column of a header, from the top level down, and the field they name."""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from flows.steps.model import Kind
from flows.steps.read.grid import Grid
from flows.steps.read.layout.row_roles import are_numbers
from schemas.definition import Definition
from schemas.spellings import (
    dimension,
    header_key,
    parents,
    qualifiers,
    squeeze,
    unit_scale,
)

MONEY = "元"  # the dimension of sums of money
LEVELS = 3  # of the deepest header
_FEWEST = 3  # columns that every header has, where its kind expects so many
_LONGEST = 60  # characters of a text in a header
_SAMPLED = 200  # rows of a table that show whether a column has values
Level = dict[int, str]  # the texts of one row of a header by their column


@cache
def header_words(definition: Definition) -> frozenset[str]:
    """Return every text that occurs in a header on any level."""
    return frozenset(
        word
        for kind in definition.kinds
        for text in definition.headers(kind).exact
        for word in text.split("/")
    )


@cache
def fewest(definition: Definition) -> int:
    """Return how many columns every header has."""
    expected = [sum(c.expected for c in columns) for columns in definition.kinds.values()]
    return min(_FEWEST, max(2, min(expected)))


@dataclass(frozen=True)
class HeadPath:
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
        """Return the texts joined as our spellings join them."""
        return "/".join(self.levels)

    @property
    def dimension(self) -> str | None:
        """Return what the header says that the column counts, by its lowest text or its unit."""
        named = (dimension(text) or _unit_in(text) for text in reversed(self.raw))
        return next((found for found in named if found is not None), None)

    @property
    def units(self) -> tuple[str, ...]:
        """Return the texts that may be units, lowest first: those in brackets, whole ones."""
        inside = [text[text.rfind("(") + 1 : -1] for text in self.raw if text.endswith(")")]
        return (*reversed(inside), *reversed(self.raw))

    def says(self, words: Sequence[str]) -> bool:
        """Return whether any text of the column, or above it, holds one of some words."""
        return any(word in text for text in self.raw for word in words)

    def field(self, kind: Kind, definition: Definition) -> str | None:
        """Return the field that the column holds, "" if it is ignored, None if it is unknown."""
        return _field(self, kind, definition)


@lru_cache(maxsize=4096)
def _field(path: HeadPath, kind: Kind, definition: Definition) -> str | None:
    # The ledgers of a month have the same few heads, each of them looked up in several readings.
    known, ignored = definition.headers(kind), definition.ignored
    tries = [path.text]
    upper, lowest = path.levels[:-1], path.levels[-1]
    if upper and dimension(lowest) is not None:
        tries.append("/".join(upper))
    for text in tries:
        if (name := known.get(text)) is not None:
            return name
        if ignored.get(text) is not None:
            return ""
    name = known.exact.get(lowest) if upper else None
    above = _above(name or "", kind, definition)
    if name is not None and (path.guessed or not _qualified(upper, known.exact, above)):
        return name
    amounts = any(c.type == "amount" for c in definition.kinds[kind])
    uncounted = path.scale == 0 and not (amounts and path.dimension == MONEY)
    return "" if uncounted else None


def _above(name: str, kind: Kind, definition: Definition) -> Collection[str | None]:
    """Return the fields whose head may stand over that of a field: its own, what it is part of."""
    column = definition.columns_of(kind).get(name)
    whole = definition.wholes.get(name) if kind == "progress" else None
    return {None, name, definition.main, whole, column.at_most if column else None}


def _qualified(
    upper: Sequence[str], known: Mapping[str, str], above: Collection[str | None]
) -> bool:
    """Return whether texts above a head make another count of it, or are another field's head."""
    if any(qualifiers().get(text) is not None for text in upper):
        return True
    return any(known.get(text) not in above for text in upper)


@lru_cache(maxsize=4096)
def _unit_in(text: str) -> str | None:
    """Return what the unit in brackets at the end of a text counts."""
    plain = squeeze(text)
    return dimension(plain[plain.rfind("(") :]) if plain.endswith(")") else None


def paths_of(levels: Sequence[Level]) -> dict[int, HeadPath]:
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
            paths[column] = HeadPath(distinct, scale, column in guessed, raw=raw)
    heads = Counter(path.levels[:-1] for path in paths.values() if len(path.levels) > 1)
    return {
        column: replace(path, shared=heads[path.levels[:-1]] > 1) for column, path in paths.items()
    }


def extended(
    grid: Grid, kind: Kind, paths: Mapping[int, HeadPath], last: int, definition: Definition
) -> dict[int, HeadPath]:
    """Return the paths with those of columns that have values but share a neighbour's head.

    Such a column lies under a merged head, or has no head and stands right of a count or a date.
    """
    extended = dict(paths)
    columns = definition.columns_of(kind)
    for column, path in paths.items():
        name = path.field(kind, definition)
        if not name or columns[name].aside:
            continue
        merged = _merged_right(grid, column, last)
        numeric = columns[name].is_number or columns[name].type == "date"
        for neighbour in range(column + 1, max(merged, column + 1 if numeric else column) + 1):
            if neighbour in paths or not _beside(
                grid, column, neighbour, last, header_words(definition), numeric=numeric
            ):
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


def _beside(
    grid: Grid, column: int, neighbour: int, last: int, words: Collection[str], *, numeric: bool
) -> bool:
    """Return whether a neighbouring column has values in rows of the table that fill the column.

    Rows are searched up to the next header, of a long table only the first ones.
    """
    for row in range(last + 1, min(last + 1 + _SAMPLED, grid.height)):
        cells = dict(grid.cells(row))
        if sum(isinstance(v, str) and header_key(v) in words for v in cells.values()) > 2:
            return False
        value = cells.get(neighbour)
        if value is None or column not in cells or are_numbers(list(cells.values())):
            continue
        if not numeric or (isinstance(value, int | float) and not isinstance(value, bool)):
            return True
    return False


def row_texts(grid: Grid, row: int) -> Level:
    """Return the texts of a row that are short enough for a header."""
    return {
        column: value.strip()
        for column, value in grid.cells(row)
        if isinstance(value, str) and len(value) <= _LONGEST
    }


def levels_of(grid: Grid, rows: Mapping[int, Level], first: int, last: int) -> list[Level]:
    """Return the texts of some rows, merged texts repeated where they apply.

    A merged text counts in each row it spans and in each column with a text below it. Over columns
    without texts it counts in the first only.
    """
    levels = {row: dict(rows[row]) for row in range(first, last + 1)}
    filled = sorted(set().union(*levels.values()))
    for top, left, bottom, right in grid.spans_between(first, last + 1):
        text = (rows[top] if top in rows else row_texts(grid, top)).get(left, "")
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
