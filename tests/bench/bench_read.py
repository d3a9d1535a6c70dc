"""How long a large roster takes to read, normalise and type, beside what python-calamine alone takes, and how much memory.

Run: python -m tests.bench.bench_read [ROWS]. Goals (DESIGN §10, issue 3): ≤ 1.6 × calamine (in reach: 0.8 ×), ≤ 800 MB. Each time is the best
of three processes; a process reads the file once, imports are not counted.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from python_calamine import CalamineWorkbook

from flows.demo.city import make_city
from flows.demo.people import large_roster, write_roster
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.bench.apart import least


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
        found = {
            way: least("tests.bench.bench_read", way, str(path)) for way in ("calamine", "read")
        }
    for way, (seconds, megabytes) in found.items():
        print(f"{way:10}{seconds:8.2f} s {megabytes:8.0f} MB")
    print(f"read / calamine = {found['read'][0] / found['calamine'][0]:.2f} ({rows} rows)")


def _once(way: str, path: Path) -> None:
    begin = time.perf_counter()
    if way == "calamine":
        CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    else:
        read_file(path, path.name, shipped())
    seconds = time.perf_counter() - begin
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _once(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
