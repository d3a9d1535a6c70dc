"""The cells of a worksheet straight from the bytes of its XML, if an office program wrote it.

calamine takes several times as long and does not tell errors and formulas without a result from
empty cells; an XML parser takes ten times as long. Here numpy finds every `<` of a chunk of rows at
once, and the eight bytes from there tell which tag begins. Every tag must be known and in its
place, every cell in its row and to the right of the one before; else IrregularError is raised and
the sheet is read cell by cell (cellwise.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.steps.model import CellValue
from flows.steps.read.formats.xlsx.contents import (
    Content,
    IrregularError,
    Results,
    content_of_tag,
    special_value,
    style_of_tag,
    value_of,
)
from flows.steps.read.formats.xlsx.package import Style
from flows.steps.read.formats.xlsx.strings import xml_text
from flows.steps.read.formats.xlsx.words import (
    PAD,
    Array,
    Words,
    begins,
    columns_of,
    digit_counts,
    factorized,
    numbers_of,
)

_LONGEST_TAIL = 32  # bytes of a cell's tag after its reference: ` s="1234" t="inlineStr"` has 23
_REFERENCE = len('<c r="')
_ROW = len('<row r="')
_PLAIN, _PRESERVED = b"<t>", b'<t xml:space="preserve">'


@dataclass(frozen=True)
class Cells:
    """The filled cells of a chunk of rows: zero-based rows and columns, contents, and numbers.

    A number is that of the shared string, the number or date itself, or for OTHER the index among
    `others`.
    """

    rows: Array
    columns: Array
    contents: Array
    numbers: Array
    others: Sequence[CellValue]
    results: Results


class _Tags:
    """The tags of a text: the position and word of each, with six empty ones after the last."""

    def __init__(self, text: Words, end: int) -> None:
        places = np.flatnonzero(text.bytes == ord("<"))
        self.count = len(places)
        self.places = np.append(places, np.full(6, end))
        self.words = np.append(text.at(places), np.zeros(6, dtype=np.uint64))

    def of(self, begin: bytes) -> Array:
        """Return the tags that begin with some bytes."""
        return np.flatnonzero(begins(self.words, begin))

    def at(self, which: Array, begin: bytes) -> Array:
        """Return whether each of some tags begins with some bytes."""
        return begins(self.words[which], begin)


def scan(chunk: bytes, styles: Sequence[Style], struck: frozenset[int] = frozenset()) -> Cells:
    """Return the filled cells of a chunk of whole rows; raises IrregularError for irregular XML."""
    text = Words(chunk)
    tags = _Tags(text, PAD + len(chunk))
    cells, rows, closings = tags.of(b'<c r="'), tags.of(b'<row r="'), tags.of(b"</row>")
    valued, inline, alone = _shapes(tags, cells)
    special = np.flatnonzero(~(valued | inline | alone))
    behind = np.sort(np.concatenate([cells, closings]))
    ends = (
        behind[np.minimum(np.searchsorted(behind, cells[special], side="right"), len(behind) - 1)]
        if len(special)
        else special
    )
    understood = (
        4 * valued.sum()
        + 6 * inline.sum()
        + alone.sum()
        + (ends - cells[special]).sum()
        + len(rows)
        + len(closings)
    )
    if understood != tags.count:
        raise IrregularError
    row, column, tails = _positions(text, tags, cells, rows, closings)
    contents = _contents_named(text, tags, cells, tails, styles)
    if ((contents == Content.NOTHING) != alone).any():
        raise IrregularError
    collected = _Collector(row, column, contents)
    collected.add_values(text, tags, cells, np.flatnonzero(valued))
    collected.add_inline(text, tags, cells, np.flatnonzero(inline))
    for at, start, stop in zip(
        special.tolist(),
        tags.places[cells[special]].tolist(),
        tags.places[ends].tolist(),
        strict=True,
    ):
        value, formula = special_value(text.text[start:stop], Content(contents[at]))
        collected.put(at, value)
        if b"<strike" in text.text[start:stop]:
            collected.results.struck.append((int(row[at]), int(column[at])))
        if formula:
            collected.results.add(int(row[at]), int(column[at]), value)
    if struck:
        in_struck = _struck(text, tags, cells, tails, struck)
        collected.results.struck += zip(
            row[in_struck].tolist(), column[in_struck].tolist(), strict=True
        )
    return collected.filled()


def _shapes(tags: _Tags, cells: Array) -> tuple[Array, Array, Array]:
    """Return which cells hold a plain value, a plain inline text, and nothing: nearly all do."""
    valued = tags.at(cells + 1, b"<v>") & tags.at(cells + 2, b"</v>") & tags.at(cells + 3, b"</c>")
    alone = tags.at(cells + 1, b'<c r="') | tags.at(cells + 1, b"</row>")
    inline = tags.at(cells + 1, b"<is>")
    if inline.any():
        inline &= tags.at(cells + 2, _PLAIN) | tags.at(cells + 2, _PRESERVED[:8])
        for i, end in enumerate((b"</t>", b"</is>", b"</c>"), start=3):
            inline &= tags.at(cells + i, end)
    return valued, inline, alone


def _positions(
    text: Words, tags: _Tags, cells: Array, rows: Array, closings: Array
) -> tuple[Array, Array, Array]:
    """Return each cell's zero-based row and column, and where its tag continues."""
    numbers, digits, lengths, of_cell = _rows(text, tags, cells, rows, closings)
    starts = tags.places[cells] + _REFERENCE
    columns, letters = columns_of(text.at(starts))
    ends = starts + letters + lengths[of_cell]
    shift = ((8 - lengths) * 8).astype(np.uint64)
    same = (text.at(ends - 8) >> shift[of_cell]) == digits[of_cell]
    if not (same & (text.bytes[ends] == ord('"')) & (columns >= 0)).all():
        raise IrregularError
    return numbers[of_cell] - 1, columns, ends + 1


def _rows(
    text: Words, tags: _Tags, cells: Array, rows: Array, closings: Array
) -> tuple[Array, Array, Array, Array]:
    """Return each row's number, its digits as a word, their count, and the row of each cell."""
    after = tags.places[rows + 1]
    empty = text.bytes[after - 2] == ord("/")
    opened = rows[~empty]
    bounds, ends = np.searchsorted(cells, opened), np.searchsorted(cells, closings)
    alternate = (
        len(opened) == len(closings)
        and (opened < closings).all()
        and (closings[:-1] < opened[1:]).all()
    )
    within = (
        len(bounds) == len(ends) and (np.append(0, ends) == np.append(bounds, len(cells))).all()
    )
    if not (alternate and within and (text.bytes[after - 1] == ord(">")).all()):
        raise IrregularError
    starts = tags.places[opened] + _ROW
    lengths = digit_counts(text.at(starts))
    if not ((lengths >= 1) & (lengths <= 7) & (text.bytes[starts + lengths] == ord('"'))).all():
        raise IrregularError
    words = text.at(starts + lengths - 8)
    digits = words >> ((8 - lengths) * 8).astype(np.uint64)
    return (
        numbers_of(words, lengths)[0].astype(np.int64),
        digits,
        lengths,
        np.repeat(np.arange(len(opened)), ends - bounds),
    )


def _contents_named(
    text: Words, tags: _Tags, cells: Array, tails: Array, styles: Sequence[Style]
) -> Array:
    """Return the content that each cell's tag announces; NOTHING for one that is closed at once."""
    ends = tags.places[cells + 1] - 1
    factorized_tails = factorized(text, tails, ends - tails, _LONGEST_TAIL)
    if factorized_tails is None or not (text.bytes[ends] == ord(">")).all():
        raise IrregularError
    codes, distinct = factorized_tails
    return np.array([content_of_tag(tail, styles) for tail in distinct], dtype=np.int8)[codes]


def _struck(text: Words, tags: _Tags, cells: Array, tails: Array, struck: frozenset[int]) -> Array:
    """Return which cells have a style that strikes them through."""
    ends = tags.places[cells + 1] - 1
    codes, distinct = factorized(text, tails, ends - tails, _LONGEST_TAIL) or (tails[:0], [])
    flags = [style_of_tag(tail.removesuffix(b"/")) in struck for tail in distinct]
    return np.array(flags, dtype=bool)[codes]


class _Collector:
    """The cells of a chunk while their contents are collected."""

    def __init__(self, rows: Array, columns: Array, named: Array) -> None:
        self.rows, self.columns, self.named = rows, columns, named
        self.contents = np.zeros(len(rows), dtype=np.int8)
        self.numbers = np.zeros(len(rows))
        self.others: list[CellValue] = []
        self.results = Results()

    def add_values(self, text: Words, tags: _Tags, cells: Array, which: Array) -> None:
        """Add cells with nothing but a value: whole numbers of up to eight digits at once."""
        starts, stops = tags.places[cells[which] + 1] + 3, tags.places[cells[which] + 2]
        named, lengths = self.named[which], stops - starts
        numbers, good = numbers_of(text.at(stops - 8), np.clip(lengths, 1, 8))
        good &= (named <= Content.PERCENT) & (lengths >= 1) & (lengths <= 8)
        self.contents[which[good]], self.numbers[which[good]] = named[good], numbers[good]
        rest = np.flatnonzero(~good)
        for at, raw in zip(
            which[rest].tolist(), text.slices(starts[rest], stops[rest]), strict=True
        ):
            self.put(
                at,
                value_of(Content(self.named[at]), xml_text(raw.decode(), keep=True), formula=False),
            )

    def add_inline(self, text: Words, tags: _Tags, cells: Array, which: Array) -> None:
        """Add cells with inline texts, each distinct one once."""
        for begin, keep in ((_PLAIN, False), (_PRESERVED, True)):
            matching = which[tags.at(cells[which] + 2, begin[:8])]
            starts = tags.places[cells[matching] + 2]
            index: dict[bytes, int] = {}
            raws = text.slices(starts, tags.places[cells[matching] + 3])
            numbers = [index.setdefault(raw, len(index) + len(self.others)) for raw in raws]
            if (
                not all(raw.startswith(begin) for raw in index)
                or (self.named[matching] != Content.INLINE).any()
            ):
                raise IrregularError
            self.contents[matching], self.numbers[matching] = Content.OTHER, numbers
            self.others += [xml_text(raw[len(begin) :].decode(), keep=keep) for raw in index]

    def put(self, at: int, value: CellValue) -> None:
        """Add the value of one cell."""
        if value is None:
            return
        if isinstance(value, float):
            self.contents[at], self.numbers[at] = self.named[at], value
        else:
            self.contents[at], self.numbers[at] = Content.OTHER, len(self.others)
            self.others.append(value)

    def filled(self) -> Cells:
        """Return the filled cells; raises IrregularError if they are not in order."""
        order = self.rows * 2**14 + self.columns
        if (order[1:] <= order[:-1]).any():
            raise IrregularError
        keep = self.contents != Content.NOTHING
        rows, columns = self.rows[keep].astype(np.int32), self.columns[keep].astype(np.int32)
        return Cells(
            rows, columns, self.contents[keep], self.numbers[keep], self.others, self.results
        )
