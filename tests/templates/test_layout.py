"""The official page (GB/T 9704-2012, domain §6) over the pages that LibreOffice makes of the documents."""

from functools import cache
from itertools import pairwise

import pytest

from flows.campaign.template_check import preview
from flows.steps.compose import compose
from flows.steps.render import Renderer
from flows.steps.render.template import prepare
from schemas.rules import SEVERITIES
from schemas.shipped import shipped
from templates.build.tables import add_tail
from tests.support.documents import HEADINGS, as_text, lines_of
from tests.support.pages import Page, Text, laid_out, missing, rules
from tests.support.reports import bulletin_of, many_counties
from tests.support.situations import HALF, TAIL, with_head
from tests.support.wordfiles import TEMPLATES, document

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (210 - 26) * MM, 37 * MM, (297 - 35) * MM
PORTRAIT = (LEFT, TOP, RIGHT, BOTTOM)
LANDSCAPE = (35 * MM, 28 * MM, (297 - 37) * MM, (210 - 26) * MM)
SHIPPED = ("全市", "县区", "企业", "退回通知", "回执")
REPORT = with_head(
    title="国有企业退休人员社会化管理工作简报", **{k: v for k, v in TAIL.items() if k != "title"}
)
FULL = range(17, 24)  # lines, of which 18 or 22 fill a page, with the tail or without
MANY = many_counties([f"第{i}示例县" for i in range(45)], [HALF] * 45)


@cache
def made(name: str) -> bytes:
    """Return the document that a shipped template makes of the sample month."""
    return preview(TEMPLATES / f"{name}.docx", shipped())


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Return the pages of a long text, of the three bulletins and of the notice."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    renderer = Renderer([TEMPLATES])
    documents = {
        "long": document(
            *["国有企业退休人员社会化管理工作进展情况通报如下截至本月末各县市区推进顺利" * 9] * 8
        ),
        "city": renderer.render(bulletin_of(REPORT, "city", "示例市")),
        "many": renderer.render(bulletin_of(MANY, "city", "示例市")),
        **{f"{lines} lines": with_tail(lines) for lines in FULL},
        **{name: made(name) for name in SHIPPED},
    }
    return laid_out(tmp_path_factory.mktemp("pages"), documents)


def with_tail(lines: int) -> bytes:
    """Return a bulletin's text of some lines with its tail."""
    template = document(*(f"第{number}行" for number in range(1, lines + 1)), add_tail)
    return prepare("测试.docx", template).filled(compose(REPORT, "city", "示例市").context, {})


Pages = dict[str, list[Page]]


def in_body(page: Page, area: tuple[float, float, float, float] = PORTRAIT) -> list[Text]:
    """Return the lines inside the text area."""
    outside = page.number(area)
    return [t for t in page.lines if t not in outside]


def test_a_full_page_has_22_lines_of_28_characters(pages: Pages) -> None:
    """Lines 28.95 pt apart; a first line indented by two characters."""
    for page in pages["long"][:-1]:
        lines = in_body(page)
        assert len(lines) == 22
        assert {round((b.top - a.top) * 20) for a, b in pairwise(lines)} <= {578, 579, 580}
        assert {len(t.text) for t in lines if t.right > RIGHT - 17} <= {26, 28}
        assert all(round(t.left - LEFT) in (0, 32) for t in lines)


@pytest.mark.parametrize("name", ["long", "city", "many", *SHIPPED])
def test_nothing_leaves_the_text_area_but_the_page_number(pages: Pages, name: str) -> None:
    """Margins of 37, 35, 28 and 26 mm; the number below the text, on landscape pages at their left edge."""
    for page in pages[name]:
        area = LANDSCAPE if page.width > page.height else PORTRAIT
        assert (
            round(min(page.width, page.height) / MM),
            round(max(page.width, page.height) / MM),
        ) == (210, 297)
        outside = page.number(area)
        assert "".join(t.text for t in outside).replace(" ", "").strip("—").isdigit()
        assert all(
            area[0] - 2 <= t.left and t.right <= area[2] + 18 for t in in_body(page, area)
        )  # a stop may hang over the edge


def test_no_row_is_lost_at_the_foot_of_a_page(pages: Pages) -> None:
    """LibreOffice draws no row of a table whose head alone finds room; the sample notice has such a one."""
    printed, text = (
        "".join(t.text for page in pages["退回通知"] for t in page.lines),
        as_text(made("退回通知")),
    )
    assert [printed.count(word) for word in SEVERITIES.values()] == [
        text.count(word) for word in SEVERITIES.values()
    ]


@pytest.mark.parametrize("name", ["long", "city", "many"])
def test_page_numbers_stand_outside_odd_right_even_left(pages: Pages, name: str) -> None:
    """One character in from the edge of the text, 7 mm below it."""
    for number, page in enumerate(pages[name], 1):
        if page.width > page.height:
            continue
        (line,) = page.number(PORTRAIT)
        assert line.text.replace(" ", "") == f"—{number}—"
        dash = dash_height(page, line)
        assert abs(dash - BOTTOM - 7 * MM) < 1.5
        edge = RIGHT - line.right if number % 2 else line.left - LEFT
        assert abs(edge - 14) < 3


def dash_height(page: Page, line: Text) -> float:
    """Return the height at which the dashes of a page number are drawn."""
    heights = rules(
        page.picture[int(line.top) : int(line.bottom) + 1, int(line.left) : int(line.right) + 1],
        "black",
        9,
    )
    return line.top + heights[0]


def test_the_number_of_a_landscape_page_is_where_it_is_on_the_others(pages: Pages) -> None:
    """Turned to be read upright again, the page has its number 7 mm below the text, odd at the right, even at the left."""
    turned = [
        (number, page) for number, page in enumerate(pages["many"], 1) if page.width > page.height
    ]
    assert len(turned) >= 2
    for number, page in turned:
        marks = page.number(LANDSCAPE)
        top, bottom = min(t.top for t in marks), max(t.bottom for t in marks)
        centre = (min(t.left for t in marks) + max(t.right for t in marks)) / 2
        assert abs(35 * MM - centre - 7 * MM) < 3
        edge = (210 - 26) * MM - bottom if number % 2 else top - 28 * MM
        assert abs(edge - 14) < 4


def test_the_head_takes_about_a_third_of_the_first_page(pages: Pages) -> None:
    """The red name in one line within the text, the number, unit and date on one line, a red rule over the text width."""
    page = pages["city"][0]
    name, number, unit = page.lines[:3]
    (rule,) = [y for y in rules(page.picture, "red", 430) if y > unit.top]
    assert name.text == "国有企业退休人员社会化管理工作简报"
    assert LEFT - 1 <= name.left < name.right <= RIGHT + 1
    assert number.text.replace(" ", "") == "第5期"
    assert (
        unit.text.replace(" ", "")
        == "示例市国有企业退休人员社会化管理工作领导小组办公室2022年6月2日"
    )
    assert unit.bottom <= rule + 2
    assert abs(unit.right - RIGHT) < 8
    assert 0.26 < rule / page.height < 0.37


def test_the_tail_stands_between_black_rules_at_the_end_of_the_last_page(pages: Pages) -> None:
    """报, 送, 发 and the number of copies, in this order, the lower rule at the end of the text area."""
    page = pages["city"][-1]
    *_, upper, lower = rules(page.picture, "black", 430)
    between = [
        t.text.replace(" ", "") for t in page.lines if upper - 2 <= t.top and t.bottom <= lower + 4
    ]
    assert between == [
        "报：市委、市政府。",
        "送：市委组织部。",
        "发：各县（市、区）人民政府。",
        "共印60份",
    ]
    assert abs(lower - BOTTOM) < 6


@pytest.mark.parametrize("lines", FULL)
def test_a_tail_is_not_alone_on_its_page(pages: Pages, lines: int) -> None:
    """The last line of the text stands with it, at most a few go to the last page."""
    texts = [[t.text for t in in_body(page)] for page in pages[f"{lines} lines"]]
    last = texts[-1].index("报：市委、市政府。")
    before = [f"第{number}行" for number in range(1, lines + 1)]
    assert [text for page in texts[:-1] for text in page] + texts[-1][:last] == before
    assert last > 0
    assert len(texts) == (1 if lines <= 18 else 2)


@pytest.mark.parametrize("name", ["city", "many", *SHIPPED])
def test_no_heading_is_stranded_at_the_foot_of_a_page(pages: Pages, name: str) -> None:
    """Headings and titles of tables are never the last line of a page."""
    source = (
        made(name)
        if name in SHIPPED
        else Renderer([TEMPLATES]).render(
            bulletin_of(MANY if name == "many" else REPORT, "city", "示例市")
        )
    )
    headings = {
        line.text.replace(" ", "")
        for line in lines_of(source)
        if line.style in (*HEADINGS, "TableTitle", "TableUnit", "AnnexTitle", "AnnexMark")
    }
    for page in pages[name]:
        lines = in_body(page, LANDSCAPE if page.width > page.height else PORTRAIT)
        assert not lines or lines[-1].text.replace(" ", "") not in headings


def test_annexes_begin_on_their_own_pages_and_tables_repeat_their_heads(pages: Pages) -> None:
    """附件1, the wide one, is turned; 附件2 is last, so that the tail shares its page."""
    firsts = [
        (in_body(p, LANDSCAPE if p.width > p.height else PORTRAIT) or [Text(0, 0, 0, 0, "")])[
            0
        ].text.replace(" ", "")
        for p in pages["many"]
    ]
    assert firsts.index("附件1") < firsts.index("附件2")
    assert pages["many"][-1].width < pages["many"][-1].height
    wide = [p for p in pages["many"] if p.width > p.height]
    assert pages["many"].index(wide[0]) == firsts.index("附件1")
    assert all(any("企业名称" in t.text for t in page.lines) for page in wide)
