"""The lights of the month: indicators of city, counties and units against their targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.steps.model import Entry, Report
from flows.steps.months import in_words
from flows.steps.overview.book import Field, Table
from flows.steps.standings import in_rank_order, without_data
from flows.steps.targets import LIGHT_NAMES, Light, Standing, standings_of, targeted
from flows.steps.wording.numbers import percent, signed_points
from schemas.amounts import in_decimals
from schemas.definition import Definition

# The classes of the page that have the lights' colours; the colour never stands without the word.
LIGHT_CLASSES: Mapping[Light, str] = {
    "green": "accepted",
    "yellow": "partly",
    "red": "returned",
    "grey": "aside",
}


@dataclass(frozen=True)
class LightCell:
    """A light in a table: its word, its class, how far from what is expected, for how long."""

    word: str
    style: str
    gap: str
    expected: str
    months: int
    sort: float | None


@dataclass(frozen=True)
class LightRow:
    """A line of the table of lights; a cell is None for a count without a target."""

    name: str
    cells: Sequence[LightCell | None]


def light_rows(report: Report) -> list[LightRow]:
    """Return the lights of the city and of the counties by rank, none where no target is given."""
    if not report.campaign.targets:
        return []
    unknown = without_data(report)
    counties = [standing.entry for standing in in_rank_order(report.figures.counties)]
    rows = []
    for entry in (report.figures.city, *counties):
        standings = standings_of(report, entry, known=entry.name not in unknown)
        cells = [_cell(standings.get(i.key)) for i in targeted(report)]
        name = report.campaign.definition.words.area if entry is report.figures.city else entry.name
        rows.append(LightRow(name, cells))
    return rows


def light_heads(report: Report) -> list[str]:
    """Return the names of the indicators that have lights."""
    return [indicator.name for indicator in targeted(report)]


def _cell(standing: Standing | None) -> LightCell | None:
    if standing is None:
        return None
    gap, down = standing.gap, standing.indicator.direction == "down"
    return LightCell(
        LIGHT_NAMES[standing.light],
        LIGHT_CLASSES[standing.light],
        signed_points(gap),
        f"{'应降到' if down else '应达'}{percent(standing.in_print(standing.expected))}",
        standing.months,
        None if gap is None else float(gap),
    )


@dataclass(frozen=True)
class _Line:
    """A line of the sheet: an entry's indicator against its target."""

    level: str
    entry: Entry
    standing: Standing


def lights_table(report: Report) -> Table:
    """Return the table of all that has a target: city, counties, groups and units with their own.

    Counties have a line for every indicator, groups and units for those that a target names.
    """
    definition = report.campaign.definition
    words = definition.words
    fields = [
        Field("范围", lambda x: x.level, "centred", 15),
        Field("名称", lambda x: x.entry.name, "text", 24),
        Field("指标", lambda x: x.standing.indicator.name, "text", 16),
        Field("目标", lambda x: _goal(x.standing, definition), "centred", 12),
        Field("目标日", lambda x: in_words(x.standing.by), "centred", 16),
        Field("应达", lambda x: x.standing.expected, "share", 10),
        Field("实际", lambda x: x.standing.done, "share", 10),
        Field("差距（百分点）", lambda x: x.standing.gap, "points", 10),
        Field("灯", lambda x: LIGHT_NAMES[x.standing.light], "centred", 6),
        Field("连续月数", lambda x: x.standing.months, "count", 8),
        Field("预计完成", lambda x: _finish(x.standing), "centred", 16),
        Field("到期差（百分点）", lambda x: _missing(x.standing), "points", 10),
        Field("出处", lambda x: x.standing.source, "text", 20),
    ]
    yellow = report.campaign.settings.policy.lights.yellow
    settings = report.campaign.settings
    return Table(
        "目标和灯",
        f"{settings.city}{settings.name}目标完成情况（{report.month.label}）",
        f"截至{in_words(report.figures.as_of)}　　"
        f"绿：达到应达；黄：低{yellow}个百分点以内；红：更低",
        fields,
        list(_lines(report)),
        notes=[
            "注：没有写目标的，按启动日到交接截止日均匀完成100%计算；“应达”“实际”是已完成的比例，"
            "越低越好的是已减少的比例。预计按近两个月的进度推算。灯不影响名次。"
            f"{words.unit}和分组只列写了目标的。"
        ],
        frozen=3,
    )


def _lines(report: Report) -> Iterator[_Line]:
    words, figures = report.campaign.definition.words, report.figures
    unknown = without_data(report)
    every = [(words.area, figures.city)]
    every += [(words.middle, s.entry) for s in in_rank_order(figures.counties)]
    for level, entry in every:
        standings = standings_of(report, entry, known=entry.name not in unknown)
        yield from (_Line(level, entry, standing) for standing in standings.values())
    named = {target.unit for target in report.campaign.targets}
    others = [("分组", group) for group in figures.groups]
    others += [(words.unit, unit) for unit in figures.enterprises]
    for level, entry in others:
        if entry.name in named:
            standings = standings_of(report, entry)
            yield from (_Line(level, entry, each) for each in standings.values() if each.goal)


def _goal(standing: Standing, definition: Definition) -> str:
    goal, indicator = standing.goal, standing.indicator
    if goal is not None and goal.count is not None:
        column = definition.column(indicator.done)
        return f"{in_decimals(goal.count, column.decimals)}{column.unit}"
    return percent(standing.in_print(standing.share))


def _finish(standing: Standing) -> str | None:
    finish = standing.forecast.finish if standing.forecast else None
    if standing.finished:
        return "已达到"
    return None if finish is None else in_words(finish)


def _missing(standing: Standing) -> Fraction | None:
    """Return what will be wanting by the last target's day, as a negative difference."""
    missing = standing.forecast.missing if standing.forecast else None
    return None if missing is None else -missing
