"""What makes months, as the page knows it: loads nothing, so that the first line comes at once."""

from dataclasses import dataclass
from typing import Protocol

from flows.steps.months import Month


@dataclass(frozen=True)
class RunState:
    """How far a run is: its lines so far, whether it has ended, and whether well."""

    lines: tuple[str, ...] = ()
    ended: bool = False
    failed: bool = False


@dataclass(frozen=True)
class RunWish:
    """What a run is asked for."""

    month: Month
    send: bool = False
    send_forms: bool = False


class Maker(Protocol):
    """What makes months."""

    can_cancel: bool

    def start(self, wish: RunWish) -> None:
        """Start a run, unless one of the month is under way."""

    def state(self, month: Month) -> RunState | None:
        """Return how far the month's last run is, None if there was none since the start."""

    def cancel(self, month: Month) -> None:
        """Stop the month's run."""
