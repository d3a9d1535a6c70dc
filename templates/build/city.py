"""The city's bulletin."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import RATES, ChartDesign, add_chart
from templates.build.document import new_document, saved
from templates.build.elements import Cell, begin_section
from templates.build.prose import Pieces, add_prose
from templates.build.tables import (
    LOW,
    TOTAL,
    add_enterprise_table,
    add_group_table,
    add_head,
    add_loop_table,
    add_tail,
    add_work_table,
)

TREND = ChartDesign("图表:四项趋势", "line", "月份", RATES, 3500)
COUNTIES = ChartDesign("图表:各县进度", "bar", "县（市、区）", RATES, 3100)
RANKING = ChartDesign("图表:各县进度", "ranking", "县（市、区）", RATES[:1], 9000, labels=True)
WORK_COLUMNS = (
    ("应办数", "应办", 1150),
    ("已办数", "已办", 1150),
    ("比率", "率", 1000),
    ("增减百分点", "增减", 1250),
    ("比序时进度百分点", "比序时差", 1350),
    ("剩余数", "剩余", 1150),
)
GROUP_FIELDS = ("已签协议人数", "协议签订率", "协议签订率增减", *RATES[1:])
WORDS: Mapping[str, str] = {
    "谁": "全市",
    "称": "全市",
    "全称": "全市",
    "名次一句": "{% if 首尾说法 %}{{ 首尾说法 }}。{% endif %}",
    "办理一句": (
        "{% if 工作建议 %}"
        "建议："
        "{% for 事 in 工作建议 %}"
        "{% if 工作建议 | 个数 > 1 %}{{ loop.index | 汉字 }}是{% endif %}{{ 事 }}"
        "{% if not loop.last %}；{% endif %}{% endfor %}。{% endif %}"
    ),
    "成员": "县（市、区）",
    "说明句数": "8",
    "列名": "20",
    "分列": "true",
    "对象": "各地各单位",
    "应报": "本期应报台账",
}


def build() -> bytes:
    """Return the template of the city's bulletin."""
    document = new_document("{{ 月份 }}{{ 简报.名称 }}")
    pieces: Pieces = {
        "趋势图": lambda d: add_chart(d, TREND),
        "县表": add_county_table,
        "县图": lambda d: add_chart(d, COUNTIES),
        "县名次图": lambda d: add_chart(d, RANKING),
        "县附表": add_county_annex,
        "企业附表": lambda d: add_enterprise_table(d, "各企业", "全市"),
        "工作表": lambda d: add_work_table(d, WORK_COLUMNS),
        "层级表": lambda d: add_group_table(d, GROUP_FIELDS, "全市"),
        "转横页": lambda d: begin_section(d, landscape=True),
        "转竖页": lambda d: begin_section(d, landscape=False),
    }
    add_head(document)
    add_prose(document, "全市", WORDS, pieces)
    add_tail(document)
    return saved(document)


def add_county_table(document: Document) -> None:
    """Add the table of the ranking."""
    widths = [440, 1180, 560, 1000, 930, 800, 930, 940, 940, 1124]
    signed, *others = RATES
    columns = [
        ("退休人员总数", "退休人员总数"),
        (signed, signed),
        ("增减百分点", f"{signed}增减"),
        *((rate, rate) for rate in others),
        ("阶段", "阶段"),
    ]
    heads = ("名次", "县（市、区）", "升降", *(head for head, _ in columns))
    cells = [
        Cell("{{ 县.名次 }}"),
        Cell("{{ 县.名称 }}{{ 县.标注 }}"),
        Cell("{{ 县.升降 }}"),
        *(Cell(f"{{{{ 县.{name} }}}}") for _, name in columns),
    ]
    total = [Cell("全市", "表头", 3), *(Cell(f"{{{{ 全市.{name} }}}}") for _, name in columns)]
    add_loop_table(document, widths, heads, "县 in 各县按名次", cells, total, height=LOW)


def add_county_annex(document: Document) -> None:
    """Add the annex with the counties' counts."""
    names = (
        "企业户数",
        "退休人员总数",
        "已签协议人数",
        "未签协议人数",
        "应移交档案数",
        "已移交档案数",
        "党员人数",
        "已转组织关系人数",
        "已移交管理职能人数",
    )
    widths = [1114, 480, *[900] * 6, 925, 925]
    cells = [Cell("{{ 县.名称 }}{{ 县.标注 }}"), *(Cell(f"{{{{ 县.{name} }}}}") for name in names)]
    total = [Cell("全市", "表头"), *(Cell(f"{{{{ 全市.{name} }}}}", TOTAL) for name in names)]
    add_loop_table(document, widths, ("县（市、区）", *names), "县 in 各县", cells, total)
