"""A month on the page, from the first password to the corrected bulletin."""

import time
from pathlib import Path

from flows.intake.job import today
from flows.steps.months import Month
from tests.support.desk import Browser, desk_of, ledger_bytes, page_of
from tests.support.working import CEMENT, CHEMICALS, EAST, MACHINES, SOUTH, WEST, Office

MONTH = str(Month.of(today()).previous)
GOOD = (CHEMICALS, [100, 80, 100, 70, 10, 8, 60])


def made(browser: Browser) -> None:
    """Press 编制 and wait for the end of the run."""
    browser.get(f"/office/{MONTH}")
    browser.post(f"/office/{MONTH}/run")
    desk, end = desk_of(browser), time.monotonic() + 120
    while (state := desk.maker.state(Month.parse(MONTH))) is None or not state.ended:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert not state.failed, state.lines


def link_of(office: Browser, sender: str) -> str:
    """Make a sender's link and return its path."""
    page = office.get("/office/links").text
    number = [EAST, WEST, SOUTH].index(sender)
    assert sender in page
    shown = office.post("/office/links/make", number=number).text
    return shown.split('class="address">http://127.0.0.1')[1].split("<")[0]


def sent(app: object, link: str, content: bytes) -> Browser:
    """Report a ledger by a link: it is checked first, then formally reported."""
    sender = Browser(app)
    sender.get(f"{link}/{MONTH}")
    sender.post(f"{link}/{MONTH}/upload", files=[("我的台账.xlsx", content)])
    assert "还没有报送" in sender.last.text
    where = sender.last.url.path
    sender.post(f"{where}/send")
    assert "回执" in sender.last.text
    return sender


def test_a_month_on_the_page(tmp_path: Path) -> None:
    """Password, links, a faulty ledger mended, a query answered, the month made, traced, issued and corrected."""
    office = Office(tmp_path)
    browser = page_of(office)
    app = browser.client.app
    assert browser.get("/").url.path == "/login"
    assert browser.sign_in().url.path == f"/office/{MONTH}"
    assert browser.get(f"/office/{MONTH}").text.count("未报送") == 3
    links = {name: link_of(browser, name) for name in (EAST, WEST, SOUTH)}

    # a ledger with a fault: the verdict and the marked copy at once, nothing among the ledgers
    east = Browser(app)
    east.get(links[EAST])
    faulty = ledger_bytes(office, MONTH, EAST, [(CHEMICALS, [100, 120, 100, 70, 10, 8, 60])])
    checked = east.get(east.last.url.path) and east.post(
        f"{links[EAST]}/{MONTH}/upload", files=[("../../x/台账.xlsx", faulty)]
    )
    assert "分项" in checked.text or "不能大于" in checked.text
    assert "已标注" in checked.text
    assert [p for p in (tmp_path / "ledgers").rglob("*") if p.is_file()] == []
    marked = [part.split('"')[0] for part in checked.text.split('href="') if "/file?name=" in part]
    copy = east.client.get(marked[0])
    assert copy.headers["content-disposition"].startswith("attachment")

    good = ledger_bytes(office, MONTH, EAST, [GOOD])
    sent(app, links[EAST], good)
    sent(
        app,
        links[WEST],
        ledger_bytes(office, MONTH, WEST, [(MACHINES, [50, 40, 50, 30, 5, 3, 20])]),
    )
    desk_of(browser).settle()
    assert browser.get(f"/office/{MONTH}").text.count("未报送") == 1
    made(browser)

    # every number leads to its cells
    page = browser.get(f"/office/{MONTH}/figures").text
    assert ">150</a>" in page
    trace = browser.get(f"/office/{MONTH}/trace?name=全市&count=retirees").text
    assert EAST in trace
    assert "我的台账.xlsx" in trace
    rate = browser.get(f"/office/{MONTH}/trace?name=全市&count=rate:agreement").text
    assert "80.00%" in rate
    assert ">120</a>" in rate

    # issued once, however often the button is pressed
    browser.get(f"/office/{MONTH}/issue")
    fields = browser.hidden("/issue")
    for _ in range(2):
        answer = browser.client.post(f"/office/{MONTH}/issue", data={**fields, "sure": "1"})
        assert answer.url.path == f"/office/{MONTH}/documents"
    assert "印发" in browser.get("/office/history").text
    assert browser.last.text.count("登记于") == 1

    # a late ledger makes a corrected bulletin
    late = ledger_bytes(office, MONTH, SOUTH, [(CEMENT, [30, 30, 30, 30, 3, 3, 30])])
    sent(app, links[SOUTH], late)
    made(browser)
    assert "更正稿" in browser.get(f"/office/{MONTH}/documents").text
    document = browser.client.get(f"/office/{MONTH}/file", params={"name": "bulletins/全市.docx"})
    assert document.content == office.out(MONTH, "bulletins", "全市.docx").read_bytes()
    assert browser.client.get(f"/office/{MONTH}/zip").content[:2] == b"PK"
    log = (tmp_path / "desk" / "log.jsonl").read_text(encoding="utf-8")
    assert "我的台账" not in log


def test_a_query_is_answered_on_the_senders_page(tmp_path: Path) -> None:
    """An enterprise that 名录 does not know is asked about; what the sender types is the answer, without a new ledger."""
    office = Office(tmp_path)
    browser = page_of(office)
    browser.sign_in()
    link = link_of(browser, EAST)
    held = ledger_bytes(
        office, MONTH, EAST, [GOOD, ("示例市新设机械有限公司", [9, 8, 9, 7, 1, 1, 6])]
    )
    sender = sent(browser.client.app, link, held)
    desk_of(browser).settle()
    assert "请核实" in sender.get(f"{link}/{MONTH}").text
    fields = sender.hidden("/answer")
    for _ in range(2):
        answered = sender.client.post(
            f"{link}/{MONTH}/answer", data={**fields, "reason": "本月新设立"}
        )
    assert "请核实" not in answered.text
    assert "本月新设立" in answered.text
    snapshot = desk_of(browser).snapshot(Month.parse(MONTH))
    assert [(s.sender, s.verdict) for s in snapshot.live] == [(EAST, "accepted")]
    assert [e.action for e in snapshot.history.events] == ["answer"]
    made(browser)
    assert ">109</a>" in browser.get(f"/office/{MONTH}/figures").text
