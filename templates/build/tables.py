"""What the bulletins of all levels share in their layout: the head, the tail, the tables."""

from collections.abc import Mapping, Sequence

from templates.build.elements import TEXT_WIDTH, Cell, paragraph, row, table, tag, tag_row

_DATE_WIDTH = 2750


def head() -> list[str]:
    """Return the head of a bulletin: the red name, the number, the unit and the date on one line, the red rule."""
    name = paragraph("HeadName", "{{ 简报.报头 }}")
    number = paragraph(
        "HeadNumber",
        "{% if 简报.期号 > 0 %}第{{ 简报.期号 }}期{% else %}未编期号{% endif %}{% if 更正稿 %}（{{ 更正稿 }}）{% endif %}",
    )
    widths = [TEXT_WIDTH - _DATE_WIDTH, _DATE_WIDTH]
    line = (
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="bottom"/></w:tcPr>{paragraph(style, text)}</w:tc>'
            for width, style, text in zip(
                widths,
                ("HeadUnit", "HeadDate"),
                ("{{ 简报.编发单位 }}", "{{ 简报.日期 }}"),
                strict=True,
            )
        )
        + "</w:tr>"
    )
    return [name, number, table(widths, [line], "TableNormal"), paragraph("HeadRule")]


def tail() -> list[str]:
    """Return the tail of a bulletin, at the foot of the page that it falls on, and the paragraph that it hangs on."""
    lines = [
        *_when("简报.报", paragraph("TailText", "报：{{ 简报.报 }}。")),
        *_when("简报.送", paragraph("TailText", "送：{{ 简报.送 }}。")),
        *_when("简报.发", paragraph("TailText", "发：{{ 简报.发 }}。")),
        *_when("简报.印数", paragraph("TailCopies", "共印{{ 简报.印数 }}份")),
        *_when(
            "not (简报.报 or 简报.送 or 简报.发 or 简报.印数)",
            paragraph("TailText", "发：有关单位。"),
        ),
    ]
    place = (
        '<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:topFromText="0" w:bottomFromText="0" w:vertAnchor="margin" w:horzAnchor="page"'
        ' w:tblpX="1587" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/>'
    )
    inside = (
        f'<w:tc><w:tcPr><w:tcW w:w="{TEXT_WIDTH}" w:type="dxa"/></w:tcPr>{"".join(lines)}</w:tc>'
    )
    cell = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{inside}</w:tr>"
    return [
        paragraph("SectionEnd"),
        table([TEXT_WIDTH], [cell], "TailTable", place),
        paragraph("SectionEnd"),
    ]


def _when(condition: str, *pieces: str) -> list[str]:
    return [tag(f"{{%p if {condition} %}}"), *pieces, tag("{%p endif %}")]


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
    "已移交管理职能人数": "已移交管理\n职能人数",
    "协议签订率": "协议\n签订率",
    "档案移交率": "档案\n移交率",
    "组织关系转移率": "组织关系\n转移率",
    "管理职能移交率": "管理职能\n移交率",
    "比上月百分点": "比上月\n百分点",
}


def _head(text: str, width: int, merge: str = "") -> Cell:
    """Return a cell of a head row; its text breaks where it does not fit into one line of 10.5 pt."""
    return Cell(
        text if 210 * len(text) + 60 <= width else BROKEN.get(text, text), "TableHead", merge=merge
    )


def loop_table(
    widths: Sequence[int],
    heads: Sequence[str],
    item: str,
    cells: Sequence[Cell],
    total: Sequence[Cell] | None = None,
) -> str:
    """Return a table with a head row (repeated on each page), a row for each `item` (such as `县 in 各县`) and a row of totals."""
    rows = [
        row(
            [_head(*pair) for pair in zip(heads, widths, strict=True)],
            widths,
            head=True,
            height=560,
        )
    ]
    rows += [
        tag_row(f"{{%tr for {item} %}}", widths),
        row(cells, widths),
        tag_row("{%tr endfor %}", widths),
    ]
    return table(widths, [*rows, *([row(total, widths, kept=True)] if total else [])])


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


# Room for counts of six figures and for 100.00%.
WIDE = (500, 2456, 905, 775, 775, 910, 775, 775, 910, 690, 690, 910, 775, 910)


def enterprise_table(loop: str, total: str) -> str:
    """Return the wide table of enterprises: two head rows, a row for each in `loop`, the total of the subject named `total`."""
    tops = ("序号", "企业名称", "隶属层级", "退休人员总数")
    upper = [
        *(_head(text, width, "first") for text, width in zip(tops, WIDE, strict=False)),
        *(Cell(title, "TableHead", len(parts)) for title, parts in _GROUPS),
    ]
    lower = [
        *(Cell("", "TableHead", merge="on") for _ in tops),
        *(Cell(short, "TableHead") for _, parts in _GROUPS for _, short in parts),
    ]
    fields = ["退休人员总数", *(name for _, parts in _GROUPS for name, _ in parts)]
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 企.名称 }}{{ 企.标注 }}", "TableLeft"),
        Cell("{{ 企.层级 }}"),
        *(Cell(f"{{{{ 企.{name} }}}}") for name in fields),
    ]
    totals = [Cell("合计", "TableHead", 3), *(Cell(f"{{{{ {total}.{name} }}}}") for name in fields)]
    heads = [row(each, WIDE, head=True, height=520) for each in (upper, lower)]
    body = [
        tag_row(f"{{%tr for 企 in {loop} %}}", WIDE),
        row(cells, WIDE),
        tag_row("{%tr endfor %}", WIDE),
        row(totals, WIDE, kept=True),
    ]
    return table(WIDE, [*heads, *body])
