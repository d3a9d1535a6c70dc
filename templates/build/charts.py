"""The charts of the templates: native Word charts that print well in black and white.

Their data here is only a sample. python-docx has no charts, so that their parts are XML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.part import Part
from docx.oxml.ns import nsdecls, nsmap
from docx.oxml.parser import parse_xml
from lxml import etree

from flows.steps.render.sheet import chart_workbook
from templates.build.elements import TEXT_WIDTH

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RATES = ("协议签订率", "档案移交率", "组织关系转移率", "管理职能移交率")
SAMPLES = ("示例一", "示例二")
EMU = 635  # of a twip
CATEGORY_AXIS, VALUE_AXIS = 10000001, 10000002
BLACK, DARK, GREY, MIDDLE, LIGHT, WHITE = "000000", "404040", "595959", "7F7F7F", "BFBFBF", "FFFFFF"
ANY = tuple(f"系列{number}" for number in range(1, 9))  # of data with any names, in their order
# Bars differ by their grey, those after the fourth by their pattern.
_FILLS = ("262626", MIDDLE, "CFCFCF", WHITE)
_PATTERNS = ("wdUpDiag", "pct50", "dkHorz", "lgCheck")
# Lines differ by marker, dash and grey.
_LINES = (
    ("circle", "solid", BLACK),
    ("square", "dash", DARK),
    ("triangle", "sysDot", BLACK),
    ("diamond", "lgDashDot", GREY),
    ("x", "solid", DARK),
    ("plus", "dash", BLACK),
    ("star", "sysDash", GREY),
    ("dash", "sysDashDot", BLACK),
)


@dataclass(frozen=True)
class ChartDesign:
    """A chart of a template: its alternative text, its category axis' title, its series.

    Bars stand side by side; a ranking has a bar below the other. The height is in twips; `labels`
    says whether the values are printed at the bars.
    """

    alt: str
    kind: Literal["bar", "line", "ranking"]
    category_title: str
    series: Sequence[str]
    height: int
    labels: bool = False


def _c(name: str, *inside: str, **attributes: object) -> str:
    """Return an element of a chart."""
    return _element(f"c:{name}", inside, attributes)


def _a(name: str, *inside: str, **attributes: object) -> str:
    """Return an element of a drawing."""
    return _element(f"a:{name}", inside, attributes)


def _element(name: str, inside: Sequence[str], attributes: dict[str, object]) -> str:
    given = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def add_chart(document: Document, design: ChartDesign) -> None:
    """Add a chart to the end of a document, with its sample data and the workbook behind it."""
    package = document.part.package
    book = Part(
        package.next_partname("/word/embeddings/Microsoft_Excel_Sheet%d.xlsx"),
        CT.SML_SHEET,
        chart_workbook(sample_rows(design)),
        package,
    )
    chart = Part(package.next_partname("/word/charts/chart%d.xml"), CT.DML_CHART, b"", package)
    chart._blob = (_HEAD + chart_xml(design, chart.relate_to(book, RT.PACKAGE))).encode()
    relationship = document.part.relate_to(chart, RT.CHART)
    number = sum(each.reltype == RT.CHART for each in document.part.rels.values())
    run: etree._Element = document.add_paragraph(style="图").add_run()._r
    run.append(parse_xml(drawing(design, number, relationship)))


def chart_xml(design: ChartDesign, book: str) -> str:
    """Return the chart part with two sample categories; `book` is the workbook's relationship."""
    series = [_series(design, i, name) for i, name in enumerate(design.series)]
    axes = (_category_axis(design), _value_axis(design))
    area = _c("plotArea", _layout(design), _plot(design, series), *axes)
    legend = _c("legend", _c("legendPos", val="t"), _c("overlay", val=0), _text(1000))
    chart = _c(
        "chart",
        _c("autoTitleDeleted", val=1),
        area,
        "" if design.kind == "ranking" else legend,
        _c("plotVisOnly", val=1),
        _c("dispBlanksAs", val="gap"),
    )
    paper = _c("spPr", _solid(WHITE), _a("ln", _a("noFill")))
    link = f'<c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData>'
    start = _c("date1904", val=0) + _c("roundedCorners", val=0)
    inside = f"{start}{chart}{paper}{_text(1000)}{link}"
    return f"<c:chartSpace {nsdecls('c', 'a', 'r')}>{inside}</c:chartSpace>"


def _plot(design: ChartDesign, series: Sequence[str]) -> str:
    axes = (_c("axId", val=CATEGORY_AXIS), _c("axId", val=VALUE_AXIS))
    colours = _c("varyColors", val=0)
    if design.kind == "line":
        kind = (_c("grouping", val="standard"), colours)
        return _c("lineChart", *kind, *series, _c("marker", val=1), *axes)
    direction = _c("barDir", val="bar" if design.kind == "ranking" else "col")
    bars = (direction, _c("grouping", val="clustered"), colours)
    return _c("barChart", *bars, *series, _c("gapWidth", val=60), *axes)


def _layout(design: ChartDesign) -> str:
    """Return the place of the bars; a ranking has room for names at the left, values at the right.

    Programs leave none for a value beside a bar of 100 %.
    """
    if design.kind != "ranking":
        return _c("layout")
    place = {"x": 0.25, "y": 0.02, "w": 0.63, "h": 0.88}
    modes = (_c("layoutTarget", val="inner"), _c("xMode", val="edge"), _c("yMode", val="edge"))
    numbers = (_c(name, val=value) for name, value in place.items())
    return _c("layout", _c("manualLayout", *modes, *numbers))


def drawing(design: ChartDesign, number: int, relationship: str) -> str:
    """Return the drawing of a chart, as wide as the text."""
    size = f'<wp:extent cx="{TEXT_WIDTH * EMU}" cy="{design.height * EMU}"/>'
    name = f'<wp:docPr id="{number}" name="图表 {number}" descr="{escape(design.alt)}"/>'
    chart = f'<c:chart {nsdecls("c")} r:id="{relationship}"/>'
    data = f'<a:graphicData uri="{nsmap["c"]}">{chart}</a:graphicData>'
    return (
        f"<w:drawing {nsdecls('w', 'wp', 'a', 'r')}>"
        '<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f"{size}{name}<wp:cNvGraphicFramePr/><a:graphic>{data}</a:graphic>"
        "</wp:inline></w:drawing>"
    )


def sample_rows(design: ChartDesign) -> list[list[str | float | None]]:
    """Return the sample data as the rows of the workbook behind the chart."""
    rows: list[list[str | float | None]] = [["", *design.series]]
    for i, sample in enumerate(SAMPLES):
        rows.append([sample, *_values(design, i)])
    return rows


def _values(design: ChartDesign, row: int) -> list[float]:
    return [round(0.9 - 0.2 * i - 0.05 * row, 4) for i in range(len(design.series))]


def _series(design: ChartDesign, number: int, name: str) -> str:
    letter = chr(66 + number)
    values = [_values(design, i)[number] for i in range(len(SAMPLES))]
    parts = [
        _c("idx", val=number),
        _c("order", val=number),
        _c("tx", _cache("str", f"Sheet1!${letter}$1", [name])),
        *_look(design, number),
        *_labels(design),
        _c("cat", _cache("str", "Sheet1!$A$2:$A$3", SAMPLES)),
        _c("val", _cache("num", f"Sheet1!${letter}$2:${letter}$3", values)),
    ]
    return _c("ser", *parts, *([_c("smooth", val=0)] if design.kind == "line" else []))


def _cache(kind: str, reference: str, values: Sequence[object]) -> str:
    points = [_c("pt", _c("v", str(value)), idx=i) for i, value in enumerate(values)]
    numbers = [_c("formatCode", "0.00%")] if kind == "num" else []
    return _c(
        f"{kind}Ref",
        _c("f", reference),
        _c(f"{kind}Cache", *numbers, _c("ptCount", val=len(values)), *points),
    )


def _look(design: ChartDesign, number: int) -> list[str]:
    if design.kind != "line":
        fill = _solid(MIDDLE) if design.kind == "ranking" else _fill(number)
        return [_c("spPr", fill, _line(BLACK, 9525)), _c("invertIfNegative", val=0)]
    marker, dash, grey = _LINES[number]
    inside = _c("spPr", _solid(grey if number % 2 == 0 else WHITE), _line(grey, 9525))
    line = _c("spPr", _a("ln", _solid(grey), _a("prstDash", val=dash), w=19050))
    return [line, _c("marker", _c("symbol", val=marker), _c("size", val=7), inside)]


def _fill(number: int) -> str:
    if number < len(_FILLS):
        return _solid(_FILLS[number])
    front, back = (
        _a(name, _a("srgbClr", val=c)) for name, c in (("fgClr", BLACK), ("bgClr", WHITE))
    )
    return _a("pattFill", front, back, prst=_PATTERNS[number - len(_FILLS)])


def _labels(design: ChartDesign) -> list[str]:
    if not design.labels:
        return []
    shown = (
        "showLegendKey",
        "showVal",
        "showCatName",
        "showSerName",
        "showPercent",
        "showBubbleSize",
    )
    look = (
        _c("numFmt", formatCode="0.00%", sourceLinked=0),
        _c("spPr", _solid(WHITE), _a("ln", _a("noFill"))),
        _text(800),
    )
    return [
        _c(
            "dLbls",
            *look,
            _c("dLblPos", val="outEnd"),
            *(_c(name, val=int(name == "showVal")) for name in shown),
        )
    ]


def _solid(colour: str) -> str:
    return _a("solidFill", _a("srgbClr", val=colour))


def _line(colour: str, width: int) -> str:
    return _a("ln", _solid(colour), w=width)


_FONTS = _a("latin", typeface="Times New Roman") + _a("ea", typeface="仿宋_GB2312")


def _text(size: int) -> str:
    properties = _a("pPr", _a("defRPr", _solid(BLACK), _FONTS, sz=size, b=0))
    return _c("txPr", _a("bodyPr"), _a("p", properties, _a("endParaRPr", lang="zh-CN")))


def _axis_title(text: str, **direction: object) -> str:
    run = _a("r", _a("rPr", _FONTS, lang="zh-CN", sz=1000, b=0), _a("t", text))
    rich = _c(
        "rich", _a("bodyPr", **direction), _a("p", _a("pPr", _a("defRPr", sz=1000, b=0)), run)
    )
    return _c("title", _c("tx", rich), _c("overlay", val=0))


def _axis(
    axis: int,
    crossed: int,
    scaling: Sequence[str],
    position: str,
    title: str,
    labels: Sequence[str],
    last: Sequence[str],
    crosses: str = "autoZero",
    size: int = 900,
) -> list[str]:
    return [
        _c("axId", val=axis),
        _c("scaling", *scaling),
        _c("delete", val=0),
        _c("axPos", val=position),
        title,
        *labels,
        _c("spPr", _line(BLACK, 9525)),
        _text(size),
        _c("crossAx", val=crossed),
        _c("crosses", val=crosses),
        *last,
    ]


def _category_axis(design: ChartDesign) -> str:
    ranking = design.kind == "ranking"
    ticks = (
        _c("majorTickMark", val="out"),
        _c("minorTickMark", val="none"),
        _c("tickLblPos", val="low"),
    )
    last = (
        _c("auto", val=0),
        _c("lblAlgn", val="ctr"),
        _c("lblOffset", val=100),
        *([_c("tickLblSkip", val=1)] if ranking else []),  # every name, however many
        _c("noMultiLvlLbl", val=1),
    )
    numbers = _c("numFmt", formatCode="General", sourceLinked=0)
    return _c(
        "catAx",
        *_axis(
            CATEGORY_AXIS,
            VALUE_AXIS,
            (_c("orientation", val="maxMin" if ranking else "minMax"),),
            "l" if ranking else "b",
            _axis_title(design.category_title, **({"rot": 0, "vert": "eaVert"} if ranking else {})),
            (numbers, *ticks),
            last,
            size=800 if ranking else 900,
        ),
    )


def _value_axis(design: ChartDesign) -> str:
    ranking = design.kind == "ranking"
    grid = _c("majorGridlines", _c("spPr", _line(LIGHT, 6350)))
    ticks = (
        _c("majorTickMark", val="out"),
        _c("minorTickMark", val="none"),
        _c("tickLblPos", val="nextTo"),
    )
    name = design.series[0] if ranking and design.series[0] not in ANY else "比率"
    title = grid + _axis_title(name, rot=0, vert="horz")
    last = (_c("crossBetween", val="between"), _c("majorUnit", val=0.2))
    labels = (_c("numFmt", formatCode="0%", sourceLinked=0), *ticks)
    return _c(
        "valAx",
        *_axis(
            VALUE_AXIS,
            CATEGORY_AXIS,
            (_c("orientation", val="minMax"), _c("max", val=1), _c("min", val=0)),
            "b" if ranking else "l",
            title,
            labels,
            last,
            # below the bars, although the categories count from the top
            crosses="max" if ranking else "autoZero",
        ),
    )
