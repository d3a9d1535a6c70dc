"""Made-up ledgers in random layouts with faults put into known cells: what the checks have to find, cell by cell."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flows.demo.books import LAYOUTS, PLAIN, Sheet, cells_of, write_xlsx
from flows.demo.city import City, make_city
from flows.demo.people import large_roster
from flows.settings import Campaign
from flows.steps.check.alone import check_alone
from flows.steps.check.month_ledgers import new_ledger
from flows.steps.check.months import Base
from flows.steps.check.together import judge
from flows.steps.model import CheckedLedger, Failure, address
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.support.retirees import COUNTS

MONTH, ISSUED, KEY = Month(2022, 5), date(2022, 6, 2), b"key"
Row = dict[str, Any]
Spoil = Callable[
    [random.Random, Row], str
]  # spoils a row, returns the field whose cell is to be mended
Place = tuple[str, str | None]  # code, cell


@dataclass
class Seeded:
    """A ledger's sheet with its faults: (code, cell) of each, and what would be right in those cells (a repeated row is to go)."""

    sheet: Sheet
    faults: list[Place] = field(default_factory=list)
    right: Mapping[str, Any] = field(default_factory=dict)


def _set(**values: Any) -> Spoil:
    def spoil(rng: random.Random, row: Row) -> str:
        row.update(values)
        return next(iter(values))

    return spoil


def _change(name: str, change: Callable[[random.Random, Row], Any]) -> Spoil:
    def spoil(rng: random.Random, row: Row) -> str:
        row[name] = change(rng, row)
        return name

    return spoil


def _above(name: str, total: str) -> Spoil:
    return _change(name, lambda rng, row: row[total] + rng.randrange(1, 99))


def _wrong_check(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


PROGRESS: Mapping[str, Sequence[Spoil]] = {
    "required": [_set(retirees=None, agreement=0, party_members=0, party=0, functions=0), _set(affiliation="—"), _set(enterprise=None)],
    "not-a-number": [_change("party", lambda r, row: f"约{row['party']}人"), _set(agreement="#REF!"), _set(functions="见附表")],
    "not-an-integer": [_set(functions=0.5), _set(party="1.5人"), _set(agreement=2.25)],
    "negative": [_set(functions=-3), _set(archives="-1"), _set(agreement=-20)],
    "not-in-list": [_set(affiliation="集体企业"), _set(affiliation="民营"), _set(affiliation="x")],
    "unknown-county": [_set(county="某某县"), _set(county="示例新区"), _set(county=7)],
    "unknown-enterprise": [_set(enterprise="某某公司"), _set(enterprise="示例外贸有限公司"), _set(enterprise="示例第九厂")],
    "uscc-invalid": [_change("uscc", lambda r, row: _wrong_check(row["uscc"])), _set(uscc="91990"), _set(uscc="9199000012345678SZ")],
    "formula-not-calculated": [_set(functions="=1+1"), _set(archives="=SUM(A1:A2)"), _set(party="=B2")],
    "more-than-total": [_above("agreement", "retirees"), _above("party", "party_members"), _above("functions", "retirees")],
    "archives-exceed": [_change("archives", lambda r, row: row["archives_due"] + r.randrange(1, 9))] * 3,
    "affiliation-mismatch": [_change("affiliation", lambda r, row: "县属" if row["affiliation"] != "县属" else "市属")] * 3,
    "out-of-scope": [_set(note="含离休2人"), _set(note="有劳务派遣人员"), _set(note="遗属3人")],
}  # fmt: skip

_HANDED = {
    "agreement_date": date(2022, 3, 1),
    "archives_date": date(2022, 4, 1),
    "functions_date": date(2022, 4, 2),
}
ROSTERS: Mapping[str, Sequence[Spoil]] = {
    "required": [_set(person=None), _set(politics="/"), _set(enterprise=" ")],
    "not-a-date": [_set(archives_date="已移交"), _set(agreement_date="2022-13-01"), _set(functions_date="上周")],
    "date-ambiguous": [_set(retired=2012.1), _set(retired="98.7"), _set(retired="05.6.1")],
    "date-in-future": [_set(functions_date=date(2022, 6, 3)), _set(archives_date="2023年1月1日"), _set(functions_date="20220701")],
    "not-in-list": [_set(sex="未知"), _set(politics="党外"), _set(affiliation="集体")],
    "unknown-county": [_set(county="某某县"), _set(county="示例新区"), _set(county="王某某")],
    "unknown-enterprise": [_set(enterprise="某某公司"), _set(enterprise="示例外贸有限公司"), _set(enterprise="示例第九厂")],
    "uscc-invalid": [_change("uscc", lambda r, row: _wrong_check(row["uscc"])), _set(uscc="91990"), _set(uscc="甲一百")],
    "id-invalid": [_change("id", lambda r, row: _wrong_check(row["id"])), _change("id", lambda r, row: row["id"][:17]), _set(id="甲一百")],
    "id-numeric": [_set(id=990101195001010000), _set(id="9.90101E+17"), _set(id=3.6e17)],
    "id-15": [_change("id", lambda r, row: row["id"][:6] + row["id"][8:17])] * 3,
    "phone-invalid": [_set(phone="1380000"), _set(phone=12345678901), _set(phone="无电话")],
    "sex-mismatch": [_change("sex", lambda r, row: "女" if row["sex"] == "男" else "男")] * 3,
    "date-order": [_set(archives_date=date(2022, 2, 1), agreement_date=date(2022, 3, 1)),
                   _set(functions_date="2022.2", agreement_date=date(2022, 3, 1)), _set(agreement_date=date(2021, 3, 1), retired=date(2021, 3, 20))],
    "date-implausible": [_set(archives_date=date(1900, 1, 1)), _set(agreement_date=date(1955, 5, 17)), _set(functions_date="1990年1月")],
    "party-without-membership": [_set(party_date=date(2022, 4, 1), politics="群众")] * 3,
    "affiliation-mismatch": [_change("affiliation", lambda r, row: "县属" if row["affiliation"] != "县属" else "市属")] * 3,
    "out-of-scope": [_set(note="厂办大集体职工"), _set(note="移交前已故"), _set(note="离 休")],
}  # fmt: skip


def city() -> City:
    """Return the city of the seeded ledgers."""
    return make_city(seed=7, counties=4, firms=70, people=300)


def progress(rng: random.Random, town: City, layout: str, *, clean: bool = False) -> Seeded:
    """Return a county's progress ledger in a layout; unless it is to be clean, each fault of PROGRESS stands in a row of its own."""
    county = town.counties[0]
    rows = [_progress_row(t.county, t.firm, t.counts) for t in town.truth(1)]
    for row in rows:
        row["county"] = county
    rows = list({row["enterprise"]: row for row in rows}.values())
    rng.shuffle(rows)
    sheet = LAYOUTS[layout](county, MONTH.label, rows)
    sheet.merge_county = False
    sheet.total = None if not clean else sheet.total
    missing = {name for name in PLAIN if name not in sheet.order}
    return Seeded(sheet) if clean else _spoiled(rng, sheet, rows, PROGRESS, missing)


def roster(
    rng: random.Random, town: City, *, clean: bool = False, start: int = 0, rows: int = 80
) -> Seeded:
    """Return a roster with its columns in any order, perhaps with others between; unless clean, with each fault of ROSTERS."""
    people = [
        dict(row) for row in large_roster(town, rows, MONTH, seed=rng.randrange(1000), start=start)
    ]
    for row in people:
        row |= {**_HANDED, "party_date": None}
    order: list[str | None] = [column.name for column in shipped().roster]
    rng.shuffle(order)
    headers = {column.name: (column.header,) for column in shipped().roster}
    above = [[f"填报单位：{town.counties[0]}"]]
    sheet = Sheet("roster", "退休人员花名册", headers, people, [None, *order], above, first_row=rng.randrange(3), first_column=rng.randrange(3),
                  name=rng.choice(["花名册", "名单 (1)", "Sheet1"]))  # fmt: skip
    return Seeded(sheet) if clean else _spoiled(rng, sheet, people, ROSTERS, set())


def _progress_row(county: str, firm: Any, counts: Mapping[str, int]) -> Row:
    low = {"agreement": 25, "archives": 20, "party_members": 12, "party": 6, "functions": 5}
    return {"county": county, "enterprise": firm.name, "uscc": firm.uscc, "affiliation": firm.affiliation, "note": None,
            **{name: counts["retirees"] + 30 if name in ("retirees", "archives_due") else low[name] for name in COUNTS}}  # fmt: skip


def _spoiled(
    rng: random.Random,
    sheet: Sheet,
    rows: list[Row],
    faults: Mapping[str, Sequence[Spoil]],
    missing: set[str],
) -> Seeded:
    """Spoil rows of a sheet drawn at random, one fault a row; the repeated rows stand below what they repeat."""
    free = rng.sample(range(len(rows)), len(rows))
    found: list[tuple[str, int, str]] = []
    right: dict[tuple[int, str], Any] = {}
    for code, spoils in faults.items():
        for spoil in spoils:
            row = free.pop()
            kept = dict(rows[row])
            at = spoil(rng, rows[row])
            if at in missing:
                rows[row].update(kept)
            else:
                found.append((code, row, at))
                right[row, at] = kept.get(at)
    found += _repeated(rng, sheet, rows, free)
    places = cells_of(sheet)[2]
    cells = {place: address(r + 1, c) for place, (r, c) in places.items()}
    return Seeded(
        sheet,
        sorted((code, cells[row, at]) for code, row, at in found),
        {cells[place]: value for place, value in right.items()},
    )


def _repeated(
    rng: random.Random, sheet: Sheet, rows: list[Row], free: Sequence[int]
) -> list[tuple[str, int, str]]:
    code, at = (
        ("duplicate-row", "enterprise") if sheet.kind == "progress" else ("duplicate-person", "id")
    )
    found = []
    for row in free[:3]:
        rows.append(dict(rows[row]))
        found.append((code, len(rows) - 1, at))
    return found


def examined(path: Path, seeded: Seeded, campaign: Campaign) -> CheckedLedger:
    """Write a seeded ledger, read and check it."""
    write_xlsx(path, [seeded.sheet])
    sender = campaign.counties[0].name
    if "county" in seeded.sheet.order:  # with rows of all counties, so it is no county's own
        campaign = without_own_counties(campaign)
    ledgers = check_alone(
        read_file(path, f"{sender}/{path.name}", shipped()),
        campaign,
        MONTH,
        ISSUED,
        KEY,
    )
    assert [ledger.kind for ledger in ledgers] == [seeded.sheet.kind]
    return ledgers[0]


def without_own_counties(campaign: Campaign) -> Campaign:
    """Return a campaign whose senders may report every county."""
    senders = tuple(s.model_copy(update={"county": None}) for s in campaign.senders)
    parts = {name: getattr(campaign, name) for name in ("settings", "counties", "enterprises")}
    return Campaign(**parts, senders=senders, digest=campaign.digest)


def places(failures: Sequence[Failure]) -> list[Place]:
    """Return (code, cell) of failures, sorted."""
    return sorted((failure.code, failure.cell) for failure in failures)


def judged(
    campaign: Campaign, *ledgers: CheckedLedger, base: Base | None = None
) -> list[CheckedLedger]:
    """Return examined ledgers after they were judged together, as one run's, in the order given."""
    new = [new_ledger(ledger, run, campaign.definition) for run, ledger in enumerate(ledgers)]
    bases = {ledger.sender or "": base for ledger in ledgers} if base else {}
    return [ledger.checked for ledger in judge(new, [], bases, campaign, MONTH)]
