"""写法.csv: what its lines mean, and each fault with its line."""

from pathlib import Path

import pytest

from flows.campaign.folder import CampaignError, load_campaign
from flows.campaign.own_spellings import read_own_spellings
from flows.campaign.starter_folder import write_working_folder
from schemas.own_spellings import EXAMPLE, FILE, HEADER
from schemas.shipped import RETIREES, shipped
from schemas.spellings import NO_OWN

HEAD = ",".join(HEADER) + "\n"

# the lines under the head, what they mean (list, key, meaning)
GOOD = [
    ("", ()),
    ("# 单位性质,隶属关系,进度台账\n\n,,\n", ()),
    ("单位性质,隶属关系,进度台账", (("progress", "单位性质", "affiliation"),)),
    ("２、单位 性质（必填）,隶属关系,花名册,,", (("roster", "单位性质", "affiliation"),)),
    ("协议/签订数,已签协议人数,进度台账", (("progress", "协议/签订数", "agreement"),)),
    ("负责人手机,不读,进度台账", (("ignored", "负责人手机", "不读"),)),
    ("国资委 直管,市属,隶属关系", (("affiliation", "国资委直管", "市属"),)),
    ('"甲,乙",群众,政治面貌', (("politics", "甲,乙", "群众"),)),
    ("企业名称,企业名称,进度台账", (("progress", "企业名称", "enterprise"),)),
]

# the lines under the head, the place and the beginning of each fault
BAD = [
    ("单位性质,隶属关系", [("第2行", "应有3项：写法、等于、用于")]),
    ("单位性质,,进度台账", [("第2行", "应有3项")]),
    ("单位性质,隶属关系,进度表", [("第2行“用于”", "没有“进度表”。可以写：进度台账、花名册、隶属关系")]),
    ("单位性质,性质,进度台账", [("第2行“等于”", "进度台账没有“性质”栏。可以写：县区、企业名称")]),
    ("直管,国管,隶属关系", [("第2行“等于”", "“隶属关系”没有选项“国管”。可以写：中央、省属")]),
    ("*性质,隶属关系,进度台账", [("第2行“写法”", "不能有“*”和“|”")]),
    ("单位名称,隶属关系,进度台账", [("第2行“写法”", "“单位名称”程序已经认识，是“企业名称”")]),
    ("央企,市属,隶属关系", [("第2行“写法”", "“央企”程序已经认识，是“中央”")]),
    ("甲,市属,隶属关系\n# 说明\n甲,县属,隶属关系", [("第4行“写法”", "“甲”在第2行已有另一个意思")]),
    ("甲\n乙,丙,丁", [("第2行", "应有3项"), ("第3行“用于”", "没有“丁”")]),
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("lines", "meaning"), GOOD)
def test_a_good_line(lines: str, meaning: tuple[tuple[str, str, str], ...], encoding: str) -> None:
    """A spelling is kept as it is looked up, whichever program saved the file; notes and empty lines mean nothing."""
    assert read_own_spellings((HEAD + lines).encode(encoding), shipped()) == (
        type(NO_OWN)(meaning),
        [],
    )


@pytest.mark.parametrize(("lines", "faults"), BAD)
def test_a_faulty_line(lines: str, faults: list[tuple[str, str]]) -> None:
    """Every fault is told with its line, and with what could stand there."""
    found = read_own_spellings((HEAD + lines).encode(), shipped())[1]
    assert [(place, message[: len(start)]) for (place, message), (_, start) in zip(found, faults, strict=True)] == faults  # fmt: skip


# the file, the whole fault
UNREADABLE = [
    (b"a,b,c\n", ("第1行", "第一行应是表头：写法,等于,用于")),
    (b"\xff\xfe\x00\xd8", ("", "编码认不出来。请用记事本或 WPS 另存为 UTF-8 编码的 CSV")),
]


@pytest.mark.parametrize(("data", "fault"), UNREADABLE)
def test_a_file_that_is_none(data: bytes, fault: tuple[str, str]) -> None:
    """Another table, or bytes that are no text, are one fault."""
    assert read_own_spellings(data, shipped()) == (NO_OWN, [fault])


def test_the_campaign_holds_the_spellings(tmp_path: Path) -> None:
    """`init` writes the file with notes only; a line changes what checks depend on, a fault is one of the campaign folder."""
    write_working_folder(tmp_path / "工作", RETIREES)
    folder = tmp_path / "工作" / "campaign"
    file = folder / FILE
    assert file.read_text(encoding="utf-8-sig") == EXAMPLE
    before = load_campaign(folder)
    file.write_text(EXAMPLE + "单位性质,隶属关系,进度台账\n", encoding="utf-8")
    after = load_campaign(folder)
    file.unlink()
    without = load_campaign(folder)
    assert (before.definition.own, after.definition.own.lines) == (
        NO_OWN,
        (("progress", "单位性质", "affiliation"),),
    )
    assert before.digest == without.digest != after.digest
    assert before.checks_digest == without.checks_digest != after.checks_digest
    file.write_text(HEAD + "甲,乙,丙\n", encoding="utf-8")
    with pytest.raises(
        CampaignError, match=r"1 处错误，未运行：\n  写法.csv 第2行“用于”：没有“丙”"
    ):
        load_campaign(folder)
