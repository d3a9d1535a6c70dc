"""What is known of every column, written once.

The pandera models, the parser's types, the blank workbook, the failure texts, the roll-up and the
column list in the manual derive from the columns here (DESIGN §2, §3). The module is light on
purpose: it imports no pandas.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Type = Literal[
    "text",
    "name",
    "county",
    "enterprise",
    "uscc",
    "affiliation",
    "count",
    "sex",
    "id",
    "politics",
    "phone",
    "date",
]
Kind = Literal["progress", "roster"]
Level = Literal["city", "county", "enterprise"]
# What a fault costs: the ledger, its row, the row until it is mended or explained, or nothing.
Severity = Literal["ledger", "row", "query", "note"]
# `held`: what only queries hold back.
Verdict = Literal["accepted", "partly", "held", "returned", "unreadable", "missing"]


@dataclass(frozen=True)
class Column:
    """One column of a ledger kind.

    `required` speaks of the cell, `expected` of the column: a date of a handover must have its
    column, its cell stays empty until the handover is done. `at_most` names the column whose count
    this one may not exceed, `default` the one that stands in where the cell is empty. `personal`
    values are masked wherever they leave the sender's own workbook.
    """

    name: str
    header: str
    type: Type
    help: str
    example: str | int
    required: bool = True
    expected: bool = True
    unit: str = ""
    at_most: str | None = None
    default: str | None = None
    personal: bool = False
    cumulative: bool = False


_COUNTY = Column(
    "county",
    "县区",
    "county",
    "填县（市、区）的规范名称；县区自己的台账可以不填",
    "示例县",
    expected=False,
)
_ENTERPRISE = Column(
    "enterprise",
    "企业名称",
    "enterprise",
    "填营业执照上的全称，与名录一致",
    "示例市示例机械有限公司",
)
_USCC = Column(
    "uscc",
    "统一社会信用代码",
    "uscc",
    "18位代码，以文本格式填写；没有的可以不填",
    "91350100M000100Y43",
    False,
    False,
)
_AFFILIATION = Column(
    "affiliation",
    "隶属关系",
    "affiliation",
    "从下拉列表中选：中央、省属、中省、市属、县属、托管中心",
    "市属",
)
_NOTE = Column("note", "备注", "text", "数据比上月减少的，在此写明原因", "无", False, False)


def _count(
    name: str,
    header: str,
    help: str,
    example: int,
    unit: str = "人",
    at_most: str | None = None,
    default: str | None = None,
    cumulative: bool = False,
) -> Column:
    """Return a column of a cumulative count; one with a default may be left out."""
    needed = default is None
    return Column(
        name,
        header,
        "count",
        help,
        example,
        required=needed,
        expected=needed,
        unit=unit,
        at_most=at_most,
        default=default,
        cumulative=cumulative,
    )


def _date(
    name: str, header: str, help: str, required: bool = False, expected: bool = True
) -> Column:
    """Return a column of a date that stays empty until the thing is done."""
    return Column(name, header, "date", help, "2022-03-15", required, expected)


PROGRESS: tuple[Column, ...] = (
    _COUNTY,
    _ENTERPRISE,
    _USCC,
    _AFFILIATION,
    _count("retirees", "退休人员总数", "截至月末应移交的退休人员总数，累计数", 820),
    _count(
        "agreement",
        "已签协议人数",
        "已签订整体移交协议的人数，累计数",
        820,
        at_most="retirees",
        cumulative=True,
    ),
    _count(
        "archives_due",
        "应移交档案数",
        "应移交的人事档案数；不填按退休人员总数计",
        822,
        "份",
        default="retirees",
    ),
    _count(
        "archives",
        "已移交档案数",
        "已移交的人事档案数，累计数；可以含已故人员档案",
        410,
        "份",
        cumulative=True,
    ),
    _count("party_members", "党员人数", "退休人员中的中共党员人数", 160, at_most="retirees"),
    _count(
        "party",
        "已转组织关系人数",
        "已转接党员组织关系的人数，累计数",
        60,
        at_most="party_members",
        cumulative=True,
    ),
    _count(
        "functions",
        "已移交管理职能人数",
        "已移交管理职能的人数，累计数",
        0,
        at_most="retirees",
        cumulative=True,
    ),
    _NOTE,
)

ROSTER: tuple[Column, ...] = (
    Column("person", "姓名", "name", "退休人员姓名", "王示例", personal=True),
    Column("sex", "性别", "sex", "填男或女，与身份证号一致", "女"),
    Column(
        "id",
        "身份证号",
        "id",
        "18位公民身份号码，单元格设为文本格式后再填",
        "11010519491231002X",
        personal=True,
    ),
    _ENTERPRISE,
    _USCC,
    _AFFILIATION,
    _COUNTY,
    Column("community", "接收社区", "text", "接收的街道、社区名称", "示例社区", False, False),
    Column("retired", "退休年月", "date", "办理退休的年月，如2010-01", "2010-01", False, False),
    Column("politics", "政治面貌", "politics", "从下拉列表中选，如中共党员、群众", "中共党员"),
    Column(
        "phone",
        "联系电话",
        "phone",
        "手机号或带区号的固定电话",
        "13800000000",
        False,
        False,
        personal=True,
    ),
    _date("agreement_date", "协议签订日期", "整体移交协议签订的日期；未签订的留空"),
    _date("archives_date", "档案移交日期", "人事档案移交的日期；未移交的留空"),
    _date("party_date", "组织关系转移日期", "党员组织关系转出的日期；未转移的留空"),
    _date("functions_date", "管理职能移交日期", "管理职能移交的日期；未移交的留空"),
    _NOTE,
)

KINDS: Mapping[Kind, tuple[Column, ...]] = {"progress": PROGRESS, "roster": ROSTER}
LEVEL_NAMES: Mapping[Level, str] = {"city": "全市", "county": "县区", "enterprise": "企业"}
KIND_NAMES: Mapping[Kind, str] = {"progress": "进度台账", "roster": "花名册"}
# What the rows of a file are, by the reader's name of their role.
LINE_NAMES: Mapping[str, str] = {
    "title": "标题",
    "header": "表头",
    "below-header": "表头",
    "data": "数据",
    "total": "合计",
    "subtotal": "合计",
    "part": "其中",
    "section": "分组",
    "example": "示例",
    "footer": "表尾",
    "remark": "说明",
    "prefilled": "未填",
    "unread": "未读",
    "outside": "表外",
}
HOUSEHOLDS = (
    "enterprises"  # of figures.json: the count of enterprises, which is of rows and in no column
)
RATE_NAMES: Mapping[str, str] = {
    "agreement": "协议签订率",
    "archives": "档案移交率",
    "party": "组织关系转移率",
    "functions": "管理职能移交率",
}
# What each of the four indicators is a part of (DESIGN §6).
WHOLES: Mapping[str, str] = {
    "agreement": "retirees",
    "archives": "archives_due",
    "party": "party_members",
    "functions": "retirees",
}
VERDICT_NAMES: Mapping[str, str] = {
    "accepted": "通过",
    "partly": "部分通过",
    "held": "待核实",
    "returned": "退回",
    "unreadable": "无法读取",
    "missing": "未报送",
}

# The hidden sheet of a blank form: written by flows/steps/blank, passed over by the reader.
FORM_SHEET = "_表单信息"
KIND_CELL, VERSION_CELL = (0, 1), (1, 1)  # zero-based row and column
MONTH_CELL, SENDER_CELL = (2, 1), (3, 1)  # of a sender's own form
PREVIOUS = "上月"  # in front of a header: last month's value, for looking only
CHECK_HEADER = "检查"
PROBLEMS_SHEET = "上月问题"
VERSION = "1"  # of the forms

COUNTS: tuple[str, ...] = tuple(c.name for c in PROGRESS if c.type == "count")
CUMULATIVE: tuple[str, ...] = tuple(c.name for c in PROGRESS if c.cumulative)
HANDOVERS: Mapping[str, str] = {name: f"{name}_date" for name in CUMULATIVE}


def columns_of(kind: Kind) -> Mapping[str, Column]:
    """Return the columns of a ledger kind by their field name, in the order of the form."""
    return {column.name: column for column in KINDS[kind]}


def header_of(kind: Kind, name: str) -> str:
    """Return the Chinese header of a field; raises KeyError if the kind has no such field."""
    return columns_of(kind)[name].header


def count_name(count: str) -> str:
    """Return what a count of figures.json is called: its column's header, or 企业户数."""
    return "企业户数" if count == HOUSEHOLDS else header_of("progress", count)


def all_headers() -> Iterator[str]:
    """Yield every Chinese header of every kind once, in the order of the forms."""
    yield from dict.fromkeys(column.header for columns in KINDS.values() for column in columns)
