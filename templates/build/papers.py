"""The shipped documents of 文书.csv."""

from collections.abc import Mapping
from functools import partial

from docx.document import Document

from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.general import CITY_COLUMNS, PIECES
from templates.build.prose import Pieces, add_prose
from templates.build.tables import LOW, add_loop_table, add_open_table, add_work_table

WORDS: Mapping[str, str] = {"谁": "全市", "称": "{{ 用语.全域 }}"}
NAMES = ("一页摘要", "进度通报", "联系单", "提醒函", "讲话数据段", "考核得分表", "总结验收报告")


def build(name: str) -> bytes:
    """Return the template of a document; it is named like its file."""
    document = new_document(f"{{{{ 月份 }}}}{name}")
    pieces: Pieces = {
        **PIECES,
        "工作表": partial(add_work_table, columns=CITY_COLUMNS, works="各项工作"),
        "催报表": add_owing,
        "月表": add_months,
        "得分表": add_scores,
        "由来表": add_points,
    }
    add_prose(document, f"文书/{name}", WORDS, pieces)
    return saved(document)


def add_owing(document: Document) -> None:
    """Add the table of those who owe ledgers."""
    widths = [560, 2500, 3084, 1100, 1600]
    heads = ("序号", "报送单位", "欠报情况", "联系人", "电话")
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 单位.名称 }}", "表文左齐"),
        Cell("{{ 单位.欠报说法 }}", "表文左齐"),
        Cell("{{ 单位.联系人 }}"),
        Cell("{{ 单位.电话 }}"),
    ]
    add_loop_table(document, widths, heads, "单位 in 欠报的", cells)


def add_scores(document: Document) -> None:
    """Add the table of the scores."""
    add_open_table(document, 700, 1700, 1000, 8844, table="得分表", lines="各县得分", total=False)


def add_points(document: Document) -> None:
    """Add the table of how each point came about."""
    widths = [1300, 1800, 760, 4984]
    heads = ("{{ 用语.中间层 }}", "项目", "得分", "由来")
    cells = [
        Cell("{{ 项.名称 }}", "表文左齐"),
        Cell("{{ 项.项目 }}", "表文左齐"),
        Cell("{{ 项.得分 }}"),
        Cell("{{ 项.说明 }}", "表文左齐"),
    ]
    add_loop_table(document, widths, heads, "项 in 得分由来", cells, height=LOW)


def add_months(document: Document) -> None:
    """Add the table of the months."""
    add_open_table(document, 560, 1900, 1000, 8844, table="月表", lines="各月", total=False)
