"""Decisions about ledgers in and out of the store: append-only (DESIGN §8)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import pyarrow as pa

from flows.steps.model import Event
from flows.steps.store.tables import SCHEMAS, Store


def record_events(store: Store, events: Sequence[Event]) -> None:
    """Add events to the store; nothing is written if there are none."""
    if events:
        rows = [asdict(event) for event in events]
        store.append("events", pa.Table.from_pylist(rows, schema=SCHEMAS["events"]))


def load_events(store: Store, until: str, as_of: datetime | None = None) -> list[Event]:
    """Return the events of all months up to `until`, oldest first, up to a time."""
    rows = store.records("events", [("month", "<=", until)])
    events = [Event(**row) for row in rows]
    held = [event for event in events if as_of is None or event.recorded_at <= as_of]
    return sorted(held, key=lambda event: (event.recorded_at, event.id))
