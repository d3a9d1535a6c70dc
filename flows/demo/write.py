"""Writing the made-up city to disk: the campaign folder and each month's faulty ledgers."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from flows.demo import faults
from flows.demo.books import LAYOUTS, PROPERTIES, Sheet, cells_of, total_line, write_csv, write_xlsx
from flows.demo.city import City, Firm, Truth, Unit, rows_of
from flows.demo.people import people_of, write_roster
from flows.steps.months import Month
from schemas.definition import Definition
from schemas.definition_sheets import KIND_NAMES
from schemas.registry import COUNTIES, ENTERPRISES, FILE, SENDERS, sheets_of
from schemas.shipped import shipped

FIRST_MONTH = Month(2022, 3)
MONTHS = 3
CENTRE_FIRMS = ("示例市第一示例厂", "示例市第二示例厂", "示例市示例供销社")

CAMPAIGN = """\
name = "国有企业退休人员社会化管理"
city = "示例市"
office = "示例市国有企业退休人员社会化管理工作领导小组办公室"
start = 2022-01-10

[deadlines]
handover = 2022-07-31
acceptance = 2022-12-31

[bulletin]
title = "国有企业退休人员社会化管理工作简报"
first_month = "2022-03"
report_to = ["市委", "市政府"]
send_to = ["市委组织部", "市人力资源和社会保障局"]
issue_to = ["各县（市、区）人民政府", "市直有关单位"]
copies = 60
contact = "办公室综合组，0990-1234567"

[policy]
missing = "carry_forward"

[ranks."2022-05"]
province = 3
source = "省专班通报"
"""


def write_campaign(folder: Path, city: City, settings: str = CAMPAIGN) -> None:
    """Write a campaign folder for a city."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "campaign.toml").write_text(settings, encoding="utf-8")
    sheets: dict[str, list[list[Any]]] = {
        COUNTIES: [[name, f"9901{i:02d}", name[:-1]] for i, name in enumerate(city.counties, 1)],
        ENTERPRISES: [_enterprise(i, firm) for i, firm in enumerate(city.firms)],
        SENDERS: [_sender(i, unit) for i, unit in enumerate(city.units)],
    }
    write_registry(folder / FILE, sheets, shipped())


def write_registry(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], definition: Definition
) -> None:
    """Write a 名录.xlsx with the lines of each of its sheets."""
    columns = sheets_of(definition)
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties(PROPERTIES)
        for sheet, rows in sheets.items():
            worksheet = book.add_worksheet(sheet)
            worksheet.write_row(0, 0, [column.header for column in columns[sheet]])
            for r, row in enumerate(rows, 1):
                for c, value in enumerate(row):
                    worksheet.write_string(r, c, value)
            worksheet.set_column(0, 4, 24)


def _enterprise(index: int, firm: Firm) -> list[str]:
    """Return a firm's line of 名录; two firms in three have an alias."""
    alias = firm.name.removeprefix("示例市") if index % 3 else ""
    return [firm.name, firm.uscc, firm.affiliation, alias]


def _sender(index: int, unit: Unit) -> list[str]:
    """Return a sender's line of 名录."""
    alias = unit.name[:-1] if unit.type == "县区" else ""
    owed = "、".join(KIND_NAMES[kind] for kind in unit.owes)
    contact = ["", "", "", "综合科", f"0990-12345{index:02d}"]
    return [unit.name, unit.type, alias, f"u{index:02d}@example.com", owed, *contact]


def write_month(
    folder: Path, city: City, index: int, month: Month, *, with_faults: bool = True
) -> None:
    """Write the ledgers of the demo's month number `index` into sub-folders by sender."""
    for place, unit in enumerate(city.units):
        if with_faults and (index, place) in faults.MISSING:
            continue
        if "progress" in unit.owes:
            _write_progress(folder, city, unit, place, index, month, with_faults)
        if "roster" in unit.owes:
            _write_roster(folder, city, unit, index, month, with_faults)


def _write_progress(
    folder: Path, city: City, unit: Unit, place: int, index: int, month: Month, with_faults: bool
) -> None:
    rows = [_line(row) for row in rows_of(city, unit, index)]
    month_and_sender = (index, place)
    for fault in faults.PLAN.get(month_and_sender, ()) if with_faults else ():
        fault(rows)
    shown = month.previous if with_faults and month_and_sender in faults.WRONG_MONTH else month
    layout = list(LAYOUTS)[place % len(LAYOUTS)] if unit.type == "县区" else "plain"
    sheet = LAYOUTS[layout](unit.name, shown.label, rows)
    if layout == "bare" and place % 2:
        write_csv(folder / unit.name / f"{unit.name}{month.month}月.csv", sheet)
        return
    path = folder / unit.name / f"{unit.name}{month.month}月进度台账.xlsx"
    if with_faults and month_and_sender in faults.NOT_A_WORKBOOK:
        _write_web_page(path.with_suffix(".xls"), sheet)
        return
    if with_faults and month_and_sender in faults.WRONG_TOTAL:
        sheet.total = None
        sheet.below = [wrong_total(sheet), *sheet.below]
    write_xlsx(path, [sheet])


def _line(row: Truth) -> dict[str, Any]:
    return {
        "county": row.county,
        "enterprise": row.firm.name,
        "uscc": row.firm.uscc,
        "affiliation": row.firm.affiliation,
        **row.counts,
        "note": None,
    }


def wrong_total(sheet: Sheet) -> Sequence[Any]:
    """Return a 合计 line that is 100 too high in its last count."""
    line = total_line(sheet)[sheet.first_column :]
    last = max(i for i, value in enumerate(line) if value is not None)
    line[last] += 100
    return line


def _write_roster(
    folder: Path, city: City, unit: Unit, index: int, month: Month, with_faults: bool
) -> None:
    if unit.type == "托管中心":
        rows = centre_rows(city, index)
        start = 400_000_000
    else:
        rows, start = rows_of(city, unit, index), 0
    people = people_of(rows, month, city.seed, start)
    if with_faults and index == 2 and unit.type == "托管中心":
        faults.bad_persons(people)
    write_roster(
        folder / unit.name / f"{unit.name}花名册.xlsx",
        people,
        f"{month.label}退休人员花名册",
        unit.name,
    )


def centre_rows(city: City, index: int) -> list[Truth]:
    """Return the trusteeship centre's rows: retirees of dissolved firms in three counties."""
    rows = []
    for i, name in enumerate(CENTRE_FIRMS):
        rng = random.Random(f"{city.seed}/{name}")
        people = rng.randrange(120, 320)
        done = int(people * (0.4, 0.7, 0.95)[min(index, 2)])
        members = people // 5
        counts = {
            "retirees": people,
            "agreement": done,
            "archives_due": people,
            "archives": done // 2,
            "party_members": members,
            "party": members // 3,
            "functions": done // 4,
        }
        rows.append(
            Truth(city.counties[i % len(city.counties)], Firm(name, "", "托管中心", ()), counts)
        )
    return rows


def _write_web_page(path: Path, sheet: Sheet) -> None:
    """Write a sheet as the web page that some systems call a workbook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, _, _ = cells_of(sheet)
    lines = "".join(
        "<tr>" + "".join(f"<td>{'' if v is None else v}</td>" for v in line) + "</tr>"
        for line in rows
    )
    path.write_text(f"<html><body><table>{lines}</table></body></html>", encoding="utf-8")
