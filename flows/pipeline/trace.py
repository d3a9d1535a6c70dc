"""From a printed figure back to the ledger cells that it was added up from (DESIGN §7)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.model import Line, Submission, UserError, address
from flows.steps.store import Store, people_of
from schemas.definition import HOUSEHOLDS, Definition
from schemas.spellings import squeeze


@dataclass(frozen=True)
class Source:
    """A ledger cell that a figure was added up from.

    `month` is its ledger's, an earlier one if it was carried forward; `more` further cells of the
    same ledger are not listed one by one.
    """

    month: str
    file: str
    sheet: str
    cell: str
    value: int
    more: int = 0


def trace(store: Store, snapshot: MonthSnapshot, name: str, count: str) -> list[Source]:
    """Return the cells behind a count of the city, a group, a county, an enterprise or 县区 企业.

    Raises UserError for an unknown name or count.
    """
    definition = snapshot.campaign.definition
    field = count_named(count, definition)
    lines = lines_of(snapshot, name)
    if field == HOUSEHOLDS:
        return _households(lines, definition)
    by_id = {s.id: s for months in snapshot.history.by_month.values() for s in months}
    return [
        source
        for line in lines
        for source in _sources(store, by_id[line.submission], line, field, snapshot)
    ]


def count_named(count: str, definition: Definition) -> str:
    """Return the field of a count given by its field name or its Chinese header."""
    headers = {definition.column(name).header: name for name in definition.counts}
    headers |= {f"{definition.words.unit_measure}数": HOUSEHOLDS}
    field = headers.get(count, count)
    if field not in (HOUSEHOLDS, *definition.counts):
        listed = "、".join(f"{name}（{header}）" for header, name in headers.items())
        raise UserError(f"没有指标“{count}”。可用的指标：{listed}")
    return field


def lines_of(snapshot: MonthSnapshot, name: str) -> list[Line]:
    """Return the lines of an entry; raises UserError, with similar names, for an unknown one."""
    campaign = snapshot.campaign
    area = campaign.definition.words.area
    if name in (area, campaign.settings.city):
        return list(snapshot.lines)
    names = {**campaign.enterprise_names, **campaign.county_names}
    registered = names.get(squeeze(name), name)
    conditions: Sequence[Callable[[Line], bool]] = (
        lambda line: line.group == registered,
        lambda line: line.county == registered,
        lambda line: line.enterprise == registered,
        lambda line: " ".join(line.key) == registered,
    )
    for condition in conditions:
        matches = [line for line in snapshot.lines if condition(line)]
        if matches:
            return matches
    if registered in (*(c.name for c in campaign.counties), *campaign.definition.group_names):
        return []
    known = [
        area,
        *campaign.definition.group_names,
        *names,
        *(x.enterprise for x in snapshot.lines),
        *(" ".join(x.key) for x in snapshot.lines),
    ]
    middle, unit = campaign.definition.terms["middle"], campaign.definition.terms["unit_name"]
    raise UserError(
        f"{snapshot.month.label}没有“{name}”的数据。{nearest(name, known)}"
        f"名称应是{area}、某一分组、{middle}、{unit}，或“{middle} {unit}”"
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the question whether a similar known name was meant, empty if none is similar."""
    similar = get_close_matches(name, dict.fromkeys(known), n=3)
    return f"您是不是想用{'、'.join(f'“{each}”' for each in similar)}？" if similar else ""


def _households(lines: Sequence[Line], definition: Definition) -> list[Source]:
    """Return the cells of enterprises' names; each counts once, those of the centre never."""
    seen: set[str] = set()
    sources = []
    for line in lines:
        if line.group in definition.without_households:
            continue
        for cell in line.cells["enterprise"][0][:1]:
            file, sheet, place = cell.rsplit("!", 2)
            sources.append(Source(line.month, file, sheet, place, int(line.enterprise not in seen)))
            seen.add(line.enterprise)
    return sources


def _sources(
    store: Store, submission: Submission, line: Line, field: str, snapshot: MonthSnapshot
) -> Iterator[Source]:
    cells, count = line.cells[field]
    if submission.kind == "progress":
        for cell in cells:
            file, sheet, place = cell.rsplit("!", 2)
            yield Source(line.month, file, sheet, place, line.counts.get(field, 0))
        return
    unlisted = count - len(cells)
    persons = list(_persons(store, submission, line, field, snapshot)) if unlisted > 0 else []
    if persons:
        yield from persons
        return
    for number, cell in enumerate(cells, 1):
        file, sheet, place = cell.rsplit("!", 2)
        yield Source(line.month, file, sheet, place, 1, unlisted if number == len(cells) else 0)


def _persons(
    store: Store, submission: Submission, line: Line, field: str, snapshot: MonthSnapshot
) -> Iterator[Source]:
    """Yield the cell of each person that a count includes; nothing once the rows are deleted."""
    rows = people_of(store, [submission], snapshot.campaign.definition).to_pandas()
    rows = rows[
        rows["good"] & (rows["county"] == line.county) & (rows["enterprise"] == line.enterprise)
    ].sort_values(["table", "row"])
    definition = snapshot.campaign.definition
    base = definition.column(definition.wholes.get(field, field))
    where = base.roster_where
    column = definition.handovers.get(field) or (where[0] if where else definition.identity)
    if field in definition.handovers:
        rows = rows[np.asarray(rows[field] <= np.datetime64(snapshot.month.last_day), dtype=bool)]
    if where is not None:
        rows = rows[rows[definition.subsets[base.name]]]
    for number, row in zip(rows["table"].tolist(), rows["row"].tolist(), strict=True):
        table = submission.tables[number]
        if column in table.columns:
            cell = address(row, table.columns[column])
            yield Source(line.month, line.file, table.sheet, cell, 1)


def total_of(sources: Sequence[Source]) -> int:
    """Return the sum of some cells, unlisted ones included."""
    return sum(source.value + source.more for source in sources)
