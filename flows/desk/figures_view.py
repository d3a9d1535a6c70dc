"""A month's figures for the page, each number with its way down to the ledger cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.pipeline.snapshot import MonthSnapshot
from flows.pipeline.trace import Source, count_named, lines_of, total_of, trace
from flows.steps.model import Entry, Figures, UserError
from flows.steps.store import Store
from flows.steps.wording.numbers import percent, signed_in_decimals, signed_points
from schemas.amounts import in_decimals
from schemas.definition import HOUSEHOLDS, Definition

MOVERS = 10  # rows that moved most
SHOWN = 200  # cells of a number
RATE = "rate:"  # before the key of an indicator in an address


@dataclass(frozen=True)
class Shown:
    """A number as it is printed, with its difference to last month and what it is traced by."""

    text: str
    change: str
    name: str
    count: str


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


@dataclass(frozen=True)
class Cell:
    """A ledger cell behind a number, with its ledger's verdict and what was found there."""

    source: Source
    value: str
    verdict: str
    remarks: Sequence[str]


@dataclass(frozen=True)
class Way:
    """The way down from a number: its parts on the next level, and its cells."""

    name: str
    header: str
    total: str
    parts: Sequence[tuple[str, Shown]]
    cells: Sequence[Cell]
    more: int


def level_tables(snapshot: MonthSnapshot) -> list[LevelTable]:
    """Return the tables of the city, its groups, counties and enterprises."""
    figures, definition = snapshot.figures, snapshot.campaign.definition
    words, terms = definition.words, definition.terms
    levels = [
        (words.area, [figures.city]),
        ("分组", figures.groups),
        (terms["middle"], figures.counties),
        (terms["unit_name"], figures.enterprises),
    ]
    headers = [*map(definition.count_name, definition.counts), *definition.rate_names.values()]
    return [
        LevelTable(title, headers, [_row(entry, figures, definition) for entry in entries])
        for title, entries in levels
        if entries
    ]


def _row(entry: Entry, figures: Figures, definition: Definition) -> tuple[str, Sequence[Shown]]:
    name = definition.words.area if entry is figures.city else entry.name
    counts = [_shown(entry, name, count, definition) for count in definition.counts]
    rates = [_rate(entry, name, key) for key in definition.rate_names]
    return entry.name, [*counts, *rates]


def _shown(entry: Entry, name: str, count: str, definition: Definition) -> Shown:
    decimals = definition.decimals_of(count)
    change = entry.change.counts.get(count) if entry.change else None
    text = "—" if count in entry.unknown else in_decimals(entry.counts[count], decimals)
    return Shown(text, "" if change is None else signed_in_decimals(change, decimals), name, count)


def _rate(entry: Entry, name: str, key: str) -> Shown:
    change = entry.change.rates.get(key) if entry.change else None
    return Shown(
        percent(entry.rates.get(key)),
        "" if change is None else signed_points(change),
        name,
        RATE + key,
    )


def movers(snapshot: MonthSnapshot) -> list[Mover]:
    """Return the rows that moved most since last month, the largest differences first."""
    definition = snapshot.campaign.definition
    found: list[tuple[int, Mover]] = []
    for cell in snapshot.figures.cells:
        place = f"{cell.county or ''} {cell.enterprise or ''}".strip()
        changes: Mapping[str, int | None] = cell.change.counts if cell.change else {}
        for count in definition.counts:
            difference = changes.get(count)
            if difference:
                text = signed_in_decimals(difference, definition.decimals_of(count))
                mover = Mover(place, definition.count_name(count), text, place, count)
                found.append((abs(difference), mover))
    found.sort(key=lambda each: -each[0])
    return [mover for _, mover in found[:MOVERS]]


def way_down(store: Store, snapshot: MonthSnapshot, name: str, count: str) -> Way:
    """Return the way down from a count; raises UserError for an unknown name or count."""
    definition = snapshot.campaign.definition
    field = count_named(count, definition)
    sources = trace(store, snapshot, name, field)
    decimals = 0 if field == HOUSEHOLDS else definition.decimals_of(field)
    header = definition.households_name if field == HOUSEHOLDS else definition.count_name(field)
    cells = [_cell(snapshot, source, decimals) for source in sources[:SHOWN]]
    total = in_decimals(total_of(sources), decimals)
    return Way(
        name,
        header,
        total,
        _parts(snapshot, name, field, decimals),
        cells,
        max(0, len(sources) - SHOWN),
    )


def rate_way(snapshot: MonthSnapshot, name: str, key: str) -> Way:
    """Return the way down from a rate: the two counts that it is made of.

    Raises UserError for an unknown name or rate.
    """
    definition = snapshot.campaign.definition
    if key not in definition.wholes:
        raise UserError(f"没有指标“{key}”")
    lines = lines_of(snapshot, name)
    parts = []
    totals = []
    for count in (key, definition.wholes[key]):
        total = sum(line.counts.get(count, 0) for line in lines)
        text = in_decimals(total, definition.decimals_of(count))
        parts.append((definition.count_name(count), Shown(text, "", name, count)))
        totals.append(total)
    done, whole = totals
    rate = min(Fraction(done, whole), Fraction(1)) if whole else None
    return Way(name, definition.rate_names[key], percent(rate), parts, [], 0)


def _parts(
    snapshot: MonthSnapshot, name: str, field: str, decimals: int
) -> list[tuple[str, Shown]]:
    """Return a number's parts: of the city or a group by county, of a county by enterprise."""
    lines = lines_of(snapshot, name)
    if field == HOUSEHOLDS or len(lines) < 2:
        return []
    one_county = len({line.county for line in lines}) == 1
    totals: dict[str, int] = {}
    for line in lines:
        part = " ".join(line.key) if one_county or _is_enterprise(snapshot, name) else line.county
        totals[part] = totals.get(part, 0) + line.counts.get(field, 0)
    return [
        (part, Shown(in_decimals(total, decimals), "", part, field))
        for part, total in totals.items()
    ]


def _is_enterprise(snapshot: MonthSnapshot, name: str) -> bool:
    return any(line.enterprise == name for line in snapshot.lines)


def _cell(snapshot: MonthSnapshot, source: Source, decimals: int) -> Cell:
    behind = [s for s in snapshot.history.of(source.month) if s.file == source.file and s.counts]
    remarks = [
        fault.message
        for submission in behind
        for fault in snapshot.reported.get(submission.id, ())
        if (fault.sheet, fault.cell) == (source.sheet, source.cell)
    ]
    verdict = behind[-1].verdict if behind else ""
    return Cell(source, in_decimals(source.value, decimals), verdict, remarks)
