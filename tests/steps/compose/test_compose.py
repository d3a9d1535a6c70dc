"""From a report to a bulletin: whose, where it lies, which names its template may use (DESIGN §2, §7)."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.campaign.document_table import shipped_documents
from flows.steps.compose import compose, names_of
from flows.steps.compose.facts import facts_of
from flows.steps.compose.planning import documents_due, planned_for
from flows.steps.files import safe_name
from flows.steps.model import Coverage, Record
from flows.steps.months import Month
from schemas.columns import Level
from schemas.documents import BULLETINS
from tests.support.factories import CENTRE
from tests.support.reports import ledger, many_counties, small_report
from tests.support.retirees import COUNTS, columns_of
from tests.support.situations import EAST, HALF, SITUATIONS, TAIL, WEST, city, with_head


def test_there_is_a_bulletin_for_each_name_of_each_level() -> None:
    """The city, each registered county, each enterprise with figures."""
    report = small_report()
    assert {level: names_of(report, level) for level in ("city", "county", "enterprise")} == {
        "city": ["示例市"],
        "county": ["东浥区", "西浥区", "南沚县"],
        "enterprise": ["浥江化工有限公司", "沅岚机械有限公司", "示例市市直企业职工托管中心"],
    }


@pytest.mark.parametrize(
    ("level", "name", "path"),
    [
        ("city", "示例市", "bulletins/全市.docx"),
        ("county", "东浥区", "bulletins/县区/东浥区.docx"),
        ("enterprise", "浥江化工有限公司", "bulletins/企业/浥江化工有限公司.docx"),
    ],
)
def test_a_bulletin_lies_where_design_says(level: Level, name: str, path: str) -> None:
    """DESIGN §7 fixes the paths."""
    planned = (x for x in documents_due(small_report()) if x.line.name == BULLETINS[level])
    assert {x.name: x.path for x in planned}[name] == path


def test_an_unknown_name_is_an_error() -> None:
    """Nothing is guessed."""
    with pytest.raises(KeyError):
        compose(small_report(), "county", "无名县")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("甲/乙:丙*公司", "甲_乙_丙_公司"),
        ("  .甲. ", "甲"),
        ("..", "_"),
        ("con", "_con"),
        ("甲\x07乙\n丙", "甲_乙_丙"),
        ("\u202e甲\x9b乙\u2066", "_甲_乙_"),
        ("长" * 100, "长" * 40),
    ],
)
def test_a_name_becomes_a_file_name_on_any_system(name: str, file: str) -> None:
    """Forbidden characters, reserved names and lengths of all systems are heeded."""
    assert safe_name(name) == file


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=8, unique=True))
def test_no_two_bulletins_share_a_file(names: Sequence[str]) -> None:
    """Names that differ only in what a file name cannot hold get numbers."""
    (line,) = (x for x in shipped_documents() if x.name == BULLETINS["enterprise"])
    paths = [planned.path for planned in planned_for(line, names, Month(2022, 5))]
    assert len({path.casefold() for path in paths}) == len(names)
    assert all(path.count("/") == 2 and len(path.encode()) < 200 for path in paths)


def test_names_of_counts_are_the_headers_of_the_ledger() -> None:
    """A header renamed in the schema is renamed in the vocabulary."""
    record = compose(small_report(), "city", "示例市").context["全市"]
    headers = [columns_of("progress")[name].header for name in COUNTS]
    assert [int(record[header]) for header in headers] == [459, 259, 469, 140, 50, 20, 28]


def shown(record: Record, *names: str) -> list[str]:
    """Return how values of a record print."""
    return [str(record[name]) for name in names]


def test_a_county_has_its_places_its_share_and_what_is_left() -> None:
    """Overall and for each indicator; a remainder spread over the days left, rounded up."""
    record = compose(SITUATIONS["ties"](), "county", EAST).context["本县"]
    assert shown(record, "名次", "名次说法", "协议签订率名次", "占比", "未签协议人数", "日均需签协议人数", "阶段") == [
        "1", "并列第1位", "1", "33.33%", "50", "1", "推进中",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "used", "kind", "said"),
    [
        ("accepted", "2022-05", "progress", ""),
        ("partly", "2022-05", "progress", "剔除不合格的2行，其余计入"),
        ("returned", "2022-03", "progress", "沿用2022年3月数据"),
        ("returned", "2022-05", "progress", "按本月已通过审核的台账统计"),
        ("returned", None, "progress", "所报数据未计入"),
        ("unreadable", None, "progress", "所报数据未计入"),
        ("missing", "2022-04", "progress", "沿用2022年4月数据"),
        ("missing", None, "progress", "本期未计入"),
        ("missing", None, "roster", "本期未计入"),
    ],
)
def test_what_stands_in_for_a_ledger_is_said(
    verdict: str, used: str | None, kind: Any, said: str
) -> None:
    """Each verdict with each month that counts has its own words."""
    report = city(
        HALF,
        HALF,
        HALF,
        coverage=[Coverage(CENTRE, kind, verdict, used)],
        ledgers=[ledger(CENTRE, "partly", kind, rejected=2)],
    )
    roll = compose(report, "city", "示例市").context["报送"]
    lists = ("部分通过的", "退回的", "无法读取的", "未报送的")
    assert [str(call["处理"]) for name in lists for call in roll[name]] == ([said] if said else [])


def test_a_county_bulletin_tells_of_its_own_senders_only() -> None:
    """The county's ledger, and those of enterprises in it."""
    rolls = [compose(small_report(), "county", name).context["报送"] for name in (EAST, WEST)]
    assert [(int(roll["应报"]), [str(x) for x in roll["退回的"]]) for roll in rolls] == [
        (3, []),
        (1, [WEST]),
    ]


def test_carried_figures_are_marked_where_they_count() -> None:
    """A county whose figures are an earlier month's, and the enterprise in it; not one that another ledger of this month covers."""
    context = compose(small_report(), "city", "示例市").context
    marked = [
        [(str(u), u["数据说明"]) for u in context[name] if u["标注"]] for name in ("各县", "各企业")
    ]
    assert marked == [
        [(WEST, "沿用2022年4月数据"), ("南沚县", "本期未计入")],
        [("沅岚机械有限公司", "沿用2022年4月数据")],
    ]


def test_the_day_to_reply_until_follows_the_policy() -> None:
    """So many days after the day of issue."""
    assert compose(small_report(), "city", "示例市").context["重报期限"] == date(2022, 6, 7)


def test_composing_and_rendering_need_no_frames_and_no_server() -> None:
    """A bulletin on demand starts in a second: neither pandas nor pandera nor Prefect is imported for it."""
    code = "import sys, flows.steps.compose, flows.steps.render; print(sorted({'pandas', 'pandera', 'prefect', 'pptx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_follows_from_a_report_is_worked_out_once() -> None:
    """A month's bulletins share it: with three hundred counties each has its place without all being compared anew."""
    report = SITUATIONS["thirty counties"]()
    assert facts_of(report) is facts_of(report)
    assert facts_of(report).places is facts_of(report).places
    assert facts_of(SITUATIONS["small"]()) is not facts_of(report)


@pytest.mark.parametrize(
    ("numbers", "totals", "number", "total"),
    [
        # [bulletin.numbers], [bulletin.totals], 第几期, 总第几期 (of 2022-05; the first is 2022-01)
        ({}, {}, 5, ""),
        ({"2022-05": 4}, {}, 4, ""),
        ({"2022-03": 1, "2022-06": 9}, {"2022-01": 23}, 3, 27),
        ({"2022-06": 9}, {"2022-06": 23}, 5, ""),
    ],
)
def test_the_numbers_of_an_issue_count_on_from_what_the_office_gave(
    numbers: dict[str, int], totals: dict[str, int], number: int, total: object
) -> None:
    """From the last month given; without any from the first month."""
    report = with_head(numbers=numbers, totals=totals)
    head = compose(report, "city", "示例市").context["简报"]
    assert (head["期号"], head["总期号"]) == (number, total)


@pytest.mark.parametrize(
    ("level", "name", "tail"),
    [
        # level, whose, 报、送、发 and copies
        ("city", "示例市", [("市委", "市政府"), ("市委组织部",), ("各县（市、区）人民政府",), 60]),
        ("county", EAST, [(), (), (f"{EAST}人民政府",), 0]),
        ("enterprise", "浥江化工有限公司", [("浥江化工有限公司党委",), (), ("有关单位",), 5]),
    ],
)
def test_each_level_has_its_own_tail(level: Level, name: str, tail: list[object]) -> None:
    """A county's bulletin goes to the county, unless the settings say otherwise."""
    own = {"report_to": ["{名称}党委"], "issue_to": ["有关单位"], "copies": 5}
    head = compose(with_head(**TAIL, enterprise=own), level, name).context["简报"]
    assert [head["报"], head["送"], head["发"], int(head["印数"])] == tail


@pytest.mark.parametrize(
    ("number", "names"),
    [
        # counties, the bars of the chart
        (31, [f"第{i}县" for i in range(31)]),
        (32, [*(f"第{i}县" for i in range(15)), "中位数", *(f"第{i}县" for i in range(17, 32))]),
    ],
)
def test_a_chart_of_many_counties_shows_the_ends_and_the_median(
    number: int, names: list[str]
) -> None:
    """Of more than 31 the first and the last fifteen, so that the chart stays legible."""
    counts = [(100, 100 - i, 100, 0, 20, 0, 0) for i in range(number)]
    report = many_counties([f"第{i}县" for i in range(number)], counts)
    chart = compose(report, "city", "示例市").charts["图表:各县进度"]
    assert list(chart.categories) == names
