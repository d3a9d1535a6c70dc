"""The lives of supervised items: append-only, each number given once (DESIGN §8)."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import pyarrow as pa

from flows.steps.model import SupervisionEvent, items_of
from flows.steps.store.rows import records
from flows.steps.store.tables import SCHEMAS, Store, StoreChangedError

TABLE = "supervision"
ATTEMPTS = 8


def load_supervision(
    store: Store, until: str = "", as_of: datetime | None = None
) -> list[SupervisionEvent]:
    """Return the events of all months, or of those up to one, oldest first, up to a time."""
    rows = store.records(TABLE, [("month", "<=", until)] if until else [])
    events = [SupervisionEvent(**row) for row in rows]
    present = [event for event in events if as_of is None or event.recorded_at <= as_of]
    return sorted(present, key=lambda event: (event.recorded_at, event.id))


def record_supervision(store: Store, events: Sequence[SupervisionEvent]) -> None:
    """Add events to the store; nothing is written if there are none."""
    if events:
        store.append(TABLE, _table(events))


def issue_items(store: Store, wanted: Sequence[SupervisionEvent]) -> list[SupervisionEvent]:
    """Return the issues that are added, each with the next number of its year.

    What an open item is about already gets no other. If another command has written meanwhile, the
    numbers are counted again, so that none is given twice.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _issued(store, wanted)
        except StoreChangedError:
            continue
    return _issued(store, wanted)


def _issued(store: Store, wanted: Sequence[SupervisionEvent]) -> list[SupervisionEvent]:
    rows, version = store.read_at(TABLE)
    known = [SupervisionEvent(**row) for row in records(rows)]
    added = list(_numbered(known, wanted))
    if added:
        store.append(TABLE, _table(added), since=version)
    return added


def _numbered(
    known: Sequence[SupervisionEvent], wanted: Sequence[SupervisionEvent]
) -> Iterator[SupervisionEvent]:
    taken = {item.key for item in items_of(known) if item.closed is None}
    last: dict[int, int] = {}
    for event in known:
        last[event.year] = max(event.serial, last.get(event.year, 0))
    for event in wanted:
        key = event.level, event.unit, event.indicator
        if key not in taken:
            taken.add(key)
            last[event.year] = last.get(event.year, 0) + 1
            yield replace(event, id=secrets.token_hex(16), serial=last[event.year])


def _table(events: Sequence[SupervisionEvent]) -> pa.Table:
    return pa.Table.from_pylist([asdict(event) for event in events], schema=SCHEMAS[TABLE])
