"""How long a large roster takes from the file to the store, beside what python-calamine alone takes to read it.

Run: python -m tests.bench.bench_store [ROWS]. Goal: ≤ 1.2 × calamine (DESIGN §10 asks for 2). As in a run: the file is
examined in a worker process and judged and stored in the main one; the worker is there already.
"""

import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from python_calamine import CalamineWorkbook

from flows.demo.city import Unit, make_city
from flows.demo.people import large_roster, write_roster
from flows.demo.write import write_campaign
from flows.intake.discovery import survey
from flows.intake.job import open_job
from flows.intake.staging import load_staged
from flows.intake.worker_pool import shared_workers, stage_apart
from flows.pipeline.ingest import ingest, known_history
from flows.steps.months import Month
from tests.bench.apart import Figure, figures, judge, paired, ratios, say

MONTH, TIMES = Month(2022, 5), 5


def main(rows: int) -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder, city = Path(name), make_city()
        # rosters with persons of every county, so no county's own
        units = [Unit(name, "托管中心", ("roster",)) for name in city.counties]
        city = replace(city, units=units)
        write_campaign(folder / "campaign", city)
        write_roster(
            folder / "ledgers" / "花名册.xlsx",
            list(large_roster(city, rows, MONTH, 7)),
            "2022年5月花名册",
            city.counties[3],
        )
        stored, calamine = paired(
            partial(figures, "tests.bench.bench_store", "stored", name),
            partial(figures, "tests.bench.bench_store", "calamine", name),
            TIMES,
        )
    work = f"read, check and store a roster of {rows} rows"
    judge(Figure(work, "calamine alone", ratios(stored, calamine), 1.2))


def once(way: str, folder: Path) -> float:
    """Return the seconds that one way takes."""
    if way == "calamine":
        begin = time.perf_counter()
        CalamineWorkbook.from_path(folder / "ledgers" / "花名册.xlsx").get_sheet_by_index(
            0
        ).to_python()
        return time.perf_counter() - begin
    shared_workers().call(len, "")  # the worker process is there
    with tempfile.TemporaryDirectory() as store:
        job = open_job(
            MONTH,
            folder / "campaign",
            folder / "ledgers",
            folder,
            MONTH.last_day,
            store,
            storing=True,
        ).job
        files = survey(job.ledgers)
        begin = time.perf_counter()
        names = list(stage_apart(job, files))
        added = ingest(job, known_history(job), load_staged(job.store, names), files).added
        seconds = time.perf_counter() - begin
    if [s.verdict for s in added] != ["accepted"]:
        raise AssertionError(added)
    return seconds


if __name__ == "__main__":
    if len(sys.argv) > 2:
        say(str(once(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
