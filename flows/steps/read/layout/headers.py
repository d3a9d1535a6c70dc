"""A table's header found by its words, in any row and of up to three levels (DESIGN §4)."""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from flows.steps.model import Kind
from flows.steps.read.grid import Grid
from schemas.columns import COUNTS, KINDS
from schemas.spellings import header_key, headers, parents, unit_scale

LEVELS = 3  # of the deepest header
FEWEST = 3  # columns that every header has
_LONGEST = 60  # characters of a text in a header

Level = dict[int, str]  # the texts of one row of a header by their column


@dataclass(frozen=True)
class Header:
    """A recognised header: its zero-based rows, `last` being the lowest, and its columns.

    `columns` gives the column of each field, `twice` the second column of a doubled field, `units`
    the factor of a unit named in the header, `unknown` the texts that are not among our spellings
    by column, `texts` all texts by column.
    """

    kind: Kind
    first: int
    last: int
    columns: Mapping[str, int]
    twice: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Return the expected fields for which the header has no column."""
        return [c.name for c in KINDS[self.kind] if c.expected and c.name not in self.columns]

    def same_as(self, other: "Header") -> bool:
        """Return whether another header has the same texts in the same columns."""
        return self.kind == other.kind and self.texts == other.texts


def find_header(grid: Grid, start: int, stop: int) -> Header | None:
    """Return the first header that begins in the rows [start, stop), None if there is none.

    A header holds at least half of the columns that its kind expects, or the enterprise and a count
    beside a third of them. Of several readings the one with most fields and fewest levels wins.
    """
    stop = min(stop, grid.height)
    rows = {row: _row_texts(grid, row) for row in range(start, min(stop + LEVELS - 1, grid.height))}
    known = {
        row: sum(header_key(text) in header_words() for text in texts.values())
        for row, texts in rows.items()
    }
    best: Header | None = None
    for first in range(start, stop):
        if best is not None and first > best.last:
            break
        for last in range(first, min(first + LEVELS, grid.height)):
            if sum(known[row] for row in range(first, last + 1)) < FEWEST:
                continue
            paths = _paths(_levels(grid, rows, first, last))
            for kind in KINDS:
                header = _match(kind, paths, first, last)
                if header is not None and (best is None or _score(header) > _score(best)):
                    best = header
    return best


@cache
def header_words() -> frozenset[str]:
    """Return every text that occurs in a header on any level."""
    return frozenset(
        word for kind in KINDS for text in headers(kind).exact for word in text.split("/")
    )


def _score(header: Header) -> tuple[int, int]:
    return len(header.columns), header.first - header.last


def _match(kind: Kind, paths: Mapping[int, "_Path"], first: int, last: int) -> Header | None:
    columns: dict[str, int] = {}
    twice: dict[str, int] = {}
    units: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for column, path in paths.items():
        name = path.field(kind)
        if name is None:
            unknown[column] = path.text
        elif name and name in columns:
            twice.setdefault(name, column)
        elif name:
            columns[name] = column
            if path.scale is not None and path.scale > 1:
                units[name] = path.scale
    if not _good(kind, columns):
        return None
    texts = {column: path.text for column, path in paths.items()}
    return Header(kind, first, last, columns, twice, units, unknown, texts)


def _good(kind: Kind, columns: Mapping[str, int]) -> bool:
    expected = [c.name for c in KINDS[kind] if c.expected]
    found = sum(name in columns for name in expected)
    anchored = (
        ("enterprise" in columns and any(c in columns for c in COUNTS))
        if kind == "progress"
        else "id" in columns
    )
    return found * 2 >= len(expected) or (anchored and found * 3 >= len(expected))


@dataclass(frozen=True)
class _Path:
    """The texts of a column's header from the top level down.

    `shared` is set if the texts above the lowest one head other columns too, `guessed` if they were
    taken from the column to the left.
    """

    levels: tuple[str, ...]
    scale: int | None
    guessed: bool
    shared: bool = False

    @property
    def text(self) -> str:
        return "/".join(self.levels)

    def field(self, kind: Kind) -> str | None:
        """Return the field that the column holds, "" if it is ignored, None if it is unknown."""
        known, ignored = headers(kind), headers("ignored")
        tries = [self.text]
        if self.guessed or (self.shared and any(c.header == self.levels[-1] for c in KINDS[kind])):
            tries.append(self.levels[-1])
        for text in tries:
            if (name := known.get(text)) is not None:
                return name
            if ignored.get(text) is not None:
                return ""
        return "" if self.scale == 0 else None


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
            paths[column] = _Path(distinct, scale, column in guessed)
    heads = Counter(path.levels[:-1] for path in paths.values() if len(path.levels) > 1)
    return {
        column: replace(path, shared=heads[path.levels[:-1]] > 1) for column, path in paths.items()
    }


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
