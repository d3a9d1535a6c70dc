"""Names that a bulletin's template may use at the top: those of all levels, then those of one."""

from collections.abc import Iterable, Mapping

from flows.steps.compose import coverage as cov
from flows.steps.compose.calendar import calendar, given_ranks, head
from flows.steps.compose.indicators import unfinished
from flows.steps.compose.lagging import lagging
from flows.steps.compose.scopes import Scope, in_rank_order, unit_of
from flows.steps.compose.summary import (
    base_change,
    ends_in_words,
    main_problems,
    proposals,
    verdict,
)
from flows.steps.compose.units import record
from flows.steps.explanations import explanation_record, in_sentences
from flows.steps.model import Field, Record
from flows.steps.wording.phrases import Count
from schemas.columns import RATE_NAMES


def _remarked(units: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(unit for unit in units if unit["数据说明"])


def _without_retirees(units: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(unit for unit in units if not (unit["有退休人员"] or unit["未计入"]))


_COMMON: tuple[Field[Scope], ...] = (
    Field("工作名称", "工作名称", "", lambda s: s.facts.settings.name),
    Field("市名", "市名", "", lambda s: s.facts.settings.city),
    Field("办公室", "办公室全称", "", lambda s: s.facts.settings.office),
    Field("月份", "数据月份", "", lambda s: s.facts.report.month.label),
    Field("截止日", "数据截止的日期，即当月最后一天", "", lambda s: s.facts.figures.as_of),
    Field("首期", "没有以前月份的数据可比", "是否", lambda s: s.facts.first),
    Field("简报", "报头和版记的内容", "", head),
    Field("进度", "时间进度", "", lambda s: calendar(s.facts)),
    Field("上级排名", "上级通报的名次", "", lambda s: given_ranks(s.facts)),
    Field("全市", "全市的数据", "", lambda s: record(unit_of(s.facts, s.facts.figures.city))),
    Field("各县", "各县（市、区）的数据，按名录的顺序", "", lambda s: s.counties),
    Field(
        "各县按名次",
        "各县（市、区）的数据，按名次排列，不参加排名的在后",
        "",
        lambda s: s.records(in_rank_order(s.facts)),
    ),
    Field("县数", "县（市、区）个数", "个", lambda s: Count(len(s.facts.figures.counties), "个")),
    Field("参评县数", "参加排名的县（市、区）个数", "个", lambda s: Count(s.facts.ranked, "个")),
    Field(
        "排名依据",
        "排名依次比较哪几项比率",
        "",
        lambda s: tuple(RATE_NAMES[key] for key in s.facts.report.campaign.ranking),
    ),
    Field(
        "靠前的",
        "名次在前的县（市、区），最多三个；参加排名的不足3个的为空",
        "",
        lambda s: s.records(s.first_entries()),
    ),
    Field(
        "靠后的",
        "名次在后的县（市、区），最多三个；参加排名的不足3个的为空",
        "",
        lambda s: s.records(s.last_entries()),
    ),
    Field("名次上升的", "名次比上次上升的县（市、区）", "", lambda s: s.moved(up=True)),
    Field("名次下降的", "名次比上次下降的县（市、区）", "", lambda s: s.moved(up=False)),
    Field("总评", "移交处于什么阶段、是否滞后，用在“移交工作”之后", "", verdict),
    Field("首尾说法", "哪几个县（市、区）居前几位、后几位，升降几位", "", ends_in_words),
    Field("主要问题", "最突出的问题，一句一项，最多三项", "", main_problems),
    Field("工作建议", "建议领导督办的事项，一句一项，最多三项", "", proposals),
    Field("人数变化", "退休人员总数比上月增减多少、因为什么，没有变化的为空", "", base_change),
    Field("滞后情况", "哪些县（市、区）或单位哪些工作滞后，一句一项", "", lagging),
    Field("对比期", "与哪个月相比：上月，中间缺月的写明月份", "", lambda s: s.facts.since),
    Field("分层级", "按隶属层级分的数据，没有退休人员的层级不列", "", lambda s: s.groups),
    Field("协议", "协议签订", "", lambda s: s.indicators["agreement"]),
    Field("档案", "人事档案移交", "", lambda s: s.indicators["archives"]),
    Field("组织关系", "党员组织关系转移", "", lambda s: s.indicators["party"]),
    Field("管理职能", "管理职能移交", "", lambda s: s.indicators["functions"]),
    Field(
        "四项工作", "协议、档案、组织关系、管理职能四项", "", lambda s: tuple(s.indicators.values())
    ),
    Field(
        "单项工作",
        "档案、组织关系、管理职能三项",
        "",
        lambda s: tuple(s.indicators[key] for key in RATE_NAMES if key != "agreement"),
    ),
    Field("未完成的工作", "四项中还没有办完的", "", lambda s: unfinished(s.indicators)),
    Field(
        "落后的工作",
        "四项中低于序时进度的",
        "",
        lambda s: tuple(r for r in s.indicators.values() if r["落后"]),
    ),
    Field(
        "无进展的", "比上月没有任何进展的县（市、区）或企业，数据沿用的不算", "", lambda s: s.idle()
    ),
    Field("下降的", "累计数比上月减少的县（市、区）或企业", "", lambda s: s.fallen()),
    Field(
        "有问题",
        "落后、无进展、下降、报送、更正各项中是否有要写的",
        "是否",
        lambda s: s.problems > 0,
    ),
    Field(
        "问题种数",
        "落后、无进展、下降、报送、更正中有几种要写的",
        "种",
        lambda s: Count(s.problems, "种"),
    ),
    Field(
        "无退休人员的",
        "没有应移交退休人员的县（市、区）或企业",
        "",
        lambda s: _without_retirees(s.member_records),
    ),
    Field(
        "未计入的",
        "台账没有计入、因此没有数据的县（市、区）",
        "",
        lambda s: tuple(unit for unit in s.member_records if unit["未计入"]),
    ),
    Field("报送", "台账报送情况", "", lambda s: cov.roll(s.calls)),
    Field(
        "带标注的", "数据不是本月的县（市、区）或企业", "", lambda s: _remarked(s.member_records)
    ),
    Field("更正稿", "印发后因数据有变另出的，为“更正稿”，否则为空", "", lambda s: s.corrected),
    Field("更正", "已印发的简报中需要更正的数据", "", lambda s: s.corrections()),
    Field(
        "各项说明",
        "变动较大、核实后计入的数和原因，对全市影响大的在前",
        "",
        lambda s: tuple(explanation_record(x) for x in s.explanations),
    ),
    Field(
        "核实说明",
        "各项说明写成的句子，同一单位同一原因的并为一句",
        "",
        lambda s: tuple(in_sentences(s.explanations, s.level)),
    ),
    Field("重报期限", "被退回的台账重新报送的期限", "", lambda s: s.facts.reply_by),
)

_ENTERPRISES: Field[Scope] = Field(
    "各企业", "各企业的数据，按名录的顺序", "", lambda s: s.enterprises
)
_OWN: Mapping[str, tuple[Field[Scope], ...]] = {
    "city": (
        _ENTERPRISES,
        Field("带标注的企业", "数据不是本月的企业", "", lambda s: _remarked(s.enterprises)),
    ),
    "county": (
        Field("本县", "本县（市、区）的数据", "", lambda s: record(s.unit)),
        Field("各企业", "各企业在本县（市、区）的数据", "", lambda s: s.member_records),
    ),
    "enterprise": (
        Field("本企业", "本企业的数据", "", lambda s: record(s.unit)),
        Field("所在各县", "本企业在各县（市、区）的数据", "", lambda s: s.member_records),
    ),
}
TOP_FIELDS: Mapping[str, Mapping[str, Field[Scope]]] = {
    level: {field.name: field for field in (*_COMMON, *own)} for level, own in _OWN.items()
}


def context(scope: Scope) -> Record:
    """Return the values that a bulletin's template may name."""
    return Record(TOP_FIELDS[scope.level], scope)
