"""The data of the charts, by the alternative text that they have in a template."""

from collections.abc import Mapping, Sequence

from flows.steps.compose.facts import Facts, label
from flows.steps.compose.scopes import in_rank_order
from flows.steps.compose.units import Subject
from flows.steps.model import Chart, Entry
from flows.steps.standings import charted
from flows.steps.wording.phrases import in_chinese
from schemas.definition import Definition

COUNTIES, MEMBERS, BESIDE = "图表:各县进度", "图表:各单位进度", "图表:与全市比较"
TREND = "图表:各项趋势"


def _trend_names(definition: Definition) -> tuple[str, str]:
    """Return the names of the chart of all months: for any campaign, for one of so many works."""
    return TREND, f"图表:{in_chinese(len(definition.spoken))}项趋势"


def chart_meanings(definition: Definition) -> Mapping[str, str]:
    """Return what each chart shows, by its alternative text."""
    words, number = definition.words, in_chinese(len(definition.spoken))
    trend = f"{words.area}或本{words.middle_short}{number}项比率逐月的变化"
    rates = f"{number}项比率"
    return {
        COUNTIES: (
            f"各{words.middle}的{rates}，按名次排列，没有{words.people}的不列；"
            "多于31个的，取前15个、后15个和中位数"
        ),
        **dict.fromkeys(_trend_names(definition), f"{trend}；{words.unit}简报中是{words.area}的"),
        MEMBERS: (
            f"县区简报中是本{words.middle_short}各{words.unit}的{rates}，{words.unit}简报中是该"
            f"{words.unit}在各{words.middle}的{rates}，{words.area}简报中同“各县进度”"
        ),
        BESIDE: (
            f"本{words.middle_short}或本{words.unit}的{rates}与{words.area}比较；"
            f"{words.area}简报中只有{words.area}"
        ),
    }


def charts(facts: Facts, unit: Subject, members: Sequence[Subject]) -> dict[str, Chart]:
    """Return the data of every chart for a bulletin's subject and its members."""
    return {
        COUNTIES: facts.once(_by_rank),
        **dict.fromkeys(_trend_names(facts.definition), _trend(facts, unit)),
        MEMBERS: _rates(facts.definition, [m.entry for m in members], [m.name for m in members]),
        BESIDE: _beside(facts, unit),
    }


def _by_rank(facts: Facts) -> Chart:
    """Return the chart of the counties with anything to do, the same in all of a month's bulletins.

    Without ranks they stand in the registry's order.
    """
    base = facts.definition.main
    counties = [county for county in in_rank_order(facts) if county.counts[base]]
    return _rates(facts.definition, counties)


def _rates(
    definition: Definition, entries: Sequence[Entry], names: Sequence[str] | None = None
) -> Chart:
    bars = charted(entries, names)
    return Chart(
        tuple(bar.name for bar in bars),
        {i.name: [bar.rates[i.key] for bar in bars] for i in definition.spoken},
    )


def _trend(facts: Facts, unit: Subject) -> Chart:
    """Return the rates month by month; the city's for a subject without a history."""
    trends = facts.report.trends
    name = (
        unit.entry.name
        if any(unit.entry.name in t.rates for t in trends)
        else facts.figures.city.name
    )
    return Chart(
        tuple(label(t.month) for t in trends),
        {
            i.name: [t.rates.get(name, {}).get(i.key) for t in trends]
            for i in facts.definition.spoken
        },
    )


def _beside(facts: Facts, unit: Subject) -> Chart:
    city, spoken = facts.figures.city, facts.definition.spoken
    series = {
        "本单位": [unit.entry.rates[i.key] for i in spoken],
        "全市": [city.rates[i.key] for i in spoken],
    }
    return Chart(tuple(i.name for i in spoken), series)
