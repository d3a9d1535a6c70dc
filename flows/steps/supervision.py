"""Supervised items against the month's lights: who is to be supervised, what has become of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction

from flows.settings import Campaign
from flows.steps.model import (
    STEP_NAMES,
    Entry,
    Field,
    Record,
    Report,
    SupervisedLevel,
    SupervisionEvent,
    SupervisionItem,
    SupervisionLine,
    SupervisionNotice,
)
from flows.steps.months import Month, in_words
from flows.steps.standings import without_data
from flows.steps.targets import LIGHT_NAMES, Light, Standing, standing_of, targeted
from flows.steps.wording.numbers import percent
from flows.steps.wording.phrases import Count, Points, Rate, points
from schemas.definition import Definition
from schemas.spellings import squeeze

LEVELS: Mapping[str, SupervisedLevel] = {"县区": "county", "企业": "enterprise"}
CLOSED_BY_LIGHT = "已达到应达进度（绿灯），核实后销号"


@dataclass(frozen=True)
class Candidate:
    """An indicator of a unit that has been red for as many months as the settings say."""

    level: SupervisedLevel
    unit: str
    sender: str
    standing: Standing

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what an item would be about."""
        return self.level, self.unit, self.standing.indicator.key


def candidates(report: Report) -> list[Candidate]:
    """Return what may become an item: red long enough, and no item of it is open."""
    taken = {item.key for item in report.supervision if item.closed is None}
    return [each for each in _long_red(report) if each.key not in taken]


def _long_red(report: Report) -> Iterator[Candidate]:
    policy, unknown = report.campaign.settings.policy.supervision, without_data(report)
    for level in (LEVELS[name] for name in policy.whom):
        for entry in _entries(report, level):
            known = entry.name not in unknown
            for indicator in targeted(report):
                standing = standing_of(report, entry, level, indicator, known=known)
                red = standing is not None and standing.light == "red"
                if standing is not None and red and standing.months >= policy.months:
                    yield Candidate(level, entry.name, sender_of(report, entry.name), standing)


def _entries(report: Report, level: SupervisedLevel) -> Sequence[Entry]:
    return report.figures.counties if level == "county" else report.figures.enterprises


def sender_of(report: Report, unit: str) -> str:
    """Return the sender that answers for a county or an enterprise, empty if there is none."""
    campaign, name = report.campaign, squeeze(unit)
    return campaign.sender_names.get(name) or campaign.lent_names.get(name) or ""


def standing_now(report: Report, item: SupervisionItem) -> Standing | None:
    """Return where an item's indicator stands in the month, None if the month does not know it."""
    level, unit, key = item.issued.level, name_now(report.campaign, item), item.issued.indicator
    entry = next((e for e in _entries(report, level) if e.name == unit), None)
    indicator = report.campaign.definition.indicator.get(key)
    if entry is None or indicator is None:
        return None
    known = unit not in without_data(report)
    return standing_of(report, entry, level, indicator, known=known)


def name_now(campaign: Campaign, item: SupervisionItem) -> str:
    """Return the name of an item's unit, or of the unit that it has become part of."""
    unit = item.issued.unit
    return campaign.county_now(unit) if item.issued.level == "county" else campaign.unit_now(unit)


def lines_of(report: Report) -> list[SupervisionLine]:
    """Return the items that are open in the month or were closed in it, by number."""
    month = str(report.month)
    lines = []
    for item in report.supervision:
        if item.closed is not None and item.closed.month != month:
            continue
        standing = standing_now(report, item)
        now = None if standing is None else standing.done
        light = LIGHT_NAMES["grey" if standing is None else standing.light]
        down = standing is not None and standing.indicator.direction == "down"
        lines.append(SupervisionLine(item, month, report.issued, now, light, down))
    return lines


def turned_green(report: Report) -> list[SupervisionItem]:
    """Return the open items whose indicator is where it should be: they may be closed."""
    green = LIGHT_NAMES["green"]
    return [x.item for x in lines_of(report) if x.item.closed is None and x.light == green]


def notices(report: Report) -> list[SupervisionNotice]:
    """Return a notice for each unit with an item that is open or was closed in the month."""
    by_unit: dict[str, list[SupervisionLine]] = {}
    for line in lines_of(report):
        by_unit.setdefault(name_now(report.campaign, line.item), []).append(line)
    settings = report.campaign.settings
    return [
        SupervisionNotice(
            unit=unit,
            month=str(report.month),
            as_of=report.figures.as_of,
            office=settings.office,
            issued=_day(lines, report.issued),
            contact=settings.bulletin.contact,
            lines=lines,
        )
        for unit, lines in by_unit.items()
    ]


def _day(lines: Sequence[SupervisionLine], issued: date) -> date:
    """Return the day of a notice: of its newest item's issue, without a new one the bulletin's."""
    return max((x.item.issued.day for x in lines if x.is_new), default=issued)


def target_in_words(standing: Standing) -> str:
    """Return what a unit is to reach by when: 到2022年7月31日达到100.00%."""
    down = standing.indicator.direction == "down"
    share = percent(1 - standing.share if down else standing.share)
    return f"到{in_words(standing.by)}{'降到' if down else '达到'}{share}"


def lives(item: SupervisionItem) -> Iterator[tuple[str, str]]:
    """Yield each step of an item's life: the day and what it is, and the reason."""
    for event in item.events:
        yield f"{in_words(event.day)}{STEP_NAMES[event.action]}", _reason(event)


def _reason(event: SupervisionEvent) -> str:
    until = f"期限{in_words(event.due)}" if event.due is not None else ""
    return "；".join(filter(None, (until, event.reason)))


def joined(lines: Sequence[SupervisionLine]) -> str:
    """Return the numbers of some items: 督办〔2022〕1号、2号, 督办〔2023〕1号."""
    texts: dict[int, list[str]] = {}
    for line in lines:
        texts.setdefault(line.item.issued.year, []).append(f"{line.item.issued.serial}号")
    return "，".join(f"督办〔{year}〕{'、'.join(numbers)}" for year, numbers in texts.items())


def summary(lines: Sequence[SupervisionLine]) -> str:
    """Return in one sentence what was issued and closed and is overdue, empty for no item."""
    if not lines:
        return ""
    groups = (
        ("本月新下发", [x for x in lines if x.is_new]),
        ("本月销号", [x for x in lines if x.item.closed is not None]),
        ("逾期未办结", [x for x in lines if x.is_overdue]),
    )
    parts = [f"{title}{len(some)}项（{_named(some)}）" for title, some in groups if some]
    still = sum(line.item.closed is None for line in lines)
    return "，".join([f"督办事项目前在办{still}项", *parts])


def _named(lines: Sequence[SupervisionLine]) -> str:
    return "、".join(f"{x.item.issued.unit}{x.item.issued.measure}" for x in lines)


def _rate(line: SupervisionLine, share: Fraction | None) -> Rate:
    return Rate(1 - share if line.down and share is not None else share)


def _change(line: SupervisionLine) -> Points:
    return Points(None if line.now is None else line.now - line.item.done)


def _state(line: SupervisionLine) -> str:
    if line.item.closed is not None:
        return "已销号"
    return "逾期" if line.is_overdue else "在办"


def _gap(line: SupervisionLine) -> str:
    return points(line.item.expected - line.item.done)


def _closing(line: SupervisionLine) -> str:
    return line.item.closed.reason if line.item.closed is not None else ""


_ITEM: tuple[Field[SupervisionLine], ...] = (
    Field("名称", "责任单位和指标", "",
          lambda x: f"{x.item.issued.unit}{x.item.issued.measure}"),
    Field("编号", "督办编号，如督办〔2022〕1号", "", lambda x: x.item.number),
    Field("责任单位", "办理的单位", "", lambda x: x.item.issued.unit),
    Field("事项", "要办的事，“加快”加指标的工作", "", lambda x: x.item.issued.matter),
    Field("指标", "督办的指标", "", lambda x: x.item.issued.measure),
    Field("目标", "到哪天达到多少", "", lambda x: x.item.issued.target),
    Field("立项月份", "下发时数据的月份", "", lambda x: Month.parse(x.item.issued.month).label),
    Field("下发日期", "下发的日期", "", lambda x: x.item.issued.day),
    Field("应达", "下发时应达到多少", "", lambda x: _rate(x, x.item.expected)),
    Field("立项时", "下发时实际达到多少", "", lambda x: _rate(x, x.item.done)),
    Field("差距", "下发时低于应达多少", "", _gap),
    Field("现在", "本月末实际达到多少", "", lambda x: _rate(x, x.now)),
    Field("变化", "本月末比下发时前进多少，带正负号", "百分点", _change),
    Field("灯", "本月的灯：绿、黄、红、灰", "", lambda x: x.light),
    Field("期限", "办结期限，延期的为新期限", "", lambda x: x.item.due),
    Field("新下发", "是否本月下发", "是否", lambda x: x.is_new),
    Field("已销号", "是否已销号", "是否", lambda x: x.item.closed is not None),
    Field("逾期", "是否过了期限还没有销号", "是否", lambda x: x.is_overdue),
    Field("状态", "在办、逾期或已销号", "", _state),
    Field("销号原因", "为什么销号，没有销号的为空", "", _closing),
    Field("反馈", "最近一次反馈的内容，没有的为空", "",
          lambda x: x.item.replies[-1].reason if x.item.replies else ""),
)  # fmt: skip
ITEM_FIELDS: Mapping[str, Field[SupervisionLine]] = {field.name: field for field in _ITEM}


def item_record(line: SupervisionLine) -> Record:
    """Return the names that templates may use of an item."""
    return Record(ITEM_FIELDS, line)


def _title(notice: SupervisionNotice) -> str:
    if notice.new:
        return "督办通知单"
    return "督办催办通知单" if notice.open else "督办销号通知单"


def _reply_by(notice: SupervisionNotice) -> date | None:
    return min((line.item.due for line in notice.new or notice.open), default=None)


def _overdue(notice: SupervisionNotice) -> Count:
    return Count(sum(line.is_overdue for line in notice.lines), "项")


_NOTICE: tuple[Field[SupervisionNotice], ...] = (
    Field("标题", "督办通知单、督办催办通知单或督办销号通知单", "", _title),
    Field("编号", "督办编号，几项的并列", "", lambda n: joined(n.new or n.open or n.lines)),
    Field("责任单位", "办理的单位", "", lambda n: n.unit),
    Field("月份", "数据的月份", "", lambda n: Month.parse(n.month).label),
    Field("截止日", "数据截止的日期", "", lambda n: n.as_of),
    Field("办公室", "办公室全称", "", lambda n: n.office),
    Field("日期", "通知日期", "", lambda n: n.issued),
    Field("联系方式", "联系人和电话，可能为空", "", lambda n: n.contact),
    Field("反馈期限", "报送反馈表的期限，没有在办事项的为空", "", _reply_by),
    Field("新下发", "本月有没有新下发的", "是否", lambda n: bool(n.new)),
    Field("有对照", "有没有以前月份下发的，可以前后对照", "是否",
          lambda n: any(not line.is_new for line in n.lines)),
    Field("在办数", "还没有销号的有几项", "项", lambda n: Count(len(n.open), "项")),
    Field("逾期数", "逾期的有几项", "项", _overdue),
    Field("事项", "各督办事项", "", lambda n: tuple(map(item_record, n.lines))),
)  # fmt: skip
NOTICE_FIELDS: Mapping[str, Field[SupervisionNotice]] = {field.name: field for field in _NOTICE}


def supervision_record(notice: SupervisionNotice) -> Record:
    """Return the values that the template of a notice may name."""
    return Record(NOTICE_FIELDS, notice)


def sample_items(definition: Definition, counties: Sequence[str]) -> list[SupervisionItem]:
    """Return made-up items of May 2022: one new, one overdue with a reply, one closed."""
    one = (*definition.rated, *definition.indicators)[0]
    made = datetime(2022, 5, 5, tzinfo=UTC)
    first = SupervisionEvent(
        id="",
        month="2022-04",
        recorded_at=made,
        day=date(2022, 5, 5),
        action="issue",
        reason="连续2个月红灯",
        year=2022,
        serial=1,
        due=date(2022, 5, 20),
        unit=counties[0],
        indicator=one.key,
        measure=one.name,
        matter=f"加快{one.work}",
        sender=counties[0],
        target="到2022年7月31日达到100.00%",
        expected="11/20",
        done="1/5",
    )
    new = replace(first, month="2022-05", day=date(2022, 6, 2), serial=3, due=date(2022, 6, 17))
    answer = replace(first, action="reply", reason="正在办理，已排出计划", due=None)
    green = replace(first, month="2022-05", action="close", reason=CLOSED_BY_LIGHT, due=None)
    return [
        SupervisionItem([first, answer]),
        SupervisionItem(
            [replace(e, serial=2, unit=counties[1], sender=counties[1]) for e in (first, green)]
        ),
        SupervisionItem([new]),
    ]


def sample_supervision(definition: Definition) -> SupervisionNotice:
    """Return a made-up notice in which every field has something to show."""
    items = sample_items(definition, ("示例戊县", "示例戊县"))
    day = date(2022, 6, 2)
    lights: Sequence[Light] = ("red", "green", "red")
    lines = [
        SupervisionLine(item, "2022-05", day, item.done + Fraction(1, 10), LIGHT_NAMES[light])
        for item, light in zip(items, lights, strict=True)
    ]
    office = f"示例市{definition.words.work}工作领导小组办公室"
    contact = "办公室综合组，0000-0000000"
    return SupervisionNotice("示例戊县", "2022-05", date(2022, 5, 31), office, day, contact, lines)
