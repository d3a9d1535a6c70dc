"""The sheets of 名录.xlsx: counties, enterprises, senders, and what they are to reach by when."""

from collections.abc import Mapping
from dataclasses import replace

from schemas.definition import AFFILIATION, Column, Definition

FILE = "名录.xlsx"
COUNTIES, ENTERPRISES, SENDERS = "县区", "企业", "报送单位"
TARGETS = "目标"  # may be left out
SENDER_TYPES = ("县区", "企业", "托管中心")
SEPARATORS = "、,，;；\n"

_ALIASES = Column("aliases", "别名", "text", "其他写法，几个之间用、分开；可不填", "", False)
_SURVEYED = Column(
    "surveyed", "摸底人数", "text", "启动时摸底的总数，第一个月用来核对；可不填", "", False
)
_PERIOD = (
    Column("begins", "起", "text", "从哪个月起统计，如 2022-03；一直都有的不填", "", False),
    Column("ends", "止", "text", "统计到哪个月为止，如 2022-06；仍在的不填", "", False),
    Column(
        "successor",
        "并入",
        "text",
        "止后并入哪个单位，填它的规范名称；以前的数归它比较；可不填",
        "",
        False,
    ),
)
_NAME = "规范名称，台账和简报都用它"

REGISTRY: Mapping[str, tuple[Column, ...]] = {
    COUNTIES: (
        Column("name", "名称", "text", _NAME, "示例县"),
        Column("code", "代码", "text", "行政区划代码；可不填", "990101", False),
        _ALIASES,
        _SURVEYED,
        *_PERIOD,
    ),
    ENTERPRISES: (
        Column("name", "名称", "text", _NAME, "示例市示例机械有限公司"),
        Column(
            "uscc",
            "统一社会信用代码",
            "uscc",
            "18位代码；没有的可不填",
            "91350100M000100Y43",
            False,
        ),
        Column(
            "affiliation",
            "隶属关系",
            "choice",
            "中央、省属、中省、市属、县属、托管中心之一",
            "市属",
        ),
        _ALIASES,
        _SURVEYED,
        *_PERIOD,
    ),
    SENDERS: (
        Column("name", "名称", "text", _NAME + "；县区的与“县区”表一致", "示例县"),
        Column("type", "类型", "text", "县区、企业、托管中心之一", "县区"),
        _ALIASES,
        Column("mail", "邮箱", "text", "收退回通知的邮箱；可不填", "", False),
        Column("owes", "应报台账", "text", "进度台账、花名册，两种都报的用、分开", "进度台账"),
        *_PERIOD,
        Column("contact", "联系人", "text", "报台账的联系人，催报时找谁；可不填", "", False),
        Column("phone", "电话", "text", "联系人的办公电话；可不填", "", False),
    ),
}

TARGET_COLUMNS: tuple[Column, ...] = (
    Column("unit", "单位", "text", "全市、县区、分组或企业的名称，与名录一致", "示例县"),
    Column("indicator", "指标", "text", "工作定义“指标”表里的名称", ""),
    Column(
        "by",
        "截止日",
        "text",
        "哪一天要达到，如 2022-06-30；分几步的，一步一行，由早到晚。"
        "没有写目标的，到交接截止日达到100%，中间按天数均匀计算",
        "2022-06-30",
    ),
    Column(
        "goal",
        "目标",
        "text",
        "比率写百分号，如 85%；数量写单位，如 1200人。越低越好的，写到时还剩多少",
        "85%",
    ),
    Column("source", "出处", "text", "目标从哪里来，如目标责任书；可不填", "", False),
)
SHEETS: Mapping[str, tuple[Column, ...]] = {**REGISTRY, TARGETS: TARGET_COLUMNS}


def sheets_of(definition: Definition) -> Mapping[str, tuple[Column, ...]]:
    """Return the sheets with the list column called as in the ledger; its usual head is known too.

    Where the ledger has no such column, the registry's may be left out.
    """
    listed = definition.columns_of("progress").get(AFFILIATION)

    def as_called(column: Column) -> Column:
        if column.name != AFFILIATION:
            return column
        if listed is None:
            return replace(column, help="这项工作没有分组，不用填", required=False)
        choices = f"{'、'.join(listed.choices)}之一"
        return replace(column, header=listed.header, spellings=(column.header,), help=choices)

    return {sheet: tuple(map(as_called, columns)) for sheet, columns in SHEETS.items()}
