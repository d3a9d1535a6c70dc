"""How long a large roster takes to check, beside what python-calamine alone takes to read it, and what its packet costs in memory.

Run: python tests/bench/bench_check.py [ROWS]. Goals (DESIGN §10, issue 4): check ≤ 0.5 × calamine, packet ≤ 1 GB.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import python_calamine

from flows.campaign import load_campaign
from flows.demo.city import City, make_city
from flows.demo.people import large_roster, write_roster
from flows.demo.write import write_campaign
from flows.job import examine
from flows.settings import Campaign
from flows.steps.check import check_alone
from flows.steps.months import Month
from flows.steps.read import read_file
from flows.steps.read.cells import written

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


def best(work: Callable[[], Any], times: int = 3) -> float:
    """Return the least of the seconds that a piece of work took."""
    return min(timed(work)[0] for _ in range(times))


def prepare(folder: Path, rows: int, share: int = SHARE) -> tuple[Path, Campaign, City]:
    """Write a campaign and a roster of so many rows; return the roster's path, the campaign and the city."""
    city = make_city()
    write_campaign(folder / "campaign", city)
    path = folder / "花名册.xlsx"
    write_roster(path, list(faulty(large_roster(city, rows, MONTH, 1), share)), "2022年5月花名册", city.counties[3])
    return path, load_campaign(folder / "campaign"), city


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        path, campaign, _ = prepare(Path(name), rows)
        calamine = best(lambda: python_calamine.load_workbook(path).get_sheet_by_index(0).to_python())
        reading_time, _ = timed(lambda: read_file(path, path.name))
        checks = []
        for _ in range(3):
            reading = read_file(path, path.name)
            seconds, examined = timed(lambda reading=reading: check_alone(reading, campaign, MONTH, ISSUED, written, KEY))
            checks.append(seconds)
        whole = best(lambda: examine(path, path.name, campaign, MONTH, ISSUED, KEY), 1)
        sys.stdout.write(
            f"{rows} rows, {len(examined[0].failures)} failures, {examined[0].rejected} rejected\n"
            f"calamine alone {calamine:.2f} s, read {reading_time:.2f} s, check {min(checks):.2f} s, read and check {whole:.2f} s\n"
            f"check / calamine {min(checks) / calamine:.2f}\n"
        )


if __name__ == "__main__":
    main()
