"""汇总表.xlsx of a small made-up month, read again with openpyxl."""

import io
import re
from functools import cache
from typing import Any

from openpyxl import load_workbook

from flows.steps.model import Report
from flows.steps.overview import summary_workbook
from tests.support.reports import small_report

COUNTIES = "各县（市、区）"
CELLS = "县区×企业"
TABLES = ["全市及分层级", COUNTIES, "序时进度", "企业", CELLS, "各月对比", "报送情况", "问题汇总"]
UNREPORTED = "无人填报企业"  # a sheet of months in which there are any
CHARTS = ["图1各县协议签订率", "图2各县移交率", "图3各月进展"]
INDICATORS = ["协议签订率", "档案移交率", "组织关系转移率", "管理职能移交率"]


@cache
def small() -> Any:
    return book_of(small_report())


def book_of(one: Report) -> Any:
    return load_workbook(io.BytesIO(summary_workbook(one)))


def shown(cell: Any) -> str:
    """Return what a cell shows, for the number formats of the workbook."""
    value, form = cell.value, cell.number_format
    if not isinstance(value, int | float):
        return str(value or "")
    if form.startswith('"'):
        return str(form.strip('"'))
    if "并列" in form:
        return f"{value}（并列）"
    text = (
        f"{value:.2%}" if form == "0.00%" else f"{value:,.2f}" if "0.00" in form else f"{value:,}"
    )
    return f"+{text}" if form.startswith("+") and value > 0 else text


def header_row(sheet: Any) -> int:
    """Return the row that names the columns, which the filter starts from."""
    return int(re.findall(r"\d+", sheet.auto_filter.ref)[0])


def table(sheet: Any, *columns: str) -> list[list[str]]:
    """Return the shown texts below the header, of the columns named or of all, to the end of the sheet."""
    names = [str(cell.value) for cell in sheet[header_row(sheet)]]
    wanted = [names.index(name) for name in columns] if columns else range(len(names))
    return [
        [shown(row[i]) for i in wanted] for row in sheet.iter_rows(min_row=header_row(sheet) + 1)
    ]
