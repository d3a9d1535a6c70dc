"""How long a large roster takes to read and check, beside other libraries that make eight common checks of it.

Run: python -m tests.bench.bench_peers PYTHON [ROWS], with the interpreter of an environment that has them (`make bench-peers` makes one).
Goals (DESIGN §10). Ours makes all its checks, the eight among them, and keeps each fault's cell, value and sentence; theirs the eight
only. A process each, the best of three, and after a small file, so that
imports do not count.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from flows.campaign import load_campaign
from flows.steps.check.alone import check_alone
from flows.steps.months import Month
from flows.steps.read.cells import written
from flows.steps.read.file import read_file
from tests.bench.apart import least, say
from tests.bench.bench_check import prepare

GOALS = {"pointblank": 1.0, "pandera": 2.0, "great_expectations": 3.5, "openpyxl": 5.0, "frictionless": 7.0}


def main(python: str, rows: int) -> None:
    """Print each library's time and how many times ours it is."""
    with tempfile.TemporaryDirectory() as name:
        path, _ = prepare(Path(name), rows)
        small, _ = prepare(Path(name, "small"), 50)
        calamine = least("tests.bench.peers", "calamine", str(path), str(small), python=python)[0]
        ours, found = least("tests.bench.bench_peers", "once", name)
        say(
            f"calamine alone {calamine:.2f} s; read and checked here {ours:.2f} s = {ours / calamine:.2f} x ({rows} rows, {found:.0f} faults)"
        )
        for peer, goal in GOALS.items():
            seconds, failures = least("tests.bench.peers", peer, str(path), str(small), python=python, times=3 if goal < 4 else 1)
            say(
                f"{peer:20}{seconds:7.2f} s  {seconds / calamine:5.1f} x calamine  {seconds / ours:5.1f} x ours (goal: {goal}), {failures:.0f} faults"
            )


def once(folder: Path) -> tuple[float, int]:
    """Return the seconds that reading and checking takes here, and the faults found."""
    campaign = load_campaign(folder / "campaign")
    for path in (folder / "small" / "花名册.xlsx", folder / "花名册.xlsx"):
        begin = time.perf_counter()
        (examined,) = check_alone(read_file(path, path.name), campaign, Month(2022, 5), date(2022, 6, 2), written, b"bench")
    return time.perf_counter() - begin, len(examined.failures)


if __name__ == "__main__":
    if sys.argv[1] == "once":
        say(" ".join(map(str, once(Path(sys.argv[2])))))
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
