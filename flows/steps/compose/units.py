"""Names for templates: of the city, a group, a county, an enterprise, or one of their cells."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain

from flows.steps.compose.facts import Facts
from flows.steps.model import Entry, Field, Record
from flows.steps.standings import Task
from flows.steps.wording.phrases import (
    Basis,
    Count,
    Place,
    Points,
    Rate,
    against,
    enumerated,
    movement,
    place,
    points,
)
from schemas.columns import COUNTS, CUMULATIVE, HOUSEHOLDS, RATE_NAMES, WHOLES, columns_of

COLUMNS = columns_of("progress")
MARK = "＊"
CENTRE = "托管中心"


@dataclass(frozen=True)
class Subject:
    """An entry of the figures as a bulletin speaks of it.

    `remark` says where its figures come from, if they are not all this month's; `stale` is True
    if none of them are.
    """

    entry: Entry
    facts: Facts
    name: str
    remark: str = ""
    stale: bool = False

    @property
    def basis(self) -> Basis:
        """Return what its difference to last month rests on."""
        if self.facts.first:
            return "first"
        if self.facts.skipped:
            return "gap"
        return "new" if self.entry.change is None else "known"

    def task(self, key: str) -> Task:
        """Return an indicator against the calendar."""
        return self.facts.task(self.entry, key)

    def count(self, name: str) -> Count:
        """Return a count of the ledger by its field name."""
        change = self.entry.change
        return Count(
            self.entry.counts[name],
            COLUMNS[name].unit,
            None if change is None else change.counts[name],
            self.basis,
            known=not self.left_out,
        )

    @property
    def households(self) -> Count:
        """Return the number of enterprises; the trusteeship centre is none."""
        return Count(self.entry.counts[HOUSEHOLDS], "户", known=not self.left_out)

    def rate(self, key: str) -> Rate:
        """Return an indicator's rate, compared with last month or the last one with figures."""
        rate, change = self.entry.rates[key], self.entry.change
        if change is not None:
            return Rate(rate, change.rates[key], self.basis)
        before = self._rate_before(key)
        difference = None if rate is None or before is None else rate - before
        return Rate(rate, difference, self.basis, self.facts.since)

    def _rate_before(self, key: str) -> Fraction | None:
        """Return a rate of the last month with figures, if the month before has none."""
        trend = self.facts.previous if self.facts.skipped else None
        if trend is None or self.entry.county is not None:
            return None
        return trend.rates.get(self.entry.name, {}).get(key)

    def remaining(self, key: str) -> Count:
        """Return what is still to do of an indicator."""
        return Count(self.task(key).remaining, COLUMNS[key].unit, known=not self.left_out)

    def a_day(self, key: str) -> Count | None:
        """Return how much of it is needed a day until the next deadline, None after both."""
        a_day = self.task(key).a_day
        return None if a_day is None else Count(a_day, COLUMNS[key].unit)

    def gap(self, key: str) -> Points:
        """Return by how much an indicator lies below 序时进度, negative if it is ahead."""
        ahead = self.task(key).ahead
        return Points(None if ahead is None else -ahead, signed=False)

    def behind(self, key: str) -> bool:
        """Return whether an indicator lies below 序时进度."""
        return self.task(key).behind

    def place(self, key: str) -> Place:
        """Return a county's place in an indicator, or overall for `rank`; others have none."""
        if self.entry.county is not None:
            return Place(None)
        return self.facts.places[key].get(self.entry.name, Place(None))

    @property
    def called(self) -> str:
        """Return what the text calls it after its first mention; the centre is no enterprise."""
        if self.entry.counts[HOUSEHOLDS]:
            return "该企业"
        return "该中心" if CENTRE in self.name else "该单位"

    @property
    def rank_change(self) -> int | None:
        """Return by how many ranks a county rose, negative for a fall, None if not comparable."""
        if self.entry.county is not None:
            return None
        return self.facts.rank_changes.get(self.entry.name)

    @property
    def comparable(self) -> bool:
        """Return whether any of its rates can be compared with last month's."""
        return any(self.rate(key).change is not None for key in RATE_NAMES)

    @property
    def left_out(self) -> bool:
        """Return whether there are no figures: its ledger does not count, no other stands in."""
        is_cell = self.entry.county is not None
        return bool(self.remark) and not is_cell and not self.facts.cells.get(self.entry.name)

    @property
    def finished(self) -> bool:
        """Return whether nothing is left to do in any indicator; False without retirees."""
        complete = all(rate in (None, 1) for rate in self.entry.rates.values())
        return complete and bool(self.entry.counts["retirees"])

    @property
    def idle(self) -> bool:
        """Return whether this month's figures show no progress though not all is done."""
        change = self.entry.change
        if change is None or self.stale or self.finished:
            return False
        moved = any(change.counts[name] for name in CUMULATIVE)
        return bool(self.entry.counts["retirees"]) and not moved


def remaining_name(key: str) -> str:
    """Return what an indicator's remainder is called: 未签协议人数."""
    return f"未{COLUMNS[key].header[1:]}"


def a_day_name(key: str) -> str:
    """Return what an indicator's need a day is called: 日均需签协议人数."""
    return f"日均需{COLUMNS[key].header[1:]}"


def _field(
    name: str, meaning: str, unit: str, value: Callable[[Subject], object]
) -> Field[Subject]:
    return Field(name, meaning, unit, value)


def _counts() -> Iterable[Field[Subject]]:
    yield _field(
        "企业户数",
        "国有企业户数，按企业计，不重复；托管中心不计户",
        "户",
        lambda u: u.households,
    )
    for name in COUNTS:
        yield _field(
            COLUMNS[name].header,
            COLUMNS[name].help,
            COLUMNS[name].unit,
            _counting(name),
        )


def _counting(name: str) -> Callable[[Subject], Count]:
    return lambda u: u.count(name)


def _indicator(key: str) -> Iterable[Field[Subject]]:
    rate, done, whole = RATE_NAMES[key], COLUMNS[key].header, COLUMNS[WHOLES[key]].header
    unit = COLUMNS[key].unit
    yield _field(rate, f"{done}占{whole}的比率", "%", lambda u: u.rate(key))
    yield _field(f"{rate}增减", f"{rate}与上月之差", "百分点", lambda u: Points(u.rate(key).change))
    yield _field(
        f"{rate}差距", f"{rate}比序时进度低多少，高于的为负", "百分点", lambda u: u.gap(key)
    )
    yield _field(
        f"{rate}比序时",
        f"{rate}与序时进度相比的说法",
        "",
        lambda u: against(u.rate(key), Rate(u.facts.figures.pace.elapsed)),
    )
    yield _field(
        f"{rate}名次",
        f"{rate}在各县（市、区）中的名次，只有县（市、区）有",
        "",
        lambda u: u.place(key),
    )
    yield _field(remaining_name(key), f"{whole}减{done}", unit, lambda u: u.remaining(key))
    yield _field(
        a_day_name(key),
        "平均每天还需完成的数量，算到交接截止日；截止日已过的算到验收截止日",
        unit,
        lambda u: u.a_day(key),
    )


def work_name(key: str) -> str:
    """Return what an indicator is called as a piece of work: 协议签订, 档案移交."""
    return RATE_NAMES[key].removesuffix("率")


def against_pace(unit: Subject) -> str:
    """Return how the four rates stand against 序时进度.

    协议签订、档案移交分别快25.62、7.86个百分点，管理职能移交滞后20.66个百分点.
    """
    ahead = {key: unit.task(key).ahead for key in RATE_NAMES}
    known = {key: value for key, value in ahead.items() if value is not None}
    parts = [
        _gaps({key: value for key, value in known.items() if value > 0}, "快"),
        _gaps({key: value for key, value in known.items() if value < 0}, "滞后"),
    ]
    level = [work_name(key) for key, value in known.items() if value == 0]
    if level:
        parts.append(f"{enumerated(level)}与序时进度持平")
    return "，".join(filter(None, parts))


def _gaps(gaps: Mapping[str, Fraction], verb: str) -> str:
    """Return the gaps of some indicators in one phrase, empty for none."""
    if not gaps:
        return ""
    sizes = [points(gap).removesuffix("个百分点") for gap in gaps.values()]
    works = enumerated(map(work_name, gaps))
    if len(set(sizes)) == 1:
        return f"{works}{'均' if len(sizes) > 1 else ''}{verb}{sizes[0]}个百分点"
    return f"{works}分别{verb}{enumerated(sizes)}个百分点"


def places_in_words(unit: Subject) -> str:
    """Return a county's places: 综合排名第5位，四项指标均居第5位.

    An indicator that nobody in the city has begun has no places worth printing.
    """
    begun = [key for key in RATE_NAMES if unit.facts.figures.city.rates[key]]
    places = {key: unit.place(key) for key in begun if unit.place(key)}
    moved = movement(unit.rank_change)
    overall = f"综合排名{place(unit.place('rank'))}{f'（{moved}）' if moved else ''}"
    if not places:
        return overall
    words = {key: place(where) for key, where in places.items()}
    if len(words) == len(RATE_NAMES) and len(set(words.values())) == 1:
        return f"{overall}，四项指标均居{next(iter(words.values()))}"
    return f"{overall}，其中{enumerated(work_name(key) + text for key, text in words.items())}"


_FIELDS: tuple[Field[Subject], ...] = (
    _field("名称", "单位名称", "", lambda u: u.name),
    *_counts(),
    *chain.from_iterable(map(_indicator, RATE_NAMES)),
    _field(
        "阶段",
        "未启动、推进中、实质性阶段（协议签完）或已完成（四项办完）",
        "",
        lambda u: u.entry.stage,
    ),
    _field("名次", "在各县（市、区）中的总名次，只有县（市、区）有", "", lambda u: u.place("rank")),
    _field("名次说法", "总名次的说法，同名次的写明并列", "", lambda u: place(u.place("rank"))),
    _field(
        "升降说法",
        "名次比上次升降几位：升2位、降1位，没有变化或不可比的为空",
        "",
        lambda u: movement(u.rank_change),
    ),
    _field(
        "升降",
        "名次比上次升降几位，用在表格中：升2、降1、持平，不可比的为—",
        "",
        lambda u: _moved(u.rank_change),
    ),
    _field("代称", "正文中怎样称呼：该企业；托管中心不称企业", "", lambda u: u.called),
    _field("排名说法", "总名次和四项名次的说法，只有县（市、区）有", "", places_in_words),
    _field("序时说法", "四项比率各比序时进度快多少、滞后多少", "", against_pace),
    _field("占比", "退休人员占全市的比重，只有县（市、区）有", "%", lambda u: Rate(u.entry.share)),
    _field("层级", "隶属层级", "", lambda u: u.entry.groups),
    _field("标注", "数据不是本月的，为“＊”，否则为空", "", lambda u: MARK if u.remark else ""),
    _field("数据说明", "数据不是本月的，说明用的是哪个月的", "", lambda u: u.remark),
    _field(
        "有退休人员", "是否有应移交的退休人员", "是否", lambda u: bool(u.entry.counts["retirees"])
    ),
    _field(
        "未计入", "台账没有计入、也没有以前月份的可沿用，因此没有数据", "是否", lambda u: u.left_out
    ),
    _field("有上月数据", "以前月份是否有比率可比", "是否", lambda u: u.comparable),
    _field(
        "四项已完成", "协议、档案、组织关系、管理职能是否都已办完", "是否", lambda u: u.finished
    ),
    _field("计户", "是否有按户统计的企业", "是否", lambda u: bool(u.entry.counts["enterprises"])),
)
UNIT_FIELDS: Mapping[str, Field[Subject]] = {field.name: field for field in _FIELDS}


def _moved(change: int | None) -> str | None:
    return "持平" if change == 0 else movement(change).removesuffix("位") or None


def record(unit: Subject) -> Record:
    """Return the named values of a unit."""
    return Record(UNIT_FIELDS, unit)


def summed(name: str, cells: Iterable[Entry]) -> Entry:
    """Return the entry of some cells taken together, without a difference to last month."""
    cells = list(cells)
    counts = {"enterprises": sum(c.counts["enterprises"] for c in cells)}
    counts |= {n: sum(c.counts[n] for c in cells) for n in COUNTS}
    rates = {key: _rate(counts[key], counts[whole]) for key, whole in WHOLES.items()}
    return replace(
        cells[0],
        name=name,
        counts=counts,
        rates=rates,
        stage=None,
        sources={},
        county=None,
        enterprise=None,
        change=None,
    )


def _rate(done: int, whole: int) -> Fraction | None:
    return min(Fraction(done, whole), Fraction(1)) if whole else None
