"""核对.html: the figures of a month, each number with its way down to the ledgers (issue 19)."""

from collections.abc import Sequence

from flows.steps.model import Line, Report
from flows.steps.overview.pages import render_page
from flows.steps.overview.ways import headers_of, level_tables, movers, row_ways, ways_down


def figures_page(report: Report, lines: Sequence[Line]) -> str:
    """Return 核对.html of a month; every way down is inside it, and no script is needed."""
    definition = report.campaign.definition
    values = {
        "report": report,
        "settings": report.campaign.settings,
        "definition": definition,
        "tables": level_tables(report.figures, definition),
        "movers": movers(report.figures, definition),
        "counts": headers_of(definition)[: len(definition.counts)],
        "ways": ways_down(report, lines),
        "rows": list(row_ways(report, lines)),
    }
    return render_page("figures.html", [], values)
