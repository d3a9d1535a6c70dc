"""What is known of every column of the shipped definition, and the names of levels and verdicts.

The pandera models, the parser's types, the blank workbook, the failure texts, the roll-up and the
column list in the manual derive from the columns here (DESIGN §2, §3). The module is light on
purpose: it imports no pandas.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from schemas.definition import HOUSEHOLDS, Column, Kind, Severity
from schemas.definition_sheets import KIND_NAMES
from schemas.shipped import shipped

__all__ = ["HOUSEHOLDS", "KIND_NAMES", "Column", "Kind", "Severity"]

Level = Literal["city", "county", "enterprise"]
# `held`: what only queries hold back.
Verdict = Literal["accepted", "partly", "held", "returned", "unreadable", "missing"]

KINDS: Mapping[Kind, tuple[Column, ...]] = shipped().kinds
LEVEL_NAMES: Mapping[Level, str] = {"city": "全市", "county": "县区", "enterprise": "企业"}
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
# The boxes of a sender's own form, by the role of their label, and what stands in them.
NO_CHANGE, NOTHING = "no_change", "nothing"
OPEN_BOX, TICKED_BOX = "☐", "☑"
VERSION = "1"  # of the forms

COUNTS: tuple[str, ...] = shipped().counts


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
