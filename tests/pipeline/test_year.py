"""A golden year: twelve months day by day, with each light, reminder, item of supervision and document.

`BULLETIN_GOLDEN=write pytest tests/pipeline/test_year.py` writes what is to be reviewed.
"""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.intake.job import open_job, open_store
from flows.mail.reminders import reminders
from flows.reminding import report_on
from flows.steps.assessment import decimal, scores
from flows.steps.model import Report, items_of
from flows.steps.months import Month
from flows.steps.standings import roll_call
from flows.steps.store import load_supervision
from flows.steps.supervision import lines_of, lives, summary
from flows.steps.targets import LIGHT_NAMES, standings_of
from flows.steps.wording.numbers import percent
from schemas.documents import FILE, FOLDER, HEADER
from tests.support.paths import ROOT
from tests.support.wordfiles import document
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    SETTINGS,
    SOUTH,
    UNASKED,
    WEST,
    Office,
    bulletin,
)

GOLDEN = ROOT / "tests" / "golden" / "全年.txt"
YEAR = [Month(2022, number) for number in range(1, 13)]
REMINDING = (
    "[policy.reminders]\nbefore = 3\nafter = 1\n[policy.supervision]\nmonths = 2\ndays = 15\n"
)
ASSESSED = '[assessment]\nweights = { "协议签订率" = 100 }\nlate = 2\nreturned = 1\n'
OWN = "督促函,函.docx,各县,红灯,{月份}督促函（{名称}）\n提示函,函.docx,各县,黄灯,{月份}提示函（{名称}）\n"
FIRM = {EAST: (CHEMICALS, 1000), WEST: (MACHINES, 500), SOUTH: (CEMENT, 200)}

# Agreements signed in each month: 东浥区 lags, is supervised and catches up; 西浥区 stays above the
# line; 南沚县's numbers are None where no ledger comes.
SIGNED: Mapping[str, Sequence[int | None]] = {
    EAST: (50, 100, 200, 530, 700, 840, 1000, 1000, 1000, 1000, 1000, 1000),
    WEST: (60, 125, 200, 280, 350, 425, 500, 500, 500, 500, 500, 500),
    SOUTH: (None, 50, 80, 110, 140, 160, 180, 185, None, 195, 200, 200),
}
# Days of the next month on which ledgers come: the 3rd unless said otherwise; a wrong one goes back.
LATE = {(2, SOUTH): 8, (6, WEST): 7}
WRONG = {(2, SOUTH): 3}
# What the office does with the items, by day.
STEPS = {
    date(2022, 3, 4): "2022-02 issue",
    date(2022, 3, 20): "2022-02 reply 1 --reason 已排出计划",
    date(2022, 4, 4): "2022-03 extend 1 --until 2022-05-10 --reason 正在改制",
    date(2022, 6, 4): "2022-05 close",
    date(2022, 10, 4): "2022-09 issue",
    date(2022, 12, 4): "2022-11 close",
}


def counts_of(sender: str, signed: int) -> tuple[int, ...]:
    """Return the counts of a ledger in which all but the agreements are done."""
    size = FIRM[sender][1]
    return (size, signed, size, size, 10, 10, size)


def comes(office: Office, month: Month, day: int) -> bool:
    """Put the ledgers of a day of the next month into the folder; return whether there are any."""
    came = False
    for sender, numbers in SIGNED.items():
        signed, due = numbers[month.month - 1], LATE.get((month.month, sender), 3)
        wrong = WRONG.get((month.month, sender)) == day
        if signed is None or not (wrong or due == day):
            continue
        office.ledger(
            str(month),
            sender,
            [(FIRM[sender][0], counts_of(sender, signed * 10 if wrong else signed))],
        )
        came = True
    return came


def days_after(month: Month) -> list[date]:
    """Return the days of the next month."""
    following = month.shifted(1)
    return [following.first_day.replace(day=n) for n in range(1, following.last_day.day + 1)]


def year(office: Office) -> Iterator[str]:
    """Yield what each day of the year brings, a line each; days with nothing are left out."""
    sent: set[str] = set()
    for month in YEAR:
        yield f"{month.label}台账"
        folder = office.folder
        report = report_on(open_job(month, folder / "campaign", None, folder / "outputs").job)
        for day in days_after(month):
            report = replace(report, issued=day)
            lines = list(remind(report, sent))
            if comes(office, month, day.day):
                outcome = office.run(str(month), day.isoformat())
                report = outcome.report
                lines += made(report, outcome.files)
            if day in STEPS:
                _, told = bulletin(
                    office, "supervise", *shlex.split(STEPS[day]), "--issued", day.isoformat()
                )
                lines.append(f"督办：{told.splitlines()[0]}")
            yield from (f"  {day:%m-%d} {line}" for line in lines)
    yield "督办事项"
    for item in items_of(load_supervision(open_store(office.folder / "campaign", None))):
        yield f"  {item.number} {item.issued.unit}：" + "；".join("，".join(s) for s in lives(item))


def remind(report: Report, sent: set[str]) -> Iterator[str]:
    """Yield who is reminded on a report's day, each letter once."""
    new = [letter for letter in reminders(report) if letter.key not in sent]
    sent.update(letter.key for letter in new)
    if new:
        title = new[0].subject.rpartition("，")[2].rstrip("）")
        yield f"提醒（{title}）：{'、'.join(letter.sender for letter in new)}"


def made(report: Report, files: Sequence[str]) -> Iterator[str]:
    """Yield what a run leaves: timeliness, lights, scores, documents, what is said of supervision."""
    calls = [f"{call.sender}{call.timeliness.words}" for call in roll_call(report)]
    yield f"编制：{'、'.join(calls)}"
    yield f"灯：{'、'.join(light(report, name) for name in SIGNED)}"
    yield f"得分：{'、'.join(f'{s.county.name}{decimal(s.total)}' for s in scores(report))}"
    names = [path.removeprefix("documents/") for path in files if path.startswith("documents/")]
    shown = [name.replace(report.month.label, "").rpartition(".")[0] for name in names]
    yield f"文书：{'、'.join(sorted(shown))}"
    if supervised := summary(lines_of(report)):
        yield f"简报：{supervised}"


def light(report: Report, name: str) -> str:
    """Return a county's light in agreements: how long, what is done and what should be."""
    county = next(c for c in report.figures.counties if c.name == name)
    standing = standings_of(report, county)["agreement"]
    word = f"{name}{LIGHT_NAMES[standing.light]}{standing.months}"
    return f"{word}（{percent(standing.done)}／{percent(standing.expected)}）"


@pytest.mark.timeout(900)
def test_a_year(tmp_path: Path) -> None:
    """Who was reminded when, which light each county had, which documents came, what became of each item."""
    office = Office(
        tmp_path,
        SETTINGS.replace('first_month = "2022-04"', 'first_month = "2022-01"')
        + UNASKED
        + REMINDING
        + ASSESSED,
    )
    folder = tmp_path / "campaign" / FOLDER
    folder.mkdir()
    (folder / FILE).write_text(",".join(HEADER) + "\n" + OWN, encoding="utf-8")
    (folder / "函.docx").write_bytes(document("{{ 本县.名称 }}{{ 月份 }}"))
    told = "\n".join(year(office)) + "\n"
    if os.environ.get("BULLETIN_GOLDEN") == "write":
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")
