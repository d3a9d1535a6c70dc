"""Names for templates: of an indicator against its target, and of the lights."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from flows.steps.assessment import Score, decimal, scores
from flows.steps.compose.facts import Facts
from flows.steps.compose.units import Subject
from flows.steps.model import Field
from flows.steps.months import in_words
from flows.steps.targets import LIGHT_NAMES, Light, Standing, worst
from flows.steps.wording.phrases import Count, Points, Rate, points

S = TypeVar("S")


@dataclass(frozen=True)
class Aim:
    """An indicator's standing against its target as documents print it."""

    standing: Standing
    subject: Subject

    @property
    def goal(self) -> Rate | Count:
        """Return the target of the step that is due next as it was given: a rate, or a count."""
        goal = self.standing.goal
        if goal is None or goal.count is None:
            return self._rate(self.standing.share)
        return self._count(goal.count)

    @property
    def expected(self) -> Rate | Count | None:
        """Return what is expected by now, of a mere count as a count."""
        if self.standing.indicator.rated:
            return self._rate(self.standing.expected)
        return self.expected_count

    @property
    def expected_count(self) -> Count | None:
        """Return what is expected by now as a count."""
        expected = self.standing.expected
        return None if expected is None else self._count(self.standing.count_of(expected))

    def _rate(self, share: Fraction | None) -> Rate:
        return Rate(self.standing.in_print(share))

    def _count(self, number: int) -> Count:
        column = self.subject.definition.column(self.standing.indicator.done)
        return Count(number, column.unit, decimals=column.decimals)

    @property
    def ahead(self) -> str:
        """Return where the pace leads: 按近期进度，预计2022年7月20日达到目标."""
        forecast, last = self.standing.forecast, in_words(self.standing.last)
        if forecast is None:
            return ""
        if self.standing.finished:
            return "已达到目标"
        if forecast.missing is None and forecast.finish is not None:
            return f"按近期进度，预计{in_words(forecast.finish)}达到目标"
        still = "近期没有进展" if forecast.finish is None else "按近期进度"
        return f"{still}，到{last}还差{points(forecast.missing)}"


def aim_of(subject: Subject, key: str) -> Aim | None:
    """Return an indicator of a subject against its target, None for a count without one."""
    standing = subject.standing(key)
    return None if standing is None else Aim(standing, subject)


def target_fields(
    prefix: str, what: str, measure: str, aim: Callable[[S], Aim | None]
) -> tuple[Field[S], ...]:
    """Return the names of an indicator against its target.

    `prefix` begins each name, `what` each meaning.
    """

    def field(name: str, meaning: str, unit: str, value: Callable[[Aim], object]) -> Field[S]:
        def known(subject: S) -> object:
            one = aim(subject)
            return None if one is None else value(one)

        return Field(f"{prefix}{name}", f"{what}{meaning}", unit, known)

    return (
        field("目标", "最近一步的目标，名录中没有写的为100%", "", lambda a: a.goal),
        field("目标日", "最近一步目标的截止日", "", lambda a: a.standing.by),
        field("目标出处", "目标的出处，没有写的为空", "", lambda a: a.standing.source),
        field("应达", "按目标，本月末应达到多少", "", lambda a: a.expected),
        field("应达数", "按目标，本月末应达到的数量", measure, lambda a: a.expected_count),
        field("目标差距", "减应达的差，带正负号", "百分点", lambda a: Points(a.standing.gap)),
        field("灯", "绿、黄、红，没有任务的为灰", "", lambda a: LIGHT_NAMES[a.standing.light]),
        field("连续月数", "连续几个月是这个灯，最多12", "个月", lambda a: _months(a.standing)),
        field("达到目标", "最近一步的目标是否已达到", "是否", lambda a: a.standing.reached),
        field("预计完成", "按近两个月的进度哪天达到最后的目标", "", lambda a: _finish(a.standing)),
        field(
            "预计说法",
            "按近两个月的进度何时达到、到期差多少（只有一个月的按一个月）",
            "",
            lambda a: a.ahead,
        ),
    )


def _months(standing: Standing) -> Count:
    return Count(standing.months, "个月")


def _finish(standing: Standing) -> object:
    return standing.forecast.finish if standing.forecast else None


def light_of(subject: Subject) -> Light:
    """Return the worst light of a subject's indicators, grey with nothing to do."""
    return worst(standing.light for standing in subject.standings)


def with_light(subjects: Iterable[Subject], light: Light) -> list[Subject]:
    """Return the subjects whose worst light is a given one."""
    return [subject for subject in subjects if light_of(subject) == light]


def score_of(unit: Subject) -> str | None:
    """Return a county's score, None where there is none."""
    if unit.facts.counties.get(unit.entry.name) is not unit.entry:
        return None
    score = unit.facts.once(scores_by_county).get(unit.entry.name)
    return None if score is None else decimal(score.total)


def scores_by_county(facts: Facts) -> Mapping[str, Score]:
    """Return the counties' scores by name, the highest first."""
    return {score.county.name: score for score in scores(facts.report)}
