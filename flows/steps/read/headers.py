"""Finding a table's header by its words, wherever it stands and however many levels it has (DESIGN §4, domain.md §2–3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.steps.model import Kind
from flows.steps.read.grid import Grid
from schemas.columns import COUNTS, KINDS
from schemas.spellings import header_key, headers, unit_scale

LEVELS = 3  # the deepest header looked for
WIDEST = 400  # columns looked at; ledgers have up to 47


@dataclass(frozen=True)
class Header:
    """A recognised header: its rows (zero-based, `last` is the lowest), the fields found and what else stands in it.

    `columns` gives the column of each field, `twice` the second column of a field met again, `units` the factor of a field's
    unit where its header names one, `unknown` the texts that are no spelling of ours, with their columns.
    """

    kind: Kind
    first: int
    last: int
    columns: Mapping[str, int]
    twice: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[int, str] = field(default_factory=dict)
    texts: Sequence[str] = ()

    @property
    def missing(self) -> list[str]:
        """Return the fields whose column the kind expects and the header lacks."""
        return [c.name for c in KINDS[self.kind] if c.expected and c.name not in self.columns]


def find_header(grid: Grid, start: int, stop: int) -> Header | None:
    """Return the first header that begins from row `start` up to, not including, `stop`; None where there is none.

    A header is good when it holds at least half of the columns that its kind expects, or the enterprise and a count beside a
    third of them. Of the ways to read one header that with most fields and fewest levels wins.
    """
    stop = min(stop, grid.height)
    rows = _texts(grid, start, min(stop + LEVELS - 1, grid.height))
    best: Header | None = None
    for first in range(start, stop):
        if best is not None and first > best.first + LEVELS - 1:
            break
        for depth in range(1, min(LEVELS, len(rows) - (first - start)) + 1):
            paths = _paths(rows[first - start : first - start + depth])
            for kind in KINDS:
                header = _match(kind, paths, first, first + depth - 1)
                if header is not None and (best is None or _score(header) > _score(best)):
                    best = header
    return best


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
    texts = [path.text for path in paths.values()]
    return Header(kind, first, last, columns, twice, units, unknown, texts)


def _good(kind: Kind, columns: Mapping[str, int]) -> bool:
    expected = [c.name for c in KINDS[kind] if c.expected]
    found = sum(name in columns for name in expected)
    anchored = ("enterprise" in columns and any(c in columns for c in COUNTS)) if kind == "progress" else "id" in columns
    return found * 2 >= len(expected) or (anchored and found * 3 >= len(expected))


@dataclass(frozen=True)
class _Path:
    """The texts of a column's header from the top level down; a guessed parent was taken over from the column at the left."""

    levels: tuple[str, ...]
    scale: int | None
    guessed: bool

    @property
    def text(self) -> str:
        return "/".join(self.levels)

    def field(self, kind: Kind) -> str | None:
        """Return the field that the column holds, "" for one that is of no use here, None for an unknown one."""
        known, ignored = headers(kind), headers("ignored")
        tries = [self.text]
        if len(self.levels) > 1 and (self.guessed or any(c.header == self.levels[-1] for c in KINDS[kind])):
            tries.append(self.levels[-1])
        for text in tries:
            if (name := known.get(text)) is not None:
                return name
            if ignored.get(text) is not None:
                return ""
        return "" if self.scale == 0 else None


def _paths(rows: Sequence[Sequence[str | None]]) -> dict[int, _Path]:
    """Return the header path of each column that has one, over the rows of a header."""
    levels = [list(row) for row in rows]
    guessed: set[int] = set()
    for upper, lower in zip(levels, levels[1:], strict=False):
        guessed |= _inherit(upper, lower)
    paths = {}
    for column in range(len(levels[0])):
        texts = [text for row in levels if (text := row[column])]
        scale = next((s for text in texts if (s := _scale(text)) is not None), None)
        keys = [header_key(text) for text in texts if unit_scale(text) is None]
        distinct = tuple(key for i, key in enumerate(keys) if i == 0 or key != keys[i - 1])
        if distinct:
            paths[column] = _Path(distinct, scale, column in guessed)
    return paths


def _texts(grid: Grid, start: int, stop: int) -> list[list[str | None]]:
    """Return the texts of some rows, each merged cell's text in all of its columns and rows; what is no text is None."""
    width = min(grid.width, WIDEST)
    rows = {row: _padded(grid.row(row), width) for row in range(start, stop)}
    for top, left, bottom, right in grid.spans:
        if top < stop and bottom >= start and left < width:
            value = rows[top][left] if top in rows else _padded(grid.row(top), width)[left]
            for row in range(max(top, start), min(bottom + 1, stop)):
                rows[row][left : right + 1] = [value] * (min(right + 1, width) - left)
    return [[v.strip() or None if isinstance(v, str) else None for v in rows[row]] for row in range(start, stop)]


def _padded(cells: list[Any], width: int) -> list[Any]:
    return cells[:width] + [None] * (width - len(cells))


def _inherit(upper: list[str | None], lower: list[str | None]) -> set[int]:
    """Give a lower text without an upper one the upper text at its left, as in files that know no merged cells."""
    taken: set[int] = set()
    for i in range(1, min(len(upper), len(lower))):
        if upper[i] is None and lower[i] is not None and upper[i - 1] is not None and lower[i - 1] is not None:
            upper[i] = upper[i - 1]
            taken.add(i)
    return taken


def _scale(text: str) -> int | None:
    """Return the factor of the unit that a header names, alone or in brackets at its end: 退休人数（万人） is 10 000."""
    if (whole := unit_scale(text)) is not None:
        return whole
    opening = max(text.rfind("("), text.rfind("（"))
    return unit_scale(text[opening + 1 : -1]) if opening >= 0 and text[-1] in ")）" else None
