"""index.html: the month at a glance for the office (DESIGN §7)."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flows.steps.figure_places import FIGURES_PAGE
from flows.steps.model import Change, Correction, Entry, Record, Report
from flows.steps.months import Month
from flows.steps.overview.assessment_sheets import negative_rows, score_rows
from flows.steps.overview.carried import carried_of
from flows.steps.overview.charts import bar_charts, id_of, line_chart
from flows.steps.overview.lights import light_heads, light_rows
from flows.steps.overview.links import COUNTY, Link, Links
from flows.steps.overview.pages import render_page
from flows.steps.overview.problems import problems_of
from flows.steps.overview.rollcall import (
    OPEN,
    footnotes,
    not_owed,
    open_lines,
    sender_of,
    timeliness_in_words,
    used_in_words,
    verdict_name,
)
from flows.steps.standings import (
    Band,
    RollCallLine,
    Standing,
    band_of,
    in_rank_order,
    previous_trend,
    roll_call,
    without_data,
)
from flows.steps.supervision import item_record, lines_of, lives
from flows.steps.tasks import Task, tasks_of
from flows.steps.wording.moved import MovedTotal, moved_totals
from flows.steps.wording.numbers import NOTHING, signed_in_decimals
from flows.steps.wording.phrases import Basis, Count, Rate, in_chinese, month_on_month
from schemas.amounts import in_decimals
from schemas.columns import KIND_NAMES, VERDICT_NAMES
from schemas.definition import Definition


@dataclass(frozen=True)
class CountyRow:
    """A county's line of the ranking, with its distance to the calendar and its bulletin."""

    standing: Standing
    tasks: Sequence[Task]
    bulletin: Link | None
    carried: str
    known: bool

    @property
    def entry(self) -> Entry:
        """Return the county's figures."""
        return self.standing.entry


@dataclass(frozen=True)
class CallRow:
    """A line of the roll-call with the links to what goes back to the sender.

    A line with an accepted ledger has the receipt.
    """

    call: RollCallLine
    packet: Sequence[Link]
    receipt: Link | None = None

    @property
    def verdict_name(self) -> str:
        """Return the verdict's Chinese name."""
        return verdict_name(self.call)

    @property
    def used(self) -> str:
        """Return in words which month's figures count."""
        return used_in_words(self.call)


def month_page(report: Report, files: Sequence[str]) -> str:
    """Return index.html of a month; it links to `files`, the paths that the folder will hold."""
    figures, links = report.figures, Links(frozenset(files))
    standings = in_rank_order(figures.counties)
    counties = _county_rows(report, standings, links)
    values = {
        "report": report,
        "settings": report.campaign.settings,
        "number": report.campaign.number_of(report.month),
        "total": report.campaign.total_of(report.month),
        "given": report.campaign.settings.ranks.get(report.month),
        "city": figures.city,
        "since": _since(report),
        "tasks": tasks_of(figures.city, report),
        "levels": [figures.city, *figures.groups],
        "counties": counties,
        "behind": _behind(counties, report.campaign.definition),
        "bands": _bands([standing.entry for standing in standings], report.campaign.definition),
        "bars": bar_charts(standings, figures.pace, report.campaign.definition.rate_names),
        "lights": light_rows(report),
        "light_heads": light_heads(report),
        "yellow": report.campaign.settings.policy.lights.yellow,
        "lines": line_chart(figures.city, report.trends, report.campaign.definition.rate_names),
        "months": [
            (Month.parse(trend.month), trend.rates.get(figures.city.name, {}))
            for trend in report.trends
        ],
        **_came_in(report, links),
        "corrections": [
            _correction(correction, report.campaign.definition) for correction in report.corrections
        ],
        "supervision": _supervision(report),
        "assessment": report.campaign.settings.assessment,
        "negative": negative_rows(report),
        "scores": score_rows(report),
        "links": links,
        **_words(report.campaign.definition),
    }
    series = [id_of(key, n) for n, key in enumerate(report.campaign.definition.rate_names)]
    return render_page("month.html", ("_tables.js",), values, series)


def _county_rows(report: Report, standings: Sequence[Standing], links: Links) -> list[CountyRow]:
    carried, unknown = carried_of(report), without_data(report)
    return [
        CountyRow(
            standing,
            tasks_of(standing.entry, report),
            links.to(f"bulletins/{COUNTY}/{standing.entry.name}.docx", standing.entry.name),
            carried.note(standing.entry) or ("没有数据" if standing.entry.name in unknown else ""),
            standing.entry.name not in unknown,
        )
        for standing in standings
    ]


def _bands(counties: Sequence[Entry], definition: Definition) -> dict[str, list[Entry]]:
    """Return the counties of each band of the first rate, those without one as `without`."""
    first = definition.rated[0]
    names: Mapping[Band | None, str] = {
        "complete": "complete",
        "under_way": "under_way",
        "not_begun": "not_begun",
        None: "without",
    }
    bands: dict[str, list[Entry]] = {name: [] for name in names.values()}
    for county in counties:
        bands[names[band_of(first.achieved(county.rates[first.key]))]].append(county)
    return bands


def _since(report: Report) -> dict[str, str]:
    """Return the change of the city's main count and its rates since last month, in words."""
    column = report.campaign.definition.column(report.campaign.definition.main)
    city = report.figures.city
    change: Change | None = city.change
    basis: Basis = "known"
    if change is None:
        basis = "first" if previous_trend(report) is None else "gap"
    words = {
        name: month_on_month(Rate(rate, change.rates[name] if change else None, basis))
        for name, rate in city.rates.items()
    }
    moved = change.counts[column.name] if change else None
    counted = Count(city.counts[column.name], column.unit, moved, basis, decimals=column.decimals)
    return words | {"main": month_on_month(counted)}


def _behind(counties: Sequence[CountyRow], definition: Definition) -> list[tuple[str, int]]:
    """Return how many counties are behind 序时进度 in each indicator."""
    tasks = itertools.chain.from_iterable(county.tasks for county in counties)
    behind = Counter(task.name for task in tasks if task.behind)
    return [(label, behind[name]) for name, label in definition.rate_names.items()]


def _moved(report: Report) -> list[MovedTotal]:
    campaign = report.campaign
    most = campaign.settings.policy.doubt.total_share
    return moved_totals(campaign.definition, report.figures, most)


def _came_in(report: Report, links: Links) -> dict[str, object]:
    """Return the roll-call, what of it is open, and what it says of figures carried forward."""
    calls = roll_call(report)
    return {
        "calls": [_call_row(call, links) for call in calls],
        "notes": sum(problem.count for problem in problems_of(report)),
        "verdicts": Counter(call.row.verdict for call in calls),
        "moved": _moved(report),
        "open_calls": [_call_row(line, links) for line in open_lines(report)],
        "open_verdicts": OPEN,
        "not_owed": not_owed(report),
        "strays": [
            ledger
            for ledger in not_owed(report)
            if ledger.verdict in OPEN and ledger.superseded_by is None
        ],
        "timeliness": timeliness_in_words(report),
        "sender_of": sender_of,
        "footnotes": footnotes(report),
        "returns": links.to("returns/index.html"),
        "summary": links.to("汇总表.xlsx"),
        "figures": links.to(FIGURES_PAGE),
    }


def _call_row(call: RollCallLine, links: Links) -> CallRow:
    accepted = call.row.verdict == "accepted"
    receipt = links.receipt(call.sender) if accepted else None
    return CallRow(call, () if accepted else links.packet(call.sender), receipt)


def _supervision(report: Report) -> list[tuple[Record, Sequence[tuple[str, str]]]]:
    """Return the supervised items of the month, each with the steps of its life."""
    return [(item_record(line), list(lives(line.item))) for line in lines_of(report)]


def _correction(correction: Correction, definition: Definition) -> tuple[str, ...]:
    """Return what an issued bulletin said otherwise, as a line of the table."""
    count, words = correction.count, definition.words
    level_names = {"city": words.area, "county": words.middle, "enterprise": words.unit}
    return (
        Month.parse(correction.month).label,
        level_names[correction.level],
        correction.name,
        definition.count_name(count),
        _shown(correction.old, count, definition),
        _shown(correction.new, count, definition),
        correction.sender,
        correction.file,
    )


def _shown(number: int, count: str, definition: Definition) -> str:
    return in_decimals(number, definition.decimals_of(count))


def _signed(number: int | None, count: str, definition: Definition) -> str:
    if number is None:
        return NOTHING
    return signed_in_decimals(number, definition.decimals_of(count))


def _words(definition: Definition) -> Mapping[str, object]:
    """Return the Chinese names that the template prints, and how an amount is printed."""
    return {
        "definition": definition,
        "words": definition.words,
        "main": definition.main,
        "first": definition.rated[0],
        "headers": {column.name: column.header for column in definition.progress},
        "rate_names": definition.rate_names,
        "rates_in_words": f"{in_chinese(len(definition.rated))}项指标",
        "shown": partial(_shown, definition=definition),
        "signed": partial(_signed, definition=definition),
        "verdict_names": VERDICT_NAMES,
        "kind_names": KIND_NAMES,
    }
