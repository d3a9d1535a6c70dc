"""What the bulletins of all levels share in their layout: the head, the tail, the tables."""

from collections.abc import Mapping, Sequence

from docx.document import Document
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from templates.build.elements import (
    BOTTOM_OF_CELL,
    LEFT,
    ROW,
    TEXT_WIDTH,
    Cell,
    Row,
    add_paragraph,
    add_table,
    fill,
    fix_widths,
    float_table,
    keep_whole,
    tag_row,
)
from templates.build.oxml import put

_DATE_WIDTH = 2750
TOTAL = "附表合计"
LOW = 340  # twips: a row of the tables on the first pages
_LAST_TEXTS = 4  # more of them would leave too large a gap on the page before
_ISSUE_NUMBER = (
    "{% if 简报.期号 > 0 %}第{{ 简报.期号 }}期{% else %}未编期号{% endif %}"
    "{% if 简报.总期号 %}（总第{{ 简报.总期号 }}期）{% endif %}"
    "{% if 更正稿 %}（{{ 更正稿 }}）{% endif %}"
)


def add_head(document: Document) -> None:
    """Add the head of a bulletin: red name, number, unit and date on one line, red rule."""
    add_paragraph(document, "报头名称", "{{ 简报.报头 }}")
    add_paragraph(document, "报头期号", _ISSUE_NUMBER)
    table = document.add_table(1, 2, "公文无线表格")
    fix_widths(table, [TEXT_WIDTH - _DATE_WIDTH, _DATE_WIDTH])
    (row,) = table.rows
    keep_whole(row)
    texts = (("报头单位", "{{ 简报.编发单位 }}"), ("报头日期", "{{ 简报.日期 }}"))
    for cell, (style, text) in zip(row.cells, texts, strict=True):
        cell.vertical_alignment = BOTTOM_OF_CELL
        cell.paragraphs[0].style = style
        fill(cell.paragraphs[0], text)
    add_paragraph(document, "报头红线")


# The lines of the tail: under which condition, in which style, what they say.
_TAIL = (
    ("简报.报", "版记", "报：{{ 简报.报 }}。"),
    ("简报.送", "版记", "送：{{ 简报.送 }}。"),
    ("简报.发", "版记", "发：{{ 简报.发 }}。"),
    ("简报.印数", "版记印数", "共印{{ 简报.印数 }}份"),
    ("not (简报.报 or 简报.送 or 简报.发 or 简报.印数)", "版记", "发：有关单位。"),
)


def add_tail(document: Document) -> None:
    """Add the tail of a bulletin, at the foot of the page that it falls on.

    It is never alone there: it goes with the empty line after it, and this line, as high as any
    other, goes with the last text if the tail leaves no room for it.
    """
    _keep_last_texts(document)
    # between a landscape page and the tail, which would otherwise get onto that page
    add_paragraph(document, "分节").paragraph_format.keep_with_next = True
    table = document.add_table(1, 1, "版记表格")
    fix_widths(table, [TEXT_WIDTH])
    float_table(table, vertAnchor="margin", horzAnchor="page", tblpX=LEFT, tblpYSpec="bottom")
    (row,) = table.rows
    keep_whole(row)
    lines: list[tuple[str, str]] = []
    for condition, style, text in _TAIL:
        opening = f"{{%p if {condition} %}}"
        lines += [("公文正文", opening), (style, text), ("公文正文", "{%p endif %}")]
    _fill_lines(row.cells[0], lines)
    add_paragraph(document, "公文空行")


def _keep_last_texts(document: Document) -> None:
    """Keep the paragraphs that may turn out to be the last with what follows them."""
    depth = texts = 0
    for paragraph in _last_paragraphs(document):
        if paragraph.text.startswith("{%p end"):
            depth += 1
        elif paragraph.text.startswith(("{%p if", "{%p for")):
            depth -= 1
        elif not paragraph.text.startswith("{%p"):
            paragraph.paragraph_format.keep_with_next = True
            texts += 1
            if depth == 0 or texts == _LAST_TEXTS:
                return


def _last_paragraphs(document: Document) -> list[Paragraph]:
    """Return the paragraphs after the last table or section, the last one first.

    Without those that a loop makes for all but its last item: a list kept together as a whole
    would leave a gap on the page before.
    """
    last: list[Paragraph] = []
    earlier_items = False
    for block in document.iter_inner_content():
        if not isinstance(block, Paragraph) or block._p.xpath("w:pPr/w:sectPr"):
            last.clear()
            continue
        earlier_items = earlier_items and block.text != "{%p else %}"
        if not earlier_items:
            last.append(block)
        earlier_items = earlier_items or block.text == "{%p if not loop.last %}"
    return last[::-1]


def _fill_lines(cell: _Cell, lines: Sequence[tuple[str, str]]) -> None:
    """Fill a cell with paragraphs, each a style and a text."""
    for number, (style, text) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.style = style
        fill(paragraph, text)


# Where the heads of narrow columns break, so that no word is torn.
BROKEN: Mapping[str, str] = {
    "县（市、区）": "县\n（市、区）",
    "隶属层级": "隶属\n层级",
    "企业户数": "企业\n户数",
    "退休人员总数": "退休\n人员\n总数",
    "已签协议人数": "已签\n协议\n人数",
    "未签协议人数": "未签\n协议\n人数",
    "应移交档案数": "应移交\n档案数",
    "已移交档案数": "已移交\n档案数",
    "党员人数": "党员\n人数",
    "已转组织关系人数": "已转组织\n关系人数",
    "已移交管理职能人数": "已移交\n管理职能\n人数",
    "协议签订率": "协议\n签订率",
    "档案移交率": "档案\n移交率",
    "组织关系转移率": "组织关系\n转移率",
    "管理职能移交率": "管理职能\n移交率",
    "增减百分点": "增减\n百分点",
    "比序时进度百分点": "比序时进度\n百分点",
}


def _head(text: str, width: int, rows: int = 1) -> Cell:
    """Return a cell of a head row; its text breaks if it does not fit on one line of 10.5 pt."""
    fits = 210 * len(text) + 60 <= width
    return Cell(text if fits else BROKEN.get(text, text), "表头", rows=rows)


def add_loop_table(
    document: Document,
    widths: Sequence[int],
    heads: Sequence[str],
    item: str,
    cells: Sequence[Cell],
    total: Sequence[Cell] = (),
    *,
    height: int = ROW,
    whole: bool = False,
) -> None:
    """Add a table with a head row, a total, and a row for each `item` (such as `县 in 各县`).

    A `whole` one, which must be short, stays on one page.
    """
    head = [_head(*pair) for pair in zip(heads, widths, strict=True)]
    rows = [Row(head, head=True, height=560, kept=whole)]
    _add_loop(document, widths, rows, item, cells, total, height=height, whole=whole)


def _add_loop(
    document: Document,
    widths: Sequence[int],
    heads: Sequence[Row],
    item: str,
    cells: Sequence[Cell],
    total: Sequence[Cell] = (),
    *,
    height: int = ROW,
    whole: bool = False,
) -> None:
    opening = tag_row(f"{{%tr for {item} %}}", len(widths))
    closing = tag_row("{%tr endfor %}", len(widths))
    # first, so that it is never alone on a page
    totals = [Row(total, kept=whole)] if total else []
    row = Row(cells, height=height, kept=whole)
    add_table(document, widths, [*heads, *totals, opening, row, closing])


_GROUPS = (
    ("协议签订", (("已签协议人数", "人数"), ("协议签订率", "比率"))),
    (
        "人事档案移交",
        (("应移交档案数", "应移交"), ("已移交档案数", "已移交"), ("档案移交率", "比率")),
    ),
    (
        "党员组织关系转移",
        (("党员人数", "党员"), ("已转组织关系人数", "已转移"), ("组织关系转移率", "比率")),
    ),
    ("管理职能移交", (("已移交管理职能人数", "人数"), ("管理职能移交率", "比率"))),
)
# Room for counts of eight figures and for 100.00%.
WIDE = (480, 1916, 500, 900, 900, 890, 900, 900, 890, 900, 900, 890, 900, 890)


def add_work_table(
    document: Document, columns: Sequence[tuple[str, str, int]], works: str = "四项工作"
) -> None:
    """Add the table of the indicators; a column is its head, its field and its width."""
    taken = sum(width for _, _, width in columns)
    columns = [("工作", "短名", TEXT_WIDTH - taken), *columns]
    widths = [width for _, _, width in columns]
    cells = [Cell(f"{{{{ 项.{field} }}}}") for _, field, _ in columns]
    head = Row([_head(text, width) for text, _, width in columns], head=True, height=480)
    _add_loop(document, widths, [head], f"项 in {works}", cells, height=LOW)


def add_group_table(document: Document, fields: Sequence[str], total: str) -> None:
    """Add the table of the groups of affiliation with the total of `total`.

    The first of its `fields` is a count, the others are rates.
    """
    signed, *rates = fields
    names = ("企业户数", "退休人员总数", signed, *rates)
    counts = [700, 1000, 1000]
    widths = [1144, *counts, *([(TEXT_WIDTH - sum(counts) - 1144) // len(rates)] * len(rates))]
    heads = ("隶属层级", *(name.replace("协议签订率增减", "增减百分点") for name in names))
    cells = [Cell("{{ 层.名称 }}"), *(Cell(f"{{{{ 层.{name} }}}}") for name in names)]
    totals = [Cell("合计", "表头"), *(Cell(f"{{{{ {total}.{name} }}}}") for name in names)]
    add_loop_table(document, widths, heads, "层 in 分层级", cells, totals, whole=True)
    add_paragraph(document, "分节")  # the table stays whole, but need not be with what follows


def add_enterprise_table(document: Document, loop: str, total: str) -> None:
    """Add the wide table of enterprises: a row for each in `loop`, the total of `total`."""
    tops = ("序号", "企业名称", "隶属层级", "退休人员总数")
    upper = [_head(text, width, rows=2) for text, width in zip(tops, WIDE, strict=False)]
    upper += [Cell(title, "表头", len(parts)) for title, parts in _GROUPS]
    lower = [Cell(short, "表头") for _, parts in _GROUPS for _, short in parts]
    fields = ["退休人员总数", *(name for _, parts in _GROUPS for name, _ in parts)]
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 企.名称 }}{{ 企.标注 }}", "表文左齐"),
        Cell("{{ 企.层级 }}"),
        *(Cell(f"{{{{ 企.{name} }}}}") for name in fields),
    ]
    totals = [
        Cell("合计", "表头", 3),
        *(Cell(f"{{{{ {total}.{name} }}}}", TOTAL) for name in fields),
    ]
    heads = [Row(each, head=True, height=520) for each in (upper, lower)]
    _add_loop(document, WIDE, heads, f"企 in {loop}", cells, totals)


def add_open_table(
    document: Document,
    first: int,
    name: int,
    cell: int,
    width: int,
    *,
    table: str = "表",
    lines: str = "各行",
    total: bool = True,
) -> None:
    """Add a table with as many columns as its data: number, name, a loop of cells.

    The widths are those of a number, a name and a cell, in proportion; the table fills `width`.
    """
    cells = ("{%tc for 格 in 〔〕 %}", "{{ 格 }}", "{%tc endfor %}")

    def looped(over: str, style: str) -> list[Cell]:
        return [Cell(text.replace("〔〕", over), style) for text in cells]

    head = [Cell(f"{{{{ {table}.{text} }}}}", "表头") for text in ("首列名", "名称")]
    line = [Cell("{{ 行.首列 }}"), Cell("{{ 行.名称 }}{{ 行.标注 }}", "表文左齐")]
    rows = [
        Row([*head, *looped(f"{table}.各栏", "表头")], head=True, height=560),
        *([Row([Cell("合计", "表头", 2), *looped("表.合计", "表文")])] if total else []),
        tag_row(f"{{%tr for 行 in {table}.{lines} %}}", 5),
        Row([*line, *looped("行.各格", "表文")]),
        tag_row("{%tr endfor %}", 5),
    ]
    made = add_table(document, [first, name, cell, cell, cell], rows)
    put(made._tbl.tblPr, "w:tblW", w=width, type="dxa")
