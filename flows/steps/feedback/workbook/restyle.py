"""The rows of a worksheet while cells get other styles: all bytes but the tags of those cells stay.

Rows stream through, whatever the size of the sheet.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from flows.steps.feedback.workbook.outline import IrregularError, Outline
from flows.steps.feedback.workbook.package import CHUNK, LARGEST_PART, UnmarkableError
from flows.steps.feedback.workbook.tags import ATTRIBUTE, attribute, letters_of, number_of, tags

_TRUE = (b"1", b"true")


@dataclass(frozen=True)
class Restyle:
    """What becomes of a cell: its style index from the old one; `insert` makes an absent cell."""

    style: Callable[[int], int]
    insert: bool = True


class Restyler:
    """The writer of one worksheet in which some cells have other styles."""

    def __init__(self, sheet: Outline, cells: Mapping[int, Mapping[int, Restyle]]) -> None:
        self._sheet, self._prefix = sheet, sheet.prefix
        self._row, self._cell = tags(sheet.prefix, b"row"), tags(sheet.prefix, b"c")
        self._cells = cells
        self._waiting = sorted(cells)[::-1]  # the rows that are still to come, the next one last
        self._last = 0
        self._columns = _column_styles(sheet)

    def rows(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Yield the bytes of the rows; `stream` is the worksheet from its beginning."""
        sheet = self._sheet
        if sheet.without_rows:
            new = b"".join(self._missing(None))
            name = self._prefix + b"sheetData"
            yield b"<" + name + (b">" + new + b"</" + name + b">" if new else b"/>")
            return
        for stretch in self._stretches(stream):
            yield self._restyled(stretch)
        yield from self._missing(None)

    def _stretches(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Yield the rows in pieces that begin and end between two rows."""
        left = self._sheet.length - len(self._sheet.head) - len(self._sheet.tail)
        stream.read(len(self._sheet.head))
        start, buffer = b"<" + self._prefix + b"row", b""
        while left > 0:
            chunk = stream.read(min(CHUNK, left))
            if not chunk or len(buffer) > LARGEST_PART:
                raise UnmarkableError("工作表不完整")
            left -= len(chunk)
            buffer += chunk
            cut = buffer.rfind(start, 1)
            if left > 0 and cut > 0:
                yield buffer[:cut]
                buffer = buffer[cut:]
        yield buffer

    def _restyled(self, stretch: bytes) -> bytes:
        if not self._waiting:
            return stretch
        row_tags = list(self._row.finditer(stretch))
        ends = [*(tag.start() for tag in row_tags[1:]), len(stretch)]
        out, done = [], 0
        for tag, end in zip(row_tags, ends, strict=True):
            number = int(attribute(tag[1], b"r") or self._last + 1)
            if number <= self._last:
                raise IrregularError
            self._last = number
            if not self._waiting or self._waiting[-1] > number:
                continue
            out.append(stretch[done : tag.start()])
            out += self._missing(number)
            done = tag.start()
            if self._waiting and self._waiting[-1] == number:
                self._waiting.pop()
                row = stretch[tag.start() : end]
                out.append(self._restyled_row(row, tag.end() - tag.start(), number))
                done = end
        return b"".join([*out, stretch[done:]])

    def _missing(self, before: int | None) -> Iterator[bytes]:
        """Yield new rows for cells of rows that do not exist, up to a row or to the end."""
        while self._waiting and (before is None or self._waiting[-1] < before):
            number = self._waiting.pop()
            cells = self._cells[number]
            new = b"".join(
                self._new(column, number, cells[column], None) for column in sorted(cells)
            )
            if new:
                name = self._prefix + b"row"
                yield b'<%s r="%d">%s</%s>' % (name, number, new, name)

    def _restyled_row(self, row: bytes, tag_end: int, number: int) -> bytes:
        """Return a row in which its cells of interest have their new styles."""
        wanted = self._cells[number]
        tag = row[:tag_end]
        own = attribute(tag, b"s") if attribute(tag, b"customFormat") in _TRUE else None
        style = int(own) if own else None
        columns = sorted(wanted)[::-1]
        out, done, last = [], tag_end, 0
        for cell in self._cell.finditer(row, tag_end):
            if not columns:
                break
            address = attribute(cell[1], b"r")
            column = number_of(address.rstrip(b"0123456789")) if address else last + 1
            if column <= last:
                raise IrregularError
            last = column
            while columns and columns[-1] < column:
                out += [row[done : cell.start()], self._new(*_next(columns, number, wanted), style)]
                done = cell.start()
            if columns and columns[-1] == column:
                change = wanted[columns.pop()]
                old = int(attribute(cell[1], b"s") or 0)
                out += [row[done : cell.start()], _with_style(cell[0], change.style(old))]
                done = cell.end()
        new = b"".join(self._new(column, number, wanted[column], style) for column in columns[::-1])
        return self._closed(_spanned(tag, wanted), b"".join(out), row[done:], new)

    def _closed(self, tag: bytes, before: bytes, after: bytes, new: bytes) -> bytes:
        """Return a row with new cells at its end."""
        if not new:
            return tag + before + after
        name = self._prefix + b"row"
        if tag.endswith(b"/>"):
            return tag[:-2].rstrip() + b">" + before + new + b"</" + name + b">" + after
        end = after.rindex(b"</" + name)
        return tag + before + after[:end] + new + after[end:]

    def _new(self, column: int, row: int, change: Restyle, style: int | None) -> bytes:
        """Return a cell that did not exist; it looks like its row or its column."""
        if not change.insert:
            return b""
        old = style if style is not None else self._columns(column)
        address = f"{letters_of(column)}{row}".encode()
        return b'<%sc r="%s" s="%d"/>' % (self._prefix, address, change.style(old))


def _next(columns: list[int], row: int, wanted: Mapping[int, Restyle]) -> tuple[int, int, Restyle]:
    column = columns.pop()
    return column, row, wanted[column]


def _with_style(tag: bytes, style: int) -> bytes:
    """Return a cell's tag with another style index."""
    for match in ATTRIBUTE.finditer(tag):
        if match[1] == b"s":
            return tag[: match.start(2)] + b'"%d"' % style + tag[match.end(2) :]
    address = re.match(rb"""<[\w:.-]+(?:\s+r\s*=\s*(?:"[^"]*"|'[^']*'))?""", tag)
    end = address.end() if address else 0
    return tag[:end] + b' s="%d"' % style + tag[end:]


def _spanned(tag: bytes, wanted: Mapping[int, Restyle]) -> bytes:
    """Return a row's tag without a span that its new cells may leave."""
    for match in ATTRIBUTE.finditer(tag):
        if match[1] == b"spans":
            ends = [int(part) for part in re.findall(rb"\d+", match[2])]
            inside = ends and min(ends) <= min(wanted) and max(wanted) <= max(ends)
            return tag if inside else tag[: match.start()] + tag[match.end() :]
    return tag


def _column_styles(sheet: Outline) -> Callable[[int], int]:
    """Return the function that gives the style of a column's empty cells."""
    styles: list[tuple[int, int, int]] = []
    for tag in tags(sheet.prefix, b"col").finditer(sheet.head):
        style = attribute(tag[1], b"style")
        first, last = attribute(tag[1], b"min"), attribute(tag[1], b"max")
        if style and first and last:
            styles.append((int(first), int(last), int(style)))
    return lambda column: next((s for first, last, s in styles if first <= column <= last), 0)
