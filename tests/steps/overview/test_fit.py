"""汇总表.xlsx: what makes a workbook fit for an office: exact values, text that stays text, charts, print."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from flows.steps.overview import summary_workbook
from flows.steps.wording.numbers import NOTHING
from tests.support.reports import failure, many_counties, small_report
from tests.support.workbooks import (
    CELLS,
    CHARTS,
    COUNTIES,
    INDICATORS,
    TABLES,
    book_of,
    header_row,
    shown,
    small,
    table,
)


@pytest.mark.parametrize(
    ("done", "total", "printed"),
    [
        (99_999, 100_000, "99.99%"),
        (1, 100_000, "0.01%"),
        (0, 9, "0.00%"),
        (9, 9, "100.00%"),
        (15_533, 20_000, "77.67%"),
    ],
)
def test_a_rate_shows_what_documents_print_and_holds_its_exact_value(
    done: int, total: int, printed: str
) -> None:
    """Never rounded to an end, a half always up; in the cell and in the chart's label."""
    content = summary_workbook(many_counties(["甲"], [(total, done, total, 0, 0, 0, 0)]))
    cell = load_workbook(io.BytesIO(content))[COUNTIES]["J5"]
    assert (shown(cell), cell.value) == (printed, done / total)
    assert printed in labels(chart_parts(content)[0])


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example")', "<b>&\"'"]
)
def test_a_name_stays_text(name: str) -> None:
    """Whatever a name begins with, no cell is a formula or a link, also not once it is edited."""
    one = many_counties(
        [name],
        [(1, 1, 1, 1, 1, 1, 1)],
        failures=[failure(f"{name}.xlsx", "required", message=name)],
    )
    content = summary_workbook(one)
    cells = [
        cell
        for sheet in load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == name
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len({cell.coordinate for cell in cells}) > 1
    assert all(cell.quotePrefix for cell in cells) == (name[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [
            parts.read(part).decode()
            for part in parts.namelist()
            if part.startswith("xl/worksheets/")
        ]
    assert not [text for text in sheets if "<f>" in text or "<hyperlink" in text]


def test_every_table_is_fit_for_work_and_print() -> None:
    """Frozen header and names, a filter over the whole table, A4 as wide as the page, repeated header, page numbers."""
    frozen = {COUNTIES: "C5", CELLS: "C5", "各月对比": "C4", "报送情况": "B4", "问题汇总": "B4"}
    filters = {
        "全市及分层级": 9,
        COUNTIES: 7,
        "序时进度": 8,
        "企业": 7,
        CELLS: 7,
        "各月对比": 19,
        "报送情况": 9,
        "问题汇总": 9,
    }
    for name in TABLES:
        sheet = small()[name]
        top = header_row(sheet)
        assert sheet.freeze_panes == frozen.get(name, "B5"), name
        assert int(re.findall(r"\d+", sheet.auto_filter.ref)[1]) == filters[name], name
        assert (
            sheet.page_setup.paperSize,
            sheet.page_setup.fitToWidth or 1,
            sheet.page_setup.fitToHeight,
        ) == (9, 1, 0), name
        assert sheet.page_setup.orientation == (
            "portrait" if name == "各月对比" else "landscape"
        ), name
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, name
        assert sheet.print_title_rows == f"$3:${top}", name
        assert "&P" in sheet.oddFooter.center.text, name


def test_rates_carry_bars_from_nothing_to_all() -> None:
    """Every column of an indicator, and no other, has bars on one scale."""
    for name in ("全市及分层级", COUNTIES, "企业", CELLS):
        sheet = small()[name]
        names = {cell.column_letter: cell.value for cell in sheet[header_row(sheet)]}
        bars = {
            names[re.findall("[A-Z]+", str(r.sqref))[0]]: r.rules[0]
            for r in sheet.conditional_formatting
        }
        assert list(bars) == INDICATORS
        assert {(r.type, *((end.type, float(end.val)) for end in r.dataBar.cfvo)) for r in bars.values()} == {
            ("dataBar", ("num", 0.0), ("num", 1.0))
        }  # fmt: skip


def chart_parts(content: bytes) -> list[str]:
    """Return the charts' XML in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = sorted(name for name in parts.namelist() if name.startswith("xl/charts/chart"))
        return [parts.read(name).decode() for name in names]


def labels(chart: str) -> list[str]:
    """Return the texts of a chart's data labels."""
    return re.findall(r"<c:dLbl>.*?<a:t>(.*?)</a:t>", chart)


def test_native_charts_of_the_counties_and_of_the_months() -> None:
    """Bars in the order of ranks, lines over the months; each reads the tables' cells and labels as documents print."""
    book = small()
    assert {name: len(book[name]._charts) for name in CHARTS} == dict.fromkeys(CHARTS, 1)
    agreement, others, months = chart_parts(summary_workbook(small_report()))
    assert ["<c:barChart>" in agreement, "<c:barChart>" in others, "<c:lineChart>" in months] == [
        True
    ] * 3
    assert re.findall(r"<c:f>(.*?)</c:f>", agreement) == [
        "'各县（市、区）'!$J$4",
        "'各县（市、区）'!$B$5:$B$7",
        "'各县（市、区）'!$J$5:$J$7",
    ]
    assert labels(agreement) == ["100.00%", "33.33%", NOTHING]
    assert len(re.findall("<c:ser>", others)) == 3
    assert labels(months) == ["56.43%", "29.85%", "40.00%", "6.10%"]
    assert "<c:f>各月对比!$C$4:$D$4</c:f>" in months


def test_equal_reports_give_equal_bytes() -> None:
    """Nothing of the moment of writing is in the file; its date is the day of issue."""
    content = summary_workbook(small_report())
    assert content == summary_workbook(small_report())
    properties = load_workbook(io.BytesIO(content)).properties
    assert {properties.created, properties.modified} == {datetime(2022, 6, 2)}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_month_without_faults_says_so() -> None:
    """An empty list is no blank sheet."""
    book: Workbook = book_of(many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)]))
    assert [row[0] for row in table(book["问题汇总"])] == ["本月台账没有发现问题。"]


def test_the_overview_loads_without_pandas() -> None:
    """Rendering starts quickly (DESIGN §2)."""
    code = "import sys, flows.steps.overview; print([m for m in ('pandas', 'pandera', 'prefect') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
