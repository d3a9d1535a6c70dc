"""Indicators against their targets: expected, done, gap, light, for how long, and the forecast.

Everything is compared in shares of what there is to do that are done: of an indicator that should
become less, what has gone. A target that is a count is a share of the unit's own whole; of an
indicator without a rate, of the last target.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice, pairwise, takewhile
from math import ceil
from typing import Literal

from flows.registered import Target, TargetLevel
from flows.steps.model import Entry, Report
from flows.steps.months import Month
from schemas.definition import Indicator

Light = Literal["green", "yellow", "red", "grey"]
LIGHT_NAMES: Mapping[Light, str] = {"green": "绿", "yellow": "黄", "red": "红", "grey": "灰"}
_WORST: Sequence[Light] = ("red", "yellow", "green", "grey")
PACE_MONTHS = 2  # that a forecast rests on
FARTHEST = 3660  # days ahead that a forecast names


@dataclass(frozen=True)
class Path:
    """What is to be reached by when: straight lines from 0 on the first day to each share."""

    steps: Sequence[tuple[date, Fraction]]

    def at(self, day: date) -> Fraction:
        """Return the share that is to be reached by a day."""
        for (since, low), (by, high) in pairwise(self.steps):
            if day <= since:
                return low
            if day <= by:
                return low + (high - low) * Fraction((day - since).days, (by - since).days)
        return self.steps[-1][1]

    def step_of(self, day: date) -> int:
        """Return the number of the step that a day belongs to, from 0; after the last, the last."""
        days = [by for by, _ in self.steps[1:]]
        return min(bisect_left(days, day), len(days) - 1)


@dataclass(frozen=True)
class Forecast:
    """What comes of the pace of the last months: the day of the last target, or what is missing.

    `finish` is None where nothing moves forward, `missing` the share that will be wanting on the
    last target's day, None if none will.
    """

    finish: date | None
    missing: Fraction | None


@dataclass(frozen=True)
class Standing:
    """An indicator of a unit against its target on a month's last day.

    `goal` is the office's own, None for the campaign's deadline; `by` and `share` are those of the
    step that is due next, `last` is the last step's day, `finished` says whether its share is
    reached. `expected`, `done` and `gap` are None with nothing to do. `months` is for
    how many months in a row, this one included, the light has been what it is.
    """

    indicator: Indicator
    goal: Target | None
    by: date
    share: Fraction
    last: date
    finished: bool
    scale: int
    expected: Fraction | None
    done: Fraction | None
    light: Light
    months: int
    forecast: Forecast | None

    @property
    def gap(self) -> Fraction | None:
        """Return what is done less what is expected, negative if it is behind."""
        if self.expected is None or self.done is None:
            return None
        return self.done - self.expected

    @property
    def reached(self) -> bool:
        """Return whether the step that is due next is reached already."""
        return self.done is not None and self.done >= self.share

    @property
    def source(self) -> str:
        """Return where the office's own target comes from, empty for none."""
        return self.goal.source if self.goal else ""

    def in_print(self, share: Fraction | None) -> Fraction | None:
        """Return a share as the indicator's rate has it: left over, not gone."""
        return 1 - share if share is not None and self.indicator.direction == "down" else share

    def count_of(self, share: Fraction) -> int:
        """Return a share as a count of the indicator's column, so that it is surely reached."""
        if self.indicator.direction == "down":
            return int((1 - share) * self.scale)
        return ceil(share * self.scale)


def worst(lights: Iterable[Light]) -> Light:
    """Return the worst of some lights, grey for none."""
    found = set(lights)
    return next((light for light in _WORST if light in found), "grey")


def targeted(report: Report) -> Sequence[Indicator]:
    """Return the indicators that have a target: those with a rate, others where one is given."""
    definition = report.campaign.definition
    given = {target.indicator for target in report.campaign.targets}
    return [i for i in definition.indicators if i.key in given or i in definition.spoken]


def standings_of(report: Report, entry: Entry, *, known: bool = True) -> dict[str, Standing]:
    """Return an entry's indicators against their targets, by key.

    An entry that is not `known`, since no ledger of it counts, has grey lights.
    """
    level = report.figures.level_of(entry)
    found = {}
    for indicator in targeted(report):
        standing = standing_of(report, entry, level, indicator, known=known)
        if standing is not None:
            found[indicator.key] = standing
    return found


def standing_of(
    report: Report,
    entry: Entry,
    level: TargetLevel | None,
    indicator: Indicator,
    *,
    known: bool = True,
) -> Standing | None:
    """Return an indicator of an entry against its target, None for a count without one.

    Without a level there is no target of the entry's own.
    """
    goals = report.campaign.goals(level, entry.name, indicator.key) if level else ()
    if not goals and not indicator.rated:
        return None
    scale = _scale(entry, indicator, goals)
    path = _path(report, indicator, goals, scale)
    today = report.figures.as_of
    done = _done(entry, indicator, scale) if known else None
    number = path.step_of(today)
    by, share = path.steps[1:][number]
    past = list(_past(report, entry, level, indicator, scale))
    light = _light(report, done, path.at(today))
    return Standing(
        indicator,
        goals[number] if goals else None,
        by,
        share,
        path.steps[-1][0],
        done is not None and done >= path.steps[-1][1],
        scale,
        None if done is None else path.at(today),
        done,
        light,
        1 + sum(1 for _ in takewhile(lambda each: _light_then(report, each, path) == light, past)),
        None if done is None else _forecast(today, done, past[:PACE_MONTHS], path),
    )


def _scale(entry: Entry, indicator: Indicator, goals: Sequence[Target]) -> int:
    """Return what a share of 1 is: all that there is to do, or the last target of a mere count."""
    if indicator.rated and indicator.whole is not None:
        return entry.counts[indicator.whole]
    return goals[-1].count or 0


def _path(report: Report, indicator: Indicator, goals: Sequence[Target], scale: int) -> Path:
    pace = report.figures.pace
    steps = [(goal.by, _share(goal, indicator, scale)) for goal in goals]
    return Path([(pace.start, Fraction(0)), *(steps or [(pace.deadline, Fraction(1))])])


def _share(goal: Target, indicator: Indicator, scale: int) -> Fraction:
    """Return a target as the share that is to be done."""
    if goal.percent is not None:
        share = Fraction(goal.percent) / 100
    else:
        share = min(Fraction(goal.count or 0, scale), Fraction(1)) if scale else Fraction(0)
    return 1 - share if indicator.direction == "down" else share


def _done(entry: Entry, indicator: Indicator, scale: int) -> Fraction | None:
    if indicator.rated:
        return indicator.achieved(entry.rates[indicator.key])
    return Fraction(entry.counts[indicator.done], scale) if scale else None


def _light(report: Report, done: Fraction | None, expected: Fraction) -> Light:
    if done is None:
        return "grey"
    if done >= expected:
        return "green"
    yellow = Fraction(report.campaign.settings.policy.lights.yellow) / 100
    return "yellow" if expected - done <= yellow else "red"


Past = tuple[Month, Fraction | None]  # a month, what was done by its end


def _light_then(report: Report, past: Past, path: Path) -> Light:
    month, done = past
    return _light(report, done, path.at(month.last_day))


def _past(
    report: Report, entry: Entry, level: TargetLevel | None, indicator: Indicator, scale: int
) -> Iterator[Past]:
    """Yield what was done by the end of the months before without a gap, the last of them first.

    The rates of the city and its counties are known for a year, of others those of last month.
    """
    month = report.month.previous
    if level not in ("city", "county") or not indicator.rated:
        if entry.change is not None:
            yield month, _before(entry, indicator, scale)
        return
    trends = {trend.month: trend.rates.get(entry.name, {}) for trend in report.trends}
    while indicator.key in trends.get(str(month), {}):
        yield month, indicator.achieved(trends[str(month)][indicator.key])
        month = month.previous


def _before(entry: Entry, indicator: Indicator, scale: int) -> Fraction | None:
    """Return what was done of an indicator by the end of last month."""
    change = entry.change
    if change is None:
        return None
    if indicator.rated:
        rate, moved = entry.rates[indicator.key], change.rates[indicator.key]
        return None if rate is None or moved is None else indicator.achieved(rate - moved)
    gained = change.counts[indicator.done]
    if gained is None or not scale:
        return None
    return Fraction(entry.counts[indicator.done] - gained, scale)


def _forecast(today: date, done: Fraction, past: Sequence[Past], path: Path) -> Forecast | None:
    """Return what comes of the pace since the earliest of some months, None if none is known."""
    last, wanted = path.steps[-1]
    if done >= wanted:
        return Forecast(today, None)
    a_day = _pace(today, done, past)
    if a_day is None:
        return None
    if a_day <= 0:
        return Forecast(None, wanted - done)
    days = ceil((wanted - done) / a_day)
    finish = today + timedelta(days=days) if days <= FARTHEST else None
    left = max((last - today).days, 0)
    missing = wanted - done - a_day * left
    return Forecast(finish, missing if missing > 0 else None)


def _pace(today: date, done: Fraction, past: Sequence[Past]) -> Fraction | None:
    """Return the share done a day since the earliest of some months, None if none is known."""
    known = [(month, share) for month, share in past if share is not None]
    if not known:
        return None
    month, before = known[-1]
    return (done - before) / (today - month.last_day).days


def share_by(report: Report, entry: Entry, indicator: Indicator, day: date) -> Fraction | None:
    """Return what will be done of a rated indicator by a later day at the pace of the last months.

    It is None with nothing to do, or where no month before is known.
    """
    today, scale = report.figures.as_of, _scale(entry, indicator, ())
    done = _done(entry, indicator, scale)
    if done is None:
        return None
    level = report.figures.level_of(entry)
    past = list(islice(_past(report, entry, level, indicator, scale), PACE_MONTHS))
    a_day = _pace(today, done, past)
    return None if a_day is None else done + a_day * (day - today).days
