"""Every number in a bulletin is one of the month's figures, or follows from them (issue 2)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from flows.steps.compose import names_of
from flows.steps.export import figures_record
from flows.steps.model import Entry, Report
from flows.steps.render import Renderer
from schemas.columns import Level
from templates import HERE as TEMPLATES
from tests.support.documents import as_text
from tests.support.reports import bulletin_of
from tests.support.situations import SITUATIONS

RENDERER = Renderer([TEMPLATES])
NUMBER = re.compile(r"\d+\.\d+%?|\d+%?")
WHOLES = {
    "agreement": "retirees",
    "archives": "archives_due",
    "party": "party_members",
    "functions": "retirees",
}
SHOWN = ("small", "first month", "one of each", "all done", "after the deadline", "acceptance day", "returned, carried", "partly",
         "corrected", "both ranks", "whole tail", "thirty counties")  # fmt: skip


@pytest.mark.parametrize("level", ["city", "county", "enterprise"])
@pytest.mark.parametrize("name", SHOWN)
def test_every_number_is_a_figure_or_follows_from_one(name: str, level: Level) -> None:
    """Counts, rates, differences, remainders, places, days and dates: nothing else is printed."""
    report = SITUATIONS[name]()
    for one in names_of(report, level)[:4]:
        printed = set(NUMBER.findall(as_text(RENDERER.render(bulletin_of(report, level, one)))))
        assert printed - set(allowed(report)) == set()


def test_the_city_table_prints_the_figures_themselves() -> None:
    """The rates in the city's text are those of figures.json, printed by the decimal module."""
    report = SITUATIONS["small"]()
    said = as_text(RENDERER.render(bulletin_of(report, "city", "示例市")))
    record: Any = figures_record(report.figures, report.campaign.definition)
    rates = record["city"]["rates"]
    rows = [line for line in said.splitlines() if line.startswith("全市 | 459 | 56")]
    expected = [
        _half_up(Decimal(str(rates[key])) * 100) + "%"
        for key in ("agreement", "archives", "party", "functions")
    ]
    assert [cell for cell in rows[0].split(" | ") if cell.endswith("%")] == expected


def allowed(report: Report) -> Iterator[str]:
    """Yield every number that the month's figures, its calendar, its ledgers and the campaign's settings give."""
    figures = report.figures
    entries = [
        figures.city,
        *figures.groups,
        *figures.counties,
        *figures.enterprises,
        *figures.cells,
        *_county_groups(figures.cells),
    ]
    days = [
        d
        for d in (
            figures.pace.days_left,
            (report.campaign.settings.deadlines.acceptance - figures.as_of).days,
        )
        if d > 0
    ]
    for entry in entries:
        yield from _of_entry(entry, figures.pace.elapsed, days[0] if days else None)
    yield from (str(abs(n)) for n in (figures.pace.days_left, *days))
    yield _percent(figures.pace.elapsed)
    yield from map(
        str, range(len(figures.enterprises) + len(figures.counties) + 5)
    )  # how many there are, places, numbers of lines
    yield from _of_settings(report)


def _of_entry(entry: Entry, elapsed: Fraction, days: int | None) -> Iterator[str]:
    yield from map(str, entry.counts.values())
    for key, whole in WHOLES.items():
        left = max(entry.counts[whole] - entry.counts[key], 0)
        yield str(left)
        if days:
            yield str(-(-left // days))
        rate = entry.rates[key]
        if rate is not None:
            yield from (_percent(rate), _half_up(abs(elapsed - rate) * 100))
    if entry.share is not None:
        yield _percent(entry.share)
    if entry.change is not None:
        yield from (str(abs(n)) for n in entry.change.counts.values() if n is not None)
        yield from (_half_up(abs(r) * 100) for r in entry.change.rates.values() if r is not None)


def _county_groups(cells: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each county's and each enterprise's cells of one group taken together."""
    groups: dict[tuple[str | None, tuple[str, ...]], list[Entry]] = {}
    for cell in cells:
        groups.setdefault((cell.county, cell.groups), []).append(cell)
    for own in groups.values():
        counts = {name: sum(c.counts[name] for c in own) for name in own[0].counts}
        rates = {
            k: min(Fraction(counts[k], counts[w]), Fraction(1)) if counts[w] else None
            for k, w in WHOLES.items()
        }
        yield Entry("", counts, rates, None, {})


def _of_settings(report: Report) -> Iterator[str]:
    settings = report.campaign.settings
    reply = date.fromordinal(report.issued.toordinal() + settings.policy.reply_days)
    months = [report.month, *(type(report.month).parse(c.month) for c in report.corrections)]
    months += [type(report.month).parse(row.used) for row in report.figures.coverage if row.used]
    dates = [
        report.issued,
        reply,
        report.figures.as_of,
        settings.start,
        settings.deadlines.handover,
        settings.deadlines.acceptance,
    ]
    for day in [
        *dates,
        *(c.received for c in report.corrections if c.received),
        *(m.first_day for m in months),
    ]:
        yield from (str(day.year), str(day.month), str(day.day))
    yield from (str(n) for c in report.corrections for n in (c.old, c.new))
    yield from (str(x.rejected) for x in report.ledgers)
    yield from (
        str(settings.bulletin.copies),
        "100%",
        "3",
        "40",
    )  # the copies, the band's name, the ranks given in the situation


def _percent(rate: Fraction) -> str:
    return f"{_half_up(rate * 100)}%"


def _half_up(number: Fraction | Decimal) -> str:
    exact = (
        number
        if isinstance(number, Decimal)
        else Decimal(number.numerator) / Decimal(number.denominator)
    )
    return str(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
