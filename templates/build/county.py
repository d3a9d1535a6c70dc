"""The bulletin of a county, and the table that it shares with an enterprise's."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import RATES, ChartDesign, add_chart
from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import Pieces, add_prose
from templates.build.tables import (
    add_group_table,
    add_head,
    add_loop_table,
    add_tail,
    add_work_table,
)

TREND = ChartDesign("图表:四项趋势", "line", "月份", RATES, 3500)
BESIDE = ChartDesign("图表:与全市比较", "bar", "指标", ("本单位", "全市"), 3500, labels=True)
WORK_COLUMNS = (
    ("应办数", "应办", 1000),
    ("已办数", "已办", 1000),
    ("比率", "率", 930),
    ("全市比率", "全市率", 1000),
    ("增减百分点", "增减", 1150),
    ("比序时进度百分点", "比序时差", 1250),
    ("名次", "名次", 700),
)
GROUP_FIELDS = ("已签协议人数", *RATES)
WORDS: Mapping[str, str] = {
    "谁": "本县",
    "称": "{{ 本县.名称 }}",
    "全称": "{{ 本县.名称 }}",
    "成员": "单位",
    "列名": "5",
    "名次一句": (
        "{% if 参评县数 > 1 %}在全市综合排名{{ 本县.名次 | 名次 }}"
        "{% if 本县.升降说法 %}（{{ 本县.升降说法 }}）{% endif %}。{% endif %}"
    ),
    "办理一句": (
        "{% if 未完成的工作 and 进度.交接期内 %}"
        "须于{{ 进度.交接截止日 }}前完成{{ 未完成的工作 }}。{% endif %}"
    ),
    "分列": "true",
    "对象": "{{ 本县.名称 }}各有关单位",
    "应报": "本期涉及{{ 本县.名称 }}的应报台账",
}


def build() -> bytes:
    """Return the template of a county's bulletin."""
    document = new_document("{{ 月份 }}{{ 本县.名称 }}{{ 简报.名称 }}")
    pieces: Pieces = {
        "趋势图": lambda d: add_chart(d, TREND),
        "比较图": lambda d: add_chart(d, BESIDE),
        "企业表": add_enterprises,
        "工作表": lambda d: add_work_table(d, WORK_COLUMNS),
        "层级表": lambda d: add_group_table(d, GROUP_FIELDS, "本县"),
    }
    add_head(document)
    add_prose(document, "县区", WORDS, pieces)
    add_tail(document)
    return saved(document)


def add_enterprises(document: Document) -> None:
    """Add the table of a county's enterprises."""
    widths = [420, 2274, 500, 1000, 1000, 900, 900, 925, 925]
    names = ("层级", "退休人员总数", "已签协议人数", *RATES)
    heads = ("序号", "单位名称", "隶属层级", *names[1:])
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 企.名称 }}{{ 企.标注 }}", "表文左齐"),
        *(Cell(f"{{{{ 企.{name} }}}}") for name in names),
    ]
    total = [Cell("合计", "表头", 3), *(Cell(f"{{{{ 本县.{name} }}}}") for name in names[1:])]
    add_loop_table(document, widths, heads, "企 in 各企业", cells, total)
