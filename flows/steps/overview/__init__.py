"""A month at a glance: the summary workbook, and the office's two pages."""

from flows.steps.overview.month_page import month_page
from flows.steps.overview.returns_page import returns_page
from flows.steps.overview.workbook import summary_workbook

__all__ = ["month_page", "returns_page", "summary_workbook"]
