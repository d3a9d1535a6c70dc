"""A sheet's tags as a template of Jinja, and what it prints: rows in order, cells with values.

The text of a tag in a cell stands behind a mark with its address; a row's tag `{%tr … %}` goes with
its row and stands around the rows that it repeats, or prints, or leaves out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.steps.render.tags import word_of
from flows.steps.render.workbook.grid import Sheet, TextCell
from flows.steps.render.workbook.moves import Moves, Path, Printed
from flows.steps.render.workbook.values import START, STOP, VALUE, VALUE_END, clean, mark

_ROW, _CELL, _PIECE, _OPEN, _CLOSE, _BLANK, _HEAD, _AT = "RCPOKBHA"
_MARK = re.compile(f"{START}([^{STOP}]*){STOP}")
_ROW_TAG = re.compile(r"\{%\s*tr\s")


@dataclass(frozen=True)
class Number:
    """A number as the template printed it: its value, and its text."""

    value: str
    text: str


Bit = str | Number


@dataclass
class PrintedRow:
    """A row of the finished sheet; `cells` are what its cells with tags hold, by column.

    Each bit comes with the piece of the cell's text that it stands in. A `blank` row is what is
    left of a loop without a turn.
    """

    printed: Printed
    blank: bool = False
    cells: dict[str, list[tuple[int, Bit]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Print:
    """What a sheet's template printed: rows up to the last with tags, heads, where rows went."""

    rows: Sequence[PrintedRow]
    heads: Sequence[str]
    moves: Moves


@dataclass
class _Open:
    """A loop or condition over rows that is still open; `rows` are those that stand in it alone."""

    word: str
    number: int
    has_else: bool = False
    rows: list[int] = field(default_factory=list)


def loops_of(sheet: Sheet) -> dict[int, Path]:
    """Return the numbers of the loops around each row of a template, the outermost first."""
    opened: list[_Open] = []
    loops: dict[int, Path] = {}
    for row in range(1, sheet.last + 1):
        word = word_of(sheet.row_tag(row))
        if word in ("for", "if"):
            opened.append(_Open(word, row))
        elif word in ("endfor", "endif"):
            opened.pop()
        elif not word:
            loops[row] = tuple(one.number for one in opened if one.word == "for")
    return loops


def source_of(sheet: Sheet) -> str:
    """Return the source for Jinja; the tags of the sheet have been checked."""
    opened: list[_Open] = []
    parts: list[str] = []
    for row in range(1, sheet.last + 1):
        tag = sheet.row_tag(row)
        if tag:
            address = sheet.texts[row][0].address
            parts += [mark(_AT, address), *_row_tag(tag, row, opened)]
            continue
        if opened:
            opened[-1].rows.append(row)
        parts.append(mark(_ROW, row))
        for cell in sheet.texts.get(row, ()):
            parts += [mark(_CELL, cell.address), *_cell_source(cell)]
    for number, head in enumerate(sheet.heads):
        parts += [mark(_HEAD, number), clean(head.text or "")]
    return "".join(parts)


def _cell_source(cell: TextCell) -> Iterator[str]:
    for number, piece in enumerate(cell.pieces):
        yield mark(_PIECE, number)
        yield clean(piece.text)


def _row_tag(tag: str, row: int, opened: list[_Open]) -> Iterator[str]:
    plain = _ROW_TAG.sub("{% ", tag)
    word = word_of(tag)
    if word in ("for", "if"):
        opened.append(_Open(word, row))
        yield plain + (mark(_OPEN) if word == "for" else "")
    elif word == "else" and opened and opened[-1].word == "for":
        opened[-1].has_else = True
        yield mark(_CLOSE) + plain
    elif word in ("endfor", "endif") and opened:
        one = opened.pop()
        if one.word == "for" and not one.has_else:
            blanks = "".join(mark(_BLANK, number) for number in one.rows)
            yield f"{mark(_CLOSE)}{{% else %}}{mark(_OPEN)}{blanks}{mark(_CLOSE)}"
        yield plain
    else:
        yield plain


def place_of(printed: str) -> str:
    """Return the address of the cell in which a template stopped printing, "" for none."""
    marks = [text for text in _MARK.findall(printed) if text[:1] in (_CELL, _AT, _HEAD)]
    return marks[-1][1:] if marks and marks[-1][0] != _HEAD else ""


class _Reader:
    """The reading of what a template printed."""

    def __init__(self) -> None:
        self.rows: list[PrintedRow] = []
        self.heads: list[str] = []
        self._turns: list[int] = []
        self._turn = 0
        self._cell: list[tuple[int, Bit]] | None = None
        self._piece = 0
        self._value: str | None = None

    def mark(self, kind: str, what: str) -> None:
        """Follow a mark."""
        if kind in (_ROW, _BLANK):
            self._cell = None
            printed = Printed(int(what), tuple(self._turns))
            self.rows.append(PrintedRow(printed, blank=kind == _BLANK))
        elif kind == _CELL:
            self._cell = self.rows[-1].cells.setdefault(what.rstrip("0123456789"), [])
        elif kind == _PIECE:
            self._piece = int(what)
        elif kind == _OPEN:
            self._turn += 1
            self._turns.append(self._turn)
        elif kind == _CLOSE:
            self._turns.pop()
        elif kind == _HEAD:
            self._cell = None
            self.heads.append("")
        elif kind == VALUE:
            self._value = what
        elif kind == VALUE_END:
            self._value = None
        else:
            self._cell = None

    def text(self, text: str) -> None:
        """Follow a text between marks."""
        if self._cell is not None:
            bit = Number(self._value, text) if self._value else text
            self._cell.append((self._piece, bit))
        elif self.heads:  # & begins a code there
            self.heads[-1] += text if self._value is None else text.replace("&", "&&")


def read_print(printed: str, sheet: Sheet, loops: Mapping[int, Path]) -> Print:
    """Return what a sheet's template printed."""
    reader = _Reader()
    pieces = _MARK.split(printed)
    for number, piece in enumerate(pieces):
        if number % 2:
            reader.mark(piece[:1], piece[1:])
        elif piece:
            reader.text(piece)
    moves = Moves([row.printed for row in reader.rows], sheet.last, loops)
    return Print(reader.rows, reader.heads, moves)
