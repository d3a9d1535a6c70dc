"""The return notice."""

from templates.build.document import PORTRAIT, Document
from templates.build.elements import Cell, section
from templates.build.prose import prose
from templates.build.tables import loop_table


def build() -> bytes:
    """Return the template of the return notice."""
    document = Document("关于{{ 月份 }}台账审核结果的通知")
    document.body += [*prose("退回通知", {}, {"问题表": problems()}), section(PORTRAIT)]
    return document.build()


def problems() -> str:
    """Return the table of a ledger's problems."""
    widths = [440, 1240, 980, 560, 1400, 2124, 2100]
    heads = ("序号", "问题", "处理", "处数", "位置", "错在哪里", "怎样改")
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 题.名称 }}"),
        Cell("{{ 题.性质 }}"),
        Cell("{{ 题.处数 }}"),
        *(Cell(f"{{{{ 题.{name} }}}}", "TableLeft") for name in ("位置", "说明", "改法")),
    ]
    return loop_table(widths, heads, "题 in 册.问题", cells)
