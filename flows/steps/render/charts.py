"""Charts of a template: looks stay, data is replaced in the chart's cache and in its workbook."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree
from markupsafe import escape

from flows.steps.model import Chart, UserError
from flows.steps.ooxml import related_part
from flows.steps.render.language import clean
from flows.steps.render.sheet import SHEET, chart_workbook, column
from flows.steps.wording.numbers import hundredths

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
PREFIX = "图表:"
UNSUITABLE = "散点图、气泡图等不能替换数据，请改用柱形图、条形图、折线图、面积图或饼图"
_FORMAT = "0.00%"
_SLOT = re.compile("\ue000([a-z]+)(\\d+)\ue000")


@dataclass(frozen=True)
class ChartPart:
    """A chart of a template: alternative text, part, workbook behind it, series, XML in pieces.

    The pieces repeat as text, kind of slot (tx, cat or val), number of the series. `replaceable` is
    False if a series has no values against categories, as in a scatter chart.
    """

    alt: str
    part: str
    workbook: str | None
    series: Sequence[str]
    pieces: Sequence[str]
    replaceable: bool = True

    def filled(self, chart: Chart) -> list[tuple[str, bytes]]:
        """Return the chart's parts with new data; raises UserError for a series without data."""
        if not self.replaceable:
            raise UserError(f"模板中图表“{self.alt}”：{UNSUITABLE}")
        unknown = [name for name in self.series if name not in chart.series]
        if unknown:
            known = "、".join(chart.series)
            raise UserError(
                f"模板中图表“{self.alt}”的系列“{unknown[0]}”没有数据。可用的系列：{known}"
            )
        texts, kinds, numbers = self.pieces[::3], self.pieces[1::3], self.pieces[2::3]
        slots = [self._slot(k, int(n), chart) for k, n in zip(kinds, numbers, strict=True)]
        pairs = zip(texts, [*slots, ""], strict=True)
        parts = [(self.part, "".join(text + slot for text, slot in pairs).encode())]
        return parts if self.workbook is None else [*parts, (self.workbook, self._workbook(chart))]

    def _slot(self, kind: str, number: int, chart: Chart) -> str:
        name, letter, last = self.series[number], column(number + 1), len(chart.categories) + 1
        if kind == "tx":
            return _strings(f"{SHEET}!${letter}$1", [name])
        if kind == "cat":
            return _strings(f"{SHEET}!$A$2:$A${last}", chart.categories)
        return _numbers(f"{SHEET}!${letter}$2:${letter}${last}", chart.series[name])

    def _workbook(self, chart: Chart) -> bytes:
        rows: list[list[str | float | None]] = [["", *self.series]]
        for i, category in enumerate(chart.categories):
            rows.append([category, *(_printed(chart.series[name][i]) for name in self.series)])
        return chart_workbook(rows)


def charts_of(parts: dict[str, bytes], document: str) -> list[ChartPart]:
    """Return the charts of a part whose alternative text asks for data."""
    root = etree.fromstring(parts[document])
    found = []
    for place in root.iter("{*}inline", "{*}anchor"):
        alt = _plain(
            next((p.get("descr") or p.get("title") or "" for p in place.iter("{*}docPr")), "")
        )
        inside = next(place.iter(f"{{{C}}}chart"), None)
        part = None if inside is None else related_part(parts, document, inside)
        if part is not None and alt.startswith(PREFIX):
            found.append(_read(parts, alt, part))
    return found


def _plain(alt: str) -> str:
    """Return an alternative text as it is looked up: half-width colon, no blanks."""
    return "".join(alt.replace("：", ":").split())


def _read(parts: dict[str, bytes], alt: str, part: str) -> ChartPart:
    root = etree.fromstring(parts[part])
    names, whole = [], True
    for number, series in enumerate(root.iter(f"{{{C}}}ser")):
        names.append("".join(series.xpath("c:tx//c:v/text()", namespaces={"c": C})))
        whole = whole and series.find(f"{{{C}}}val") is not None
        for kind in ("tx", "cat", "val"):
            for place in series.findall(f"{{{C}}}{kind}"):
                for child in list(place):
                    place.remove(child)
                place.text = f"\ue000{kind}{number}\ue000"
    outside = root.find(f"{{{C}}}externalData")
    workbook = None if outside is None else related_part(parts, part, outside)
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True).decode()
    return ChartPart(alt, part, workbook, names, _SLOT.split(text), whole)


def _printed(rate: Fraction | None) -> float | None:
    """Return a rate as printed: a chart never shows 100 % for 99.999 %."""
    return None if rate is None else hundredths(rate) / 10_000


def _strings(reference: str, values: Sequence[str]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(clean(value))}</c:v></c:pt>'
        for i, value in enumerate(values)
    )
    cache = f'<c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache>'
    return f"<c:strRef><c:f>{reference}</c:f>{cache}</c:strRef>"


def _numbers(reference: str, rates: Sequence[Fraction | None]) -> str:
    known = [(i, _printed(rate)) for i, rate in enumerate(rates) if rate is not None]
    points = "".join(f'<c:pt idx="{i}"><c:v>{value!r}</c:v></c:pt>' for i, value in known)
    head = f'<c:formatCode>{_FORMAT}</c:formatCode><c:ptCount val="{len(rates)}"/>'
    cache = f"<c:numCache>{head}{points}</c:numCache>"
    return f"<c:numRef><c:f>{reference}</c:f>{cache}</c:numRef>"
