"""What a bulletin speaks of: its subject and its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from flows.steps.compose import coverage as cov
from flows.steps.compose.facts import Facts
from flows.steps.compose.indicators import indicators
from flows.steps.compose.units import COLUMNS, Subject, record, summed
from flows.steps.model import Entry, Field, Record
from schemas.columns import CUMULATIVE

Level = Literal["city", "county", "enterprise"]
SHOWN = 3  # how many places count as the first ones and the last ones
AT_LEAST = 6  # ranked counties, below which first and last ones are not singled out


@dataclass(frozen=True)
class Scope:
    """A bulletin's subject with its members: a city with its counties, a county with its enterprises, an enterprise with its counties.

    `corrected` is what a corrected version of an issued bulletin is called, empty for any other.
    """

    facts: Facts
    level: Level
    unit: Subject
    members: Sequence[Subject]
    corrected: str = ""

    @cached_property
    def indicators(self) -> Mapping[str, Record]:
        """Return the four indicators of the subject."""
        return indicators(self.unit, self.members)

    @cached_property
    def counties(self) -> tuple[Record, ...]:
        """Return all counties in the registry's order."""
        return self.records(self.facts.figures.counties)

    @cached_property
    def enterprises(self) -> tuple[Record, ...]:
        """Return all enterprises of the city in the registry's order."""
        return self.records(self.facts.figures.enterprises)

    @cached_property
    def own(self) -> tuple[Record, ...]:
        """Return the members."""
        return tuple(record(m) for m in self.members)

    def records(self, entries: Sequence[Entry]) -> tuple[Record, ...]:
        """Return entries of the figures under their own names."""
        return tuple(record(unit_of(self.facts, e)) for e in entries)

    def idle(self) -> tuple[Record, ...]:
        """Return the members whose own figures of this month show no progress."""
        return tuple(record(m) for m in self.members if m.idle and not self.facts.before_start)

    @cached_property
    def groups(self) -> tuple[Record, ...]:
        """Return the groups of affiliation, of a county or an enterprise those that it has."""
        facts = self.facts
        if self.level == "city":
            return self.records(facts.figures.groups)
        names = [g.name for g in facts.figures.groups]
        cells = {name: [m.entry for m in self.members if name in m.entry.groups] for name in names}
        return tuple(
            record(Subject(summed(name, own), facts, name)) for name, own in cells.items() if own
        )

    @property
    def calls(self) -> list[cov.RollCallLine]:
        """Return the roll-call as far as it concerns the subject."""
        if self.level == "city":
            return cov.calls(self.facts)
        concerned = {self.unit.name} | {
            m.entry.enterprise or "" for m in self.members if self.level == "county"
        }
        if self.level == "enterprise":
            concerned |= {m.name for m in self.members}
        return cov.calls(self.facts, concerned)

    @property
    def problems(self) -> int:
        """Return how many kinds of problems there are to tell of: behind, idle, fallen, ledgers, corrections."""
        behind = not self.facts.before_start and any(r["落后的"] for r in self.indicators.values())
        bad = any(call.row.verdict != "accepted" for call in self.calls)
        return sum(map(bool, (behind, bad, self.idle(), self.fallen(), self.corrections())))

    def corrections(self) -> tuple[Record, ...]:
        """Return what issued bulletins said otherwise: in the city's bulletin of the city and its counties, else of the subject."""
        if self.level == "city":
            return cov.corrections(self.facts, lambda c: c.level in ("city", "county"))
        return cov.corrections(
            self.facts, lambda c: c.level == self.level and c.name == self.unit.name
        )

    def ends(self, wanted: Any) -> tuple[Record, ...]:
        """Return the ranked counties whose rank is wanted, by rank; none where too few are ranked or too many share a place."""
        found = [c for c in in_rank_order(self.facts) if c.rank is not None and wanted(c.rank)]
        few = self.facts.ranked < AT_LEAST or len(found) > SHOWN + 2
        return () if few else self.records(found)

    def fallen(self) -> tuple[Record, ...]:
        """Return the members with cumulative counts lower than last month; what is only left out has not fallen."""
        whole = [m for m in self.members if not (m.left_out or m.remark == cov.INCOMPLETE)]
        return tuple(Record(FALL_FIELDS, m) for m in whole if _falls(m))


def unit_of(facts: Facts, entry: Entry) -> Subject:
    """Return an entry of the figures under its own name."""
    return Subject(entry, facts, entry.name, *cov.remark(facts, entry))


def cell_of(facts: Facts, cell: Entry, name: str | None) -> Subject:
    """Return a cell under its county's or its enterprise's name."""
    carried = (cell.county, cell.enterprise) in facts.carried_cells
    return Subject(cell, facts, name or cell.name, "沿用以前月份数据" if carried else "", carried)


def in_rank_order(facts: Facts) -> list[Entry]:
    """Return the counties by rank, those without one last; equal ones in the registry's order."""
    return sorted(facts.figures.counties, key=lambda c: (c.rank is None, c.rank or 0))


_FALL = (
    Field("名称", "县（市、区）或企业名称", "", lambda m: m.name),
    Field("内容", "哪几项累计数比上月减少多少", "", lambda m: "，".join(_falls(m))),
)
FALL_FIELDS: Mapping[str, Field] = {field.name: field for field in _FALL}


def _falls(member: Subject) -> list[str]:
    """Return what each cumulative count of a member that is lower than last month has lost."""
    counts = {} if member.entry.change is None else member.entry.change.counts
    lost = {name: -counts[name] for name in CUMULATIVE if counts and counts[name] < 0}
    return [
        f"{COLUMNS[name].header}减少{count}{COLUMNS[name].unit}" for name, count in lost.items()
    ]
