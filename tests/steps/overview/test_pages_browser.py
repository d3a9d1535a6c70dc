"""The pages in a headless Chromium: they render, sort, filter and turn pages by mouse and key, and ask nothing of anyone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from flows.steps.model import Report
from flows.steps.overview import month_page, returns_page
from tests.browser.chrome import Page, browser, executable
from tests.support.reports import (
    CHEMICAL,
    EAST,
    WEST,
    failure,
    files_of,
    many_counties,
    small_report,
)

PROGRAM = executable()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="没有安装 Chromium，页面不在浏览器中测试")

NAMES = ["甲县", "乙区", "丙市", "丁县"]
COUNTS = [
    (90, 30, 90, 0, 9, 0, 0),
    (100, 100, 100, 50, 10, 5, 0),
    (0,) * 7,
    (1000, 200, 1000, 10, 100, 1, 0),
]
HOSTILE = "<img src=x onerror=alert(1)>\"'</script><script>throw 1</script>"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser(str(PROGRAM)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: the page complained of nothing, and only files of its own folder were asked for."""
    page: Page = request.getfixturevalue("page")
    page.requests.clear()
    page.complaints.clear()
    yield
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("file://")] == []


def written(folder: Path, one: Report, packets: dict[str, Sequence[str]] | None = None) -> Path:
    """Return a folder with all the files that a month's pages link to, the pages themselves real."""
    files = files_of(one, packets)
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (folder / "index.html").write_text(month_page(one, files), encoding="utf-8")
    (folder / "returns/index.html").write_text(returns_page(one, files), encoding="utf-8")
    return folder


def column(page: Page, table: str, index: int) -> list[str]:
    """Return the texts of a column of a table's body, as they stand now."""
    found: list[str] = page.run(
        f"[...document.querySelectorAll('#{table} > tbody > tr')].map(r => r.cells[{index}].textContent)"
    )
    return found


def click(page: Page, selector: str) -> None:
    page.run(f"document.querySelector({selector!r}).click()")


def choose(page: Page, name: str, value: str) -> None:
    """Set a filter as a hand would, and tell the form."""
    page.run(
        f"(e => {{ e.value = {value!r}; e.dispatchEvent(new Event('input', {{bubbles: true}})) }})(document.forms.filters.elements[{name!r}])"
    )


def test_the_month_renders_and_all_its_links_lead_to_files(page: Page, tmp_path: Path) -> None:
    """Every link resolves from where the page lies, also with blanks, per cent and number signs in names."""
    folder = written(
        tmp_path / "输出 2022#05",
        small_report(),
        {WEST: ["退回通知.docx", "西浥区 100%#1（已标注）.xlsx"], CHEMICAL: ["退回通知.docx"]},
    )
    for name in ("index.html", "returns/index.html"):
        page.open((folder / name).as_uri())
        assert page.run(
            "document.querySelectorAll('h1').length === 1 && document.body.offsetHeight > 500"
        )
        links = page.run(
            "[...document.links].filter(a => !a.getAttribute('href').startsWith('#')).map(a => a.href)"
        )
        paths = {
            link
            for link in links
            if not Path(page.run(f"decodeURIComponent(new URL({link!r}).pathname)")).is_file()
        }
        assert links
        assert paths == set()


def test_the_ranking_sorts_by_mouse(page: Page, tmp_path: Path) -> None:
    """Up, down, and a county without a figure always last; the header and the status say which way."""
    page.open((written(tmp_path, many_counties(NAMES, COUNTS)) / "index.html").as_uri())
    assert column(page, "counties", 1) == ["乙区", "甲县", "丁县", "丙市"]
    click(page, "#counties th:nth-child(6) button")
    assert column(page, "counties", 1) == ["丁县", "甲县", "乙区", "丙市"]
    click(page, "#counties th:nth-child(6) button")
    assert column(page, "counties", 1) == ["乙区", "甲县", "丁县", "丙市"]
    assert page.run("[...document.querySelectorAll('#counties thead th')].map(h => h.getAttribute('aria-sort'))") == [
        *["none"] * 5, "descending", *["none"] * 5,
    ]  # fmt: skip
    assert page.run("document.getElementById('status').textContent") == "已按协议签订率降序排列"
    click(page, "#counties th:nth-child(4) button")
    assert column(page, "counties", 3) == ["0", "90", "100", "1000"]
    assert (
        page.run("document.querySelector('#counties tfoot').rows[0].cells[1].textContent")
        == "示例市"
    )


def test_the_ranking_sorts_by_key_and_the_menu_can_be_passed(page: Page, tmp_path: Path) -> None:
    """The first stop of the tab key is the way to the text; a header in focus sorts by the enter key."""
    page.open((written(tmp_path, many_counties(NAMES, COUNTS)) / "index.html").as_uri())
    page.press("Tab", 9)
    assert page.run(
        "[document.activeElement.textContent, getComputedStyle(document.activeElement).left]"
    ) == ["跳到正文", "16px"]
    page.run("document.querySelector('#counties th:nth-child(2) button').focus()")
    page.press("Enter", 13)
    assert column(page, "counties", 1) == ["丙市", "丁县", "甲县", "乙区"]


@pytest.mark.parametrize("width", [1366, 360])
def test_no_page_is_wider_than_the_window(page: Page, tmp_path: Path, width: int) -> None:
    """Wide tables scroll in their own box, on a desk and on a phone."""
    folder = written(tmp_path, small_report(), {CHEMICAL: ["退回通知.docx"]})
    page.resize(width, 768)
    for name in ("index.html", "returns/index.html"):
        page.open((folder / name).as_uri())
        assert page.run("document.documentElement.scrollWidth") == width


def test_faults_are_filtered_by_sender_rule_severity_and_words(page: Page, tmp_path: Path) -> None:
    """Each filter narrows the list, and clearing brings all back; the numbers of a table lead to its faults."""
    page.open((written(tmp_path, small_report()) / "returns/index.html").as_uri())
    everyone = column(page, "every", 1)
    assert (len(everyone), page.run("document.getElementById('found').textContent")) == (
        7,
        "符合条件的问题7处，共7处",
    )
    choose(page, "sender", WEST)
    assert column(page, "every", 3) == [f"{WEST}.xlsx · 进度 · F7", f"{WEST}.xlsx · 进度 · F9"]
    choose(page, "text", "第9行")
    assert column(page, "every", 6) == ["第9行应填数字。"]
    page.run("document.forms.filters.reset(); new Promise(done => setTimeout(done, 50))")
    assert column(page, "every", 1) == everyone
    choose(page, "severity", "3")
    assert column(page, "every", 2) == ["未报送", "两家同报"]
    choose(page, "rule", "reported-twice")
    assert column(page, "every", 6) == [
        f"另有单位也报了数据。（办公室掌握：另一报送单位：{CHEMICAL}）"
    ]
    click(page, f"tr[data-sender='{WEST}'] .show")
    assert column(page, "every", 1) == [WEST, WEST]


def test_twenty_thousand_faults_are_shown_a_page_at_a_time(page: Page, tmp_path: Path) -> None:
    """A hundred rows at once; sorting reaches over all of them, numbers in addresses by their size."""
    faults = [
        failure(f"{EAST}.xlsx", "not-a-number", f"F{row}", "应填数字。")
        for row in range(20_000, 0, -1)
    ]
    one = replace(
        small_report(), failures=[*faults, failure(f"{WEST}.xlsx", "control-total", "H9")]
    )
    page.open((written(tmp_path, one) / "returns/index.html").as_uri())
    assert column(page, "every", 3)[:2] == [
        f"{WEST}.xlsx · 进度 · H9",
        f"{EAST}.xlsx · 进度 · F20000",
    ]
    assert page.run("document.getElementById('page').textContent") == "第1页，共201页"
    click(page, "#every th:nth-child(4) button")
    assert column(page, "every", 3) == [f"{EAST}.xlsx · 进度 · F{row}" for row in range(1, 101)]
    click(page, "#next")
    assert column(page, "every", 3)[0] == f"{EAST}.xlsx · 进度 · F101"
    assert page.run(
        "[document.getElementById('previous').disabled, document.getElementById('next').disabled]"
    ) == [False, False]
    click(page, "#previous")
    click(page, "#every th:nth-child(4) button")
    assert column(page, "every", 3)[0] == f"{WEST}.xlsx · 进度 · H9"


def test_a_hostile_name_runs_nothing(page: Page, tmp_path: Path) -> None:
    """It is text on both pages, in tables, charts and in what the script draws."""
    one = many_counties(
        [HOSTILE],
        [(1, 1, 1, 1, 1, 1, 1)],
        failures=[failure(f"{HOSTILE}.xlsx", "required", message=HOSTILE, value=HOSTILE)],
    )
    (tmp_path / "returns").mkdir()
    for name, make in (("index.html", month_page), ("returns/index.html", returns_page)):
        path = tmp_path / name
        path.write_text(make(one, ()), encoding="utf-8")
        page.open(path.as_uri())
        assert page.run(
            f"[document.images.length, document.body.textContent.includes({HOSTILE!r})]"
        ) == [0, True]
    assert (
        page.run("document.querySelector('#every tbody').rows[0].cells[5].textContent") == HOSTILE
    )


def test_the_pages_print(page: Page, tmp_path: Path) -> None:
    """A4 landscape without the menu; the document list stays out."""
    page.open((written(tmp_path, small_report()) / "index.html").as_uri())
    assert page.pdf().startswith(b"%PDF-")
    page.call("Emulation.setEmulatedMedia", media="print")
    hidden = page.run(
        "['nav', '#files', '.skip'].map(s => getComputedStyle(document.querySelector(s)).display)"
    )
    page.call("Emulation.setEmulatedMedia", media="")
    assert hidden == ["none", "none", "none"]


def test_a_complaint_or_a_request_would_be_heard(page: Page, tmp_path: Path) -> None:
    """What the other tests rely on: errors, refused scripts and requests do arrive."""
    bad = tmp_path / "bad.html"
    policy = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\">"
    bad.write_text(
        f"{policy}<img src='https://nowhere.invalid/a.png'><script>1</script>", encoding="utf-8"
    )
    page.open(bad.as_uri())
    page.run("console.error('x')")
    assert len(page.complaints) >= 2
    assert "https://nowhere.invalid/a.png" in page.requests
    page.complaints.clear()
    page.requests.clear()
