"""Bases of the city that a month moves very much, as they are told before anything is issued."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.steps.model import Figures
from flows.steps.wording.numbers import shown_number, signed_in_decimals
from schemas.definition import Column, Definition

MOVERS = 3  # rows named that move a total most


@dataclass(frozen=True)
class MovedTotal:
    """A base of the city that a month's ledgers move much, with the rows that move it most."""

    column: Column
    area: str
    before: int
    now: int
    rows: Sequence[tuple[str, int]]  # county and enterprise, difference

    @property
    def sentence(self) -> str:
        """Return what moved, by how much, and by which rows."""
        difference, decimals = self.now - self.before, self.column.decimals
        word, share = "增加" if difference > 0 else "减少", abs(difference) / self.before
        rows = "、".join(f"{name}（{signed_in_decimals(n, decimals)}）" for name, n in self.rows)
        before, now = (shown_number(number, self.column) for number in (self.before, self.now))
        return (
            f"{self.area}“{self.column.header}”由{before}变为{now}，"
            f"{word}{share:.2%}，变动最大的是{rows}"
        )


def moved_totals(definition: Definition, figures: Figures, most: float) -> list[MovedTotal]:
    """Return the bases of the city that differ from last month by more than a share of them.

    Counts that grow with the work are not among them: a month may well move those so far.
    """
    change = figures.city.change
    moved = []
    for name in definition.counts if change is not None else ():
        difference = (change.counts.get(name) or 0) if change is not None else 0
        now = figures.city.counts[name]
        before = now - difference
        is_base = name not in definition.progressing
        if is_base and before and abs(difference) > most * before:
            rows = sorted(_cell_changes(figures, name), key=lambda row: -abs(row[1]))[:MOVERS]
            column, area = definition.column(name), definition.words.area
            moved.append(MovedTotal(column, area, before, now, rows))
    return moved


def _cell_changes(figures: Figures, name: str) -> list[tuple[str, int]]:
    return [
        (
            f"{cell.county or ''}{cell.enterprise or ''}",
            cell.counts[name] if cell.change is None else cell.change.counts.get(name) or 0,
        )
        for cell in figures.cells
    ]
