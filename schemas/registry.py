"""The sheets of 名录.xlsx: the registered counties, enterprises and senders (DESIGN §3)."""

from collections.abc import Mapping

from schemas.columns import Column

FILE = "名录.xlsx"
COUNTIES, ENTERPRISES, SENDERS = "县区", "企业", "报送单位"
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
    ),
}
