"""The figures of a month on every level, from the lines that count (DESIGN §6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from flows.settings import Campaign, Indicator
from flows.steps.model import Change, Coverage, Entry, Figures, LazyMapping, Line, Pace
from flows.steps.months import Month
from flows.steps.roll_up.lines import in_registered_order
from schemas.columns import COUNTS, WHOLES
from schemas.spellings import values

SOURCES = 50
TRUSTEESHIP = "托管中心"
NOT_STARTED, UNDER_WAY, SUBSTANTIAL, FINISHED = "未启动", "推进中", "实质性阶段", "已完成"


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
    groups = values("group").values()
    counties = [c.name for c in campaign.counties]
    enterprises = _enterprise_order(lines, campaign)
    city = _entry(campaign.settings.city, ordered)
    figures = Figures(
        month=str(month),
        as_of=month.last_day,
        city=city,
        groups=[_entry(name, each) for name, each in _by(ordered, "group", groups)],
        counties=_ranked(
            [_county(name, each, city) for name, each in _by(ordered, "county", counties)], campaign
        ),
        enterprises=[_entry(name, each) for name, each in _by(ordered, "enterprise", enterprises)],
        cells=[_cell(line) for line in ordered],
        coverage=list(coverage),
        pace=_pace(campaign, month),
    )
    reconcile(figures, ordered)
    return figures if previous is None else _changed(figures, previous)


def rates_of(counts: Mapping[str, int]) -> dict[str, Fraction | None]:
    """Return the four rates as fractions, capped at 1; one without a denominator is None."""
    return {
        done: min(Fraction(counts[done], counts[whole]), Fraction(1)) if counts[whole] else None
        for done, whole in WHOLES.items()
    }


def stage_of(counts: Mapping[str, int]) -> str | None:
    """Return the stage of the handover, None without retirees.

    An indicator with nothing to do does not hold a stage back.
    """
    if not counts["retirees"]:
        return None
    if counts["agreement"] < counts["retirees"]:
        return UNDER_WAY if any(counts[done] for done in WHOLES) else NOT_STARTED
    return (
        FINISHED
        if all(counts[done] >= counts[whole] for done, whole in WHOLES.items())
        else SUBSTANTIAL
    )


def reconcile(figures: Figures, lines: Sequence[Line]) -> None:
    """Check that every level adds up to the city; raises NotReconciledError if one does not."""
    for name in COUNTS:
        city = figures.city.counts[name]
        for level in ("groups", "counties", "enterprises", "cells"):
            total = sum([entry.counts[name] for entry in getattr(figures, level)])
            if total != city:
                raise NotReconciledError(f"{name}: {level} {total}, city {city}")
        if sum([line.counts[name] for line in lines]) != city:
            raise NotReconciledError(f"{name}: lines do not add up to the city's {city}")


def _entry(name: str, lines: Sequence[Line]) -> Entry:
    counted = {line.enterprise for line in lines if line.group != TRUSTEESHIP}
    counts = {"enterprises": len(counted)} | {
        c: sum([line.counts[c] for line in lines]) for c in COUNTS
    }
    present = {line.group for line in lines}
    groups = tuple(g for g in values("group").values() if g in present)
    return Entry(
        name,
        counts,
        LazyMapping(rates_of, counts),
        stage_of(counts),
        LazyMapping(_sources, lines),
        groups=groups,
    )


def _cell(line: Line) -> Entry:
    counts = {"enterprises": int(line.group != TRUSTEESHIP), **line.counts}
    name, rates, sources = (
        f"{line.county} {line.enterprise}",
        LazyMapping(rates_of, counts),
        LazyMapping(_sources, [line]),
    )
    return Entry(
        name,
        counts,
        rates,
        stage_of(counts),
        sources,
        line.county,
        line.enterprise,
        groups=(line.group,),
    )


def _sources(lines: Sequence[Line]) -> dict[str, tuple[Sequence[str], int]]:
    """Return for each count the first cells that it was taken from, and how many more there are."""
    with_households = [line for line in lines if line.group != TRUSTEESHIP]
    return {"enterprises": _cells_of(with_households, "enterprise")} | {
        name: _cells_of(lines, name) for name in COUNTS
    }


def _cells_of(lines: Sequence[Line], name: str) -> tuple[Sequence[str], int]:
    cells: list[str] = []
    total = 0
    for line in lines:
        listed, count = line.cells[name]
        cells += listed[: SOURCES - len(cells)]
        total += count
    return cells, total - len(cells)


def _county(name: str, lines: Sequence[Line], city: Entry) -> Entry:
    entry = _entry(name, lines)
    total = city.counts["retirees"]
    return replace(entry, share=Fraction(entry.counts["retirees"], total) if total else None)


def _ranked(counties: Sequence[Entry], campaign: Campaign) -> list[Entry]:
    """Return the counties with their ranks (1, 2, 2, 4) by the policy's rates.

    A county without retirees has none.
    """
    keys = {
        entry.name: _rank_key(entry, campaign.settings.policy.ranking)
        for entry in counties
        if entry.counts["retirees"]
    }
    ranks: dict[tuple[Fraction, ...], int] = {}
    for place, key in enumerate(sorted(keys.values(), reverse=True), 1):
        ranks.setdefault(key, place)
    return [
        replace(entry, rank=ranks[keys[entry.name]]) if entry.name in keys else entry
        for entry in counties
    ]


def _rank_key(entry: Entry, ranking: Iterable[Indicator]) -> tuple[Fraction, ...]:
    return tuple(Fraction(1) if (rate := entry.rates[name]) is None else rate for name in ranking)


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


def _changed(figures: Figures, previous: Figures) -> Figures:
    """Return the figures with each entry's change against last month, None for a new entry."""

    def with_change(entries: Sequence[Entry], before: Sequence[Entry]) -> list[Entry]:
        known = {entry.name: entry for entry in before}
        return [
            replace(e, change=change_of(e, known[e.name])) if e.name in known else e
            for e in entries
        ]

    return replace(
        figures,
        city=replace(figures.city, change=change_of(figures.city, previous.city)),
        groups=with_change(figures.groups, previous.groups),
        counties=with_change(figures.counties, previous.counties),
        enterprises=with_change(figures.enterprises, previous.enterprises),
        cells=with_change(figures.cells, previous.cells),
    )


def change_of(now: Entry, then: Entry) -> Change:
    """Return the difference between two months of one entry."""
    return Change(
        LazyMapping(_counts_apart, now.counts, then.counts),
        LazyMapping(_rates_apart, now.rates, then.rates),
    )


def _counts_apart(now: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    return {name: now[name] - then[name] for name in COUNTS}


def _rates_apart(
    now: Mapping[str, Fraction | None], then: Mapping[str, Fraction | None]
) -> dict[str, Fraction | None]:
    return {name: _difference(now[name], then[name]) for name in WHOLES}


def _difference(now: Fraction | None, then: Fraction | None) -> Fraction | None:
    return None if now is None or then is None else now - then
