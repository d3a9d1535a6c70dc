"""The charts of the templates: native Word charts that print well in black and white; their data here is only a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from templates.elements import TEXT_WIDTH

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
RATES = ("协议签订率", "档案移交率", "组织关系转移率", "管理职能移交率")
EMU = 635  # of a twip
_LINE = '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
_UPRIGHT = ' rot="0" vert="eaVert"'
# How the series of a bar chart are told apart without colour: black, stripes, light grey, white.
_FILLS = (
    '<a:solidFill><a:srgbClr val="262626"/></a:solidFill>',
    '<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="000000"/></a:fgClr><a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>',
    '<a:solidFill><a:srgbClr val="BFBFBF"/></a:solidFill>',
    '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>',
)
# And those of a line chart: by marker, dash and grey.
_LINES = (("circle", "solid", "000000"), ("square", "dash", "404040"), ("triangle", "sysDot", "000000"), ("diamond", "lgDashDot", "595959"))


@dataclass(frozen=True)
class ChartDesign:
    """A chart of a template: its alternative text, its kind (bar or line), its axis titles, its series, its height in twips."""

    alt: str
    kind: str
    category_title: str
    series: Sequence[str]
    height: int
    labels: bool = False


def chart_xml(design: ChartDesign) -> str:
    """Return the chart part, with two sample categories."""
    series = "".join(_series(design, i, name) for i, name in enumerate(design.series))
    axes = '<c:axId val="10000001"/><c:axId val="10000002"/>'
    if design.kind == "bar":
        plot = f'<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:gapWidth val="60"/>{axes}</c:barChart>'
    else:
        plot = f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{axes}</c:lineChart>'
    return (
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>'
        f'<c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}{_category_axis(design)}{_value_axis()}</c:plotArea>'
        f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_text(1000)}</c:legend><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>{_text(1000)}'
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def drawing(design: ChartDesign, id: int, relationship: str) -> str:
    """Return the run that holds a chart, as wide as the text."""
    width = TEXT_WIDTH * EMU
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{WP}" distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{design.height * EMU}"/>'
        f'<wp:docPr id="{id}" name="图表 {id}" descr="{escape(design.alt)}"/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="{A}">'
        f'<a:graphicData uri="{C}"><c:chart xmlns:c="{C}" r:id="{relationship}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def sample_rows(design: ChartDesign) -> list[list[str | float | None]]:
    """Return the sample data as the rows of the workbook behind the chart."""
    return [["", *design.series], ["示例一", *_values(design, 0)], ["示例二", *_values(design, 1)]]


def _values(design: ChartDesign, row: int) -> list[float]:
    return [round(0.9 - 0.2 * i - 0.05 * row, 4) for i in range(len(design.series))]


def _series(design: ChartDesign, number: int, name: str) -> str:
    letter = chr(66 + number)
    smooth = "" if design.kind == "bar" else '<c:smooth val="0"/>'
    values = "".join(f'<c:pt idx="{i}"><c:v>{_values(design, i)[number]!r}</c:v></c:pt>' for i in (0, 1))
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f'<c:tx><c:strRef><c:f>Sheet1!${letter}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f"{_look(design, number)}{_labels(design)}"
        '<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$3</c:f><c:strCache><c:ptCount val="2"/><c:pt idx="0"><c:v>示例一</c:v></c:pt>'
        '<c:pt idx="1"><c:v>示例二</c:v></c:pt></c:strCache></c:strRef></c:cat>'
        f'<c:val><c:numRef><c:f>Sheet1!${letter}$2:${letter}$3</c:f><c:numCache><c:formatCode>0.00%</c:formatCode><c:ptCount val="2"/>{values}'
        f"</c:numCache></c:numRef></c:val>{smooth}</c:ser>"
    )


def _look(design: ChartDesign, number: int) -> str:
    if design.kind == "bar":
        return f'<c:spPr>{_FILLS[number]}{_LINE}</c:spPr><c:invertIfNegative val="0"/>'
    marker, dash, grey = _LINES[number]
    fill = f'<a:solidFill><a:srgbClr val="{grey}"/></a:solidFill>'
    inside = fill if number % 2 == 0 else '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
    return (
        f'<c:spPr><a:ln w="19050">{fill}<a:prstDash val="{dash}"/></a:ln></c:spPr><c:marker><c:symbol val="{marker}"/><c:size val="7"/>'
        f'<c:spPr>{inside}<a:ln w="9525">{fill}</a:ln></c:spPr></c:marker>'
    )


def _labels(design: ChartDesign) -> str:
    if not design.labels:
        return ""
    place = '<c:dLblPos val="outEnd"/>' if design.kind == "bar" else '<c:dLblPos val="t"/>'
    shown = "".join(f'<c:{name} val="{int(name == "showVal")}"/>' for name in
                    ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"))  # fmt: skip
    return f'<c:dLbls><c:numFmt formatCode="0.00%" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text(800)}{place}{shown}</c:dLbls>'


def _text(size: int, rotation: str = "") -> str:
    fonts = '<a:latin typeface="Times New Roman"/><a:ea typeface="仿宋_GB2312"/>'
    colour = '<a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
    return f'<c:txPr><a:bodyPr{rotation}/><a:p><a:pPr><a:defRPr sz="{size}" b="0">{colour}{fonts}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def _axis_title(text: str, rotation: str = "") -> str:
    fonts = '<a:latin typeface="Times New Roman"/><a:ea typeface="仿宋_GB2312"/>'
    body = f'<a:p><a:pPr><a:defRPr sz="1000" b="0"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="1000" b="0">{fonts}</a:rPr><a:t>{text}</a:t></a:r></a:p>'
    return f'<c:title><c:tx><c:rich><a:bodyPr{rotation}/>{body}</c:rich></c:tx><c:overlay val="0"/></c:title>'


def _category_axis(design: ChartDesign) -> str:
    return (
        '<c:catAx><c:axId val="10000001"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>'
        f'{_axis_title(design.category_title)}<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="low"/><c:spPr>{_LINE}</c:spPr>{_text(900)}<c:crossAx val="10000002"/><c:crosses val="autoZero"/><c:auto val="0"/>'
        '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _value_axis() -> str:
    grid = (
        '<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="BFBFBF"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
    )
    return (
        '<c:valAx><c:axId val="10000002"/><c:scaling><c:orientation val="minMax"/><c:max val="1"/><c:min val="0"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="l"/>{grid}{_axis_title("比率", _UPRIGHT)}<c:numFmt formatCode="0%" sourceLinked="0"/><c:majorTickMark val="out"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr>{_LINE}</c:spPr>{_text(900)}<c:crossAx val="10000001"/><c:crosses val="autoZero"/>'
        '<c:crossBetween val="between"/><c:majorUnit val="0.2"/></c:valAx>'
    )
