"""The city's bulletin."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import RATES, ChartDesign, add_chart
from templates.build.document import new_document, saved
from templates.build.elements import Cell, add_paragraph, begin_section
from templates.build.prose import Pieces, add_prose
from templates.build.tables import add_enterprise_table, add_head, add_loop_table, add_tail

TREND = ChartDesign("图表:四项趋势", "line", "月份", RATES, 4100)
COUNTIES = ChartDesign("图表:各县进度", "bar", "县（市、区）", RATES, 4000)
WORDS: Mapping[str, str] = {
    "谁": "全市",
    "称": "全市",
    "成员": "县（市、区）",
    "列名": "20",
    "分列": "true",
    "对象": "各地各单位",
    "应报": "本期应报台账",
    "层环比": "{% if not 首期 %}，{{ 层.协议签订率 | 环比 }}{% endif %}",
}


def build() -> bytes:
    """Return the template of the city's bulletin."""
    document = new_document("{{ 月份 }}{{ 简报.名称 }}")
    pieces: Pieces = {
        "趋势图": lambda d: add_chart(d, TREND),
        "县表": add_county_table,
        "县图": lambda d: add_chart(d, COUNTIES),
        "县附表": add_county_annex,
        "企业附表": lambda d: add_enterprise_table(d, "各企业", "全市"),
        "另页": add_first_annex_mark,
        "转横页": lambda d: begin_section(d, landscape=True),
        "转竖页": lambda d: begin_section(d, landscape=False),
    }
    add_head(document)
    add_prose(document, "全市", WORDS, pieces)
    add_tail(document)
    return saved(document)


def add_first_annex_mark(document: Document) -> None:
    """Add the mark of the first annex, on a page of its own."""
    mark = add_paragraph(document, "附件标记", "附件1")
    mark.paragraph_format.page_break_before = True


def add_county_table(document: Document) -> None:
    """Add the table of the ranking."""
    widths = [440, 1160, 787, 787, 930, 780, 930, 940, 940, 1150]
    signed, *others = RATES
    columns = [
        ("退休人员总数", "退休人员总数"),
        ("已签协议人数", "已签协议人数"),
        (signed, signed),
        ("比上月百分点", f"{signed}增减"),
        *((rate, rate) for rate in others),
        ("阶段", "阶段"),
    ]
    heads = ("名次", "县（市、区）", *(head for head, _ in columns))
    cells = [
        Cell("{{ 县.名次 }}"),
        Cell("{{ 县.名称 }}{{ 县.标注 }}"),
        *(Cell(f"{{{{ 县.{name} }}}}") for _, name in columns),
    ]
    total = [Cell("全市", "表头", 2), *(Cell(f"{{{{ 全市.{name} }}}}") for _, name in columns)]
    add_loop_table(document, widths, heads, "县 in 各县按名次", cells, total)


def add_county_annex(document: Document) -> None:
    """Add the annex with the counties' counts."""
    names = (
        "企业户数",
        "退休人员总数",
        "已签协议人数",
        "未签协议人数",
        "应移交档案数",
        "已移交档案数",
        "党员人数",
        "已转组织关系人数",
        "已移交管理职能人数",
    )
    widths = [1349, 600, 790, 790, 790, 800, 800, 775, 980, 1170]
    cells = [Cell("{{ 县.名称 }}{{ 县.标注 }}"), *(Cell(f"{{{{ 县.{name} }}}}") for name in names)]
    total = [Cell("全市", "表头"), *(Cell(f"{{{{ 全市.{name} }}}}") for name in names)]
    add_loop_table(document, widths, ("县（市、区）", *names), "县 in 各县", cells, total)
