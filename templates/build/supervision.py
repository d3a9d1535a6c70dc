"""The notice of supervision."""

from docx.document import Document

from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import add_prose
from templates.build.tables import add_loop_table


def build() -> bytes:
    """Return the template of the notice of supervision."""
    document = new_document("{{ 标题 }}")
    add_prose(document, "督办通知单", {}, {"对照表": add_comparison})
    return saved(document)


def add_comparison(document: Document) -> None:
    """Add the table of what was done when an item was opened and what is done now."""
    widths = [1900, 1600, 900, 900, 860, 560, 2124]
    heads = ("编号", "指标", "立项时", "现在", "变化", "灯", "期限")
    cells = [Cell(f"{{{{ 项.{name} }}}}") for name in heads]
    add_loop_table(document, widths, heads, "项 in 事项", cells)
