"""Whether a ledger that is owed came in time.

What counts is the first one that was not returned: a sender that sends anything in time and has it
returned has not reported yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flows.steps.months import in_words
from flows.steps.wording.numbers import percent
from schemas.columns import Verdict

RETURNED: tuple[Verdict, ...] = ("returned", "unreadable")
# How the day is counted, said wherever the result is shown.
RULE = "按时与否，看第一次没有被退回的台账哪天收到"


@dataclass(frozen=True)
class Timeliness:
    """When a ledger was due, and when it came: None as long as none has that was not returned."""

    due: date
    received: date | None

    @property
    def is_in_time(self) -> bool:
        """Return whether it came by its due date."""
        return self.received is not None and self.received <= self.due

    @property
    def days_late(self) -> int:
        """Return how many days after its due date it came, 0 for one in time or not come."""
        return 0 if self.received is None else max((self.received - self.due).days, 0)

    @property
    def words(self) -> str:
        """Return it as it is printed: 准时, 迟报3天, 未报."""
        if self.received is None:
            return "未报"
        return f"迟报{self.days_late}天" if self.days_late else "准时"

    def is_overdue(self, today: date) -> bool:
        """Return whether it came late, or has not come though its due date has passed."""
        return self.days_late > 0 or (self.received is None and today > self.due)


def timeliness_of(due: date, came: Iterable[tuple[Verdict, date]]) -> Timeliness:
    """Return whether a ledger came in time; `came` are the verdicts of those sent, with the day."""
    days = [day for verdict, day in came if verdict not in RETURNED]
    return Timeliness(due, min(days, default=None))


def rate_in_time(each: Sequence[Timeliness]) -> Fraction | None:
    """Return the share that came in time of all that are owed, None where nothing is owed."""
    if not each:
        return None
    return Fraction(sum(one.is_in_time for one in each), len(each))


def in_time_in_words(due: date, today: date, each: Sequence[Timeliness]) -> str:
    """Return by when ledgers are due, how many came in time, and how the day is counted."""
    in_time = sum(one.is_in_time for one in each)
    share = f"准时{in_time}个，报送及时率{percent(rate_in_time(each))}（应报{len(each)}个）"
    return f"应于{in_words(due)}前报，截至{in_words(today)}，{share}。{RULE}。"
