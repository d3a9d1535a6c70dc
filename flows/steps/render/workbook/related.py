"""The parts around the sheets that name their rows: names, drawings, tables and charts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from flows.steps.ooxml import parsed
from flows.steps.render.package import Package, serialized, targets
from flows.steps.render.workbook.formulas import UnclearReferenceError, Viewer, printed
from flows.steps.render.workbook.grid import FORMULA, S, Sheet
from flows.steps.render.workbook.moves import Moves
from flows.steps.render.workbook.rows import UnfitSheetError
from flows.steps.render.workbook.surroundings import landing, spanned

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_CACHES = ("{*}numCache", "{*}strCache", "{*}multiLvlStrCache")
_BEFORE_CALCULATION = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
    "functionGroups", "externalReferences", "definedNames",
)  # fmt: skip
_CHART = re.compile(r"(^|/)charts/[^/]+\.xml$")


def has_formulas(sheets: Sequence[Sheet]) -> bool:
    """Return whether anything in a workbook is worked out from its cells."""
    return any(next(sheet.root.iter(FORMULA), None) is not None for sheet in sheets)


def main_part(source: bytes, moves: Mapping[str, Moves], *, calculated: bool) -> bytes:
    """Return the workbook's main part: names follow the rows, opening it calculates all."""
    root = parsed(source)
    names = [e.get("name", "").casefold() for e in root.iterfind(f"{S}sheets/{S}sheet")]
    for defined in root.iterfind(f"{S}definedNames/{S}definedName"):
        local = defined.get("localSheetId", "")
        number = int(local) if local.isdecimal() else -1
        sheet = names[number] if 0 <= number < len(names) else ""
        try:
            defined.text = printed(defined.text or "", Viewer(sheet), moves)
        except UnclearReferenceError as error:
            raise UnfitSheetError(f"名称“{_spoken(defined)}”：{error}") from error
    if calculated:
        _calculation(root).set("fullCalcOnLoad", "1")
    return serialized(root)


def _spoken(defined: etree._Element) -> str:
    names = {"_xlnm.Print_Area": "打印区域", "_xlnm.Print_Titles": "打印标题"}
    name = defined.get("name", "")
    return names.get(name, name)


def _calculation(root: etree._Element) -> etree._Element:
    """Return how a workbook is calculated, said anew where nothing is said of it."""
    found = root.find(f"{S}calcPr")
    if found is not None:
        return found
    before = [f"{S}{name}" for name in _BEFORE_CALCULATION]
    place = max((i + 1 for i, e in enumerate(root) if e.tag in before), default=0)
    element = etree.Element(f"{S}calcPr")
    root.insert(place, element)
    return element


def moved_parts(
    package: Package, sheets: Sequence[Sheet], moves: Mapping[str, Moves]
) -> Iterator[tuple[str, bytes]]:
    """Yield the drawings and tables of the sheets whose rows moved, and the charts."""
    for sheet in sheets:
        own = moves[sheet.key]
        if own.moved:
            for part in targets(package, sheet.part, "drawing"):
                yield part, _drawing(package.parts[part], own)
            for part in targets(package, sheet.part, "table"):
                yield part, _table(package.parts[part], own, sheet.name)
    for part, source in package.parts.items():
        if _CHART.search(part):
            yield part, _chart(source, moves, part)


def _drawing(source: bytes, moves: Moves) -> bytes:
    root = parsed(source)
    for corner in root.iter(f"{DRAWING}from", f"{DRAWING}to"):
        row = corner.find(f"{DRAWING}row")
        if row is not None:
            number = int(row.text or "0") + 1
            seen = moves.seen(number)
            place = seen[-1] if seen else landing(number, moves)
            row.text = str(place - 1)
    return serialized(root)


def _table(source: bytes, moves: Moves, sheet: str) -> bytes:
    root = parsed(source)
    for element in (root, *root.iter("{*}autoFilter", "{*}sortState", "{*}sortCondition")):
        element.set("ref", spanned(element.get("ref", ""), moves))
    for formula in root.iter("{*}calculatedColumnFormula", "{*}totalsRowFormula"):
        try:
            formula.text = printed(
                formula.text or "", Viewer(sheet.casefold()), {sheet.casefold(): moves}
            )
        except UnclearReferenceError as error:
            raise UnfitSheetError(f"“{sheet}”套用表格格式的公式：{error}") from error
    return serialized(root)


def _chart(source: bytes, moves: Mapping[str, Moves], part: str) -> bytes:
    """Return a chart that takes its data from where they are now."""
    root = parsed(source)
    for formula in root.iter("{*}f"):
        try:
            formula.text = printed(formula.text or "", Viewer(""), moves)
        except UnclearReferenceError as error:
            raise UnfitSheetError(f"图表（{part.rpartition('/')[2]}）的数据：{error}") from error
    return serialized(root)


def without_caches(package: Package) -> Package:
    """Return a workbook whose charts no longer hold what their cells said in the template."""
    parts = dict(package.parts)
    for part in [name for name in parts if _CHART.search(name)]:
        root = parsed(parts[part])
        for cache in list(root.iter(*_CACHES)):
            holder = cache.getparent()
            if holder is not None:
                holder.remove(cache)
        parts[part] = serialized(root)
    return replace(package, parts=parts)
