"""Charts of a template: looks stay, data is replaced in the chart's cache and in its workbook."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from flows.steps.model import Chart, UserError
from flows.steps.ooxml import (
    OFFICE_RELATIONSHIPS,
    parsed,
    related_part,
    relationship_id,
    relationships,
    relationships_part,
)
from flows.steps.render.chart_data import (
    C_URI,
    NUMBERED,
    C,
    named,
    slot,
    without_series,
    workbook_of,
)
from flows.steps.render.language import clean
from flows.steps.render.package import (
    TYPES_PART,
    WORD,
    Package,
    broken_template,
    is_external,
    kind_of,
    related_elements,
    serialized,
)

PREFIX = "图表:"
FIXED = "图表:不变"
UNSUITABLE = "散点图、气泡图等不能替换数据，请改用柱形图、条形图、折线图、面积图或饼图"
NEW_KIND = (
    "这种新式图表（漏斗图、树状图等）不能替换数据，请改用柱形图、条形图、折线图、面积图或饼图"
)
UNNAMED = (
    f"没有写明用哪些数据，会印出模板里的示例数字。请在它的替代文字（可选文字）里写上 {PREFIX}名称；"
    f"确实不需要更新的，写 {FIXED}"
)
REPEATED = "放在循环里，每一次都会是同一张图；图表不能重复，请移到循环外面"
_SLOT = re.compile("\ufdd0([a-z]+)(\\d+)\ufdd1")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHART = f"{C}chart"
_NEW_CHART = "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart"
_GROUPED = ("{*}graphicFrame", "{*}inline", "{*}anchor")  # what holds the name of a drawing
_STALE = frozenset({"pt", "datalabelsRange", "dlblFieldTable", "ser", "filteredSeriesTitle"})


@dataclass(frozen=True)
class Shown:
    """A chart as a document shows it: in which part, the element, its alternative text."""

    part: str
    element: etree._Element
    alt: str
    target: str | None  # None for a kind of chart that cannot be filled


@dataclass(frozen=True)
class ChartPart:
    """A chart that gets data: alternative text, part, workbook behind it, series, its XML.

    In the XML slots stand for names, categories and values of a series. `replaceable` is False if
    a series has no values against categories, as in a scatter chart; `typed` are labels that were
    typed by hand.
    """

    alt: str
    part: str
    workbook: str | None
    series: Sequence[str]
    source: str
    replaceable: bool = True
    typed: Sequence[str] = ()

    def fault(self, chart: Chart) -> str:
        """Return what keeps a chart from being filled with some data, an empty text for nothing."""
        if not self.series or not self.replaceable:
            return UNSUITABLE
        known = "、".join(chart.series)
        if "" in self.series:
            return f"有一个系列没有名称。可用的系列：{known}"
        unknown = [x for x in self.series if x not in chart.series and not NUMBERED.fullmatch(x)]
        return f"的系列“{unknown[0]}”没有数据。可用的系列：{known}" if unknown else ""

    def filled(self, chart: Chart, source: str) -> Iterator[tuple[str, bytes]]:
        """Yield the chart's parts with new data; `source` is its XML, tags in it rendered."""
        fault = self.fault(chart)
        if fault:
            raise UserError(f"模板中图表“{self.alt}”{fault}")
        names = [named(name, chart) for name in self.series]
        pieces = _SLOT.split(without_series(source, [n for n, x in enumerate(names) if x is None]))
        texts, kinds, numbers = pieces[::3], pieces[1::3], pieces[2::3]
        known = [name or "" for name in names]
        slots = [slot(k, int(n), known, chart) for k, n in zip(kinds, numbers, strict=True)]
        pairs = zip(texts, [*slots, ""], strict=True)
        yield self.part, "".join(text + slot for text, slot in pairs).encode()
        if self.workbook is not None:
            yield self.workbook, workbook_of([name for name in names if name is not None], chart)


def charts_shown(package: Package) -> Iterator[Shown]:
    """Yield every chart that a template shows, one that is stored twice (text boxes) twice."""
    for part, root in package.trees():
        yield from charts_in(package, part, root)


def charts_in(package: Package, part: str, root: etree._Element) -> Iterator[Shown]:
    """Yield the charts that one part shows."""
    for element in root.iter(_CHART, _NEW_CHART):
        if root.tag != f"{C}chartSpace" and relationship_id(element):
            is_known = element.tag == _CHART
            target = related_part(package.parts, part, element) if is_known else None
            yield Shown(part, element, _alternative_text(element), target)


def is_repeated(element: etree._Element) -> bool:
    """Return whether a drawing is the second copy that Word stores for old programs."""
    return next(element.iterancestors("{*}Fallback"), None) is not None


def charts_of(package: Package) -> list[ChartPart]:
    """Return the charts of a template that get data, each part once.

    Raises UserError for a template in which the part of a chart is missing.
    """
    wanted = {s.target: s.alt for s in charts_shown(package) if s.target and s.alt != FIXED}
    if not wanted.keys() <= package.parts.keys():
        raise broken_template(package.name, WORD)
    return [_read(package.parts, alt, part) for part, alt in wanted.items()]


def with_own_workbooks(package: Package) -> Package:
    """Return a template whose charts have workbooks of their own, .xlsx inside the package."""
    parts = dict(package.parts)
    shown = {s.target: s.alt for s in charts_shown(package) if s.target}
    for number, (part, alt) in enumerate(shown.items(), 1):
        source = relationships_part(part)
        links = [r for r in related_elements(parts, part) if _is_book(r)]
        if any(is_external(r) or not r.get("Target", "").endswith(".xlsx") for r in links):
            name = f"word/embeddings/Chart_Data_{number}.xlsx"
            parts[source] = _relinked(parts[source], None if alt == FIXED else name)
            if alt == FIXED:
                parts[part] = _without_data_link(parts[part])
            else:
                parts[name] = b""
                parts[TYPES_PART] = _knowing_xlsx(parts[TYPES_PART])
    return Package(package.name, package.main, parts)


def _is_book(relationship: etree._Element) -> bool:
    return kind_of(relationship) in ("package", "oleObject")


def _relinked(source: bytes, workbook: str | None) -> bytes:
    root = parsed(source)
    for relationship in [r for r in root if isinstance(r.tag, str) and _is_book(r)]:
        if workbook is None:
            root.remove(relationship)
            continue
        relationship.attrib.pop("TargetMode", None)
        relationship.set("Target", f"/{workbook}")
        relationship.set("Type", f"{OFFICE_RELATIONSHIPS}/package")
    return serialized(root)


def _without_data_link(source: bytes) -> bytes:
    root = parsed(source)
    for element in root.findall(f"{C}externalData"):
        root.remove(element)
    return serialized(root)


def _knowing_xlsx(source: bytes) -> bytes:
    root = parsed(source)
    if not any(e.get("Extension", "").lower() == "xlsx" for e in root.iter("{*}Default")):
        tag = f"{{{etree.QName(root).namespace}}}Default"
        root.insert(0, etree.Element(tag, Extension="xlsx", ContentType=_XLSX))
    return serialized(root)


def _alternative_text(element: etree._Element) -> str:
    """Return a drawing's alternative text as it is looked up: half-width colon, no blanks."""
    texts: list[str] = []
    for holder in element.iterancestors(*_GROUPED):
        for properties in holder.iterchildren("{*}cNvPr", "{*}docPr"):
            alt = properties.get("descr") or properties.get("title") or ""
            texts.append("".join(clean(alt).replace("：", ":").split()))
    named = [text for text in texts if text.startswith(PREFIX)]
    return next(iter(named or texts), "")


def _read(parts: Mapping[str, bytes], alt: str, part: str) -> ChartPart:
    root = parsed(parts[part])
    typed = tuple(_drop_typed_labels(root))
    _drop_stale(root)
    names, replaceable = [], True
    for number, series in enumerate(root.iter(f"{C}ser")):
        names.append("".join(series.xpath("c:tx//c:v/text()", namespaces={"c": C_URI})))
        values = series.find(f"{C}val")
        replaceable = replaceable and values is not None
        if values is not None and series.find(f"{C}cat") is None:
            values.addprevious(etree.Element(f"{C}cat"))
        for kind in ("tx", "cat", "val"):
            for place in series.findall(f"{C}{kind}"):
                for child in list(place):
                    place.remove(child)
                place.text = f"\ufdd0{kind}{number}\ufdd1"
    outside = root.find(f"{C}externalData")
    links = relationships(part, parts.get(relationships_part(part)))
    link = None if outside is None else links.get(relationship_id(outside))
    text = serialized(root).decode()
    workbook = None if link is None else link.target
    return ChartPart(alt, part, workbook, names, text, replaceable, typed)


def _drop_typed_labels(root: etree._Element) -> Iterator[str]:
    """Let labels that were typed by hand show their values again; yield what they said."""
    for label in root.iter(f"{C}dLbl"):
        for text in label.findall(f"{C}tx"):
            yield "".join(text.itertext()).strip()
            label.remove(text)


def _drop_stale(root: etree._Element) -> None:
    """Remove what keeps figures of the sample beside the series: extensions, own error bars."""
    extensions = [e for e in root.iter(f"{C}ext") if _holds_stale(e)]
    bars = [e for e in root.iter(f"{C}errBars") if next(e.iter(f"{C}pt"), None) is not None]
    for element in [*extensions, *bars]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _holds_stale(extension: etree._Element) -> bool:
    names = (etree.QName(e).localname for e in extension.iter() if isinstance(e.tag, str))
    return any(name in _STALE for name in names)
