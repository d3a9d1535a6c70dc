"""A made-up month that gives every field a value: the basis of preview and template check."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from flows.settings import Campaign, County, Sender, Settings
from flows.steps.compose.units import summed
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
from schemas.columns import COUNTS, RATE_NAMES, Level, header_of

MONTH = Month(2022, 5)
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
CENTRE = "示例市市直企业职工托管中心"
OFFICE = "示例市国有企业退休人员社会化管理工作领导小组办公室"
_CHEMICAL, _MACHINES, _CEMENT, _FORMER = (
    "示例化工集团有限公司",
    "示例机械有限公司",
    "示例水泥厂",
    "示例第一纺织厂",
)
_GROUPS = ("中省企业", "市属企业", "县属企业", "托管中心")
# County, enterprise, group, the counts in the order of the ledger's columns now and a month before.
_CELLS: tuple[tuple[str, str, str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("示例甲区", _CHEMICAL, "中省企业",
     (1200, 1200, 1203, 1203, 240, 240, 1200), (1200, 1100, 1203, 800, 240, 120, 300)),
    ("示例甲区", _MACHINES, "市属企业",
     (300, 300, 300, 300, 60, 60, 300), (300, 300, 300, 200, 60, 30, 100)),
    ("示例乙区", _MACHINES, "市属企业",
     (820, 820, 822, 410, 160, 60, 0), (820, 500, 822, 200, 160, 20, 0)),
    ("示例乙区", _FORMER, "托管中心",
     (90, 90, 90, 45, 18, 5, 0), (90, 60, 90, 30, 18, 5, 0)),
    ("示例丙县", _CEMENT, "县属企业",
     (640, 480, 640, 160, 128, 16, 8), (640, 320, 640, 80, 128, 8, 0)),
    ("示例丁县", _CEMENT, "县属企业",
     (640, 480, 640, 160, 128, 16, 8), (640, 470, 640, 170, 128, 16, 8)),
    ("示例戊县", _CHEMICAL, "中省企业",
     (500, 100, 500, 10, 100, 2, 0), (500, 100, 500, 10, 100, 2, 0)),
    ("示例己县", _CEMENT, "县属企业",
     (410, 60, 410, 5, 80, 1, 0), (410, 60, 410, 5, 80, 1, 0)),
    ("示例庚县", _CHEMICAL, "中省企业",
     (260, 0, 260, 0, 50, 0, 0), (260, 0, 260, 0, 50, 0, 0)),
)  # fmt: skip


def sample_report() -> Report:
    """Return the made-up month.

    It has ties, a county that is done, one at zero, one without retirees, bad ledgers and
    a correction.
    """
    figures = _figures()
    ledgers = [
        LedgerReport("示例丁县.xlsx", "0" * 64, "示例丁县", "示例丁县", "progress", "partly", 4, 1),
        LedgerReport(
            "示例戊县.xlsx", "0" * 64, "示例戊县", "示例戊县", "progress", "returned", 1, 1
        ),
    ]
    correction = Correction(
        "2022-04",
        "city",
        "示例市",
        "agreement",
        2900,
        2910,
        "示例甲区",
        "示例甲区.xlsx",
        date(2022, 5, 20),
    )
    others = [
        replace(correction, level="county", name="示例乙区"),
        replace(correction, level="enterprise", name=_CHEMICAL),
    ]
    return Report(
        _campaign(),
        MONTH,
        date(2022, 6, 2),
        figures,
        _trends(figures),
        ledgers,
        (),
        [correction, *others],
        explanations=_explanations(),
    )


def _explanations() -> list[Explanation]:
    """Return why two counts of the sample month grew as much as they did."""
    functions, agreement = (header_of("progress", name) for name in ("functions", "agreement"))
    first = Explanation(
        "示例甲区",
        "示例甲区.xlsx",
        "进度!L6",
        "进度变动较大",
        "示例甲区",
        _CHEMICAL,
        functions,
        "300",
        "1200",
        f"{functions}由300变为1200",
        "本月集中移交",
    )
    second = replace(
        first,
        sender="示例乙区",
        file="示例乙区.xlsx",
        county="示例乙区",
        enterprise=_MACHINES,
        header=agreement,
        previous="500",
        value="820",
        change=f"{agreement}由500变为820",
        reason="协议已集中签订",
    )
    return [first, second]


def sample_name(level: Level) -> str:
    """Return whose bulletin of the sample month shows most on a level."""
    return {"city": "示例市", "county": "示例乙区", "enterprise": _CHEMICAL}[level]


def _campaign() -> Campaign:
    settings = {
        "name": "国有企业退休人员社会化管理",
        "city": "示例市",
        "office": OFFICE,
        "start": date(2022, 1, 10),
        "deadlines": {"handover": date(2022, 7, 31), "acceptance": date(2022, 12, 31)},
        "bulletin": {
            "title": "国有企业退休人员社会化管理工作简报",
            "first_month": "2022-01",
            "report_to": ["市委", "市政府"],
            "send_to": ["市委组织部"],
            "issue_to": ["各县（市、区）人民政府"],
            "copies": 60,
            "contact": "办公室综合组，0000-0000000",
        },
        "ranks": {"2022-05": {"province": 3, "country": 40, "source": "省专班通报"}},
    }
    senders = [Sender(name=name, type="县区", owes=("progress",), county=name) for name in COUNTIES]
    senders.append(Sender(name=CENTRE, type="托管中心", owes=("roster",)))
    return Campaign(
        settings=Settings.model_validate(settings),
        counties=tuple(County(name=name) for name in COUNTIES),
        enterprises=(),
        senders=tuple(senders),
        digest="",
    )


def _figures() -> Figures:
    cells = [_cell(*cell) for cell in _CELLS]
    entries = {
        name: [c for c in cells if name in (c.county, c.enterprise, *c.groups)]
        for name in (*COUNTIES, *_enterprises(), *_GROUPS)
    }
    city = _together("示例市", cells)
    counties = [_together(name, entries[name]) for name in COUNTIES]
    coverage = [Coverage(name, "progress", *_verdict(name)) for name in COUNTIES]
    return Figures(
        month=str(MONTH),
        as_of=MONTH.last_day,
        city=city,
        groups=[_together(name, entries[name]) for name in _GROUPS],
        counties=[_placed(c, counties, city) for c in counties],
        enterprises=[_together(name, entries[name]) for name in _enterprises()],
        cells=cells,
        coverage=[*coverage, Coverage(CENTRE, "roster", "missing", None)],
        pace=Pace(Fraction(141, 202), 61, date(2022, 7, 31), date(2022, 1, 10)),
    )


def _enterprises() -> tuple[str, ...]:
    return tuple(dict.fromkeys(enterprise for _, enterprise, *_ in _CELLS))


def _verdict(county: str) -> tuple[str, str | None]:
    """Return what became of a county's ledger, and the month whose figures count."""
    month = str(MONTH)
    return {
        "示例丁县": ("partly", month),
        "示例戊县": ("returned", "2022-04"),
        "示例庚县": ("unreadable", "2022-04"),
    }.get(county, ("accepted", month))


def _cell(
    county: str, enterprise: str, group: str, now: Sequence[int], before: Sequence[int]
) -> Entry:
    households = {"enterprises": int(group != "托管中心")}
    empty = Entry("", dict.fromkeys(COUNTS, 0), {}, None, {}, groups=(group,))
    one = summed(
        f"{county} {enterprise}",
        [replace(empty, counts=households | dict(zip(COUNTS, now, strict=True)))],
    )
    then = summed("", [replace(empty, counts=households | dict(zip(COUNTS, before, strict=True)))])
    return replace(
        one, county=county, enterprise=enterprise, change=_change(one, then), stage=_stage(one)
    )


def _change(now: Entry, then: Entry) -> Change:
    rates = {
        key: None if (a := now.rates[key]) is None or (b := then.rates[key]) is None else a - b
        for key in RATE_NAMES
    }
    return Change({name: now.counts[name] - then.counts[name] for name in COUNTS}, rates)


def _together(name: str, cells: Sequence[Entry]) -> Entry:
    """Return the entry of some cells, with the change since last month; enterprises count once."""
    if not cells:
        nothing: dict[str, Fraction | None] = dict.fromkeys(RATE_NAMES)
        zeros = dict.fromkeys(("enterprises", *COUNTS), 0)
        return Entry(
            name, zeros, nothing, None, {}, change=Change(dict.fromkeys(COUNTS, 0), nothing)
        )
    one = summed(name, cells)
    counts = dict(one.counts) | {
        "enterprises": len({c.enterprise for c in cells if c.counts["enterprises"]})
    }
    before = {n: one.counts[n] - sum(c.change.counts[n] for c in cells if c.change) for n in COUNTS}
    then = summed("", [replace(one, counts={"enterprises": 0} | before)])
    groups = tuple(g for g in _GROUPS if any(g in c.groups for c in cells))
    return replace(one, counts=counts, stage=_stage(one), change=_change(one, then), groups=groups)


def _stage(entry: Entry) -> str:
    if entry.rates["agreement"] == 1:
        return "已完成" if all(rate in (None, 1) for rate in entry.rates.values()) else "实质性阶段"
    return "推进中" if entry.counts["agreement"] else "未启动"


def _placed(county: Entry, counties: Sequence[Entry], city: Entry) -> Entry:
    def key(entry: Entry) -> list[Fraction]:
        return [Fraction(1) if rate is None else rate for rate in entry.rates.values()]

    share = Fraction(county.counts["retirees"], city.counts["retirees"])
    others = [c for c in counties if c.counts["retirees"]]
    rank = (
        1 + sum(key(other) > key(county) for other in others) if county.counts["retirees"] else None
    )
    return replace(county, share=share, rank=rank)


def _trends(figures: Figures) -> list[Trend]:
    entries = [figures.city, *figures.counties]
    before = {e.name: {key: _before(e, key) for key in RATE_NAMES} for e in entries}
    return [Trend("2022-04", before), Trend("2022-05", {e.name: e.rates for e in entries})]


def _before(entry: Entry, key: str) -> Fraction | None:
    rate, change = entry.rates[key], entry.change.rates[key] if entry.change else None
    return None if rate is None or change is None else rate - change
