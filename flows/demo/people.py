"""Made-up rosters: persons with valid numbers of nobody, and dates that agree with the counts."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from flows.demo import names
from flows.demo.books import PROPERTIES
from flows.demo.city import City, Truth
from flows.steps.months import Month
from schemas.shipped import shipped

HEADERS = [column.header for column in shipped().roster]
_FIELDS = [column.name for column in shipped().roster]


def people_of(
    rows: Sequence[Truth], month: Month, seed: int, start: int = 0
) -> list[dict[str, Any]]:
    """Return a line for each retiree of the rows; their handovers add up to the rows' counts."""
    people: list[dict[str, Any]] = []
    number = start
    for row in rows:
        count = row.counts["retirees"]
        rng = random.Random(f"{seed}/{row.county}/{row.firm.name}/people")
        male = np.array([rng.random() < 0.55 for _ in range(count)], dtype=bool)
        ids = names.citizen_ids(np.arange(number, number + count), male)
        number += count
        lines = [
            _person(rng, row, ids[i], bool(male[i]), i < row.counts["party_members"])
            for i in range(count)
        ]
        for name, field in shipped().handovers.items():
            able = (
                lines
                if name != "party"
                else [line for line in lines if line["politics"] == "中共党员"]
            )
            for line in able[: row.counts[name]]:
                line[field] = _day(rng, month, early=name == "agreement")
        rng.shuffle(lines)
        people += lines
    return people


def _person(
    rng: random.Random, row: Truth, number: str, male: bool, member: bool
) -> dict[str, Any]:
    born = int(number[6:10])
    retired = born + (60 if male else 55)
    return {
        "person": names.person_name(rng),
        "sex": "男" if male else "女",
        "id": number,
        "enterprise": row.firm.name,
        "uscc": row.firm.uscc,
        "affiliation": row.firm.affiliation,
        "county": row.county,
        "community": f"示例{rng.randrange(1, 60)}社区",
        "retired": f"{retired}.{int(number[10:12]):02d}",
        "politics": "中共党员" if member else "群众",
        "phone": f"1380000{rng.randrange(10000):04d}",
    }


def _day(rng: random.Random, month: Month, *, early: bool) -> date:
    """Return a day up to the month's end: agreements in the first half, handovers in the second."""
    first = date(2022, 1, 11)
    half = (month.last_day - first).days // 2
    return first + timedelta(rng.randrange(half) + (0 if early else half))


def write_roster(path: Path, people: Sequence[Mapping[str, Any]], title: str, sender: str) -> None:
    """Write a roster as Excel does: ID numbers and phones as text, dates as dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties(PROPERTIES)
        worksheet = book.add_worksheet("花名册")
        worksheet.set_column(0, len(HEADERS) - 1, 14)
        worksheet.set_column(_FIELDS.index("id"), _FIELDS.index("uscc"), 22)
        worksheet.write_string(0, 0, title)
        worksheet.write_string(1, 0, f"填报单位：{sender}")
        worksheet.write_row(2, 0, HEADERS)
        for r, line in enumerate(people, start=3):
            for c, name in enumerate(_FIELDS):
                value = line.get(name)
                if isinstance(value, date):
                    worksheet.write_datetime(r, c, value)
                elif isinstance(value, str):
                    worksheet.write_string(r, c, value)
                elif value is not None:
                    worksheet.write(r, c, value)


def large_roster(
    city: City, rows: int, month: Month, seed: int, start: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield `rows` persons spread over the city's firms, each with a unique ID number."""
    cells = list(city.retirees)
    firms = {firm.name: firm for firm in city.firms}
    rng = random.Random(seed)
    male = np.array([rng.random() < 0.55 for _ in range(rows)], dtype=bool)
    ids = names.citizen_ids(np.arange(start, start + rows), male)
    for i in range(rows):
        county, name = cells[i % len(cells)]
        line = _person(rng, Truth(county, firms[name], {}), ids[i], bool(male[i]), i % 5 == 0)
        for n, field in enumerate(shipped().handovers.values()):
            if i % (n + 1) == 0 and (field != "party_date" or i % 5 == 0):
                line[field] = _day(rng, month, early=n == 0)
        yield line
