"""What a bulletin speaks of: its subject and its members."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows.steps.compose import coverage as cov
from flows.steps.compose.facts import Facts
from flows.steps.compose.indicators import indicators
from flows.steps.compose.target_fields import with_light
from flows.steps.compose.unit_fields import record
from flows.steps.compose.units import Subject, summed
from flows.steps.model import Entry, Explanation, Field, Record, SupervisionLine
from flows.steps.standings import RollCallLine
from flows.steps.standings import in_rank_order as standings_in_order
from flows.steps.supervision import name_now
from flows.steps.targets import Light
from flows.steps.wording.phrases import Count, enumerated, people
from schemas.columns import Level

# How many counties are named as the first and as the last, by how many are ranked at least.
ENDS: Sequence[tuple[int, int, int]] = ((8, 3, 3), (5, 2, 1), (3, 1, 1), (0, 0, 0))


@dataclass(frozen=True)
class Scope:
    """A bulletin's subject with its members.

    Members of the city are its counties, of a county its enterprises, of an enterprise the
    counties. `corrected` is what a corrected version of an issued bulletin is called, else empty.
    """

    facts: Facts
    level: Level
    unit: Subject
    members: Sequence[Subject]
    corrected: str = ""

    @cached_property
    def indicators(self) -> Mapping[str, Record]:
        """Return the indicators of the subject."""
        return indicators(self.unit, self.members)

    @cached_property
    def supervision(self) -> Sequence[SupervisionLine]:
        """Return the supervised items of the subject, in the city's bulletin all."""
        lines, campaign = self.facts.supervision, self.facts.report.campaign
        if self.level == "city":
            return lines
        own = [line for line in lines if line.item.issued.level == self.level]
        return [x for x in own if name_now(campaign, x.item) == self.unit.name]

    @cached_property
    def counties(self) -> tuple[Record, ...]:
        """Return all counties in the registry's order."""
        return self.records(self.facts.figures.counties)

    @cached_property
    def enterprises(self) -> tuple[Record, ...]:
        """Return all enterprises of the city in the registry's order."""
        return self.records(self.facts.figures.enterprises)

    @cached_property
    def member_records(self) -> tuple[Record, ...]:
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
        """Return the groups of affiliation; a county or an enterprise has only its own."""
        return tuple(record(group) for group in self.group_subjects)

    @cached_property
    def group_subjects(self) -> Sequence[Subject]:
        """Return the groups that have anything to do, none where the definition has no groups."""
        facts, definition = self.facts, self.facts.definition
        if not definition.group_of:
            return ()
        if self.level == "city":
            groups = [g for g in facts.figures.groups if g.counts[definition.main]]
            return [unit_of(facts, group) for group in groups]
        names = [g.name for g in facts.figures.groups]
        cells = {name: [m.entry for m in self.members if name in m.entry.groups] for name in names}
        return [
            Subject(summed(definition, name, entries), facts, name)
            for name, entries in cells.items()
            if entries
        ]

    def lit(self, light: Light) -> tuple[Record, ...]:
        """Return the members whose worst light is a given one."""
        return tuple(record(m) for m in with_light(self.members, light))

    @property
    def ordered(self) -> list[Entry]:
        """Return the counties in the order of their ranks."""
        return in_rank_order(self.facts)

    def at_stage(self, stage: str) -> list[Subject]:
        """Return the members that have come to a stage and no further."""
        return [member for member in self.members if member.entry.stage == stage]

    @property
    def calls(self) -> list[RollCallLine]:
        """Return the roll-call as far as it concerns the subject."""
        if self.level == "city":
            return cov.calls(self.facts)
        if self.level == "county":
            others = {member.entry.enterprise or "" for member in self.members}
        else:
            others = {member.name for member in self.members}
        return cov.calls(self.facts, {self.unit.name} | others)

    @property
    def problems(self) -> int:
        """Return how many kinds of problems there are."""
        behind = any(record["落后的"] for record in self.indicators.values())
        ledgers = any(
            line.row.verdict != "accepted" or line.timeliness.days_late for line in self.calls
        )
        kinds = (behind and not self.facts.before_start, ledgers)
        return sum(map(bool, (*kinds, self.idle(), self.fallen(), self.corrections())))

    def corrections(self) -> tuple[Record, ...]:
        """Return what issued bulletins said otherwise: of the subject, of a city's counties too."""
        if self.level == "city":
            return cov.corrections(self.facts, lambda c: c.level in ("city", "county"))
        return cov.corrections(
            self.facts, lambda c: c.level == self.level and c.name == self.unit.name
        )

    @property
    def explanations(self) -> list[Explanation]:
        """Return the explained values of the subject, the weightiest first."""
        every = self.facts.report.explanations
        if self.level == "city":
            return list(every)
        name = self.unit.name
        return [x for x in every if name in (x.county, x.enterprise)]

    def mergers(self) -> str:
        """Return which units are part of another from this month on, as far as it concerns it."""
        units = {cell.enterprise for cell in self.facts.cells.get(self.unit.name, ())}
        names = {self.unit.name, *(units if self.level == "county" else ())}
        return enumerated(
            f"{merger.name}并入{merger.successor}"
            for merger in self.facts.report.campaign.mergers
            if self.level == "city" or merger.successor in names
        )

    def first_entries(self) -> list[Entry]:
        """Return the first counties by rank; none if too few are ranked or too many tie."""
        most, _ = self._ends
        return self._end(lambda rank: rank <= most, most)

    def last_entries(self) -> list[Entry]:
        """Return the last counties by rank; none if too few are ranked or too many tie."""
        _, most = self._ends
        return self._end(lambda rank: rank > self.facts.ranked - most, most)

    @property
    def _ends(self) -> tuple[int, int]:
        return next((first, last) for least, first, last in ENDS if self.facts.ranked >= least)

    def _end(self, wanted: Callable[[int], bool], most: int) -> list[Entry]:
        ranked = [c for c in in_rank_order(self.facts) if c.rank is not None]
        matches = [c for c in ranked if wanted(c.rank or 0)]
        return matches if len(matches) <= most + 1 else []

    def moved(self, *, up: bool) -> tuple[Record, ...]:
        """Return the counties that rose, or fell, in rank since the month of comparison."""
        changes = self.facts.rank_changes
        sign = 1 if up else -1
        entries = [e for e in in_rank_order(self.facts) if sign * changes.get(e.name, 0) > 0]
        return self.records(entries)

    def fallen(self) -> tuple[Record, ...]:
        """Return the members with counts lower than last month, none that is left out."""
        complete = [m for m in self.members if not (m.left_out or m.remark == cov.INCOMPLETE)]
        return tuple(Record(FALL_FIELDS, m) for m in complete if _falls(m))


def unit_of(facts: Facts, entry: Entry) -> Subject:
    """Return an entry of the figures under its own name."""
    return Subject(entry, facts, entry.name, *cov.remark(facts, entry))


def cell_of(facts: Facts, cell: Entry, name: str | None) -> Subject:
    """Return a cell under its county's or its enterprise's name."""
    carried = (cell.county, cell.enterprise) in facts.carried_cells
    remark = cov.carried_remark(facts, [cell]) if carried else ""
    return Subject(cell, facts, name or cell.name, remark, carried)


def in_rank_order(facts: Facts) -> list[Entry]:
    """Return the counties by rank, those without one last; ties in the registry's order."""
    return [standing.entry for standing in standings_in_order(facts.figures.counties)]


_FALL: tuple[Field[Subject], ...] = (
    Field("名称", "县（市、区）或企业名称", "", lambda m: m.name),
    Field("内容", "哪几项累计数比上月减少多少", "", lambda m: "，".join(_falls(m))),
)
FALL_FIELDS: Mapping[str, Field[Subject]] = {field.name: field for field in _FALL}


def _falls(member: Subject) -> list[str]:
    """Return by how much each cumulative count of a member is lower than last month."""
    counts = {} if member.entry.change is None else member.entry.change.counts
    definition = member.definition
    moved = {name: counts.get(name) or 0 for name in definition.cumulative}
    lost = {name: -number for name, number in moved.items() if number < 0}
    phrases = []
    for name, number in lost.items():
        column = definition.column(name)
        count = Count(number, column.unit, decimals=column.decimals)
        phrases.append(f"{column.header}减少{people(count)}")
    return phrases
