"""From how many ledgers a cluster pays: a month of small ledgers here and on a Dask cluster of worker processes, with equal figures.

Run: python -m tests.bench.bench_cluster [LEDGERS …]. Both ways are Prefect flows on a standing server, each from an empty store. The
cluster is one on this machine, so it shows what the wire costs, not what more machines give; `--read ROWS` measures what a processor
reads and checks in a second, from which what any number of retirees needs is computed.
"""

import argparse
import hashlib
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.demo.city import City, Unit, make_city
from flows.demo.people import large_roster, write_roster
from flows.demo.write import write_campaign, write_month
from flows.serve import standing_server
from flows.steps.months import Month

MONTH, PORT, WORKERS, RETIREES = Month(2022, 5), 14397, 2, 24_000_000


def main() -> None:
    """Print a line for each size: seconds here, seconds on the cluster, whether the figures are the same."""
    words = argparse.ArgumentParser()
    words.add_argument("ledgers", type=int, nargs="*", default=[60, 300, 1000, 3000])
    words.add_argument("--read", type=int, default=100_000, metavar="ROWS")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"PREFECT_HOME": f"{name}/prefect", "PREFECT_API_URL": f"http://127.0.0.1:{PORT}/api",
                       "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}  # fmt: skip
        with standing_server("127.0.0.1", PORT):
            for count in given.ledgers:
                _compare(Path(name, str(count)), count)
        if given.read:
            _compute(Path(name, "roster"), given.read)


def _compare(folder: Path, count: int) -> None:
    from distributed import LocalCluster

    city = make_city(counties=count, firms=count)
    write_campaign(folder / "campaign", city)
    write_month(folder / "ledgers", city, 2, MONTH, with_faults=False)
    here, figures = _once(folder, "")
    with LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:  # type: ignore[no-untyped-call]  # distributed has no types
        there, others = _once(folder, cluster.scheduler_address)
    same = "equal" if figures == others else "DIFFER"
    print(
        f"{count:5} ledgers  here {here:7.1f} s  cluster {there:7.1f} s  figures {same}", flush=True
    )


def _once(folder: Path, dask: str) -> tuple[float, str]:
    from flows.intake.job import open_job
    from flows.monthly import run_flow

    for name in ("outputs", "store"):
        shutil.rmtree(folder / name, ignore_errors=True)
    begin = time.perf_counter()
    opened: Any = open_job(
        MONTH,
        folder / "campaign",
        folder / "ledgers",
        folder / "outputs",
        MONTH.last_day,
        str(folder / "store"),
        storing=True,
    )
    run_flow(opened, dask=dask)
    seconds = time.perf_counter() - begin
    return seconds, hashlib.sha256(
        (folder / "outputs" / str(MONTH) / "figures.json").read_bytes()
    ).hexdigest()


def _compute(folder: Path, rows: int) -> None:
    """Print what a processor reads and checks in a second, and what that makes for the whole country."""
    from flows.intake.job import open_job
    from flows.intake.staging import examine_to_stage

    city = make_city()
    county = city.counties[0]
    own = City(
        city.seed,
        city.counties,
        city.firms,
        (Unit(county, "县区", ("roster",)),),
        {k: v for k, v in city.retirees.items() if k[0] == county},
    )
    write_campaign(folder / "campaign", own)
    write_roster(
        folder / "ledgers" / county / "花名册.xlsx",
        list(large_roster(own, rows, MONTH, seed=1)),
        f"{MONTH.label}花名册",
        county,
    )
    job = open_job(
        MONTH,
        folder / "campaign",
        folder / "ledgers",
        folder / "outputs",
        MONTH.last_day,
        storing=True,
    ).job
    seconds, size = _examined(examine_to_stage, job)
    rate = rows / seconds
    print(f"one processor: {rate:,.0f} rows/s; {size / rows:.0f} bytes a row in the store")
    print(
        f"{RETIREES:,} retirees: {RETIREES / rate / 3600:.1f} processor hours, {RETIREES * size / rows / 2**30:.1f} GB a month"
    )


def _examined(examine: Any, job: Any) -> tuple[float, int]:
    from flows.intake.discovery import survey

    found: Sequence[Any] = survey(job.ledgers)
    examine(job, found[0])
    shutil.rmtree(Path(job.store.uri))
    begin = time.process_time()
    examine(job, found[0])
    seconds = time.process_time() - begin
    return seconds, sum(path.stat().st_size for path in Path(job.store.uri).rglob("*.parquet"))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
