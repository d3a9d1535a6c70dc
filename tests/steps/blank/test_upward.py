"""上报表.xlsx, read again with openpyxl: whole rows as the level above gets them."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.settings import Campaign
from flows.steps.blank.form import blank_form
from flows.steps.blank.upward import upward_ledger
from flows.steps.model import Coverage, Explanation, Line, Report
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.support.definitions import quarters
from tests.support.factories import campaign, line
from tests.support.reports import CEMENT, CHEMICAL, EAST, MACHINES, WEST, report, small_report
from tests.support.retirees import COUNTS

STRANGER = "=未登记的厂"


def rows_of(one: Report) -> list[list[Any]]:
    """Return the sheet's rows from the heads on, without the empty cells at the end."""
    sheet = openpyxl.load_workbook(io.BytesIO(upward_ledger(one))).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
    return [row if any(row[1:]) else row[:1] for row in rows]


def of_affiliation(one: Line, affiliation: str) -> Line:
    return replace(one, affiliation=affiliation)


LINES = [
    of_affiliation(line(EAST, CHEMICAL, (100, 60, 102, 10, 20, 4, 0), "中省企业"), "中央"),
    of_affiliation(line(WEST, CHEMICAL, (30, 5, 30, 0, 5, 0, 0), "中省企业"), "中央"),
    of_affiliation(line(EAST, STRANGER, (7, 1, 7, 0, 0, 0, 0), "县属企业"), "县属"),
]
MIXED = [*LINES, of_affiliation(line(WEST, STRANGER, (2, 0, 2, 0, 0, 0, 0)), "市属")]
HEADS = ["序号", "县区", "企业名称", "统一社会信用代码", "隶属关系", "退休人员总数", "已签协议人数",
         "应移交档案数", "已移交档案数", "党员人数", "已转组织关系人数", "已移交管理职能人数", "备注"]  # fmt: skip
CITY = "示例市"
BOTH = [1, CITY, CHEMICAL, None, "中央", 130, 65, 132, 10, 25, 4, 0, None]


def explanation(county: str, enterprise: str, reason: str) -> Explanation:
    return Explanation("", "", "", "", county, enterprise, "", None, None, "", reason)


@pytest.mark.parametrize(
    ("lines", "more", "rows"),
    [
        # lines, more of the report -> rows below the heads
        (LINES, {}, [
            BOTH,
            [2, CITY, STRANGER, None, "县属", 7, 1, 7, 0, 0, 0, 0, None],
            [None, None, "合计", None, None, 137, 66, 139, 10, 25, 4, 0, None],
        ]),
        (MIXED, {}, [
            BOTH,
            [2, CITY, STRANGER, None, "市属", 9, 1, 9, 0, 0, 0, 0, None],
            [None, None, "合计", None, None, 139, 66, 141, 10, 25, 4, 0, None],
            [f"注：“{STRANGER}”各处填报的隶属关系有县属、市属，本表填市属。"],
        ]),
        (LINES[:2], {"explanations": [explanation(EAST, CHEMICAL, "并入"), explanation(WEST, CHEMICAL, "核实"),
                                      explanation(EAST, MACHINES, "划出"), explanation(EAST, "", "全册")]}, [
            [*BOTH[:-1], f"{EAST}：并入；{WEST}：核实"],
            [None, None, "合计", None, None, 130, 65, 132, 10, 25, 4, 0, None],
        ]),
        (LINES[:2], {"coverage": [Coverage(EAST, "progress", "accepted", "2022-05"), Coverage(WEST, "progress", "returned", "2022-04"),
                                  Coverage(CEMENT, "progress", "missing", None)]}, [
            BOTH,
            [None, None, "合计", None, None, 130, 65, 132, 10, 25, 4, 0, None],
            [f"注：{WEST}（2022年4月）本月没有可用的台账，沿用以前月份的数据。"],
            [f"注：{CEMENT}没有可用的台账，数据没有列入。"],
        ]),
        ([], {}, [[None, None, "合计", None, None, 0, 0, 0, 0, 0, 0, 0, None]]),
    ],
)  # fmt: skip
def test_rows(lines: Sequence[Line], more: dict[str, Any], rows: list[list[Any]]) -> None:
    """A unit has one row with its counties added up; what has to be said stands below the sum."""
    assert rows_of(report(lines, **more)) == [HEADS, *rows]


def test_heads_are_those_of_the_blank_form() -> None:
    """The level above gets the heads of the form that it sends out."""
    form = openpyxl.load_workbook(io.BytesIO(blank_form("progress", campaign()))).worksheets[0]
    assert [cell.value for cell in form[3]] == HEADS


def old_quarters() -> tuple[Campaign, list[Line]]:
    """Return a campaign with amounts, and a unit in two counties, its investment in hundredths."""
    definition = quarters()
    of = campaign().model_copy(update={"definition": definition})
    counts = dict(zip(definition.counts, (320, 120, 125050, 30025), strict=True))
    lines = [
        replace(
            line(county, "=示例小区", (0,) * len(COUNTS), definition.group_names[0]), counts=counts
        )
        for county in (EAST, WEST)
    ]
    return of, lines


def test_amounts_and_texts() -> None:
    """Amounts have their decimals, a text is never a formula; without a list all numbers go up."""
    of, lines = old_quarters()
    sheet = openpyxl.load_workbook(io.BytesIO(upward_ledger(report(lines, of=of)))).worksheets[0]
    assert [cell.value for cell in sheet[3]] == [
        "序号", "县区", "小区名称", "应改造户数", "已开工户数", "计划投资", "完成投资", "备注"]  # fmt: skip
    found = [(cell.value, cell.data_type, cell.number_format) for cell in sheet[4][2:7]]
    assert found == [
        ("=示例小区", "s", "@"), (640, "n", "0"), (240, "n", "0"),
        (2501, "n", "0.00"), (600.5, "n", "0.00"),
    ]  # fmt: skip
    assert sheet["C4"].quotePrefix
    assert sheet["A6"].value == "注：计划投资、完成投资以万元为单位。"


def test_what_no_ledger_had_a_column_for_stays_empty() -> None:
    """A count that a unit's ledgers did not have is not 0."""

    def without(one: Line, name: str) -> Line:
        return replace(one, counts={key: count for key, count in one.counts.items() if key != name})

    lines = [
        without(without(LINES[0], "archives_due"), "functions"),
        without(LINES[2], "functions"),
    ]
    assert rows_of(report(lines))[1:] == [
        [1, CITY, CHEMICAL, None, "中央", 100, 60, None, 10, 20, 4, None, None],
        [2, CITY, STRANGER, None, "县属", 7, 1, 7, 0, 0, 0, None, None],
        [None, None, "合计", None, None, 107, 61, 7, 10, 20, 4, None, None],
    ]


def test_the_reader_takes_it_for_a_ledger(tmp_path: Path) -> None:
    """Sum row and notes are what they are to the reader, and a carried month is no claim of a month."""
    coverage = [Coverage(EAST, "progress", "accepted", "2022-05"), Coverage(WEST, "progress", "missing", "2022-04")]  # fmt: skip
    (tmp_path / "x.xlsx").write_bytes(upward_ledger(report(MIXED, coverage=coverage)))
    read = read_file(tmp_path / "x.xlsx", "x.xlsx", shipped(), Month(2022, 5))
    assert [sender[0] for sender in read.claims.senders] == [CITY]
    assert {month[:2] for month in read.claims.months} == {(2022, 5)}
    assert [dict(ledger.lines) for ledger in read.ledgers] == [
        {"title": 2, "header": 1, "data": 2, "total": 1, "footer": 2}
    ]
    assert read.failures == []


def test_same_figures_same_bytes() -> None:
    """The same report gives the same bytes."""
    assert upward_ledger(small_report()) == upward_ledger(small_report())
