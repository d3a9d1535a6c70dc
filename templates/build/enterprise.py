"""The bulletin of an enterprise."""

from collections.abc import Mapping

from templates.build.county import BESIDE
from templates.build.document import PORTRAIT, Document
from templates.build.elements import Cell, section
from templates.build.prose import prose
from templates.build.tables import head, loop_table, tail

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
    document = Document("{{ 月份 }}{{ 本企业.名称 }}{{ 简报.名称 }}")
    pieces = {"比较图": document.chart(BESIDE), "县表": counties()}
    document.body += [*head(), *prose("企业", WORDS, pieces), *tail(), section(PORTRAIT)]
    return document.build()


def counties() -> str:
    """Return the table of the counties in which an enterprise has retirees."""
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
    total = [Cell("合计", "TableHead"), *(Cell(f"{{{{ 本企业.{name} }}}}") for name in names)]
    return loop_table(widths, ("县（市、区）", *names), "县 in 所在各县", cells, total)
