"""The campaign folder (DESIGN §3): every fault located, nothing guessed."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from flows.campaign.folder import CampaignError, campaign_of, load_campaign
from flows.campaign.starter_folder import (
    EXAMPLES,
    SETTINGS,
    example_registry,
    write_working_folder,
)
from schemas.definition_sheets import KIND_NAMES
from schemas.registry import COUNTIES, ENTERPRISES, REGISTRY, SENDERS
from schemas.shipped import names, shipped

Rows = Mapping[str, Sequence[Sequence[str]]]


def registry(
    rows: Rows, leave_out: str = "", columns: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """Return a 名录.xlsx with some rows; other sheets have the examples."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for sheet, facts in REGISTRY.items():
            if sheet == leave_out:
                continue
            page = book.add_worksheet(sheet)
            page.write_row(0, 0, (columns or {}).get(sheet, [column.header for column in facts]))
            for r, row in enumerate(rows.get(sheet, EXAMPLES[sheet]), 1):
                page.write_row(r, 0, row)
    return buffer.getvalue()


def faults(settings: str = SETTINGS, names: bytes | None = None) -> list[tuple[str, str, str]]:
    """Return the faults of a campaign folder as (file, place, message); none where it is good."""
    files = {
        "campaign.toml": settings.encode(),
        "名录.xlsx": example_registry(shipped()) if names is None else names,
    }
    try:
        campaign_of(files, Path("campaign"))
    except CampaignError as error:
        return [(fault.file, fault.place, fault.message) for fault in error.faults]
    return []


def test_what_init_writes_is_good() -> None:
    """The commented folder that a clerk starts from has no fault."""
    assert faults() == []
    campaign = campaign_of(
        {"campaign.toml": SETTINGS.encode(), "名录.xlsx": example_registry(shipped())}, Path()
    )
    assert [(s.name, s.type, s.owes, s.county) for s in campaign.senders] == [
        ("示例区", "县区", ("progress",), "示例区"),
        ("示例县", "县区", ("progress", "roster"), "示例县"),
        ("示例市市直企业职工托管中心", "托管中心", ("roster",), None),
    ]
    assert campaign.enterprise_names["示例机械"] == "示例市示例机械有限公司"


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("start = 2022-01-10", "", "start", "缺少这个键。应填启动日期，如 2022-01-10"),
        ("start = 2022-01-10", "start = \"一月\"", "start", "现为 “一月”，应为启动日期，如 2022-01-10"),
        ("handover = 2022-07-31", "handover = 2021-07-31", "start、deadlines", "日期应当先后有序：start 早于 handover，handover 不晚于 acceptance"),
        ('first_month = "2022-01"', 'first_month = "2022-13"', "bulletin.first_month", "现为 “2022-13”，应为第1期的月份，如 \"2022-01\""),
        ("copies = 60", "copies = -1", "bulletin.copies", "现为 -1，应为印数，0 或正整数"),
        ('missing = "carry_forward"', 'missing = "沿用"', "policy.missing",
         "现为 “沿用”，应为\"carry_forward\"（沿用上次数据）或 \"exclude\"（不计入）"),
        ('# [[given."2022-05"]]', '[[given."2022-05"]]\nitem = "甲"', "given.2022-05.0.value",
         '缺少这个键。应填数和单位，如 "92.31%" 或 "120万人"'),
        ('# [[given."2022-05"]]', '[[given."2022-05"]]\nitem = "甲"\nvalue = "1人"\nsource = "乙"\nrank = 1',
         "given.2022-05.0.rank", "没有这个键。这一节可用的键：item、value、place、source"),
        ("# [[assessment.negative]]", '[[assessment.negative]]\nindicator = "签约率"\nbelow = 60\nby = 2022-06-30',
         "assessment.negative.0.indicator", "现为 “签约率”，应为指标，从 协议签订率、档案移交率、组织关系转移率、管理职能移交率 中选"),
        ("# [[assessment.negative]]", '[[assessment.negative]]\nindicator = "协议签订率"\nbelow = 160\nby = 2022-06-30',
         "assessment.negative.0.below", "现为 160，应为完成的比例低于百分之几列入，如 60"),
        ("# [assessment]", '[assessment]\nweights = { "签约率" = 60 }', "assessment.weights",
         "现为 “签约率”，应为指标，从 协议签订率、档案移交率、组织关系转移率、管理职能移交率 中选"),
        ("roster = 0.01", "roster = 1.5", "policy.bad_rows.roster",
         "现为 1.5，应为允许的错行比例，如 { progress = 0.0, roster = 0.01 }，在 0 和 1 之间"),
        ('# ranking = ["协议签订率"]', 'ranking = ["协议签订率", "完成率"]', "policy.ranking.1", "现为 “完成率”，应为排名依据，从 agreement、archives、party、functions 中选"),
        ('"企业", "托管中心"]', '"企业"]', "policy.precedence", "现为 ['县区', '企业']，应为县区、企业、托管中心三者的先后"),
        ("reply_days", "replay_days", "policy.replay_days",
         "没有这个键。这一节可用的键：missing、bad_rows、ranking、precedence、reply_days、due_day、trial_rules"),
        ("city = ", "ciudad = ", "city", "缺少这个键。应填市名，如 \"示例市\""),
        ("# [ranks.\"2022-05\"]\n# province = 3", "[ranks.\"2022-05\"]\nprovince = 0", "ranks.2022-05.province", "现为 0，应为全省名次，正整数"),
        ("# [ranks.\"2022-05\"]\n# province = 3", "[ranks.\"五月\"]\nprovince = 3", "ranks.五月", "现为 “五月”，应为[ranks.\"2022-05\"] 各节，节名是月份"),
        ("reply_days = 5 ", 'trial_rules = ["no-such"] ', "policy.trial_rules", "规则“no-such”不能试行。可以试行的有："),
    ],
)  # fmt: skip
def test_faults_of_the_settings(old: str, new: str, place: str, told: str) -> None:
    """A fault in campaign.toml is told with its key, what was given and what is wanted."""
    assert old in SETTINGS
    found = faults(SETTINGS.replace(old, new))
    assert any(
        file == "campaign.toml" and at == place and message.startswith(told)
        for file, at, message in found
    ), found


@pytest.mark.parametrize(
    ("text", "place"), [("city = 示例市\n", "第1行第8列"), ("[policy\n", "第1行第8列")]
)
def test_settings_that_are_no_toml(text: str, place: str) -> None:
    """A slip of the pen is told with its line and column."""
    assert faults(text)[0][:2] == ("campaign.toml", place)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({COUNTIES: [["示例区", "", ""], ["示例县", "", "示例区"]]}, [("县区!C3", "“示例区”已在 县区!A2 用过，一个名称或别名只能指一个单位")]),
        ({COUNTIES: [["示例区", "1", ""], ["示例县", "1", ""]]}, [("县区!B3", "“1”已在 县区!B2 用过")]),
        ({COUNTIES: [["示例区", "", ""], ["示例县", "", ""], ["", "990103", ""]]}, [("县区!A4", "“名称”没有填写。应填规范名称，台账和简报都用它")]),
        ({ENTERPRISES: [["示例厂", "91350100M000100Y44", "市属", ""]]},
         [("企业!B2", "统一社会信用代码“91350100M000100Y44”有误：校验码不对，可能有字符录错。")]),
        ({ENTERPRISES: [["示例厂", "", "集体", ""]]}, [("企业!C2", "隶属关系“集体”不在可选范围内。可选：中央、省属、中省、市属、县属、托管中心")]),
        ({SENDERS: [["示例区", "区县", "", "", "进度台账"]]}, [("报送单位!B2", "类型“区县”不在可选范围内。可选：县区、企业、托管中心")]),
        ({SENDERS: [["某某县", "县区", "", "", "进度台账"]]}, [("报送单位!A2", "类型是县区，但“县区”表中没有“某某县”")]),
        ({SENDERS: [["示例区", "县区", "", "不是邮箱", "进度台账"]]}, [("报送单位!D2", "“不是邮箱”不是邮箱地址")]),
        ({SENDERS: [["示例区", "县区", "", "", "月报"]]}, [("报送单位!E2", "应报台账“月报”不在可选范围内。可选：进度台账、花名册")]),
        ({SENDERS: [["示例区", "县区", "", "", ""]]}, [("报送单位!E2", "“应报台账”没有填写。应填进度台账、花名册，两种都报的用、分开")]),
        ({COUNTIES: [["示例区", "", "", "三百"], ["示例县", "", "", "3,200人"]]}, [("县区!D2", "摸底人数“三百”不是整数。应填人数，如 320；可不填")]),
        ({ENTERPRISES: [["示例厂", "", "市属", "", "32.5"]]}, [("企业!E2", "摸底人数“32.5”不是整数。应填人数，如 320；可不填")]),
        ({COUNTIES: []}, [("报送单位!A2", "类型是县区，但“县区”表中没有“示例区”"), ("报送单位!A3", "类型是县区，但“县区”表中没有“示例县”")]),
    ],
)  # fmt: skip
def test_faults_of_the_registry(rows: Rows, expected: list[tuple[str, str]]) -> None:
    """A fault in 名录.xlsx is told with its sheet and cell."""
    assert faults(names=registry(rows)) == [
        ("名录.xlsx", place, message) for place, message in expected
    ]


def test_sheets_and_columns_that_are_missing() -> None:
    """A missing sheet or column is named, with what is expected."""
    assert faults(names=registry({}, leave_out=ENTERPRISES)) == [
        ("名录.xlsx", "企业", "缺少工作表“企业”。名录应有工作表：县区、企业、报送单位")
    ]
    assert faults(names=registry({}, columns={COUNTIES: ["名称", "别名"]})) == []
    assert faults(
        names=registry({}, columns={ENTERPRISES: ["名称", "统一社会信用代码", "性质", "别名"]})
    ) == [("名录.xlsx", "企业!A1", "缺少“隶属关系”栏")]
    assert faults(names=b"not a workbook")[0][0] == "名录.xlsx"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Both files are named, with what to do."""
    with pytest.raises(CampaignError) as raised:
        load_campaign(tmp_path / "没有")
    assert [fault.file for fault in raised.value.faults] == ["campaign.toml", "名录.xlsx"]
    assert "bulletin init" in str(raised.value)


@pytest.mark.parametrize("name", names())
def test_init_like_any_shipped_work_is_good(tmp_path: Path, name: str) -> None:
    """名录 calls the list of the groups as the ledger does and its examples fit; the usual head is read too."""
    write_working_folder(tmp_path, name)
    campaign = load_campaign(tmp_path / "campaign")
    definition = campaign.definition
    assert definition == shipped(name)
    (unit,) = campaign.enterprises
    assert unit.name == definition.columns_of("progress")["enterprise"].example
    assert unit.affiliation in definition.group_of
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {
        f"{KIND_NAMES[kind]}（空白）.xlsx" for kind in definition.kinds
    }
    book = openpyxl.load_workbook(tmp_path / "campaign" / "名录.xlsx")
    heads = [cell.value for cell in book["企业"][1]]
    assert heads[2] == definition.header_of("progress", "affiliation")
    book["企业"]["C1"] = "隶属关系"
    book.save(tmp_path / "campaign" / "名录.xlsx")
    assert load_campaign(tmp_path / "campaign").enterprises == (unit,)
