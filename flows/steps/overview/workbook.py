"""汇总表.xlsx: all figures of a month on every level, what came in, what was wrong."""

from flows.steps.model import Report
from flows.steps.overview.assessment_sheets import assessment_tables
from flows.steps.overview.book import Book, add_table
from flows.steps.overview.chart_sheet import add_charts
from flows.steps.overview.figure_sheets import (
    calendar_table,
    cells_table,
    counties_table,
    enterprises_table,
    levels_table,
    months_table,
)
from flows.steps.overview.lights import lights_table
from flows.steps.overview.list_sheets import (
    calls_table,
    explanations_table,
    problems_table,
    supervision_table,
    unreported_table,
)


def summary_workbook(report: Report) -> bytes:
    """Return the summary workbook of a month as .xlsx, the same bytes for the same report."""
    settings = report.campaign.settings
    book = Book(report.issued, f"{settings.city}{settings.name}汇总表（{report.month.label}）")
    counties, months = counties_table(report), months_table(report)
    for table in (levels_table(report), counties):
        add_table(book, table)
    add_charts(book, report, counties, months)
    tables = [
        calendar_table(report),
        enterprises_table(report),
        cells_table(report),
        months,
        calls_table(report),
        problems_table(report),
    ]
    if report.campaign.targets:
        tables.insert(1, lights_table(report))
    tables += assessment_tables(report)
    if report.explanations:
        tables.append(explanations_table(report))
    if report.supervision:
        tables.append(supervision_table(report))
    if report.unreported:
        tables.append(unreported_table(report))
    for table in tables:
        add_table(book, table)
    return book.content()
