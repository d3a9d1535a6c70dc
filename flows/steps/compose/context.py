"""Names that a bulletin's template may use at the top: those of all levels, then those of one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flows.steps.compose import coverage as cov
from flows.steps.compose.assessment_fields import assessment_fields
from flows.steps.compose.calendar import calendar, given_ranks, head
from flows.steps.compose.indicators import counted, unfinished
from flows.steps.compose.lagging import lagging
from flows.steps.compose.scopes import Scope, in_rank_order, unit_of
from flows.steps.compose.summary import (
    base_change,
    ends_in_words,
    main_problems,
    proposals,
    verdict,
)
from flows.steps.compose.tables import (
    county_annex,
    county_tables,
    group_tables,
    member_tables,
    unit_annex,
)
from flows.steps.compose.unit_fields import record
from flows.steps.compose.units import Subject
from flows.steps.compose.words import word_fields
from flows.steps.explanations import explanation_record, in_sentences
from flows.steps.model import Field, Record
from flows.steps.supervision import item_record, summary
from flows.steps.wording.phrases import Count, enumerated, in_chinese
from schemas.columns import Level
from schemas.definition import Definition, Words


def _remarked(units: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(unit for unit in units if unit["数据说明"])


def _without_work(units: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(unit for unit in units if not (unit["有任务"] or unit["未计入"]))


_WORDS: tuple[Field[Words], ...] = (
    Field("全域", "全市或全省", "", lambda w: w.area),
    Field("中间层", "县（市、区）、市等", "", lambda w: w.middle),
    Field("中间层简称", "县、市等", "", lambda w: w.middle_short),
    Field("单位", "企业、小区、村等", "", lambda w: w.unit),
    Field("单位量词", "户、个等", "", lambda w: w.unit_measure),
    Field("对象", "所管的人，如住户", "", lambda w: w.people),
    Field("工作", "各单位要做的事，如改造", "", lambda w: w.action),
    Field("期限", "第一个截止日前要完成的，如改造", "", lambda w: w.deadline),
    Field("简称", "工作的简称", "", lambda w: w.short),
)
WORD_FIELDS: Mapping[str, Field[Words]] = {field.name: field for field in _WORDS}


def _plain(definition: Definition) -> Iterator[Field[Scope]]:
    area = definition.words.area
    yield Field("工作名称", "工作名称", "", lambda s: s.facts.settings.name)
    yield Field("市名", "市名", "", lambda s: s.facts.settings.city)
    yield Field("办公室", "办公室全称", "", lambda s: s.facts.settings.office)
    yield Field("月份", "数据月份", "", lambda s: s.facts.report.month.label)
    yield Field("截止日", "数据截止的日期，即当月最后一天", "", lambda s: s.facts.figures.as_of)
    yield Field("首期", "没有以前月份的数据可比", "是否", lambda s: s.facts.first)
    yield Field("简报", "报头和版记的内容", "", head)
    yield Field("进度", "时间进度", "", lambda s: calendar(s.facts))
    yield Field(
        "用语", "工作定义中的用语", "", lambda s: Record(WORD_FIELDS, s.facts.definition.words)
    )
    yield Field("上级排名", "上级通报的名次", "", lambda s: given_ranks(s.facts))
    yield Field(
        "全市", f"{area}的数据", "", lambda s: record(unit_of(s.facts, s.facts.figures.city))
    )


def _counties(definition: Definition) -> Iterator[Field[Scope]]:
    middle = definition.words.middle
    yield Field("各县", f"各{middle}的数据，按名录的顺序", "", lambda s: s.counties)
    yield Field(
        "各县按名次",
        f"各{middle}的数据，按名次排列，不参加排名的在后",
        "",
        lambda s: s.records(in_rank_order(s.facts)),
    )
    yield Field("县数", f"{middle}个数", "个", lambda s: Count(len(s.facts.figures.counties), "个"))
    yield Field("参评县数", f"参加排名的{middle}个数", "个", lambda s: Count(s.facts.ranked, "个"))
    yield Field("排名依据", "排名依次比较哪几项比率，不排名的为空", "", _ranking)
    yield Field(
        "靠前的",
        f"名次在前的{middle}，最多三个；参加排名的不足3个的为空",
        "",
        lambda s: s.records(s.first_entries()),
    )
    yield Field(
        "靠后的",
        f"名次在后的{middle}，最多三个；参加排名的不足3个的为空",
        "",
        lambda s: s.records(s.last_entries()),
    )
    yield Field("名次上升的", f"名次比上次上升的{middle}", "", lambda s: s.moved(up=True))
    yield Field("名次下降的", f"名次比上次下降的{middle}", "", lambda s: s.moved(up=False))


def _ranking(scope: Scope) -> tuple[str, ...]:
    definition = scope.facts.definition
    return tuple(definition.rate_names[key] for key in scope.facts.report.campaign.ranking)


def _sentences(definition: Definition) -> Iterator[Field[Scope]]:
    middle, base = definition.words.middle, definition.count_name(definition.main)
    yield Field("总评", "工作处于什么阶段、是否滞后，用在“工作”之后", "", verdict)
    yield Field("首尾说法", f"哪几个{middle}居前几位、后几位，升降几位", "", ends_in_words)
    yield Field("主要问题", "最突出的问题，一句一项，最多三项", "", main_problems)
    yield Field("工作建议", "建议领导督办的事项，一句一项，最多三项", "", proposals)
    yield Field("人数变化", f"{base}比上月增减多少、因为什么，没有变化的为空", "", base_change)
    yield Field("滞后情况", f"哪些{middle}或单位哪些工作滞后，一句一项", "", lagging)
    yield Field(
        "并入情况",
        f"自本月起哪个{middle}或{definition.words.unit}并入哪个，没有的为空",
        "",
        lambda s: s.mergers(),
    )
    yield Field("对比期", "与哪个月相比：上月，中间缺月的写明月份", "", lambda s: s.facts.since)
    yield Field(
        "分层级", f"按分组分的数据，没有{definition.words.people}的分组不列", "", lambda s: s.groups
    )


def _works(definition: Definition) -> Iterator[Field[Scope]]:
    """Yield the names of the works: each by its own name, all of them, those after the first."""
    spoken = definition.spoken
    for one in spoken:
        yield Field(one.short, one.task, "", _one(one.key))
    every, number = enumerated(one.short for one in spoken), in_chinese(len(spoken))
    for name in dict.fromkeys(("各项工作", f"{number}项工作")):
        yield Field(name, f"{every}{number}项", "", lambda s: tuple(s.indicators.values()))
    if spoken:
        yield Field("首项", f"第一项：{spoken[0].short}", "", _one(spoken[0].key))
    yield Field(
        "单项工作",
        f"第一项以外的：{enumerated(one.short for one in spoken[1:])}",
        "",
        lambda s: tuple(s.indicators.values())[1:],
    )
    yield Field("计数工作", "只计数、没有比率的工作", "", lambda s: counted(s.unit))
    yield Field(
        "未完成的工作",
        "有比率的工作中还没有办完的；同一笔数从正反两面说的，只列一项",
        "",
        lambda s: unfinished(s.indicators),
    )
    yield Field(
        "落后的工作",
        "有比率的工作中低于序时进度的",
        "",
        lambda s: tuple(r for r in s.indicators.values() if r["落后"]),
    )


@dataclass(frozen=True)
class StageMembers:
    """A stage and the members that have come to it and no further."""

    name: str
    members: Sequence[Subject]


_STAGE: tuple[Field[StageMembers], ...] = (
    Field("名称", "阶段的名称", "", lambda s: s.name),
    Field("成员", "处于这一阶段的", "", lambda s: tuple(record(m) for m in s.members)),
)
STAGE_FIELDS: Mapping[str, Field[StageMembers]] = {field.name: field for field in _STAGE}


def _stages(scope: Scope) -> tuple[Record, ...]:
    """Return the stages at which there are members, in the order of the definition."""
    stages = [StageMembers(s.name, scope.at_stage(s.name)) for s in scope.facts.definition.stages]
    return tuple(Record(STAGE_FIELDS, stage) for stage in stages if stage.members)


def _listings(definition: Definition, level: Level) -> Iterator[Field[Scope]]:
    """Yield what templates for any definition loop over: stages, tables with all its columns."""
    middle, unit = definition.words.middle, definition.words.unit
    yield Field("各阶段", "各阶段有哪些，没有的阶段不列", "", _stages)
    yield Field("分组表", "分组数据的表，没有分组的为空", "", group_tables)
    if level == "city":
        yield Field("县表", f"各{middle}的表，按名次；栏目多的分成几张", "", county_tables)
        yield Field("县附表", f"各{middle}各栏数据的表，栏目多的分成几张", "", county_annex)
        yield Field("单位附表", f"各{unit}各栏数据的表，栏目多的分成几张", "", unit_annex)
    else:
        yield Field("成员表", f"各{unit}或所在各{middle}的表，栏目多的分成几张", "", member_tables)


def _one(key: str) -> Callable[[Scope], Record]:
    return lambda s: s.indicators[key]


def _lights(definition: Definition) -> Iterator[Field[Scope]]:
    who = f"{definition.words.middle}或{definition.words.unit}"
    yield Field(
        "有目标",
        "名录的“目标”表是否写了目标",
        "是否",
        lambda s: bool(s.facts.report.campaign.targets),
    )
    meaning = f"各项工作中最差的是{{}}灯的{who}"
    yield Field("红灯的", meaning.format("红"), "", lambda s: s.lit("red"))
    yield Field("黄灯的", meaning.format("黄"), "", lambda s: s.lit("yellow"))
    yield Field("绿灯的", meaning.format("绿"), "", lambda s: s.lit("green"))


def _problems(definition: Definition) -> Iterator[Field[Scope]]:
    who, middle = f"{definition.words.middle}或{definition.words.unit}", definition.words.middle
    people = definition.words.people
    yield Field("无进展的", f"比上月没有任何进展的{who}，数据沿用的不算", "", lambda s: s.idle())
    yield Field("下降的", f"累计数比上月减少的{who}", "", lambda s: s.fallen())
    yield Field(
        "有问题",
        "落后、无进展、下降、报送、更正各项中是否有要写的",
        "是否",
        lambda s: s.problems > 0,
    )
    yield Field(
        "问题种数",
        "落后、无进展、下降、报送、更正中有几种要写的",
        "种",
        lambda s: Count(s.problems, "种"),
    )
    for name in dict.fromkeys(("无任务的", f"无{people}的")):
        yield Field(name, f"没有{people}的{who}", "", lambda s: _without_work(s.member_records))
    yield Field(
        "未计入的",
        f"台账没有计入、因此没有数据的{middle}",
        "",
        lambda s: tuple(unit for unit in s.member_records if unit["未计入"]),
    )
    yield Field("报送", "台账报送情况", "", lambda s: cov.roll(s.calls))
    yield Field("带标注的", f"数据不是本月的{who}", "", lambda s: _remarked(s.member_records))


_CORRECTED: tuple[Field[Scope], ...] = (
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
    Field(
        "督办事项",
        "在办的和本月销号的督办事项，全市简报列全部，其他简报只列本单位的",
        "",
        lambda s: tuple(item_record(line) for line in s.supervision),
    ),
    Field(
        "督办说法",
        "本月下发、销号、逾期、在办的督办事项，没有的为空",
        "",
        lambda s: summary(s.supervision),
    ),
    Field("重报期限", "被退回的台账重新报送的期限", "", lambda s: s.facts.reply_by),
    Field("补报期限", "还没有报送的台账应在哪一天以前报", "", lambda s: s.facts.send_by),
)


def _own(definition: Definition, level: Level) -> tuple[Field[Scope], ...]:
    """Return the names that only the bulletins of a level have."""
    unit, middle = definition.words.unit, definition.words.middle
    if level == "city":
        return (
            Field("各企业", f"各{unit}的数据，按名录的顺序", "", lambda s: s.enterprises),
            Field("带标注的企业", f"数据不是本月的{unit}", "", lambda s: _remarked(s.enterprises)),
        )
    if level == "county":
        return (
            Field("本县", f"本{middle}的数据", "", lambda s: record(s.unit)),
            Field("各企业", f"各{unit}在本{middle}的数据", "", lambda s: s.member_records),
        )
    return (
        Field("本企业", f"本{unit}的数据", "", lambda s: record(s.unit)),
        Field("所在各县", f"本{unit}在各{middle}的数据", "", lambda s: s.member_records),
    )


@cache
def top_fields(definition: Definition, level: Level) -> Mapping[str, Field[Scope]]:
    """Return the names that a level's templates may use at the top; a fixed one goes first."""
    fields = (
        *_plain(definition),
        *_counties(definition),
        *_sentences(definition),
        *_problems(definition),
        *_lights(definition),
        *assessment_fields(definition),
        *word_fields(),
        *_CORRECTED,
        *_listings(definition, level),
        *_own(definition, level),
    )
    fixed = {field.name: field for field in fields}
    works = {field.name: field for field in _works(definition) if field.name not in fixed}
    return fixed | works


def context(scope: Scope) -> Record:
    """Return the values that a bulletin's template may name."""
    return Record(top_fields(scope.facts.definition, scope.level), scope)
