"""Ledgers of other campaigns than the shipped one: amounts, units, no roster, no groups (DESIGN §4)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.steps.model import ParsedFile
from flows.steps.read.file import read_file
from flows.steps.read.values.cells import converter
from schemas.definition import Definition
from tests.support.definitions import odd, quarters
from tests.support.read_writers import Page, xlsx

PLANNED = quarters().column("planned")  # 万元, two decimals
LENGTH = odd().column("应修堤长")  # 公里, three decimals

# the cell, and the smallest units that it comes to, or the fault
AMOUNTS: list[tuple[Any, int | str]] = [
    (12.3, 1230),
    (12.299999999999999, 1230),  # what Excel makes of 12.3
    (0.1 + 0.2, 30),
    (1250, 125_000),
    (-3.5, -350),  # negative is a rule's own matter
    ("1,250.50", 125_050),
    ("12.3万元", 1230),
    ("12.3万", 1230),
    ("123000元", 1230),
    ("0.5亿元", 500_000),
    ("3千元", 30),
    (12.345, "too-many-decimals"),
    ("12.299999999999999", "too-many-decimals"),  # a text says what it says
    ("123456.7元", "too-many-decimals"),
    ("12.3人", "not-a-number"),
    ("约12", "not-a-number"),
    ("12%", "not-a-number"),
    ("12 13", "not-a-number"),
]


@pytest.mark.parametrize(("cell", "expected"), AMOUNTS)
def test_an_amount_is_read_exactly(cell: Any, expected: int | str) -> None:
    """As a whole number of its smallest unit, its own unit converted; nothing is rounded."""
    meaning = converter(PLANNED, quarters())(cell)
    assert (meaning.value if meaning.code is None else meaning.code) == expected


def test_what_a_broken_amount_comes_to_is_said() -> None:
    """In the column's unit, where the sheet states another."""
    assert converter(PLANNED, quarters())("123456.7元").facts == {
        "scaled": "（按单位折算为12.34567万元）"
    }
    assert converter(PLANNED, quarters())(12.345).facts == {"scaled": ""}


@pytest.mark.parametrize(("cell", "expected"), [("1.5公里", 1500), ("1500米", None), (0.125, 125)])
def test_a_measure_of_another_kind(cell: Any, expected: int | None) -> None:
    """Only a multiple of the column's own measure is converted: no list says what a 米 is."""
    assert converter(LENGTH, odd())(cell).value == expected


HEADS = ["县区", "小区", "应改造户数", "已开工户数", "计划投资", "完成投资", "开工日期"]
ROW = ["示例县", "甲小区", 100, 20, 1250.5, 300.25, "2022-03-01"]
# how a sheet states the units, and what its row then holds of 应改造户数, 计划投资, 完成投资
SHEETS: list[tuple[str, list[list[Any]], tuple[int, int, int]]] = [
    ("plain", [HEADS, ROW], (100, 125_050, 30_025)),
    ("in the head", [[*HEADS[:4], "计划投资（元）", "完成投资（亿元）", HEADS[6]],
                     [*ROW[:4], 12_505_000, 0.030025, ROW[6]]], (100, 125_050, 30_025)),
    ("in a row below", [HEADS, ["", "", "户", "户", "千元", "万元", ""], [*ROW[:4], 12_505, 300.25, ROW[6]]],
     (100, 125_050, 30_025)),
    ("above the table", [["单位：户、元"], HEADS, [*ROW[:4], 12_505_000, 3_002_500, ROW[6]]], (100, 125_050, 30_025)),
    ("two levels", [["县区", "小区", "应改造户数", "开工", "投资", "投资"], ["", "", "", "户数", "计划", "完成"], ROW[:6]],
     (100, 125_050, 30_025)),
]  # fmt: skip


def read(path: Path, rows: Sequence[Sequence[Any]], definition: Definition) -> ParsedFile:
    """Write a sheet and read it again."""
    path.write_bytes(xlsx([Page(rows, name="进度")]))
    return read_file(path, "东浥区/进度.xlsx", definition)


@pytest.mark.parametrize(
    ("rows", "expected"), [case[1:] for case in SHEETS], ids=[c[0] for c in SHEETS]
)
def test_units_of_a_sheet(
    tmp_path: Path, rows: list[list[Any]], expected: tuple[int, int, int]
) -> None:
    """Heads are found, units converted; what the definition lacks is an empty column of the frame."""
    parsed = read(tmp_path / "x.xlsx", rows, quarters())
    (ledger,) = parsed.ledgers
    assert [parsed.failures, ledger.failures, ledger.conversions] == [[], [], []]
    (found,) = ledger.frame[["households", "planned", "invested"]].to_numpy().tolist()
    assert tuple(found) == expected
    assert ledger.frame[["uscc", "affiliation", "note"]].isna().all(axis=None)
    assert ledger.frame["enterprise"].tolist() == ["甲小区"]


def test_a_column_of_money_that_is_not_known_is_told(tmp_path: Path) -> None:
    """Where amounts are asked for, a head in 万元 is no column of no use."""
    rows: list[list[Any]] = [[*HEADS, "监理费（万元）"], [*ROW, 1.5]]
    (ledger,) = read(tmp_path / "x.xlsx", rows, quarters()).ledgers
    assert [(f.code, f.value) for f in ledger.failures] == [("unknown-column", "监理费")]


def test_totals_of_amounts(tmp_path: Path) -> None:
    """Control totals are exact, whatever unit they are in."""
    rows: list[list[Any]] = [["乡镇", "村名", "应修堤长", "已修堤长"], ["甲乡", "一村", 0.1, 0.1], ["甲乡", "二村", 0.2, 0.2],
            ["合计", "", 0.3, 0.4]]  # fmt: skip
    (ledger,) = read(tmp_path / "x.xlsx", rows, odd()).ledgers
    assert ledger.frame["应修堤长"].tolist() == [100, 200]
    assert [total.values for total in ledger.totals] == [{"应修堤长": 300, "已修堤长": 400}]
