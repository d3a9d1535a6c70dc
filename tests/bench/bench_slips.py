"""How many slips are held before they count, and how often a clean ledger is asked anything.

Run: python -m tests.bench.bench_slips [SLIPS]. Made-up city, three months; every ledger is a
workbook that is read, checked and judged as in a run. Goals: of 200 slips at least 95 % are held,
none that counts moves a city total by more than 1 %; of 200 clean ledgers at most 5 % are asked.
"""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from flows.intake.discovery import ledger_file_at
from flows.intake.examine import examine
from flows.intake.job import OpenedJob, open_job
from flows.pipeline.ingest import judge_batch, known_history
from flows.steps.model import SubmissionHistory, Verdict
from flows.steps.months import Month
from schemas.columns import COUNTS
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from tests.support import slips
from tests.support.working import SETTINGS, Office

MONTHS = ("2022-04", "2022-05", "2022-06")
CITIES = 25  # of eight counties each
COUNTED: tuple[Verdict, ...] = ("accepted", "partly")


def office_in(folder: Path) -> Office:
    """Return a working folder whose register has every county and enterprise of the city."""
    firms = [[f"示例{number:02}厂", "", "县属", ""] for number in range(slips.ENTERPRISES)]
    registered = {
        COUNTIES: [[name, f"9901{i:02}", ""] for i, name in enumerate(slips.COUNTIES)],
        ENTERPRISES: firms,
        SENDERS: [[name, "县区", "", "", "进度台账"] for name in slips.COUNTIES],
    }
    return Office(folder, SETTINGS, registered)


def put(office: Office, month: str, county: str, rows: slips.Rows, name: str) -> Path:
    """Return the path of a county's ledger, written into the month's folder."""
    lines = [(firm, [row[count] for count in COUNTS]) for (_, firm), row in rows.items()]
    return office.ledger(month, county, lines, name)


def verdict(opened: OpenedJob, history: SubmissionHistory, path: Path, county: str) -> Verdict:
    """Return the verdict of a ledger among what the store holds; nothing is stored."""
    job = opened.job
    file = ledger_file_at(str(path), f"{county}/{path.name}")
    checked = examine(file, job.campaign, job.month, job.issued, job.key)
    (submission,) = judge_batch(job, checked, history, [file]).submissions
    return submission.verdict


def city(seed: int, wanted: int, results: Counter[str], clean: Counter[str]) -> float:
    """Return the largest share of a city total by which a slip that counts moves it."""
    draw = random.Random(seed)
    rows = [slips.first_month(draw)]
    rows += [slips.next_month(draw, rows[0])]
    rows += [slips.next_month(draw, rows[1])]
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        office = office_in(Path(folder))
        for month, of_month in zip(MONTHS[:2], rows[:2], strict=True):
            for county in slips.COUNTIES:
                put(office, month, county, slips.county_rows(of_month, county), "台账.xlsx")
            office.run(month)
        opened = open_job(Month.parse(MONTHS[2]), office.folder / "campaign", None, None)
        history = known_history(opened.job)
        for county in slips.COUNTIES:
            path = put(office, MONTHS[2], county, slips.county_rows(rows[2], county), "好.xlsx")
            clean[verdict(opened, history, path, county)] += 1
        totals = slips.totals(rows[2])
        for number in range(wanted):
            name = list(slips.SLIPS)[number % len(slips.SLIPS)]
            slip = slips.slipped(draw, rows[2], name)
            path = put(office, MONTHS[2], slip.county, slip.sent, f"错{number}.xlsx")
            counts = verdict(opened, history, path, slip.county) in COUNTED
            results[f"{name} {'counted' if counts else 'held'}"] += 1
            worst = max(worst, slip.moves(totals) if counts else 0.0)
    return worst


def main() -> None:
    """Print the figures of the goals."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    results, clean = Counter[str](), Counter[str]()
    worst = max(city(seed, wanted // CITIES, results, clean) for seed in range(CITIES))
    for name in slips.SLIPS:
        print(f"{name:6} held {results[f'{name} held']:4}, counted {results[f'{name} counted']:3}")
    held = sum(count for name, count in results.items() if name.endswith("held"))
    total, asked = results.total(), clean.total() - clean["accepted"]
    print(f"{held} of {total} slips held (goal: 95 %)")
    print(f"largest move of a city total by one that counts: {worst:.2%} (goal: at most 1 %)")
    print(f"{asked} of {clean.total()} clean ledgers asked (goal: at most 5 %)")


if __name__ == "__main__":
    main()
