"""The worksheets of figures: one for each level, the calendar, the months side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flows.steps.model import Entry, Report
from flows.steps.months import Month, in_words
from flows.steps.overview.book import CellKind, Field, Table, Tied
from flows.steps.overview.carried import Carried, carried_of
from flows.steps.overview.rollcall import footnotes
from flows.steps.standings import Standing, in_rank_order, without_data
from flows.steps.tasks import Task, tasks_of
from flows.steps.wording.numbers import percent
from schemas.definition import COUNTY, ENTERPRISE, HOUSEHOLDS, Definition

BASIS, OTHERS = "基本情况", "其他"


def levels_table(report: Report) -> Table:
    """Return the table of the city and of its groups of enterprises."""
    figures, definition = report.figures, report.campaign.definition
    name = [Field("名称", lambda e: e.name, "text", 14, BASIS)]
    rows = [figures.city, *figures.groups]
    return Table(
        f"{definition.words.area}及分层级",
        _title(report, f"{definition.words.area}及分层级进展"),
        _as_of(report),
        [*name, *_households(definition), *_counts(definition)],
        rows,
        notes=_notes(report),
        bold=1,
    )


def counties_table(report: Report) -> Table:
    """Return the table of the counties by rank, the city's figures below."""
    definition, words = report.campaign.definition, report.campaign.definition.words
    standings = [*in_rank_order(report.figures.counties)]
    carried = carried_of(report)
    unknown = without_data(report)

    def known(standing: Standing) -> Entry:
        return standing.entry if standing.entry.name not in unknown else _unknown(standing.entry)

    names = [
        Field("名次", lambda s: _rank(s), "rank", 8, BASIS),
        Field(
            definition.header_of("progress", COUNTY),
            lambda s: s.entry.name,
            "text",
            _width(report.figures.counties, 10, 24),
            BASIS,
        ),
        *_of(known, _households(definition)),
        Field(f"占{words.area}比重", lambda s: known(s).share, "share", 7.5, BASIS),
    ]
    fields = [
        *names,
        *_of(known, _counts(definition)),
        *_of(lambda s: s.entry, [_carried_field(carried, unknown)]),
    ]
    return Table(
        f"各{words.middle}",
        _title(report, f"各{words.middle}进展及排名"),
        _as_of(report),
        fields,
        standings,
        totals=[Standing(report.figures.city, tied=False)],
        notes=_notes(report),
        frozen=2,
    )


def enterprises_table(report: Report) -> Table:
    """Return the table of the enterprises, with the former ones of the trusteeship centre."""
    entries, definition = report.figures.enterprises, report.campaign.definition
    unit = definition.header_of("progress", ENTERPRISE)
    fields = [
        Field(unit, lambda e: e.name, "text", _width(entries, 24, 36), BASIS),
        Field(
            "分层级",
            lambda e: "" if e is report.figures.city else "、".join(e.groups),
            "text",
            11,
            BASIS,
        ),
        *_counts(definition),
        _carried_field(carried_of(report)),
    ]
    return Table(
        definition.words.unit,
        _title(report, f"各{definition.words.unit}进展"),
        _as_of(report),
        fields,
        entries,
        totals=[report.figures.city],
        notes=_notes(report),
    )


def cells_table(report: Report) -> Table:
    """Return the table of every enterprise in every county."""
    figures, definition = report.figures, report.campaign.definition
    county = definition.header_of("progress", COUNTY)
    words = definition.words
    fields = [
        Field(
            county, lambda e: e.county or e.name, "text", _width(figures.counties, 10, 24), BASIS
        ),
        Field(
            definition.header_of("progress", ENTERPRISE),
            lambda e: e.enterprise or "",
            "text",
            _width(figures.enterprises, 24, 36),
            BASIS,
        ),
        *_counts(definition),
        _carried_field(carried_of(report)),
    ]
    return Table(
        f"{county}×{words.unit}",
        _title(report, f"各{words.middle}所属{words.unit}进展"),
        _as_of(report),
        fields,
        figures.cells,
        totals=[figures.city],
        notes=_notes(report),
        frozen=2,
    )


def calendar_table(report: Report) -> Table:
    """Return the table of the distance to 序时进度, what is still to do, how much of it a day."""
    pace, definition = report.figures.pace, report.campaign.definition
    rows = [
        (e.name, tasks_of(e, report))
        for e in (report.figures.city, *(s.entry for s in in_rank_order(report.figures.counties)))
    ]
    fields = [
        Field("名称", lambda row: row[0], "text", _width(report.figures.counties, 12, 36), "　")
    ]
    for group, kind, value in _CALENDAR:
        fields += [
            Field(
                _calendar_header(definition, kind, name),
                _nth(i, value),
                kind,
                13,
                group,
                definition.column(name).decimals if kind == "count" else 0,
            )
            for i, name in enumerate(definition.rate_names)
        ]
    left = (
        f"距{in_words(pace.deadline)}交接截止还有{pace.days_left}天"
        if pace.days_left >= 0
        else f"交接截止日{in_words(pace.deadline)}已过"
    )
    until = "交接截止日" if pace.days_left > 0 else "总结验收截止日"
    notes = [
        "注：序时进度＝（月末日期－启动日期）÷（交接截止日期－启动日期）；负数为落后。"
        f"日均需完成数算到{until}，进一取整。"
    ]
    return Table(
        "序时进度",
        _title(report, "序时进度和倒排工期"),
        f"序时进度{percent(pace.elapsed)}，{left}",
        fields,
        rows,
        notes=notes,
        bold=1,
    )


@dataclass(frozen=True)
class Series:
    """The rates of one indicator of one name over the months, oldest first."""

    indicator: str
    name: str
    rates: Sequence[Fraction | None]


def months_table(report: Report) -> Table:
    """Return the table of the months side by side: the city's indicators, then the counties'."""
    names = [report.figures.city.name, *(entry.name for entry in report.figures.counties)]
    rates = report.campaign.definition.rate_names
    rows = [_series(report, indicator, names[0]) for indicator in rates]
    for indicator in rates:
        rows += [_series(report, indicator, name) for name in names[1:]]
    months = [
        Field(Month.parse(t.month).label, _rate_of(i), "rate", 12)
        for i, t in enumerate(report.trends)
    ]
    fields = [
        Field("指标", lambda s: rates[s.indicator], "text", 18),
        Field("名称", lambda s: s.name, "text", _width(report.figures.counties, 14, 36)),
        *months,
        Field("比上月（百分点）", lambda s: _difference(s.rates[-2:]), "points", 10),
        Field(
            "比首列月份（百分点）",
            lambda s: _difference([s.rates[0], s.rates[-1]] if len(s.rates) > 1 else []),
            "points",
            10,
        ),
    ]
    return Table(
        "各月对比",
        _title(report, "各月指标对比"),
        "单位：%",
        fields,
        rows,
        frozen=2,
        bold=len(rates),
    )


def _series(report: Report, indicator: str, name: str) -> Series:
    rates = [trend.rates.get(name, {}).get(indicator) for trend in report.trends]
    return Series(indicator, name, rates)


def _households(definition: Definition) -> list[Field]:
    name = definition.households_name
    return [Field(name, lambda e: e.counts.get(HOUSEHOLDS), "count", 5.5, BASIS)]


def _counts(definition: Definition) -> list[Field]:
    """Return the fields of every level: the basis, then each indicator with its change."""
    main = definition.main
    fields = [_count(definition, main, BASIS), _change(definition, main, BASIS)]
    if definition.stages:
        fields.append(Field("阶段", lambda e: e.stage, "centred", 11, BASIS))
    shown = {main}
    for indicator in definition.indicators:
        matter, whole = indicator.heading, indicator.whole
        if whole is not None and whole not in shown:
            fields.append(_count(definition, whole, matter))
            shown.add(whole)
        fields += [_count(definition, indicator.done, matter)]
        fields += [_change(definition, indicator.done, matter)]
        if indicator.rated:
            name = definition.rate_names[indicator.key]
            fields += [_rate(indicator.key, name, matter), _rate_change(indicator.key, matter)]
        shown.add(indicator.done)
    left = [name for name in definition.counts if name not in shown]
    return [*fields, *(_count(definition, name, OTHERS) for name in left)]


def _count(definition: Definition, name: str, group: str) -> Field:
    column = definition.column(name)
    width = 7.5 + column.decimals
    return Field(
        column.header, lambda e: e.counts.get(name), "count", width, group, column.decimals
    )


def _change(definition: Definition, name: str, group: str) -> Field:
    decimals = definition.column(name).decimals
    return Field(
        "比上月增减",
        lambda e: e.change.counts[name] if e.change else None,
        "difference",
        7 + decimals,
        group,
        decimals,
    )


def _rate(key: str, name: str, group: str) -> Field:
    return Field(name, lambda e: e.rates[key], "rate", 8.5, group)


def _rate_change(name: str, group: str) -> Field:
    return Field(
        "比上月（百分点）",
        lambda e: e.change.rates[name] if e.change else None,
        "points",
        7.5,
        group,
    )


def _carried_field(carried: Carried, unknown: frozenset[str] = frozenset()) -> Field:
    def note(entry: Entry) -> str:
        return carried.note(entry) or ("没有数据" if entry.name in unknown else "")

    return Field("数据说明", note, "text", 13, "　")


def _unknown(entry: Entry) -> Entry:
    """Return the entry of a county of which nothing is known: every cell prints —."""
    return replace(entry, counts={}, change=None, share=None)


def _of(entry: Callable[[Standing], Entry], fields: Sequence[Field]) -> list[Field]:
    """Return fields of entries as fields of standings."""

    def of_standing(field: Field) -> Field:
        def value(standing: Standing) -> object:
            return field.value(entry(standing))

        return replace(field, value=value)

    return [of_standing(field) for field in fields]


def _rank(standing: Standing) -> int | Tied | None:
    rank = standing.entry.rank
    return Tied(rank) if rank is not None and standing.tied else rank


_CALENDAR: Sequence[tuple[str, CellKind, Callable[[Task], object]]] = (
    ("与序时进度相差（百分点）", "points", lambda task: task.ahead),
    ("剩余数", "count", lambda task: task.remaining),
    ("日均需完成数", "count", lambda task: task.a_day),
)


def _calendar_header(definition: Definition, kind: CellKind, name: str) -> str:
    """Return the indicator's name, or that of its remainder: 待签协议人数 of 已签协议人数."""
    if kind == "points":
        return definition.rate_names[name]
    return definition.column(name).header.replace("已", "待", 1)


def _nth(i: int, value: Callable[[Task], object]) -> Callable[[tuple[str, Sequence[Task]]], object]:
    return lambda row: value(row[1][i])


def _rate_of(i: int) -> Callable[[Series], Fraction | None]:
    return lambda series: series.rates[i]


def _difference(pair: Sequence[Fraction | None]) -> Fraction | None:
    if len(pair) < 2 or pair[0] is None or pair[1] is None:
        return None
    return pair[1] - pair[0]


def _title(report: Report, what: str) -> str:
    settings = report.campaign.settings
    return f"{settings.city}{settings.name}{what}（{report.month.label}）"


def _as_of(report: Report) -> str:
    definition = report.campaign.definition
    names = (definition.words.unit_measure, *map(definition.unit_of, definition.counts))
    units = "、".join(dict.fromkeys(names))
    return f"截至{in_words(report.figures.as_of)}　　单位：{units}，%"


def _notes(report: Report) -> list[str]:
    carried = footnotes(report)
    return [*(["注：以下数据沿用以前月份："] if carried else []), *carried]


def _width(entries: Sequence[Entry], least: float, most: float) -> float:
    """Return a width in which most names stand on one line; a Chinese character takes two units."""
    return min(max([least, *(2 * len(entry.name) + 2.0 for entry in entries)]), most)
