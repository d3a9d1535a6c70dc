"""The bulletin of an enterprise."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import add_chart
from templates.build.county import BESIDE
from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import Pieces, add_prose
from templates.build.tables import add_head, add_loop_table, add_tail, add_work_table

WORK_COLUMNS = (
    ("应办数", "应办", 1150),
    ("已办数", "已办", 1150),
    ("比率", "率", 1000),
    ("全市比率", "全市率", 1050),
    ("增减百分点", "增减", 1200),
    ("比序时进度百分点", "比序时差", 1350),
)
WORDS: Mapping[str, str] = {
    "谁": "本企业",
    "称": "{{ 本企业.代称 }}",
    "全称": "{{ 本企业.名称 }}",
    "名次一句": "",
    "办理一句": (
        "{% if 未完成的工作 and 进度.交接期内 %}"
        "须于{{ 进度.交接截止日 }}前完成{{ 未完成的工作 }}。{% endif %}"
    ),
    "成员": "县（市、区）",
    "列名": "20",
    "分列": "所在各县 | 个数 > 1",
    "对象": (
        "{{ 本企业.名称 }}会同"
        "{% if 所在各县 | 个数 <= 5 %}{{ 所在各县 }}{% else %}有关县（市、区）{% endif %}"
    ),
    "应报": "本期涉及{{ 本企业.代称 }}的应报台账",
}


def build() -> bytes:
    """Return the template of an enterprise's bulletin."""
    document = new_document("{{ 月份 }}{{ 本企业.名称 }}{{ 简报.名称 }}")
    pieces: Pieces = {
        "比较图": lambda d: add_chart(d, BESIDE),
        "县表": add_counties,
        "工作表": lambda d: add_work_table(d, WORK_COLUMNS),
    }
    add_head(document)
    add_prose(document, "企业", WORDS, pieces)
    add_tail(document)
    return saved(document)


def add_counties(document: Document) -> None:
    """Add the table of the counties in which an enterprise has retirees."""
    names = (
        "退休人员总数",
        "已签协议人数",
        "协议签订率",
        "已移交档案数",
        "档案移交率",
        "已转组织关系人数",
        "组织关系转移率",
        "管理职能移交率",
    )
    widths = [1194, 1000, 1000, 900, 1000, 900, 1000, 925, 925]
    cells = [Cell("{{ 县.名称 }}{{ 县.标注 }}"), *(Cell(f"{{{{ 县.{name} }}}}") for name in names)]
    total = [Cell("合计", "表头"), *(Cell(f"{{{{ 本企业.{name} }}}}") for name in names)]
    heads = ("县（市、区）", *names)
    add_loop_table(document, widths, heads, "县 in 所在各县", cells, total)
