"""Forms of other campaigns than the shipped one: heads, amounts, the office's own checks."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.policies import DoubtPolicy
from flows.steps.blank.form import blank_form
from flows.steps.blank.form_content import FormRow, OwnForm
from flows.steps.blank.form_top import FIRST, HEADER, SUM
from flows.steps.blank.own_form import own_form
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.definition import Definition
from tests.support import factories
from tests.support.definitions import odd, quarters

# a definition, what is typed into a row of its form, the counts that are read
ROWS: list[tuple[Definition, dict[str, Any], dict[str, int]]] = [
    (
        quarters(),
        {"县区": "示例县", "小区名称": "甲小区", "应改造户数": 100, "已开工户数": 20,
         "计划投资": 1250.5, "完成投资": 300.25},
        {"households": 100, "started": 20, "planned": 125_050, "invested": 30_025},
    ),
    (
        odd(),
        {"乡镇": "甲乡", "村名": "一村", "应修堤长": 1.5, "已修堤长": 0.125},
        {"应修堤长": 1500, "已修堤长": 125},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "typed", "expected"), ROWS, ids=["quarters", "odd"])
def test_a_blank_form_is_read_as_it_was_filled_in(
    tmp_path: Path, definition: Definition, typed: dict[str, Any], expected: dict[str, int]
) -> None:
    """Its heads are the definition's; the example is passed over, amounts come back exactly."""
    campaign = factories.campaign().model_copy(update={"definition": definition})
    book = openpyxl.load_workbook(io.BytesIO(blank_form("progress", campaign)))
    page = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in page[3] if cell.value}
    assert list(heads)[1:] == [column.header for column in definition.progress]
    for head, value in typed.items():
        page.cell(5, heads[head], value)
    book.save(tmp_path / "a.xlsx")
    parsed = read_file(tmp_path / "a.xlsx", "a.xlsx", definition)
    (ledger,) = parsed.ledgers
    assert [parsed.failures, ledger.failures, ledger.conversions] == [[], [], []]
    assert ledger.frame[[*expected]].to_numpy().tolist() == [[*expected.values()]]


def test_a_blank_form_turns_red_where_an_own_check_is_broken() -> None:
    """The cell to be mended has the condition as a formula of its row."""
    campaign = factories.campaign().model_copy(update={"definition": quarters()})
    page = openpyxl.load_workbook(io.BytesIO(blank_form("progress", campaign))).worksheets[0]
    formulas = [rule.formula[0] for rules in page.conditional_formatting for rule in rules.rules]
    assert (
        len(formulas) == 2
    )  # of the office's two conditions; the order of dates is a rule of ours
    assert any("50*$D5" in formula for formula in formulas)


def test_an_own_form_shows_amounts_and_asks_the_own_checks() -> None:
    """Last month's amounts with their decimals, bases filled in, the check's own words as a reason."""
    before = {"households": 100, "started": 20, "planned": 125_050, "invested": 30_025}
    form = OwnForm(
        campaign="示例工作",
        definition=quarters(),
        sender="示例县",
        month=Month(2022, 5),
        rows=[FormRow("示例县", "甲小区", "", "", before)],
        problems=[],
        choices={"county": ["示例县"], "enterprise": ["甲小区"]},
        doubt=DoubtPolicy.model_validate({}),
    )
    page = openpyxl.load_workbook(io.BytesIO(own_form(form))).worksheets[0]
    heads = {str(cell.value): cell.column for cell in page[HEADER + 1] if cell.value}
    row = {head: page.cell(FIRST + 1, column) for head, column in heads.items()}
    shown = [(row[head].value, row[head].number_format) for head in ("计划投资", "上月完成投资")]
    assert shown == [(1250.5, "0.00"), (300.25, "0.00")]
    assert [row[head].value for head in ("应改造户数", "完成投资")] == [100, None]
    said = str(row["检查"].value)
    assert "已开工却没有完成投资，属实的在备注说明" in said
    assert "完成投资应填数字，最多2位小数" in said
    assert page.cell(SUM + 1, heads["计划投资"]).number_format == "0.00"
