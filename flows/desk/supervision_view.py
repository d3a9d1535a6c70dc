"""督办 as the page shows it: the items of a month with their lives, and what may become one."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.pipeline.supervision import (
    CANDIDATE_COLUMNS,
    ITEM_COLUMNS,
    candidate_words,
    item_words,
)
from flows.steps.model import Report
from flows.steps.supervision import candidates, lines_of, lives, turned_green


@dataclass(frozen=True)
class ItemView:
    """An item: its number, its words, what happened so far, whether it is open."""

    number: str
    words: Sequence[str]
    lives: Sequence[tuple[str, str]]
    is_open: bool


@dataclass(frozen=True)
class SupervisionView:
    """The items, the candidates, the numbers of the items whose light is green now."""

    item_columns: Sequence[str]
    items: Sequence[ItemView]
    candidate_columns: Sequence[str]
    candidates: Sequence[Sequence[str]]
    green: Sequence[str]


def supervision_view(report: Report) -> SupervisionView | None:
    """Return a month's supervision, None if there is nothing to show."""
    lines, found = lines_of(report), candidates(report)
    if not lines and not found:
        return None
    items = [
        ItemView(
            line.item.number,
            item_words(line),
            list(lives(line.item)),
            is_open=line.item.closed is None,
        )
        for line in lines
    ]
    return SupervisionView(
        ITEM_COLUMNS,
        items,
        CANDIDATE_COLUMNS,
        [candidate_words(each) for each in found],
        [item.number for item in turned_green(report)],
    )
