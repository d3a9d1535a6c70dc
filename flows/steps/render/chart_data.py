"""The data of a chart in the XML of its cache and in the workbook behind it."""

import re
from collections.abc import Sequence
from fractions import Fraction

from markupsafe import escape

from flows.steps.model import Chart
from flows.steps.ooxml import parsed
from flows.steps.render.language import clean
from flows.steps.render.package import serialized
from flows.steps.render.sheet import SHEET, chart_workbook, column
from flows.steps.wording.numbers import hundredths

C_URI = "http://schemas.openxmlformats.org/drawingml/2006/chart"
C = f"{{{C_URI}}}"
NUMBERED = re.compile("系列([1-9][0-9]?)")  # a series of a template for any data: the first, …
_FORMAT = "0.00%"


def named(name: str, chart: Chart) -> str | None:
    """Return the series of the data that one of a template stands for.

    系列3 is the third, None where the data have no third.
    """
    numbered = NUMBERED.fullmatch(name)
    if name in chart.series or numbered is None:
        return name
    return next(iter(list(chart.series)[int(numbered[1]) - 1 :]), None)


def without_series(source: str, numbers: Sequence[int]) -> str:
    """Return a chart's XML without some of its series."""
    if not numbers:
        return source
    root = parsed(source.encode())
    series = list(root.iter(f"{C}ser"))
    for one in (series[number] for number in numbers):
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)
    return serialized(root).decode()


def slot(kind: str, number: int, names: Sequence[str], chart: Chart) -> str:
    """Return the XML of a series' name, its categories or its values (`tx`, `cat`, `val`)."""
    name, letter, last = names[number], column(number + 1), len(chart.categories) + 1
    if kind == "tx":
        return _strings(f"{SHEET}!${letter}$1", [name])
    if kind == "cat":
        return _strings(f"{SHEET}!$A$2:$A${last}", chart.categories)
    return _numbers(f"{SHEET}!${letter}$2:${letter}${last}", chart.series[name])


def workbook_of(names: Sequence[str], chart: Chart) -> bytes:
    """Return the workbook behind a chart that shows some of the data's series."""
    rows: list[list[str | float | None]] = [["", *names]]
    for i, category in enumerate(chart.categories):
        rows.append([category, *(_printed(chart.series[name][i]) for name in names)])
    return chart_workbook(rows)


def _printed(rate: Fraction | None) -> float | None:
    """Return a rate as printed: a chart never shows 100 % for 99.999 %."""
    return None if rate is None else hundredths(rate) / 10_000


def _strings(reference: str, values: Sequence[str]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(clean(value))}</c:v></c:pt>'
        for i, value in enumerate(values)
    )
    cache = f'<c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache>'
    return f"<c:strRef><c:f>{reference}</c:f>{cache}</c:strRef>"


def _numbers(reference: str, rates: Sequence[Fraction | None]) -> str:
    known = [(i, _printed(rate)) for i, rate in enumerate(rates) if rate is not None]
    points = "".join(f'<c:pt idx="{i}"><c:v>{value!r}</c:v></c:pt>' for i, value in known)
    head = f'<c:formatCode>{_FORMAT}</c:formatCode><c:ptCount val="{len(rates)}"/>'
    cache = f"<c:numCache>{head}{points}</c:numCache>"
    return f"<c:numRef><c:f>{reference}</c:f>{cache}</c:numRef>"
