"""A definition that changes while the campaign runs (DESIGN §7): no past is lost or corrected."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from flows.campaign.definition_book import FILE as DEFINITION
from flows.campaign.definition_book import definition_book
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from tests.support.definitions import ODD, tables_of
from tests.support.working import Office, bulletin

EAST, WEST = "东浥镇", "西浥镇"
SETTINGS = """\
name = "堤防加固"
city = "示例县"
office = "示例县堤防加固指挥部办公室"
start = 2022-03-01
[deadlines]
handover = 2022-07-31
acceptance = 2022-12-31
[bulletin]
title = "堤防加固工作简报"
first_month = "2022-04"
[policy]
trial_rules = ["unit-vanished", "base-jumped", "progress-jumped", "scale-slip"]
"""
REGISTERED: Mapping[str, Sequence[Sequence[str]]] = {
    COUNTIES: [[EAST], [WEST]],
    ENTERPRISES: [],
    SENDERS: [[EAST, "县区", "", "", "进度台账"], [WEST, "县区", "", "", "进度台账"]],
}
OLD = ("村名", "应修堤长", "已修堤长")
Rows = Mapping[str, Sequence[Sequence[Any]]]
APRIL: Rows = {EAST: [("甲村", 12.5, 3.125)], WEST: [("乙村", 8, 2)]}
MAY: Rows = {EAST: [("甲村", 12.5, 6.25, 40)], WEST: [("乙村", 8, 4.5, 10)]}
COLUMNS = ODD["栏目"]
ADDED = f"{COLUMNS}进度台账,,铺设护坡,数量,米,,,,是,铺设的护坡\n"


class Dykes(Office):
    """An office with a definition of its own."""

    def define(self, columns: str, indicator: str = "已修堤长") -> None:
        """Write 工作定义.xlsx with other columns."""
        sheets = {**ODD, "栏目": columns}
        sheets["指标"] = f"名称,任务,已办栏,应办栏\n修堤率,修堤,{indicator},应修堤长\n"
        path = self.folder / "campaign" / DEFINITION
        path.write_bytes(definition_book(tables_of(sheets)))

    def send(self, month: str, heads: Sequence[str], rows: Rows) -> None:
        """Put each sender's ledger into the month's folder."""
        for sender, lines in rows.items():
            path = self.folder / "ledgers" / month / sender / "台账.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            with xlsxwriter.Workbook(str(path)) as book:
                sheet = book.add_worksheet("台账")
                sheet.write_row(0, 0, [f"填报单位：{sender}"])
                sheet.write_row(1, 0, heads)
                for number, line in enumerate(lines, start=2):
                    sheet.write_row(number, 0, line)

    def figures(self, month: str) -> dict[str, Any]:
        """Return the city's figures of a month."""
        record = json.loads(self.out(month, "figures.json").read_text(encoding="utf-8"))
        city: dict[str, Any] = record["city"]
        return city


@pytest.fixture
def office(tmp_path: Path) -> Dykes:
    """Return an office whose April is run and issued."""
    place = Dykes(tmp_path, SETTINGS, REGISTERED)
    place.define(COLUMNS)
    place.send("2022-04", OLD, APRIL)
    assert place.run("2022-04").complete
    code, told = bulletin(place, "issue", "2022-04", "--yes")
    assert code == 0, told
    return place


def test_the_first_month(office: Dykes) -> None:
    """Amounts are exact to the third place; a rate comes from them."""
    city = office.figures("2022-04")
    assert (city["应修堤长"], city["已修堤长"]) == ("20.500", "5.125")
    assert (city["rates"], city["stage"]) == ({"已修堤长": 0.25}, "动工")


def renamed(columns: str) -> str:
    """Return the columns with 已修堤长 called 修好堤长, its old name as another spelling."""
    head, *lines = columns.splitlines()
    named = [line.replace(",已修堤长,", ",修好堤长,") for line in lines]
    spelt = [f"{line},{'已修堤长' if '修好堤长' in line else ''}" for line in named]
    return "\n".join([f"{head},其他写法", *spelt, ""])


@pytest.mark.parametrize(
    ("columns", "indicator", "heads", "rows", "changes", "rate"),
    [
        # the columns from May on, the done one, May's ledger -> May's changes of counts and rate
        (ADDED, "已修堤长", (*OLD, "铺设护坡"), MAY,
         {"应修堤长": "0.000", "已修堤长": "5.625", "铺设护坡": None}, {"已修堤长": 0.27439}),
        (renamed(COLUMNS), "修好堤长", ("村名", "应修堤长", "修好堤长"),
         {name: [row[:3] for row in lines] for name, lines in MAY.items()},
         {"应修堤长": "0.000", "修好堤长": "5.625"}, {"修好堤长": 0.27439}),
    ],
)  # fmt: skip
def test_a_definition_that_changed(
    office: Dykes,
    columns: str,
    indicator: str,
    heads: Sequence[str],
    rows: Rows,
    changes: Mapping[str, str | None],
    rate: Mapping[str, float],
) -> None:
    """What came later has no change, what was renamed goes on; April is not corrected."""
    before = office.digests("2022-04")
    office.define(columns, indicator)
    office.send("2022-05", heads, rows)
    assert office.run("2022-05").complete
    city = office.figures("2022-05")
    assert city["change"] == {"counts": changes, "rates": rate}
    office.run("2022-04")
    again = office.digests("2022-04")
    assert not [path for path in again if "更正稿" in path]
    bulletins = [path for path in before if path.startswith("bulletins/")]
    assert {path: again[path] for path in bulletins} == {path: before[path] for path in bulletins}
