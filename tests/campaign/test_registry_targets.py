"""The sheet 目标 of 名录.xlsx: targets by unit, indicator and day, each fault with its cell."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from flows.campaign.registry import read_registry
from flows.campaign.starter_folder import EXAMPLES
from flows.registered import Target
from flows.settings import Campaign
from schemas.definition import Definition
from schemas.registry import SHEETS, TARGETS
from schemas.shipped import shipped
from tests.support.definitions import mixed
from tests.support.factories import campaign

Row = tuple[object, object, object, object, str]


def book(rows: Sequence[Row], sheet: str = TARGETS) -> bytes:
    """Return the starter's 名录.xlsx with some targets; days as dates, shares as percentages."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as file:
        day, rate = (
            file.add_format({"num_format": "yyyy-mm-dd"}),
            file.add_format({"num_format": "0%"}),
        )
        for name, columns in SHEETS.items():
            page = file.add_worksheet(sheet if name == TARGETS else name)
            page.write_row(0, 0, [column.header for column in columns])
            for r, row in enumerate(EXAMPLES.get(name, rows), 1):
                for c, value in enumerate(row):
                    form = (
                        day
                        if isinstance(value, date)
                        else rate
                        if isinstance(value, float)
                        else None
                    )
                    page.write(r, c, value, form)
    return buffer.getvalue()


def read(
    rows: Sequence[Row], definition: Definition
) -> tuple[tuple[Target, ...], list[tuple[str, str]]]:
    registry, faults = read_registry(book(rows), definition)
    return registry.targets if registry else (), faults


def test_targets_are_read() -> None:
    """Days and shares typed or formatted, counts with their unit, names and aliases, a broken line."""
    rows: list[Row] = [
        ("全市", "协议签订率", date(2022, 6, 30), 0.85, "目标责任书"),
        ("全市", "协议签订率", "2022年7月31日", "100%", ""),
        ("示例", "档案移交率", "2022/6/30", "99.5％", ""),
        ("市属企业", "管理职能移交率", "2022.6.30", "1,200人", ""),
        ("示例机械", "协议签订率", "2022-06-30", 320, ""),
        ("托管中心", "协议签订率", "2022-06-30", "60人", ""),
    ]
    facts = [
        ("city", "", "agreement", date(2022, 6, 30), Decimal(85), None, "目标责任书"),
        ("city", "", "agreement", date(2022, 7, 31), Decimal(100), None, ""),
        ("county", "示例区", "archives", date(2022, 6, 30), Decimal("99.5"), None, ""),
        ("group", "市属企业", "functions", date(2022, 6, 30), None, 1200, ""),
        ("enterprise", "示例市示例机械有限公司", "agreement", date(2022, 6, 30), None, 320, ""),
        ("group", "托管中心", "agreement", date(2022, 6, 30), None, 60, ""),
    ]
    names = ("level", "unit", "indicator", "by", "percent", "count", "source")
    targets = tuple(Target.model_validate(dict(zip(names, each, strict=True))) for each in facts)
    assert read(rows, shipped()) == (targets, [])
    sent = (
        campaign().model_copy(update={"targets": targets}).model_dump_json(exclude={"definition"})
    )
    assert Campaign.model_validate_json(sent).targets == targets  # as a process gets it


def test_the_sheet_may_be_left_out() -> None:
    """Without the sheet, or with an empty one, there are no targets and no fault."""
    for data in (book([]), book([], "备用")):
        registry, faults = read_registry(data, shipped())
        assert faults == []
        assert registry is not None
        assert registry.targets == ()


# the rows as (unit, indicator, day, target), the fault's place and message
JUNE, JULY = "2022-06-30", "2022-07-31"
FAULTS: Sequence[tuple[list[tuple[str, str, str, str]], str, str]] = [
    ([("甲县", "协议签订率", JUNE, "85%")], "目标!A2",
     "“甲县”不在名录中。应填全市、县（市、区）、分组或企业的名称"),
    ([("全市", "签约率", JUNE, "85%")], "目标!B2",
     "没有“签约率”这个指标。可填：协议签订率、档案移交率、组织关系转移率、管理职能移交率"),
    ([("全市", "协议签订率", "6月底", "85%")], "目标!C2", "“6月底”不是日期。应写成 2022-06-30"),
    ([("全市", "协议签订率", "2022-06-31", "85%")], "目标!C2", "“2022-06-31”不是日期。应写成 2022-06-30"),
    ([("全市", "协议签订率", JUNE, "")], "目标!D2",
     "“目标”没有填写。应填比率写百分号，如 85%；数量写单位，如 1200人。越低越好的，写到时还剩多少"),
    ([("全市", "协议签订率", JUNE, "大半")], "目标!D2", "“大半”不是目标。应写成 85% 或 1200人"),
    ([("全市", "协议签订率", JUNE, "1200份")], "目标!D2", "“1200份”不是目标。应写成 85% 或 1200人"),
    ([("全市", "协议签订率", JUNE, "120%")], "目标!D2", "目标 120% 大于 100%，请核对"),
    ([("全市", "协议签订率", JUNE, "85")], "目标!D2",
     "分不清“85”是比率还是数量。请写明 85% 或 85人"),
    ([("全市", "协议签订率", JUNE, "320.5")], "目标!D2",
     "已签协议人数没有小数，现为“320.5”。是比率的请写百分号"),
    ([("全市", "协议签订率", JULY, "85%"), ("全市", "协议签订率", JUNE, "90%")], "目标!C3",
     "截止日应由早到晚，一天一行：2022-06-30 不晚于上一步的 2022-07-31，请核对"),
    ([("全市", "协议签订率", JUNE, "85%"), ("全市", "协议签订率", JULY, "80%")], "目标!D3",
     "目标比上一步低了，越往后应当越高，请核对"),
    ([("全市", "协议签订率", JUNE, "85%"), ("全市", "协议签订率", JULY, "1200人")], "目标!D3",
     "同一单位同一指标的目标，要么都写比率，要么都写数量"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "place", "message"), FAULTS)
def test_faults(rows: list[tuple[str, str, str, str]], place: str, message: str) -> None:
    """Every fault is told at its cell, with what to do."""
    assert read([(*row, "") for row in rows], shipped()) == ((), [(place, message)])


# of other works: a share of a mere count, one that should become less and grows
OTHERS: Sequence[tuple[list[tuple[str, str, str, str]], list[tuple[str, str]]]] = [
    ([("全市", "加装电梯", JUNE, "85%")],
     [("目标!D2", "加装电梯只计数，没有比率。请写数量，如 1200部")]),
    ([("全市", "加装电梯", JUNE, "5")], []),
    ([("全市", "投诉未办结率", JUNE, "5%"), ("全市", "投诉未办结率", JULY, "10%")],
     [("目标!D3", "目标比上一步高了，越往后应当越低，请核对")]),
    ([("全市", "投资完成率", JUNE, "120.505万元")],
     [("目标!D2", "完成投资最多2位小数，现为“120.505万元”。是比率的请写百分号")]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "faults"), OTHERS)
def test_faults_of_other_works(
    rows: list[tuple[str, str, str, str]], faults: list[tuple[str, str]]
) -> None:
    """What a target may be follows the campaign's definition."""
    assert read([(*row, "") for row in rows], mixed())[1] == faults


def test_an_amount_is_exact() -> None:
    """An amount of 120.5 万元 is held in its smallest unit."""
    targets, faults = read([("全市", "投资完成率", JUNE, "120.5万元", "")], mixed())
    assert faults == []
    assert [target.count for target in targets] == [12050]
