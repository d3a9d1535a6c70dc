"""A month at a glance: the summary workbook, and the office's three pages."""

from flows.steps.overview.figures_page import figures_page
from flows.steps.overview.month_page import month_page
from flows.steps.overview.returns_page import returns_page
from flows.steps.overview.workbook import summary_workbook

__all__ = ["figures_page", "month_page", "returns_page", "summary_workbook"]
