"""Every screen against the rules of axe-core, on a wide and on a narrow window."""

import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from flows.desk.app import desk_app
from tests.browser.chrome import Page, browser, executable
from tests.desk.test_story import GOOD, MONTH, link_of
from tests.support.desk import PASSWORD, Browser, ledger_bytes
from tests.support.working import CEMENT, CHEMICALS, EAST, MACHINES, SOUTH, WEST, Office

PROGRAM, AXE = executable(), find_spec("axe_core_python")
WAIT = 60.0  # seconds for a page after a click
WIDTHS = (1280, 390)
FAULTY = (CHEMICALS, [100, 120, 100, 70, 10, 8, 60])
ASKED = ("示例市新设机械有限公司", [9, 8, 9, 7, 1, 1, 6])
RUN = """axe.run({resultTypes: ['violations'], preload: false}).then(found => found.violations.map(
  rule => [rule.id, rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))"""
FILES = ("index.html", "核对.html", "returns/index.html")
pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(AXE is None, reason="axe-core-python is not installed"),
]


@pytest.fixture
def screens(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve a month with faults, questions, uploads and links; yield the address and the screens."""
    office = Office(tmp_path)
    office.ledger(MONTH, EAST, [GOOD, ASKED])
    office.ledger(MONTH, WEST, [(MACHINES, [50, 60, 50, 30, 5, 3, 20])])
    office.ledger(MONTH, SOUTH, [(CEMENT, [30, 20, 30, 20, 3, 3, 20])])
    office.run(MONTH)
    app = desk_app(tmp_path)
    clerk, sender = Browser(app), Browser(app)
    clerk.sign_in()
    link = link_of(clerk, EAST)
    clerk.get(f"/office/{MONTH}")
    faulty = ledger_bytes(office, MONTH, EAST, [FAULTY], "再报.xlsx")
    verdict = clerk.post(f"/office/{MONTH}/upload", files=[("再报.xlsx", faulty)]).url.path
    sender.get(f"{link}/{MONTH}")
    sender.post(f"{link}/{MONTH}/upload", files=[("再报.xlsx", faulty)])
    checked = sender.last.url.path
    sender.get(f"{link}/{MONTH}")
    sender.post(f"{link}/{MONTH}/upload", files=[("三报.xlsx", faulty)])
    receipt = sender.post(f"{sender.last.url.path}/send").url.path
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    month = f"/office/{MONTH}"
    figure = f"{month}/trace?name=全市&count="
    yield (
        f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}",
        [
            month, verdict, f"{month}/figures", f"{figure}retirees", f"{figure}rate:agreement",
            f"{month}/documents", f"{month}/issue", "/office/links", "/office/settings", "/office/templates?name=全市.docx",
            "/office/history", "/office/nothing", f"{link}/{MONTH}", checked, receipt, "/s/nothing",
        ],
    )  # fmt: skip
    server.should_exit = True
    thread.join(WAIT)


def faults_of(page: Page, url: str) -> list[Any]:
    """Return what axe finds on a page at each width, each rule with the elements that break it."""
    assert AXE is not None
    assert AXE.submodule_search_locations is not None
    code = Path(AXE.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")
    found = []
    for width in WIDTHS:
        page.resize(width, 900)
        page.open(url)
        page.run(f"{code}; 0")
        found += [(url, width, *rule) for rule in page.run(RUN)]
    return found


def test_no_screen_breaks_a_rule(screens: tuple[str, list[str]], tmp_path: Path) -> None:
    """The password page, the office's, the sender's, and the pages that a run writes."""
    address, paths = screens
    assert PROGRAM is not None
    with browser(PROGRAM) as page:
        found = faults_of(page, f"{address}/login")
        page.run(f"document.querySelector('[type=password]').value = '{PASSWORD}'")
        page.run("document.querySelector('form button').click()")
        end = time.monotonic() + WAIT
        while page.run("location.pathname") == "/login":
            assert time.monotonic() < end
            time.sleep(0.1)
        for path in paths:
            found += faults_of(page, address + path)
        for name in FILES:
            found += faults_of(page, (tmp_path / "outputs" / MONTH / name).as_uri())
    assert found == [], "\n".join(map(str, found))
