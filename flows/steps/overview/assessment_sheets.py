"""Sheets of the summary workbook: the negative list, and the scores with how they came about."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flows.steps.assessment import (
    Listed,
    Part,
    Score,
    decimal,
    in_hundredths,
    negative_list,
    scores,
    threatened,
)
from flows.steps.model import Report
from flows.steps.months import in_words
from flows.steps.overview.book import Field, Table
from flows.steps.wording.numbers import NOTHING, percent


def assessment_tables(report: Report) -> Iterator[Table]:
    """Yield the sheets that the settings ask for, none where they assess nothing."""
    assessment = report.campaign.settings.assessment
    if assessment.negative:
        yield _negative_table(report)
    if assessment.weights:
        yield _score_table(report)


def negative_rows(report: Report) -> list[tuple[str, ...]]:
    """Return the negative list as the overview prints it: those on it, then those who will be."""
    return [
        (
            _state(x),
            x.county.name,
            x.indicator.name,
            in_words(x.bar.by),
            percent(x.below),
            percent(x.share),
            percent(x.ahead),
            str(_points(x) or NOTHING),
        )
        for x in (*negative_list(report), *threatened(report))
    ]


def score_rows(report: Report) -> list[tuple[Score, str, list[str]]]:
    """Return each score with its points in print and how each point came about."""
    return [
        (
            score,
            decimal(score.total),
            [f"{p.name} {decimal(p.points)}分：{p.reason}" for p in score.parts],
        )
        for score in scores(report)
    ]


def _state(listed: Listed) -> str:
    return "列入" if listed.ahead is None else "按近期进度将列入"


def _negative_table(report: Report) -> Table:
    listed = [*negative_list(report), *threatened(report)]
    fields = [
        Field("情况", _state, "centred", 18),
        Field("名称", lambda x: x.county.name, "text", 20),
        Field("指标", lambda x: x.indicator.name, "text", 18),
        Field("截止日", lambda x: in_words(x.bar.by), "centred", 18),
        Field("应完成", lambda x: x.below, "share", 10),
        Field("完成", lambda x: x.share, "share", 10),
        Field("到期预计", lambda x: x.ahead, "share", 10),
        Field("扣分", _points, "centred", 8),
    ]
    none = ["没有列入和将列入负面清单的。"] if not listed else []
    return Table("负面清单", _title(report, "负面清单"), _as_of(report), fields, listed, notes=none)


def _points(listed: Listed) -> int | str | None:
    return _number(Fraction(listed.bar.points))


@dataclass(frozen=True)
class _Line:
    """A line of the sheet of scores: a part of a county's score, or, without one, the sum."""

    score: Score
    part: Part | None


def _score_table(report: Report) -> Table:
    lines = []
    for score in scores(report):
        lines += [_Line(score, part) for part in (None, *score.parts)]
    fields = [
        Field("名次", lambda x: x.score.place if x.part is None else "", "rank", 8),
        Field("名称", lambda x: x.score.county.name, "text", 20),
        Field("项目", lambda x: "总分" if x.part is None else x.part.name, "text", 20),
        Field("分值", _weight, "centred", 8),
        Field("得分", _scored, "count", 10, decimals=2),
        Field("怎样得出", lambda x: "各项之和" if x.part is None else x.part.reason, "text", 60),
    ]
    notes = [
        "注：得分按没有舍入的数计算，印两位小数。得分的名次与简报的名次无关。"
        f"没有数据的{report.campaign.definition.words.middle}不计分。"
    ]
    return Table("考核得分", _title(report, "考核得分"), _as_of(report), fields, lines, notes=notes,
                 frozen=2)  # fmt: skip


def _weight(line: _Line) -> int | str | None:
    return None if line.part is None or line.part.weight is None else _number(line.part.weight)


def _number(points: Fraction) -> int | str | None:
    """Return points as a cell holds them, a number if they are whole; None for none at all."""
    if points.denominator == 1:
        return int(points) or None
    return decimal(points)


def _scored(line: _Line) -> int:
    return in_hundredths(line.score.total if line.part is None else line.part.points)


def _title(report: Report, what: str) -> str:
    settings = report.campaign.settings
    return f"{settings.city}{settings.name}{what}（{report.month.label}）"


def _as_of(report: Report) -> str:
    return f"截至{in_words(report.figures.as_of)}　　单位：分，%"
