"""Faults of a template, found before a run: where, what, and what to write instead.

The same code checks a template for its clerk, against sample values, and for a run, against none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from flows.steps.model import Chart
from flows.steps.render.charts import (
    FIXED,
    NEW_KIND,
    PREFIX,
    UNNAMED,
    UNSUITABLE,
    Shown,
    charts_of,
    charts_shown,
    is_repeated,
)
from flows.steps.render.markup import TAG
from flows.steps.render.package import Package, kind_of
from flows.steps.render.remains import outside_links, remains
from flows.steps.render.resolve import Scope, nearest
from flows.steps.render.revisions import UNCERTAIN
from flows.steps.render.scan import Paragraph, can_hold_tags, paragraphs, story_name
from flows.steps.render.tags import TagChecker, TemplateFault, word_of

WHOLE = "全文"
SAME_TEXT = "正文、页眉和页脚里没有一个标记（{{ … }}），每一份文件看上去都会相同"
NO_TAG = "没有一个标记（{{ … }}），每一份文件都会是这同样的内容。请写上标记，或换成带标记的模板"
LINKED = {
    "image": "图片是链接的，文件发到别处就看不到；请改为嵌入（插入图片时不要选“链接到文件”）",
    "hyperlink": "有超链接指向本机的文件，别人打不开，还会露出路径；请删去这个超链接",
    "oleObject": "有链接到本机文件的对象；请改为嵌入，或直接粘贴内容",
    "subDocument": "主控文档的子文档在别的文件里；请把内容并入模板",
    "aFChunk": "嵌着另一个文件的内容，无法检查；请用 Word 打开后另存",
}
_OUTSIDE_FIELDS = re.compile(
    r"\s*(INCLUDEPICTURE|INCLUDETEXT|LINK|DDE|DDEAUTO|DATABASE|RD)\b", re.IGNORECASE
)


def find_faults(
    package: Package, sample: Scope | None = None, charts: Mapping[str, Chart] | None = None
) -> list[TemplateFault]:
    """Return a template's faults in document order.

    With sample values and charts, names and fields are looked up in them; without, only what holds
    for any data is checked.
    """
    faults = [*_chart_faults(package, charts), *_part_faults(package)]
    by_part: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs(package):
        by_part.setdefault(paragraph.part, []).append(paragraph)
    for of_part in by_part.values():
        faults += TagChecker(sample).of(of_part)
    texts = [paragraph for of_part in by_part.values() for paragraph in of_part]
    if not faults and not _is_filled(package, texts):
        faults.append(TemplateFault(WHOLE, "", NO_TAG, package.main, 0))
    return sorted(faults, key=lambda f: (f.part != package.main, f.part, f.index))


def find_notes(package: Package) -> list[str]:
    """Return what a clerk should know of a template that is no fault."""
    notes = list(remains(package))
    if notes:
        notes[-1] += "。以上内容不会带进生成的文件"
    for chart in charts_of(package):
        if chart.typed:
            labels = "、".join(f"“{label}”" for label in chart.typed)
            notes.append(f"图表“{chart.alt}”有手工输入的数据标签{labels}，生成时改为显示实际数值")
    loops = {p.where for p in _numbered_in_loops(package)}
    if loops:
        notes.append(f"{'、'.join(sorted(loops))}的自动编号在循环里会接着往下编，不会每次从头开始")
    if _is_same_text(package):
        notes.append(SAME_TEXT)
    if any(_fields_of(root, re.compile(r"\s*TOC\b")) for _, root in package.trees()):
        notes.append("模板里有目录，文件打开时由 Word 更新；用 WPS 打开的，请右击目录选“更新域”")
    return notes


def _is_same_text(package: Package) -> bool:
    """Return whether documents differ in nothing but their properties."""
    stories = {part for part, root in package.trees() if story_name(root)}
    texts = list(paragraphs(package))
    shown = [paragraph for paragraph in texts if paragraph.part in stories]
    return _is_filled(package, texts) and not _is_filled(package, shown)


def _is_filled(package: Package, texts: Iterable[Paragraph]) -> bool:
    """Return whether anything in a template changes from document to document."""
    return any(p.inner or TAG.search(p.text) for p in texts) or bool(charts_of(package))


def _chart_faults(package: Package, charts: Mapping[str, Chart] | None) -> Iterator[TemplateFault]:
    names: dict[str | None, str] = {}
    for shown in charts_shown(package):
        if shown.alt == FIXED or is_repeated(shown.element):
            continue
        message = _shown_fault(shown, names, charts)
        if message:
            yield TemplateFault(f"图表“{shown.alt or '未命名'}”", "", message, package.main, 0)
    for chart in charts_of(package):
        data = (charts or {}).get(chart.alt)
        message = "" if chart.replaceable and chart.series else UNSUITABLE
        message = message or (chart.fault(data) if data else "")
        if message:
            yield TemplateFault(
                f"图表“{chart.alt}”", "", message.removeprefix("的"), package.main, 0
            )


def _shown_fault(
    shown: Shown, names: dict[str | None, str], charts: Mapping[str, Chart] | None
) -> str:
    """Return what is wrong with the place and the name of a chart."""
    if not shown.alt.startswith(PREFIX):
        near = nearest(shown.alt, charts) if charts and shown.alt else ""
        return UNNAMED + near
    if shown.target is None:
        return NEW_KIND
    if names.setdefault(shown.target, shown.alt) != shown.alt:
        return f"与“{names[shown.target]}”是同一张图表，只能有一个名称；请复制后重新插入"
    if charts is not None and shown.alt not in charts:
        return f"没有这个图表的数据{nearest(shown.alt, charts)}；可用的图表：{'、'.join(charts)}"
    return ""


def _part_faults(package: Package) -> Iterator[TemplateFault]:
    for part, relationship in outside_links(package):
        kind = kind_of(relationship)
        if kind in LINKED and not part.startswith("word/charts/"):
            yield TemplateFault(WHOLE, "", LINKED[kind], package.main, 0)
    for part, root in package.trees():
        if can_hold_tags(root):
            if next(root.iter(*UNCERTAIN), None) is not None:
                message = "表格里有删除或合并单元格的修订痕迹，请先在“审阅”中接受或拒绝全部修订"
                yield TemplateFault(WHOLE, "", message, part, 0)
            for instruction in _fields_of(root, _OUTSIDE_FIELDS):
                message = f"域“{instruction[:30]}”取用别的文件，请改为直接插入内容"
                yield TemplateFault(WHOLE, "", message, part, 0)


def _fields_of(root: etree._Element, wanted: re.Pattern[str]) -> list[str]:
    texts = [e.text or "" for e in root.iter("{*}instrText")]
    texts += [v for e in root.iter("{*}fldSimple") for k, v in e.attrib.items() if "instr" in k]
    return [text.strip() for text in texts if wanted.match(text)]


def _numbered_in_loops(package: Package) -> Iterator[Paragraph]:
    depth = 0
    for paragraph in paragraphs(package):
        for tag in TAG.findall(paragraph.text):
            depth += {"for": 1, "endfor": -1}.get(word_of(tag), 0)
        if depth > 0 and paragraph.numbered:
            yield paragraph


def merged(samples: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return sample values for every name; an empty list is replaced by that of a later sample."""
    result: dict[str, Any] = {}
    for sample in samples:
        for name in sample:
            if name not in result or result[name] == ():
                result[name] = sample[name]
    return result
