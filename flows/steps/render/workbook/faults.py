"""Faults of a workbook template, found before a run: in which cell, what, and what to do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from flows.steps.ooxml import parsed
from flows.steps.render.faults import LINKED, NO_TAG, WHOLE
from flows.steps.render.markup import TAG, TAG_START, has_tags
from flows.steps.render.package import Package, kind_of, targets
from flows.steps.render.remains import outside_links, remains
from flows.steps.render.resolve import Scope
from flows.steps.render.scan import Paragraph, can_hold_tags, other_texts
from flows.steps.render.tags import SINGLE, TagChecker, TemplateFault
from flows.steps.render.workbook.formulas import is_blind
from flows.steps.render.workbook.grid import FORMULA, S, Sheet
from flows.steps.render.workbook.moves import Path
from flows.steps.render.workbook.places import area_of, place_of
from flows.steps.render.workbook.printing import loops_of
from flows.steps.render.workbook.related import DRAWING
from flows.steps.render.workbook.traces import note_count

_UNIT = re.compile(r"\{[{%](p|tc|r)\s")
_LINKED_BOOKS = {
    "externalLinkPath": "公式或名称引用了别的工作簿，文件发到别处就算不出来；请改为数值",
    "externalLinkLongPath": "公式或名称引用了别的工作簿；请改为数值",
}
OTHER_TEXT = "文本框、图表标题或文档属性"
_CONTROLS = (f"{S}controls", f"{S}oleObjects")


def find_faults(
    package: Package, sheets: Sequence[Sheet], sample: Scope | None = None
) -> list[TemplateFault]:
    """Return a workbook's faults, sheet by sheet.

    With sample values, names and fields are looked up in them; without, only what holds for any
    data is checked.
    """
    faults = [*_whole(package, sheets)]
    for part, root in package.trees():
        if _holds_text(root):
            faults += TagChecker(sample).of(other_texts(part, root, OTHER_TEXT))
    for sheet in sheets:
        tags = TagChecker(sample).of(_paragraphs(sheet))
        units = [f for cell in _cells(sheet) for f in _unit_faults(cell)]
        faults += sorted([*tags, *units], key=lambda fault: fault.index)
        faults += _misplaced(sheet)
        if not tags and any(sheet.row_tag(row) for row in sheet.texts):
            faults += _unmovable(package, sheet)
    if not faults and not _is_filled(package, sheets):
        faults.append(TemplateFault(WHOLE, "", NO_TAG, package.main, 0))
    return faults


def find_notes(package: Package, sheets: Sequence[Sheet]) -> list[str]:
    """Return what a clerk should know of a workbook that is no fault."""
    notes = list(remains(package))
    count = note_count(package, sheets)
    if count:
        notes.append(f"单元格上有 {count} 条批注")
    if notes:
        notes[-1] += "。以上内容不会带进生成的文件"
    for sheet in sheets:
        moving = any(sheet.row_tag(row) for row in sheet.texts)
        blind = [a for a, formula in _formulas(sheet) if moving and is_blind(formula)]
        if blind:
            cells = "、".join(blind[:5])
            notes.append(
                f"“{sheet.name}”{cells}的公式用了 INDIRECT 或 OFFSET，"
                "里面的地址不会跟着重复的行移动"
            )
    return notes


def single_braces(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """Yield the names between single braces, with the cells they stand in."""
    for sheet in sheets:
        for cell in _cells(sheet):
            for match in SINGLE.finditer(TAG.sub("", cell.text)):
                yield match[1], cell.where


def _is_filled(package: Package, sheets: Sequence[Sheet]) -> bool:
    others = (root for _, root in package.trees() if _holds_text(root))
    return any(s.texts or s.heads for s in sheets) or any(has_tags(root) for root in others)


def _holds_text(root: etree._Element) -> bool:
    return can_hold_tags(root) or root.tag == f"{DRAWING}wsDr"


def _cells(sheet: Sheet) -> Iterator[Paragraph]:
    """Yield the cells with tags as the checker of tags sees them: rows of one table."""
    index = 0
    for row, cells in sorted(sheet.texts.items()):
        whole = sheet.row_text(row)
        for cell in cells:
            index += 1
            yield Paragraph(
                sheet.part, index, f"“{sheet.name}”{cell.address}", cell.text,
                table=1, row=row, row_text=whole, cell_text=cell.text,
            )  # fmt: skip


def _paragraphs(sheet: Sheet) -> Iterator[Paragraph]:
    yield from _cells(sheet)
    for head in sheet.heads:
        yield Paragraph(sheet.part, 1 << 20, f"“{sheet.name}”的页眉页脚", head.text or "")


def _unit_faults(cell: Paragraph) -> Iterator[TemplateFault]:
    for tag in TAG.findall(cell.text):
        unit = _UNIT.match(tag)
        if unit:
            message = f"{tag} 在工作表里不能用；重复、取舍一行写 {{%tr … %}}，一格之内写 {{% … %}}"
            yield _fault(cell.where, cell.text, message, cell.part, cell.index)


def _fault(where: str, text: str, message: str, part: str, index: int = 0) -> TemplateFault:
    return TemplateFault(where, text, message, part, index)


def _whole(package: Package, sheets: Sequence[Sheet]) -> Iterator[TemplateFault]:
    """Yield what is wrong with a workbook as a whole."""
    for part, relationship in outside_links(package):
        kind = kind_of(relationship)
        message = _LINKED_BOOKS.get(kind) or LINKED.get(kind)
        if message:
            yield _fault(WHOLE, "", message, part)
    for sheet in sheets:
        if TAG_START.search(sheet.name):
            message = "工作表的名称里不能写标记，请改名"
            yield _fault(f"“{sheet.name}”", sheet.name, message, sheet.part)
        if targets(package, sheet.part, "pivotTable"):
            message = "有数据透视表，不会随数据更新；请改为公式，或把它删去"
            yield _fault(f"“{sheet.name}”", "", message, sheet.part)
    for defined in parsed(package.parts[package.main]).iterfind(f"{S}definedNames/{S}definedName"):
        if TAG_START.search(defined.text or ""):
            name = defined.get("name", "")
            yield _fault(WHOLE, name, f"名称“{name}”里不能写标记", package.main)


def _formulas(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for formula in sheet.root.iter(FORMULA):
        cell = formula.getparent()
        yield "" if cell is None else cell.get("r", ""), formula.text or ""


def _misplaced(sheet: Sheet) -> Iterator[TemplateFault]:
    """Yield the tags that stand where none is filled in."""
    for address, formula in _formulas(sheet):
        if TAG_START.search(formula):
            message = "公式里不能写标记。请把标记写在另一格，公式引用那一格"
            yield _fault(f"“{sheet.name}”{address}", formula, message, sheet.part)
    kept = {f"{S}sheetData", f"{S}headerFooter"}
    for element in sheet.root:
        if element.tag not in kept and has_tags(element):
            what = etree.QName(element).localname
            message = f"标记不能写在条件格式、下拉选项这些地方（{what}），请写在单元格里"
            yield _fault(f"“{sheet.name}”", "", message, sheet.part)


def _unmovable(package: Package, sheet: Sheet) -> Iterator[TemplateFault]:
    """Yield what cannot follow the rows of a sheet that are repeated or left out."""
    loops = loops_of(sheet)
    moving = {row for row in range(1, sheet.last + 1) if sheet.row_tag(row) or loops.get(row)}
    yield from _tables(package, sheet, moving)
    yield from _arrays(sheet, loops)
    for part in targets(package, sheet.part, "drawing"):
        for corner in parsed(package.parts[part]).iter(f"{DRAWING}from"):
            row = int(corner.findtext(f"{DRAWING}row") or "0") + 1
            if row in moving:
                message = "有图片、图形或图表放在循环的行里，不会跟着重复；请移到循环以外的行"
                yield _fault(f"“{sheet.name}”第{row}行", "", message, sheet.part)
    for sqref in sheet.root.iterfind(".//{*}sparkline/{*}sqref"):
        area = area_of(sqref.text or "")
        if area is not None and area[1] in moving:
            message = "迷你图放在循环的行里，不会跟着重复；请移到循环以外，或改用条件格式的数据条"
            yield _fault(f"“{sheet.name}”{sqref.text}", "", message, sheet.part)
    if next(sheet.root.iter(*_CONTROLS), None) is not None:
        message = "有窗体控件或嵌入的对象，不会跟着行移动；请删去，或不用 {%tr"
        yield _fault(f"“{sheet.name}”", "", message, sheet.part)


def _tables(package: Package, sheet: Sheet, moving: set[int]) -> Iterator[TemplateFault]:
    for part in targets(package, sheet.part, "table"):
        root = parsed(package.parts[part])
        area = area_of(root.get("ref", ""))
        if area is None:
            continue
        tags = {c.address for r in range(area[1], area[3] + 1) for c in sheet.texts.get(r, ())}
        head = [cell.address for cell in sheet.texts.get(area[1], ())]
        reference = f"“{sheet.name}”{root.get('ref')}"
        if moving & set(range(area[1], area[3] + 1)):
            message = (
                "“套用表格格式”的区域里不能重复行；请在“表格设计”中选“转换为区域”，颜色和边框会保留"
            )
            yield _fault(reference, "", message, sheet.part)
        elif head and tags:
            message = "“套用表格格式”的表头里不能写标记；请在“表格设计”中选“转换为区域”"
            yield _fault(reference, "", message, sheet.part)


def _arrays(sheet: Sheet, loops: Mapping[int, Path]) -> Iterator[TemplateFault]:
    for formula in sheet.root.iter(FORMULA):
        kind, area = formula.get("t"), area_of(formula.get("ref", ""))
        rows: Any = range(area[1], area[3] + 1) if area else ()
        spans = len({loops.get(row) for row in rows}) > 1 or (len(rows) > 1 and loops.get(rows[0]))
        if kind == "dataTable" or (kind == "array" and spans):
            cell = formula.getparent()
            place = place_of("" if cell is None else cell.get("r", ""))
            where = f"“{sheet.name}”{place[0]}{place[1]}" if place else f"“{sheet.name}”"
            message = "跨几行的数组公式或模拟运算表不能跟着行重复；请改为一格一个公式"
            yield _fault(where, formula.text or "", message, sheet.part)
