"""Charts: native, editable, their data the bulletin's, in the chart's cache and in the workbook behind it alike (issue 6)."""

import io
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, Literal

import openpyxl
import pytest
from docx.document import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from flows.steps.model import Chart, UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render import Renderer
from flows.steps.render.template import prepare
from schemas.columns import Level
from templates.build.charts import ChartDesign, add_chart
from tests.support.documents import parts_of
from tests.support.reports import bulletin_of, small_report
from tests.support.wordfiles import TEMPLATES, document

C = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
Table = dict[str, list[float | None]]


def with_chart(kind: Literal["bar", "line"], series: Sequence[str], alt: str = "图表:甲") -> bytes:
    """Return a document that holds one chart."""
    design = ChartDesign(alt, kind, "类别", series, 3000)
    return document(partial(add_chart, design=design))


def chart_of(alt: str) -> Callable[[WordDocument], object]:
    """Return a piece of a document that is a chart of some alternative text."""
    return partial(add_chart, design=ChartDesign(alt, "bar", "类别", ["甲率"], 3000))


def filled(template: bytes, **charts: Chart) -> dict[str, bytes]:
    """Return the parts of a document whose chart of an alternative text 图表:甲 has the data given as 甲."""
    return parts_of(
        prepare("测试.docx", template).filled(
            {}, {f"图表:{name}": chart for name, chart in charts.items()}
        )
    )


def cache_of(part: bytes) -> tuple[list[str], Table]:
    """Return the categories and the series that a chart shows."""
    root = etree.fromstring(part)
    categories: list[str] = []
    series: Table = {}
    for one in root.iterfind(".//c:ser", C):
        categories = [str(p.findtext("c:v", namespaces=C)) for p in one.iterfind("c:cat//c:pt", C)]
        points = {
            int(p.attrib["idx"]): float(p.findtext("c:v", "", namespaces=C))
            for p in one.iterfind("c:val//c:pt", C)
        }
        series[str(one.findtext("c:tx//c:v", namespaces=C))] = [
            points.get(i) for i in range(len(categories))
        ]
    return categories, series


def workbook_of(part: bytes) -> tuple[list[str], Table]:
    """Return the categories and the series in the workbook behind a chart."""
    (names, *rows) = openpyxl.load_workbook(io.BytesIO(part)).worksheets[0].values
    columns: Any = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return [str(v) for v in columns[0]], {
        str(n): list(column) for n, column in zip(names[1:], columns[1:], strict=True)
    }


RATES = st.none() | st.fractions(0, 1, max_denominator=10**6)
TABLES = st.integers(1, 12).flatmap(
    lambda n: st.fixed_dictionaries(
        {name: st.lists(RATES, min_size=n, max_size=n) for name in ("协议签订率", "档案移交率")}
    )
)


@given(TABLES, st.sampled_from(["bar", "line"]))
@settings(max_examples=40, deadline=None)
def test_what_a_chart_shows_its_workbook_holds(
    table: Mapping[str, Sequence[Fraction | None]], kind: Literal["bar", "line"]
) -> None:
    """Cache and workbook have the same categories, series and numbers; a rate that is not there is a gap in both."""
    categories = [f"<{i}>&\x0b县\ufffe" for i in range(len(table["协议签订率"]))]
    parts = filled(with_chart(kind, list(table)), 甲=Chart(categories, table))
    shown, held = (
        cache_of(parts["word/charts/chart1.xml"]),
        workbook_of(parts["word/embeddings/Microsoft_Excel_Sheet1.xlsx"]),
    )
    assert shown == held
    assert shown[0] == [f"<{i}>&县" for i in range(len(categories))]
    assert all(
        (value is None) == (rate is None)
        for name in table
        for value, rate in zip(shown[1][name], table[name], strict=True)
    )


def test_a_chart_shows_rates_as_they_print() -> None:
    """What prints as 99.99% is not drawn as 100 %, and the other way round."""
    chart = Chart(
        ["甲", "乙", "丙"],
        {"协议签订率": [Fraction(999_999, 1_000_000), Fraction(1), Fraction(1, 10**7)]},
    )
    parts = filled(with_chart("bar", ["协议签订率"]), 甲=chart)
    assert cache_of(parts["word/charts/chart1.xml"])[1] == {"协议签订率": [0.9999, 1.0, 0.0001]}


def test_the_templates_looks_stay_and_its_series_choose_the_data() -> None:
    """Fills, markers and axes are the office's; series are found by name, in the template's order, others are left out."""
    template = with_chart("line", ["管理职能移交率", "协议签订率"])
    chart = Chart(
        ["甲"],
        {"协议签订率": [Fraction(1, 2)], "档案移交率": [None], "管理职能移交率": [Fraction(0)]},
    )
    before, after = (
        etree.fromstring(parts["word/charts/chart1.xml"])
        for parts in (read_parts(template), filled(template, 甲=chart))
    )
    assert list(cache_of(etree.tostring(after))[1].items()) == [
        ("管理职能移交率", [0.0]),
        ("协议签订率", [0.5]),
    ]
    for root in (before, after):
        for data in root.xpath("//c:tx/c:strRef | //c:cat | //c:val", namespaces=C):
            data.getparent().remove(data)
    assert etree.tostring(before, method="c14n") == etree.tostring(after, method="c14n")


def test_ranges_of_the_chart_are_those_of_the_sheet() -> None:
    """Editing the data in Word finds them where the formulas say."""
    part = filled(
        with_chart("bar", ["甲率", "乙率"]),
        甲=Chart(["一", "二", "三"], {"甲率": [None] * 3, "乙率": [None] * 3}),
    )["word/charts/chart1.xml"]
    formulas = [f.text for f in etree.fromstring(part).iter("{*}f")]
    assert formulas == [
        "Sheet1!$B$1",
        "Sheet1!$A$2:$A$4",
        "Sheet1!$B$2:$B$4",
        "Sheet1!$C$1",
        "Sheet1!$A$2:$A$4",
        "Sheet1!$C$2:$C$4",
    ]


@pytest.mark.parametrize(
    ("alt", "series", "told"),
    [
        ("图表:乙", "甲率", "图表“图表:乙”没有数据。可用的图表：图表:甲"),
        ("图表:甲", "乙率", "图表“图表:甲”的系列“乙率”没有数据。可用的系列：甲率"),
    ],
)
def test_a_chart_without_data_is_told(alt: str, series: str, told: str) -> None:
    """By the chart's or the series' name, with those that there are."""
    with pytest.raises(UserError, match=told):
        filled(with_chart("bar", [series], alt), 甲=Chart(["一"], {"甲率": [None]}))


def test_the_alternative_text_may_be_typed_with_full_width_signs_and_blanks() -> None:
    """As a Chinese keyboard gives them; a chart is never left with its sample data for that."""
    parts = filled(
        with_chart("bar", ["协议签订率"], "图表： 甲 "),
        甲=Chart(("东浥区",), {"协议签订率": [Fraction(1, 2)]}),
    )
    assert cache_of(parts["word/charts/chart1.xml"]) == (["东浥区"], {"协议签订率": [0.5]})


def test_a_chart_without_values_against_categories_is_told() -> None:
    """A scatter chart would keep its sample data without a word."""
    parts = read_parts(with_chart("bar", ["协议签订率"]))
    part = "word/charts/chart1.xml"
    parts[part] = parts[part].replace(b"c:cat>", b"c:xVal>").replace(b"c:val>", b"c:yVal>")
    with pytest.raises(UserError, match="散点图、气泡图等不能替换数据，请改用柱形图"):
        filled(write_parts(parts.items()), 甲=Chart((), {"协议签订率": []}))


def test_a_chart_of_the_offices_own_keeps_its_data() -> None:
    """The office says so in the alternative text; any other chart has to name its data."""
    own = prepare("测试.docx", document("{{ 名 }}", chart_of("图表：不变"))).filled(
        {"名": "甲"}, {}
    )
    template = read_parts(document("{{ 名 }}", chart_of("图表：不变")))
    assert parts_of(own)["word/charts/chart1.xml"] == template["word/charts/chart1.xml"]
    with pytest.raises(
        UserError, match="图表“随便写写”：没有写明用哪些数据，会印出模板里的示例数字"
    ):
        filled(with_chart("bar", ["甲率"], "随便写写"))


def test_a_template_that_lacks_the_part_of_a_chart_is_damaged() -> None:
    """It is said, and does not end the program."""
    parts = read_parts(with_chart("bar", ["甲率"]))
    bare = {name: data for name, data in parts.items() if not name.endswith("chart1.xml")}
    with pytest.raises(UserError, match="或者已经损坏、不完整。请用 Word"):
        filled(write_parts(bare.items()))


def test_a_chart_without_its_workbook_is_filled_all_the_same() -> None:
    """The office may have cut the link to the workbook."""
    parts = read_parts(with_chart("bar", ["甲率"]))
    bare = {
        name: data
        for name, data in parts.items()
        if "embeddings" not in name and not name.endswith("chart1.xml.rels")
    }
    start, _, rest = bare["word/charts/chart1.xml"].partition(b"<c:externalData")
    bare["word/charts/chart1.xml"] = start + rest.partition(b"</c:externalData>")[2]
    made = filled(write_parts(bare.items()), 甲=Chart(["一"], {"甲率": [Fraction(1)]}))
    assert cache_of(made["word/charts/chart1.xml"]) == (["一"], {"甲率": [1.0]})


def test_the_shipped_charts_are_fit_for_black_and_white_and_strict_readers() -> None:
    """Axis ids are not negative, axes have titles, no two series look alike without colour, there is no picture."""
    names: dict[Level, str] = {
        "city": "示例市",
        "county": "东浥区",
        "enterprise": "浥江化工有限公司",
    }
    for level, name in names.items():
        parts = parts_of(Renderer([TEMPLATES]).render(bulletin_of(small_report(), level, name)))
        charts = {
            part: etree.fromstring(data)
            for part, data in parts.items()
            if part.startswith("word/charts/chart")
        }
        assert charts
        assert not any("media" in part for part in parts)
        for root in charts.values():
            looks = [etree.tostring(look) for look in root.iterfind(".//c:ser/c:spPr", C)]
            colours = {c.attrib["val"] for c in root.iter("{*}srgbClr")}
            assert len(set(looks)) == len(looks)
            assert all(len({c[i : i + 2] for i in (0, 2, 4)}) == 1 for c in colours)  # greys only
            assert len(root.findall(".//c:title", C)) == 2
            assert all(int(e.attrib["val"]) >= 0 for e in root.iter("{*}axId", "{*}crossAx"))


@pytest.mark.parametrize(
    ("series", "names", "shown"),
    [
        (["系列1", "系列2"], ["甲率", "乙率", "丙率"], ["甲率", "乙率"]),
        (["系列1", "系列2", "系列3"], ["甲率"], ["甲率"]),
        (["系列2", "甲率"], ["甲率", "乙率"], ["乙率", "甲率"]),
        (["系列1"], ["系列1"], ["系列1"]),
    ],
)
def test_a_numbered_series_takes_the_data_in_their_order(
    series: Sequence[str], names: Sequence[str], shown: Sequence[str]
) -> None:
    """Without so many data it goes, from the chart and from the workbook."""
    data = {name: [Fraction(number, 10)] for number, name in enumerate(names, 1)}
    parts = filled(with_chart("line", series), 甲=Chart(["一月"], data))
    expected = (["一月"], {name: [float(data[name][0])] for name in shown})
    assert cache_of(parts["word/charts/chart1.xml"]) == expected
    book = next(part for name, part in parts.items() if name.endswith(".xlsx"))
    assert workbook_of(book) == expected
