"""index.html and returns/index.html as pages: where their links lead, what a hostile name can do, who can read them."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html

from flows.steps.model import Report, Trend
from flows.steps.overview import month_page, returns_page
from flows.steps.overview.charts import line_chart
from flows.steps.overview.returns_page import as_script_data
from schemas.shipped import shipped
from tests.support.months_pages import HOSTILE, PACKETS, data_of, month, returns, small, table, text
from tests.support.reports import (
    EAST,
    SOUTH,
    WEST,
    failure,
    files_of,
    ledger,
    many_counties,
    small_report,
)


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
    one = many_counties(
        [sender], [(1, 1, 1, 1, 1, 1, 1)], failures=[failure(f"{sender}.xlsx", "required")]
    )
    page = html.document_fromstring(returns_page(one, [f"returns/{folder}/退回通知.docx"]))
    assert [unquote(link) for link in links_of(page)] == [f"{folder}/退回通知.docx"]


def hostile() -> Report:
    """Return a month whose county, firm, file and faults are named as an attacker would."""
    faults = [
        failure(
            f"{HOSTILE}.xlsx",
            "required",
            message=HOSTILE,
            value=HOSTILE,
            aside=HOSTILE,
            remedy=HOSTILE,
            sheet=HOSTILE,
        )
    ]
    return many_counties([HOSTILE], [(1, 1, 1, 1, 1, 1, 1)], failures=faults)


def test_a_hostile_name_is_nothing_but_text() -> None:
    """No element, attribute or script comes of it, and it is shown as it is."""
    for make in (month_page, returns_page):
        plain, bad = (
            html.document_fromstring(make(one, files_of(one)))
            for one in (many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)]), hostile())
        )
        assert len(list(bad.iter("script"))) == len(list(plain.iter("script")))
        names = [name for element in bad.iter() for name in element.attrib]
        assert not [name for name in names if name.startswith("on")]
        assert " ".join(HOSTILE.split()) in text(bad.body)


def test_data_in_a_script_element_cannot_end_it() -> None:
    """JSON with every character escaped that HTML or JavaScript could stumble over; it reads back as it was."""
    value = {"name": HOSTILE, "more": ["<!--", "]]>", "\u2029", "&amp;"]}
    written = as_script_data(value)
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == value
    assert HOSTILE in [
        cell
        for row in data_of(html.document_fromstring(returns_page(hostile(), ())))
        for cell in row
    ]


@pytest.mark.parametrize("make", [month_page, returns_page])
def test_a_page_needs_nothing_from_anywhere(make: Any) -> None:
    """Its policy allows its own style and script by their hash and nothing else; there is no address in it."""
    source = make(small_report(), files_of(small_report(), PACKETS))
    page = html.document_fromstring(source)
    inside = {
        kind: re.search(rf"<{kind}>(.*?)</{kind}>", source, re.DOTALL)[1]  # type: ignore[index]  # a page has both
        for kind in ("style", "script")
    }
    policy = dict(
        part.strip().split(" ", 1)
        for part in page.xpath("//meta[@http-equiv]/@content")[0].split(";")
    )
    digest = {
        kind: base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        for kind, content in inside.items()
    }
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
    assert [len(page.xpath(f"//{name}")) for name in ("header", "nav", "main", "footer", "h1")] == [
        1,
        1,
        1,
        1,
        1,
    ]
    assert page.xpath("//body/*[1]/@href") == ["#main"]
    assert all(table.find("caption") is not None for table in page.iter("table"))
    assert {th.get("scope") for th in page.iter("th")} == {"col", "row"}
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    referred = " ".join(page.xpath("//@aria-labelledby")).split() + [
        href[1:] for href in page.xpath("//a/@href") if href.startswith("#")
    ]
    assert set(referred) <= set(ids)
    assert all(svg.get("aria-labelledby") or svg.get("aria-hidden") for svg in page.iter("svg"))
    assert all(region.get("aria-label") for region in page.xpath("//*[@role='region']"))


def test_charts_say_in_words_what_they_draw() -> None:
    """A reader who does not see them hears the figures."""
    described = {
        text(svg.find("title")): text(svg.find("desc"))
        for svg in small().iter("svg")
        if svg.find("desc") is not None
    }
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
    rates = [
        dict.fromkeys(shipped().rate_names, rate)
        for rate in (city.rates["agreement"], None, city.rates["agreement"])
    ]
    chart = line_chart(
        city,
        [Trend(f"2022-0{i}", {city.name: own}) for i, own in enumerate(rates, 3)],
        shipped().rate_names,
    )
    assert [(len(curve.points), curve.runs, curve.end) for curve in chart.curves] == [
        (2, [], "56.43%")
    ] * 4
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
    assert (
        table(page, "台账报送情况")[1][5]
        == f"旧.xlsx（3／0）已由“{EAST}.xlsx”替换{EAST}.xlsx（3／0）"
    )
