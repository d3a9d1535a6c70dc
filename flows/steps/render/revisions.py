"""Tracked changes of a Word document, accepted as Word itself would accept them."""

from lxml import etree

from flows.steps.render.package import W

_DELETED = tuple(f"{W}{name}" for name in ("del", "moveFrom"))
_INSERTED = tuple(f"{W}{name}" for name in ("ins", "moveTo"))
_RANGES = tuple(
    f"{W}{name}Range{end}"
    for name in ("moveFrom", "moveTo", "customXmlIns", "customXmlDel", "customXmlMoveFrom",
                 "customXmlMoveTo")
    for end in ("Start", "End")
)  # fmt: skip
_FORMER = tuple(
    f"{W}{name}Change"
    for name in ("rPr", "pPr", "tblPr", "tblPrEx", "tcPr", "trPr", "sectPr", "tblGrid", "numbering")
)
_CELLS = tuple(f"{W}{name}" for name in ("cellIns", "cellDel", "cellMerge"))
MARKED = (*_DELETED, *_INSERTED, *_FORMER, *_CELLS)
UNCERTAIN = (f"{W}cellDel", f"{W}cellMerge")  # only Word knows what becomes of the table


def accept(root: etree._Element) -> bool:
    """Accept all tracked changes in a part; return whether there were any."""
    if next(root.iter(*MARKED, *_RANGES), None) is None:
        return False
    for element in list(root.iter(*_RANGES, *_FORMER, *_CELLS)):
        _drop(element)
    for element in list(root.iter(*_DELETED)):
        _delete(element)
    for element in list(root.iter(*_INSERTED)):
        _unwrap(element)
    return True


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _delete(mark: etree._Element) -> None:
    """Delete what a mark says was deleted: text, a row, or the end of a paragraph."""
    parent = mark.getparent()
    if parent is None:
        return
    if parent.tag == f"{W}trPr":
        _delete_row(parent)
    elif parent.tag == f"{W}rPr":
        parent.remove(mark)
        properties = parent.getparent()
        if properties is not None and properties.tag == f"{W}pPr":
            _join_with_next(properties)
    else:
        parent.remove(mark)


def _delete_row(properties: etree._Element) -> None:
    row = properties.getparent()
    table = None if row is None else row.getparent()
    if row is not None and table is not None:
        table.remove(row)
        if table.tag == f"{W}tbl" and table.find(f"{W}tr") is None:
            _drop(table)


def _join_with_next(properties: etree._Element) -> None:
    """Move a paragraph, whose end was deleted, into the next one, which keeps its own looks."""
    paragraph = properties.getparent()
    following = None if paragraph is None else paragraph.getnext()
    if paragraph is None or following is None or following.tag != f"{W}p":
        return
    content = [child for child in paragraph if child is not properties]
    first = 1 if len(following) and following[0].tag == f"{W}pPr" else 0
    following[first:first] = content
    _drop(paragraph)


def _unwrap(mark: etree._Element) -> None:
    """Put what was inserted in the place of its mark."""
    parent = mark.getparent()
    if parent is None:
        return
    place = parent.index(mark)
    parent[place : place + 1] = list(mark)
