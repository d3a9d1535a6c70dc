"""Rows that a careful clerk would doubt: sums, and rows of another county."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flows.settings import Campaign
from flows.steps.check.report import Violation
from flows.steps.check.validate import SUM_CODE
from flows.steps.model import Ledger
from schemas.frames import one_of, texts_of

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
# The name of a part of the table, not of an enterprise; such a row may be the sum of one row.
_SECTION = re.compile(
    r"^[(（]?[一二三四五六七八九十]+[)）]?[、.．]|[(（]?\d+[户家][)）]?$"
    r"|[小合总共]计|汇总|^全[县市区省]|企业$"
)


def doubtful_rows(ledger: Ledger, county: str | None, campaign: Campaign) -> list[Violation]:
    """Return the doubts about a ledger's rows, with the facts of each; `county` is the sender's."""
    doubts = list(_foreign(ledger, county, campaign))
    doubts += _struck(ledger)
    if ledger.kind == "progress" and len(ledger.frame):
        sums = dict(_sums(ledger, campaign))
        if sums:
            rows = np.array(sorted(sums), dtype=np.int64)
            facts = {row: {"what": sums[row]} for row in sums}
            doubts.insert(0, Violation(SUM_CODE, "enterprise", rows, facts=facts))
    return doubts


def _struck(ledger: Ledger) -> Iterator[Violation]:
    """Yield the rows with a cell that is struck through, by the first such cell of each."""
    for name in dict.fromkeys(ledger.struck.values()):
        rows = [row for row, field in sorted(ledger.struck.items()) if field == name]
        yield Violation("struck-through", name, np.array(rows, dtype=np.int64))


def _foreign(ledger: Ledger, county: str | None, campaign: Campaign) -> Iterator[Violation]:
    if county is None:
        return
    counties = texts_of(ledger.frame, "county")
    registered = one_of(counties, campaign.registered_counties)
    rows = np.flatnonzero(registered & ~one_of(counties, (county,)))
    if len(rows):
        facts = {int(row): {"own": county} for row in rows}
        yield Violation("foreign-county", "county", rows, facts=facts)


@dataclass(frozen=True)
class _Table:
    """A table's counts, with their running sums before each row and after the last."""

    rows: Rows
    counts: Counts
    running: Counts
    lengths: Rows  # how many rows of those summed

    @staticmethod
    def of(rows: Rows, counts: Counts, summed: Flags) -> "_Table":
        """Return the table of some rows, of which those flagged `summed` are added up."""
        own = counts[rows] * summed[rows, None]
        running = np.vstack([np.zeros((1, counts.shape[1]), dtype=np.int64), own.cumsum(axis=0)])
        lengths = np.concatenate([[0], summed[rows].cumsum()])
        return _Table(rows, counts[rows], running, lengths)

    def span(self, place: int, fewest: int) -> str | None:
        """Return the rows directly above or below a place whose sum its counts are."""
        wanted = self.counts[place]
        above = self.running[place] - self.running[:place]
        below = self.running[place + 2 :] - self.running[place + 1]
        lengths_above = self.lengths[place] - self.lengths[:place]
        lengths_below = self.lengths[place + 2 :] - self.lengths[place + 1]
        for sums, lengths, word in (
            (above, lengths_above, "上方"),
            (below, lengths_below, "下方"),
        ):
            same = np.flatnonzero((sums[:, 0] == wanted[0]) & (lengths >= fewest))
            for start in same.tolist():
                if (sums[start] == wanted).all():
                    return f"{word}{int(lengths[start])}行"
        return None


def _sums(ledger: Ledger, campaign: Campaign) -> Iterator[tuple[int, str]]:
    """Yield the rows of no registered enterprise that are the sum of others, with which."""
    names = ledger.frame["enterprise"]
    registered = one_of(texts_of(ledger.frame, "enterprise"), campaign.registered_units)
    counts = np.column_stack(
        [
            ledger.frame[name].to_numpy(dtype=np.int64, na_value=0)
            for name in campaign.definition.counts
        ]
    )
    everyone = np.ones(len(counts), dtype=bool)
    groups = [np.flatnonzero(ledger.table_of == i) for i in range(len(ledger.tables))]
    for i, rows in enumerate(groups):
        tables = [_Table.of(rows, counts, summed) for summed in (registered, everyone)]
        for place in np.flatnonzero(~registered[rows] & (counts[rows, 0] > 0)).tolist():
            row = int(rows[place])
            name = names.iloc[row]
            section = not isinstance(name, str) or bool(_SECTION.search(name))
            what = _sum_of(tables, place, 1 if section and registered.any() else 2)
            what = what or _sum_of_other_tables(ledger, counts, groups, i, row)
            if what:
                yield row, what


def _sum_of(tables: Sequence[_Table], place: int, fewest: int) -> str | None:
    registered, everyone = tables
    return registered.span(place, fewest) or everyone.span(place, 2)


def _sum_of_other_tables(
    ledger: Ledger, counts: Counts, groups: Sequence[Rows], own: int, row: int
) -> str | None:
    """Return the other table, or all others, of which a row is the sum."""
    others = [i for i in range(len(groups)) if i != own and len(groups[i])]
    for chosen in [*([i] for i in others), others]:
        rows = np.concatenate([groups[i] for i in chosen]) if chosen else np.array([], dtype=int)
        if len(rows) > 1 and (counts[rows].sum(axis=0) == counts[row]).all():
            sheets = dict.fromkeys(ledger.tables[i].sheet for i in chosen)
            return f"工作表“{'、'.join(sheets)}”各行"
    return None
