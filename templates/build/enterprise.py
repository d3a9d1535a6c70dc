"""The bulletin of an enterprise."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import add_chart
from templates.build.county import BESIDE
from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import Pieces, add_prose
from templates.build.tables import add_head, add_loop_table, add_tail

WORDS: Mapping[str, str] = {
    "谁": "本企业",
    "称": "本企业",
    "成员": "县（市、区）",
    "列名": "20",
    "分列": "所在各县 | 个数 > 1",
    "对象": "本企业和有关县（市、区）",
    "应报": "本期涉及本企业的应报台账",
}


def build() -> bytes:
    """Return the template of an enterprise's bulletin."""
    document = new_document("{{ 月份 }}{{ 本企业.名称 }}{{ 简报.名称 }}")
    pieces: Pieces = {"比较图": lambda d: add_chart(d, BESIDE), "县表": add_counties}
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
    widths = [1764, 770, 770, 930, 860, 930, 940, 940, 940]
    cells = [Cell("{{ 县.名称 }}{{ 县.标注 }}"), *(Cell(f"{{{{ 县.{name} }}}}") for name in names)]
    total = [Cell("合计", "表头"), *(Cell(f"{{{{ 本企业.{name} }}}}") for name in names)]
    heads = ("县（市、区）", *names)
    add_loop_table(document, widths, heads, "县 in 所在各县", cells, total)
