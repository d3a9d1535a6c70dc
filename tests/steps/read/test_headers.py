"""The words of real headers (domain.md §2) lead to our columns, whatever stands around them."""

import pytest

from flows.steps.read.layout.headers import find_header
from schemas.columns import Kind
from schemas.shipped import shipped
from schemas.spellings import header_key
from tests.support.read_grids import grid_of
from tests.support.retirees import KINDS

PROGRESS = {
    "enterprise": ["单位名称", "企业（集团）名称", "原工作单位", "移交企业"],
    "affiliation": ["企业类别", "企业性质", "隶属"],
    "retirees": [
        "退休人数",
        "应移交退休人员",
        "拟移交人数",
        "应移交人数",
        "应移交退休\n人员数（人）",
    ],
    "agreement": ["已签订移交协议(人)", "交接协议签订", "整体移交协议签订人数"],
    "archives_due": ["档案册数", "人事档案移交(份·册·卷)/应移交"],
    "archives": ["人事档案移交(份·册·卷)/已移交", "已移交档案"],
    "party_members": ["退休党员", "党员数"],
    "party": ["党员组织关系", "组织关系转接", "党组织关系转移数"],
    "functions": ["社区管理服务移交", "社会管理服务移交", "管理服务工作移交", "实际移交人数"],
}
ROSTER_UNUSED = [
    "民族",
    "出生年月",
    "健康状况",
    "参加工作时间",
    "档案存放地点",
    "户口所在地",
    "常住地",
    "配偶",
    "家庭联系人",
    "序号",
]
CASES = [(name, text) for name, texts in PROGRESS.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_words_of_real_progress_ledgers(name: str, text: str) -> None:
    """Each spelling seen takes its column's place among our own headers, as a merged header where it has two levels."""
    upper, lower = [], []
    for column in KINDS["progress"]:
        levels = text.split("/") if column.name == name else [column.header]
        upper.append(levels[0])
        lower.append(levels[1] if len(levels) > 1 else None)
    header = find_header(grid_of("表", [upper, lower] if any(lower) else [upper]), 0, 30, shipped())
    assert header is not None
    assert dict(header.columns) == {column.name: at for at, column in enumerate(KINDS["progress"])}
    assert (header.unknown, header.twice, header.missing) == ({}, {}, [])


def test_columns_of_no_use_are_no_unknown_ones() -> None:
    """Forms of up to 47 columns hold much that is personal: it is passed over in silence."""
    header = find_header(
        grid_of("表", [[*(c.header for c in KINDS["roster"]), *ROSTER_UNUSED]]), 0, 30, shipped()
    )
    assert header is not None
    assert (header.kind, header.unknown, header.missing) == ("roster", {}, [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_its_own_header_among_the_spellings(kind: Kind) -> None:
    """Our own headers are spellings of their fields, and no field stands in the spellings that has no column."""
    exact = shipped().headers(kind).exact
    assert {c.name: exact.get(c.header) for c in KINDS[kind]} == {
        c.name: c.name for c in KINDS[kind]
    }
    assert set(exact.values()) == {c.name for c in KINDS[kind]}


@pytest.mark.parametrize(
    ("text", "key"),
    [("*身份证号（必填）", "身份证号"), ("姓名*", "姓名"), ("身份证号*（18位）", "身份证号"), ("1.县区", "县区"), ("（2）企业\n名称", "企业名称"), ("退休人员总数（截至5月底）（人）", "退休人员总数"), ("10", "10"),
     ("企业（集团）名称", "企业(集团)名称"), ("（人）", "(人)")],
)  # fmt: skip
def test_what_of_a_header_is_looked_up(text: str, key: str) -> None:
    """Numbers, stars, units and remarks are no part of a header's name; a bracket that means something is."""
    assert header_key(text) == key


def test_few_words_make_no_header() -> None:
    """A line that names two columns, or half of those that a kind needs without its own, is none."""
    assert find_header(grid_of("表", [["县区", "企业名称", "备注"]]), 0, 30, shipped()) is None
    assert find_header(grid_of("表", [["姓名", "性别", "县区", "备注"]]), 0, 30, shipped()) is None
