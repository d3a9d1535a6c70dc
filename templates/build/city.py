"""The city's bulletin."""

from collections.abc import Mapping

from templates.build.charts import RATES, ChartDesign
from templates.build.document import LANDSCAPE, PORTRAIT, Document
from templates.build.elements import Cell, paragraph, section, section_end
from templates.build.prose import prose
from templates.build.tables import enterprise_table, head, loop_table, tail

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
    document = Document("{{ 月份 }}{{ 简报.名称 }}")
    pieces = {
        "趋势图": document.chart(TREND),
        "县表": county_table(),
        "县图": document.chart(COUNTIES),
        "县附表": county_annex(),
        "企业附表": enterprise_table("各企业", "全市"),
        "另页": paragraph("AnnexMark", "附件1", properties="<w:pageBreakBefore/>"),
        "转横页": section_end(section(PORTRAIT)),
        "转竖页": section_end(section(LANDSCAPE, landscape=True)),
    }
    document.body += [*head(), *prose("全市", WORDS, pieces), *tail(), section(PORTRAIT)]
    return document.build()


def county_table() -> str:
    """Return the table of the ranking."""
    widths = [440, 1160, 787, 787, 930, 780, 930, 940, 940, 1150]
    signed, *others = RATES
    columns = [
        ("退休人员总数", "退休人员总数"),
        ("已签协议人数", "已签协议人数"),
        (signed, signed),
        ("比上月百分点", f"{signed}增减"),
    ]
    columns += [*((rate, rate) for rate in others), ("阶段", "阶段")]
    heads = ("名次", "县（市、区）", *(head for head, _ in columns))
    cells = [
        Cell("{{ 县.名次 }}"),
        Cell("{{ 县.名称 }}{{ 县.标注 }}"),
        *(Cell(f"{{{{ 县.{name} }}}}") for _, name in columns),
    ]
    total = [Cell("全市", "TableHead", 2), *(Cell(f"{{{{ 全市.{name} }}}}") for _, name in columns)]
    return loop_table(widths, heads, "县 in 各县按名次", cells, total)


def county_annex() -> str:
    """Return the annex with the counties' counts."""
    names = [
        "企业户数",
        "退休人员总数",
        "已签协议人数",
        "未签协议人数",
        "应移交档案数",
        "已移交档案数",
        "党员人数",
        "已转组织关系人数",
    ]
    names += ["已移交管理职能人数"]
    widths = [1349, 600, 790, 790, 790, 800, 800, 775, 980, 1170]
    cells = [Cell("{{ 县.名称 }}{{ 县.标注 }}"), *(Cell(f"{{{{ 县.{name} }}}}") for name in names)]
    total = [Cell("全市", "TableHead"), *(Cell(f"{{{{ 全市.{name} }}}}") for name in names)]
    return loop_table(widths, ("县（市、区）", *names), "县 in 各县", cells, total)
