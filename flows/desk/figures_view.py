"""The way down from a number of the page to the ledger cells, each person's cell included."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flows.pipeline.snapshot import MonthSnapshot
from flows.pipeline.trace import Source, count_named, lines_of, total_of, trace
from flows.steps.model import UserError
from flows.steps.overview.ways import Shown, part_of
from flows.steps.store import Store
from flows.steps.wording.numbers import percent
from schemas.amounts import in_decimals
from schemas.definition import HOUSEHOLDS

SHOWN = 200  # cells of a number


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
    """Return a number's parts: of the whole area by county, else by county and enterprise."""
    lines = lines_of(snapshot, name)
    if field == HOUSEHOLDS or len(lines) < 2:
        return []
    campaign = snapshot.campaign
    whole = name in (campaign.definition.words.area, campaign.settings.city)
    totals: dict[str, int] = {}
    for line in lines:
        part = part_of(line, whole=whole)
        totals[part] = totals.get(part, 0) + line.counts.get(field, 0)
    return [
        (part, Shown(in_decimals(total, decimals), "", part, field))
        for part, total in totals.items()
    ]


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
