"""The pieces that the templates are built of: merged cells, elements in the schema's order."""

import io
from collections.abc import Sequence
from typing import Literal

import docx
import pytest
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from lxml import etree

from templates.build.charts import ChartDesign, chart_xml
from templates.build.document import new_document, saved
from templates.build.elements import Cell, Row, add_table, begin_section, fill
from templates.build.oxml import put
from tests.support.documents import W

Merged = tuple[str, str, int, str]  # a cell's text, its style, its columns, its part in a merge


def cells_of(rows: Sequence[Row], columns: int) -> list[list[Merged]]:
    """Return the cells of the table that some rows become."""
    table = add_table(new_document("测试"), [1000] * columns, rows)
    return [[merged(cell) for cell in row._tr.tc_lst] for row in table.rows]


def merged(cell: etree._Element) -> Merged:
    """Return what a cell says and covers."""
    style = next(cell.iter(f"{W}pStyle")).get(f"{W}val", "")
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    text = "".join(t.text or "" for t in cell.iter(f"{W}t"))
    columns = 1 if span is None else int(span.get(f"{W}val", ""))
    return text, style, columns, "" if merge is None else merge.get(f"{W}val", "continue")


TEXT, HEAD = "TableText", "TableHead"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([Row([Cell("甲"), Cell("乙")])], [[("甲", TEXT, 1, ""), ("乙", TEXT, 1, "")]]),
        ([Row([Cell("甲", "表头", columns=2)])], [[("甲", HEAD, 2, "")]]),
        (
            [Row([Cell("甲", "表头", rows=2), Cell("乙")]), Row([Cell("丙")])],
            [
                [("甲", HEAD, 1, "restart"), ("乙", TEXT, 1, "")],
                [("", HEAD, 1, "continue"), ("丙", TEXT, 1, "")],
            ],
        ),
    ],
)
def test_cells_span_columns_and_rows(rows: Sequence[Row], expected: list[list[Merged]]) -> None:
    """A row leaves out the columns that the row above covers; covered cells keep the style."""
    assert cells_of(rows, 2) == expected


@pytest.mark.parametrize(
    ("before", "tag", "after"),
    [
        ("", "w:jc", "jc"),
        ("<w:spacing/><w:jc/>", "w:snapToGrid", "snapToGrid spacing jc"),
        ("<w:keepNext/>", "w:snapToGrid", "keepNext snapToGrid"),
        ('<w:snapToGrid w:val="1"/><w:ind/>', "w:snapToGrid", "snapToGrid ind"),
    ],
)
def test_an_element_is_put_in_the_order_of_the_schema(before: str, tag: str, after: str) -> None:
    """Before what comes later, after what comes earlier, once."""
    parent = parse_xml(f"<w:pPr {nsdecls('w')}>{before}</w:pPr>")
    put(parent, tag, val=0)
    assert [etree.QName(child).localname for child in parent] == after.split()


def test_a_run_in_heading_has_its_own_style() -> None:
    """〖…〗 is a heading that the text runs on from."""
    paragraph = fill(new_document("测试").add_paragraph(), "一是〖按时〗报送")
    runs = [(run.text, run.style.name) for run in paragraph.runs]
    plain = "Default Paragraph Font"
    assert runs == [("一是", plain), ("按时", "段首标题"), ("报送", plain)]


def test_a_document_has_no_more_than_it_needs() -> None:
    """No theme, no property but the title, the same bytes each time, a footer for each section."""

    def built() -> bytes:
        document = new_document("标题")
        begin_section(document, landscape=True)
        return saved(document)

    document = docx.Document(io.BytesIO(built()))
    kinds = sorted(part.partname for part in document.part.related_parts.values())
    footers = [f"/word/footer{number}.xml" for number in range(1, 5)]
    others = [f"/word/{name}.xml" for name in ("numbering", "settings", "styles")]
    assert kinds == footers + others
    assert [child.text for child in document.core_properties._element] == ["标题"]
    assert built() == built()


C = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}


@pytest.mark.parametrize(
    ("kind", "direction", "order", "legend"),
    [("bar", "col", "minMax", True), ("ranking", "bar", "maxMin", False)],
)
def test_a_ranking_has_its_bars_from_top_to_bottom(
    kind: Literal["bar", "ranking"], direction: str, order: str, legend: bool
) -> None:
    """The first on top; of a single series no legend is needed."""
    chart = etree.fromstring(chart_xml(ChartDesign("x", kind, "", ("率",), 3000), "rId1"))
    elements = chart.find(".//c:barDir", C), chart.find(".//c:catAx/c:scaling/c:orientation", C)
    assert [None if element is None else element.get("val") for element in elements] == [
        direction,
        order,
    ]
    assert (chart.find(".//c:legend", C) is not None) == legend
