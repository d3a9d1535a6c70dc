"""The numbers of documents: counted by series and year, append-only, none given twice."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa

from flows.steps.store.rows import records
from flows.steps.store.tables import SCHEMAS, Store, StoreChangedError
from schemas.documents import ITEM_SERIES


@dataclass(frozen=True)
class NumberedDocument:
    """A document that gets a number: its series, its name, for whom, the month."""

    series: str
    document: str
    subject: str
    month: str


@dataclass(frozen=True)
class GivenNumber:
    """A number that a document has got, with the year in which it was counted."""

    series: str
    document: str
    subject: str
    month: str
    year: int
    number: int
    recorded_at: datetime

    @property
    def key(self) -> NumberedDocument:
        """Return the document that has the number."""
        return NumberedDocument(self.series, self.document, self.subject, self.month)


def given_number(
    store: Store, document: NumberedDocument, as_of: datetime | None = None
) -> GivenNumber | None:
    """Return the number that a document has got up to a time, None if it has none."""
    rows = [GivenNumber(**row) for row in store.records("numbers")]
    held = [row for row in rows if as_of is None or row.recorded_at <= as_of]
    return _of(document, held)


def number_for(store: Store, document: NumberedDocument, year: int, now: datetime) -> GivenNumber:
    """Return the number of a document: the one that it has, else the next of its series.

    A new one is recorded first; if another run has taken it meanwhile, the one after it is.
    """
    while True:
        table, version = store.read_at("numbers")
        rows = [GivenNumber(**row) for row in records(table)]
        given = _of(document, rows)
        if given is not None:
            return given
        in_year = [row.number for row in rows if (row.series, row.year) == (document.series, year)]
        in_year += _of_items(store, document.series, year)
        number = GivenNumber(
            **asdict(document), year=year, number=max(in_year, default=0) + 1, recorded_at=now
        )
        row = pa.Table.from_pylist([asdict(number)], schema=SCHEMAS["numbers"])
        try:
            store.append("numbers", row, since=version)
        except StoreChangedError:
            continue
        return number


def _of_items(store: Store, series: str, year: int) -> list[int]:
    """Return the numbers that supervised items have: earlier versions recorded them there alone."""
    if series != ITEM_SERIES:
        return []
    return [row["serial"] for row in store.records("supervision", [("year", "=", year)])]


def _of(document: NumberedDocument, rows: Sequence[GivenNumber]) -> GivenNumber | None:
    return next((row for row in rows if row.key == document), None)
