"""The return notice."""

from docx.document import Document

from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import add_prose
from templates.build.tables import add_loop_table


def build() -> bytes:
    """Return the template of the return notice."""
    document = new_document("关于{{ 月份 }}台账审核结果的通知")
    add_prose(document, "退回通知", {}, {"问题表": add_problems})
    return saved(document)


def add_problems(document: Document) -> None:
    """Add the table of a ledger's problems."""
    widths = [440, 1240, 980, 560, 1400, 2124, 2100]
    heads = ("序号", "问题", "处理", "数量", "位置", "问题说明", "修改意见")
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 题.名称 }}"),
        Cell("{{ 题.性质 }}"),
        Cell("{{ 题.处数 }}"),
        *(Cell(f"{{{{ 题.{name} }}}}", "表文左齐") for name in ("位置", "说明", "改法")),
    ]
    add_loop_table(document, widths, heads, "题 in 册.问题", cells)
