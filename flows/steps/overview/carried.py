"""What is said of figures that are an earlier month's, because a ledger is missing or returned."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.steps.model import Entry, Report
from flows.steps.standings import CellKey, carried_cells, carried_label


@dataclass(frozen=True)
class Carried:
    """The cells that are carried forward, each with its month, None if it is not certain.

    `cells` counts all cells of each county and each enterprise, `by_name` has the months of
    those of them that are carried.
    """

    months: Mapping[CellKey, str | None]
    cells: Mapping[str, int]
    by_name: Mapping[str, Sequence[str | None]]

    def note(self, entry: Entry) -> str:
        """Return what is to be said of an entry's figures, empty if all are this month's."""
        if entry.county is not None:
            key = entry.county, entry.enterprise or ""
            return f"沿用{carried_label([self.months[key]])}数据" if key in self.months else ""
        months = self.by_name.get(entry.name, ())
        if not months:
            return ""
        part = f"其中{len(months)}行" if len(months) < self.cells.get(entry.name, 0) else ""
        return f"{part}沿用{carried_label(months)}数据"


def carried_of(report: Report) -> Carried:
    """Return what of the month's figures is carried forward."""
    months = carried_cells(report)
    by_name: dict[str, list[str | None]] = {}
    for key, month in months.items():
        for name in key:
            by_name.setdefault(name, []).append(month)
    keys = [(entry.county or "", entry.enterprise or "") for entry in report.figures.cells]
    cells = Counter(itertools.chain.from_iterable(keys))
    return Carried(months, cells, by_name)
