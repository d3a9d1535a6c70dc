"""The page in a real browser: what a clerk does with a mouse, what the browser complains of, how wide it gets."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from flows.desk.app import desk_app
from tests.browser.chrome import Page, browser, executable
from tests.desk.test_story import GOOD, MONTH
from tests.support.desk import PASSWORD
from tests.support.working import EAST, WEST, Office

PROGRAM = executable()
WAIT = 60.0  # seconds for a page after a click
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed")
UNLABELLED = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter(e => !e.labels?.length && !e.ariaLabel && e.tagName !== 'TEXTAREA').map(e => e.outerHTML)"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve the page of a small working folder; yield its address."""
    Office(tmp_path)
    config = uvicorn.Config(desk_app(tmp_path), port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(WAIT)


def click(page: Page, form: str) -> None:
    """Send a form by its button and wait for the page that follows."""
    page.run("window.before = true")
    page.run(f"document.querySelector({form!r}).querySelector('button').click()")
    wait(page, "!window.before && document.readyState === 'complete'")


def wait(page: Page, condition: str) -> None:
    """Wait until a condition holds in the page."""
    end = time.monotonic() + WAIT
    while not page.run(condition):
        assert time.monotonic() < end, page.run("document.body.innerText")
        time.sleep(0.1)


def choose(page: Page, *files: Path) -> None:
    """Choose files in the page's field for them."""
    root = page.call("DOM.getDocument")["root"]["nodeId"]
    found = page.call("DOM.querySelector", nodeId=root, selector="input[name=files]")
    page.call("DOM.setFileInputFiles", files=[str(f) for f in files], nodeId=found["nodeId"])


def test_a_month_with_the_mouse(address: str, tmp_path: Path) -> None:
    """Set the password, put ledgers in, make the month and watch it, follow a number, on a wide and a narrow screen."""
    office = Office(tmp_path)
    ledgers = []
    for name in (EAST, WEST):
        path = office.ledger(MONTH, name, [GOOD])
        ledgers.append(path.rename(tmp_path / f"{name}.xlsx"))
    assert PROGRAM is not None
    with browser(PROGRAM) as page:
        page.resize(1280, 900)
        page.open(f"{address}/")
        page.run(
            f"for (const e of document.querySelectorAll('[type=password]')) e.value = '{PASSWORD}'"
        )
        click(page, "form")
        page.open(f"{address}/office/{MONTH}")
        choose(page, *ledgers)
        click(page, "#upload form")
        assert "收下这 2 个文件" in page.run("document.body.innerText")
        click(page, "form[action$=take]")
        assert page.run("document.querySelectorAll('.verdict.accepted').length") == 2
        click(page, "form[action$=run]")
        wait(page, "document.querySelector('#progress .state')?.textContent === '已结束'")
        assert "编制完毕" in page.run("document.querySelector('#progress').innerText")
        page.open(f"{address}/office/{MONTH}/figures")
        page.open(page.run("document.querySelector('.numbers td a').href"))
        assert "200" in page.run("document.querySelector('h1').innerText")
        page.open(page.run("document.querySelector('.numbers td a').href"))
        assert f"{EAST}.xlsx" in page.run("document.body.innerText")
        for width in (1280, 390):
            page.resize(width, 900)
            for place in ("", "/figures", "/documents", "/issue"):
                page.open(f"{address}/office/{MONTH}{place}")
                assert page.run("document.documentElement.scrollWidth - innerWidth") <= 0
                assert page.run(UNLABELLED) == []
            for place in ("links", "settings", "history"):
                page.open(f"{address}/office/{place}")
                assert page.run("document.documentElement.scrollWidth - innerWidth") <= 0
                assert page.run(UNLABELLED) == []
        assert page.complaints == []
        assert all(request.startswith((address, "data:")) for request in page.requests)
