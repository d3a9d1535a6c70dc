"""A workbook's styles while looks are added: each marked cell keeps all of its look but the fill.

Elements: ECMA-376 18.8.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from flows.steps.feedback.workbook.package import UnmarkableError

MOST_STYLES = 65_000  # cell formats that Excel can open
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")
_EMPTY = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<fonts><font><sz val="11"/><name val="宋体"/></font></fonts>
<fills><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>
</styleSheet>"""


@dataclass(frozen=True)
class Look:
    """How a cell of ours looks."""

    font: str = "宋体"
    size: int = 11
    colour: str = ""  # of the text
    underlined: bool = False
    fill: str = ""
    framed: bool = True
    centred: bool = False
    text: bool = False  # shown as text, also if it begins with =
    number_format: int = 0


def empty_styles() -> etree._Element:
    """Return styles for a workbook that has none."""
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.fromstring(_EMPTY, parser)


class Styles:
    """The styles of one workbook; its methods return indexes of cell formats, new ones too."""

    def __init__(
        self, root: etree._Element, colours: Sequence[str], *, remembering: bool = True
    ) -> None:
        """`remembering` is False if a program has saved the styles that changes unused colours."""
        self._root, self._remembering = root, remembering
        self._namespace = f"{{{etree.QName(root).namespace}}}"
        self._formats = self._list("cellXfs")
        if len(self._formats) == 0:
            self._formats.append(
                self._new("xf", numFmtId="0", fontId="0", fillId="0", borderId="0")
            )
        self._ours = {colour.upper() for colour in colours}
        self._known: dict[object, int] = {}

    def _new(self, name: str, **attributes: str) -> etree._Element:
        return etree.Element(f"{self._namespace}{name}", attributes)

    def _list(self, name: str) -> etree._Element:
        """Return a list of the style sheet; one that is missing is made at its place."""
        found = self._root.find(f"{self._namespace}{name}")
        if found is not None:
            return found
        made = self._new(name)
        earlier = _ORDER[: _ORDER.index(name)]
        places = [i for i, child in enumerate(self._root) if _local(child) in earlier]
        self._root.insert(places[-1] + 1 if places else 0, made)
        for template in etree.fromstring(_EMPTY).iterfind(f"{{*}}{name}/*"):
            made.append(_renamed(template, self._namespace))
        return made

    def marked(self, style: int, colour: str) -> int:
        """Return the format of a cell that gets our fill, in which the old colour is remembered."""
        key = ("marked", style, colour)
        if key not in self._known:
            fill = self._new("fill")
            pattern = etree.SubElement(fill, f"{self._namespace}patternFill", patternType="solid")
            etree.SubElement(pattern, f"{self._namespace}fgColor", rgb=colour)
            under = self._colour_of(style)
            etree.SubElement(pattern, f"{self._namespace}bgColor", under or {"indexed": "64"})
            self._known[key] = self._refilled(style, fill)
        return self._known[key]

    def unmarked(self, style: int) -> int:
        """Return the format of a cell without our fill; others stay as they are."""
        key = ("unmarked", style)
        if key not in self._known:
            self._known[key] = (
                self._refilled(style, self._before(style)) if self._is_ours(style) else style
            )
        return self._known[key]

    def remarked(self, style: int, colour: str) -> int:
        """Return the format of a cell with our fill of this round in place of an earlier one."""
        return self.marked(self.unmarked(style), colour)

    def _format(self, style: int) -> etree._Element:
        return self._formats[style if 0 <= style < len(self._formats) else 0]

    def _pattern(self, style: int) -> etree._Element | None:
        """Return the pattern of a format's fill if it is a solid one."""
        fills = self._list("fills")
        index = int(self._format(style).get("fillId", "0"))
        pattern = fills[index].find(f"{self._namespace}patternFill") if index < len(fills) else None
        return None if pattern is None or pattern.get("patternType") != "solid" else pattern

    def _colour_of(self, style: int) -> dict[str, str]:
        pattern = self._pattern(style)
        colour = None if pattern is None else pattern.find(f"{self._namespace}fgColor")
        return {} if colour is None else {str(k): str(v) for k, v in colour.attrib.items()}

    def _is_ours(self, style: int) -> bool:
        return self._colour_of(style).get("rgb", "").upper() in self._ours

    def _before(self, style: int) -> etree._Element | None:
        """Return the fill that a cell had before it got ours, None if it had none."""
        pattern = self._pattern(style)
        under = None if pattern is None else pattern.find(f"{self._namespace}bgColor")
        if under is None or not self._remembering or not ({"rgb", "theme"} & set(under.attrib)):
            return None
        fill = self._new("fill")
        solid = etree.SubElement(fill, f"{self._namespace}patternFill", patternType="solid")
        etree.SubElement(solid, f"{self._namespace}fgColor", dict(under.attrib))
        return fill

    def _refilled(self, style: int, fill: etree._Element | None) -> int:
        """Return a format that differs from another one in its fill alone."""
        made = copy.deepcopy(self._format(style))
        made.set("fillId", str(0 if fill is None else self._added("fills", fill)))
        made.set("applyFill", "1")
        return self._added("cellXfs", made)

    def _added(self, name: str, element: etree._Element) -> int:
        """Return the position of an entry of a list; an equal one is used again."""
        entries = self._list(name)
        key = (name, etree.tostring(element, method="c14n"))
        if key not in self._known:
            if len(entries) >= MOST_STYLES:
                raise UnmarkableError("单元格格式过多")
            entries.append(element)
            entries.set("count", str(len(entries)))
            self._known[key] = len(entries) - 1
        return self._known[key]

    def look(self, look: Look) -> int:
        """Return the format of a cell of ours."""
        if look not in self._known:
            self._known[look] = self._made(look)
        return self._known[look]

    def _made(self, look: Look) -> int:
        made = self._new(
            "xf",
            numFmtId="49" if look.text else str(look.number_format),
            fontId=str(self._font(look)),
            fillId=str(self._fill(look.fill)),
            borderId=str(self._border() if look.framed else 0),
            xfId="0",
            applyNumberFormat="1",
            applyFont="1",
            applyFill="1",
            applyBorder="1",
            applyAlignment="1",
        )
        if look.text:
            made.set("quotePrefix", "1")
        alignment = etree.SubElement(made, f"{self._namespace}alignment", vertical="top")
        alignment.set("wrapText", "1")
        if look.centred:
            alignment.set("horizontal", "center")
        return self._added("cellXfs", made)

    def _font(self, look: Look) -> int:
        font = self._new("font")
        if look.underlined:
            etree.SubElement(font, f"{self._namespace}u")
        etree.SubElement(font, f"{self._namespace}sz", val=str(look.size))
        if look.colour:
            etree.SubElement(font, f"{self._namespace}color", rgb=look.colour)
        etree.SubElement(font, f"{self._namespace}name", val=look.font)
        etree.SubElement(font, f"{self._namespace}charset", val="134")
        return self._added("fonts", font)

    def _fill(self, colour: str) -> int:
        if not colour:
            return 0
        fill = self._new("fill")
        pattern = etree.SubElement(fill, f"{self._namespace}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{self._namespace}fgColor", rgb=colour)
        etree.SubElement(pattern, f"{self._namespace}bgColor", indexed="64")
        return self._added("fills", fill)

    def _border(self) -> int:
        border = self._new("border")
        for side in ("left", "right", "top", "bottom"):
            line = etree.SubElement(border, f"{self._namespace}{side}", style="thin")
            etree.SubElement(line, f"{self._namespace}color", rgb="FF808080")
        etree.SubElement(border, f"{self._namespace}diagonal")
        return self._added("borders", border)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _renamed(element: etree._Element, namespace: str) -> etree._Element:
    """Return a copy of an element in another namespace."""
    made = etree.Element(f"{namespace}{_local(element)}", dict(element.attrib))
    made.extend(_renamed(child, namespace) for child in element)
    return made
