"""The templates for any definition: they loop over its works and print whatever columns it has."""

from collections.abc import Mapping

from docx.document import Document

from templates.build.charts import ANY, ChartDesign, add_chart
from templates.build.document import new_document, saved
from templates.build.elements import PAGE, TEXT_WIDTH, begin_section
from templates.build.prose import Pieces, add_prose
from templates.build.tables import add_head, add_open_table, add_tail, add_work_table

WIDE = PAGE[1] - 2098 - 1984  # twips of a landscape page's text area
TREND = ChartDesign("图表:各项趋势", "line", "月份", ANY, 4000)
COUNTIES = ChartDesign("图表:各县进度", "bar", "各地", ANY, 4000)
RANKING = ChartDesign("图表:各县进度", "ranking", "各地", ANY[:1], 6500, labels=True)
BESIDE = ChartDesign("图表:与全市比较", "bar", "指标", ANY[:2], 4000)
_WORK = (
    ("单位", "单位", 700),
    ("应办数", "应办", 1150),
    ("已办数", "已办", 1150),
    ("比率", "率", 980),
)
_GAINED = (("增减百分点", "增减", 1050), ("比序时进度百分点", "比序时差", 1250))
CITY_COLUMNS = (*_WORK, *_GAINED, ("剩余数", "剩余", 1100))
MEMBER_COLUMNS = (*_WORK, ("全域比率", "全市率", 980), *_GAINED)
WORDS: Mapping[str, Mapping[str, str]] = {
    "全市": {
        "谁": "全市",
        "称": "{{ 用语.全域 }}",
        "全称": "{{ 用语.全域 }}",
        "名次一句": "{% if 首尾说法 %}{{ 首尾说法 }}。{% endif %}",
        "办理一句": (
            "{% if 工作建议 %}建议：{% for 事 in 工作建议 %}"
            "{% if 工作建议 | 个数 > 1 %}{{ loop.index | 汉字 }}是{% endif %}{{ 事 }}"
            "{% if not loop.last %}；{% endif %}{% endfor %}。{% endif %}"
        ),
        "成员": "{{ 用语.中间层 }}",
        "列名": "20",
        "说明句数": "8",
        "分列": "true",
        "对象": "各地各单位",
        "应报": "本期应报台账",
    },
    "县区": {
        "谁": "本县",
        "称": "{{ 本县.名称 }}",
        "全称": "{{ 本县.名称 }}",
        "名次一句": (
            "{% if 排名依据 and 参评县数 > 1 %}在{{ 用语.全域 }}综合排名{{ 本县.名次 | 名次 }}"
            "{% if 本县.升降说法 %}（{{ 本县.升降说法 }}）{% endif %}。{% endif %}"
        ),
        "办理一句": (
            "{% if 未完成的工作 and 进度.交接期内 %}"
            "{{ 进度.交接截止日 }}前须完成的工作：{{ 未完成的工作 }}。{% endif %}"
        ),
        "成员": "单位",
        "列名": "5",
        "分列": "true",
        "对象": "{{ 本县.名称 }}各有关单位",
        "应报": "本期涉及{{ 本县.名称 }}的应报台账",
    },
    "企业": {
        "谁": "本企业",
        "称": "{{ 本企业.代称 }}",
        "全称": "{{ 本企业.名称 }}",
        "名次一句": "",
        "办理一句": (
            "{% if 未完成的工作 and 进度.交接期内 %}"
            "{{ 进度.交接截止日 }}前须完成的工作：{{ 未完成的工作 }}。{% endif %}"
        ),
        "成员": "{{ 用语.中间层 }}",
        "列名": "20",
        "分列": "所在各县 | 个数 > 1",
        "对象": (
            "{{ 本企业.名称 }}会同"
            "{% if 所在各县 | 个数 <= 5 %}{{ 所在各县 }}{% else %}有关{{ 用语.中间层 }}{% endif %}"
        ),
        "应报": "本期涉及{{ 本企业.代称 }}的应报台账",
    },
}
_SUBJECTS: Mapping[str, str] = {
    "全市": "",
    "县区": "{{ 本县.名称 }}",
    "企业": "{{ 本企业.名称 }}",
}
PIECES: Pieces = {
    "趋势图": lambda d: add_chart(d, TREND),
    "比较图": lambda d: add_chart(d, BESIDE),
    "县图": lambda d: add_chart(d, COUNTIES),
    "名次图": lambda d: add_chart(d, RANKING),
    "栏目表": lambda d: add_open_table(d, 560, 1500, 960, TEXT_WIDTH),
    "附栏目表": lambda d: add_open_table(d, 500, 1400, 900, TEXT_WIDTH),
    "宽栏目表": lambda d: add_open_table(d, 560, 2400, 950, WIDE),
    "转横页": lambda d: begin_section(d, landscape=True),
    "转竖页": lambda d: begin_section(d, landscape=False),
}


def build(level: str) -> bytes:
    """Return the template of a level's bulletin; a level is named like its file."""
    document = new_document(f"{{{{ 月份 }}}}{_SUBJECTS[level]}{{{{ 简报.名称 }}}}")
    columns = CITY_COLUMNS if level == "全市" else MEMBER_COLUMNS
    pieces = {**PIECES, "工作表": lambda d: _add_works(d, columns)}
    add_head(document)
    add_prose(document, f"通用/{level}", WORDS[level], pieces)
    add_tail(document)
    return saved(document)


def _add_works(document: Document, columns: tuple[tuple[str, str, int], ...]) -> None:
    add_work_table(document, columns, "各项工作")
