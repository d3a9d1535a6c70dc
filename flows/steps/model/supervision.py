"""Items of supervision (督办): the steps of their lives, and what follows from them (DESIGN §8).

None of it alters a reported figure: a step says what the office asked for, what the unit answered,
and why a term was extended or an item closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from schemas.documents import ITEM_SERIES, number_in

Step = Literal["issue", "reply", "extend", "close"]
SupervisedLevel = Literal["county", "enterprise"]
STEP_NAMES: dict[Step, str] = {"issue": "下发", "reply": "反馈", "extend": "延期", "close": "销号"}


@dataclass(frozen=True, slots=True)
class SupervisionEvent:
    """One step of an item's life, on a day of a month's work, with its reason.

    `year` and `serial` are the item's number. From `level` on the fields are those of an issue:
    whose indicator, who answers for it, in words what is to be reached, and in shares of what there
    is to do what was expected and done then. `due` is the item's term, in an extension the new one.
    """

    id: str
    month: str
    recorded_at: datetime
    day: date
    action: Step
    reason: str
    year: int
    serial: int
    due: date | None = None
    level: SupervisedLevel = "county"
    unit: str = ""
    indicator: str = ""
    measure: str = ""
    matter: str = ""
    sender: str = ""
    target: str = ""
    expected: str = ""
    done: str = ""


@dataclass(frozen=True)
class SupervisionItem:
    """An item of supervision by its events, the issue first."""

    events: Sequence[SupervisionEvent]

    @property
    def issued(self) -> SupervisionEvent:
        """Return the item's issue."""
        return self.events[0]

    @property
    def number(self) -> str:
        """Return the item's number: 督办〔2022〕1号."""
        return number_in(ITEM_SERIES, self.issued.year, self.issued.serial)

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what the item is about: the level, the unit, the indicator."""
        return self.issued.level, self.issued.unit, self.issued.indicator

    @property
    def due(self) -> date:
        """Return the day by which the item is to be done, as it was last set."""
        return [event.due for event in self.events if event.due is not None][-1]

    @property
    def closed(self) -> SupervisionEvent | None:
        """Return the step that closed the item, None while it is open."""
        return next((event for event in self.events if event.action == "close"), None)

    @property
    def replies(self) -> list[SupervisionEvent]:
        """Return what the unit has answered, oldest first."""
        return [event for event in self.events if event.action == "reply"]

    @property
    def expected(self) -> Fraction:
        """Return the share that was expected when the item was issued."""
        return Fraction(self.issued.expected)

    @property
    def done(self) -> Fraction:
        """Return the share that was done when the item was issued."""
        return Fraction(self.issued.done)

    def is_overdue(self, day: date) -> bool:
        """Return whether the item is still open on a day after its term."""
        return self.closed is None and self.due < day


def items_of(events: Iterable[SupervisionEvent]) -> list[SupervisionItem]:
    """Return the items that events tell of, in the order of their numbers."""
    by_number: dict[tuple[int, int], list[SupervisionEvent]] = {}
    for event in sorted(events, key=lambda event: (event.recorded_at, event.id)):
        by_number.setdefault((event.year, event.serial), []).append(event)
    lives = (by_number[number] for number in sorted(by_number))
    return [SupervisionItem(life) for life in lives if life[0].action == "issue"]


@dataclass(frozen=True)
class SupervisionLine:
    """An item in a month: what is done by its end, the light, and the day it is looked at.

    `now` is None where the month has no figure; `down` is of an indicator that should become less.
    """

    item: SupervisionItem
    month: str
    day: date
    now: Fraction | None
    light: str
    down: bool = False

    @property
    def is_new(self) -> bool:
        """Return whether the item was issued in the month."""
        return self.item.issued.month == self.month

    @property
    def is_overdue(self) -> bool:
        """Return whether the item is open after its term."""
        return self.item.is_overdue(self.day)


@dataclass(frozen=True)
class SupervisionNotice:
    """A notice to one unit about its items of a month, ready to be rendered."""

    unit: str
    month: str
    as_of: date
    office: str
    issued: date
    contact: str
    lines: Sequence[SupervisionLine]

    @property
    def new(self) -> list[SupervisionLine]:
        """Return the items that were issued in the month and are open."""
        return [line for line in self.open if line.is_new]

    @property
    def open(self) -> list[SupervisionLine]:
        """Return the items that are open."""
        return [line for line in self.lines if line.item.closed is None]
