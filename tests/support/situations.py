"""The situations that a bulletin's wording has to fit: one report each, by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from flows.steps.model import Correction, Coverage, LedgerReport, Report, Trend
from flows.steps.months import Month
from schemas.shipped import shipped
from tests.support.factories import CENTRE, COUNTIES, FIRMS, campaign, line
from tests.support.reports import MONTH, ledger, many_counties, report, small_report

EAST, WEST, SOUTH = COUNTIES
CHEMICAL, MACHINES, CEMENT = (name for name, _ in FIRMS)
DONE, ZERO, HALF = (
    (100, 100, 100, 100, 20, 20, 100),
    (100, 0, 100, 0, 20, 0, 0),
    (100, 50, 100, 30, 20, 5, 10),
)
SIGNED = (100, 100, 100, 0, 20, 0, 0)
TAIL = {
    "report_to": ("市委", "市政府"),
    "send_to": ("市委组织部",),
    "issue_to": ("各县（市、区）人民政府",),
    "copies": 60,
}


def city(east: Sequence[int], west: Sequence[int], south: Sequence[int], **more: Any) -> Report:
    """Return a month of three counties with one enterprise each, all ledgers accepted unless said otherwise."""
    given = [
        (EAST, CHEMICAL, east, "中省企业"),
        (WEST, MACHINES, west, "市属企业"),
        (SOUTH, CEMENT, south, "县属企业"),
    ]
    lines = [line(*each) for each in given]
    coverage = [
        Coverage(name, "progress", "accepted", str(more.get("month", MONTH))) for name in COUNTIES
    ]
    facts: dict[str, Any] = {
        "coverage": coverage,
        "ledgers": [ledger(name, "accepted") for name in COUNTIES],
        "before": lines,
    }
    return report(lines, **{**facts, **more})


def late(*senders: str) -> list[LedgerReport]:
    """Return accepted ledgers that came after the due date, each a day later than the one before."""
    days = range(6, 6 + len(senders))
    return [
        ledger(sender, "accepted", received=date(2022, 6, day))
        for sender, day in zip(senders, days, strict=True)
    ]


def at(month: Month, one: Sequence[int] = HALF, **deadlines: date) -> Report:
    """Return a later or earlier month of half-done counties."""
    own = campaign(
        deadlines={"handover": date(2022, 7, 31), "acceptance": date(2022, 12, 31), **deadlines}
    )
    return city(one, HALF, SIGNED, month=month, of=own)


def returned(verdict: str, used: str | None) -> Report:
    """Return a month in which one county's ledger has a verdict and the figures of some month count for it."""
    coverage = [
        Coverage(EAST, "progress", verdict, used),
        *(Coverage(name, "progress", "accepted", "2022-05") for name in (WEST, SOUTH)),
    ]
    ledgers = [ledger(name, "accepted") for name in (WEST, SOUTH)]
    if verdict != "missing":
        ledgers.append(ledger(EAST, verdict, rejected=1))
    return city(HALF, HALF, SIGNED, coverage=coverage, ledgers=ledgers)


def unknown(verdict: str) -> Report:
    """Return a month in which nothing at all is known of one county, and another has no retirees."""
    given = returned(verdict, None)
    lines = [line(WEST, MACHINES, (0,) * 7), line(SOUTH, CEMENT, SIGNED)]
    return report(
        lines,
        before=[line(EAST, CHEMICAL, HALF), *lines],
        coverage=given.figures.coverage,
        ledgers=given.ledgers,
    )


def corrected() -> Report:
    """Return a month with corrections on all levels, two of one county, the city's by the ledgers of two."""
    base = Correction(
        "2022-04", "city", "示例市", "agreement", 190, 200, EAST, "a.xlsx", date(2022, 5, 20)
    )
    county = [
        replace(base, level="county", name=EAST, count=count)
        for count in ("agreement", "archives", "enterprises")
    ]
    county.append(replace(base, level="county", name=WEST, sender=WEST, received=date(2022, 5, 25)))
    return replace(
        small_report(),
        corrections=[base, *county, replace(base, level="enterprise", name=CHEMICAL, sender="")],
    )


def ranked(given: Mapping[str, Any]) -> Report:
    """Return a month with ranks given from above."""
    return city(HALF, ZERO, DONE, of=campaign(ranks={"2022-05": given}))


def with_head(**head: Any) -> Report:
    """Return a month with a head and a tail."""
    return city(
        HALF,
        ZERO,
        DONE,
        of=campaign(bulletin={"title": "工作简报", "first_month": "2022-01", **head}),
    )


def two_kinds() -> Report:
    """Return a month of a sender who owes two kinds: the roster did not come and does not matter."""
    return city(HALF, HALF, HALF, coverage=[
        Coverage(EAST, "progress", "accepted", "2022-05"), Coverage(EAST, "roster", "missing", None),
        Coverage(CENTRE, "roster", "partly", "2022-05"),
    ])  # fmt: skip


def skipped() -> Report:
    """Return a month whose month before has no figures; in March EAST was before WEST."""
    march = {
        "示例市": dict(zip(shipped().rate_names, [Fraction(1, 2)] * 4, strict=True)),
        EAST: dict(
            zip(shipped().rate_names, [Fraction(7, 10), *[Fraction(1, 10)] * 3], strict=True)
        ),
        WEST: dict(zip(shipped().rate_names, [Fraction(6, 10), *[Fraction(0)] * 3], strict=True)),
        SOUTH: dict(zip(shipped().rate_names, [Fraction(0)] * 4, strict=True)),
    }
    west = (100, 90, 100, 40, 20, 8, 10)
    given = city((100, 80, 100, 30, 20, 5, 10), west, ZERO, before=None)
    return replace(given, trends=[Trend("2022-03", march), *given.trends])


def the_centre() -> Report:
    """Return a month in which the trusteeship centre and an enterprise are both in one county."""
    lines = [
        line(EAST, CENTRE, (59, 59, 59, 20, 0, 0, 0), "托管中心", sender=CENTRE),
        line(EAST, CHEMICAL, SIGNED, "中省企业"),
    ]
    return report(lines, before=lines)


FALL = city(
    HALF,
    HALF,
    HALF,
    before=[
        line(EAST, CHEMICAL, (100, 100, 100, 60, 20, 5, 10), "中省企业"),
        line(WEST, MACHINES, HALF),
    ],
)
SITUATIONS: Mapping[str, Callable[[], Report]] = {
    "small": small_report,
    "first month": lambda: city(HALF, ZERO, DONE, before=None),
    "all done": lambda: city(DONE, DONE, DONE),
    "all signed": lambda: city(SIGNED, SIGNED, SIGNED),
    "none started": lambda: city(ZERO, ZERO, ZERO),
    "one of each": lambda: city(DONE, HALF, ZERO),
    "ties": lambda: city(HALF, HALF, ZERO),
    "fell": lambda: FALL,
    "a county new this month": lambda: city(HALF, HALF, DONE, before=[line(WEST, MACHINES, ZERO), line(SOUTH, CEMENT, SIGNED)]),
    "no lines at all": lambda: report([]),
    "only zeros": lambda: city((0,) * 7, (0,) * 7, (0,) * 7),
    "a county without retirees": lambda: city((0,) * 7, HALF, DONE),
    "nobody in the Party": lambda: city((100, 50, 100, 30, 0, 0, 10), HALF, DONE),
    "more archives than due": lambda: city((100, 100, 100, 120, 20, 0, 0), HALF, ZERO),
    "one county": lambda: many_counties(("独县",), [HALF]),
    "thirty counties": lambda: many_counties([f"第{i}示例县" for i in range(30)], [(100 + i, i * 3, 100, i, 20, i % 20, 0) for i in range(30)]),
    "seven tied at the top": lambda: many_counties([f"并列{i}县" for i in range(7)], [DONE] * 7),
    "before the start": lambda: at(Month(2021, 12)),
    "deadline day": lambda: at(Month(2022, 7)),
    "a day before the deadline": lambda: at(MONTH, handover=date(2022, 6, 1)),
    "after the deadline": lambda: at(Month(2022, 9)),
    "acceptance day": lambda: at(Month(2022, 12)),
    "after the acceptance": lambda: at(Month(2023, 2)),
    "all done after the deadline": lambda: city(DONE, DONE, DONE, month=Month(2022, 9)),
    "all done after the acceptance": lambda: city(DONE, DONE, DONE, month=Month(2023, 3)),
    "missing, carried": lambda: returned("missing", "2022-04"),
    "missing, left out": lambda: returned("missing", None),
    "missing, no figures": lambda: unknown("missing"),
    "returned, no figures": lambda: unknown("returned"),
    "returned, carried": lambda: returned("returned", "2022-03"),
    "returned, an earlier one counts": lambda: returned("returned", "2022-05"),
    "unreadable": lambda: returned("unreadable", "2022-04"),
    "partly": lambda: returned("partly", "2022-05"),
    "all accepted, two of them late": lambda: city(HALF, ZERO, DONE, ledgers=[ledger(EAST, "accepted"), *late(WEST, SOUTH)]),
    "two kinds owed": two_kinds,
    "corrected": corrected,
    "province only": lambda: ranked({"province": 3, "source": "省专班通报"}),
    "country only": lambda: ranked({"country": 40}),
    "both ranks": lambda: ranked({"province": 3, "country": 40}),
    "bare tail": lambda: with_head(),
    "whole tail": lambda: with_head(**TAIL),
    "a month skipped": skipped,
    "a total number": lambda: with_head(totals={"2022-01": 23}),
    "the centre": the_centre,
    "awkward names": lambda: many_counties(("甲&乙<丙>\x0b县", "非常非常长的某某族某某族自治县县名", "丙'\"县"), [HALF, ZERO, DONE]),
}  # fmt: skip
