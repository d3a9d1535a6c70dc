"""The bulletin of a county, and the table that it shares with an enterprise's."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import RATES, ChartDesign, add_chart
from templates.build.document import new_document, saved
from templates.build.elements import Cell
from templates.build.prose import Pieces, add_prose
from templates.build.tables import add_head, add_loop_table, add_tail

TREND = ChartDesign("图表:四项趋势", "line", "月份", RATES, 3800)
BESIDE = ChartDesign("图表:与全市比较", "bar", "指标", ("本单位", "全市"), 3800, labels=True)
INDICATORS = dict(zip(("协议", "档案", "组织关系", "管理职能"), RATES, strict=True))


def placed(indicator: str, rate: str) -> str:
    """Return the wording of a county's place in an indicator; nobody is first if all are at 0."""
    place = f"{{{{ {indicator}.名次 | 名次 }}}}"
    return f"{{% if 全市.{rate} == 0 %}}全市均为零{{% else %}}{place}{{% endif %}}"


WORDS: Mapping[str, str] = {
    "谁": "本县",
    "称": "{{ 本县.名称 }}",
    "成员": "企业",
    "列名": "5",
    "分列": "true",
    "对象": "{{ 本县.名称 }}各有关单位",
    "应报": "本期涉及{{ 本县.名称 }}的应报台账",
    "层环比": "",
    **{f"{name}名次": placed(name, rate) for name, rate in INDICATORS.items()},
}


def build() -> bytes:
    """Return the template of a county's bulletin."""
    document = new_document("{{ 月份 }}{{ 本县.名称 }}{{ 简报.名称 }}")
    pieces: Pieces = {
        "趋势图": lambda d: add_chart(d, TREND),
        "比较图": lambda d: add_chart(d, BESIDE),
        "企业表": add_enterprises,
    }
    add_head(document)
    add_prose(document, "县区", WORDS, pieces)
    add_tail(document)
    return saved(document)


def add_enterprises(document: Document) -> None:
    """Add the table of a county's enterprises."""
    widths = [420, 2259, 905, 770, 770, 920, 920, 940, 940]
    names = ("层级", "退休人员总数", "已签协议人数", *RATES)
    heads = ("序号", "企业名称", "隶属层级", *names[1:])
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 企.名称 }}{{ 企.标注 }}", "表文左齐"),
        *(Cell(f"{{{{ 企.{name} }}}}") for name in names),
    ]
    total = [Cell("合计", "表头", 3), *(Cell(f"{{{{ 本县.{name} }}}}") for name in names[1:])]
    add_loop_table(document, widths, heads, "企 in 各企业", cells, total)
