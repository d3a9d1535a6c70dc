"""Which figures of the month are an earlier month's, carried forward because a ledger is missing or was returned (DESIGN §5)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.steps.model import Entry, Report
from flows.steps.months import Month


@dataclass(frozen=True)
class Carried:
    """The lines that an earlier month's ledger stands in for, each (county, enterprise) with that month, None where it is not sure.

    `lines` counts all lines of each county and each enterprise.
    """

    months: Mapping[tuple[str, str], str | None]
    lines: Mapping[str, int]
    old: Mapping[str, Sequence[str | None]]

    def note(self, entry: Entry) -> str:
        """Return what is to be said of an entry's figures; empty where all are this month's."""
        if entry.county is not None:
            key = entry.county, entry.enterprise or ""
            return f"沿用{_label([self.months[key]])}数据" if key in self.months else ""
        old = self.old.get(entry.name, ())
        part = f"其中{len(old)}行" if len(old) < self.lines.get(entry.name, 0) else ""
        return f"{part}沿用{_label(old)}数据" if old else ""


def carried_of(report: Report) -> Carried:
    """Return what of the month's figures is carried: lines whose cells lie in no file that came this month and counts."""
    counting = report.counted_files
    sources = {
        (entry.county or "", entry.enterprise or ""): _files(entry)
        for entry in report.figures.cells
    }
    used = {
        row.sender: row.used
        for row in report.figures.coverage
        if row.used is not None and row.used < str(report.month)
    }
    months = {
        key: _month_of(files, used) for key, files in sources.items() if not files <= counting
    }
    old: dict[str, list[str | None]] = {}
    for key, month in months.items():
        for name in key:
            old.setdefault(name, []).append(month)
    return Carried(months, Counter(name for key in sources for name in key), old)


def _files(entry: Entry) -> set[str]:
    return {cell.rsplit("!", 2)[0] for cell in entry.sources["retirees"][0]}


def _month_of(files: set[str], used: Mapping[str, str]) -> str | None:
    """Return the month that a sender's figures are taken from; the name in a file's path is its sender's (DESIGN §4)."""
    named = {
        max(names, key=len)
        for file in files
        if (names := [sender for sender in used if sender in file])
    }
    months = {used[sender] for sender in named} or set(used.values())
    return months.pop() if len(months) == 1 else None


def _label(months: Sequence[str | None]) -> str:
    """Return the month in words, or that it is an earlier one where it is not sure or there are several."""
    first = months[0]
    return Month.parse(first).label if first is not None and set(months) == {first} else "以前月份"
