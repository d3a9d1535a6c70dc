"""How counties are assessed: the negative list, and a score that shows how each point came about.

Neither decides a rank.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.policies import Bar
from flows.steps.model import Entry, Report
from flows.steps.months import in_words
from flows.steps.standings import RollCallLine, roll_call, without_data
from flows.steps.targets import Standing, share_by, standings_of
from flows.steps.timeliness import RETURNED
from flows.steps.wording.numbers import percent
from schemas.definition import Indicator

PASS, REST = 60, 40  # of 100: what the last has by the method of efficacy, what the first has more


@dataclass(frozen=True)
class Listed:
    """A county on the negative list, or one that will be at its pace.

    `share` is what is done, `ahead` what will be done on the bar's day, None once that has come.
    """

    county: Entry
    indicator: Indicator
    bar: Bar
    share: Fraction
    ahead: Fraction | None

    @property
    def below(self) -> Fraction:
        """Return the share that is asked for."""
        return Fraction(self.bar.below) / 100


@dataclass(frozen=True)
class Part:
    """A part of a score: its name, what it is worth, its points, and how they came about."""

    name: str
    weight: Fraction | None
    points: Fraction
    reason: str


@dataclass(frozen=True)
class Score:
    """A county's score: its parts and its place by the sum of their points."""

    county: Entry
    parts: Sequence[Part]
    place: int

    @property
    def total(self) -> Fraction:
        """Return the sum of the points."""
        return sum((part.points for part in self.parts), Fraction(0))


def negative_list(report: Report) -> list[Listed]:
    """Return the counties below a bar whose day has come, the bars in the order of the settings."""
    return [each for each in _listed(report) if each.ahead is None]


def threatened(report: Report) -> list[Listed]:
    """Return the counties that will be below a bar on its day at the pace of the last months."""
    return [each for each in _listed(report) if each.ahead is not None]


def _listed(report: Report) -> Iterator[Listed]:
    unknown, today = without_data(report), report.figures.as_of
    for bar in report.campaign.settings.assessment.negative:
        indicator = _indicator(report, bar.indicator)
        for county in report.figures.counties:
            share = indicator.achieved(county.rates[indicator.key])
            if share is None or county.name in unknown:
                continue
            ahead = None if bar.by <= today else share_by(report, county, indicator, bar.by)
            each = Listed(county, indicator, bar, share, ahead)
            counts = bar.by <= today or ahead is not None
            if counts and (share if ahead is None else ahead) < each.below:
                yield each


def _indicator(report: Report, name: str) -> Indicator:
    """Return an indicator by its name or its key."""
    return next(i for i in report.campaign.definition.rated if name in (i.name, i.key))


def scores(report: Report) -> list[Score]:
    """Return the counties' scores, the highest first; none where the settings give no weights."""
    assessment = report.campaign.settings.assessment
    if not assessment.weights:
        return []
    unknown = without_data(report)
    counties = [c for c in report.figures.counties if c.rank is not None and c.name not in unknown]
    standings = {county.name: standings_of(report, county) for county in counties}
    listed, calls = negative_list(report), roll_call(report)
    parts = {
        county.name: [
            *_works(report, county, standings),
            *_deducted_for_list(county, listed),
            *_deducted_for_ledgers(report, county, calls),
        ]
        for county in counties
    }
    totals = {name: sum(part.points for part in each) for name, each in parts.items()}
    places = {name: 1 + sum(t > total for t in totals.values()) for name, total in totals.items()}
    found = [Score(county, parts[county.name], places[county.name]) for county in counties]
    return sorted(found, key=lambda score: score.place)


def _works(
    report: Report, county: Entry, standings: Mapping[str, Mapping[str, Standing]]
) -> Iterator[Part]:
    """Yield the points of each indicator; one with nothing to do has them all, as in the ranks."""
    assessment = report.campaign.settings.assessment
    for name, worth in assessment.weights.items():
        indicator, weight = _indicator(report, name), Fraction(worth)
        standing = standings[county.name][indicator.key]
        if standing.done is None or standing.expected is None:
            yield Part(indicator.name, weight, weight, "没有任务，按满分计")
        elif assessment.method == "share":
            yield _by_share(indicator, weight, standing.done, standing.expected)
        else:
            every = [each[indicator.key].done for each in standings.values()]
            known = [done for done in every if done is not None]
            yield _by_efficacy(indicator, weight, standing.done, known)


def _by_share(indicator: Indicator, weight: Fraction, done: Fraction, expected: Fraction) -> Part:
    share = min(done / expected, Fraction(1)) if expected else Fraction(1)
    full = "，超出按满分计" if done > expected else ""
    reason = f"完成{percent(done)}÷应达{percent(expected)}×{decimal(weight)}分{full}"
    return Part(indicator.name, weight, weight * share, reason)


def _by_efficacy(
    indicator: Indicator, weight: Fraction, done: Fraction, every: Sequence[Fraction]
) -> Part:
    least, most = min(every), max(every)
    if least == most:
        return Part(indicator.name, weight, weight, "各县相同，按满分计")
    share = (PASS + REST * (done - least) / (most - least)) / 100
    reason = (
        f"〔{PASS}＋{REST}×（完成{percent(done)}－最低{percent(least)}）"
        f"÷（最高{percent(most)}－最低{percent(least)}）〕×{decimal(weight)}分÷100"
    )
    return Part(indicator.name, weight, weight * share, reason)


def _deducted_for_list(county: Entry, listed: Sequence[Listed]) -> Iterator[Part]:
    for each in listed:
        if each.county is county and each.bar.points:
            reason = (
                f"{each.indicator.name}到{in_words(each.bar.by)}应完成{percent(each.below)}，"
                f"完成{percent(each.share)}"
            )
            yield Part("负面清单", None, -Fraction(each.bar.points), reason)


def _deducted_for_ledgers(
    report: Report, county: Entry, calls: Sequence[RollCallLine]
) -> Iterator[Part]:
    """Yield what a county's own ledgers cost: those that came late or not at all, and returns."""
    assessment, senders = report.campaign.settings.assessment, report.campaign.sender
    own = [
        call
        for call in calls
        if call.sender in senders and senders[call.sender].county == county.name
    ]
    late = sum(call.timeliness.is_overdue(report.issued) for call in own)
    returned = sum(ledger.verdict in RETURNED for call in own for ledger in call.ledgers)
    for name, number, each in (
        ("迟报、未报", late, assessment.late),
        ("退回", returned, assessment.returned),
    ):
        if number and each:
            points = -number * Fraction(each)
            yield Part(name, None, points, f"{number}次，每次扣{decimal(Fraction(each))}分")


def decimal(points: Fraction) -> str:
    """Return points as documents print them: 2, 0.5, 36.33 (two decimals, half up)."""
    whole, rest = divmod(abs(in_hundredths(points)), 100)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if points < 0 and text != "0" else text


def in_hundredths(points: Fraction) -> int:
    """Return points in hundredths, half up in both directions."""
    rounded = (abs(points) * 200 + 1) // 2
    return -rounded if points < 0 else rounded
