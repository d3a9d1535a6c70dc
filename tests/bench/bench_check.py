"""How long a large roster takes to check, beside what python-calamine alone takes to read it, and what its packet costs in memory.

Run: python tests/bench/bench_check.py [ROWS]. Goals (DESIGN §10, issue 4): check ≤ 0.5 × calamine, packet ≤ 1 GB.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import python_calamine

from flows.campaign.folder import load_campaign
from flows.demo.city import Unit, make_city
from flows.demo.people import large_roster, write_roster
from flows.demo.write import write_campaign
from flows.intake.discovery import ledger_file_at
from flows.intake.examine import examine
from flows.settings import Campaign
from flows.steps.check.alone import check_alone
from flows.steps.feedback import Sent
from flows.steps.model import Submission
from flows.steps.months import Month
from flows.steps.read.file import read_file
from flows.steps.read.formats.workbook import open_workbook
from schemas.shipped import shipped
from tests.bench.apart import Figure, judge
from tests.support.returned import packet_of

MONTH, ISSUED, KEY = Month(2022, 5), date(2022, 6, 2), b"bench"
SHARE = 100  # one row of so many has a fault


def faulty(people: Iterator[dict[str, Any]], share: int, seed: int = 4) -> Iterator[dict[str, Any]]:
    """Yield the persons, one of `share` with a fault of one of eight kinds."""
    rng = random.Random(seed)
    first: dict[str, Any] | None = None
    for i, line in enumerate(people):
        if first is None:
            first = dict(line)
        elif i % share == 0:
            _spoil(line, rng.randrange(8), first)
        yield line


def _spoil(line: dict[str, Any], kind: int, first: dict[str, Any]) -> None:
    number = line["id"]
    changes: tuple[dict[str, Any], ...] = (
        {"id": number[:-1] + ("0" if number[-1] != "0" else "1")}, {"sex": "女" if line["sex"] == "男" else "男"},
        {"id": first["id"], "sex": first["sex"]}, {"phone": "1380000"}, {"county": "某县"}, {"politics": None},
        {"agreement_date": date(2030, 1, 1)}, {"affiliation": "集体"},
    )  # fmt: skip
    line.update(changes[kind])


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a piece of work takes, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def prepare(folder: Path, rows: int, share: int = SHARE) -> tuple[Path, Campaign]:
    """Write a campaign and a roster of so many rows; return the roster's path and the campaign."""
    city = make_city()
    # of a unit with persons of every county, so no county's own
    units = [Unit(name, "托管中心", ("roster",)) for name in city.counties]
    write_campaign(folder / "campaign", replace(city, units=units))
    path = folder / "花名册.xlsx"
    write_roster(
        path,
        list(faulty(large_roster(city, rows, MONTH, 1), share)),
        "2022年5月花名册",
        city.counties[3],
    )
    return path, load_campaign(folder / "campaign")


def packet(path: Path, campaign: Campaign) -> str:
    """Make a roster's packet in this process; return what it took: seconds and the peak of its memory."""
    (ledger,) = examine(ledger_file_at(str(path), path.name), campaign, MONTH, ISSUED, KEY)
    sender = campaign.counties[3].name
    facts: dict[str, Any] = {"id": "x", "month": str(MONTH), "content": "x", "file": path.name, "sha256": ledger.sha256, "kind": ledger.kind, "sender": sender,
             "likely": sender, "verdict": "partly", "read": ledger.read, "rejected": ledger.rejected, "context": "", "base": (), "issued": ISSUED,
             "run": 1, "first_run": 1, "recorded_at": datetime(2022, 6, 2, tzinfo=UTC),
             "tables": json.dumps([asdict(table) for table in ledger.tables])}  # fmt: skip
    data = path.read_bytes()
    sent = Sent(
        path.name,
        data,
        [Submission(**facts)],
        ledger.failures,
        None,
        lambda: getattr(open_workbook(data, path.stem), "grids", ()),
    )
    seconds, made = timed(lambda: packet_of(sender, [sent], campaign, MONTH, ISSUED))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = "、".join(f"{name} {len(content) / 1e6:.2f} MB" for name, content in made.files)
    return f"packet {seconds:.2f} s, peak of the process with reading and checking {peak:.0f} MB: {sizes}"


def check(path: Path, campaign: Campaign, rows: int) -> str:
    """Judge how long a roster takes to check beside what calamine alone takes to read it."""
    seconds, calamine = [], []
    for _ in range(5):
        read = timed(lambda: python_calamine.load_workbook(path).get_sheet_by_index(0).to_python())
        calamine.append(read[0])
        reading = read_file(path, path.name, shipped())
        took, examined = timed(partial(check_alone, reading, campaign, MONTH, ISSUED, KEY))
        seconds.append(took)
    pairs = [a / b for a, b in zip(seconds, calamine, strict=True)]
    judge(Figure(f"check a roster of {rows} rows, 1 % faulty", "calamine alone", pairs, 0.5))
    return f"{rows} rows, {len(examined[0].failures)} failures, {examined[0].rejected} rejected"


def main() -> None:
    """Print the figures; the packet is made in a process of its own."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        path, campaign = prepare(Path(name), rows)
        sys.stdout.write(check(path, campaign, rows) + "\n")
        sys.stdout.flush()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            sys.stdout.write(pool.submit(packet, path, campaign).result() + "\n")


if __name__ == "__main__":
    main()
