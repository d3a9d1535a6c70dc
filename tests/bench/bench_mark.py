"""How long a marked copy of a large roster takes, beside writing the same package again.

Run: python -m tests.bench.bench_mark [ROWS]. Goal (issue 20): at most 3 times. Both ways in
turns; imports are not counted.
"""

import io
import resource
import sys
import tempfile
import time
import zipfile
from functools import partial
from pathlib import Path

from flows.demo.city import make_city
from flows.demo.people import large_roster, write_roster
from flows.steps.months import Month
from tests.bench.apart import Figure, figures, judge, paired, ratios, say
from tests.support.returned import copied, fault, sent

FAULTS = 5000  # as many as one rule lists
TIMES = 5
CHUNK = 1 << 20


def main(rows: int) -> None:
    """Print the two times, their ratio, and the most memory of either."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "花名册.xlsx"
        people = list(large_roster(make_city(), rows, Month(2022, 5), seed=7))
        write_roster(path, people, "2022年5月退休人员花名册", "示例区")
        marked, written = paired(
            partial(figures, "tests.bench.bench_mark", "mark", str(path)),
            partial(figures, "tests.bench.bench_mark", "write", str(path)),
            TIMES,
        )
    say(f"most memory of a marked copy {max(one[1] for one in marked):.0f} MB")
    work = f"a marked copy of {rows} rows with {FAULTS} faults"
    judge(Figure(work, "writing the package's bytes again", ratios(marked, written), 3))


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
