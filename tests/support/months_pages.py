"""The pages of a small made-up month, and ways to read what stands on them."""

import json
from functools import cache
from typing import Any

from lxml import html

from flows.steps.model import Report
from flows.steps.overview import month_page, returns_page
from tests.support.reports import CHEMICAL, WEST, files_of, small_report

PACKETS = {
    WEST: ["退回通知.docx", f"{WEST}（已标注）.xlsx"],
    CHEMICAL: ["退回通知.docx"],
    "未识别报送单位": ["退回通知.docx"],
}
HOSTILE = "</script><script>alert(1)</script>\"'&=1+1\u2028{{7*7}}"


@cache
def small() -> Any:
    return month(small_report())


def month(one: Report) -> Any:
    return html.document_fromstring(month_page(one, files_of(one, PACKETS)))


@cache
def returns() -> Any:
    return html.document_fromstring(returns_page(small_report(), files_of(small_report(), PACKETS)))


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def table(page: Any, caption: str) -> list[list[str]]:
    """Return the texts of the table whose caption begins so, header first."""
    found = [t for t in page.iter("table") if text(t.find("caption")).startswith(caption)]
    assert len(found) == 1, caption
    return [[text(cell) for cell in row] for row in found[0].iter("tr")]


def data_of(page: Any) -> list[list[str]]:
    """Return the single faults that a page carries, as texts."""
    data = json.loads(page.get_element_by_id("data").text)
    return [
        [data["severities"][row[0]], *(data["texts"][i] for i in row[1:])] for row in data["rows"]
    ]
