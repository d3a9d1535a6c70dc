"""Tags, attributes and addresses in a worksheet's bytes."""

import re
from collections.abc import Iterable

from flows.steps.model import column_letters

# Of a tag, up to its end; without < in it, so that broken input costs no time.
REST = rb"""[^<>"']*(?:"[^<"]*"[^<>"']*|'[^<']*'[^<>"']*)*"""
ATTRIBUTE = re.compile(rb"""\s([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")
TAG = re.compile(rb"<(/?)([\w:.-]+)(" + REST + rb")>")


def tags(prefix: bytes, name: bytes) -> re.Pattern[bytes]:
    """Return the pattern of the start tags of an element; its group holds the attributes."""
    return re.compile(rb"<" + re.escape(prefix + name) + rb"(?=[\s/>])(" + REST + rb")>")


def attribute(tag: bytes, name: bytes) -> bytes | None:
    """Return the value of an attribute in a tag's text, None if it has none."""
    for match in ATTRIBUTE.finditer(tag):
        if match[1] == name:
            return match[2][1:-1]
    return None


def number_of(letters: bytes) -> int:
    """Return a column's number from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def letters_of(number: int) -> str:
    """Return the letters of a column by its number from 1."""
    return column_letters(number - 1)


def cell_places(cells: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return row and column of each address that is one."""
    found = {cell: re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", cell) for cell in cells}
    return {c: (int(m[2]), number_of(m[1].encode())) for c, m in found.items() if m is not None}
