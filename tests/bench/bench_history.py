"""What it costs to read a month's figures from a store with a long history.

Run: python -m tests.bench.bench_history. Goal (issue 5): ≤ 0.5 s of processor time beyond imports for a month of 36 months × 400
enterprises × 11 counties.
"""

import gc
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from flows.cli import GC_THRESHOLDS
from flows.intake.job import Job
from flows.pipeline.ingest import ingest, known_history
from flows.pipeline.snapshot import load_snapshot
from flows.registered import County, Enterprise, Sender
from flows.settings import Campaign, Settings
from flows.steps.model import CheckedLedger
from flows.steps.months import Month
from flows.steps.store import Store
from tests.bench.apart import Figure, figures, judge, say
from tests.support.factories import SETTINGS, examined, found

MONTHS, COUNTIES, FIRMS = (
    36,
    [f"示例{i}县" for i in range(11)],
    [f"示例市示例{i}有限公司" for i in range(400)],
)
FIRST = Month(2020, 1)


def campaign() -> Campaign:
    """Return the campaign of a city in which every enterprise has retirees in every county."""
    return Campaign(
        settings=Settings.model_validate({**SETTINGS}), counties=tuple(County(name=name) for name in COUNTIES),
        enterprises=tuple(Enterprise(name=name, affiliation="市属") for name in FIRMS),
        senders=tuple(Sender(name=name, type="县区", owes=("progress",), county=name) for name in COUNTIES), digest="x",
    )  # fmt: skip


def fill(folder: Path) -> None:
    """Write the store month by month, as runs do."""
    for number in range(MONTHS):
        month = FIRST.shifted(number)
        rows = [
            [(county, firm, (100, number, 100, number, 20, 0, 0)) for firm in FIRMS]
            for county in COUNTIES
        ]
        job = Job(
            month, campaign(), str(folder), folder, date(2023, 1, 5), Store(str(folder)), b"key"
        )
        ingest(job, known_history(job), _ledgers(month, rows), found(*_ledgers(month, rows)))


def _ledgers(month: Month, rows: list[list[Any]]) -> list[CheckedLedger]:
    return [
        examined(county, own, file=f"{county}{month}.xlsx")
        for county, own in zip(COUNTIES, rows, strict=True)
    ]


def main() -> None:
    """Print the processor time of reading the last month's figures."""
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name))
        found = [figures("tests.bench.bench_history", name)[0] for _ in range(5)]
    work = f"a month's figures from {MONTHS} months x {len(FIRMS)} enterprises x {len(COUNTIES)} counties"
    judge(Figure(work, "–", found, 0.5, "s"))


def once(folder: Path) -> float:
    """Return the processor seconds of one look, as the command takes it."""
    gc.set_threshold(*GC_THRESHOLDS)
    begin = time.process_time()
    view = load_snapshot(Store(str(folder)), campaign(), FIRST.shifted(MONTHS - 1))
    seconds = time.process_time() - begin
    if view.figures.city.counts["agreement"] != (MONTHS - 1) * len(FIRMS) * len(COUNTIES):
        raise AssertionError(view.figures.city)
    return seconds


if __name__ == "__main__":
    if len(sys.argv) > 1:
        say(str(once(Path(sys.argv[1]))))
    else:
        main()
