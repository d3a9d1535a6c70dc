"""A definition's tables (DESIGN §7): the shipped ones are read whole, each fault has its place."""

from collections.abc import Mapping

import pytest

from schemas.definition import Definition
from schemas.definition_sheets import DefinitionFault, TableLine
from schemas.definition_tables import parse_definition
from schemas.shipped import RETIREES, names, shipped, tables_of


@pytest.mark.parametrize("name", names())
def test_shipped(name: str) -> None:
    """Every shipped definition has no fault, and each rate's whole comes from one of its bases."""
    definition = shipped(name)
    assert definition.rated
    assert set(definition.wholes.values()) <= set(definition.bases)


def test_retirees() -> None:
    """The retirees' campaign as the rest of the program sees it."""
    definition = shipped()
    assert definition.counts == (
        "retirees",
        "agreement",
        "archives_due",
        "archives",
        "party_members",
        "party",
        "functions",
    )
    assert definition.main == "retirees"
    assert definition.ranking == ("agreement", "archives", "party", "functions")
    assert definition.households_name == "企业户数"
    assert definition.group_of["中省"] == "中省企业"
    assert definition.headers("progress").get("人事档案/已移交数") == "archives"
    assert definition.choices("affiliation").get("央企") == "中央"


def changed(sheet: str, line: int, **texts: str) -> list[DefinitionFault] | Definition:
    """Return what comes of the retirees' tables with some texts of one line changed."""
    tables = dict(tables_of(RETIREES))
    lines: list[TableLine] = []
    for each in tables[sheet]:
        new: Mapping[str, str] = {**each.texts, **texts} if each.number == line else each.texts
        lines.append(TableLine(each.number, new))
    return parse_definition({**tables, sheet: lines})


@pytest.mark.parametrize(
    ("sheet", "line", "texts", "head", "message"),
    [
        ("栏目", 6, {"类型": "个数"}, "类型", "写的是“个数”。请从下列各项中选填：县区、单位、"),
        ("栏目", 6, {"说明": ""}, "说明", "没有填写“说明”。请填写"),
        ("栏目", 7, {"不大于": "退休人员数"}, "不大于", "您是不是想用“退休人员总数”"),
        ("栏目", 7, {"不大于": "企业名称"}, "不大于", "不能这样比"),
        ("栏目", 7, {"代号": "county"}, "代号", "“county”不能作代号"),
        ("栏目", 7, {"代号": "retirees"}, "代号", "与“退休人员总数”重复"),
        ("栏目", 7, {"小数位": "2"}, "小数位", "只有“金额”可以有小数"),
        ("栏目", 7, {"必填": "对"}, "必填", "写的是“对”。请从下列各项中选填：是、否"),
        ("栏目", 7, {"其他写法": "退休人数"}, "其他写法", "写法“退休人数”也是“退休人员总数”的写法"),
        ("栏目", 10, {"花名册条件": "政治面貌：党员"}, "花名册条件", "没有“党员”这个选项"),
        ("栏目", 2, {"类型": "文字"}, "类型", "进度台账要有且只有一栏的类型是“县区”"),
        ("指标", 2, {"应办栏": ""}, "应办栏", "算不出比率"),
        ("指标", 2, {"已办栏": "签协议数"}, "已办栏", "没有“签协议数”这一栏"),
        ("指标", 3, {"已办栏": "已签协议人数"}, "已办栏", "已经是另一个指标的已办栏"),
        ("阶段", 4, {"须完成的指标": "签订率"}, "须完成的指标", "没有“签订率”这个有比率的指标"),
        ("分组", 3, {"选项": "中央"}, "选项", "“中央”已经在另一个分组里"),
        ("用语", 2, {"用处": "全国"}, "用处", "写的是“全国”"),
        ("校验", 2, {"后果": "罚款"}, "后果", "请从下列各项中选填：退回整册、剔除本行、须核实"),
        ("上报", 2, {"栏目": "退休总数"}, "栏目", "您是不是想用“退休人员总数”"),
        ("上报", 3, {"栏目": "退休人员总数"}, "栏目", "“退休人员总数”已经有了。请只留一行"),
        ("上报", 3, {"上级栏目": "退休人员总数"}, "上级栏目", "“退休人员总数”已经有了"),
        ("选项写法", 2, {"选项": "部属"}, "选项", "没有“部属”这个选项"),
    ],
)
def test_faults(sheet: str, line: int, texts: dict[str, str], head: str, message: str) -> None:
    """What is wrong is said with its sheet, line and head, and what to do."""
    faults = changed(sheet, line, **texts)
    assert isinstance(faults, list)
    found = [fault for fault in faults if fault.head == head and message in fault.message]
    assert found, faults
    assert found[0].sheet == sheet


@pytest.mark.parametrize("name", names())
def test_what_goes_up_is_enough_above(name: str) -> None:
    """An office above with the same definition misses no column of 上报表."""
    definition = shipped(name)
    heads = [head for _, head in definition.upward_columns]
    assert [c.header for c in definition.progress if c.expected and c.header not in heads] == []


def test_what_is_listed_goes_up() -> None:
    """The numbers stand in the order of the table, under the heads of the level above."""
    listed = [("县区", "市（州）"), ("已签协议人数", "协议人数"), ("退休人员总数", "")]
    lines = [
        TableLine(i, {"栏目": own, "上级栏目": above}) for i, (own, above) in enumerate(listed)
    ]
    definition = parse_definition({**tables_of(RETIREES), "上报": lines})
    assert isinstance(definition, Definition)
    assert [head for _, head in definition.upward_columns] == [
        "市（州）", "企业名称", "统一社会信用代码", "隶属关系", "协议人数", "退休人员总数", "备注"
    ]  # fmt: skip


def test_missing_sheet() -> None:
    """A sheet that a definition cannot do without is asked for."""
    tables = {name: lines for name, lines in tables_of(RETIREES).items() if name != "指标"}
    faults = parse_definition(tables)
    assert isinstance(faults, list)
    assert [(f.sheet, f.message) for f in faults if f.sheet == "指标"] == [
        ("指标", "没有“指标”表，或表中没有内容。请补上")
    ]
