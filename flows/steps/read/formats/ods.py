"""OpenDocument spreadsheets, .ods, from their XML (OpenDocument 1.3 part 3, 9 and 19.385).

calamine writes out repeated cells, of which a small file can claim any number, and takes errors
for empty cells.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from xml.parsers import expat

from flows.steps.model import CellError, CellValue, Percent
from flows.steps.read.formats.feeding import feed
from flows.steps.read.formats.xlsx.contents import IrregularError
from flows.steps.read.grid import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    GridBuilder,
    OpenedWorkbook,
    TooLargeError,
)

_URN = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0 "
_OFFICE, _TABLE, _TEXT, _STYLE = (
    _URN.format(name) for name in ("office", "table", "text", "style")
)
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_ERROR = re.compile(r"#(?:DIV/0!|N/A|REF!|NAME\?|NUM!|VALUE!|NULL!)|(?:Err:|#ERR)\d+")
_SPAN_OF_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_DEEPEST = 200  # elements within each other; what programs write has a tenth of it


def read_ods(data: bytes) -> OpenedWorkbook:
    """Return the sheets of a workbook.

    Raises ExpatError, KeyError or ValueError for a broken one, TooLargeError for too many cells.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package, package.open("content.xml") as stream:
        reader = _Reader()
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler, parser.EntityDeclHandler = reader.characters, reader.entity
        feed(parser, stream)
    return reader.opened


class _Reader:
    """Collects the sheets' cells from the parser's events."""

    def __init__(self) -> None:
        self.opened = OpenedWorkbook()
        self._path: list[str] = []
        self._open_cells: list[int] = []  # their places in the path
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._struck_styles: set[str] = set()  # of cells and of parts of a text
        self._struck: list[tuple[int, int]] = []
        self._cell_struck = False
        self._builder: GridBuilder | None = None
        self._hidden = False
        self._row, self._column, self._filled = 0, 0, 0
        self._row_attributes: Mapping[str, str] = {}
        self._cells: list[tuple[int, int, CellValue]] = []  # first column, how many, value
        self._cell: Mapping[str, str] = {}
        self._paragraphs: list[list[str]] = []

    def entity(self, *_: object) -> None:
        """Refuse a document that declares entities of its own."""
        raise IrregularError

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element; raises IrregularError for one too deep within others."""
        parent = self._path[-1] if self._path else ""
        if len(self._path) >= _DEEPEST:
            raise IrregularError
        self._path.append(name)
        if name == _STYLE + "style":
            self._style = attributes.get(_STYLE + "name", "")
        elif name == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
            self._hidden_styles.add(self._style)
        elif name == _STYLE + "text-properties" and _strikes(attributes):
            self._struck_styles.add(self._style)
        elif name == _TABLE + "table" and self._builder is None:
            self._start_table(attributes)
        elif name == _TABLE + "table-row":
            self._column, self._cells = 0, []
            self._row_attributes = attributes
        elif name in _CELLS:
            self._cell, self._paragraphs = attributes, []
            self._cell_struck = attributes.get(_TABLE + "style-name") in self._struck_styles
            self._open_cells.append(len(self._path) - 1)
        elif parent in _CELLS and name == _TEXT + "p":
            self._paragraphs.append([])
        elif self._in_paragraph():
            self._paragraphs[-1].append(_blank(name, attributes))
            self._cell_struck |= attributes.get(_TEXT + "style-name") in self._struck_styles

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get(_TABLE + "name", "")
        self._builder, self._row, self._filled = GridBuilder(name), 0, 0
        self._struck = []
        self._hidden = attributes.get(_TABLE + "style-name") in self._hidden_styles

    def _in_paragraph(self) -> bool:
        """Return whether the parser is inside a cell's text, not that of a note or a drawing."""
        inside = self._path[self._open_cells[-1] + 1 :][:1] if self._open_cells else []
        return inside == [_TEXT + "p"]

    def characters(self, text: str) -> None:
        """Handle a piece of text."""
        if self._paragraphs and self._in_paragraph():
            self._paragraphs[-1].append(text)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        self._path.pop()
        if name in _CELLS:
            self._open_cells.pop()
            self._end_cell()
        elif name == _TABLE + "table-row":
            self._end_row()
        elif name == _TABLE + "table" and _TABLE + "table" not in self._path:
            self._end_table()

    def _end_table(self) -> None:
        if self._builder is not None and self._hidden:
            self.opened.hidden.append(self._builder.sheet)
        if self._builder is not None:
            grid = replace(self._builder.grid(), struck=frozenset(self._struck), _cache={})
            self.opened.add(grid, hidden=self._hidden)
        self._builder = None

    def _end_cell(self) -> None:
        many = _repeated(self._cell.get(_TABLE + "number-columns-repeated"))
        text = "\n".join("".join(parts) for parts in self._paragraphs) if self._paragraphs else None
        value = cell_value(self._cell, text)
        if value is not None:
            self._cells.append((self._column, many, value))
            if self._cell_struck:
                self._struck.append((self._row, self._column))
        self._add_span()
        self._column += many
        self._cell, self._paragraphs = {}, []

    def _add_span(self) -> None:
        """Note the merged area that a cell begins, as far as a sheet reaches."""
        down, across = (
            _repeated(self._cell.get(f"{_TABLE}number-{side}-spanned"))
            for side in ("rows", "columns")
        )
        on_sheet = self._row < MOST_ROWS and self._column < MOST_COLUMNS
        if (down > 1 or across > 1) and on_sheet and self._builder is not None:
            bottom = min(self._row + down, MOST_ROWS) - 1
            right = min(self._column + across, MOST_COLUMNS) - 1
            self._builder.spans.append((self._row, self._column, bottom, right))

    def _end_row(self) -> None:
        many = _repeated(self._row_attributes.get(_TABLE + "number-rows-repeated"))
        self._filled += many * sum(times for _, times, _ in self._cells)
        if self._cells and (self._row + many > MOST_ROWS or self._filled > MOST_CELLS):
            raise TooLargeError("表格声明的单元格过多，与文件大小不相称")
        if self._cells and self._builder is not None:
            for row in range(self._row, self._row + many):
                for column, times, value in self._cells:
                    for at in range(column, column + times):
                        self._builder.put(row, at, value)
        self._row += many


def cell_value(cell: Mapping[str, str], written: str | None) -> CellValue:
    """Return a cell's value by its attributes and text, None if it is empty.

    A formula without a result has neither a type nor a text; one with an empty result has an empty
    text.
    """
    kind, formula, text = (
        cell.get(_OFFICE + "value-type"),
        _TABLE + "formula" in cell,
        written or "",
    )
    if cell.get(_CALC_TYPE) == "error" or (formula and _ERROR.fullmatch(text)):
        return CellError(text or "#VALUE!")
    if kind is None:
        return CellError("", uncalculated=True) if formula and written is None else text or None
    if kind == "percentage":
        return Percent(cell[_OFFICE + "value"])
    if kind in ("float", "currency"):
        return float(cell[_OFFICE + "value"])
    if kind == "boolean":
        return cell.get(_OFFICE + "boolean-value") == "true"
    if kind == "date":
        return _moment(cell.get(_OFFICE + "date-value", ""), text)
    if kind == "time":
        return _duration(cell.get(_OFFICE + "time-value", ""), text)
    return cell.get(_OFFICE + "string-value", text)


def _moment(written: str, text: str) -> CellValue:
    try:
        return (
            date.fromisoformat(written)
            if len(written) == 10
            else datetime.fromisoformat(written).replace(tzinfo=None)
        )
    except ValueError:
        return text


def _duration(written: str, text: str) -> CellValue:
    match = _SPAN_OF_TIME.fullmatch(written)
    if match is None:
        return text
    try:
        return timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3]))
    except (ValueError, OverflowError):
        return text


def _strikes(attributes: Mapping[str, str]) -> bool:
    """Return whether a style's text properties strike the text through."""
    lines = (
        attributes.get(f"{_STYLE}text-line-through-{key}", "none") for key in ("style", "type")
    )
    return any(line != "none" for line in lines)


def _repeated(text: str | None) -> int:
    return max(int(text), 1) if text and text.isdecimal() else 1


def _blank(name: str, attributes: Mapping[str, str]) -> str:
    """Return the white space that an element inside a text stands for."""
    if name == _TEXT + "s":
        return " " * min(_repeated(attributes.get(_TEXT + "c")), 1000)
    return {_TEXT + "tab": "\t", _TEXT + "line-break": "\n"}.get(name, "")
