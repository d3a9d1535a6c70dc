"""Submissions, with their rows and failures, to and from the store."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.steps.model import Event, Failure, Frame, Submission, SubmissionHistory, Table
from flows.steps.store.events import load_events
from flows.steps.store.rows import records
from flows.steps.store.tables import SCHEMAS, Store, rows_schema
from schemas.definition import Definition
from schemas.spellings import squeeze

PORTION = 5000  # rows that are turned into Arrow's at a time


@dataclass
class Batch:
    """What one run adds to a month: submissions, and by their ids their rows and failures."""

    submissions: list[Submission] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, Sequence[Failure]] = field(default_factory=dict)


def load_history(
    store: Store,
    until: str,
    as_of: datetime | None = None,
    senders: Mapping[str, str] | None = None,
) -> SubmissionHistory:
    """Return the submissions of all months up to `until`, as of now or of an earlier time.

    `senders` has the registered name of each squeezed spelling: a sender that has been renamed
    since is listed under its present name. A withdrawn content is not listed.
    """
    rows, version = store.read_at("submissions", [("month", "<=", until)])
    stored = [_submission(row) for row in records(rows)]
    known = [s for s in stored if as_of is None or s.recorded_at <= as_of]
    events = load_events(store, until, as_of)
    return with_senders(_history(known, version, events), senders or {})


def months_stored(store: Store) -> list[str]:
    """Return the months that have submissions."""
    return sorted(set(store.read("submissions", columns=["month"])["month"].to_pylist()))


def with_senders(history: SubmissionHistory, senders: Mapping[str, str]) -> SubmissionHistory:
    """Return a history with its senders, and those of decisions, under their registered names."""

    def renamed(of_month: Iterable[Submission]) -> list[Submission]:
        return [_renamed(s, senders) for s in of_month]

    superseded = {
        month: {content: _renamed(s, senders) for content, s in gone.items()}
        for month, gone in history.superseded.items()
    }
    return replace(
        history,
        by_month={month: renamed(rows) for month, rows in history.by_month.items()},
        superseded=superseded,
        events=tuple(
            replace(e, sender=senders.get(squeeze(e.sender), e.sender)) for e in history.events
        ),
    )


def history_with(history: SubmissionHistory, added: Sequence[Submission]) -> SubmissionHistory:
    """Return a history with the submissions that one commit has added to the store since."""
    if not added:
        return history
    before = [s for submissions in history.by_month.values() for s in submissions]
    version = history.version + 1
    return _history([*before, *added], version, history.events, history.first_days)


def _history(
    submissions: Iterable[Submission],
    version: int,
    events: Sequence[Event],
    known_days: Mapping[tuple[str, str], date] | None = None,
) -> SubmissionHistory:
    """Return the history of some records: of several records of one content the newest holds.

    Records of what a file was read as before are left out: another of the same bytes supersedes
    them.
    """
    newest: dict[tuple[str, str], Submission] = {}
    first_days = dict(known_days or {})
    withdrawn = {(e.month, e.content) for e in events if e.action == "withdraw"}
    for record in sorted(submissions, key=lambda s: (s.run, s.recorded_at, s.id)):
        if (record.month, record.content) not in withdrawn:
            newest[record.month, record.content] = record
            first_days.setdefault((record.month, record.content), record.issued)
    outdated = {
        (record.month, content)
        for record in newest.values()
        for content in record.supersedes
        if content.startswith(record.sha256)
    }
    current = [record for key, record in newest.items() if key not in outdated]
    by_month: dict[str, list[Submission]] = {}
    for record in sorted(current, key=lambda r: (r.first_run, r.file, r.content)):
        by_month.setdefault(record.month, []).append(record)
    superseded = {
        month: {content: r for r in rows for content in r.supersedes}
        for month, rows in by_month.items()
    }
    return SubmissionHistory(by_month, superseded, version, tuple(events), first_days)


def _submission(row: dict[str, Any]) -> Submission:
    """Return a submission from its row in the store, where two fields have older names."""
    first_run, duplicates = row.pop("arrival"), row.pop("twins")
    row |= {name: tuple(row[name] or ()) for name in ("base", "supersedes")}
    row["tables"] = tuple(Table(**table) for table in json.loads(row["tables"]))
    row["lines"] = json.loads(row["lines"] or "{}")
    return Submission(**row, first_run=first_run, duplicates=tuple(duplicates or ()))


def _row(submission: Submission) -> dict[str, Any]:
    """Return a submission as its row in the store."""
    row = {f.name: getattr(submission, f.name) for f in fields(Submission)}
    row |= {"arrival": row.pop("first_run"), "twins": row.pop("duplicates")}
    tables = [asdict(table) for table in submission.tables]
    lines = json.dumps(dict(submission.lines), ensure_ascii=False)
    return row | {"tables": json.dumps(tables, ensure_ascii=False), "lines": lines}


def _renamed(record: Submission, senders: Mapping[str, str]) -> Submission:
    name = senders.get(squeeze(record.sender)) if record.sender else None
    likely = senders.get(squeeze(record.likely)) if record.likely else None
    if name in (None, record.sender) and likely in (None, record.likely):
        return record
    return replace(record, sender=name or record.sender, likely=likely or record.likely)


def append_batch(store: Store, batch: Batch, since: int, definition: Definition) -> None:
    """Add a batch to the store: rows and failures first, then the submissions that refer to them.

    Raises StoreChangedError if another run has added submissions since version `since`; no reader
    sees the rows then.
    """
    if not batch.submissions:
        return
    for name, frames in (("progress", batch.counts), ("roster", batch.people)):
        filled = [s for s in batch.submissions if s.id in frames and len(frames[s.id])]
        if filled:
            fields = [f.remove_metadata() for f in rows_schema(name, definition)]
            schema = pa.schema(fields)
            portions = _portions(filled, frames)
            stamped = (_stamped(portion, frames, schema) for portion in portions)
            batches = (b for table in stamped for b in table.to_batches())
            store.append(name, pa.RecordBatchReader.from_batches(schema, batches))
    failures = [
        {"submission": s.id, "month": s.month, "number": i, **asdict(failure)}
        for s in batch.submissions
        for i, failure in enumerate(batch.failures.get(s.id, ()))
    ]
    if failures:
        store.append("failures", pa.Table.from_pylist(failures, schema=SCHEMAS["failures"]))
    rows = [_row(submission) for submission in batch.submissions]
    store.append(
        "submissions", pa.Table.from_pylist(rows, schema=SCHEMAS["submissions"]), since=since
    )


def counts_of(
    store: Store,
    submissions: Iterable[Submission],
    definition: Definition,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the rows of the table `progress` of some submissions: all its columns, or some.

    A column that the definition has got since is empty in older rows.
    """
    return _rows_of(store, rows_schema("progress", definition), "progress", submissions, columns)


def people_of(
    store: Store,
    submissions: Iterable[Submission],
    definition: Definition,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the rows of the table `roster` of some submissions: all its columns, or some."""
    return _rows_of(store, rows_schema("roster", definition), "roster", submissions, columns)


def failures_of(store: Store, submissions: Iterable[Submission]) -> Mapping[str, list[Failure]]:
    """Return the failures of some submissions by their ids, in the order of reporting."""
    rows = _rows_of(store, SCHEMAS["failures"], "failures", submissions).sort_by(
        [("submission", "ascending"), ("number", "ascending")]
    )
    failures: dict[str, list[Failure]] = {}
    names = [f.name for f in fields(Failure)]
    for row in rows.to_pylist():
        failure = Failure(**{name: row[name] for name in names} | {"unit": row["unit"] or ""})
        failures.setdefault(row["submission"], []).append(failure)
    return failures


def base_rows(
    store: Store,
    submissions: Iterable[Submission],
    definition: Definition,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the good rows of some submissions: what a later month is compared with."""
    rows = counts_of(store, submissions, definition, columns)
    return rows.filter(pc.field("good"))


def _rows_of(
    store: Store,
    schema: pa.Schema,
    name: str,
    submissions: Iterable[Submission],
    columns: Sequence[str] | None = None,
) -> pa.Table:
    chosen = list(submissions)
    wanted = None if columns is None else list(dict.fromkeys([*columns, "submission"]))
    if not chosen:
        return store.read(name, [("month", "=", "")], wanted, schema)
    months = sorted({s.month for s in chosen})
    ids = {s.id for s in chosen}
    return store.read(name, [("month", "in", months), ("submission", "in", ids)], wanted, schema)


def _portions(
    submissions: Sequence[Submission], frames: Mapping[str, Frame]
) -> Iterator[list[Submission]]:
    """Yield submissions whose frames are alike, so many that they have some thousand rows."""
    portion: list[Submission] = []
    rows, before = 0, None
    for submission in submissions:
        frame = frames[submission.id]
        types = [*frame.columns, *frame.dtypes]
        if portion and (rows >= PORTION or types != before):
            yield portion
            portion, rows = [], 0
        portion.append(submission)
        rows, before = rows + len(frame), types
    if portion:
        yield portion


def _stamped(
    submissions: Sequence[Submission], frames: Mapping[str, Frame], schema: pa.Schema
) -> pa.Table:
    """Return the rows of frames in the columns of a table, stamped with submission and month."""
    import pandas as pd  # slow to import, and whoever has frames has it

    chosen = [frames[s.id] for s in submissions]
    whole = pd.concat(chosen, ignore_index=True) if len(chosen) > 1 else chosen[0]
    table = pa.Table.from_pandas(whole, preserve_index=False)
    lengths = [len(frame) for frame in chosen]
    columns = {column: table[column] for column in table.column_names}
    stamps = zip(submissions, lengths, strict=True)
    repeated = [(pa.repeat(s.id, count), pa.repeat(s.month, count)) for s, count in stamps]
    for name, values in zip(("submission", "month"), zip(*repeated, strict=True), strict=True):
        columns[name] = pa.chunked_array(values)
    return pa.Table.from_arrays([columns[f.name].cast(f.type) for f in schema], schema=schema)
