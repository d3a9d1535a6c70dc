"""Reading Word documents back in tests: their text by style, their parts, their tables."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADINGS = ("Heading1", "Heading2", "NumberedHeading")
COUNTED = "一二三四五六七八九"


@dataclass(frozen=True)
class Line:
    """A paragraph of a document: its style, its text, and whether it stands in a table."""

    style: str
    text: str
    table: bool


def parts_of(document: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return {name: package.read(name) for name in package.namelist()}


def body_of(document: bytes) -> Any:
    """Return the root of the document part."""
    return etree.fromstring(parts_of(document)["word/document.xml"])


def lines_of(document: bytes) -> list[Line]:
    """Return the paragraphs of a document; headings that Word numbers by itself carry their number."""
    lines, counted = [], 0
    for paragraph in body_of(document).iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(f"{W}val")
        text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
        if name == "Heading1":
            counted = 0
        if name == "NumberedHeading":
            text = f"（{COUNTED[counted]}）{text}"
            counted += 1
        lines.append(Line(name, text, next(paragraph.iterancestors(f"{W}tbl"), None) is not None))
    return lines


def prose_of(document: bytes) -> list[Line]:
    """Return the paragraphs outside of tables that say something."""
    return [line for line in lines_of(document) if not line.table and line.text]


def tables_of(document: bytes) -> list[list[list[str]]]:
    """Return the tables as rows of cell texts."""
    return [
        [list(_cells(row)) for row in table.findall(f"{W}tr")]
        for table in body_of(document).iter(f"{W}tbl")
    ]


def _cells(row: Any) -> Iterator[str]:
    for cell in row.findall(f"{W}tc"):
        yield "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in cell.iter(f"{W}p"))


def as_text(document: bytes) -> str:
    """Return a document as text to be read and compared: a line a paragraph, a line a table row, its cells parted by bars."""
    rows: list[str] = []
    counted = 0
    for element in body_of(document).find(f"{W}body"):
        if element.tag == f"{W}tbl":
            rows += [" | ".join(_cells(row)) for row in element.findall(f"{W}tr")]
        elif element.tag == f"{W}p":
            style = element.find(f"{W}pPr/{W}pStyle")
            name = "" if style is None else style.get(f"{W}val")
            text = "".join(t.text or "" for t in element.iter(f"{W}t"))
            counted = 0 if name == "Heading1" else counted + (name == "NumberedHeading")
            chart = "".join(
                f"[{alt}]"
                for alt in re.findall(
                    r'descr="([^"]+)"', etree.tostring(element, encoding="unicode")
                )
            )
            number = f"（{COUNTED[counted - 1]}）" if name == "NumberedHeading" else ""
            rows.append(f"{number}{text}{chart}".rstrip())
    return "\n".join(rows).strip() + "\n"
