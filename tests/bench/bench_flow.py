"""What Prefect costs a month: the monthly flow on a running server beside the same functions called one after another.

Run: python -m tests.bench.bench_flow [COUNTIES]. Goals: median at most 1.15 times, the worst of eight 1.3 (DESIGN §10 asks for 1.3). The server stands already, as in an office; both
ways start from an empty store in a process that has loaded everything. They are timed alternately, some months in a row, so that what
the server puts off counts with the flow; before each row the server comes to rest, so that it does not count with the functions.
"""

import gc
import os
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from flows.cli import GC_THRESHOLDS
from flows.demo.city import make_city
from flows.demo.write import write_campaign, write_month
from flows.serve import standing_server
from flows.steps.months import Month
from tests.bench.apart import Figure, judge

MONTH, PORT = Month(2022, 5), 4293
ROWS, IN_A_ROW, REST = 8, 3, 2.0  # rows of each way, months in a row, seconds before each


def main(counties: int) -> None:
    """Print both times and their ratio for a month of so many counties."""
    gc.set_threshold(*GC_THRESHOLDS)  # as the command does
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
        }
        city = make_city(counties=counties, firms=max(60, 2 * counties))
        write_campaign(folder / "campaign", city)
        write_month(folder / "ledgers" / str(MONTH), city, 2, MONTH)
        with standing_server("127.0.0.1", PORT):
            _compare(folder)


def _compare(folder: Path) -> None:
    ways = {"without Prefect": False, "on a server": True}
    for way in ways.values():
        _once(folder, with_prefect=way)  # the first time loads libraries and starts processes
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROWS):
        for name, way in ways.items():
            time.sleep(REST)
            found[name].append(
                sum(_once(folder, with_prefect=way) for _ in range(IN_A_ROW)) / IN_A_ROW
            )
    for name, seconds in found.items():
        print(
            f"{name:16} {min(seconds):6.2f} s a month  (of {', '.join(f'{s:.2f}' for s in seconds)})"
        )
    plain, served = found.values()
    pairs = [b / a for a, b in zip(plain, served, strict=True)]
    judge(
        Figure("the monthly flow on a running server", "the functions", pairs, 1.15),
        Figure("the same, the worst of eight", "the functions", [max(pairs)], 1.3),
    )


def _once(folder: Path, *, with_prefect: bool) -> float:
    from flows.intake.job import open_job
    from flows.intake.worker_pool import stage_apart
    from flows.monthly import run_flow
    from flows.pipeline.run import run_month

    for name in ("outputs", "store"):
        shutil.rmtree(folder / name, ignore_errors=True)
    begin = time.perf_counter()
    opened: Any = open_job(MONTH, folder / "campaign", folder / "ledgers" / str(MONTH), folder / "outputs", MONTH.last_day, str(folder / "store"),
                           storing=True)  # fmt: skip
    if with_prefect:
        run_flow(opened)
    else:
        run_month(opened, stage_apart)
    return time.perf_counter() - begin


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
