"""What the page costs: the verdict on a ledger of 60 rows, and many senders at the same moment.

Run: python -m tests.bench.bench_page [UPLOADS]. The page is served by a process of its own, for the
demo's city. A warm upload of 60 rows with faults is set beside the check itself: what `bulletin
check` calls, everything loaded, in this process. Then each of UPLOADS senders sends its own ledger
at the same moment, waits for the verdict and reports it. Goals (issues 19 and 20): a warm verdict
within 1 s and at most 1.3 x the check; of 200 uploads on two processors the slowest within 30 s.
"""

import http.client
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flows.demo.books import PLAIN, Sheet, write_xlsx
from flows.desk.links import Links
from flows.desk.working import DESK, Desk
from flows.intake.examine import examine
from flows.pipeline.check import check, files_to_check
from flows.settings import Campaign
from flows.steps.months import Month
from tests.bench.apart import ROOT, Figure, judge, say
from tests.support.page_server import started
from tests.support.retirees import COUNTS

MONTH, ROWS, TIMES = Month(2022, 5), 60, 9
NAME = "台账.xlsx"
LIMIT = 600.0  # seconds for an answer
_BORDER = "----bench"


def ledger(campaign: Campaign, sender: str, seed: int) -> bytes:
    """Return a county's ledger of 60 rows, one of seven with more agreements than retirees."""
    draw = random.Random(seed)
    lines = []
    for number, firm in enumerate(campaign.enterprises[:ROWS]):
        total = draw.randrange(50, 900)
        done = total + 20 if number % 7 == 0 else total * 8 // 10
        counts = [total, done, total, total * 7 // 10, total // 10, total // 12, total * 6 // 10]
        facts = {"county": sender, "enterprise": firm.name, "affiliation": firm.affiliation}
        lines.append({**facts, **dict(zip(COUNTS, counts, strict=True))})
    above = [[f"填报单位：{sender}", None, None, f"统计月份：{MONTH.label}"]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        write_xlsx(path, [Sheet("progress", "", PLAIN, lines, [*PLAIN], above, name="进度")])
        return path.read_bytes()


class Visitor:
    """A sender's browser at the page of a server."""

    def __init__(self, port: int, link: str) -> None:
        self._port, self._base = port, f"/s/{link}/{MONTH}"
        page = self._ask("GET", self._base)
        self._csrf = page.split('name="csrf" value="')[1].split('"')[0]

    def verdict(self, content: bytes) -> tuple[float, str]:
        """Return the seconds until the verdict on a ledger is shown, and the page's address."""
        begin = time.perf_counter()
        place = self._send(f"{self._base}/upload", content)
        page = self._ask("GET", place)
        seconds = time.perf_counter() - begin
        assert "不能大于" in page, page[-500:]
        return seconds, place

    def report(self, place: str) -> None:
        """Report what was checked."""
        body = f"csrf={quote(self._csrf)}".encode()
        self._ask("POST", f"{place}/send", body, "application/x-www-form-urlencoded")

    def _send(self, path: str, content: bytes) -> str:
        head = f'--{_BORDER}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self._csrf}\r\n'
        file = f'--{_BORDER}\r\nContent-Disposition: form-data; name="files"; filename="{NAME}"\r\n\r\n'
        body = head.encode() + file.encode() + content + f"\r\n--{_BORDER}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={_BORDER}")

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "text/plain") -> str:
        """Return the page, or where an answer leads to."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LIMIT)
        connection.request(method, path, body, {"Content-Type": kind} if body else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status in (200, 303), text
        return answer.headers["location"] or text


def processor_seconds(root: int) -> float:
    """Return what a process and those below it have used of the processors so far."""
    spent, parents = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
                spent[int(entry.name)] = sum(map(int, fields[11:15])) / 100  # ended children too
    return sum(s for process, s in spent.items() if _is_below(process, root, parents))


def _is_below(process: int, root: int, parents: dict[int, int]) -> bool:
    while process != root and process in parents:
        process = parents[process]
    return process == root


def the_check(desk: Desk, folder: Path) -> list[float]:
    """Return the seconds of checking a file again and again in this process."""
    job = replace(desk.job(MONTH), outputs=folder / "checked")
    seconds = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        files = files_to_check(job, [str(folder / NAME)])
        (ledgers,) = [examine(f, job.campaign, job.month, job.issued, job.key) for f in files]
        checked = check(job, ledgers, files)
        seconds.append(time.perf_counter() - begin)
        assert not checked.clean
    return seconds[2:]


def side_by_side(visitors: Sequence[Visitor], ledgers: Sequence[bytes]) -> list[float]:
    """Return how long each of many senders waited for its verdict; each reports its ledger."""
    waits: list[float] = []

    def report(visitor: Visitor, content: bytes) -> None:
        seconds, place = visitor.verdict(content)
        visitor.report(place)
        waits.append(seconds)

    threads = [
        threading.Thread(target=report, args=pair) for pair in zip(visitors, ledgers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def main(uploads: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "city")
        demo = [sys.executable, "-m", "flows.cli", "demo", str(folder), "--without-prefect"]
        subprocess.run(demo, check=True, capture_output=True, cwd=ROOT)
        desk = Desk(folder)
        campaign = desk.campaign()
        counties = [county.name for county in campaign.counties]
        links = {county: Links(folder / DESK).make(county) for county in counties}
        server, port = started(folder)
        try:
            _one(desk, Path(name), Visitor(port, links[counties[0]]), server.pid)
            _many(desk, counties, links, port, server.pid, uploads)
        finally:
            server.terminate()
            server.wait()


def _one(desk: Desk, folder: Path, visitor: Visitor, server: int) -> None:
    content = ledger(desk.campaign(), desk.campaign().counties[0].name, 1)
    (folder / NAME).write_bytes(content)
    first = visitor.verdict(content)[0]
    visitor.verdict(content)
    before = processor_seconds(server)
    page = [visitor.verdict(content)[0] for _ in range(TIMES)]
    spent = (processor_seconds(server) - before) / TIMES
    alone = the_check(desk, folder)
    say(f"the first verdict {first:.2f} s; a warm one takes {spent:.3f} s of processor time")
    pairs = [seconds / median(alone) for seconds in page]
    judge(
        Figure(f"the page's verdict on {ROWS} rows, warm", "–", page, 1, "s"),
        Figure("the same", "the check itself", pairs, 1.3),
    )


def _many(
    desk: Desk, counties: Sequence[str], links: dict[str, str], port: int, server: int, uploads: int
) -> None:
    senders = [counties[number % len(counties)] for number in range(uploads)]
    ledgers = [ledger(desk.campaign(), sender, number) for number, sender in enumerate(senders)]
    visitors = [Visitor(port, links[sender]) for sender in senders]
    before, begin = processor_seconds(server), time.perf_counter()
    waits = side_by_side(visitors, ledgers)
    took = time.perf_counter() - begin
    spent = processor_seconds(server) - before
    month = desk.ledgers / str(MONTH)
    present = {path.read_bytes() for path in month.rglob("*") if path.is_file()}
    assert all(content in present for content in ledgers)
    say(f"all reported after {took:.1f} s, {spent:.0f} s of processor time")
    judge(Figure(f"{uploads} uploads at the same moment, the slowest", "–", [max(waits)], 30, "s"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
