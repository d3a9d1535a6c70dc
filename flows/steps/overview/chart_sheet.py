"""Worksheets of native charts, an A4 page each: bars of the counties, lines over the months."""

from collections.abc import Sequence
from fractions import Fraction

from xlsxwriter.chart import Chart

from flows.steps.model import Report
from flows.steps.overview.book import Book, Table, set_up_print
from flows.steps.wording.numbers import NOTHING, percent
from schemas.columns import RATE_NAMES

FEW = 12  # counties, up to which the bars of three indicators leave room for their labels
_WIDTH, _HEIGHT, _A_COUNTY = 980, 620, 25  # pixels; the chart grows with the counties
_FONT = {"name": "宋体", "size": 11}
# They differ in lightness, dash and marker too: the charts are printed in black and white.
_LOOKS: Sequence[tuple[str, str, str]] = (
    ("#A31515", "solid", "circle"),
    ("#1F4E79", "dash", "square"),
    ("#6B6B6B", "round_dot", "triangle"),
    ("#C98A1B", "long_dash", "diamond"),
)


def add_charts(book: Book, report: Report, counties: Table, months: Table) -> None:
    """Add a worksheet for each chart; they read the tables of counties and months."""
    others = [name for name in RATE_NAMES if name != "agreement"]
    _add_chart(
        book,
        f"图1各县{RATE_NAMES['agreement']}",
        _county_chart(book, report, counties, ["agreement"]),
    )
    _add_chart(book, "图2各县移交率", _county_chart(book, report, counties, others))
    _add_chart(book, "图3各月进展", _months_chart(book, report, months))


def _add_chart(book: Book, name: str, chart: Chart) -> None:
    sheet = book.workbook.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.insert_chart(0, 0, chart)
    set_up_print(sheet)
    sheet.fit_to_pages(1, 1)


def _county_chart(book: Book, report: Report, table: Table, indicators: Sequence[str]) -> Chart:
    """Return a bar chart of the counties in the order of their ranks, the first at the top."""
    chart = book.workbook.add_chart({"type": "bar"})
    first, last = table.first_row, table.first_row + len(table.rows) - 1
    names = _column(table, _county_header(table))
    for name in indicators:
        column = _column(table, RATE_NAMES[name])
        look = _LOOKS[list(RATE_NAMES).index(name)]
        rates = [standing.entry.rates[name] for standing in table.rows]
        chart.add_series(
            {
                "name": [table.sheet, table.header_row, column],
                "categories": [table.sheet, first, names, last, names],
                "values": [table.sheet, first, column, last, column],
                "fill": {"color": look[0]},
                "border": {"color": "#404040", "width": 0.5},
                "gap": 40,
                "data_labels": _labels(rates, 10 if len(indicators) == 1 else 8)
                if len(indicators) == 1 or len(rates) <= FEW
                else {},
            }
        )
    what = (
        RATE_NAMES[indicators[0]]
        if len(indicators) == 1
        else "、".join(RATE_NAMES[name] for name in indicators)
    )
    _dress(
        chart, f"{report.month.label}各县（市、区）{what}", len(rates), legend=len(indicators) > 1
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
    for i, (name, look) in enumerate(zip(RATE_NAMES, _LOOKS, strict=True)):
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
    _dress(chart, f"{report.figures.city.name}四项指标各月进展", 0, legend=True)
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
