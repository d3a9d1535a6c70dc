"""Strict packages (ISO/IEC 29500) written as ordinary ones, which every office program opens.

The two differ in the names of namespaces and relationships; values and looks are the same.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from flows.steps.feedback.workbook.package import Package

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAME = re.compile(_STRICT + rb"([A-Za-z]+)((?:/[A-Za-z]+)*)")
_CONFORMANCE = re.compile(rb"""\s+conformance\s*=\s*["']strict["']""")
_HYPHENS = {
    b"extendedProperties": b"extended-properties",
    b"customProperties": b"custom-properties",
}
_LONGEST = 200  # bytes of a name
MAIN = _STRICT + b"spreadsheetml/main"


def ordinary_package(data: bytes) -> bytes:
    """Return a package of ordinary parts; one that is not strict is returned as it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        package = Package(source)
        books = [name for name in package.names if name.endswith("workbook.xml")]
        if not books or MAIN not in package.read(books[0]):
            return data
        for name in package.names:
            if name.endswith((".xml", ".rels")):
                package.replace(name, ordinary(package.chunks(name)))
        return package.write()


def ordinary(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a part's bytes with the ordinary names."""
    rest = b""
    for chunk in chunks:
        piece = rest + chunk
        cut = max(len(piece) - _LONGEST, 0)
        place = piece.rfind(b"<", 0, cut) if cut else 0  # no name contains it
        cut = max(place, 0)
        yield _renamed(piece[:cut])
        rest = piece[cut:]
    yield _renamed(rest)


def _renamed(piece: bytes) -> bytes:
    return _CONFORMANCE.sub(b"", _NAME.sub(_ordinary_name, piece))


def _ordinary_name(match: re.Match[bytes]) -> bytes:
    parts = [_HYPHENS.get(part, part) for part in match[2].split(b"/")[1:]]
    return b"/".join([b"http://schemas.openxmlformats.org", match[1], b"2006", *parts])
