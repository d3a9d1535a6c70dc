"""A sender's and the office's way through the page, as a piece of work that can be disturbed at its writes."""

import io
import re
import shutil
import sys
import time
from html import unescape
from pathlib import Path

from flows.desk import in_process, storing, working
from flows.desk.app import desk_app
from flows.desk.working import Desk
from flows.pipeline.check import check
from flows.steps.months import Month
from tests.proof import children, offices
from tests.support.desk import PASSWORD, Browser, desk_of
from tests.support.working import WEST

LINK, FORM = "link", "填好的台账.xlsx"  # in the working folder: what the sender has
SECONDS = 120.0
MOST_PAGES = 40
_WORDS = re.compile(r"<main.*?>(.*?)</main>", re.DOTALL)


def beginning(new: Path, folder: Path) -> Path:
    """Return a copy of an office's folder in which a sender has its ledger still, and a link."""
    offices.copied(new, folder)
    shutil.move(folder / "ledgers" / offices.MONTH / WEST / "台账.xlsx", folder / FORM)
    children.done(lambda: _link_made(folder), folder)
    return folder


def _link_made(folder: Path) -> None:
    desk = Desk(folder)
    (folder / LINK).write_text(desk.links.make(WEST), encoding="utf-8")
    desk.password.set_first(PASSWORD)


def visited() -> tuple[int, None]:
    """Report a ledger by the link unless its receipt is there, then make the month; return 1 where a page says no.

    What pages refuse with is printed; the program's log, which is the administrator's, is not.
    """
    sys.stderr = io.StringIO()
    _in_this_process()
    folder = Path.cwd()
    browser = Browser(desk_app(folder))
    desk, month = desk_of(browser), offices.MONTH
    link = f"/s/{(folder / LINK).read_text(encoding='utf-8')}/{month}"
    if "这个月还没有报送" in browser.get(link).text:
        browser.post(f"{link}/upload", files=[("台账.xlsx", (folder / FORM).read_bytes())])
        if _refused(browser):
            return 1, None
        browser.post(f"{browser.last.url.path}/send")
    desk.settle()
    refused = _refused(browser)
    browser.sign_in()
    browser.get(f"/office/{month}")
    browser.post(f"/office/{month}/run")
    refused = _refused(browser) or refused
    return (1 if refused or not _ended(desk, month) else 0), None


def look_around(to: Path) -> None:
    """Keep what the office's page shows of a month and whatever its links lead to."""
    to.mkdir(parents=True)
    _in_this_process()
    browser = Browser(desk_app(Path.cwd()))
    browser.sign_in()
    waiting, seen = ["/office/links", "/office/settings", f"/office/{offices.MONTH}"], set[str]()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop()
        answer = browser.get(address)
        seen.add(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        (to / f"{len(seen)}.html").write_text(answer.text, encoding="utf-8")
        found = {unescape(link) for link in re.findall(r'href="(/office[^"]*)"', answer.text)}
        waiting += sorted(found - seen - {*waiting}, reverse=True)


def _refused(browser: Browser) -> bool:
    answer = browser.last
    if answer.status_code < 400:
        return False
    words = re.sub(r"<[^>]+>", " ", "".join(_WORDS.findall(answer.text)) or answer.text)
    sys.stdout.write(" ".join(words.split()) + "\n")
    return True


def _ended(desk: Desk, month: str) -> bool:
    """Wait for a run and return whether it ended well."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        state = desk.maker.state(Month.parse(month))
        if state is None:
            return False
        if state.ended:
            sys.stdout.write("\n".join((*state.lines, "")))
            return not state.failed
        time.sleep(0.02)
    return False


def _in_this_process() -> None:
    """Let the page read ledgers here, where writes are counted."""
    children.read_in_this_process()
    for each in (storing, in_process):
        vars(each)["stage_apart"] = children.stage_in_process
    vars(working)["examine_apart"] = children.examine_in_process
    vars(working)["check_apart"] = check
