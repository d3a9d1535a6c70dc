"""Writing a made-up campaign of any definition to disk: its folder and each month's ledgers."""

from pathlib import Path

from flows.demo import mistakes, names
from flows.demo.books import Sheet, write_csv, write_ods, write_xlsx
from flows.demo.layouts import LAYOUTS, Line, Made, line_of
from flows.demo.works import Work
from flows.demo.write import write_registry, wrong_total
from flows.steps.months import Month
from schemas.definition import AFFILIATION, USCC
from schemas.definition_sheets import KIND_NAMES
from schemas.registry import COUNTIES, ENTERPRISES, FILE, SENDERS

CAMPAIGN = """\
name = "{name}"
city = "{city}"
office = "{city}{name}工作领导小组办公室"
start = 2022-01-10

[deadlines]
handover = 2022-10-31
acceptance = 2022-12-31

[bulletin]
title = "{name}工作简报"
first_month = "2022-03"
report_to = ["市委", "市政府"]
send_to = ["市直有关部门"]
issue_to = ["各县（市、区）人民政府"]
copies = 60
contact = "办公室综合组，0990-1234567"

[policy]
missing = "carry_forward"
"""
_FORMATS = {"bare": ("csv", write_csv), "own": ("ods", write_ods)}  # of a layout; others are .xlsx


def write_work(folder: Path, work: Work) -> None:
    """Write the settings and the registry of a made-up campaign."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = CAMPAIGN.format(name=work.name, city=names.CITY)
    (folder / "campaign.toml").write_text(settings, encoding="utf-8")
    columns = work.definition.columns_of("progress")
    owed = KIND_NAMES["progress"]
    sheets = {
        COUNTIES: [[name, f"9901{i:02d}", name[:-1]] for i, name in enumerate(work.counties, 1)],
        ENTERPRISES: [
            [
                site.name,
                site.uscc if USCC in columns else "",
                site.choice if AFFILIATION in columns else "",
                site.name.removesuffix(work.definition.words.unit) if i % 3 else "",
            ]
            for i, site in enumerate(work.sites)
        ],
        SENDERS: [
            [
                name,
                "县区",
                name[:-1],
                f"u{i:02d}@example.com",
                owed,
                "",
                "",
                "",
                "综合科",
                f"0990-12345{i:02d}",
            ]
            for i, name in enumerate(work.counties)
        ],
    }
    write_registry(folder / FILE, sheets, work.definition)


def write_work_month(folder: Path, work: Work, index: int, month: Month) -> None:
    """Write the ledgers of the demo's month number `index` into sub-folders by sender."""
    for place in range(len(work.counties)):
        if (index, place) not in mistakes.MISSING:
            _write(folder, work, place, index, month, faulty=True)


def write_mended(folder: Path, work: Work, index: int, month: Month) -> list[str]:
    """Return who sends a ledger again that had faults, written without them beside the first."""
    again = [place for number, place in mistakes.MENDED if number == index]
    for place in again:
        if place < len(work.counties):
            _write(folder, work, place, index, month, faulty=False)
    return [work.counties[place] for place in again if place < len(work.counties)]


def _write(folder: Path, work: Work, place: int, index: int, month: Month, *, faulty: bool) -> None:
    sender, month_and_sender = work.counties[place], (index, place)
    lines = _lines(work, sender, index)
    for mistake in mistakes.PLAN.get(month_and_sender, ()) if faulty else ():
        mistake(work.definition, lines, _lines(work, sender, max(index - 1, 0)))
    shown = month.previous if faulty and month_and_sender in mistakes.WRONG_MONTH else month
    layout = list(LAYOUTS)[place % len(LAYOUTS)]
    sheet = LAYOUTS[layout](Made(work.definition, work.name, sender, shown.label, lines))
    if faulty and month_and_sender in mistakes.WRONG_TOTAL:
        sheet.total = None
        sheet.below = [wrong_total(sheet), *sheet.below]
    ending = "" if faulty else "（更正）"
    title = f"{sender}{month.month}月{work.definition.words.short}{KIND_NAMES['progress']}{ending}"
    save(folder / sender / title, layout, sheet)


def _lines(work: Work, sender: str, index: int) -> list[Line]:
    return [line_of(work.definition, row) for row in work.rows(sender, index)]


def save(path: Path, layout: str, sheet: Sheet) -> Path:
    """Return the path with its ending of a ledger, written in the layout's kind of file."""
    ending, write = _FORMATS.get(layout, ("xlsx", None))
    target = path.with_name(f"{path.name}.{ending}")
    if write is None:
        write_xlsx(target, [sheet])
    else:
        write(target, sheet)
    return target
