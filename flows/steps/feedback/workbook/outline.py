"""A worksheet around its rows, read without holding them (ECMA-376 18.3).

Without comments, CDATA and processing instructions every `<` begins a tag, so that a scan of the
bytes is exact; other sheets are written plainly first (`plain`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from lxml import etree

from flows.steps.feedback.workbook.package import CHUNK, LARGEST_PART, UnmarkableError, serialised
from flows.steps.feedback.workbook.tags import REST, attribute, letters_of, number_of, tags

_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?=[\s/>])" + REST + rb">")
_OTHER_ENCODING = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])""",
    re.IGNORECASE,
)


class IrregularError(Exception):
    """A worksheet whose bytes cannot be scanned; written plainly it can."""


@dataclass(frozen=True)
class Outline:
    """A worksheet around its rows; `tail` begins with the end of sheetData."""

    head: bytes
    tail: bytes
    length: int
    prefix: bytes  # of its elements: b"" or b"x:"
    without_rows: bool  # sheetData is an empty element


def outline(stream: IO[bytes], length: int) -> Outline:
    """Return what is around the rows; raises IrregularError for bytes that cannot be scanned."""
    head = bytearray()
    while (start := _DATA.search(head)) is None:
        chunk = stream.read(CHUNK)
        if not chunk or len(head) > LARGEST_PART:
            raise IrregularError
        head += chunk
    if _OTHER_ENCODING.match(head) or bytes(head[:2]) in (b"\xff\xfe", b"\xfe\xff"):
        raise IrregularError
    prefix, rest = start[1], bytes(head[start.end() :])
    if start[0].endswith(b"/>"):
        tail = rest + b"".join(_limited(stream))
        _check(bytes(head), prolog=True)
        return Outline(bytes(head[: start.start()]), tail, length, prefix, without_rows=True)
    _check(bytes(head[: start.end()]), prolog=True)
    tail = _tail(rest, stream, b"</" + prefix + b"sheetData")
    return Outline(bytes(head[: start.end()]), tail, length, prefix, without_rows=False)


def _tail(rest: bytes, stream: IO[bytes], end: bytes) -> bytes:
    """Return what follows the last row, found without holding the rows."""
    while (place := rest.find(end)) < 0:
        _check(rest)
        chunk = stream.read(CHUNK)
        if not chunk:
            raise IrregularError
        rest = rest[-len(end) :] + chunk
    _check(rest)
    return rest[place:] + b"".join(_limited(stream))


def _limited(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a stream; raises UnmarkableError if it is too large to be held."""
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > LARGEST_PART:
            raise UnmarkableError("工作表的附加内容过大")
        _check(chunk)
        yield chunk


def _check(piece: bytes, *, prolog: bool = False) -> None:
    """Raise IrregularError for a piece with comments, CDATA, declarations or instructions."""
    if b"<!" in piece or piece.count(b"<?") > prolog:
        raise IrregularError


def plain(data: bytes) -> bytes:
    """Return a worksheet in UTF-8 without comments and CDATA, rows and cells in order."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnmarkableError("工作表含有不允许的声明")
    for rows in root.iterfind("{*}sheetData"):
        _number(rows, lambda row: int(row.get("r", "0")), str)
        for row in rows:
            _number(row, column_of, partial(_address, row.get("r", "")))
    return serialised(root)


def _number(
    parent: etree._Element,
    position: Callable[[etree._Element], int],
    name: Callable[[int], str],
) -> None:
    """Give each child the address that it has by its place, and put the children in order."""
    places: dict[etree._Element, int] = {}
    last = 0
    for child in parent:
        last = places[child] = position(child) or last + 1
        child.set("r", name(last))
    parent[:] = sorted(parent, key=places.__getitem__)


def _address(row: str, column: int) -> str:
    return f"{letters_of(column)}{row}"


def column_of(cell: etree._Element) -> int:
    """Return the number of a cell's column from 1, 0 if it says none."""
    return number_of(cell.get("r", "").rstrip("0123456789").encode())


def merged_areas(sheet: Outline) -> Iterator[tuple[int, int, int, int]]:
    """Yield each merged area: first row, first column, last row, last column."""
    for tag in tags(sheet.prefix, b"mergeCell").finditer(sheet.tail):
        ends = re.findall(rb"([A-Z]{1,3})(\d{1,7})", (attribute(tag[1], b"ref") or b"").upper())
        if len(ends) == 2:
            (left, top), (right, bottom) = ends
            yield int(top), number_of(left), int(bottom), number_of(right)
