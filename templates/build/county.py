"""The bulletin of a county, and the table that it shares with an enterprise's."""

from collections.abc import Mapping

from templates.build.charts import RATES, ChartDesign
from templates.build.document import PORTRAIT, Document
from templates.build.elements import Cell, section
from templates.build.prose import prose
from templates.build.tables import head, loop_table, tail

TREND = ChartDesign("图表:四项趋势", "line", "月份", RATES, 3800)
BESIDE = ChartDesign("图表:与全市比较", "bar", "指标", ("本单位", "全市"), 3800, labels=True)
INDICATORS = dict(zip(("协议", "档案", "组织关系", "管理职能"), RATES, strict=True))


def placed(indicator: str, rate: str) -> str:
    """Return the wording of a county's place in an indicator: no place is a first one where nobody has begun."""
    return f"{{% if 全市.{rate} == 0 %}}全市均为零{{% else %}}{{{{ {indicator}.名次 | 名次 }}}}{{% endif %}}"


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
    document = Document("{{ 月份 }}{{ 本县.名称 }}{{ 简报.名称 }}")
    pieces = {
        "趋势图": document.chart(TREND),
        "比较图": document.chart(BESIDE),
        "企业表": enterprises(),
    }
    document.body += [*head(), *prose("县区", WORDS, pieces), *tail(), section(PORTRAIT)]
    return document.build()


def enterprises() -> str:
    """Return the table of a county's enterprises."""
    widths = [420, 2259, 905, 770, 770, 920, 920, 940, 940]
    names = ("层级", "退休人员总数", "已签协议人数", *RATES)
    heads = ("序号", "企业名称", "隶属层级", *names[1:])
    cells = [
        Cell("{{ loop.index }}"),
        Cell("{{ 企.名称 }}{{ 企.标注 }}", "TableLeft"),
        *(Cell(f"{{{{ 企.{name} }}}}") for name in names),
    ]
    total = [Cell("合计", "TableHead", 3), *(Cell(f"{{{{ 本县.{name} }}}}") for name in names[1:])]
    return loop_table(widths, heads, "企 in 各企业", cells, total)
