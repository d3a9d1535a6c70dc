"""The cells of a worksheet one by one by an XML parser, for sheets that the fast scan refuses.

It takes any legal XML (prefixes, cells without references, comments, rich texts) and ten times as
long. expat only reports events: lxml builds an element for each, three times slower again.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import IO
from xml.parsers import expat

from flows.steps.model import CellValue, column_number
from flows.steps.read.formats.feeding import feed
from flows.steps.read.formats.xlsx.contents import (
    Content,
    IrregularError,
    Results,
    content_of,
    shown,
    value_of,
)
from flows.steps.read.formats.xlsx.package import Book
from flows.steps.read.formats.xlsx.strings import OFF, cell_text
from flows.steps.read.grid import Grid, GridBuilder, Span

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_SPACE = "http://www.w3.org/XML/1998/namespace space"


def read_cellwise(stream: IO[bytes], name: str, book: Book) -> tuple[Grid, Results]:
    """Return a worksheet's grid and the results of its formulas.

    Raises expat's ExpatError for broken XML, IrregularError for what no worksheet may hold.
    """
    reader = _Reader(name, book)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = reader.characters, _no_entities
    feed(parser, stream)
    return reader.builder.grid(book.date1904), reader.results


def _no_entities(*_: object) -> None:
    raise IrregularError


class _Reader:
    """Collects a sheet's cells from the parser's events."""

    def __init__(self, name: str, book: Book) -> None:
        self.builder, self.book = GridBuilder(name), book
        self.results = Results()
        self.row = self.column = -1
        self.cell: Mapping[str, str] | None = None
        self.value: list[str] | None = None
        self.runs: list[tuple[bool, list[str]]] = []
        self.inside: list[str] | None = None  # the texts of the current element
        self.formula = self.struck = self.reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        tag = _local(name)
        if tag == "row":
            self.row, self.column = _row_number(attributes.get("r"), self.row + 2) - 1, -1
        elif tag == "c":
            self.row, self.column = position(attributes.get("r"), (self.row, self.column + 1))
            self.cell, self.value, self.runs = attributes, None, []
            self.formula = self.struck = False
        elif tag == "mergeCell":
            self.builder.spans += _span(attributes.get("ref", ""))
        elif self.cell is not None:
            self._start_in_cell(tag, attributes)

    def _start_in_cell(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "v":
            self.value = self.inside = []
        elif tag == "t" and not self.reading:
            self.inside = []
            self.runs.append((attributes.get(_SPACE) == "preserve", self.inside))
        elif tag == "f":
            self.formula = True
        elif tag == "rPh":
            self.reading = True
        elif tag == "strike":
            self.struck |= attributes.get("val", "1") not in OFF

    def characters(self, text: str) -> None:
        """Handle a piece of text."""
        if self.inside is not None:
            self.inside.append(text)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        tag = _local(name)
        if tag in ("v", "t"):
            self.inside = None
        elif tag == "rPh":
            self.reading = False
        elif tag == "c" and self.cell is not None:
            value = self._value(self.cell)
            self.builder.put(self.row, self.column, value)
            if self._is_struck(self.cell):
                self.results.struck.append((self.row, self.column))
            if self.formula:
                self.results.add(self.row, self.column, value)
            self.cell = None

    def _is_struck(self, cell: Mapping[str, str]) -> bool:
        """Return whether the current cell's text, or a part of it, is struck through."""
        style = cell.get("s", "0")
        if style.isdecimal() and int(style) in self.book.struck:
            return True
        number = "".join(self.value or ()).strip() if cell.get("t") == "s" else ""
        return self.struck or (number.isdecimal() and int(number) in self.book.struck_strings)

    def _value(self, cell: Mapping[str, str]) -> CellValue:
        content = content_of(cell.get("t"), cell.get("s"), self.book.styles)
        if content == Content.INLINE and self.value is None:
            return "".join(cell_text("".join(texts), keep=keep) for keep, texts in self.runs)
        text = None if self.value is None else cell_text("".join(self.value), keep=True)
        value = value_of(content, text, formula=self.formula)
        return (
            shown(content, value, self.book.strings, date1904=self.book.date1904)
            if isinstance(value, float)
            else value
        )


@cache
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _row_number(text: str | None, expected: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else expected


def position(reference: str | None, expected: tuple[int, int]) -> tuple[int, int]:
    """Return the zero-based position that a reference such as D17 names, else the expected one."""
    match = _REFERENCE.fullmatch(reference or "")
    return (int(match[2]) - 1, column_number(match[1])) if match else expected


def _span(reference: str) -> list[Span]:
    corners = [position(corner, (-1, -1)) for corner in reference.split(":")]
    return [(*corners[0], *corners[1])] if len(corners) == 2 and (-1, -1) not in corners else []
