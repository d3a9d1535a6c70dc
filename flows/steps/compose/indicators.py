"""Names for templates: of one of the four indicators, and of its members by band."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.steps.compose.units import COLUMNS, Subject, work_name
from flows.steps.model import Field, Record
from flows.steps.standings import Band, band_of
from flows.steps.wording.phrases import Points, Rate, against, people, points
from schemas.columns import RATE_NAMES, WHOLES

# What each indicator is called as a piece of work.
TITLES: Mapping[str, str] = {
    "agreement": "协议签订",
    "archives": "人事档案移交",
    "party": "党员组织关系转移",
    "functions": "管理职能移交",
}

VERBS: Mapping[str, str] = {
    "agreement": "签订",
    "archives": "移交",
    "party": "转移",
    "functions": "移交",
}


@dataclass(frozen=True)
class Indicator:
    """An indicator of a bulletin's subject and of its members."""

    key: str
    unit: Subject
    members: Sequence[Subject]

    def in_band(self, band: Band) -> tuple[Record, ...]:
        """Return the members whose rate falls into a band, the highest rate first."""
        members = [m for m in self.members if band_of(m.entry.rates[self.key]) == band]
        return self._records(sorted(members, key=self._rate, reverse=True))

    @property
    def behind(self) -> tuple[Record, ...]:
        """Return the members below 序时进度, the furthest behind first."""
        members = [m for m in self.members if m.behind(self.key)]
        return self._records(sorted(members, key=self._rate))

    @property
    def change(self) -> Points:
        """Return the rate's difference to the month of comparison."""
        return Points(self.unit.rate(self.key).change)

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
        """Return in words whose rate rose most; empty for a single member or if none rose."""
        changes = {m.name: m.rate(self.key).change or Fraction(0) for m in self.members}
        best = max(self.members, key=lambda m: changes[m.name], default=None)
        if best is None or len(self.members) < 2 or changes[best.name] <= 0:
            return ""
        since = self.unit.facts.since
        return f"{best.name}进展最快，比{since}提高{points(changes[best.name])}"

    def _rate(self, member: Subject) -> Fraction:
        return member.entry.rates[self.key] or Fraction(0)

    def _records(self, members: Sequence[Subject]) -> tuple[Record, ...]:
        return tuple(Record(MEMBER_FIELDS, (self.key, m)) for m in members)


def _member(
    name: str, meaning: str, unit: str, value: Callable[[str, Subject], object]
) -> Field[tuple[str, Subject]]:
    return Field(name, meaning, unit, lambda pair: value(*pair))


_MEMBER: tuple[Field[tuple[str, Subject]], ...] = (
    _member("名称", "县（市、区）或企业名称", "", lambda key, u: u.name),
    _member("率", "这一项的比率", "%", lambda key, u: u.rate(key)),
    _member("增减", "这一项比率与上月之差", "百分点", lambda key, u: Points(u.rate(key).change)),
    _member("差距", "这一项比序时进度低多少", "百分点", lambda key, u: u.gap(key)),
    _member("剩余", "这一项还未完成的数量", "人或份", lambda key, u: u.remaining(key)),
    _member(
        "剩余说法",
        "这一项还未完成的数量，带单位",
        "",
        lambda key, u: people(u.remaining(key)),
    ),
    _member("名次", "这一项的名次，只有县（市、区）有", "", lambda key, u: u.place(key)),
)
MEMBER_FIELDS: Mapping[str, Field[tuple[str, Subject]]] = {field.name: field for field in _MEMBER}

_INDICATOR: tuple[Field[Indicator], ...] = (
    Field("名称", "工作名称", "", lambda i: TITLES[i.key]),
    Field("率名", "这一项的比率叫什么", "", lambda i: RATE_NAMES[i.key]),
    Field("应办", "应办数", "人或份", lambda i: i.unit.count(WHOLES[i.key])),
    Field("已办", "已办数", "人或份", lambda i: i.unit.count(i.key)),
    Field("剩余", "未办数", "人或份", lambda i: i.unit.remaining(i.key)),
    Field("日均", "平均每天还需办理的数量", "人或份", lambda i: i.unit.a_day(i.key)),
    Field("单位", "计量单位", "", lambda i: COLUMNS[i.key].unit),
    Field("率", "比率", "%", lambda i: i.unit.rate(i.key)),
    Field("差距", "比序时进度低多少", "百分点", lambda i: i.unit.gap(i.key)),
    Field("短名", "工作的简称，如档案移交", "", lambda i: work_name(i.key)),
    Field("动作", "这一项怎样办：签订、移交或转移", "", lambda i: VERBS[i.key]),
    Field(
        "增减", "比率与上月之差，带正负号", "百分点", lambda i: Points(i.unit.rate(i.key).change)
    ),
    Field("比序时差", "比率减序时进度，带正负号", "百分点", lambda i: i.ahead),
    Field("全市率", "全市这一项的比率", "%", lambda i: Rate(i.city_rate)),
    Field("剩余较多的", "剩余最多的三个，只有一个成员的为空", "", lambda i: i.most_left),
    Field("最快说法", "谁比上次提高最多、提高多少，没有提高的为空", "", lambda i: i.fastest),
    Field("落后", "是否低于序时进度", "是否", lambda i: i.unit.behind(i.key)),
    Field(
        "比序时",
        "与序时进度相比的说法",
        "",
        lambda i: against(i.unit.rate(i.key), Rate(i.unit.facts.figures.pace.elapsed)),
    ),
    Field("名次", "名次，只有县（市、区）有", "", lambda i: i.unit.place(i.key)),
    Field("全部完成的", "已达100%的县（市、区）或企业", "", lambda i: i.in_band("complete")),
    Field(
        "推进中的",
        "大于0、不足100%的县（市、区）或企业，由高到低",
        "",
        lambda i: i.in_band("under_way"),
    ),
    Field("尚未开始的", "为零的县（市、区）或企业", "", lambda i: i.in_band("not_begun")),
    Field("落后较多的", "低于序时进度最多的三个", "", lambda i: i.behind[:3]),
    Field("落后的", "低于序时进度的县（市、区）或企业，差距由大到小", "", lambda i: i.behind),
)
INDICATOR_FIELDS: Mapping[str, Field[Indicator]] = {field.name: field for field in _INDICATOR}


def indicator(key: str, unit: Subject, members: Sequence[Subject]) -> Record:
    """Return the named values of an indicator."""
    return Record(INDICATOR_FIELDS, Indicator(key, unit, members))


def indicators(unit: Subject, members: Sequence[Subject]) -> dict[str, Record]:
    """Return the four indicators of a unit by their field names."""
    return {key: indicator(key, unit, members) for key in RATE_NAMES}


def unfinished(records: Mapping[str, Record]) -> tuple[Record, ...]:
    """Return the indicators with something left to do."""
    return tuple(r for r in records.values() if r["剩余"])
