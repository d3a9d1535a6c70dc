"""Indicators against their targets: lights, for how long, forecasts (DESIGN §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from flows.registered import Target
from flows.settings import Campaign
from flows.steps.model import Figures, Report, Trend
from flows.steps.months import Month
from flows.steps.roll_up import roll_up
from flows.steps.targets import LIGHT_NAMES, Standing, standings_of
from flows.steps.wording.numbers import percent, signed_points
from tests.support.definitions import mixed
from tests.support.factories import COUNTIES, FIRMS, campaign, line

EAST, WEST, SOUTH = COUNTIES
CHEMICAL = FIRMS[0][0]
SIGNED, MOVED = "agreement", "functions"


def goal(unit: str, indicator: str, by: str, percent: str = "", count: int | None = None) -> Target:
    """Return a target of a county, of an enterprise, or of the city for an empty name."""
    level = {"": "city", CHEMICAL: "enterprise"}.get(unit, "county")
    rate = Decimal(percent) if percent else None
    facts = {"level": level, "unit": unit, "indicator": indicator, "by": date.fromisoformat(by)}
    return Target.model_validate({**facts, "percent": rate, "count": count})


TARGETS = (
    goal(EAST, SIGNED, "2022-06-30", "60"),
    goal(EAST, SIGNED, "2022-12-31", "100"),
    goal(WEST, SIGNED, "2022-12-31", count=365),
)


def year_of(targets: Sequence[Target]) -> Campaign:
    """Return a campaign of a year with some targets."""
    deadlines = {"handover": date(2022, 12, 31), "acceptance": date(2023, 3, 31)}
    of = campaign(start=date(2021, 12, 31), deadlines=deadlines)
    return of.model_copy(update={"targets": tuple(targets)})


def month_report(of: Campaign, done: Mapping[Month, Mapping[str, int]], month: Month) -> Report:
    """Return a month's report; what is signed of 1000 people is given by month and county."""
    trends: list[Trend] = []
    previous: Figures | None = None
    for each in [m for m in done if m <= month]:
        lines = [
            line(name, CHEMICAL, (1000 if signed >= 0 else 0, max(signed, 0), 0, 0, 0, 0, 0))
            for name, signed in done[each].items()
        ]
        figures = roll_up(lines, (), of, each, previous)
        entries = (figures.city, *figures.counties)
        trends.append(Trend(str(each), {entry.name: entry.rates for entry in entries}))
        previous = figures
    return Report(of, month, date(2023, 1, 5), figures, trends[-12:], (), ())


def shown(standing: Standing) -> str:
    """Return a standing in a line: expected, gap, light and months, what the pace leads to."""
    forecast = standing.forecast
    ahead = "?"
    if forecast is not None:
        missing = "" if forecast.missing is None else f"差{signed_points(forecast.missing)}"
        ahead = f"{forecast.finish or '—'}{missing}"
    light = f"{LIGHT_NAMES[standing.light]}{standing.months}"
    return f"{percent(standing.expected)} {signed_points(standing.gap)} {light} {ahead}"


# What 东浥区 and 西浥区 have signed of 1000 by the end of each month, and what is said of it: the
# first is to have 60 % by June (181 days) and all by December (184 days more), the second 365
# people in 365 days, that is one a day; the third has nothing to do.
YEAR: Sequence[tuple[int, str, int, str]] = [
    (110, "10.28% +0.72 绿1 ?", 31, "3.10% 0.00 绿1 ?"),
    (190, "19.56% -0.56 黄1 2022-12-09", 31, "5.90% -2.80 黄1 —差+33.40"),
    (270, "29.83% -2.83 黄2 2022-12-26", 60, "9.00% -3.00 黄2 2023-12-12差+16.98"),
    (340, "39.78% -5.78 红1 2023-01-24差+5.75", 70, "12.00% -5.00 黄3 2023-08-05差+13.84"),
    (460, "50.06% -4.06 黄1 2022-11-21", 70, "15.10% -8.10 红1 2027-05-05差+25.99"),
    (600, "60.00% 0.00 绿1 2022-10-02", 80, "18.10% -10.10 红2 2027-04-04差+25.48"),
    (600, "66.74% -6.74 红1 2023-01-22差+4.89", 212, "21.20% 0.00 绿1 2022-10-05"),
    (700, "73.48% -3.48 黄1 2023-03-05差+10.32", 300, "24.30% +5.70 绿2 2022-09-19"),
    (790, "80.00% -1.00 黄2 2022-12-07", 365, "27.30% +9.20 绿3 2022-09-30"),
    (900, "86.74% +3.26 绿1 2022-12-01", 365, "30.40% +6.10 绿4 2022-10-31"),
    (1000, "93.26% +6.74 绿2 2022-11-30", 365, "33.40% +3.10 绿5 2022-11-30"),
    (1000, "100.00% 0.00 绿3 2022-12-31", 365, "36.50% 0.00 绿6 2022-12-31"),
]


@cache
def of_the_year() -> Mapping[Month, Mapping[str, int]]:
    """Return what is signed in each month of the year, by county."""
    return {
        Month(2022, number): {EAST: east, WEST: west, SOUTH: -1}
        for number, (east, _, west, _) in enumerate(YEAR, 1)
    }


@pytest.mark.parametrize("number", range(1, 13))
def test_the_golden_year(number: int) -> None:
    """Each month of a year shows its light, for how long, and where the pace leads."""
    month = Month(2022, number)
    one = month_report(year_of(TARGETS), of_the_year(), month)
    said = {
        county.name: shown(standings_of(one, county)[SIGNED]) for county in one.figures.counties
    }
    grey = f"— — 灰{number} ?"
    assert said == {EAST: YEAR[number - 1][1], WEST: YEAR[number - 1][3], SOUTH: grey}


# The months that have figures, with what 东浥区 has signed of 1000 in each; 西浥区 has 400 of 1000
# signed throughout. Then the targets, whose standing is asked for in the last month, and what it is.
# The first day is 31 December 2021, the deadline 31 December 2022.
CASES: Sequence[tuple[Mapping[str, int], Sequence[Target], str, str]] = [
    # without a target the calendar is the target: 181 of 365 days
    ({"2022-06": 490}, (), EAST, "49.59% -0.59 黄1 ?"),
    ({"2022-06": 490}, (goal("", SIGNED, "2022-06-30", "45"),), EAST, "49.59% -0.59 黄1 ?"),
    ({"2022-06": 490}, (goal("", SIGNED, "2022-06-30", "44.5"),), "", "44.50% 0.00 绿1 2022-06-30"),
    ({"2022-06": 490}, (goal("", SIGNED, "2022-06-30", "50"),), "", "50.00% -5.50 红1 ?"),
    # yellow by five points exactly, red by any more
    ({"2022-06": 550}, (goal(EAST, SIGNED, "2022-06-30", "60"),), EAST, "60.00% -5.00 黄1 ?"),
    ({"2022-06": 549}, (goal(EAST, SIGNED, "2022-06-30", "60"),), EAST, "60.00% -5.10 红1 ?"),
    # after the last step its target stays
    ({"2022-09": 590}, (goal(EAST, SIGNED, "2022-06-30", "60"),), EAST, "60.00% -1.00 黄1 ?"),
    # a month without figures ends the row; the pace rests on what is known without a gap
    ({"2022-04": 0, "2022-06": 100}, (goal(EAST, SIGNED, "2022-06-30", "60"),), EAST,
     "60.00% -50.00 红1 ?"),
    ({"2022-05": 0, "2022-06": 100}, (goal(EAST, SIGNED, "2022-06-30", "60"),), EAST,
     "60.00% -50.00 红2 2022-11-27差+50.00"),
    # a unit's last month is known by its change: 40 and 70 % of 2000 people
    ({"2022-05": 400, "2022-06": 1000}, (goal(CHEMICAL, SIGNED, "2022-06-30", "90"),), CHEMICAL,
     "90.00% -20.00 红2 2022-07-20差+20.00"),
    # more than all there is cannot be asked for: it is all
    ({"2022-06": 999}, (goal(EAST, SIGNED, "2022-06-30", count=1200),), EAST,
     "100.00% -0.10 黄1 ?"),
]  # fmt: skip


@pytest.mark.parametrize(("signed", "targets", "unit", "said"), CASES)
def test_standing(
    signed: Mapping[str, int], targets: Sequence[Target], unit: str, said: str
) -> None:
    """A unit stands against its own target, without one against the calendar."""
    months = {Month.parse(text): {EAST: number, WEST: 400} for text, number in signed.items()}
    one = month_report(year_of(targets), months, max(months))
    figures = one.figures
    entries = (*figures.counties, *figures.enterprises)
    entry = next((e for e in entries if e.name == unit), figures.city)
    assert shown(standings_of(one, entry)[SIGNED]) == said


# Of 1000 petitions what is open in May and June, what may be open at the end of June; then lifts
# of which so many are to be added by the end of December: counts, targets, what is said of both.
OTHERS: Sequence[tuple[tuple[int, int], str, tuple[int, int], int, tuple[str, str]]] = [
    ((800, 500), "40", (2, 5), 20,
     ("60.00% -10.00 红2 2022-07-10差+10.00", "49.59% -24.59 红2 2022-11-27")),
    ((700, 400), "40", (10, 20), 20,
     ("60.00% 0.00 绿1 2022-06-30", "49.59% +50.41 绿2 2022-06-30")),
    ((400, 410), "40", (5, 5), 0, ("60.00% -1.00 黄1 —差+1.00", "— — 灰2 ?")),
]  # fmt: skip


@pytest.mark.parametrize(("open_then", "left", "lifts", "wanted", "said"), OTHERS)
def test_what_should_become_less_and_mere_counts(
    open_then: tuple[int, int],
    left: str,
    lifts: tuple[int, int],
    wanted: int,
    said: tuple[str, str],
) -> None:
    """Of what should become less what has gone is compared; a mere count with its last target."""
    definition = mixed()
    less, mere = (i.key for i in definition.indicators[2:])
    targets = (
        goal(EAST, less, "2022-06-30", left),
        goal(EAST, mere, "2022-12-31", count=wanted),
    )
    of = year_of(targets).model_copy(update={"definition": definition})
    months = [Month(2022, 5), Month(2022, 6)]
    counts = [
        dict.fromkeys(definition.counts, 1000) | {less: still, mere: added}
        for still, added in zip(open_then, lifts, strict=True)
    ]
    figures: Figures | None = None
    trends: list[Trend] = []
    for month, each in zip(months, counts, strict=True):
        one = replace(line(EAST, CHEMICAL, (0,) * 7), counts=each, cells={}, group="全部")
        figures = roll_up([one], (), of, month, figures)
        trends.append(Trend(str(month), {c.name: c.rates for c in figures.counties}))
    assert figures is not None
    report = Report(of, months[1], date(2022, 7, 5), figures, trends, (), ())
    standings = standings_of(report, figures.counties[0])
    assert (shown(standings[less]), shown(standings[mere])) == said


def test_unknown_figures_have_no_light() -> None:
    """A county of which no ledger counts is grey, whatever its zeros would say."""
    one = month_report(year_of(TARGETS), of_the_year(), Month(2022, 6))
    standing = standings_of(one, one.figures.counties[0], known=False)[SIGNED]
    assert (standing.light, standing.gap, standing.forecast) == ("grey", None, None)


def test_a_share_as_a_count() -> None:
    """A share of 1001 people is rounded so that the count surely reaches it."""
    one = month_report(year_of(TARGETS), of_the_year(), Month(2022, 6))
    standing = standings_of(one, one.figures.counties[0])[SIGNED]
    up = replace(standing, scale=1001)
    down = replace(up, indicator=replace(up.indicator, direction="down"))
    assert (up.count_of(Fraction(3, 5)), down.count_of(Fraction(3, 5))) == (601, 400)
