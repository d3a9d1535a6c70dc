"""index.html: the month at a glance for the office (DESIGN §7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.steps.model import Change, Correction, Entry, Report
from flows.steps.months import Month
from flows.steps.overview.carried import carried_of
from flows.steps.overview.charts import bar_charts, line_chart
from flows.steps.overview.links import COUNTY, Link, Links
from flows.steps.overview.pages import render_page
from flows.steps.overview.rollcall import (
    OWED,
    RollCallLine,
    footnotes,
    not_owed,
    roll_call,
    sender_of,
    to_settle,
)
from flows.steps.overview.standing import Standing, Task, bands_of, in_rank_order, tasks_of
from flows.steps.wording.phrases import Basis, Count, Rate, month_on_month
from schemas.columns import KIND_NAMES, RATE_NAMES, VERDICT_NAMES, columns_of, count_name

_LEVELS = {"city": "全市", "county": "县（市、区）", "enterprise": "企业"}


@dataclass(frozen=True)
class CountyRow:
    """A county's line of the ranking: its standing, its distance to the calendar, its bulletin, what is carried forward."""

    standing: Standing
    tasks: Sequence[Task]
    bulletin: Link | None
    carried: str

    @property
    def entry(self) -> Entry:
        """Return the county's figures."""
        return self.standing.entry


@dataclass(frozen=True)
class CallRow:
    """A line of the roll-call with the links to what goes back to the sender."""

    call: RollCallLine
    packet: Sequence[Link]


def month_page(report: Report, files: Sequence[str]) -> str:
    """Return index.html of a month; `files` are the paths that its folder will hold, each of which the page links to."""
    figures, links = report.figures, Links(frozenset(files))
    standings = in_rank_order(figures.counties)
    bands = bands_of([standing.entry for standing in standings])
    counties = _county_rows(report, standings, links)
    values = {
        "report": report,
        "settings": report.campaign.settings,
        "number": report.campaign.number_of(report.month),
        "given": report.campaign.settings.ranks.get(report.month),
        "city": figures.city,
        "since": _since(figures.city),
        "tasks": tasks_of(figures.city, report),
        "levels": [figures.city, *figures.groups],
        "counties": counties,
        "behind": _behind(counties),
        "bands": bands,
        "bars": bar_charts(standings, figures.pace),
        "lines": line_chart(figures.city, report.trends),
        "months": [
            (Month.parse(trend.month), trend.rates.get(figures.city.name, {}))
            for trend in report.trends
        ],
        **_came_in(report, links),
        "corrections": [_correction(correction) for correction in report.corrections],
        "links": links,
        **_words(),
    }
    return render_page("month.html", ("_tables.js",), values)


def _county_rows(report: Report, standings: Sequence[Standing], links: Links) -> list[CountyRow]:
    carried = carried_of(report)
    return [
        CountyRow(
            standing,
            tasks_of(standing.entry, report),
            links.to(f"bulletins/{COUNTY}/{standing.entry.name}.docx", standing.entry.name),
            carried.note(standing.entry),
        )
        for standing in standings
    ]


def _since(city: Entry) -> dict[str, str]:
    """Return how the city's retirees and its four rates stand against last month, in words."""
    change: Change | None = city.change
    basis: Basis = "known" if change else "first"
    words = {
        name: month_on_month(Rate(rate, change.rates[name] if change else None, basis))
        for name, rate in city.rates.items()
    }
    retirees = city.counts["retirees"]
    return words | {
        "retirees": month_on_month(
            Count(retirees, "人", change.counts["retirees"] if change else None, basis)
        )
    }


def _behind(counties: Sequence[CountyRow]) -> list[tuple[str, int]]:
    """Return of each indicator how many counties are behind 序时进度."""
    tasks = [task for county in counties for task in county.tasks]
    return [
        (label, sum(t.name == name and t.ahead is not None and t.ahead < 0 for t in tasks))
        for name, label in RATE_NAMES.items()
    ]


def _came_in(report: Report, links: Links) -> dict[str, object]:
    """Return the roll-call, what of it the office has to see to, and what it says of figures carried forward."""
    calls = roll_call(report)
    return {
        "calls": [CallRow(call, links.packet(call.sender)) for call in calls],
        "verdicts": Counter(call.verdict for call in calls),
        "to_settle": [CallRow(call, links.packet(call.sender)) for call in to_settle(report)],
        "owed": OWED,
        "not_owed": not_owed(report),
        "strays": [
            ledger
            for ledger in not_owed(report)
            if ledger.verdict in OWED and ledger.superseded_by is None
        ],
        "sender_of": sender_of,
        "footnotes": footnotes(report),
        "returns": links.to("returns/index.html"),
        "summary": links.to("汇总表.xlsx"),
    }


def _correction(correction: Correction) -> tuple[str, ...]:
    """Return what an issued bulletin said otherwise, as a line of the table."""
    count = correction.count
    return (
        Month.parse(correction.month).label,
        _LEVELS[correction.level],
        correction.name,
        count_name(count),
        str(correction.old),
        str(correction.new),
        correction.sender,
        correction.file,
    )


def _words() -> Mapping[str, object]:
    """Return the names that the template prints, from where they are written once."""
    headers = {name: column.header for name, column in columns_of("progress").items()}
    return {
        "headers": headers,
        "rate_names": RATE_NAMES,
        "verdict_names": VERDICT_NAMES,
        "kind_names": KIND_NAMES,
    }
