"""index.html and returns/index.html as texts: what their tables say."""

from dataclasses import replace
from datetime import date

import pytest
from lxml import html

from flows.settings import GivenRank
from flows.steps.model import Correction
from flows.steps.months import Month
from flows.steps.overview import month_page, returns_page
from flows.steps.wording.numbers import NOTHING
from tests.support.factories import CENTRE
from tests.support.months_pages import PACKETS, data_of, month, returns, small, table, text
from tests.support.reports import (
    CEMENT,
    CHEMICAL,
    EAST,
    MONTH,
    SOUTH,
    WEST,
    failure,
    files_of,
    many_counties,
    small_report,
    with_campaign,
)


def test_the_key_figures_of_the_small() -> None:
    """Retirees, the four rates and the calendar, each with how it stands."""
    assert [text(card) for card in small().xpath("//ul[@class='cards']/li")] == [
        "退休人员总数 459人 比上月减少1人，涉及企业2户",
        "协议签订率 56.43% 比上月提高10.77个百分点",
        "档案移交率 29.85% 比上月提高12.62个百分点",
        "组织关系转移率 40.00% 比上月提高16.00个百分点",
        "管理职能移交率 6.10% 比上月提高5.45个百分点",
        "序时进度 69.80% 距交接截止日还有61天",
    ]


def test_what_the_office_has_to_see_to_comes_first_with_its_documents() -> None:
    """Missing, unreadable, returned, partly; each with which month counts and what goes back."""
    assert [text(item) for item in small().xpath("//div[@class='notice']//li")] == [
        "未报送 南沚县进度台账：未计入",
        f"无法读取 {CHEMICAL}进度台账：未计入（退回通知.docx）",
        f"退回 {WEST}进度台账：沿用2022年4月数据（{WEST}（已标注）.xlsx、退回通知.docx）",
        f"部分通过 {CENTRE}花名册：采用本月数据",
        "退回 不明.xlsx：未识别报送单位（退回通知.docx）",
    ]


def test_the_four_indicators_against_the_calendar() -> None:
    """What is done, of what, how it changed, what is left and what of it a day; an agreement rate is no rate of completion."""
    assert table(small(), "全市四项指标") == [
        [
            "指标",
            "已办",
            "应办",
            "比率",
            "比上月增减",
            "比上月（百分点）",
            "与序时进度（百分点）",
            "剩余",
            "日均需办",
        ],
        ["协议签订率", "259", "459", "56.43%", "+49", "+10.77", "落后13.37", "200", "4"],
        ["档案移交率", "140", "469", "29.85%", "+59", "+12.62", "落后39.95", "329", "6"],
        ["组织关系转移率", "20", "50", "40.00%", "+8", "+16.00", "落后29.80", "30", "1"],
        ["管理职能移交率", "28", "459", "6.10%", "+25", "+5.45", "落后63.70", "431", "8"],
    ]


def test_the_ranking_the_bands_and_who_is_behind() -> None:
    """The counties by rank, the city below; a county without retirees has no rank and no band of its own making."""
    assert table(small(), "按名次排列") == [
        ["名次", "县区", "企业户数", "退休人员总数", "占全市", "协议签订率", "变化", "档案移交率", "变化", "组织关系转移率", "变化",
         "管理职能移交率", "变化", "阶段", "数据说明"],
        ["1", EAST, "1", "159", "34.64%", "100.00%", "+31.25", "68.55%", "+37.30", "100.00%", "+80.00", "15.72%", "+15.72", "实质性阶段", ""],
        ["2", WEST, "1", "300", "65.36%", "33.33%", "0.00", "10.00%", "0.00", "25.00%", "0.00", "1.00%", "0.00", "推进中", "沿用2022年4月数据"],
        [NOTHING, SOUTH, *[NOTHING] * 12, "没有数据"],
        [NOTHING, "示例市", "2", "459", NOTHING, "56.43%", "+10.77", "29.85%", "+12.62", "40.00%", "+16.00", "6.10%", "+5.45", "推进中", ""],
    ]  # fmt: skip
    assert [text(item) for item in small().xpath("//dl[@class='bands']/*")] == [
        "签订率100%（1个）", EAST, "正在推进（1个）", f"{WEST}（33.33%）", "签订率为零（0个）", "无", "无退休人员数据（1个）", SOUTH,
    ]  # fmt: skip
    assert table(small(), "各县（市、区）与序时进度相差")[1:] == [
        [EAST, "超前30.20", "落后1.25", "超前30.20", "落后54.08"],
        [WEST, "落后36.47", "落后59.80", "落后44.80", "落后68.80"],
        [SOUTH, *[NOTHING] * 4],
    ]
    assert "协议签订率1个，档案移交率2个，组织关系转移率1个，管理职能移交率2个。" in text(
        small().get_element_by_id("pace")
    )


def test_the_roll_call() -> None:
    """Who reported what, with the files; what nobody asked for is told below."""
    assert table(small(), "台账报送情况")[1:] == [
        [EAST, "进度台账", "通过", "准时", "采用本月数据", f"{EAST}.xlsx（3／0）", NOTHING],
        [
            WEST,
            "进度台账",
            "退回",
            "未报",
            "沿用2022年4月数据",
            f"{WEST}.xlsx（3／2）",
            f"{WEST}（已标注）.xlsx退回通知.docx",
        ],
        [SOUTH, "进度台账", "未报送", "未报", "未计入", NOTHING, NOTHING],
        [
            CHEMICAL,
            "进度台账",
            "无法读取",
            "未报",
            "未计入",
            f"{CHEMICAL}/五月.xlsx（0／0）",
            "退回通知.docx",
        ],
        [CENTRE, "花名册", "部分通过", "准时", "采用本月数据", f"{CENTRE}.xlsx（60／1）", NOTHING],
    ]
    assert [text(item) for item in small().xpath("//section[@id='calls']/ul/li")] == [
        "不明.xlsx：未识别报送单位，进度台账，退回"
    ]


def test_the_first_month_compares_with_nothing() -> None:
    """No column of changes, and the words say why."""
    page = month(many_counties("甲乙", [(9, 3, 9, 0, 1, 0, 0), (9, 9, 9, 0, 1, 0, 0)]))
    assert table(page, "按名次排列")[1] == [
        "1",
        "乙",
        "1",
        "9",
        "50.00%",
        "100.00%",
        "0.00%",
        "0.00%",
        "0.00%",
        "实质性阶段",
        "",
    ]
    assert {len(row) for row in table(page, "按名次排列")} == {11}
    assert text(page.xpath("//ul[@class='cards']/li")[1]) == "协议签订率 66.67% 首期无上月数据"
    assert "本月应报台账全部通过，没有退回、缺报。" in text(page.get_element_by_id("key"))


@pytest.mark.parametrize(
    ("month_", "words", "a_day"),
    [
        (Month(2022, 6), "距交接截止日还有31天", "1"),
        (Month(2022, 7), "交接截止日已到", "1"),
        (Month(2022, 9), "交接截止日已过61天", "1"),
        (Month(2023, 1), "交接截止日已过184天", NOTHING),
    ],
)
def test_the_calendar_after_the_deadlines(month_: Month, words: str, a_day: str) -> None:
    """After the handover's deadline the work is spread over the days to the acceptance, after that over none."""
    page = month(many_counties(["甲"], [(9, 3, 9, 0, 1, 0, 0)], month=month_))
    assert words in text(page.xpath("//ul[@class='cards']/li")[-1])
    assert table(page, "全市四项指标")[1][-1] == a_day


def test_a_gap_that_rounds_to_nothing_is_not_said_to_be_nothing() -> None:
    """141 of 202 days are gone; one person short of that share of a great many is behind all the same."""
    page = month(
        many_counties(["甲"], [(20_200_000, 14_099_999, 20_200_000, 14_100_001, 202, 141, 0)])
    )
    assert table(page, "各县（市、区）与序时进度相差")[1] == [
        "甲",
        "落后不足0.01",
        "超前不足0.01",
        "持平",
        "落后69.80",
    ]


def test_ranks_told_from_above_and_corrections_are_shown_where_there_are_any() -> None:
    """A given rank stands with its source; what an issued bulletin said otherwise has its own table."""
    assert "corrections" not in [section.get("id") for section in small().iter("section")]
    correction = Correction(
        "2022-04", "county", EAST, "agreement", 60, 62, EAST, f"{EAST}.xlsx", date(2022, 6, 1)
    )
    one = with_campaign(
        small_report(), ranks={MONTH: GivenRank(province=3, country=12, source="省专班通报")}
    )
    page = month(
        replace(
            one,
            corrections=[
                correction,
                replace(correction, level="city", name="示例市", count="enterprises"),
            ],
        )
    )
    assert "全省排名第3位，全国排名第12位（据省专班通报）。" in text(page.get_element_by_id("key"))
    assert table(page, "已印发简报中的数据")[1:] == [
        ["2022年4月", "县（市、区）", EAST, "已签协议人数", "60", "62", EAST, f"{EAST}.xlsx"],
        ["2022年4月", "全市", "示例市", "企业户数", "60", "62", EAST, f"{EAST}.xlsx"],
    ]


def test_the_faults_page_counts_by_sender_and_by_rule() -> None:
    """Those with the most costly faults first; the remedies stand beside the rules."""
    assert table(returns(), "各单位的问题处数") == [
        [
            "报送单位",
            "报送结论",
            "退回整册",
            "剔除本行",
            "须核实",
            "仅提示",
            "合计",
            "退回材料、回执",
        ],
        ["未识别报送单位", NOTHING, "1", "0", "0", "0", "1", "退回通知.docx"],
        [CHEMICAL, "进度台账无法读取", "1", "0", "0", "0", "1", "退回通知.docx"],
        [WEST, "进度台账退回", "0", "2", "0", "0", "2", f"{WEST}（已标注）.xlsx退回通知.docx"],
        [CENTRE, "花名册部分通过", "0", "1", "0", "0", "1", NOTHING],
        [EAST, "进度台账通过", "0", "0", "0", "1", "1", NOTHING],
        [SOUTH, "进度台账未报送", "0", "0", "0", "1", "1", NOTHING],
    ]
    assert [row[:-1] for row in table(returns(), "各类问题的处数")] == [
        ["问题", "退回整册", "剔除本行", "须核实", "仅提示", "合计", "涉及单位"],
        ["文件打不开", "1", "0", "0", "0", "1", "1"],
        ["报送单位不明", "1", "0", "0", "0", "1", "1"],
        ["不是数字", "0", "2", "0", "0", "2", "1"],
        ["身份证号有误", "0", "1", "0", "0", "1", "1"],
        ["未报送", "0", "0", "0", "1", "1", "1"],
        ["两家同报", "0", "0", "0", "1", "1", "1"],
    ]
    assert "共有问题7处：退回整册2处，剔除本行3处，须核实0处，仅提示2处。" in text(
        returns().get_element_by_id("main")
    )


def test_faults_of_replaced_files_are_settled() -> None:
    """They are counted apart and listed as what they are; what is left asks for nothing more than a look."""
    one = small_report()
    gone = frozenset(one.failures) - {one.failures[4]}
    page = html.document_fromstring(returns_page(replace(one, replaced=gone), ()))
    said = text(page.get_element_by_id("main"))
    assert "共有问题1处：退回整册0处，剔除本行0处，须核实0处，仅提示1处。“仅提示”不影响数据" in said
    assert "另有6处在已被后报文件替换的台账中，不用再处理" in said
    assert [row[0] for row in table(page, "各单位的问题处数")[1:]] == [EAST]
    assert [row[0] for row in data_of(page)] == ["仅提示", *["已被替换"] * 6]
    page = html.document_fromstring(
        returns_page(replace(one, replaced=frozenset(one.failures)), ())
    )
    assert "本月台账没有待处理的问题。" in text(page.get_element_by_id("main"))


def test_receipts_are_told_from_what_goes_back() -> None:
    """Beside accepted ledgers; in the list of files by sender under one heading; beside a sender's faults."""
    packets = {**PACKETS, EAST: ["回执.docx"], WEST: [*PACKETS[WEST], "回执.docx"]}
    files = files_of(small_report(), packets)
    page = html.document_fromstring(month_page(small_report(), files))
    last = {row[0]: row[-1] for row in table(page, "台账报送情况")[1:]}
    assert (last[EAST], last[WEST]) == ("回执.docx", f"{WEST}（已标注）.xlsx退回通知.docx")
    groups = {text(group.find("summary")): group for group in page.iter("details")}
    assert [text(link) for link in groups["回执（2个）"].iter("a")] == [EAST, WEST]
    assert [text(link) for link in groups[f"退回材料：{WEST}（2个）"].iter("a")] == [
        f"{WEST}（已标注）.xlsx",
        "退回通知.docx",
    ]
    page = html.document_fromstring(returns_page(small_report(), files))
    last = {row[0]: row[-1] for row in table(page, "各单位的问题处数")[1:]}
    assert (last[EAST], last[SOUTH]) == ("回执.docx", NOTHING)


def test_all_is_well_but_for_notes() -> None:
    """The line says how many there are and where they stand."""
    one = many_counties(
        ["甲"], [(1, 1, 1, 1, 1, 1, 1)], failures=[failure("甲.xlsx", "base-changed", "E5")]
    )
    said = text(month(one).xpath("//p[@class='fine']")[0])
    assert (
        said
        == "本月应报台账全部通过，没有退回、缺报。台账中有1处提示，已写在给各单位的回执中，见台账问题清单。"
    )


def test_whom_nobody_reported() -> None:
    """The registered enterprises that no ledger that counts has, by name; nothing where there is none."""
    of_all = month(many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)]))
    for page, names in ((small(), [f"名录中无人填报的企业（1户） {CEMENT}"]), (of_all, [])):
        headings = page.xpath("//h3[@id='unreported']")
        assert [f"{text(h)} {text(h.getnext())}" for h in headings] == names
    assert "名录中有1户企业本月无人填报，名单在“报送情况”中。" in text(
        small().get_element_by_id("key")
    )


def test_equal_faults_are_one_line_and_the_costly_one_leads() -> None:
    """A thousand notes do not bury the fault that sends a ledger back."""
    notes = [failure(f"{EAST}.xlsx", "archives-exceed", f"H{row}") for row in range(5, 1005)]
    page = returns_page(
        replace(small_report(), failures=[*notes, failure(f"{WEST}.xlsx", "control-total", "H9")]),
        (),
    )
    assert [row[:5] for row in table(html.document_fromstring(page), "问题归类")[1:]] == [
        ["退回整册", WEST, "合计不符", "1", f"{WEST}.xlsx · 进度 · H9"],
        ["仅提示", EAST, "档案多于应移交", "1000", f"{EAST}.xlsx · 进度 · H5"],
    ]


def test_the_page_carries_every_single_fault_with_what_the_office_alone_may_know() -> None:
    """Costly ones first, then as they lie in the files."""
    assert data_of(returns())[0] == [
        "退回整册", "未识别报送单位", "sender-unknown", "不明.xlsx", "进度", "A2", "已签协议人数", "12a", "认不出报送单位。", "请核对后改正。", "",
    ]  # fmt: skip
    assert [(row[1], row[2], row[5], row[10]) for row in data_of(returns())[1:]] == [
        (CHEMICAL, "file-unreadable", "", ""),
        (CENTRE, "id-invalid", "C4", ""),
        (WEST, "not-a-number", "F7", ""),
        (WEST, "not-a-number", "F9", ""),
        (SOUTH, "not-submitted", "", ""),
        (EAST, "reported-twice", "C5", f"另一报送单位：{CHEMICAL}"),
    ]


def test_a_month_without_faults_says_so() -> None:
    """The page is no blank one."""
    page = html.document_fromstring(
        returns_page(many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)]), ())
    )
    assert "本月台账没有发现问题。" in text(page.get_element_by_id("main"))
