"""The last look at a finished part: mended where filling in breaks it, refused if it is broken."""

import re
from collections.abc import Callable

from docxtpl import DocxTemplate
from lxml import etree

from flows.steps.ooxml import xml_parser
from flows.steps.render.package import W, serialized

_TABLE, _ROW, _CELL = f"{W}tbl", f"{W}tr", f"{W}tc"
_DRAWING = re.compile(r'(<wp:docPr\b[^>]*?\bid=")(\d+)(")')
_STORIES = tuple(f"{W}{name}" for name in ("hdr", "ftr", "footnote", "endnote", "txbxContent"))
_BLOCKS = frozenset({f"{W}p", _TABLE, f"{W}sdt"})
_BOOKMARK = f"{W}bookmarkStart"
_FIELD, _BALANCE = f"{W}fldChar", {"begin": 1, "end": -1}


class BrokenPartError(Exception):
    """A finished part that Word could not open; the message says in Chinese what is wrong."""


def looked_at(xml: str, *, growing: bool = False) -> bytes:
    """Return a finished part of Word's, mended; raises BrokenPartError.

    Drawings get their own ids, a cell ends in a paragraph, a table or row without content goes,
    a table that tags widened (`growing`) gets its grid.
    """
    xml = _own_drawing_ids(xml)
    if growing:
        xml = str(etree.tostring(DocxTemplate(None).fix_tables(xml.encode()), encoding="unicode"))
    content = xml.encode()
    root = parsed_part(content)
    mended = growing and _with_fitting_grids(root)
    mended = _without_empty_tables(root) or mended
    mended = _with_last_paragraphs(root) or mended
    mended = _with_own_bookmarks(root) or mended
    if not _fields_are_closed(root):
        raise BrokenPartError("域（如页码、目录、链接）只留下了一半")
    return serialized(root) if mended else content


def parsed_part(content: bytes) -> etree._Element:
    """Return the root of a finished part; raises BrokenPartError if it is not well-formed."""
    try:
        return etree.fromstring(content, xml_parser())
    except etree.XMLSyntaxError as error:
        raise BrokenPartError("标记与表格、超链接或文本框交错") from error


def _own_drawing_ids(xml: str) -> str:
    numbers = [m[2] for m in _DRAWING.finditer(xml)]
    if len(set(numbers)) == len(numbers):
        return xml
    following = iter(range(1, len(numbers) + 1))
    return _DRAWING.sub(lambda m: f"{m[1]}{next(following)}{m[3]}", xml)


def _with_fitting_grids(root: etree._Element) -> bool:
    """Give tables whose tags may change their columns a grid of their cells' widths.

    They stay as wide as they are; one without a width, or without a row of single cells, is left.
    """
    mended = False
    for table in root.iter(_TABLE):
        grid = table.find(f"{W}tblGrid")
        widths = _cell_widths(table)
        whole = _number(table.find(f"{W}tblPr/{W}tblW"), "w")
        if grid is None or not widths or not whole:
            continue
        scaled = [width * whole // sum(widths) for width in widths]
        grid[:] = [etree.Element(f"{W}gridCol", {f"{W}w": str(width)}) for width in scaled]
        for row in table.iterchildren(_ROW):
            _set_widths(row, scaled)
        mended = True
    return mended


def _cell_widths(table: etree._Element) -> list[int]:
    """Return the widths of the cells in the row that has most, none if one spans columns."""
    rows = [row.findall(_CELL) for row in table.iterchildren(_ROW)]
    longest = max(rows, key=len, default=[])
    spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in longest]
    widths = [_number(cell.find(f"{W}tcPr/{W}tcW"), "w") for cell in longest]
    return widths if all(span is None for span in spans) and all(widths) else []


def _set_widths(row: etree._Element, widths: list[int]) -> None:
    column = 0
    for cell in row.iterchildren(_CELL):
        span = _number(cell.find(f"{W}tcPr/{W}gridSpan"), "val") or 1
        width = cell.find(f"{W}tcPr/{W}tcW")
        if width is not None:
            width.set(f"{W}w", str(sum(widths[column : column + span])))
        column += span


def _number(element: etree._Element | None, name: str) -> int:
    text = "" if element is None else element.get(f"{W}{name}", "")
    return int(text) if text.isdecimal() else 0


def _without_empty_tables(root: etree._Element) -> bool:
    return _removed(root, _ROW, lambda row: next(row.iter(_CELL), None) is None) | _removed(
        root, _TABLE, lambda table: next(table.iter(_ROW), None) is None
    )


def _removed(root: etree._Element, tag: str, is_empty: Callable[[etree._Element], bool]) -> bool:
    empty = [element for element in root.iter(tag) if is_empty(element)]
    for element in empty:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return bool(empty)


def _with_last_paragraphs(root: etree._Element) -> bool:
    mended = False
    for cell in root.iter(_CELL):
        if not len(cell) or _last_block(cell) != f"{W}p":
            etree.SubElement(cell, f"{W}p")
            mended = True
    for story in root.iter(*_STORIES):
        if not any(child.tag in _BLOCKS for child in story):
            etree.SubElement(story, f"{W}p")
            mended = True
    return mended


def _last_block(parent: etree._Element) -> object:
    """Return the tag of the last block in a cell, that of a content control's own last block."""
    for child in reversed(parent):
        if child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            return None if content is None else _last_block(content)
        if child.tag in _BLOCKS:
            return child.tag
    return None


def _with_own_bookmarks(root: etree._Element) -> bool:
    """Remove bookmarks that a loop has repeated: only the first of a name can be referred to."""
    seen: set[str] = set()
    repeated: list[etree._Element] = []
    for mark in root.iter(_BOOKMARK):
        number = mark.get(f"{W}id", "")
        (repeated if number in seen else []).append(mark)
        seen.add(number)
    if not repeated:
        return False
    ends: set[str] = set()
    for end in root.iter(f"{W}bookmarkEnd"):
        number = end.get(f"{W}id", "")
        (repeated if number in ends else []).append(end)
        ends.add(number)
    for mark in repeated:
        parent = mark.getparent()
        if parent is not None:
            parent.remove(mark)
    return True


def _fields_are_closed(root: etree._Element) -> bool:
    depth = 0
    for field in root.iter(_FIELD):
        depth += _BALANCE.get(field.get(f"{W}fldCharType", ""), 0)
        if depth < 0:
            return False
    return depth == 0
