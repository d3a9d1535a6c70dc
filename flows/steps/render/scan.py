"""The paragraphs of a template as a Word user sees them: in which part of the document, which one, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT = "word/document.xml"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: the package's part, which one in it (all counted, from 0), where a reader finds it, its text.

    `table` and `row` tell the innermost table and its row apart (None outside of tables); `row_text` is all that the row says.
    """

    part: str
    index: int
    where: str
    text: str
    table: int | None = None
    row: int | None = None
    row_text: str = ""


def paragraphs(parts: dict[str, bytes]) -> Iterator[Paragraph]:
    """Yield the paragraphs of the body, then those of the headers and footers."""
    yield from _of_part(DOCUMENT, parts[DOCUMENT], "正文")
    for part in sorted(parts):
        for start, name in (("word/header", "页眉"), ("word/footer", "页脚")):
            if part.startswith(start) and part.endswith(".xml"):
                yield from _of_part(part, parts[part], name)


def text_of(paragraph: Any) -> str:
    """Return what a paragraph says, without that of paragraphs inside it (text boxes)."""
    nodes = paragraph.iter(f"{W}t", f"{W}tab", f"{W}br")
    own = (n for n in nodes if next(n.iterancestors(f"{W}p")) is paragraph and n.getparent().tag == f"{W}r")
    return "".join(n.text or "" if n.tag == f"{W}t" else "\t" for n in own)


def _of_part(part: str, content: bytes, name: str) -> Iterator[Paragraph]:
    root = etree.fromstring(content)
    tables = {table: i for i, table in enumerate(root.iter(f"{W}tbl"), 1)}
    counted = 0
    for index, paragraph in enumerate(root.iter(f"{W}p")):
        table = next(paragraph.iterancestors(f"{W}tbl"), None)
        if table is None:
            counted += 1
            yield Paragraph(part, index, f"{name}第{counted}段", text_of(paragraph))
            continue
        row, cell = next(paragraph.iterancestors(f"{W}tr")), next(paragraph.iterancestors(f"{W}tc"))
        number = list(table.iter(f"{W}tr")).index(row) + 1
        column = row.findall(f"{W}tc").index(cell) + 1 if cell in row.findall(f"{W}tc") else 1
        where = f"{name}表格{tables[table]}第{number}行第{column}格"
        whole = "".join(text_of(p) for p in row.iter(f"{W}p"))
        yield Paragraph(part, index, where, text_of(paragraph), tables[table], number, whole)
