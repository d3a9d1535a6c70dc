"""The lives of supervised items: append-only, numbered as documents are (DESIGN §8)."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import pyarrow as pa

from flows.steps.model import SupervisionEvent, items_of
from flows.steps.store.numbers import NumberedDocument, number_for
from flows.steps.store.rows import records
from flows.steps.store.tables import SCHEMAS, Store, StoreChangedError
from schemas.documents import ITEM_NOTICE, ITEM_SERIES

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
    """Return the issues that are added, each with the next number of the year of its day.

    What an open item is about already gets no other, also if another command writes meanwhile.
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
    added = [_numbered(store, known, event) for event in _new(known, wanted)]
    if added:
        store.append(TABLE, _table(added), since=version)
    return added


def _new(
    known: Sequence[SupervisionEvent], wanted: Sequence[SupervisionEvent]
) -> Iterator[SupervisionEvent]:
    """Yield the issues of what no item that is open is about, each once."""
    taken = {item.key for item in items_of(known) if item.closed is None}
    for event in wanted:
        key = event.level, event.unit, event.indicator
        if key not in taken:
            taken.add(key)
            yield event


def _numbered(
    store: Store, known: Sequence[SupervisionEvent], event: SupervisionEvent
) -> SupervisionEvent:
    """Return an issue with its number: of one that was broken off, the number that it had got."""
    key = event.level, event.unit, event.indicator
    before = sum(item.key == key for item in items_of(known))
    subject = "/".join((*key, str(before + 1)))
    document = NumberedDocument(ITEM_SERIES, ITEM_NOTICE, subject, event.month)
    given = number_for(store, document, event.year, event.recorded_at)
    return replace(event, id=secrets.token_hex(16), year=given.year, serial=given.number)


def _table(events: Sequence[SupervisionEvent]) -> pa.Table:
    return pa.Table.from_pylist([asdict(event) for event in events], schema=SCHEMAS[TABLE])
