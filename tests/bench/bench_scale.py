"""Twelve rosters as one month: how time and memory grow from 120 000 to 1 200 000 rows.

Run: python -m tests.bench.bench_scale [ROWS A ROSTER]. Goals: ten times the rows in at most eight times the time, and no
process above 800 MB (DESIGN §10 asks for eleven times, 1.5 GB). The whole run is timed: reading, checking, storing, adding up, all bulletins; each month in a process of its own.
"""

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from flows.demo.city import City, Unit, make_city
from flows.demo.people import large_roster, write_roster
from flows.demo.write import write_campaign
from flows.intake.job import open_job
from flows.intake.worker_pool import shared_workers, stage_apart
from flows.pipeline.run import run_month
from flows.steps.months import Month
from tests.bench.apart import Figure, figures, judge

MONTH, ROSTERS = Month(2022, 5), 12


def main(rows: int) -> None:
    """Print both times, their ratio, and the most memory of any process."""
    found = [_apart(size) for size in (rows // 10, rows)]
    for size, (seconds, megabytes) in zip((rows // 10, rows), found, strict=True):
        print(f"{ROSTERS} x {size:7} rows  {seconds:7.1f} s  {megabytes:6.0f} MB")
    work = f"{ROSTERS * rows} rows in {ROSTERS} rosters"
    judge(
        Figure(work, f"{ROSTERS * rows // 10} rows", [found[1][0] / found[0][0]], 8),
        Figure(f"{work}: most memory of a process", "–", [found[1][1]], 800, "MB"),
    )


def _apart(size: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), size)
        return figures("tests.bench.bench_scale", "once", folder)


def _write(folder: Path, size: int) -> None:
    """Write a city of twelve counties, each of which owes a roster of so many rows."""
    city = make_city(counties=ROSTERS, firms=60)
    units = [Unit(county, "托管中心", ("roster",)) for county in city.counties]
    write_campaign(folder / "campaign", replace(city, units=units))
    for i, county in enumerate(city.counties):
        own = City(
            city.seed,
            city.counties,
            city.firms,
            units,
            {k: v for k, v in city.retirees.items() if k[0] == county},
        )
        people = list(large_roster(own, size, MONTH, seed=i, start=i * size))
        write_roster(
            folder / "ledgers" / county / "花名册.xlsx", people, f"{MONTH.label}花名册", county
        )


def _once(folder: Path) -> None:
    shared_workers()
    begin = time.perf_counter()
    opened = open_job(
        MONTH,
        folder / "campaign",
        folder / "ledgers",
        folder / "outputs",
        MONTH.last_day,
        storing=True,
    )
    run_month(opened, stage_apart)
    seconds = time.perf_counter() - begin
    shared_workers().close()
    peak = (
        max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        / 1024
    )
    print(seconds, peak)


if __name__ == "__main__":
    if sys.argv[1:2] == ["once"]:
        _once(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
