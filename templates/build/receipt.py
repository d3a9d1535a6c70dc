"""The receipt for accepted ledgers."""

from docx.document import Document

from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import add_prose
from templates.build.tables import add_loop_table


def build() -> bytes:
    """Return the template of the receipt."""
    document = new_document("{{ 月份 }}台账回执")
    pieces = {"合计表": add_totals, "说明表": add_explanations, "提示表": add_notes}
    add_prose(document, "回执", {}, pieces)
    return saved(document)


def add_totals(document: Document) -> None:
    """Add the table of what a ledger's rows come to."""
    cells = [Cell("{{ 项.名称 }}"), Cell("{{ 项.合计 }}"), Cell("{{ 项.单位 }}")]
    widths = [4422, 2948, 1474]
    add_loop_table(
        document, widths, ("栏目", "合计", "单位"), "项 in 册.各项合计", cells, whole=True
    )


def add_explanations(document: Document) -> None:
    """Add the table of the values that count for the reason given."""
    widths = [440, 2500, 1700, 900, 900, 2404]
    heads = ("序号", "单位", "栏目", "上月", "本月", "说明的原因")
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 项.名称 }}", "表文左齐"),
        Cell("{% if 项.栏目 %}{{ 项.栏目 }}{% else %}{{ 项.疑问 }}{% endif %}"),
        Cell("{{ 项.上月 }}"),
        Cell("{{ 项.本月 }}"),
        Cell("{{ 项.原因 }}", "表文左齐"),
    ]
    add_loop_table(document, widths, heads, "项 in 册.核实说明", cells)


def add_notes(document: Document) -> None:
    """Add the table of what is to be looked at."""
    widths = [440, 1340, 560, 1700, 2604, 2200]
    heads = ("序号", "事项", "数量", "位置", "说明", "怎样办")
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 题.名称 }}"),
        Cell("{{ 题.处数 }}"),
        *(Cell(f"{{{{ 题.{name} }}}}", "表文左齐") for name in ("位置", "说明", "改法")),
    ]
    add_loop_table(document, widths, heads, "题 in 册.提示", cells)
