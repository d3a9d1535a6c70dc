"""The program ends at a bad moment: what was confirmed is there, and the work can go on."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from flows.desk.interrupted import BROKEN_OFF, FINISHED, GOES_ON, RememberedRuns
from flows.desk.runs import RunState, RunWish
from flows.desk.working import Desk
from flows.steps.months import Month
from tests.desk.test_story import GOOD, MONTH
from tests.support.desk import PASSWORD, Browser, ledger_bytes
from tests.support.page_server import started
from tests.support.working import CEMENT, EAST, MACHINES, SOUTH, WEST, Office

WAIT = 90.0  # seconds
LEDGERS = {
    EAST: GOOD,
    WEST: (MACHINES, [50, 40, 50, 30, 5, 3, 20]),
    SOUTH: (CEMENT, [30, 20, 30, 20, 3, 3, 20]),
}


OPEN: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


class Visitor(Browser):
    """A browser at a server in a process of its own."""

    def __init__(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}"
        OPEN.append(httpx.Client(base_url=address, follow_redirects=True, timeout=WAIT))
        self.client = OPEN[-1]  # type: ignore[assignment]  # asks as the test's own client does
        self.last = httpx.Response(200)


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve a folder's page during the block."""
    process, port = started(folder)
    try:
        yield process, port
    finally:
        kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """End a server and its processes at once, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(WAIT)
    if process.stdout is not None:
        process.stdout.close()


def wait(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def report(port: int, link: str, content: bytes) -> None:
    """Check a ledger and report it; the receipt is there at the end."""
    sender = Visitor(port)
    sender.get(f"{link}/{MONTH}")
    sender.post(f"{link}/{MONTH}/upload", files=[("台账.xlsx", content)])
    sender.post(f"{sender.last.url.path}/send")
    assert "回执" in sender.last.text


def verdicts(folder: Path) -> dict[str | None, str]:
    """Return the verdict on each sender's ledger in the store."""
    return {s.sender: s.verdict for s in Desk(folder).snapshot(Month.parse(MONTH)).live}


def test_killed_in_the_middle_of_an_upload(tmp_path: Path) -> None:
    """The ledger with a receipt is stored after the restart; half an upload leaves nothing, and comes again."""
    office = Office(tmp_path)
    links = {name: f"/s/{Desk(tmp_path).links.make(name)}" for name in LEDGERS}
    contents = {name: ledger_bytes(office, MONTH, name, [row]) for name, row in LEDGERS.items()}
    with served(tmp_path) as (process, port):
        other = Visitor(port)
        other.get(f"{links[WEST]}/{MONTH}")
        csrf = other.hidden("/upload")["csrf"]
        head = (
            f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a.xlsx"\r\n\r\n'
        ).encode()
        size = len(head) + len(contents[WEST]) + 9
        with socket.create_connection(("127.0.0.1", port), WAIT) as half:
            half.sendall(
                f"POST {links[WEST]}/{MONTH}/upload HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {size}\r\n\r\n"
                "".encode()
            )
            half.sendall(head + contents[WEST][: len(contents[WEST]) // 2])
            report(port, links[EAST], contents[EAST])
            kill(process)
    assert [p.parent.name for p in (tmp_path / "ledgers").rglob("*.xlsx")] == [EAST]
    with served(tmp_path) as (_, port):
        wait(lambda: verdicts(tmp_path) == {EAST: "accepted"})
        page = Visitor(port).get(f"{links[EAST]}/{MONTH}").text
        assert "报送 1 个文件" in page
        assert "这个月还没有报送" in Visitor(port).get(f"{links[WEST]}/{MONTH}").text
        report(port, links[WEST], contents[WEST])
        wait(lambda: verdicts(tmp_path) == {EAST: "accepted", WEST: "accepted"})


class Forgetful:
    """A maker after a restart: it knows of no run."""

    can_cancel = False

    def start(self, wish: RunWish) -> None:
        """Take it."""

    def state(self, month: Month) -> RunState | None:
        """Know nothing."""
        return None

    def cancel(self, month: Month) -> None:
        """Know nothing."""


AFTER_RESTART = [
    # a run was asked for, the month is held, its last file is newer: what is said twice in a row
    (False, False, False, [None, None]),
    (True, True, False, [(GOES_ON, False), (GOES_ON, False)]),
    (True, False, False, [(BROKEN_OFF, True), (BROKEN_OFF, True)]),
    (True, False, True, [(FINISHED, True), None]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "held", "newer", "said"), AFTER_RESTART)
def test_what_is_said_of_a_run_after_a_restart(
    tmp_path: Path, asked: bool, held: bool, newer: bool, said: list[tuple[str, bool] | None]
) -> None:
    month, made = Month.parse(MONTH), tmp_path / "manifest.json"
    if asked:
        RememberedRuns(Forgetful(), tmp_path, lambda _: held, lambda _: made).start(RunWish(month))
    if newer:
        made.touch()
        later = time.time() + 60
        os.utime(made, (later, later))
    again = RememberedRuns(Forgetful(), tmp_path, lambda _: held, lambda _: made)
    states = [again.state(month) for _ in range(2)]
    assert [(*state.lines, state.ended) if state else None for state in states] == said


@pytest.mark.parametrize("moment", ["first line", "half written"])
def test_killed_in_the_middle_of_a_run(tmp_path: Path, moment: str) -> None:
    """The page says after the restart that the run broke off; the next one makes the same bytes as one undisturbed."""
    disturbed, calm = Office(tmp_path / "a"), Office(tmp_path / "b")
    for office in (disturbed, calm):
        for name, row in LEDGERS.items():
            office.ledger(MONTH, name, [row])
    outputs = disturbed.folder / "outputs"
    with served(disturbed.folder) as (process, port):
        page = Visitor(port)
        assert page.sign_in().status_code == 200
        page.get(f"/office/{MONTH}")
        page.post(f"/office/{MONTH}/run")
        if moment == "half written":
            wait(lambda: list(outputs.glob(f".{MONTH}.*/**/*.docx")))
        else:
            wait(lambda: (disturbed.folder / "campaign" / "store" / "waiting").exists())
        kill(process)
    assert not (outputs / MONTH).exists()
    with served(disturbed.folder) as (_, port):
        page = Visitor(port)
        page.sign_in(PASSWORD)
        assert BROKEN_OFF in page.get(f"/office/{MONTH}").text
        page.post(f"/office/{MONTH}/run")
        wait(lambda: "编制完毕" in page.get(f"/office/{MONTH}").text)
        assert BROKEN_OFF not in page.last.text
    day = Desk(disturbed.folder).job(Month.parse(MONTH)).issued.isoformat()
    calm.run(MONTH, day)
    assert disturbed.digests(MONTH) == calm.digests(MONTH)
