"""How long a marked copy of a large roster takes, beside writing the same package again.

Run: python -m tests.bench.bench_mark [ROWS]. Goal (issue 20): at most 3 times. Each time is the
best of three processes; imports are not counted.
"""

import io
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from flows.demo.city import make_city
from flows.demo.people import large_roster, write_roster
from flows.steps.months import Month
from tests.bench.apart import least
from tests.support.returned import copied, fault, sent

FAULTS = 5000  # as many as one rule lists
CHUNK = 1 << 20


def main(rows: int) -> None:
    """Print the two times, their ratio, and the most memory of either."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "花名册.xlsx"
        people = list(large_roster(make_city(), rows, Month(2022, 5), seed=7))
        write_roster(path, people, "2022年5月退休人员花名册", "示例区")
        measured = {
            way: least("tests.bench.bench_mark", way, str(path)) for way in ("write", "mark")
        }
    for way, (seconds, megabytes) in measured.items():
        print(f"{way:10}{seconds:8.2f} s {megabytes:8.0f} MB")
    ratio = measured["mark"][0] / measured["write"][0]
    print(f"mark / write = {ratio:.2f} ({rows} rows, {FAULTS} faults)")


def _written_again(data: bytes) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            with source.open(name) as old, target.open(name, "w") as new:
                while chunk := old.read(CHUNK):
                    new.write(chunk)


def _once(way: str, path: Path) -> None:
    data = path.read_bytes()
    rows = range(4, 4 + FAULTS * 4, 4)
    faults = [fault("id-invalid", f"C{row}", "花名册", value=str(row)) for row in rows]
    begin = time.perf_counter()
    if way == "write":
        _written_again(data)
    else:
        copied(sent(data, faults, ledger={"kind": "roster"}))
    seconds = time.perf_counter() - begin
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _once(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
