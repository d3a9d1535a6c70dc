"""A worksheet's XML in chunks of whole rows, so that any sheet is read in bounded memory."""

import re
from collections.abc import Iterator
from typing import IO

from flows.steps.model import column_number
from flows.steps.read.formats.xlsx.contents import IrregularError
from flows.steps.read.grid import Span

_CHUNK = 2**21  # bytes: a chunk and what is made of it fit the processor's cache
_LONGEST_ROW = 2**26
_OPENING = re.compile(rb"<(\w+:)?sheetData\s*(/?)>")
_GAP = re.compile(rb">\s+<")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')


class Chunks:
    """Iterates over a worksheet's rows in chunks of XML; afterwards `tail` is what follows them.

    Prefixes of tags and line breaks between tags are removed. Raises IrregularError if the rows do
    not have the expected form, or if one is longer than 64 MB.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._prefix = b""
        self.tail = b""

    def __iter__(self) -> Iterator[bytes]:
        rest = self._head()
        closing, end_of_row = (b"</" + self._prefix + tag for tag in (b"sheetData>", b"row>"))
        while rest is not None:
            end = rest.find(closing)
            cut = end if end >= 0 else rest.rfind(end_of_row) + len(end_of_row)
            if cut >= len(end_of_row) or end >= 0:
                yield self._tidied(rest[:cut])
                rest = rest[cut:]
            if end >= 0:
                self.tail = self._tidied(rest + self._stream.read())
                return
            rest = self._more(rest)

    def _head(self) -> bytes | None:
        """Return what follows the opening tag of the rows, None if there are no rows."""
        head = b""
        while (opening := _OPENING.search(head)) is None:
            head = self._more(head)
        before = head[: opening.start()]
        if b"<!" in before or _DECLARED.search(before):
            raise IrregularError
        self._prefix = opening[1] or b""
        if opening[2]:
            self.tail = self._tidied(head[opening.end() :] + self._stream.read())
            return None
        return head[opening.end() :]

    def _tidied(self, xml: bytes) -> bytes:
        if self._prefix:
            xml = xml.replace(b"<" + self._prefix, b"<").replace(b"</" + self._prefix, b"</")
        return _GAP.sub(b"><", xml) if b"\n" in xml or b"\r" in xml else xml

    def _more(self, rest: bytes) -> bytes:
        more = self._stream.read(_CHUNK)
        if not more or len(rest) > _LONGEST_ROW:
            raise IrregularError
        return rest + more


def spans_in(tail: bytes) -> list[Span]:
    """Return the merged areas listed after a worksheet's rows; IrregularError for another form."""
    found = _MERGED.findall(tail)
    if len(found) != tail.count(b"<mergeCell ") or b"<!" in tail:
        raise IrregularError
    return [
        (int(top) - 1, column_number(left.decode()), int(bottom) - 1, column_number(right.decode()))
        for left, top, right, bottom in found
        if right
    ]
