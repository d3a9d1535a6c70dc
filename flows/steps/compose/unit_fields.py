"""Names for templates: of the city, a group, a county, an enterprise, or one of their cells."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import chain

from flows.steps.compose.target_fields import aim_of, light_of, score_of, target_fields
from flows.steps.compose.units import Subject
from flows.steps.model import Field, Record
from flows.steps.targets import LIGHT_NAMES
from flows.steps.wording.phrases import (
    Count,
    Rate,
    against,
    enumerated,
    in_chinese,
    movement,
    place,
    points,
)
from schemas.definition import HOUSEHOLDS, Definition, Indicator

MARK = "＊"


def remaining_name(header: str) -> str:
    """Return what the remainder of a count of done work is called: 未签协议人数."""
    return f"未{header.removeprefix('已')}"


def a_day_name(header: str) -> str:
    """Return what the need a day of a count of done work is called: 日均需签协议人数."""
    return f"日均需{header.removeprefix('已')}"


def _field(
    name: str, meaning: str, unit: str, value: Callable[[Subject], object]
) -> Field[Subject]:
    return Field(name, meaning, unit, value)


def _counts(definition: Definition) -> Iterator[Field[Subject]]:
    words = definition.words
    apart = "、".join(g.name for g in definition.groups if not g.households)
    yield _field(
        definition.households_name,
        f"{words.unit}数，按{words.unit}计，不重复{f'；{apart}不计' if apart else ''}",
        words.unit_measure,
        lambda u: u.households,
    )
    for name in definition.counts:
        column = definition.column(name)
        yield _field(column.header, column.help, column.unit, _counting(name))


def _general(definition: Definition) -> Iterator[Field[Subject]]:
    """Yield what a template names without knowing the definition's columns."""
    name = definition.count_name(definition.main)
    yield _field("单位数", definition.households_name, definition.words.unit_measure,
                 lambda u: u.households)  # fmt: skip
    yield _field("基数", name, definition.unit_of(definition.main),
                 lambda u: u.count(u.definition.main))  # fmt: skip
    yield _field("基数名", "基数是哪一栏", "", lambda u: u.definition.count_name(u.definition.main))


def _counting(name: str) -> Callable[[Subject], Count]:
    return lambda u: u.count(name)


def _indicator(definition: Definition, one: Indicator) -> Iterator[Field[Subject]]:
    rate, key, done = one.name, one.key, definition.column(one.done)
    whole = definition.column(one.whole or one.done).header
    middle = definition.words.middle
    yield _field(rate, f"{done.header}占{whole}的比率", "%", lambda u: u.rate(key))
    yield _field(f"{rate}增减", f"{rate}与上月之差", "百分点", lambda u: u.gained(key))
    yield _field(
        f"{rate}差距", f"{one.work}比序时进度低多少，高于的为负", "百分点", lambda u: u.gap(key)
    )
    yield _field(
        f"{rate}比序时", f"{one.work}与序时进度相比的说法", "", lambda u: against_calendar(u, key)
    )
    yield _field(
        f"{rate}名次",
        f"{rate}在各{middle}中的名次，只有{middle}有",
        "",
        lambda u: u.place(key),
    )
    yield from target_fields(rate, one.work, done.unit, lambda u: aim_of(u, key))
    if one.direction == "up":
        yield _field(
            remaining_name(done.header),
            f"{whole}减{done.header}",
            done.unit,
            lambda u: u.remaining(key),
        )
    yield _field(
        a_day_name(done.header),
        f"平均每天还需完成的数量，算到{definition.words.deadline}截止日；已过的算到验收截止日",
        done.unit,
        lambda u: u.a_day(key),
    )


def against_calendar(unit: Subject, key: str) -> str:
    """Return how an indicator stands against 序时进度, of what should become less what has gone."""
    achieved = unit.indicator(key).achieved(unit.entry.rates[key])
    return against(Rate(achieved), Rate(unit.facts.figures.pace.elapsed))


def against_pace(unit: Subject) -> str:
    """Return how the rates stand against 序时进度.

    协议签订、档案移交分别快25.62、7.86个百分点，管理职能移交滞后20.66个百分点.
    """
    ahead = {i.work: unit.task(i.key).ahead for i in unit.definition.spoken}
    known = {work: value for work, value in ahead.items() if value is not None}
    parts = [
        _gaps({work: value for work, value in known.items() if value > 0}, "快"),
        _gaps({work: value for work, value in known.items() if value < 0}, "滞后"),
    ]
    level = [work for work, value in known.items() if value == 0]
    if level:
        parts.append(f"{enumerated(level)}与序时进度持平")
    return "，".join(filter(None, parts))


def _gaps(gaps: Mapping[str, Fraction], verb: str) -> str:
    """Return the gaps of some indicators in one phrase, empty for none."""
    if not gaps:
        return ""
    sizes = [points(gap).removesuffix("个百分点") for gap in gaps.values()]
    works = enumerated(gaps)
    if len(set(sizes)) == 1:
        return f"{works}{'均' if len(sizes) > 1 else ''}{verb}{sizes[0]}个百分点"
    return f"{works}分别{verb}{enumerated(sizes)}个百分点"


def places_in_words(unit: Subject) -> str:
    """Return a county's places: 综合排名第5位，四项指标均居第5位.

    An indicator that nobody in the city has begun has no places worth printing.
    """
    definition, city = unit.definition, unit.facts.figures.city
    begun = [i for i in definition.spoken if i.achieved(city.rates[i.key])]
    places = {i.work: place(unit.place(i.key)) for i in begun if unit.place(i.key)}
    moved = movement(unit.rank_change)
    overall = f"综合排名{place(unit.place('rank'))}{f'（{moved}）' if moved else ''}"
    if not places:
        return overall
    number = len(definition.spoken)
    if number > 1 and len(places) == number and len(set(places.values())) == 1:
        return f"{overall}，{in_chinese(number)}项指标均居{next(iter(places.values()))}"
    return f"{overall}，其中{enumerated(work + text for work, text in places.items())}"


@cache
def unit_fields(definition: Definition) -> Mapping[str, Field[Subject]]:
    """Return the names that a city, a group, a county, a unit or a cell has in a campaign."""
    rates = (_indicator(definition, one) for one in definition.spoken)
    own = (*_counts(definition), *chain.from_iterable(rates))
    listed = (*own, *_general(definition), *_plain_fields(definition), *_states(definition))
    return {field.name: field for field in (_NAME, *listed)}


_NAME = _field("名称", "单位名称", "", lambda u: u.name)


def _plain_fields(definition: Definition) -> Iterator[Field[Subject]]:
    middle, words = definition.words.middle, definition.words
    stages = "、".join(stage.name for stage in definition.stages)
    yield _field("阶段", f"所处的阶段：{stages}" if stages else "所处的阶段，没有的为空", "",
                 lambda u: u.entry.stage)  # fmt: skip
    yield _field("名次", f"在各{middle}中的总名次，只有{middle}有", "", lambda u: u.place("rank"))
    yield _field("名次说法", "总名次的说法，同名次的写明并列", "", lambda u: place(u.place("rank")))
    yield _field(
        "升降说法",
        "名次比上次升降几位：升2位、降1位，没有变化或不可比的为空",
        "",
        lambda u: movement(u.rank_change),
    )
    yield _field(
        "升降",
        "名次比上次升降几位，用在表格中：升2、降1、持平，不可比的为—",
        "",
        lambda u: _moved(u.rank_change),
    )
    yield _field("代称", f"正文中怎样称呼：该{words.unit}；不计户的另称", "", lambda u: u.called)
    yield _field("排名说法", f"总名次和各项名次的说法，只有{middle}有", "", places_in_words)
    yield _field("序时说法", "各项工作比序时进度快多少、滞后多少", "", against_pace)
    yield _field(
        "占比",
        f"{definition.count_name(definition.main)}占{words.area}的比重，只有{middle}有",
        "%",
        lambda u: Rate(u.entry.share),
    )
    yield _field(
        "层级", "所属的分组", "", lambda u: u.entry.groups if u.definition.group_of else ()
    )
    yield _field("标注", "数据不是本月的，为“＊”，否则为空", "", lambda u: MARK if u.remark else "")
    yield _field("数据说明", "数据不是本月的，说明用的是哪个月的", "", lambda u: u.remark)
    yield _field("灯", "各项工作中最差的灯：红、黄、绿，没有任务的为灰", "",
                 lambda u: LIGHT_NAMES[light_of(u)])  # fmt: skip
    yield _field("得分", f"考核得分，只有{middle}有；不计分的为—", "分", score_of)


def _states(definition: Definition) -> Iterator[Field[Subject]]:
    number = in_chinese(len(definition.spoken))
    for name in dict.fromkeys(("有任务", f"有{definition.words.people}")):
        main = definition.count_name(definition.main)
        yield _field(name, f"{main}是否大于0", "是否", lambda u: u.has_work)
    yield _field(
        "未计入", "台账没有计入、也没有以前月份的可沿用，因此没有数据", "是否", lambda u: u.left_out
    )
    yield _field("有上月数据", "以前月份是否有比率可比", "是否", lambda u: u.comparable)
    for name in dict.fromkeys(("全部已完成", f"{number}项已完成")):
        works = enumerated(one.short for one in definition.spoken)
        yield _field(name, f"{works}是否都已办完", "是否", lambda u: u.finished)
    yield _field(
        "计户",
        f"是否有计数的{definition.words.unit}",
        "是否",
        lambda u: bool(u.entry.counts[HOUSEHOLDS]),
    )


def _moved(change: int | None) -> str | None:
    return "持平" if change == 0 else movement(change).removesuffix("位") or None


def record(unit: Subject) -> Record:
    """Return the named values of a unit."""
    return Record(unit_fields(unit.definition), unit)
