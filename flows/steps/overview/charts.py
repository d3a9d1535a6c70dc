"""The geometry of the pages' charts, which templates/_charts.html draws as inline SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import cycle

from flows.steps.model import Entry, Pace, Trend
from flows.steps.months import Month
from flows.steps.overview.pages import LOOKS
from flows.steps.standings import ChartEntry, Standing, charted
from flows.steps.wording.numbers import NOTHING, percent
from flows.steps.wording.phrases import in_chinese

WIDTH = 400  # of a drawing; it is scaled to the page, so that its text stays readable on a phone
_CHARACTER, _ROW, _VALUES = 14, 26, 66
_LONGEST_LABEL = 11  # characters; the whole name stands in the bar's title
_PLOT = {"left": 44, "right": 66, "top": 12, "bottom": 44, "height": 300}
SHAPES = tuple(shape for _, _, shape in LOOKS)
_APART = 16  # between the labels at the lines' ends


@dataclass(frozen=True)
class Bar:
    """A county's bar: where it stands, how long it is, what is written beside it."""

    name: str
    label: str
    y: int
    length: float
    value: str


@dataclass(frozen=True)
class BarChart:
    """The counties' rates of one indicator; `pace_x` is where 序时进度 is marked."""

    id: str
    title: str
    summary: str
    height: int
    left: int
    bars: Sequence[Bar]
    pace_x: float


@dataclass(frozen=True)
class Point:
    """A month's point of a line."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Curve:
    """An indicator over the months.

    `runs` are the stretches without a gap, `end_y` is where its last figure is written.
    """

    id: str
    name: str
    points: Sequence[Point]
    runs: Sequence[str]
    end: str
    end_y: float
    shape: str = ""


@dataclass(frozen=True)
class LineChart:
    """The indicators over the months.

    `months` are written below, `shares` at the left, each with its place.
    """

    title: str
    summary: str
    height: int
    left: int
    right: int
    curves: Sequence[Curve]
    months: Sequence[tuple[float, str, str]]
    shares: Sequence[tuple[float, str]]


def id_of(key: str, number: int) -> str:
    """Return what a page's style and marks call an indicator; a key may be any text."""
    return key if key.isascii() and key.isidentifier() else f"series-{number + 1}"


def bar_charts(
    standings: Sequence[Standing], pace: Pace, titles: Mapping[str, str]
) -> list[BarChart]:
    """Return a bar chart for each indicator; of many counties the first, the last, the median."""
    entries = charted([standing.entry for standing in standings])
    names = [entry.name for entry in entries]
    left = _CHARACTER * min(max(map(len, names), default=0), _LONGEST_LABEL) + 12
    return [
        replace(_bar_chart(name, title, entries, left, pace), id=id_of(name, n))
        for n, (name, title) in enumerate(titles.items())
    ]


def _bar_chart(
    name: str, title: str, entries: Sequence[ChartEntry], left: int, pace: Pace
) -> BarChart:
    room = WIDTH - left - _VALUES
    bars = [
        Bar(
            entry.name,
            _short(entry.name),
            i * _ROW,
            round(room * float(entry.rates[name] or 0), 1),
            percent(entry.rates[name]),
        )
        for i, entry in enumerate(entries)
    ]
    summary = "；".join(f"{bar.name}{bar.value}" for bar in bars)
    return BarChart(
        name,
        title,
        summary,
        _ROW * len(bars) + 4,
        left,
        bars,
        round(left + room * float(pace.elapsed), 1),
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


def line_chart(city: Entry, trends: Sequence[Trend], titles: Mapping[str, str]) -> LineChart:
    """Return the line chart of the city's indicators over the months."""
    months = [Month.parse(trend.month) for trend in trends]
    rates = {
        name: [trend.rates.get(city.name, {}).get(name) for trend in trends] for name in titles
    }
    last = {name: series[-1] for name, series in rates.items() if series}
    ends = _spread({name: _y(rate) for name, rate in last.items() if rate is not None})
    curves = [
        replace(_curve(name, titles[name], series, months, ends), id=id_of(name, n), shape=shape)
        for n, (shape, (name, series)) in enumerate(zip(cycle(SHAPES), rates.items(), strict=False))
    ]
    below = [
        (_x(i, len(months)), f"{m.month}月", f"{m.year}年" if i == 0 or m.month == 1 else "")
        for i, m in enumerate(months)
    ]
    summary = "；".join(
        f"{titles[name]}：" + "，".join(percent(rate) for rate in series)
        for name, series in rates.items()
    )
    return LineChart(
        f"{city.name}{in_chinese(len(titles))}项指标各月进展",
        summary,
        _PLOT["height"],
        _PLOT["left"],
        WIDTH - _PLOT["right"],
        curves,
        below,
        [(_y(Fraction(share, 100)), f"{share}%") for share in range(0, 101, 20)],
    )


def _curve(
    name: str,
    title: str,
    rates: Sequence[Fraction | None],
    months: Sequence[Month],
    ends: Mapping[str, float],
) -> Curve:
    places = [
        None if rate is None else (_x(i, len(rates)), _y(rate)) for i, rate in enumerate(rates)
    ]
    points = [
        Point(*place, f"{month.label}{title}{percent(rate)}")
        for place, rate, month in zip(places, rates, months, strict=True)
        if place is not None
    ]
    end = percent(rates[-1]) if rates and rates[-1] is not None else NOTHING
    return Curve(
        name,
        title,
        points,
        _runs(places),
        end if name in ends else "",
        ends.get(name, 0.0),
    )


def _runs(places: Sequence[tuple[float, float] | None]) -> list[str]:
    """Return the points of each stretch without a gap as SVG writes them; one point is no line."""
    runs: list[list[str]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(f"{place[0]},{place[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _x(i: int, months: int) -> float:
    room = WIDTH - _PLOT["left"] - _PLOT["right"]
    return round(_PLOT["left"] + room * (0.5 + i) / months, 1)


def _y(rate: Fraction | None) -> float:
    room = _PLOT["height"] - _PLOT["top"] - _PLOT["bottom"]
    return round(_PLOT["top"] + room * (1 - float(rate or 0)), 1)


def _spread(places: Mapping[str, float]) -> dict[str, float]:
    """Return the heights of labels; those that would overlap are spread around their middle."""
    piles: list[tuple[list[str], float]] = []
    for name in sorted(places, key=lambda name: places[name]):
        names, middle = [name], places[name]
        while piles and middle - piles[-1][1] < _APART * (len(names) + len(piles[-1][0])) / 2:
            names = [*piles.pop()[0], *names]
            middle = sum(places[one] for one in names) / len(names)
        piles.append((names, middle))
    return {
        name: round(middle + _APART * (i - (len(names) - 1) / 2), 1)
        for names, middle in piles
        for i, name in enumerate(names)
    }
