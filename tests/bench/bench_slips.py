"""How many slips are held before they count, and how often a clean ledger is asked anything.

Run: python -m tests.bench.bench_slips [SLIPS]. Made-up cities, three months; every ledger is a
workbook that is read, checked and judged as in a run. Slips are seeded into the second and third
month; goals: of 200 at least 95 % are held, none that counts moves a city total by more than 1 %;
of the clean ledgers at most 5 % are asked. As many slips in a first month, which only 名录's
摸底人数 (5 % from the truth) can tell, are counted apart.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.intake.discovery import LedgerFile, ledger_file_at
from flows.intake.examine import examine
from flows.intake.job import OpenedJob, open_job
from flows.pipeline.decisions import accept
from flows.pipeline.ingest import ingest, judge_batch, known_history
from flows.steps.model import CheckedLedger, SubmissionHistory, Verdict
from flows.steps.months import Month
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from tests.support import slips
from tests.support.retirees import COUNTS
from tests.support.working import SETTINGS, Office

MONTHS = ("2022-04", "2022-05", "2022-06")
CITIES = 25  # of eight counties each
COUNTED: tuple[Verdict, ...] = ("accepted", "partly")


@dataclass
class Tally:
    """What became of slips, by kind and outcome, and of clean ledgers; the worst that counted."""

    outcomes: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)
    worst: float = 0.0

    def add(self, slip: slips.Slip, city: Mapping[str, int], *, counts: bool) -> None:
        """Count a slip."""
        self.outcomes[f"{slip.name} {'counted' if counts else 'held'}"] += 1
        self.worst = max(self.worst, slip.moves(city) if counts else 0.0)

    def say(self, title: str) -> None:
        """Print what became of them."""
        print(title)
        for name in slips.SLIPS:
            held, counted = self.outcomes[f"{name} held"], self.outcomes[f"{name} counted"]
            print(f"  {name:6} held {held:4}, counted {counted:3}")
        held = sum(count for name, count in self.outcomes.items() if name.endswith("held"))
        asked = self.clean.total() - self.clean["accepted"]
        print(f"  {held} of {self.outcomes.total()} slips held (goal: 95 %)")
        print(f"  largest move of a city total by one that counts: {self.worst:.2%} (goal: 1 %)")
        print(f"  {asked} of {self.clean.total()} clean ledgers asked (goal: at most 5 %)")


def office_in(folder: Path, draw: random.Random, first: slips.Rows) -> Office:
    """Return a working folder whose register has every county and enterprise, with 摸底人数."""

    def surveyed(place: int, name: str) -> str:
        people = sum(row["retirees"] for key, row in first.items() if key[place] == name)
        return str(round(people * draw.uniform(0.95, 1.05)))

    names = [f"示例{number:02}厂" for number in range(slips.ENTERPRISES)]
    registered = {
        COUNTIES: [
            [name, f"9901{i:02}", "", surveyed(0, name)] for i, name in enumerate(slips.COUNTIES)
        ],
        ENTERPRISES: [[name, "", "县属", "", surveyed(1, name)] for name in names],
        SENDERS: [[name, "县区", "", "", "进度台账"] for name in slips.COUNTIES],
    }
    return Office(folder, SETTINGS, registered)


def put(office: Office, month: str, county: str, rows: slips.Rows, name: str) -> Path:
    """Return the path of a county's ledger, written into the month's folder."""
    lines = [(firm, [row[count] for count in COUNTS]) for (_, firm), row in rows.items()]
    return office.ledger(month, county, lines, name)


def checked(opened: OpenedJob, path: Path, county: str) -> tuple[LedgerFile, list[CheckedLedger]]:
    """Return a county's file as a run finds it, and what is in it, checked alone."""
    job, file = opened.job, ledger_file_at(str(path), f"{county}/{path.name}")
    return file, list(examine(file, job.campaign, job.month, job.issued, job.key))


def verdict(opened: OpenedJob, history: SubmissionHistory, path: Path, county: str) -> Verdict:
    """Return the verdict of a ledger among what the store holds; nothing is stored or left."""
    file, ledgers = checked(opened, path, county)
    (submission,) = judge_batch(opened.job, ledgers, history, [file]).submissions
    path.unlink()
    return submission.verdict


def city(seed: int, wanted: int, first: Tally, later: Tally) -> None:
    """Judge a city's ledgers month by month: the clean ones, and the slips of the month."""
    draw = random.Random(seed)
    rows = [slips.first_month(draw)]
    rows += [slips.next_month(draw, rows[0])]
    rows += [slips.next_month(draw, rows[1])]
    with tempfile.TemporaryDirectory() as folder:
        office = office_in(Path(folder), draw, rows[0])
        for index, (month, of_month) in enumerate(zip(MONTHS, rows, strict=True)):
            of_later = [n for n in range(wanted) if (n + seed) % 2 == index - 1]
            numbers = of_later if index else range(wanted)
            judge_month(office, month, of_month, draw, numbers, later if index else first)
            if month != MONTHS[-1]:
                take_in(office, month, of_month)


def opened_month(office: Office, month: str) -> OpenedJob:
    """Return a month of an office, ready to be judged or stored."""
    return open_job(Month.parse(month), office.folder / "campaign", None, None, storing=True)


def take_in(office: Office, month: str, rows: slips.Rows) -> None:
    """Store a month's clean ledgers as a run does, without its documents; all of them count."""
    opened = opened_month(office, month)
    found = [
        checked(
            opened, put(office, month, county, slips.county_rows(rows, county), "台.xlsx"), county
        )
        for county in slips.COUNTIES
    ]
    files, ledgers = [file for file, _ in found], [one for _, each in found for one in each]
    ingested = ingest(opened.job, known_history(opened.job), ledgers, files)
    job, asked = opened.job, {s.sender for s in ingested.added if not s.counts}
    for county in sorted(filter(None, asked)):
        accept(job, county, "属实")
    if asked:
        ingest(job, known_history(job), ledgers, files)


def judge_month(
    office: Office,
    month: str,
    rows: slips.Rows,
    draw: random.Random,
    numbers: Iterable[int],
    tally: Tally,
) -> None:
    """Judge each clean ledger of a month, and each slip, as the first that comes in."""
    opened = opened_month(office, month)
    history = known_history(opened.job)
    for county in slips.COUNTIES:
        path = put(office, month, county, slips.county_rows(rows, county), "好.xlsx")
        tally.clean[verdict(opened, history, path, county)] += 1
    totals = slips.totals(rows)
    for number in numbers:
        slip = slips.slipped(draw, rows, list(slips.SLIPS)[number % len(slips.SLIPS)])
        path = put(office, month, slip.county, slip.sent, f"错{number}.xlsx")
        counts = verdict(opened, history, path, slip.county) in COUNTED
        tally.add(slip, totals, counts=counts)


def main() -> None:
    """Print the figures of the goals."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    first, later = Tally(), Tally()
    for seed in range(CITIES):
        city(seed, wanted // CITIES, first, later)
    later.say("Second and third month, against the month before:")
    first.say("First month, against 摸底人数 (no goal):")


if __name__ == "__main__":
    main()
