"""The paragraphs of a template as a Word user sees them: where they stand and what they say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from flows.steps.render.chart_data import C
from flows.steps.render.charts import FIXED, Shown, charts_in
from flows.steps.render.markup import TAG, TAG_START, cleaned_tags, tagged_attributes, tagged_fields
from flows.steps.render.package import Package, W

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STORIES = {
    f"{W}document": "正文", f"{W}hdr": "页眉", f"{W}ftr": "页脚",
    f"{W}footnotes": "脚注", f"{W}endnotes": "尾注",
}  # fmt: skip
_REVISIONS = tuple(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_NOTES = (f"{W}footnote", f"{W}endnote")
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
_BOX = f"{W}txbxContent"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CONTAINERS = (f"{W}tc", f"{W}sdtContent", f"{W}body", f"{W}hdr", f"{W}ftr", _BOX, *_NOTES)
_BESIDE = {
    f"{W}sectPr": "分节符", f"{W}drawing": "图片或图形", f"{W}pict": "图片或图形",
    f"{W}object": "嵌入的对象", f"{W}footnoteReference": "脚注", f"{W}endnoteReference": "尾注",
    f"{W}pageBreakBefore": "分页", f"{W}fldChar": "域", f"{W}fldSimple": "域",
}  # fmt: skip
_BRACES = frozenset("{}｛｝")
_BREAKS = {"page": "分页符", "column": "分栏符"}
_OTHER_PARTS = {
    f"{C}chartSpace": "图表里的文字（标题等）",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}dataModel": "SmartArt 图形",
    "{http://schemas.microsoft.com/office/drawing/2008/diagram}drawing": "SmartArt 图形",
    f"{C}userShapes": "图表上的文本框",
    "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}coreProperties": (
        "文档属性（标题等）"
    ),
}
_INNER = {
    "textpath": "水印或艺术字", "docPr": "替代文字", "cNvPr": "替代文字",
    "instrText": "域", "fldSimple": "域",
}  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: part of the package, index in it (all counted, from 0), place, text.

    `table`, `row` and `cell` number the innermost table, its row and cell (None outside tables);
    `row_text` and `cell_text` are their texts. `container` tells apart what holds paragraphs:
    body, cell, text box … `tangled` says why its tags cannot be told from Word's own markup,
    `beside` what would go with the paragraph, `row_beside` with the row. `charts` are those that
    get data; `numbered` is a number of Word's for this paragraph alone. `inner` are texts with
    tags that stand in attributes and fields of it, each with what a clerk calls the place.
    """

    part: str
    index: int
    where: str
    text: str
    table: int | None = None
    row: int | None = None
    row_text: str = ""
    cell_text: str = ""
    container: int = 0
    tangled: str = ""
    beside: str = ""
    row_beside: str = ""
    charts: int = 0
    numbered: bool = False
    inner: tuple[tuple[str, str], ...] = ()


def story_name(root: etree._Element) -> str:
    """Return what a clerk calls a part with paragraphs of Word, an empty text for other parts."""
    return _STORIES.get(str(root.tag), "")


def can_hold_tags(root: etree._Element) -> bool:
    """Return whether tags in a part are filled in."""
    return bool(story_name(root)) or root.tag in _OTHER_PARTS


def paragraphs(package: Package) -> Iterator[Paragraph]:
    """Yield the paragraphs of body, headers, footers and notes, those stored twice only once.

    Then come the other texts with tags, in charts, properties and attributes.
    """
    for part, root in package.trees():
        name = story_name(root)
        if name:
            yield from _Story(part, root, name, list(charts_in(package, part, root))).paragraphs()
        elif root.tag in _OTHER_PARTS:
            yield from other_texts(part, root, _OTHER_PARTS[str(root.tag)])
        elif _is_tagged(root):
            yield Paragraph(part, -1, f"部件“{part}”", "", tangled="标记不能写在这里，请移到正文")


def _is_tagged(root: etree._Element) -> bool:
    return bool(TAG_START.search("".join(str(text) for text in root.itertext())))


def other_texts(part: str, root: etree._Element, where: str) -> Iterator[Paragraph]:
    """Yield the texts with braces of a part without paragraphs of Word."""
    holders = list(root.iter(f"{_A}p")) or list(root)
    for holder in holders:
        text = "".join(str(t) for t in holder.itertext())
        if "{" in text:
            yield Paragraph(part, -1, where, cleaned_tags(text))


def text_of(paragraph: etree._Element) -> str:
    """Return the text of a paragraph without that of paragraphs inside it (text boxes)."""
    return cleaned_tags("".join(text for text, _ in _pieces(paragraph)))


def _pieces(paragraph: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield the texts of a paragraph's runs, each with the element around its run."""
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        run, *around = node.iterancestors()
        if run.tag == f"{W}r" and next(node.iterancestors(f"{W}p")) is paragraph:
            yield node.text or "" if node.tag == f"{W}t" else "\t", around[0]


def _tangled(paragraph: etree._Element) -> str:
    """Return why tags would tear a paragraph: tracked changes, or a tag half inside a link."""
    text = "".join(n.text or "" for n in paragraph.iter(f"{W}t", f"{W}delText"))
    if "{" not in text:
        return ""
    if next(paragraph.iter(*_REVISIONS), None) is not None:
        return "这一段有修订痕迹，请先在“审阅”中接受或拒绝全部修订"
    parents: list[int] = []
    pieces = list(_pieces(paragraph))
    for piece, parent in pieces:
        parents += [id(parent)] * len(piece)
    for match in TAG.finditer("".join(piece for piece, _ in pieces)):
        if len(set(parents[match.start() : match.end()])) > 1:
            return f"{match[0]} 有一半在超链接、域或内容控件里，请删掉后重新输入"
    return ""


def _beside(element: etree._Element) -> str:
    """Return what a paragraph or row holds beside text."""
    names = [_BESIDE[str(e.tag)] for e in element.iter(*_BESIDE) if _is_on(e)]
    names += [_BREAKS.get(b.get(f"{W}type", ""), "") for b in element.iter(f"{W}br")]
    return "、".join(dict.fromkeys(name for name in names if name))


def _is_on(element: etree._Element) -> bool:
    return element.get(f"{W}val", "true") not in ("false", "0", "off")


class _Story:
    """The paragraphs of one part; what several of them share is worked out once."""

    def __init__(self, part: str, root: etree._Element, name: str, shown: Sequence[Shown]) -> None:
        self._part, self._root, self._name = part, root, name
        self._tables = {table: i for i, table in enumerate(root.iter(f"{W}tbl"), 1)}
        self._counted = {name: 0, f"{name}文本框": 0}
        self._numbers: dict[etree._Element, dict[etree._Element, int]] = {}
        self._rows: dict[etree._Element, tuple[str, str]] = {}
        self._containers: dict[etree._Element, int] = {}
        around = [next(c.element.iterancestors(f"{W}p"), None) for c in shown if c.alt != FIXED]
        self._with_charts = [p for p in around if p is not None]
        self._inner: dict[etree._Element | None, list[tuple[str, str]]] = {}
        for element, text in [*tagged_attributes(root), *tagged_fields(root)]:
            if next(element.iterancestors(_FALLBACK), None) is None:
                kind = _INNER.get(etree.QName(element).localname, "图形属性")
                holder = next(element.iterancestors(f"{W}p"), None)
                self._inner.setdefault(holder, []).append((kind, cleaned_tags(text)))

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the paragraphs that a checker has something to say of."""
        for index, paragraph in enumerate(self._root.iter(f"{W}p")):
            if _is_unseen(paragraph):
                continue
            table = next(paragraph.iterancestors(f"{W}tbl", _BOX), None)
            name = self._name if table is None else f"{self._name}文本框"
            in_table = table is not None and table.tag != _BOX
            if not in_table:
                self._counted[name] += 1
            if not self._matters(paragraph):
                continue
            facts = self._facts(index, paragraph)
            if in_table:
                yield self._in_table(facts, paragraph)
            else:
                yield replace(facts, where=f"{name}第{self._counted[name]}段")
        for kind, text in self._inner.pop(None, ()):
            yield Paragraph(self._part, -1, f"{self._name}的{kind}", text)

    def _matters(self, paragraph: etree._Element) -> bool:
        texts = (n.text or "" for n in paragraph.iter(f"{W}t", f"{W}delText"))
        is_special = paragraph in self._with_charts or paragraph in self._inner
        if is_special or _BRACES.intersection("".join(texts)):
            return True
        return paragraph.find(f"{W}pPr/{W}numPr") is not None

    def _facts(self, index: int, paragraph: etree._Element) -> Paragraph:
        return Paragraph(
            self._part, index, "", text_of(paragraph),
            container=self._container(paragraph), tangled=_tangled(paragraph),
            beside=_beside(paragraph), charts=self._with_charts.count(paragraph),
            numbered=paragraph.find(f"{W}pPr/{W}numPr") is not None,
            inner=tuple(self._inner.get(paragraph, ())),
        )  # fmt: skip

    def _in_table(self, facts: Paragraph, paragraph: etree._Element) -> Paragraph:
        row, cell = next(paragraph.iterancestors(f"{W}tr")), next(paragraph.iterancestors(f"{W}tc"))
        table = next(row.iterancestors(f"{W}tbl"))
        cells = row.findall(f"{W}tc")
        column = cells.index(cell) + 1 if cell in cells else 1
        number, row_text, row_beside = self._row(table, row)
        return replace(
            facts, table=self._tables[table], row=number, row_text=row_text,
            cell_text=_text_inside(cell), row_beside=row_beside,
            where=f"{self._name}表格{self._tables[table]}第{number}行第{column}格",
        )  # fmt: skip

    def _row(self, table: etree._Element, row: etree._Element) -> tuple[int, str, str]:
        """Return a row's number in its table, its text, and what it holds beside text."""
        if table not in self._numbers:
            rows = enumerate(table.iter(f"{W}tr"), 1)
            self._numbers[table] = {row: number for number, row in rows}
        if row not in self._rows:
            self._rows[row] = (_text_inside(row), _beside(row))
        return self._numbers[table][row], *self._rows[row]

    def _container(self, paragraph: etree._Element) -> int:
        """Return the number of what holds a paragraph; a control around one tag holds nothing."""
        for holder in paragraph.iterancestors(*_CONTAINERS):
            if holder.tag != f"{W}sdtContent" or len(holder) > 1:
                return self._containers.setdefault(holder, len(self._containers) + 1)
        return 0


def _text_inside(element: etree._Element) -> str:
    return "".join(text_of(p) for p in element.iter(f"{W}p"))


def _is_unseen(paragraph: etree._Element) -> bool:
    """Return whether a paragraph is a second copy for old programs, or the rule above notes."""
    around = paragraph.iterancestors(_FALLBACK, *_NOTES)
    return any(a.tag == _FALLBACK or a.get(f"{W}type") in _SEPARATORS for a in around)
