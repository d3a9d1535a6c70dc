"""核对.html: from a printed number down to the cell of a ledger, without server, script or network."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html

from flows.steps.model import Line
from flows.steps.overview.ways import row_ways
from tests.support.desk import page_of
from tests.support.reports import many_counties
from tests.support.working import CEMENT, CHEMICALS, EAST, MACHINES, WEST, Office

MONTH = "2022-05"
BEFORE = {EAST: [(CHEMICALS, [100, 60, 100, 70, 10, 8, 60])], WEST: [(MACHINES, [50, 30, 50, 30, 5, 3, 20])]}  # fmt: skip
ROWS = {
    EAST: [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60]), (CEMENT, [30, 20, 30, 10, 3, 2, 10])],
    WEST: [(MACHINES, [50, 40, 50, 30, 5, 3, 20])],
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Return an office with two months made, the second with a row more."""
    office = Office(tmp_path_factory.mktemp("work"))
    for month, ledgers in (("2022-04", BEFORE), (MONTH, ROWS)):
        for sender, rows in ledgers.items():
            office.ledger(month, sender, rows)
        office.run(month)
    return office


@pytest.fixture(scope="module")
def page(office: Office) -> Any:
    """Return the page of the second month."""
    return html.document_fromstring(office.out(MONTH, "核对.html").read_bytes())


def words(element: Any) -> str:
    """Return an element's text, spaces put together."""
    return " ".join(element.text_content().split())


def followed(page: Any, link: Any) -> Any:
    """Return what a link of the page leads to."""
    (place,) = page.xpath("//*[@id=$id]", id=link.get("href")[1:])
    return place


def link_in(element: Any, text: str) -> Any:
    """Return the first link with a text."""
    return next(a for a in element.iter("a") if a.text_content() == text)


def test_a_rate_is_followed_down_to_its_cells(page: Any) -> None:
    """Rate → counts → counties → rows → cells, each by one link."""
    city = page.get_element_by_id("level-1")
    assert "77.78% （+17.78）" in words(city)
    rate = followed(page, link_in(city, "77.78%"))
    assert words(rate) == "协议签订率 77.78% （+17.78）：已签协议人数 140 ÷ 退休人员总数 180"
    total = followed(page, link_in(rate, "140"))
    assert words(total) == "140 （+50）"
    table = total.getparent().getparent()
    assert [words(row[0]) for row in table] == ["合计", EAST, WEST]
    county = followed(page, link_in(table[1], "100"))
    rows = county.getparent().getparent()
    assert [words(row[0]) for row in rows] == ["合计", f"{EAST} {CHEMICALS}", f"{EAST} {CEMENT}"]
    row = followed(page, link_in(rows[1], "80"))
    assert [words(cell) for cell in row] == ["已签协议人数", "80 （+20）", "进度!F3＝80", ""]
    ledger = row.xpath("ancestor::div[1]/preceding-sibling::p[1]")[0]
    assert words(ledger) == f"{EAST}/台账.xlsx 通过"


def test_what_moved_most_comes_first(page: Any) -> None:
    """Each of the rows that moved leads to its number."""
    moved = [words(item) for item in page.get_element_by_id("moved").iter("li")]
    assert moved[0] == f"{EAST} {CEMENT}：退休人员总数 +30"
    assert f"{WEST} {MACHINES}：已签协议人数 +10" in moved
    assert len(moved) == 9


def test_every_link_leads_somewhere(page: Any, office: Office) -> None:
    """Inside the page to a place that is there once, else to a file beside it; nothing is loaded."""
    places = page.xpath("//@id")
    assert len(places) == len(set(places))
    links = page.xpath("//a/@href")
    inside = {link[1:] for link in links if link.startswith("#")}
    assert inside <= set(places)
    assert {unquote(link) for link in links if not link.startswith("#")} == {"index.html"}
    assert page.xpath("//@src | //link/@href") == []
    folder = office.out(MONTH)
    assert "核对.html" in unquote((folder / "index.html").read_text(encoding="utf-8"))
    assert '"核对.html"' in (folder / "manifest.json").read_text(encoding="utf-8")


def test_the_page_is_made_in_the_same_bytes(office: Office, tmp_path: Path) -> None:
    again = Office(tmp_path)
    for month, ledgers in (("2022-04", BEFORE), (MONTH, ROWS)):
        for sender, rows in ledgers.items():
            again.ledger(month, sender, rows)
        again.run(month)
    page = again.out(MONTH, "核对.html").read_bytes()
    assert page == office.out(MONTH, "核对.html").read_bytes()


def test_the_offices_own_page_shows_the_same(page: Any, office: Office) -> None:
    """The tables of the levels and what moved, number by number."""
    browser = page_of(office)
    browser.sign_in()
    live = html.document_fromstring(browser.get(f"/office/{MONTH}/figures").text)
    for element in ("table[.//th[text()='名称']]", "ol"):
        shown = [[words(x) for x in each.iter("td", "li")] for each in live.xpath(f"//{element}")]
        mine = [[words(x) for x in each.iter("td", "li")] for each in page.xpath(f"//{element}")]
        assert shown == mine


def test_persons_are_counted_and_some_of_their_cells_named() -> None:
    """Ten cells of a number are named without a value; how many more there are is said."""
    report = many_counties([EAST], [(60, 25, 60, 1, 1, 1, 1)])
    cell = report.figures.cells[0]
    counts = dict(cell.counts)
    listed = {count: ([f"花名册.xlsx!人员!M{n}" for n in range(3, 28)], 25) for count in counts}
    line = Line("1", str(report.month), EAST, "花名册.xlsx", cell.county or "", cell.enterprise or "", "", counts, listed)  # fmt: skip
    (row,) = row_ways(report, [line])
    agreement = row.numbers[1]
    assert agreement.shown.text == "25"
    assert [(c.cell, c.value) for c in agreement.cells] == [(f"M{n}", "") for n in range(3, 13)]
    assert agreement.more == 15
