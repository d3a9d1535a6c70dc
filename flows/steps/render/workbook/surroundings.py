"""What stands around the rows of a sheet, moved with them: merged cells, breaks, conditions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from flows.steps.render.workbook.formulas import (
    UnclearReferenceError,
    Viewer,
    copied,
    printed,
)
from flows.steps.render.workbook.grid import S, Sheet, coded
from flows.steps.render.workbook.moves import Moves, Run
from flows.steps.render.workbook.places import area_of, place_of, written
from flows.steps.render.workbook.printing import Print
from flows.steps.render.workbook.rows import UnfitSheetError

MOST_HEAD = 255  # characters at the top or bottom of a page
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_GONE = ("dimension", "customSheetViews", "scenarios", "cellWatches")
_REPEATED = (f"{S}mergeCell", f"{S}hyperlink")
_SPANNING = (f"{S}autoFilter", f"{S}sortState", f"{S}sortCondition")
_COVERING = (
    f"{S}conditionalFormatting",
    f"{S}dataValidation",
    f"{S}protectedRange",
    f"{S}ignoredError",
)
_FORMULAS = (f"{S}formula", f"{S}formula1", f"{S}formula2", f"{_XM}f")
_COUNTED = ("mergeCells", "dataValidations", "hyperlinks")
_NAMES = {
    f"{S}mergeCell": "合并单元格", f"{S}hyperlink": "超链接",
    f"{S}conditionalFormatting": "条件格式", f"{S}dataValidation": "数据验证（下拉选项）",
}  # fmt: skip


@dataclass(frozen=True)
class Mover:
    """Moves what one sheet has around its rows; `moves` are those of all sheets by name."""

    sheet: Sheet
    moves: Mapping[str, Moves]

    @property
    def own(self) -> Moves:
        """Return where the rows of the sheet went."""
        return self.moves[self.sheet.key]

    def move(self, root: etree._Element, found: Print) -> None:
        """Move everything around the rows of a copy of the sheet."""
        self._heads(root, found)
        self._conditions(root)
        if not self.own.moved:
            return
        for name in _GONE:
            for element in root.findall(f"{S}{name}"):
                root.remove(element)
        self._views(root)
        for element in list(root.iter(*_REPEATED)):
            self._repeat(element)
        for element in list(root.iter(*_SPANNING)):
            self._span(element)
        self._breaks(root)
        for name in _COUNTED:
            for holder in root.findall(f"{S}{name}"):
                _count(holder)

    def _heads(self, root: etree._Element, found: Print) -> None:
        """Fill in the texts at the top and bottom of the pages, in which & begins a code."""
        pairs = zip(self.sheet.heads, found.heads, strict=True)
        tags = {str(head.tag): text for head, text in pairs}
        for element in root.iter(*tags) if tags else ():
            text = tags[str(element.tag)]
            if len(text) > MOST_HEAD:
                raise UnfitSheetError(f"“{self.sheet.name}”的页眉或页脚超过{MOST_HEAD}字")
            element.text = coded(text)

    def _views(self, root: etree._Element) -> None:
        for view in root.iter(f"{S}sheetView"):
            for selection in view.findall(f"{S}selection"):
                view.remove(selection)
            _set_place(view, "topLeftCell", self.own)
            for pane in view.findall(f"{S}pane"):
                _set_place(pane, "topLeftCell", self.own)
                split = pane.get("ySplit", "0")
                if pane.get("state", "split") != "split" and split.isdecimal():
                    above = self.own.seen_range(1, int(split))
                    pane.set("ySplit", str(sum(last - first + 1 for first, last in above)))

    def _repeat(self, element: etree._Element) -> None:
        """Give each copy of an area its own element: in every turn of a loop, or across them."""
        area, parent = area_of(element.get("ref", "")), element.getparent()
        if area is None or parent is None:
            return
        left, top, right, bottom = area
        place = parent.index(element)
        parent.remove(element)
        copies = self.own.areas(top, bottom)
        for number, found in enumerate(copies):
            if len(found) > 1:
                what = _NAMES[str(element.tag)]
                reference = element.get("ref", "")
                raise UnfitSheetError(
                    f"“{self.sheet.name}”{reference}的{what}有一半在循环里，"
                    "不能跟着重复；请全部放进循环，或把整个循环都包在里面"
                )
            reference = written(left, found[0][0], right, found[0][1])
            if element.tag != _REPEATED[0] or ":" in reference:
                copy = etree.fromstring(etree.tostring(element))
                copy.set("ref", reference)
                parent.insert(place + number, copy)

    def _span(self, element: etree._Element) -> None:
        moved = spanned(element.get("ref", ""), self.own)
        parent = element.getparent()
        if moved:
            element.set("ref", moved)
        elif parent is not None:
            parent.remove(element)

    def _conditions(self, root: etree._Element) -> None:
        """Move conditions and choices with their cells, and what their formulas refer to."""
        for element in list(root.iter(*_COVERING)):
            self._cover(element, element.get("sqref", ""), lambda e, t: e.set("sqref", t))
        for sqref in list(root.iter(f"{_XM}sqref")):
            holder = sqref.getparent()
            if holder is not None:
                self._cover(holder, sqref.text or "", _set_extension)

    def _cover(
        self, element: etree._Element, covered: str, put: Callable[[etree._Element, str], None]
    ) -> None:
        areas = [area for text in covered.split() if (area := area_of(text)) is not None]
        if not areas:
            return
        found = [(area, self.own.seen_range(area[1], area[3])) for area in areas]
        references = [written(a[0], r[0], a[2], r[1]) for a, rows in found for r in rows]
        parent = element.getparent()
        if not references:
            if parent is not None:
                parent.remove(element)
            return
        put(element, " ".join(references))
        area, rows = next((area, rows) for area, rows in found if rows)
        viewer = self._viewer(area, rows)
        for formula in element.iter(*_FORMULAS):
            text = copied(formula.text or "", viewer.row - areas[0][1], 0)
            try:
                formula.text = printed(text, viewer, self.moves)
            except UnclearReferenceError as error:
                what = _NAMES.get(str(element.tag), "条件格式或下拉选项")
                where = f"“{self.sheet.name}”{covered}的{what}"
                raise UnfitSheetError(f"{where}里的公式：{error}") from error

    def _viewer(self, area: tuple[str, int, str, int], rows: list[Run]) -> Viewer:
        """Return the cell that the formulas of an area are written for: its first printed one."""
        if area[1] > self.own.last or not self.own.rows:
            return Viewer(self.sheet.key, area[1])
        row = self.own.rows[rows[0][0] - 1]
        return Viewer(self.sheet.key, row.template, row.path)

    def _breaks(self, root: etree._Element) -> None:
        for holder in root.findall(f"{S}rowBreaks"):
            moved = list(_moved_breaks(holder, self.own))
            holder[:] = moved
            for name in ("count", "manualBreakCount"):
                holder.set(name, str(len(moved)))
            if not moved:
                root.remove(holder)


def spanned(reference: str, moves: Moves) -> str:
    """Return an area from its first to its last printed row, "" if none of it is printed."""
    area = area_of(reference)
    if area is None:
        return reference
    left, top, right, bottom = area
    found = moves.seen_range(top, bottom)
    return written(left, found[0][0], right, found[-1][1]) if found else ""


def _moved_breaks(holder: etree._Element, moves: Moves) -> Iterator[etree._Element]:
    for element in holder.iterchildren(f"{S}brk"):
        for row in moves.seen(int(element.get("id", "0"))):
            copy = etree.fromstring(etree.tostring(element))
            copy.set("id", str(row))
            yield copy


def _set_place(element: etree._Element, name: str, moves: Moves) -> None:
    place = place_of(element.get(name, ""))
    if place is not None:
        element.set(name, f"{place[0]}{landing(place[1], moves)}")


def landing(row: int, moves: Moves) -> int:
    """Return where a row of the template is first printed, else the first row printed after it."""
    later = (moves.seen(each) for each in range(row, max(row, moves.last + 1) + 1))
    return next((rows[0] for rows in later if rows), row)


def _count(holder: etree._Element) -> None:
    parent = holder.getparent()
    if len(holder):
        if "count" in holder.attrib:
            holder.set("count", str(len(holder)))
    elif parent is not None:
        parent.remove(holder)


def _set_extension(element: etree._Element, text: str) -> None:
    for sqref in element.iterchildren(f"{_XM}sqref"):
        sqref.text = text
