"""A made-up month of a campaign that gives every field a value: for preview and template check."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product

from flows.registered import County, Sender, Target, TargetLevel
from flows.settings import Campaign, Settings
from flows.steps.compose.units import summed
from flows.steps.measures import stage_of
from flows.steps.model import (
    Change,
    Correction,
    Coverage,
    Entry,
    Explanation,
    Figures,
    LedgerReport,
    Pace,
    Report,
    Trend,
)
from flows.steps.months import Month
from flows.steps.supervision import sample_items
from flows.steps.wording.numbers import shown_number
from schemas.columns import Level, Verdict
from schemas.definition import HOUSEHOLDS, Definition, Indicator
from schemas.month_words import HEADINGS

MONTH = Month(2022, 5)
CITY = "示例市"
COUNTIES = (
    "示例甲区",
    "示例乙区",
    "示例丙县",
    "示例丁县",
    "示例戊县",
    "示例己县",
    "示例庚县",
    "示例辛县",
)
_GIVEN = {"item": "全省总体进度", "value": "82.31%", "place": 3, "source": "省专班通报"}
CENTRE = "示例市市直企业职工托管中心"


@dataclass(frozen=True)
class _Made:
    """A cell of the sample: county, unit and group by number, its size, what is done in percent.

    `done` is what is done of the first indicator, the second and so on, `before` a month before;
    the last of them goes for all that follow.
    """

    county: int
    unit: int
    group: int
    size: int
    done: tuple[int, ...]
    before: tuple[int, ...]


_CELLS = (
    _Made(0, 0, 0, 1200, (100, 100, 100, 100), (92, 66, 50, 25)),
    _Made(0, 1, 1, 300, (100, 100, 100, 100), (100, 67, 50, 33)),
    _Made(1, 1, 1, 820, (100, 50, 37, 0), (61, 24, 12, 0)),
    _Made(1, 3, 3, 90, (100, 50, 28, 0), (67, 33, 28, 0)),
    _Made(2, 2, 2, 640, (75, 25, 12, 1), (50, 12, 6, 0)),
    _Made(3, 2, 2, 640, (75, 25, 12, 1), (73, 27, 12, 1)),
    _Made(4, 0, 0, 500, (20, 2, 2, 0), (20, 2, 2, 0)),
    _Made(5, 2, 2, 410, (15, 1, 1, 0), (15, 1, 1, 0)),
    _Made(6, 0, 0, 260, (0, 0, 0, 0), (0, 0, 0, 0)),
)
_FIRMS = ("示例化工集团有限公司", "示例机械有限公司", "示例水泥厂", "示例第一纺织厂")


def _units(definition: Definition) -> tuple[str, ...]:
    """Return the names of the made-up units: 示例一小区, or those of enterprises."""
    unit = definition.words.unit
    return _FIRMS if unit == "企业" else tuple(f"示例{number}{unit}" for number in "一二三四")


def _parts(size: int, percent: int) -> int:
    return size * percent // 100


def _percent(percents: Sequence[int], number: int) -> int:
    return percents[min(number, len(percents) - 1)]


def _counts(definition: Definition, size: int, percents: Sequence[int]) -> dict[str, int]:
    """Return the counts of a made-up cell, each within what the form allows."""
    numbers = {indicator.done: n for n, indicator in enumerate(definition.indicators)}
    counts = {name: _base(definition, name, size) for name in definition.counts}
    for number, indicator in enumerate(definition.indicators):
        percent = _percent(percents, number)
        whole = counts[indicator.whole] if indicator.whole else size // 10
        left = 100 - percent if indicator.direction == "down" else percent
        counts[indicator.done] = _parts(whole, left)
    for name in definition.cumulative:
        if name not in numbers:
            counts[name] = _parts(counts[name], _percent(percents, 0))
    for name in definition.counts:
        most = definition.column(name).at_most
        counts[name] = min(counts[name], counts[most]) if most else counts[name]
    return counts


def _base(definition: Definition, name: str, size: int) -> int:
    """Return how much there is to do of a base: the size, or in its proportion to the main one."""
    column = definition.column(name)
    if column.type == "amount":
        return size * 13707 * column.scale // 10_000
    smaller = column.at_most is not None and column.default is None
    return size // 5 if smaller and name not in definition.cumulative else size


@cache
def sample_report(definition: Definition) -> Report:
    """Return the made-up month of a campaign.

    It has ties, a county that is done, one at zero, one with nothing to do, bad ledgers and
    a correction.
    """
    figures = _figures(definition)
    partly, returned = COUNTIES[3:5]
    ledgers = [
        _ledger(name, "accepted", date(2022, 6, day))
        for name, day in zip((*COUNTIES[:3], *COUNTIES[5::2]), (2, 3, 7, 1, 5), strict=True)
    ]
    ledgers += [_ledger(partly, "partly", date(2022, 6, 3))]
    ledgers += [_ledger(returned, "returned", date(2022, 6, 4))]
    return Report(
        _campaign(definition),
        MONTH,
        date(2022, 6, 8),
        figures,
        _trends(figures),
        ledgers,
        (),
        _corrections(definition, figures),
        explanations=[
            _explanation(definition, figures.cells[0], definition.indicators[-1]),
            _explanation(definition, figures.cells[2], definition.indicators[0]),
        ],
        supervision=sample_items(definition, COUNTIES[4:6]),
    )


def _ledger(sender: str, verdict: Verdict, received: date) -> LedgerReport:
    rejected = int(verdict != "accepted")
    digest = "0" * 64
    file = f"{sender}.xlsx"
    return LedgerReport(file, digest, sender, sender, "progress", verdict, 4, rejected, received)


def _corrections(definition: Definition, figures: Figures) -> list[Correction]:
    """Return what issued bulletins said otherwise of the first work, one on each level."""
    done = definition.indicators[0].done
    before = _before(figures.city).get(done, 0)
    correction = Correction(
        str(MONTH.previous),
        "city",
        CITY,
        done,
        before - 10,
        before,
        COUNTIES[0],
        f"{COUNTIES[0]}.xlsx",
        date(2022, 5, 20),
    )
    return [
        correction,
        replace(correction, level="county", name=COUNTIES[1]),
        replace(correction, level="enterprise", name=_units(definition)[0]),
    ]


def _explanation(definition: Definition, cell: Entry, indicator: Indicator) -> Explanation:
    """Return why a count of a cell grew as much as it did."""
    column = definition.column(indicator.done)
    then, now = _before(cell)[column.name], cell.counts[column.name]
    previous, value = (shown_number(number, column) for number in (then, now))
    county = cell.county or ""
    return Explanation(
        county,
        f"{county}.xlsx",
        "进度!L6",
        "进度变动较大",
        county,
        cell.enterprise or "",
        column.header,
        previous,
        value,
        f"{column.header}由{previous}变为{value}",
        f"本月集中{indicator.verb}",
    )


def sample_name(definition: Definition, level: Level) -> str:
    """Return whose bulletin of the sample month shows most on a level."""
    names = {"city": CITY, "county": COUNTIES[1], "enterprise": _units(definition)[0]}
    return names[level]


def _campaign(definition: Definition) -> Campaign:
    name = definition.words.work
    settings = {
        "name": name,
        "city": CITY,
        "office": f"{CITY}{name}工作领导小组办公室",
        "start": date(2022, 1, 10),
        "deadlines": {"handover": date(2022, 7, 31), "acceptance": date(2022, 12, 31)},
        "bulletin": {
            "title": f"{name}工作简报",
            "first_month": "2022-01",
            "report_to": ["市委", "市政府"],
            "send_to": ["市委组织部"],
            "issue_to": [f"各{definition.words.middle}人民政府"],
            "copies": 60,
            "contact": "办公室综合组，0000-0000000",
        },
        "given": {"2022-05": [_GIVEN]},
        "assessment": _assessment(definition),
        "ranks": {"2022-05": {"province": 3, "country": 40, "source": "省专班通报"}},
    }
    office = Sender(
        name="", type="县区", owes=("progress",), contact="综合科", phone="0990-1234567"
    )
    senders = [office.model_copy(update={"name": n, "county": n}) for n in COUNTIES]
    if definition.roster:
        senders.append(Sender(name=CENTRE, type="托管中心", owes=("roster",)))
    return Campaign(
        settings=Settings.model_validate(settings),
        counties=tuple(County(name=name) for name in COUNTIES),
        enterprises=(),
        senders=tuple(senders),
        digest="",
        definition=definition,
        targets=tuple(_targets(definition)),
        words={MONTH: dict.fromkeys(HEADINGS, ("示例段落一。", "示例段落二。"))},
    )


def _assessment(definition: Definition) -> dict[str, object]:
    """Return what counties are assessed by: bars of the first work, weights of all."""
    keys = [indicator.key for indicator in definition.rated]
    bars = [
        {"indicator": key, "below": 30, "by": by, "points": 2}
        for key, by in product(keys[:1], (MONTH.last_day, date(2022, 6, 30)))
    ]
    weights = {key: 100 // len(keys) for key in keys}
    return {"negative": bars, "weights": weights, "late": 1, "returned": 1}


def _targets(definition: Definition) -> Iterator[Target]:
    """Yield what the city and its first counties are to reach of the first work."""
    keys = [indicator.key for indicator in definition.rated[:1]]
    goals: Sequence[tuple[TargetLevel, str, str]] = (
        ("city", "", "75"),
        ("county", COUNTIES[1], "95"),
        ("county", COUNTIES[2], "90"),
    )
    for key, (level, name, percent) in product(keys, goals):
        yield Target(
            level=level,
            unit=name,
            indicator=key,
            by=date(2022, 6, 30),
            percent=Decimal(percent),
            source="目标责任书",
        )


def _figures(definition: Definition) -> Figures:
    cells = [_cell(definition, made) for made in _CELLS]
    groups = definition.group_names
    units = _units(definition)
    entries = {
        name: [c for c in cells if name in (c.county, c.enterprise, *c.groups)]
        for name in (*COUNTIES, *units, *groups)
    }
    city = _together(definition, CITY, cells)
    counties = [_together(definition, name, entries[name]) for name in COUNTIES]
    coverage = [Coverage(name, "progress", *_verdict(name)) for name in COUNTIES]
    if definition.roster:
        coverage.append(Coverage(CENTRE, "roster", "missing", None))
    return Figures(
        month=str(MONTH),
        as_of=MONTH.last_day,
        city=city,
        groups=[_together(definition, name, entries[name]) for name in groups],
        counties=[_placed(definition, c, counties, city) for c in counties],
        enterprises=[_together(definition, name, entries[name]) for name in units],
        cells=cells,
        coverage=coverage,
        pace=Pace(Fraction(141, 202), 61, date(2022, 7, 31), date(2022, 1, 10)),
    )


def _verdict(county: str) -> tuple[str, str | None]:
    """Return what became of a county's ledger, and the month whose figures count."""
    month, before = str(MONTH), str(MONTH.previous)
    return {
        COUNTIES[3]: ("partly", month),
        COUNTIES[4]: ("returned", before),
        COUNTIES[6]: ("unreadable", before),
    }.get(county, ("accepted", month))


def _cell(definition: Definition, made: _Made) -> Entry:
    group = definition.groups[made.group % len(definition.groups)]
    households = {HOUSEHOLDS: int(group.households)}
    county, unit = COUNTIES[made.county], _units(definition)[made.unit]
    now, then = (_counts(definition, made.size, share) for share in (made.done, made.before))
    empty = Entry(f"{county} {unit}", {}, {}, None, {}, groups=(group.name,))
    one, before = (
        summed(definition, empty.name, [replace(empty, counts=households | counts)])
        for counts in (now, then)
    )
    return replace(
        one,
        county=county,
        enterprise=unit,
        change=_change(one, before),
        stage=stage_of(definition, one.counts),
    )


def _change(now: Entry, then: Entry) -> Change:
    counts = {name: now.counts[name] - then.counts[name] for name in now.counts}
    return Change(counts, {key: _apart(rate, then.rates[key]) for key, rate in now.rates.items()})


def _apart(now: Fraction | None, then: Fraction | None) -> Fraction | None:
    return None if now is None or then is None else now - then


def _before(entry: Entry) -> dict[str, int]:
    """Return the counts of an entry a month before."""
    moved = {} if entry.change is None else entry.change.counts
    return {n: entry.counts[n] - lost for n, lost in moved.items() if lost is not None}


def _together(definition: Definition, name: str, cells: Sequence[Entry]) -> Entry:
    """Return the entry of some cells, with the change since last month; units count once."""
    nothing = Entry(name, dict.fromkeys((HOUSEHOLDS, *definition.counts), 0), {}, None, {})
    earlier = [replace(cell, counts=_before(cell)) for cell in cells]
    one, then = (summed(definition, name, group or [nothing]) for group in (cells, earlier))
    units = len({c.enterprise for c in cells if c.counts[HOUSEHOLDS]})
    groups = tuple(g for g in definition.group_names if any(g in c.groups for c in cells))
    return replace(
        one,
        counts={**one.counts, HOUSEHOLDS: units},
        stage=stage_of(definition, one.counts),
        change=_change(one, then),
        groups=groups,
    )


def _placed(definition: Definition, county: Entry, counties: Sequence[Entry], city: Entry) -> Entry:
    base = definition.main

    def key(entry: Entry) -> list[Fraction]:
        achieved = (i.achieved(entry.rates[i.key]) for i in definition.rated)
        return [Fraction(1) if share is None else share for share in achieved]

    others = [c for c in counties if c.counts[base]]
    ranks = bool(county.counts[base] and definition.ranking)
    rank = 1 + sum(key(other) > key(county) for other in others) if ranks else None
    return replace(county, share=Fraction(county.counts[base], city.counts[base]), rank=rank)


def _trends(figures: Figures) -> list[Trend]:
    entries = [figures.city, *figures.counties]
    before = {
        e.name: {key: _apart(rate, e.change.rates[key]) for key, rate in e.rates.items()}
        for e in entries
        if e.change is not None
    }
    now = {e.name: e.rates for e in entries}
    return [Trend(str(MONTH.previous), before), Trend(str(MONTH), now)]
