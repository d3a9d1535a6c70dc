"""What office and senders decided about ledgers, with time and reason (DESIGN §8).

None of it alters a reported value: an event says that a fault is answered or refused, or that a
ledger is sent back or withdrawn.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from flows.steps.model.ledgers import Failure

Action = Literal["answer", "accept", "refuse", "return", "withdraw"]


@dataclass(frozen=True, slots=True)
class Event:
    """One decision: about which sender and month, about which fault or content, and why.

    `fault` is the key of a fault, `content` names a ledger's content, `place` is the cell that the
    office names itself (`Sheet!D7`). An `answer` comes from the sender, every other action from the
    office.
    """

    id: str
    month: str
    recorded_at: datetime
    action: Action
    sender: str
    reason: str
    fault: str = ""
    content: str = ""
    place: str = ""


def new_event(
    month: str,
    action: Action,
    sender: str,
    reason: str,
    *,
    fault: str = "",
    content: str = "",
    place: str = "",
) -> Event:
    """Return an event of now."""
    now = datetime.now(UTC)
    return Event(secrets.token_hex(16), month, now, action, sender, reason, fault, content, place)


def fault_key(failure: Failure) -> str:
    """Return what a fault is recognised by in any file: its rule, unit, column and value."""
    parts = (failure.code, failure.unit, failure.header or "", failure.value or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
