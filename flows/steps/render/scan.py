"""The paragraphs of a template as a Word user sees them: in which part of the document, which one, and what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT = "word/document.xml"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PARTS = (
    ("word/header", "页眉"),
    ("word/footer", "页脚"),
    ("word/footnotes", "脚注"),
    ("word/endnotes", "尾注"),
)
_REVISIONS = tuple(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_NOTES, _SEPARATORS = (
    (f"{W}footnote", f"{W}endnote"),
    ("separator", "continuationSeparator", "continuationNotice"),
)
_BOX, _DOUBLE = (
    f"{W}txbxContent",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: the package's part, which one in it (all counted, from 0), where a reader finds it, its text.

    `table` and `row` tell the innermost table and its row apart (None outside of tables); `row_text` is all that the row says.
    `tangled` says why its tags cannot be told from what Word keeps around them, empty where they can.
    """

    part: str
    index: int
    where: str
    text: str
    table: int | None = None
    row: int | None = None
    row_text: str = ""
    tangled: str = ""


def paragraphs(parts: dict[str, bytes]) -> Iterator[Paragraph]:
    """Yield the paragraphs of the body, then those of headers, footers and notes; of a text box kept twice over only once."""
    yield from _of_part(DOCUMENT, parts[DOCUMENT], "正文")
    for part in sorted(parts):
        for start, name in _PARTS:
            if part.startswith(start) and part.endswith(".xml"):
                yield from _of_part(part, parts[part], name)


def text_of(paragraph: Any) -> str:
    """Return what a paragraph says, without that of paragraphs inside it (text boxes)."""
    return "".join(text for text, _ in _pieces(paragraph))


def _pieces(paragraph: Any) -> Iterator[tuple[str, Any]]:
    """Yield what the runs of a paragraph say, each piece with what Word has put around its run."""
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        if next(node.iterancestors(f"{W}p")) is paragraph and node.getparent().tag == f"{W}r":
            yield node.text or "" if node.tag == f"{W}t" else "\t", node.getparent().getparent()


def _tangled(paragraph: Any) -> str:
    """Return why tags of a paragraph would tear it: changes that Word keeps track of, or a tag half inside a link or a field."""
    said = "".join(n.text or "" for n in paragraph.iter(f"{W}t", f"{W}delText"))
    if "{" in said and next(paragraph.iter(*_REVISIONS), None) is not None:
        return "这一段有修订痕迹，请先在“审阅”中接受或拒绝全部修订"
    around = [parent for text, parent in _pieces(paragraph) for _ in text]
    torn = (
        m
        for m in TAG.finditer(text_of(paragraph))
        if len({id(a) for a in around[m.start() : m.end()]}) > 1
    )
    found = next(torn, None)
    return f"{found[0]} 有一半在超链接、域或内容控件里，请删掉后重新输入" if found else ""


def _of_part(part: str, content: bytes, name: str) -> Iterator[Paragraph]:
    root = etree.fromstring(content)
    tables = {table: i for i, table in enumerate(root.iter(f"{W}tbl"), 1)}
    counted = {name: 0, f"{name}文本框": 0}
    for index, paragraph in enumerate(root.iter(f"{W}p")):
        if any(
            a.tag == _DOUBLE or a.get(f"{W}type") in _SEPARATORS
            for a in paragraph.iterancestors(_DOUBLE, *_NOTES)
        ):
            continue
        table = next(paragraph.iterancestors(f"{W}tbl", _BOX), None)
        if table is None or table.tag == _BOX:
            where = name if table is None else f"{name}文本框"
            counted[where] += 1
            yield Paragraph(
                part,
                index,
                f"{where}第{counted[where]}段",
                text_of(paragraph),
                tangled=_tangled(paragraph),
            )
            continue
        row, cell = next(paragraph.iterancestors(f"{W}tr")), next(paragraph.iterancestors(f"{W}tc"))
        number = list(table.iter(f"{W}tr")).index(row) + 1
        column = row.findall(f"{W}tc").index(cell) + 1 if cell in row.findall(f"{W}tc") else 1
        place = f"{name}表格{tables[table]}第{number}行第{column}格"
        whole = "".join(text_of(p) for p in row.iter(f"{W}p"))
        yield Paragraph(
            part,
            index,
            place,
            text_of(paragraph),
            tables[table],
            number,
            whole,
            _tangled(paragraph),
        )
