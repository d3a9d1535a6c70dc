"""The data of the charts, by the alternative text that they have in a template."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flows.steps.compose.facts import Facts, label
from flows.steps.compose.scopes import in_rank_order
from flows.steps.compose.units import Subject
from flows.steps.model import Chart, Entry
from flows.steps.standings import charted
from schemas.columns import RATE_NAMES

COUNTIES, TREND, MEMBERS, BESIDE = (
    "图表:各县进度",
    "图表:四项趋势",
    "图表:各单位进度",
    "图表:与全市比较",
)
CHART_MEANINGS: Mapping[str, str] = {
    COUNTIES: (
        "各县（市、区）的四项比率，按名次排列，没有退休人员的不列；"
        "多于31个的，取前15个、后15个和中位数"
    ),
    TREND: "全市或本县四项比率逐月的变化；企业简报中是全市的",
    MEMBERS: (
        "县区简报中是本县各企业的四项比率，企业简报中是该企业在各县（市、区）的四项比率，"
        "全市简报中同“各县进度”"
    ),
    BESIDE: "本县或本企业的四项比率与全市比较；全市简报中只有全市",
}


def charts(facts: Facts, unit: Subject, members: Sequence[Subject]) -> dict[str, Chart]:
    """Return the data of every chart for a bulletin's subject and its members."""
    return {
        COUNTIES: facts.once(_by_rank),
        TREND: _trend(facts, unit),
        MEMBERS: _rates([m.entry for m in members], [m.name for m in members]),
        BESIDE: _beside(facts, unit),
    }


def _by_rank(facts: Facts) -> Chart:
    """Return the chart of the counties, the same in every bulletin of a month."""
    return _rates([county for county in in_rank_order(facts) if county.rank is not None])


def _rates(entries: Sequence[Entry], names: Sequence[str] | None = None) -> Chart:
    bars = charted(entries, names)
    return Chart(
        tuple(bar.name for bar in bars),
        {title: [bar.rates[key] for bar in bars] for key, title in RATE_NAMES.items()},
    )


def _trend(facts: Facts, unit: Subject) -> Chart:
    """Return the four rates month by month; the city's for a subject without a history."""
    trends = facts.report.trends
    name = (
        unit.entry.name
        if any(unit.entry.name in t.rates for t in trends)
        else facts.figures.city.name
    )
    nothing: Mapping[str, Fraction | None] = dict.fromkeys(RATE_NAMES)
    return Chart(
        tuple(label(t.month) for t in trends),
        {
            title: [t.rates.get(name, nothing)[key] for t in trends]
            for key, title in RATE_NAMES.items()
        },
    )


def _beside(facts: Facts, unit: Subject) -> Chart:
    city = facts.figures.city
    series = {
        "本单位": [unit.entry.rates[key] for key in RATE_NAMES],
        "全市": [city.rates[key] for key in RATE_NAMES],
    }
    return Chart(tuple(RATE_NAMES.values()), series)
