"""A month's figures by level, and the way down from each number to the cells of the ledgers.

The page of a run (核对.html) and the office's own page are made from the same values.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from flows.steps.figure_places import CITY, count_place, levels_of, rate_place
from flows.steps.model import Entry, Figures, Line, Report
from flows.steps.months import Month
from flows.steps.wording.numbers import percent, signed_in_decimals, signed_points
from schemas.amounts import in_decimals
from schemas.columns import VERDICT_NAMES
from schemas.definition import Definition

MOVERS = 10  # rows that moved most
CELLS = 10  # of a number of one row that are named; how many more there are is said
RATE = "rate:"  # before the key of an indicator, where a number is told by its count
Key = tuple[str, str]  # county, enterprise


@dataclass(frozen=True)
class Shown:
    """A number as it is printed, its difference to last month, what it is of, and its place.

    `change` is empty where there is none.
    """

    text: str
    change: str
    name: str
    count: str
    place: str = ""


@dataclass(frozen=True)
class LevelTable:
    """The figures of a level: a row an entry, a column a count or a rate."""

    title: str
    header: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Shown]]]


@dataclass(frozen=True)
class Mover:
    """A row of the month that moved most of a count."""

    place: str
    what: str
    change: str
    name: str
    count: str
    anchor: str


@dataclass(frozen=True)
class RateWay:
    """A rate with the two counts that it is made of."""

    header: str
    shown: Shown
    parts: Sequence[tuple[str, Shown]]


@dataclass(frozen=True)
class EntryWay:
    """The way down from the numbers of an entry: its rates, its totals, its parts."""

    place: str
    name: str
    rates: Sequence[RateWay]
    totals: Sequence[Shown]
    parts: Sequence[tuple[str, Sequence[Shown]]]


@dataclass(frozen=True)
class CellWay:
    """Where a number stands in a ledger, and what was found there.

    `value` is empty for the cell of a person, which counts one.
    """

    ledger: str
    sheet: str
    cell: str
    value: str
    remarks: Sequence[str]


@dataclass(frozen=True)
class NumberWay:
    """A number of a row with its cells; `more` are not named."""

    header: str
    shown: Shown
    cells: Sequence[CellWay]
    more: int


@dataclass(frozen=True)
class RowWay:
    """An enterprise in a county: its ledgers with their verdicts, its numbers with their cells."""

    place: str
    name: str
    ledgers: Sequence[tuple[str, str, str]]  # file, verdict's key, its name
    numbers: Sequence[NumberWay]


def headers_of(definition: Definition) -> list[str]:
    """Return the columns of each level's table: the counts, then the rates."""
    return [*map(definition.count_name, definition.counts), *definition.rate_names.values()]


def level_tables(figures: Figures, definition: Definition) -> list[LevelTable]:
    """Return the tables of the city, its groups, counties and enterprises."""
    words, terms = definition.words, definition.terms
    titles = (words.area, "分组", terms["middle"], terms["unit_name"])
    headers = headers_of(definition)
    return [
        LevelTable(title, headers, [_row(entry, place, definition) for place, entry in entries])
        for title, entries in zip(titles, levels_of(figures), strict=True)
        if entries
    ]


def _row(entry: Entry, place: str, definition: Definition) -> tuple[str, Sequence[Shown]]:
    name = definition.words.area if place == CITY else entry.name
    counts = [_shown(entry, name, count, place, definition) for count in definition.counts]
    rates = [_rate(entry, name, key, place) for key in definition.rate_names]
    return entry.name, [*counts, *rates]


def _shown(entry: Entry, name: str, count: str, place: str, definition: Definition) -> Shown:
    decimals = definition.decimals_of(count)
    change = entry.change.counts.get(count) if entry.change else None
    text = "—" if count in entry.unknown else in_decimals(entry.counts[count], decimals)
    signed = signed_in_decimals(change, decimals) if change else ""
    return Shown(text, signed, name, count, count_place(place, count))


def _rate(entry: Entry, name: str, key: str, place: str) -> Shown:
    change = entry.change.rates.get(key) if entry.change else None
    signed = signed_points(change) if change else ""
    text = percent(entry.rates.get(key))
    return Shown(text, signed, name, RATE + key, rate_place(place, key))


def movers(figures: Figures, definition: Definition) -> list[Mover]:
    """Return the rows that moved most since last month, the largest differences first.

    A row that is new has moved by all that it counts, unless there is nothing to compare with.
    """
    found: list[tuple[int, Mover]] = []
    for number, cell in enumerate(figures.cells, 1):
        place = f"{cell.county or ''} {cell.enterprise or ''}".strip()
        new = cell.counts if figures.city.change else {}
        changes: Mapping[str, int | None] = cell.change.counts if cell.change else new
        for count in definition.counts:
            difference = changes.get(count)
            if difference:
                text = signed_in_decimals(difference, definition.decimals_of(count))
                what, anchor = definition.count_name(count), count_place(f"r{number}", count)
                found.append((abs(difference), Mover(place, what, text, place, count, anchor)))
    found.sort(key=lambda each: -each[0])
    return [mover for _, mover in found[:MOVERS]]


def part_of(line: Line, *, whole: bool) -> str:
    """Return what a line is listed under: of the whole area its county, else county and unit."""
    return line.county if whole else " ".join(line.key)


def ways_down(report: Report, lines: Sequence[Line]) -> list[EntryWay]:
    """Return the way down from the numbers of the city, each group, county and enterprise."""
    figures, definition = report.figures, report.campaign.definition
    rows = {(cell.county, cell.enterprise): n for n, cell in enumerate(figures.cells, 1)}
    counties = {entry.name: place for place, entry in levels_of(figures)[2]}
    below_each: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
    for line in lines:
        for key in (("g", line.group), ("c", line.county), ("e", line.enterprise)):
            below_each[key].append(line)
    ways = []
    for place, entry in chain.from_iterable(levels_of(figures)):
        whole = place == CITY
        mine = lines if whole else below_each[place[0], entry.name]
        grouped: dict[str, list[Line]] = defaultdict(list)
        for line in mine:
            grouped[part_of(line, whole=whole)].append(line)
        parts = []
        for name, of_part in grouped.items():
            below = counties.get(name, "") if whole else f"r{rows.get(of_part[0].key, 0)}"
            parts.append((name, _sums(of_part, name, below, definition)))
        ways.append(_entry_way(entry, place, parts, definition))
    return ways


def _sums(lines: Sequence[Line], name: str, place: str, definition: Definition) -> Sequence[Shown]:
    return [
        Shown(
            in_decimals(
                sum(line.counts.get(count, 0) for line in lines), definition.decimals_of(count)
            ),
            "",
            name,
            count,
            count_place(place, count),
        )
        for count in definition.counts
    ]


def _entry_way(
    entry: Entry,
    place: str,
    parts: Sequence[tuple[str, Sequence[Shown]]],
    definition: Definition,
) -> EntryWay:
    _, numbers = _row(entry, place, definition)
    totals = {shown.count: shown for shown in numbers}
    rates = []
    for key, header in definition.rate_names.items():
        counts = [count for count in (key, definition.wholes[key]) if count in totals]
        made_of = [(definition.count_name(count), totals[count]) for count in counts]
        rates.append(RateWay(header, totals[RATE + key], made_of))
    of_counts = [totals[count] for count in definition.counts]
    return EntryWay(place, entry.name, rates, of_counts, parts)


def row_ways(report: Report, lines: Sequence[Line]) -> Iterator[RowWay]:
    """Yield the rows, in the order of the figures, each number with the cells that it is from."""
    definition = report.campaign.definition
    by_key: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        by_key[line.key].append(line)
    verdicts = {ledger.file: ledger.verdict for ledger in report.live}
    remarks = _remarks(report)
    for number, cell in enumerate(report.figures.cells, 1):
        mine = by_key[cell.county or "", cell.enterprise or ""]
        place, name = f"r{number}", f"{cell.county or ''} {cell.enterprise or ''}".strip()
        ledgers = dict.fromkeys(_ledger(line, report.month, verdicts) for line in mine)
        numbers = [
            _number(cell, name, count, place, mine, remarks, definition)
            for count in definition.counts
        ]
        yield RowWay(place, name, list(ledgers), numbers)


def _ledger(line: Line, month: Month, verdicts: Mapping[str, str]) -> tuple[str, str, str]:
    if line.month != str(month):
        return line.file, "", f"沿用{Month.parse(line.month).label}"
    verdict = verdicts.get(line.file, "")
    return line.file, verdict, VERDICT_NAMES.get(verdict, "")


def _remarks(report: Report) -> Mapping[tuple[str, str, str], Sequence[str]]:
    """Return what was found at each cell: by file, sheet and address."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for failure in report.failures:
        if failure.sheet and failure.cell and failure not in report.replaced:
            found[failure.file, failure.sheet, failure.cell].append(failure.message)
    return found


def _number(
    cell: Entry,
    name: str,
    count: str,
    place: str,
    lines: Sequence[Line],
    remarks: Mapping[tuple[str, str, str], Sequence[str]],
    definition: Definition,
) -> NumberWay:
    cells: list[CellWay] = []
    total = 0
    for line in lines:
        listed, of_line = line.cells.get(count, ((), 0))
        total += of_line
        single = len(listed) == 1 == of_line
        value = in_decimals(line.counts.get(count, 0), definition.decimals_of(count))
        for address in listed[: CELLS - len(cells)]:
            file, sheet, where = address.rsplit("!", 2)
            found = tuple(remarks.get((file, sheet, where), ()))
            cells.append(CellWay(file, sheet, where, value if single else "", found))
    shown = _shown(cell, name, count, place, definition)
    return NumberWay(definition.count_name(count), shown, cells, total - len(cells))
