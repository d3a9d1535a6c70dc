"""Elements of WordprocessingML that python-docx has no API for, put where the schema wants them."""

from collections.abc import Mapping, Sequence

from docx.oxml.ns import NamespacePrefixedTag, qn
from docx.oxml.parser import OxmlElement
from lxml import etree

# The children that our documents have, by their parent, in the order of the schema (ECMA-376 17).
_ORDER: Mapping[str, Sequence[str]] = {
    "w:pPr": [
        *("w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:widowControl"),
        *("w:numPr", "w:pBdr", "w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid", "w:spacing"),
        *("w:ind", "w:jc", "w:outlineLvl", "w:sectPr"),
    ],
    "w:rPr": ["w:rStyle", "w:rFonts", "w:color", "w:spacing", "w:w", "w:sz"],
    "w:style": ["w:name", "w:basedOn", "w:qFormat", "w:pPr", "w:rPr", "w:tblPr"],
    "w:tblPr": [
        *("w:tblStyle", "w:tblpPr", "w:tblOverlap", "w:tblW", "w:jc", "w:tblBorders"),
        *("w:tblLayout", "w:tblCellMar", "w:tblLook"),
    ],
    "w:trPr": ["w:cantSplit", "w:trHeight", "w:tblHeader"],
    "w:tcPr": ["w:tcW", "w:gridSpan", "w:vMerge", "w:textDirection", "w:vAlign"],
    "w:sectPr": [
        *("w:headerReference", "w:footerReference", "w:type", "w:pgSz", "w:pgMar", "w:cols"),
        "w:docGrid",
    ],
}


def put(parent: etree._Element, tag: str, **attributes: object) -> etree._Element:
    """Return a new child of an element, in its place; it replaces one of the same name."""
    values = {qn(f"w:{name}"): str(value) for name, value in attributes.items()}
    element = OxmlElement(tag, values)
    for old in parent.findall(qn(tag)):
        parent.remove(old)
    order = _ORDER.get(NamespacePrefixedTag.from_clark_name(str(parent.tag)), [tag])
    later = {qn(name) for name in order[order.index(tag) + 1 :]}
    successor = next((child for child in parent if child.tag in later), None)
    if successor is None:
        parent.append(element)
    else:
        successor.addprevious(element)
    return element
