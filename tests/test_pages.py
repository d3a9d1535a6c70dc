"""index.html and returns/index.html as texts: what their tables say, where their links lead, what a hostile name can do."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html

from flows.settings import GivenRank
from flows.steps.model import Correction, Report, Trend
from flows.steps.months import Month
from flows.steps.overview import month_page, returns_page
from flows.steps.overview.charts import line_chart
from flows.steps.overview.returns_page import as_script_data
from flows.steps.printing import NOTHING
from schemas.columns import RATE_NAMES
from tests.factories import CENTRE
from tests.reports import CHEMICAL, EAST, MONTH, SOUTH, WEST, failure, files_of, ledger, many_counties, small_report, with_campaign

PACKETS = {WEST: ["退回通知.docx", f"{WEST}（已标注）.xlsx"], CHEMICAL: ["退回通知.docx"], "未识别报送单位": ["退回通知.docx"]}
HOSTILE = "</script><script>alert(1)</script>\"'&=1+1\u2028{{7*7}}"


@cache
def small() -> Any:
    return month(small_report())


def month(one: Report) -> Any:
    return html.document_fromstring(month_page(one, files_of(one, PACKETS)))


@cache
def returns() -> Any:
    return html.document_fromstring(returns_page(small_report(), files_of(small_report(), PACKETS)))


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def table(page: Any, caption: str) -> list[list[str]]:
    """Return the texts of the table whose caption begins so, header first."""
    found = [t for t in page.iter("table") if text(t.find("caption")).startswith(caption)]
    assert len(found) == 1, caption
    return [[text(cell) for cell in row] for row in found[0].iter("tr")]


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
        ["指标", "已办", "应办", "比率", "比上月增减", "比上月（百分点）", "与序时进度（百分点）", "剩余", "日均需办"],
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
        [NOTHING, SOUTH, "0", "0", "0.00%", NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, ""],
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
    assert "协议签订率1个，档案移交率2个，组织关系转移率1个，管理职能移交率2个。" in text(small().get_element_by_id("pace"))


def test_the_roll_call() -> None:
    """Who reported what, with the files; what nobody asked for is told below."""
    assert table(small(), "台账报送情况")[1:] == [
        [EAST, "进度台账", "通过", "采用本月数据", f"{EAST}.xlsx（3／0）", NOTHING],
        [WEST, "进度台账", "退回", "沿用2022年4月数据", f"{WEST}.xlsx（3／2）", f"{WEST}（已标注）.xlsx退回通知.docx"],
        [SOUTH, "进度台账", "未报送", "未计入", NOTHING, NOTHING],
        [CHEMICAL, "进度台账", "无法读取", "未计入", f"{CHEMICAL}/五月.xlsx（0／0）", "退回通知.docx"],
        [CENTRE, "花名册", "部分通过", "采用本月数据", f"{CENTRE}.xlsx（60／1）", NOTHING],
    ]
    assert [text(item) for item in small().xpath("//section[@id='calls']/ul/li")] == ["不明.xlsx：未识别报送单位，进度台账，退回"]


def test_the_first_month_compares_with_nothing() -> None:
    """No column of changes, and the words say why."""
    page = month(many_counties("甲乙", [(9, 3, 9, 0, 1, 0, 0), (9, 9, 9, 0, 1, 0, 0)]))
    assert table(page, "按名次排列")[1] == ["1", "乙", "1", "9", "50.00%", "100.00%", "0.00%", "0.00%", "0.00%", "实质性阶段", ""]
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
    page = month(many_counties(["甲"], [(20_200_000, 14_099_999, 20_200_000, 14_100_001, 202, 141, 0)]))
    assert table(page, "各县（市、区）与序时进度相差")[1] == ["甲", "落后不足0.01", "超前不足0.01", "持平", "落后69.80"]


def test_ranks_told_from_above_and_corrections_are_shown_where_there_are_any() -> None:
    """A given rank stands with its source; what an issued bulletin said otherwise has its own table."""
    assert "corrections" not in [section.get("id") for section in small().iter("section")]
    correction = Correction("2022-04", "county", EAST, "agreement", 60, 62, EAST, f"{EAST}.xlsx", date(2022, 6, 1))
    one = with_campaign(small_report(), ranks={MONTH: GivenRank(province=3, country=12, source="省专班通报")})
    page = month(replace(one, corrections=[correction, replace(correction, level="city", name="示例市", count="enterprises")]))
    assert "全省排名第3位，全国排名第12位（据省专班通报）。" in text(page.get_element_by_id("key"))
    assert table(page, "已印发简报中的数据")[1:] == [
        ["2022年4月", "县（市、区）", EAST, "已签协议人数", "60", "62", EAST, f"{EAST}.xlsx"],
        ["2022年4月", "全市", "示例市", "企业户数", "60", "62", EAST, f"{EAST}.xlsx"],
    ]


def test_the_faults_page_counts_by_sender_and_by_rule() -> None:
    """Those with the most costly faults first; the remedies stand beside the rules."""
    assert table(returns(), "各单位的问题处数") == [
        ["报送单位", "报送结论", "退回整册", "剔除本行", "仅提示", "合计", "退回材料"],
        ["未识别报送单位", NOTHING, "1", "0", "0", "1", "退回通知.docx"],
        [CHEMICAL, "进度台账无法读取", "1", "0", "0", "1", "退回通知.docx"],
        [WEST, "进度台账退回", "0", "2", "0", "2", f"{WEST}（已标注）.xlsx退回通知.docx"],
        [CENTRE, "花名册部分通过", "0", "1", "0", "1", NOTHING],
        [EAST, "进度台账通过", "0", "0", "1", "1", NOTHING],
        [SOUTH, "进度台账未报送", "0", "0", "1", "1", NOTHING],
    ]
    assert [row[:-1] for row in table(returns(), "各类问题的处数")] == [
        ["问题", "退回整册", "剔除本行", "仅提示", "合计", "涉及单位"],
        ["文件打不开", "1", "0", "0", "1", "1"],
        ["报送单位不明", "1", "0", "0", "1", "1"],
        ["不是数字", "0", "2", "0", "2", "1"],
        ["身份证号有误", "0", "1", "0", "1", "1"],
        ["未报送", "0", "0", "1", "1", "1"],
        ["两家同报", "0", "0", "1", "1", "1"],
    ]
    assert "共发现问题7处：退回整册2处，剔除本行3处，仅提示2处。" in text(returns().get_element_by_id("main"))


def test_equal_faults_are_one_line_and_the_costly_one_leads() -> None:
    """A thousand notes do not bury the fault that sends a ledger back."""
    notes = [failure(f"{EAST}.xlsx", "archives-exceed", f"H{row}") for row in range(5, 1005)]
    page = returns_page(replace(small_report(), failures=[*notes, failure(f"{WEST}.xlsx", "control-total", "H9")]), ())
    assert [row[:5] for row in table(html.document_fromstring(page), "问题归类")[1:]] == [
        ["退回整册", WEST, "合计不符", "1", f"{WEST}.xlsx · 进度 · H9"],
        ["仅提示", EAST, "档案多于应移交", "1000", f"{EAST}.xlsx · 进度 · H5"],
    ]


def data_of(page: Any) -> list[list[str]]:
    """Return the single faults that a page carries, as texts."""
    data = json.loads(page.get_element_by_id("data").text)
    return [[data["severities"][row[0]], *(data["texts"][i] for i in row[1:])] for row in data["rows"]]


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
    page = html.document_fromstring(returns_page(many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)]), ()))
    assert "本月台账没有发现问题。" in text(page.get_element_by_id("main"))


def links_of(page: Any) -> list[str]:
    return [a.get("href") for a in page.iter("a") if not a.get("href").startswith("#")]


def test_the_month_links_to_every_file_and_to_nothing_else() -> None:
    """Percent-encoded relative paths that lead to the files of the folder."""
    files = files_of(small_report(), {**PACKETS, EAST: ["50%#1?.xlsx"]})
    page = html.document_fromstring(month_page(small_report(), files))
    assert {unquote(link) for link in links_of(page)} == set(files) - {"index.html"}
    assert [link for link in links_of(page) if not re.fullmatch(r"[A-Za-z0-9_.~%/-]+", link)] == []


def test_the_faults_page_links_from_its_own_folder() -> None:
    """What lies beside it and what lies above it."""
    resolved = {str(PurePosixPath("returns") / unquote(link)) for link in links_of(returns())}
    assert resolved == {
        *(f"returns/{s}/{n}" for s, names in PACKETS.items() for n in names),
        "returns/../index.html",
        "returns/../quality.json",
    }


def test_a_link_is_only_made_to_what_is_there() -> None:
    """Without files no page has a link that leads nowhere."""
    pages = [page(small_report(), ()) for page in (month_page, returns_page)]
    assert [links_of(html.document_fromstring(page)) for page in pages] == [[], []]


@pytest.mark.parametrize(("folder", "sender"), [("甲_乙", "甲:乙"), ("长" * 40, "长" * 44)])
def test_a_packet_is_found_where_its_sender_cannot_name_a_folder(folder: str, sender: str) -> None:
    """Forbidden characters and very long names."""
    one = many_counties([sender], [(1, 1, 1, 1, 1, 1, 1)], failures=[failure(f"{sender}.xlsx", "required")])
    page = html.document_fromstring(returns_page(one, [f"returns/{folder}/退回通知.docx"]))
    assert [unquote(link) for link in links_of(page)] == [f"{folder}/退回通知.docx"]


def hostile() -> Report:
    """Return a month whose county, firm, file and faults are named as an attacker would."""
    faults = [failure(f"{HOSTILE}.xlsx", "required", message=HOSTILE, value=HOSTILE, aside=HOSTILE, remedy=HOSTILE, sheet=HOSTILE)]
    return many_counties([HOSTILE], [(1, 1, 1, 1, 1, 1, 1)], failures=faults)


def test_a_hostile_name_is_nothing_but_text() -> None:
    """No element, attribute or script comes of it, and it is shown as it is."""
    for make in (month_page, returns_page):
        plain, bad = (
            html.document_fromstring(make(one, files_of(one))) for one in (many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)]), hostile())
        )
        assert len(list(bad.iter("script"))) == len(list(plain.iter("script")))
        assert not [name for element in bad.iter() for name in element.keys() if name.startswith("on")]  # noqa: SIM118  # an element is no dictionary
        assert " ".join(HOSTILE.split()) in text(bad.body)


def test_data_in_a_script_element_cannot_end_it() -> None:
    """JSON with every character escaped that HTML or JavaScript could stumble over; it reads back as it was."""
    value = {"name": HOSTILE, "more": ["<!--", "]]>", "\u2029", "&amp;"]}
    written = as_script_data(value)
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == value
    assert HOSTILE in [cell for row in data_of(html.document_fromstring(returns_page(hostile(), ()))) for cell in row]


@pytest.mark.parametrize("make", [month_page, returns_page])
def test_a_page_needs_nothing_from_anywhere(make: Any) -> None:
    """Its policy allows its own style and script by their hash and nothing else; there is no address in it."""
    source = make(small_report(), files_of(small_report(), PACKETS))
    page = html.document_fromstring(source)
    inside = {
        kind: re.search(rf"<{kind}>(.*?)</{kind}>", source, re.DOTALL)[1]  # type: ignore[index]  # a page has both
        for kind in ("style", "script")
    }
    policy = dict(part.strip().split(" ", 1) for part in page.xpath("//meta[@http-equiv]/@content")[0].split(";"))
    digest = {kind: base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() for kind, content in inside.items()}
    assert policy == {
        "default-src": "'none'", "style-src": f"'sha256-{digest['style']}'", "script-src": f"'sha256-{digest['script']}'",
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    assert not page.xpath("//@style | //@src | //link | //img | //iframe | //base")
    assert not re.search(r"https?:|//[a-z]|url\(|@import", re.sub("(?m)^ *//.*$", "", source))


@pytest.mark.parametrize("make", [month_page, returns_page])
def test_a_page_can_be_read_by_all(make: Any) -> None:
    """Language, landmarks, one main heading, captions, scopes, names of drawings and regions, ids once each, a way past the menu."""
    page = html.document_fromstring(make(small_report(), files_of(small_report(), PACKETS)))
    assert page.get("lang") == "zh-CN"
    assert [len(page.xpath(f"//{name}")) for name in ("header", "nav", "main", "footer", "h1")] == [1, 1, 1, 1, 1]
    assert page.xpath("//body/*[1]/@href") == ["#main"]
    assert all(table.find("caption") is not None for table in page.iter("table"))
    assert {th.get("scope") for th in page.iter("th")} == {"col", "row"}
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    referred = " ".join(page.xpath("//@aria-labelledby")).split() + [href[1:] for href in page.xpath("//a/@href") if href.startswith("#")]
    assert set(referred) <= set(ids)
    assert all(svg.get("aria-labelledby") or svg.get("aria-hidden") for svg in page.iter("svg"))
    assert all(region.get("aria-label") for region in page.xpath("//*[@role='region']"))


def test_charts_say_in_words_what_they_draw() -> None:
    """A reader who does not see them hears the figures."""
    described = {text(svg.find("title")): text(svg.find("desc")) for svg in small().iter("svg") if svg.find("desc") is not None}
    assert described == {
        "各县（市、区）协议签订率": f"{EAST}100.00%；{WEST}33.33%；{SOUTH}—",
        "各县（市、区）档案移交率": f"{EAST}68.55%；{WEST}10.00%；{SOUTH}—",
        "各县（市、区）组织关系转移率": f"{EAST}100.00%；{WEST}25.00%；{SOUTH}—",
        "各县（市、区）管理职能移交率": f"{EAST}15.72%；{WEST}1.00%；{SOUTH}—",
        "示例市四项指标各月进展": "协议签订率：45.65%，56.43%；档案移交率：17.23%，29.85%；"
        "组织关系转移率：24.00%，40.00%；管理职能移交率：0.65%，6.10%",
    }  # fmt: skip


def test_a_line_breaks_where_a_month_has_no_figure_and_labels_do_not_cover_one_another() -> None:
    """Three months, the second without retirees, the four rates of the last all alike."""
    city = small_report().figures.city
    rates = [dict.fromkeys(RATE_NAMES, rate) for rate in (city.rates["agreement"], None, city.rates["agreement"])]
    chart = line_chart(city, [Trend(f"2022-0{i}", {city.name: own}) for i, own in enumerate(rates, 3)])
    assert [(len(curve.points), curve.runs, curve.end) for curve in chart.curves] == [(2, [], "56.43%")] * 4
    heights = sorted(curve.end_y for curve in chart.curves)
    assert [round(b - a) for a, b in itertools.pairwise(heights)] == [16, 16, 16]
    assert [label for _, *label in chart.months] == [["3月", "2022年"], ["4月", ""], ["5月", ""]]


def test_equal_reports_give_equal_pages() -> None:
    """Nothing of the moment of writing is in them, and the order of the files does not matter."""
    one, files = small_report(), files_of(small_report(), PACKETS)
    assert [make(one, files) for make in (month_page, returns_page)] == [
        make(small_report(), files[::-1]) for make in (month_page, returns_page)
    ]


def test_a_replaced_ledger_is_told_of() -> None:
    """In the roll-call, with the file in its place."""
    old = ledger(EAST, "accepted", file="旧.xlsx", superseded_by=f"{EAST}.xlsx")
    page = month(replace(small_report(), ledgers=[old, ledger(EAST, "accepted")]))
    assert table(page, "台账报送情况")[1][4] == f"旧.xlsx（3／0）已由“{EAST}.xlsx”替换{EAST}.xlsx（3／0）"
