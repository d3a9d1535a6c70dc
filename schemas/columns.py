"""The names of levels, verdicts and lines, and the hidden facts of a form; no campaign's own."""

from collections.abc import Mapping
from typing import Literal

from schemas.definition import HOUSEHOLDS, Column, Kind, Severity
from schemas.definition_sheets import KIND_NAMES

__all__ = ["HOUSEHOLDS", "KIND_NAMES", "Column", "Kind", "Severity"]

Level = Literal["city", "county", "enterprise"]
# `held`: what only queries hold back.
Verdict = Literal["accepted", "partly", "held", "returned", "unreadable", "missing"]

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
