"""Bases of the city that a month moves very much, as they are told before anything is issued."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.steps.model import Figures
from schemas.columns import COUNTS, CUMULATIVE, count_name

MOVERS = 3  # rows named that move a total most


@dataclass(frozen=True)
class MovedTotal:
    """A base of the city that a month's ledgers move much, with the rows that move it most."""

    count: str
    before: int
    now: int
    rows: Sequence[tuple[str, int]]  # county and enterprise, difference

    @property
    def sentence(self) -> str:
        """Return what moved, by how much, and by which rows."""
        difference = self.now - self.before
        word, share = "增加" if difference > 0 else "减少", abs(difference) / self.before
        rows = "、".join(f"{name}（{change:+}）" for name, change in self.rows)
        return (
            f"全市“{count_name(self.count)}”由{self.before}变为{self.now}，"
            f"{word}{share:.2%}，变动最大的是{rows}"
        )


def moved_totals(figures: Figures, most: float) -> list[MovedTotal]:
    """Return the bases of the city that differ from last month by more than a share of them.

    Counts that grow with the work are not among them: a month may well move those so far.
    """
    change = figures.city.change
    moved = []
    for name in COUNTS if change is not None else ():
        difference = change.counts.get(name, 0) if change is not None else 0
        before = figures.city.counts[name] - difference
        if name not in CUMULATIVE and before and abs(difference) > most * before:
            rows = sorted(_cell_changes(figures, name), key=lambda row: -abs(row[1]))[:MOVERS]
            moved.append(MovedTotal(name, before, figures.city.counts[name], rows))
    return moved


def _cell_changes(figures: Figures, name: str) -> list[tuple[str, int]]:
    return [
        (
            f"{cell.county or ''}{cell.enterprise or ''}",
            cell.counts[name] if cell.change is None else cell.change.counts.get(name, 0),
        )
        for cell in figures.cells
    ]
