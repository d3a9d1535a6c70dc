"""Worksheets of native charts, an A4 page each: bars of the counties, lines over the months."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from flows.steps.model import Report
from flows.steps.overview.book import Book, Table, set_up_print
from flows.steps.standings import ChartEntry, charted
from flows.steps.wording.numbers import NOTHING, percent
from flows.steps.wording.phrases import in_chinese
from schemas.definition import Definition

DATA_COLUMN, PRINTED_ROWS = 18, 48  # where a chart has data of its own
FEW = 12  # counties, up to which the bars of three indicators leave room for their labels
_WIDTH, _HEIGHT, _A_COUNTY = 980, 620, 25  # pixels; the chart grows with the counties
_FONT = {"name": "宋体", "size": 11}
# They differ in lightness, dash and marker too: the charts are printed in black and white.
_LOOKS: Sequence[tuple[str, str, str]] = (
    ("#A31515", "solid", "circle"),
    ("#1F4E79", "dash", "square"),
    ("#6B6B6B", "round_dot", "triangle"),
    ("#C98A1B", "long_dash", "diamond"),
    ("#2E7D32", "dash_dot", "x"),
    ("#7B1FA2", "long_dash_dot", "star"),
    ("#00838F", "square_dot", "plus"),
    ("#404040", "long_dash_dot_dot", "long_dash"),
)


@dataclass(frozen=True)
class Source:
    """Where a chart's data is: a worksheet, its header row, its first and last row, its columns."""

    sheet: str
    header_row: int
    first: int
    last: int
    names: int
    columns: Mapping[str, int]


def add_charts(book: Book, report: Report, counties: Table, months: Table) -> None:
    """Add a worksheet for each chart; they read the tables of counties and months."""
    definition = report.campaign.definition
    first, *others = definition.rate_names
    short = definition.words.middle_short
    name = f"图1各{short}{definition.rate_names[first]}"
    _add_county_chart(book, report, counties, name, [first])
    if others:
        together = f"图2各{short}{definition.words.others}"
        _add_county_chart(book, report, counties, together, others)
    _add_chart(_chart_sheet(book, "图3各月进展"), _months_chart(book, report, months))


def _chart_sheet(book: Book, name: str) -> Worksheet:
    sheet = book.workbook.add_worksheet(name)
    sheet.hide_gridlines(2)
    set_up_print(sheet)
    sheet.fit_to_pages(1, 1)
    return sheet


def _add_chart(sheet: Worksheet, chart: Chart) -> None:
    sheet.insert_chart(0, 0, chart)


def _add_county_chart(
    book: Book, report: Report, table: Table, name: str, indicators: Sequence[str]
) -> None:
    """Add a chart of the counties; of many it shows the ends and the median, from its own data."""
    sheet = _chart_sheet(book, name)
    entries = charted([standing.entry for standing in table.rows])
    if len(entries) == len(table.rows):
        source = _source_of(table, report.campaign.definition)
    else:
        source = _write_data(sheet, name, entries, report.campaign.definition)
    _add_chart(sheet, _county_chart(book, report, source, entries, indicators))


def _source_of(table: Table, definition: Definition) -> Source:
    last = table.first_row + len(table.rows) - 1
    columns = {name: _column(table, title) for name, title in definition.rate_names.items()}
    names = _column(table, _county_header(table))
    return Source(table.sheet, table.header_row, table.first_row, last, names, columns)


def _write_data(
    sheet: Worksheet, name: str, entries: Sequence[ChartEntry], definition: Definition
) -> Source:
    """Return where the data of a chart was written: beside it, outside of what is printed."""
    columns = {indicator: DATA_COLUMN + 1 + i for i, indicator in enumerate(definition.rate_names)}
    for indicator, column in columns.items():
        sheet.write_string(0, column, definition.rate_names[indicator])
    for row, entry in enumerate(entries, 1):
        sheet.write_string(row, DATA_COLUMN, entry.name)
        for indicator, column in columns.items():
            rate = entry.rates[indicator]
            if rate is not None:
                sheet.write_number(row, column, float(rate))
    sheet.print_area(0, 0, PRINTED_ROWS, DATA_COLUMN - 2)
    return Source(name, 0, 1, len(entries), DATA_COLUMN, columns)


def _county_chart(
    book: Book,
    report: Report,
    source: Source,
    entries: Sequence[ChartEntry],
    indicators: Sequence[str],
) -> Chart:
    """Return a bar chart of the counties in the order of their ranks, the first at the top."""
    chart = book.workbook.add_chart({"type": "bar"})
    single, titles = len(indicators) == 1, report.campaign.definition.rate_names
    for name in indicators:
        column = source.columns[name]
        look = _LOOKS[list(titles).index(name) % len(_LOOKS)]
        rates = [entry.rates[name] for entry in entries]
        labelled = single or len(rates) <= FEW
        names = source.names
        chart.add_series(
            {
                "name": [source.sheet, source.header_row, column],
                "categories": [source.sheet, source.first, names, source.last, names],
                "values": [source.sheet, source.first, column, source.last, column],
                "fill": {"color": look[0]},
                "border": {"color": "#404040", "width": 0.5},
                "gap": 40,
                "data_labels": _labels(rates, 10 if single else 8) if labelled else {},
            }
        )
    what = titles[indicators[0]] if single else "、".join(titles[name] for name in indicators)
    _dress(
        chart,
        f"{report.month.label}各{report.campaign.definition.words.middle}{what}",
        len(rates),
        legend=len(indicators) > 1,
    )
    chart.set_y_axis(
        {"reverse": True, "num_font": _FONT, "line": {"color": "#808080"}, "interval_unit": 1}
    )
    chart.set_x_axis(
        {
            "min": 0,
            "max": 1.06,
            "major_unit": 0.1,
            "num_format": "0%",
            "num_font": _FONT,
            "major_gridlines": _grid(),
            "label_position": "high",
        }
    )
    return chart


def _months_chart(book: Book, report: Report, table: Table) -> Chart:
    """Return a line chart of the city's four indicators, the first rows of the months' table."""
    chart = book.workbook.add_chart({"type": "line"})
    first = 2
    last = first + len(report.trends) - 1
    names = report.campaign.definition.rate_names
    for i, (name, look) in enumerate(zip(names, itertools.cycle(_LOOKS), strict=False)):
        row = table.first_row + i
        chart.add_series(
            {
                "name": [table.sheet, row, 0],
                "categories": [table.sheet, table.header_row, first, table.header_row, last],
                "values": [table.sheet, row, first, row, last],
                "line": {"color": look[0], "width": 2.25, "dash_type": look[1]},
                "marker": {
                    "type": look[2],
                    "size": 8,
                    "fill": {"color": look[0]},
                    "border": {"color": look[0]},
                },
                "data_labels": _labels(
                    [trend.rates[table.rows[i].name][name] for trend in report.trends],
                    10,
                    last=True,
                ),
            }
        )
    _dress(
        chart, f"{report.figures.city.name}{in_chinese(len(names))}项指标各月进展", 0, legend=True
    )
    chart.set_y_axis(
        {"min": 0, "max": 1, "num_format": "0%", "num_font": _FONT, "major_gridlines": _grid()}
    )
    chart.set_x_axis({"num_font": _FONT, "line": {"color": "#808080"}})
    return chart


def _labels(
    rates: Sequence[Fraction | None], size: int, *, last: bool = False
) -> dict[str, object]:
    """Return data labels that print what the documents print; with `last` only the last point's."""
    custom: list[dict[str, object]] = [
        {"value": NOTHING if rate is None else percent(rate)} for rate in rates
    ]
    if last:
        custom[:-1] = [{"delete": True} for _ in custom[:-1]]
    position = {"position": "right"} if last else {}
    return {
        "value": True,
        "num_format": "0.00%",
        "font": {"name": "宋体", "size": size},
        "custom": custom,
        **position,
    }


def _dress(chart: Chart, title: str, counties: int, *, legend: bool) -> None:
    chart.set_title(
        {"name": title, "name_font": {"name": "黑体", "size": 15, "bold": False}, "overlay": False}
    )
    chart.set_legend({"position": "bottom", "font": _FONT} if legend else {"none": True})
    chart.set_size({"width": _WIDTH, "height": max(_HEIGHT, _A_COUNTY * counties + 140)})
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})


def _grid() -> dict[str, object]:
    return {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}


def _column(table: Table, header: str) -> int:
    return next(i for i, one in enumerate(table.fields) if one.header == header)


def _county_header(table: Table) -> str:
    return table.fields[1].header
