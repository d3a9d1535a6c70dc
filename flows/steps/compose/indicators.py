"""Names for templates: of one of the indicators with a rate, and of its members by band."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from flows.steps.compose.target_fields import aim_of, target_fields
from flows.steps.compose.unit_fields import against_calendar
from flows.steps.compose.units import Subject
from flows.steps.model import Field, Record
from flows.steps.standings import Band, band_of
from flows.steps.targets import Light
from flows.steps.wording.numbers import signed_in_decimals
from flows.steps.wording.phrases import (
    Count,
    Points,
    Rate,
    people,
    points,
    with_source,
    with_source_of_change,
)
from schemas.definition import Definition
from schemas.definition import Indicator as Defined


@dataclass(frozen=True)
class Indicator:
    """An indicator of a bulletin's subject and of its members."""

    key: str
    unit: Subject
    members: Sequence[Subject]

    @property
    def defined(self) -> Defined:
        """Return what the definition says of it."""
        return self.unit.indicator(self.key)

    def in_band(self, band: Band) -> tuple[Record, ...]:
        """Return the members that have done all, some or nothing of it, the most done first."""
        members = [m for m in self.members if band_of(self._known(m)) == band]
        return self._records(sorted(members, key=self._achieved, reverse=True))

    @property
    def behind(self) -> tuple[Record, ...]:
        """Return the members below 序时进度, the furthest behind first."""
        members = [m for m in self.members if m.behind(self.key)]
        return self._records(sorted(members, key=self._achieved))

    def lit(self, light: Light) -> tuple[Record, ...]:
        """Return the members with a light in it, the furthest below their target first."""
        standings = {m.name: m.standing(self.key) for m in self.members}
        gaps = {n: s.gap or Fraction(0) for n, s in standings.items() if s and s.light == light}
        lit = [m for m in self.members if m.name in gaps]
        return self._records(sorted(lit, key=lambda m: gaps[m.name]))

    @property
    def ahead_of_pace(self) -> tuple[Record, ...]:
        """Return the members above 序时进度, the most done first."""
        return self._records(sorted(self._at(1), key=self._achieved, reverse=True))

    @property
    def on_pace(self) -> tuple[Record, ...]:
        """Return the members exactly at 序时进度."""
        return self._records(self._at(0))

    def _at(self, sign: int) -> list[Subject]:
        ahead = {m.name: m.task(self.key).ahead for m in self.members}
        known = {name: (gap > 0) - (gap < 0) for name, gap in ahead.items() if gap is not None}
        return [m for m in self.members if known.get(m.name) == sign]

    @property
    def change(self) -> Points:
        """Return the rate's difference to the month of comparison."""
        return self.unit.gained(self.key)

    @property
    def ahead(self) -> Points:
        """Return the rate less 序时进度."""
        return Points(self.unit.task(self.key).ahead)

    @property
    def city_rate(self) -> Fraction | None:
        """Return the city's rate."""
        return self.unit.facts.figures.city.rates[self.key]

    @property
    def most_left(self) -> tuple[Record, ...]:
        """Return the three members with the most still to do, none of a single member."""
        members = [m for m in self.members if m.remaining(self.key)]
        if len(self.members) < 2:
            return ()
        ordered = sorted(members, key=lambda m: m.remaining(self.key), reverse=True)
        return self._records(ordered[:3])

    @property
    def fastest(self) -> str:
        """Return in words who got on most; empty for a single member or if none got on."""
        less = self.defined.direction == "down"
        sign, verb = (-1, "下降") if less else (1, "提高")
        changes = {m.name: sign * (m.rate(self.key).change or 0) for m in self.members}
        best = max(self.members, key=lambda m: changes[m.name], default=None)
        if best is None or len(self.members) < 2 or changes[best.name] <= 0:
            return ""
        since = self.unit.facts.since
        return f"{best.name}进展最快，比{since}{verb}{points(changes[best.name])}"

    def _known(self, member: Subject) -> Fraction | None:
        return self.defined.achieved(member.entry.rates[self.key])

    def _achieved(self, member: Subject) -> Fraction:
        return self._known(member) or Fraction(0)

    def _records(self, members: Sequence[Subject]) -> tuple[Record, ...]:
        fields = member_fields(self.unit.definition)
        return tuple(Record(fields, (self.key, m)) for m in members)


def _member(
    name: str, meaning: str, unit: str, value: Callable[[str, Subject], object]
) -> Field[tuple[str, Subject]]:
    return Field(name, meaning, unit, lambda pair: value(*pair))


def _measures(definition: Definition) -> str:
    """Return the units of the indicators, as the field list prints them: 人或份."""
    return "或".join(dict.fromkeys(definition.column(i.done).unit for i in definition.spoken))


def _who(definition: Definition) -> str:
    return f"{definition.words.middle}或{definition.words.unit}"


@cache
def member_fields(definition: Definition) -> Mapping[str, Field[tuple[str, Subject]]]:
    """Return the names that a member of an indicator has."""
    measures = _measures(definition)
    fields = (
        _member("名称", f"{_who(definition)}名称", "", lambda key, u: u.name),
        _member("率", "这一项的比率", "%", lambda key, u: u.rate(key)),
        _member("增减", "这一项比率与上月之差", "百分点", lambda key, u: u.gained(key)),
        _member("差距", "这一项比序时进度低多少", "百分点", lambda key, u: u.gap(key)),
        _member("剩余", "这一项还未完成的数量", measures, lambda key, u: u.remaining(key)),
        _member(
            "剩余说法",
            "这一项还未完成的数量，带单位",
            "",
            lambda key, u: people(u.remaining(key)),
        ),
        _member(
            "名次",
            f"这一项的名次，只有{definition.words.middle}有",
            "",
            lambda key, u: u.place(key),
        ),
        *target_fields("", "这一项", measures, lambda pair: aim_of(pair[1], pair[0])),
    )
    return {field.name: field for field in fields}


@cache
def indicator_fields(definition: Definition) -> Mapping[str, Field[Indicator]]:
    """Return the names that an indicator has."""
    measures = _measures(definition)
    against: tuple[Field[Indicator], ...] = target_fields(
        "", "", measures, lambda i: aim_of(i.unit, i.key)
    )
    fields = (*_amounts(definition), *_rates(), *against, *_members(definition))
    return {field.name: field for field in fields}


def _amounts(definition: Definition) -> tuple[Field[Indicator], ...]:
    measures = _measures(definition)
    verbs = "、".join(dict.fromkeys(i.verb for i in definition.spoken))
    return (
        Field("名称", "工作名称", "", lambda i: i.defined.task),
        Field("率名", "这一项的比率叫什么", "", lambda i: i.defined.name),
        Field("应办", "应办数", measures, lambda i: i.unit.count(i.defined.whole or i.key)),
        Field(
            "已办",
            "已办数，越低越好的是已减少的数",
            measures,
            lambda i: i.unit.finished_part(i.key),
        ),
        Field("现有", "已办数的栏目里的数", measures, lambda i: i.unit.count(i.key)),
        Field("应办名", "应办数的栏目", "", lambda i: _header(i, i.defined.whole)),
        Field("已办名", "已办数的栏目", "", lambda i: _header(i, i.defined.done)),
        Field("剩余", "未办数", measures, lambda i: i.unit.remaining(i.key)),
        Field("日均", "平均每天还需办理的数量", measures, lambda i: i.unit.a_day(i.key)),
        Field("单位", "计量单位", "", lambda i: i.unit.definition.unit_of(i.key)),
        Field("短名", "工作的简称，即比率名称去掉“率”", "", lambda i: i.defined.work),
        Field("动作", f"这一项怎样办：{verbs}", "", lambda i: i.defined.verb),
        Field("越低越好", "是否数越小越好", "是否", lambda i: i.defined.direction == "down"),
    )


def _header(one: Indicator, name: str | None) -> str:
    return "" if name is None else one.unit.definition.count_name(name)


def _rates() -> tuple[Field[Indicator], ...]:
    return (
        Field("率", "比率", "%", lambda i: i.unit.rate(i.key)),
        Field("差距", "比序时进度低多少", "百分点", lambda i: i.unit.gap(i.key)),
        Field("增减", "比率与上月之差，带正负号", "百分点", lambda i: i.change),
        Field(
            "比序时差",
            "比率减序时进度，带正负号；越低越好的，是已减少的比例减序时进度",
            "百分点",
            lambda i: i.ahead,
        ),
        Field("全市率", "全市这一项的比率", "%", lambda i: Rate(i.city_rate)),
        Field("落后", "是否低于序时进度", "是否", lambda i: i.unit.behind(i.key)),
        Field("比序时", "与序时进度相比的说法", "", lambda i: against_calendar(i.unit, i.key)),
    )


def _members(definition: Definition) -> tuple[Field[Indicator], ...]:
    who = _who(definition)
    return (
        Field("剩余较多的", "剩余最多的三个，只有一个成员的为空", "", lambda i: i.most_left),
        Field("最快说法", "谁比上次进展最多、多少，没有进展的为空", "", lambda i: i.fastest),
        Field("名次", f"名次，只有{definition.words.middle}有", "", lambda i: i.unit.place(i.key)),
        Field("全部完成的", f"已全部办完的{who}", "", lambda i: i.in_band("complete")),
        Field("推进中的", f"办了一部分的{who}，由多到少", "", lambda i: i.in_band("under_way")),
        Field("尚未开始的", f"一点没办的{who}", "", lambda i: i.in_band("not_begun")),
        Field("高于序时的", f"高于序时进度的{who}，由多到少", "", lambda i: i.ahead_of_pace),
        Field("与序时持平的", f"与序时进度持平的{who}", "", lambda i: i.on_pace),
        Field("落后较多的", "低于序时进度最多的三个", "", lambda i: i.behind[:3]),
        Field("落后的", f"低于序时进度的{who}，差距由大到小", "", lambda i: i.behind),
        Field("红灯的", f"这一项是红灯的{who}，差距由大到小", "", lambda i: i.lit("red")),
        Field("黄灯的", f"这一项是黄灯的{who}，差距由大到小", "", lambda i: i.lit("yellow")),
        Field("绿灯的", f"这一项是绿灯的{who}", "", lambda i: i.lit("green")),
    )


def indicators(unit: Subject, members: Sequence[Subject]) -> dict[str, Record]:
    """Return the indicators of a unit by their keys."""
    fields = indicator_fields(unit.definition)
    return {i.key: Record(fields, Indicator(i.key, unit, members)) for i in unit.definition.spoken}


def unfinished(records: Mapping[str, Record]) -> tuple[Record, ...]:
    """Return the indicators with something left to do.

    One that is better the lower it is, such as what is still owed, is left out where another says
    the same of the same whole from the other side, such as what has been paid.
    """
    left = [r for r in records.values() if r["剩余"]]
    paid = {(r["应办名"], int(r["剩余"])) for r in left if not r["越低越好"]}
    return tuple(r for r in left if not r["越低越好"] or (r["应办名"], int(r["剩余"])) not in paid)


_COUNTED: tuple[Field[tuple[str, Subject]], ...] = (
    _member("名称", "工作名称", "", lambda key, u: u.indicator(key).task),
    _member("栏目", "所计的栏目", "", lambda key, u: u.definition.count_name(key)),
    _member("数", "数量", "", lambda key, u: u.count(key)),
    _member("数说法", "数量，带单位", "", lambda key, u: _with_unit(u.count(key))),
    _member("增减", "与上月之差，带正负号", "", lambda key, u: _difference(u.count(key))),
    _member("单位", "计量单位", "", lambda key, u: u.definition.unit_of(key)),
    *target_fields("", "", "", lambda pair: aim_of(pair[1], pair[0])),
)
COUNTED_FIELDS: Mapping[str, Field[tuple[str, Subject]]] = {field.name: field for field in _COUNTED}


def _difference(count: Count) -> str | None:
    """Return the difference to last month with its sign, None where there is none."""
    if count.change is None:
        return None
    return with_source_of_change(signed_in_decimals(count.change, count.decimals), count)


def _with_unit(count: Count) -> str:
    return with_source(people(count), count)


def counted(unit: Subject) -> tuple[Record, ...]:
    """Return the works that are only counted: no rate, their number and its change."""
    return tuple(Record(COUNTED_FIELDS, (i.key, unit)) for i in unit.definition.counted)
