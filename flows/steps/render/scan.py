"""The paragraphs of a template as a Word user sees them: where they stand and what they say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
_NOTES = (f"{W}footnote", f"{W}endnote")
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
_BOX = f"{W}txbxContent"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: part of the package, index in it (all counted, from 0), place, text.

    `table` and `row` number the innermost table and its row (None outside tables); `row_text` is
    the text of that row. `tangled` says why its tags cannot be told from Word's own markup.
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
    """Yield the paragraphs of body, headers, footers and notes; those stored twice only once."""
    yield from _of_part(DOCUMENT, parts[DOCUMENT], "正文")
    for part in sorted(parts):
        for start, name in _PARTS:
            if part.startswith(start) and part.endswith(".xml"):
                yield from _of_part(part, parts[part], name)


def text_of(paragraph: etree._Element) -> str:
    """Return the text of a paragraph without that of paragraphs inside it (text boxes)."""
    return "".join(text for text, _ in _pieces(paragraph))


def _pieces(paragraph: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield the texts of a paragraph's runs, each with the element around its run."""
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        run, *around = node.iterancestors()
        if run.tag == f"{W}r" and next(node.iterancestors(f"{W}p")) is paragraph:
            yield node.text or "" if node.tag == f"{W}t" else "\t", around[0]


def _tangled(paragraph: etree._Element) -> str:
    """Return why tags would tear a paragraph: tracked changes, or a tag half inside a link."""
    text = "".join(n.text or "" for n in paragraph.iter(f"{W}t", f"{W}delText"))
    if "{" in text and next(paragraph.iter(*_REVISIONS), None) is not None:
        return "这一段有修订痕迹，请先在“审阅”中接受或拒绝全部修订"
    parents: list[int] = []
    for piece, parent in _pieces(paragraph):
        parents += [id(parent)] * len(piece)
    for match in TAG.finditer(text_of(paragraph)):
        if len(set(parents[match.start() : match.end()])) > 1:
            return f"{match[0]} 有一半在超链接、域或内容控件里，请删掉后重新输入"
    return ""


def _of_part(part: str, content: bytes, name: str) -> Iterator[Paragraph]:
    root = etree.fromstring(content)
    tables = {table: i for i, table in enumerate(root.iter(f"{W}tbl"), 1)}
    counted = {name: 0, f"{name}文本框": 0}
    for index, paragraph in enumerate(root.iter(f"{W}p")):
        if _is_unseen(paragraph):
            continue
        table = next(paragraph.iterancestors(f"{W}tbl", _BOX), None)
        if table is None or table.tag == _BOX:
            where = name if table is None else f"{name}文本框"
            counted[where] += 1
            text, tangled = text_of(paragraph), _tangled(paragraph)
            yield Paragraph(part, index, f"{where}第{counted[where]}段", text, tangled=tangled)
            continue
        row, cell = next(paragraph.iterancestors(f"{W}tr")), next(paragraph.iterancestors(f"{W}tc"))
        number = list(table.iter(f"{W}tr")).index(row) + 1
        column = row.findall(f"{W}tc").index(cell) + 1 if cell in row.findall(f"{W}tc") else 1
        place = f"{name}表格{tables[table]}第{number}行第{column}格"
        whole = "".join(text_of(p) for p in row.iter(f"{W}p"))
        text, tangled = text_of(paragraph), _tangled(paragraph)
        yield Paragraph(part, index, place, text, tables[table], number, whole, tangled)


def _is_unseen(paragraph: etree._Element) -> bool:
    """Return whether a paragraph is a second copy for old programs, or the rule above notes."""
    around = paragraph.iterancestors(_FALLBACK, *_NOTES)
    return any(a.tag == _FALLBACK or a.get(f"{W}type") in _SEPARATORS for a in around)
