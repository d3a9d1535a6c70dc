"""Ledgers of other campaigns than the shipped one, checked: own checks, amounts, months (DESIGN §5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.registered import Enterprise
from flows.settings import Campaign
from flows.steps.check.alone import check_alone
from flows.steps.check.months import Base, compare
from flows.steps.model import CheckedLedger
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.definition import Definition
from tests.support.definitions import odd, quarters
from tests.support.factories import COUNTIES, campaign
from tests.support.read_writers import Page, xlsx

MAY, ISSUED = Month(2022, 5), date(2022, 6, 2)
EAST = COUNTIES[0]
HEADS = [
    "县区",
    "小区名称",
    "应改造户数",
    "已开工户数",
    "计划投资",
    "完成投资",
    "验收结论",
    "开工日期",
    "计划竣工日期",
    "备注",
]
GOOD = [EAST, "甲小区", 100, 20, 1250.5, 300.25, "合格", "2022-03-01", "2022-09-30", None]


def office(definition: Definition, trial_rules: Sequence[str] = ()) -> Campaign:
    """Return a campaign with a definition, in whose registry are three units."""
    units = tuple(Enterprise(name=name, affiliation="") for name in ("甲小区", "乙小区", "一村"))
    changed = {"definition": definition, "enterprises": units}
    return campaign({"trial_rules": list(trial_rules)}).model_copy(update=changed)


def checked(
    path: Path, rows: Sequence[Sequence[Any]], definition: Definition, trial: Sequence[str] = ()
) -> CheckedLedger:
    """Write a sheet, read and check it."""
    path.write_bytes(xlsx([Page(rows, name="进度")]))
    parsed = read_file(path, f"{EAST}/{path.name}", definition)
    (ledger,) = check_alone(parsed, office(definition, trial), MAY, ISSUED, b"key")
    return ledger


OWN = "已开工却没有完成投资：“完成投资”为0.00万元，“已开工户数”为20户。"
PRICE = "应当计划投资不大于50×应改造户数：“计划投资”为5000.01万元，“应改造户数”为100户。"
# what is changed in the good row, and the faults: cell, rule, severity, message
FAULTS: list[tuple[Mapping[str, Any], list[tuple[str, str, str, str]]]] = [
    ({}, []),
    ({"计划投资": 12.345}, [("E2", "too-many-decimals", "row", "“计划投资”最多2位小数，现为12.345。")]),
    ({"完成投资": 1250.51}, [("F2", "more-than-total", "row", "“完成投资”1250.51万元，大于“计划投资”1250.50万元。")]),
    ({"完成投资": -0.5}, [("F2", "negative", "row", "“完成投资”不能为负，现为-0.50。")]),
    ({"完成投资": 0}, [("F2", "own-check", "query", OWN)]),
    ({"完成投资": 0, "备注": "正在结算"}, [("F2", "own-check", "note", f"{OWN}备注说明：“正在结算”。")]),
    ({"验收结论": "一般"}, [("G2", "not-in-list", "row", "“验收结论”填了“一般”，不在可选范围内。")]),
    ({"计划竣工日期": "2022-02-01"},
     [("I2", "date-order", "row", "“计划竣工日期”为2022年2月1日，早于“开工日期”2022年3月1日。")]),
    ({"开工日期": "2022-07-01"},
     [("H2", "date-in-future", "row", "“开工日期”为2022年7月1日，晚于本次填报截止日2022年6月2日。")]),
    ({"计划投资": 5000.01}, [("E2", "own-check", "note", PRICE)]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "faults"), FAULTS)
def test_faults_of_a_made_up_campaign(
    tmp_path: Path, changed: Mapping[str, Any], faults: list[tuple[str, str, str, str]]
) -> None:
    """Rules of ours by type and limit, checks of the office's own with the row's numbers."""
    row = [changed.get(head, value) for head, value in zip(HEADS, GOOD, strict=True)]
    ledger = checked(tmp_path / "x.xlsx", [HEADS, row], quarters())
    found = [(f.cell, f.code, f.severity, f.message) for f in ledger.failures]
    assert found == faults
    assert ledger.rejected == sum(fault[2] in ("row", "query") for fault in faults)


def test_an_own_check_on_trial_is_a_note(tmp_path: Path) -> None:
    """By its own name, like a rule by its code."""
    row = [0 if head == "完成投资" else value for head, value in zip(HEADS, GOOD, strict=True)]
    ledger = checked(tmp_path / "x.xlsx", [HEADS, row], quarters(), ["开工要有投资"])
    assert [(f.code, f.severity) for f in ledger.failures] == [("own-check", "note")]


def test_what_counts_of_a_ledger_without_groups(tmp_path: Path) -> None:
    """Amounts as whole numbers, the columns that a definition lacks empty; a wrong total is exact."""
    rows: list[list[Any]] = [
        ["乡镇", "村名", "应修堤长", "已修堤长"],
        [EAST, "一村", 0.3, 0.1],
        ["合计", "", 0.3, 0.2],
    ]
    ledger = checked(tmp_path / "x.xlsx", rows, odd())
    assert [(f.code, f.cell, f.message) for f in ledger.failures] == [
        ("control-total", "D3", "“合计”行“已修堤长”为0.200，各行相加为0.100，相差0.100。")
    ]
    assert ledger.counts is not None
    (line,) = ledger.counts.to_dict("records")
    assert (line["应修堤长"], line["已修堤长"], line["at_已修堤长"]) == (300, 100, ["进度!D2"])


def test_amounts_are_compared_with_the_month_before(tmp_path: Path) -> None:
    """A fall, and a base that jumped by more than the policy's number of its unit."""
    rows: list[list[Any]] = [["乡镇", "村名", "应修堤长", "已修堤长"], [EAST, "一村", 90, 20.5]]
    ledger = checked(tmp_path / "x.xlsx", rows, odd())
    base = Base(Month(2022, 4), {(EAST, "一村"): {"应修堤长": 60_000, "已修堤长": 21_000}})
    compared = compare(ledger, base, office(odd()).settings.policy, odd())
    assert [(f.code, f.value, f.message) for f in compared.failures] == [
        ("cumulative-fell", "20.500", "“已修堤长”本月20.500，比2022年4月的21.000减少0.500。"),
        (
            "base-jumped",
            "90.000",
            "“应修堤长”由2022年4月的60.000变为90.000，增加30.000，变动较大。",
        ),
    ]
