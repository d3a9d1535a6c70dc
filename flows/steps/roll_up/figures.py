"""The figures of a month on every level, from the lines that count (DESIGN §6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from flows.settings import Campaign
from flows.steps.measures import rates_of, stage_of
from flows.steps.model import Change, Coverage, Entry, Figures, LazyMapping, Line, Pace
from flows.steps.months import Month
from flows.steps.roll_up.lines import in_registered_order
from schemas.definition import HOUSEHOLDS, Definition, Indicator

SOURCES = 50


class NotReconciledError(Exception):
    """The figures of a level do not add up to the city's: a fault of the program."""


def roll_up(
    lines: Sequence[Line],
    coverage: Sequence[Coverage],
    campaign: Campaign,
    month: Month,
    previous: Figures | None = None,
) -> Figures:
    """Return a month's figures, with their change against those of last month if it has any.

    Raises NotReconciledError.
    """
    ordered = _ordered(lines, campaign)
    definition = campaign.definition
    counties = [c.name for c in campaign.counties]
    enterprises = _enterprise_order(lines, campaign)
    then = previous.city if previous else None
    city = _entry(definition, campaign.settings.city, ordered, then)
    entries = partial(_entries, definition, ordered)
    figures = Figures(
        month=str(month),
        as_of=month.last_day,
        city=city,
        groups=entries("group", definition.group_names, previous.groups if previous else ()),
        counties=_ranked(
            [
                _with_share(entry, city, definition.main)
                for entry in entries("county", counties, previous.counties if previous else ())
            ],
            campaign,
        ),
        enterprises=entries("enterprise", enterprises, previous.enterprises if previous else ()),
        cells=_cells(definition, ordered, previous.cells if previous else ()),
        coverage=list(coverage),
        pace=_pace(campaign, month),
    )
    reconcile(figures, ordered, definition)
    return figures


def reconcile(figures: Figures, lines: Sequence[Line], definition: Definition) -> None:
    """Check that every level adds up to the city; raises NotReconciledError if one does not."""
    for name in definition.counts:
        city = figures.city.counts[name]
        for level in ("groups", "counties", "enterprises", "cells"):
            total = sum([entry.counts[name] for entry in getattr(figures, level)])
            if total != city:
                raise NotReconciledError(f"{name}: {level} {total}, city {city}")
        if sum([line.counts.get(name, 0) for line in lines]) != city:
            raise NotReconciledError(f"{name}: lines do not add up to the city's {city}")


def _entries(
    definition: Definition,
    lines: Sequence[Line],
    field: str,
    names: Iterable[str],
    before: Iterable[Entry],
) -> list[Entry]:
    """Return the entry of each name in a field of the lines, with its change since `before`."""
    known = {entry.name: entry for entry in before}
    return [
        _entry(definition, name, each, known.get(name)) for name, each in _by(lines, field, names)
    ]


def _entry(definition: Definition, name: str, lines: Sequence[Line], then: Entry | None) -> Entry:
    unnumbered = definition.without_households
    counted = {line.enterprise for line in lines if line.group not in unnumbered}
    counts = {HOUSEHOLDS: len(counted)} | {
        c: sum([line.counts.get(c, 0) for line in lines]) for c in definition.counts
    }
    present = {line.group for line in lines}
    groups = tuple(g for g in definition.group_names if g in present)
    rates = LazyMapping(rates_of, definition, counts)
    return Entry(
        name,
        counts,
        rates,
        stage_of(definition, counts),
        LazyMapping(_sources, definition, lines),
        change=_change_of(definition, counts, rates, then),
        groups=groups,
        affiliations=tuple(dict.fromkeys(line.affiliation for line in lines)),
        unknown=_unknown(definition, lines),
    )


def _unknown(definition: Definition, lines: Sequence[Line]) -> frozenset[str]:
    """Return the counts that none of some lines has: columns that came into the ledgers later."""
    if not lines or len(lines[0].counts) == len(definition.counts):
        return frozenset()
    known = set().union(*(line.counts for line in lines))
    return frozenset(definition.counts) - known


def _cells(definition: Definition, lines: Iterable[Line], before: Iterable[Entry]) -> list[Entry]:
    """Return an entry for each line, with its change since `before`."""
    known = {entry.name: entry for entry in before}
    return [_cell(definition, line, known) for line in lines]


def _cell(definition: Definition, line: Line, known: Mapping[str, Entry]) -> Entry:
    name = f"{line.county} {line.enterprise}"
    counts = {HOUSEHOLDS: int(line.group not in definition.without_households)} | {
        name: line.counts.get(name, 0) for name in definition.counts
    }
    rates = LazyMapping(rates_of, definition, counts)
    return Entry(
        name,
        counts,
        rates,
        stage_of(definition, counts),
        LazyMapping(_sources, definition, [line]),
        line.county,
        line.enterprise,
        change=_change_of(definition, counts, rates, known.get(name)),
        groups=(line.group,),
        affiliations=(line.affiliation,),
        unknown=_unknown(definition, [line]),
    )


def _sources(definition: Definition, lines: Sequence[Line]) -> dict[str, tuple[Sequence[str], int]]:
    """Return for each count the first cells that it was taken from, and how many more there are."""
    unnumbered = definition.without_households
    with_households = [line for line in lines if line.group not in unnumbered]
    return {HOUSEHOLDS: _cells_of(with_households, "enterprise")} | {
        name: _cells_of(lines, name) for name in definition.counts
    }


def _cells_of(lines: Sequence[Line], name: str) -> tuple[Sequence[str], int]:
    cells: list[str] = []
    total = 0
    for line in lines:
        listed, count = line.cells[name]
        cells += listed[: SOURCES - len(cells)]
        total += count
    return cells, total - len(cells)


def _with_share(county: Entry, city: Entry, main: str) -> Entry:
    total = city.counts[main]
    return replace(county, share=Fraction(county.counts[main], total) if total else None)


def _ranked(counties: Sequence[Entry], campaign: Campaign) -> list[Entry]:
    """Return the counties with their ranks (1, 2, 2, 4) by the policy's rates.

    A county with nothing to do has none; where nothing ranks, no county has.
    """
    definition = campaign.definition
    keys = {
        entry.name: _rank_key(entry, [definition.indicator[key] for key in campaign.ranking])
        for entry in counties
        if campaign.ranking and entry.counts[definition.main]
    }
    ranks: dict[tuple[Fraction, ...], int] = {}
    for place, key in enumerate(sorted(keys.values(), reverse=True), 1):
        ranks.setdefault(key, place)
    return [
        replace(entry, rank=ranks[keys[entry.name]]) if entry.name in keys else entry
        for entry in counties
    ]


def _rank_key(entry: Entry, ranking: Iterable[Indicator]) -> tuple[Fraction, ...]:
    """Return what an entry is ranked by, the greater the better; nothing to do counts as done."""
    achieved = (indicator.achieved(entry.rates[indicator.key]) for indicator in ranking)
    return tuple(Fraction(1) if share is None else share for share in achieved)


def _ordered(lines: Sequence[Line], campaign: Campaign) -> list[Line]:
    """Return the lines by county, then enterprise, in the registry's order."""
    width = len(lines) + 1
    counties = {c.name: i * width for i, c in enumerate(campaign.counties)}
    enterprises = {name: i for i, name in enumerate(_enterprise_order(lines, campaign))}
    return sorted(lines, key=lambda line: counties[line.county] + enterprises[line.enterprise])


def _enterprise_order(lines: Sequence[Line], campaign: Campaign) -> list[str]:
    return in_registered_order(
        (line.enterprise for line in lines), [e.name for e in campaign.enterprises]
    )


def _by(
    lines: Sequence[Line], field: str, names: Iterable[str]
) -> Iterable[tuple[str, list[Line]]]:
    """Return the lines of each name in one of their fields, in the order of the names."""
    by_name: dict[str, list[Line]] = {name: [] for name in names}
    for line in lines:
        by_name[getattr(line, field)].append(line)
    return by_name.items()


def _pace(campaign: Campaign, month: Month) -> Pace:
    """Return 序时进度 on the month's last day, from 0 to 1.

    It is (last day - start) / (handover deadline - start), in days.
    """
    start, deadline = campaign.settings.start, campaign.settings.deadlines.handover
    share = Fraction((month.last_day - start).days, (deadline - start).days)
    elapsed = min(max(share, Fraction(0)), Fraction(1))
    return Pace(elapsed, (deadline - month.last_day).days, deadline, start)


def _change_of(
    definition: Definition,
    counts: Mapping[str, int],
    rates: Mapping[str, Fraction | None],
    then: Entry | None,
) -> Change | None:
    """Return the difference of an entry's counts and rates to last month's, None for a new one."""
    if then is None:
        return None
    return Change(
        LazyMapping(_counts_apart, definition.counts, counts, then),
        LazyMapping(_rates_apart, rates, then),
    )


def _counts_apart(
    names: Iterable[str], counts: Mapping[str, int], then: Entry
) -> dict[str, int | None]:
    return {
        name: None if name in then.unknown else counts[name] - then.counts[name] for name in names
    }


def _rates_apart(rates: Mapping[str, Fraction | None], then: Entry) -> dict[str, Fraction | None]:
    return {
        name: None if name in then.unknown else _difference(rate, then.rates[name])
        for name, rate in rates.items()
    }


def _difference(now: Fraction | None, then: Fraction | None) -> Fraction | None:
    return None if now is None or then is None else now - then
