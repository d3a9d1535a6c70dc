"""A province takes its cities' 上报表 as ledgers (DESIGN §7): the sums are the same on both levels."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import xlsxwriter

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.definition_book import definition_book
from flows.steps.model import Entry, Figures, Outcome
from schemas.definition_sheets import TableLine, Tables
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from schemas.shipped import RETIREES, tables_of
from tests.support.wordfiles import document
from tests.support.working import SETTINGS, UNASKED, Office, bulletin

MONTH = "2022-05"
CITIES = [f"示例{name}市" for name in "东西南北中浥沅洹沚汭"]
EVERYWHERE = "示例省浥江集团有限公司"
MIDDLE = "市（州）"
PAGE = document("{{ 月份 }}")
PROVINCE: Mapping[str, str] = {"全市": "全省", "县（市、区）": MIDDLE, "县": "市"}


@dataclass(frozen=True)
class Work:
    """A definition, the list column's value, and a unit's numbers as they are typed.

    `grows` are the columns that differ from unit to unit, by how much.
    """

    definition: str
    choice: str
    numbers: Mapping[str, float]
    grows: Mapping[str, float]


WORKS: Mapping[str, Work] = {
    "retirees": Work(
        RETIREES,
        "市属",
        {"退休人员总数": 100, "已签协议人数": 60, "应移交档案数": 102, "已移交档案数": 10,
         "党员人数": 20, "已转组织关系人数": 4, "已移交管理职能人数": 0},
        {"退休人员总数": 7, "已签协议人数": 3, "应移交档案数": 7, "已移交管理职能人数": 1},
    ),
    "old quarters": Work(
        "老旧小区改造",
        "完善类",
        {"应改造小区数": 3, "已开工小区数": 2, "已完工小区数": 1, "已验收小区数": 0,
         "应改造户数": 320, "已完工户数": 100, "计划投资": 680.55, "已完成投资": 210.27},
        {"应改造户数": 7, "计划投资": 0.19, "已完成投资": 0.07},
    ),
}  # fmt: skip


def tables(work: Work, texts: Mapping[str, str]) -> Tables:
    """Return the tables of a definition for cities or, with other texts, for the province."""
    found = dict(tables_of(work.definition))
    for sheet, heads in (("用语", ["说法"]), ("栏目", ["栏目"]), ("表头写法", ["栏目"])):
        lines = found.get(sheet, ())
        found[sheet] = [_with(line, heads, texts) for line in lines]
    return found


def _with(line: TableLine, heads: Sequence[str], texts: Mapping[str, str]) -> TableLine:
    changed = {head: texts.get(line[head], line[head]) for head in heads}
    return replace(line, texts={**line.texts, **changed})


def upward(work: Work) -> Tables:
    """Return a city's tables: the level above calls 县区 otherwise."""
    lines = tables_of(work.definition)["上报"]
    first = TableLine(1, {"栏目": "县区", "上级栏目": MIDDLE})
    return {**tables_of(work.definition), "上报": [first, *lines]}


def office(folder: Path, name: str, middle: Sequence[str], units: Sequence[str], work: Work, of: Tables) -> Office:  # fmt: skip
    """Return the working folder of a city or a province with its 工作定义 and 名录."""
    settings = (SETTINGS + UNASKED).replace('city = "示例市"', f'city = "{name}"')
    registered = {
        COUNTIES: [[each, "", ""] for each in middle],
        ENTERPRISES: [[unit, "", work.choice, ""] for unit in units],
        SENDERS: [[each, "县区", "", "", "进度台账"] for each in middle],
    }
    made = Office(folder, settings, registered)
    (folder / "campaign" / DEFINITION_FILE).write_bytes(definition_book(of))
    # the office's own templates, of a line each: no document is looked at here
    templates = folder / "campaign" / "templates"
    templates.mkdir()
    for title in ("全市", "县区", "企业", "退回通知", "回执"):
        (templates / f"{title}.docx").write_bytes(PAGE)
    return made


def counties_of(city: str) -> list[str]:
    return [f"{city[2]}{name}区" for name in "甲乙"]


def units_of(city: str) -> list[str]:
    return [EVERYWHERE, f"{city}沅岚机械厂"]


def ledger(place: Office, work: Work, county: str, units: Sequence[str], step: int, name: str = "台账.xlsx") -> None:  # fmt: skip
    """Put a county's ledger into the month's folder; numbers grow by `step`."""
    path = place.folder / "ledgers" / MONTH / county / name
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [line for line in tables_of(work.definition)["栏目"] if line["台账"] == "进度台账"]
    heads = [line["栏目"] for line in columns if line["启用"] != "否"]
    named = {
        "县区": county,
        **{line["栏目"]: work.choice for line in columns if line["类型"] == "选项"},
    }
    unit_head = next(line["栏目"] for line in columns if line["类型"] == "单位")
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"填报单位：{county}", None, f"统计月份：{MONTH}"])
        sheet.write_row(1, 0, heads)
        for number, unit in enumerate(units):
            grown = {
                head: round(value + work.grows.get(head, 0) * (step + number), 2)
                for head, value in work.numbers.items()
            }
            row = {**named, unit_head: unit, **grown}
            sheet.write_row(2 + number, 0, [row.get(head) for head in heads])


def deliver(city: Office, province: Office, name: str, file: str = "上报表.xlsx") -> None:
    """Put a city's 上报表 into the province's folder of ledgers."""
    folder = province.folder / "ledgers" / MONTH / name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(city.out(MONTH, "上报表.xlsx"), folder / file)


def by_name(entries: Sequence[Entry]) -> dict[str, Mapping[str, int]]:
    return {entry.name: entry.counts for entry in entries}


def added(
    figures: Sequence[Figures], level: str, names: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Return the counts of each entry of a level, added up over some cities."""
    total: dict[str, dict[str, int]] = {}
    for one in figures:
        for entry in getattr(one, level):
            of_entry = total.setdefault(entry.name, dict.fromkeys(names, 0))
            for name in names:
                of_entry[name] += entry.counts[name]
    return total


def assert_equal_on_both_levels(province: Outcome, cities: Mapping[str, Outcome]) -> None:
    """Every figure of the province is a city's own, or what its cities add up to."""
    above = province.report.figures
    below = {name: outcome.report.figures for name, outcome in cities.items()}
    names = province.report.campaign.definition.counts
    counted = {name: {n: e.counts[n] for n in names} for name, e in zip(by_name(above.counties), above.counties, strict=True)}  # fmt: skip
    assert counted == {name: {n: f.city.counts[n] for n in names} for name, f in below.items()}
    for level in ("enterprises", "groups"):
        entries = {e.name: {n: e.counts[n] for n in names} for e in getattr(above, level)}
        assert entries == added(list(below.values()), level, names), level
    whole = {n: sum(f.city.counts[n] for f in below.values()) for n in names}
    assert {n: above.city.counts[n] for n in names} == whole


@pytest.mark.parametrize("name", WORKS)
def test_a_province_adds_up_its_cities(name: str, tmp_path: Path) -> None:
    """Ten cities' 上报表 are accepted as they are, and a corrected one takes the first one's place."""
    work = WORKS[name]
    every_unit = [EVERYWHERE, *(units_of(city)[1] for city in CITIES)]
    above = office(
        tmp_path / "省",
        "示例省",
        CITIES,
        every_unit,
        work,
        tables(work, {**PROVINCE, "县区": MIDDLE}),
    )
    offices: dict[str, Office] = {}
    outcomes: dict[str, Outcome] = {}
    for step, city in enumerate(CITIES):
        below = office(tmp_path / city, city, counties_of(city), units_of(city), work, upward(work))
        for number, county in enumerate(counties_of(city)):
            ledger(below, work, county, units_of(city)[: 2 - number], step)
        offices[city], outcomes[city] = below, below.run(MONTH)
        deliver(below, above, city)
    province = above.run(MONTH)
    assert [(x.verdict, x.lines["total"]) for x in province.report.ledgers] == [
        ("accepted", 1)
    ] * 10
    assert [f.message for f in province.report.failures] == []
    assert_equal_on_both_levels(province, outcomes)

    city = CITIES[3]
    ledger(offices[city], work, counties_of(city)[0], units_of(city), 9, "更正.xlsx")
    outcomes[city] = offices[city].run(MONTH)
    deliver(offices[city], above, city, "上报表（更正）.xlsx")
    again = above.run(MONTH)
    replaced = {x.file: x.superseded_by for x in again.report.ledgers if x.superseded_by}
    assert replaced == {f"{city}/上报表.xlsx": f"{city}/上报表（更正）.xlsx"}
    assert again.report.figures.city.counts != province.report.figures.city.counts
    assert_equal_on_both_levels(again, outcomes)


def test_faults_are_said_in_the_words_of_the_province(tmp_path: Path) -> None:
    """Where a city office speaks of 县区, a province speaks of its cities."""
    work, (city, other) = WORKS["retirees"], CITIES[:2]
    words = {**PROVINCE, "县区": MIDDLE}
    above = office(tmp_path, "示例省", [city, other], units_of(city), work, tables(work, words))
    one, two = units_of(city)
    heads = [MIDDLE, "企业名称", "隶属关系", *work.numbers]
    rows = [(city, one), (city, one), ("示例县", two), (other, two), (city, "示例丙厂")]
    path = above.folder / "ledgers" / MONTH / city / "台账.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"填报单位：{city}", None, f"统计月份：{MONTH}"])
        sheet.write_row(1, 0, heads)
        for number, row in enumerate(rows, start=2):
            sheet.write_row(number, 0, [*row, work.choice, *work.numbers.values()])
    assert bulletin(above, "run", MONTH, "--without-prefect")[0] == 1
    quality = json.loads(above.out(MONTH, "quality.json").read_text(encoding="utf-8"))
    assert [(f["cell"], f["message"], f["remedy"]) for f in quality["failures"] if f["cell"]] == [
        # cell, message, remedy
        ("B4", f"与第3行重复：{city}{one}。", f"同一{MIDDLE}同一企业只填一行，请合并或删除。"),
        ("A5", f"名录中没有{MIDDLE}“示例县”。", f"请填写名录中的{MIDDLE}名称：{city}、{other}。"),
        ("A6", f"本台账由{city}报送，本行填的却是“{other}”。",
         f"请核对{MIDDLE}；确由{city}代报的，在备注中写明。"),
        ("B7", "名录中没有企业“示例丙厂”。",
         "请核对企业全称；确属新增企业的，在备注中写明，或请办公室补入名录。"),
    ]  # fmt: skip
