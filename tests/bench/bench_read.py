"""How long a large roster takes to read, normalise and type, beside what python-calamine alone takes, and how much memory.

Run: python -m tests.bench.bench_read [ROWS]. Goals: ≤ 0.55 × calamine, ≤ 800 MB (DESIGN §10 asks for 1.6 ×). Both ways
in turns; a process reads the file once, imports are not counted.
"""

import resource
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

from python_calamine import CalamineWorkbook

from flows.demo.city import make_city
from flows.demo.people import large_roster, write_roster
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.bench.apart import Figure, figures, judge, paired, ratios, say

TIMES = 5


def main(rows: int) -> None:
    """Print the two times, their ratio, and the most memory of either."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "花名册.xlsx"
        write_roster(
            path,
            list(large_roster(make_city(), rows, Month(2022, 5), seed=7)),
            "2022年5月退休人员花名册",
            "示例区",
        )
        ours, calamine = paired(
            partial(figures, "tests.bench.bench_read", "read", str(path)),
            partial(figures, "tests.bench.bench_read", "calamine", str(path)),
            TIMES,
        )
    for way, found in (("calamine", calamine), ("read", ours)):
        seconds, megabytes = (median(column) for column in zip(*found, strict=True))
        say(f"{way:10}{seconds:8.2f} s {megabytes:8.0f} MB")
    work = f"read a roster of {rows} rows"
    judge(
        Figure(work, "calamine alone", ratios(ours, calamine), 0.55),
        Figure(f"{work}: memory", "–", [max(one[1] for one in ours)], 800, "MB"),
    )


def _once(way: str, path: Path) -> None:
    definition = shipped()
    begin = time.perf_counter()
    if way == "calamine":
        CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    else:
        read_file(path, path.name, definition)
    seconds = time.perf_counter() - begin
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _once(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
