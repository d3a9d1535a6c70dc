"""Control totals: 合计, 小计 and 其中 rows against the sums of their rows (DESIGN §4, §5)."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.model import Ledger, Total
from schemas.definition import AFFILIATION, Definition
from schemas.spellings import squeeze

Flags = npt.NDArray[np.bool_]
_WORDS = re.compile(r"^其中[::]?|(?:合计|小计|总计|共计)$|[::]")


def wrong_totals(
    ledger: Ledger,
    unread: Mapping[str, Flags],
    defaulted: Mapping[str, Flags],
    campaign: Campaign,
    sums_in_rows: Flags,
) -> Iterator[tuple[Total, str, int, int]]:
    """Yield each control total that is none of its possible sums: total, field, value, sum.

    A 合计 stands for all rows of its table; a 小计 for the rows since the last one, those up to the
    next, or those of the group or county that it names; a 其中 only for those of a group or county
    that it names, in the whole table or under the 小计 that it stands by. A sum over a cell that
    could not be read is not compared, and only cells that the total fills are. Cells that took a
    default may count in it or not.
    """
    for i, total in enumerate(ledger.totals):
        spans = list(_spans(ledger, i, total, campaign))
        for name, value in total.values.items():
            sums = [_sum(ledger, name, rows, unread) for rows in spans]
            if sums_in_rows.any():
                sums += [_sum(ledger, name, rows & ~sums_in_rows, unread) for rows in spans]
            if name in defaulted:
                sums += [_sum(ledger, name, rows & ~defaulted[name], unread) for rows in spans]
            if sums and None not in sums and value not in sums:
                yield total, name, value, int(sums[0] or 0)


def _sum(ledger: Ledger, name: str, rows: Flags, unread: Mapping[str, Flags]) -> int | None:
    if name in unread and unread[name][rows].any():
        return None
    return int(ledger.frame[name].to_numpy(dtype=np.int64, na_value=0)[rows].sum())


def _spans(ledger: Ledger, index: int, total: Total, campaign: Campaign) -> Iterator[Flags]:
    in_table = ledger.table_of == total.table
    if total.role == "total":
        yield in_table
        yield np.ones_like(in_table)
        return
    named = _named(ledger, total, campaign) or []
    yield from (in_table & flags for flags in named)
    around = list(_around(ledger, total, in_table))
    yield from (
        around if total.role == "subtotal" else (rows & flags for rows in around for flags in named)
    )


def _around(ledger: Ledger, total: Total, in_table: Flags) -> Iterator[Flags]:
    """Yield the rows since the last 合计 or 小计, up to the next, and of the one above a 其中."""
    others = [
        t for t in ledger.totals if t.table == total.table and t.role in ("subtotal", "total")
    ]
    above = [t.before for t in others if t.row < total.row]
    before, after = (
        max(above, default=0),
        min((t.before for t in others if t.row > total.row), default=len(in_table)),
    )
    ids = np.arange(len(in_table))
    yield in_table & (ids >= before) & (ids < total.before)
    yield in_table & (ids >= total.before) & (ids < after)
    if total.role == "part" and above:
        start = max((b for b in above if b < before), default=0)
        yield in_table & (ids >= start) & (ids < before)


def _named(ledger: Ledger, total: Total, campaign: Campaign) -> list[Flags] | None:
    """Return the rows of the registered group or county that a label names, None if there is none.

    Rows are taken by the affiliation as the ledger gives it and as 名录 has it: either may be
    meant.
    """
    for text in (_WORDS.sub("", total.label), squeeze(total.county or "")):
        county = campaign.county_names.get(text)
        if county is not None:
            return [np.asarray((ledger.frame["county"] == county).fillna(False), dtype=bool)]
        wanted = _affiliations(text, campaign.definition)
        if wanted:
            given = ledger.frame[AFFILIATION]
            registered = ledger.frame["affiliation_expected"].fillna(given)
            return [np.asarray(column.isin(wanted), dtype=bool) for column in (given, registered)]
    return None


def _affiliations(text: str, definition: Definition) -> list[str]:
    """Return the affiliations that a label names: one with what it covers, or those of a group."""
    group = next((group for group in definition.groups if group.name == text), None)
    if group is not None:
        return list(group.values)
    if AFFILIATION not in definition.columns_of("progress"):
        return []
    affiliation = definition.choices(AFFILIATION).get(text)
    return [affiliation, *dict(definition.covers).get(affiliation, ())] if affiliation else []
