"""文字/2022-05.md: the month's own words by heading, each fault with its line, nobody's number."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from flows.campaign.folder import CampaignError, campaign_of, folder_files
from flows.campaign.month_words import read_words
from flows.campaign.starter_folder import SETTINGS, example_registry
from flows.settings import Campaign
from flows.steps.months import Month
from schemas.shipped import shipped

MAY = "文字/2022-05.md"
Said = Mapping[str, tuple[str, ...]]
NUMBER = "110105194912310" + "02X"  # made up, in the standard

# the text, the paragraphs by heading, the faults as (line, message)
FILES: Sequence[tuple[str, Said, list[tuple[str, str]]]] = [
    ("# 工作动态\n5月12日开推进会。\n\n- 5月20日督查。\n", {"工作动态": ("5月12日开推进会。", "5月20日督查。")}, []),
    ("\ufeff## 大事记 ##\n甲\n## 领导批示\n乙\n", {"领导批示": ("乙",), "大事记": ("甲",)}, []),
    ("工作动态\n甲\n#典型做法\n", {"工作动态": ("甲",)}, []),  # without a mark; nothing below a heading
    ("# 大事记\n甲\n# 工作动态\n乙\n# 大事记\n丙\n", {"工作动态": ("乙",), "大事记": ("甲", "丙")}, []),
    ("", {}, []),
    ("# 会议\n甲\n", {}, [("第1行", "没有“会议”这个标题。可以写：领导批示、工作动态、典型做法、大事记")]),
    ("\n甲\n乙\n", {}, [("第2行", "文字前面要有标题，如 # 工作动态")]),
    (f"# 大事记\n张三{NUMBER}来访。\n", {},
     [("第2行", "有身份证号或电话号码，简报不能登个人信息。请删去号码")]),
    ("# 大事记\n联系１３８００００００００。\n", {},
     [("第2行", "有身份证号或电话号码，简报不能登个人信息。请删去号码")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "faults"), FILES)
def test_a_file(text: str, said: Said, faults: list[tuple[str, str]]) -> None:
    """Paragraphs stand under the known headings, in the order of print."""
    words, found = read_words({MAY: text.encode()})
    assert words == {Month(2022, 5): said}
    assert list(words[Month(2022, 5)]) == list(said)
    assert found == [(MAY, fault) for fault in faults]


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("文字/五月.md", b"", "文件名应是月份，如 2022-05.md"),
        ("文字/2022-13.md", b"", "文件名应是月份，如 2022-05.md"),
        (MAY, b"\x81\x20\xff", "编码认不出来。请用记事本另存为 UTF-8 编码"),
    ],
)
def test_a_file_that_is_none(name: str, data: bytes, fault: str) -> None:
    """A file of no month or in no encoding is a fault of the file."""
    assert read_words({name: data}) == ({}, [(name, ("", fault))])


def test_an_old_encoding() -> None:
    """What an old Notepad saves is read as well."""
    words, faults = read_words({MAY: "# 工作动态\n甲\n".encode("gb18030")})
    assert (words, faults) == ({Month(2022, 5): {"工作动态": ("甲",)}}, [])


def test_the_campaign_has_them(tmp_path: Path) -> None:
    """The files belong to those that a month is made from, so that each issue keeps them."""
    (tmp_path / "文字").mkdir()
    for name, content in (
        (MAY, "# 工作动态\n甲\n"),
        ("文字/说明.txt", "随便"),
        ("文字/~$2022-05.md", ""),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "campaign.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "名录.xlsx").write_bytes(example_registry(shipped()))
    files = folder_files(tmp_path)
    assert sorted(files) == ["campaign.toml", "名录.xlsx", MAY]
    campaign = campaign_of(files, tmp_path)
    assert campaign.words == {Month(2022, 5): {"工作动态": ("甲",)}}
    sent = Campaign.model_validate_json(campaign.model_dump_json(exclude={"definition"}))
    assert sent.words == campaign.words  # as a process that reads ledgers gets it
    with pytest.raises(CampaignError, match=r"文字/2022-05\.md 第1行：没有“其他”这个标题"):
        campaign_of({**files, MAY: "# 其他".encode()}, tmp_path)
