"""Runs and issues: the campaign folder, the bulletins' bytes and figures (DESIGN §7, §8)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pyarrow as pa

from flows.settings import Campaign
from flows.steps.model import SubmissionHistory
from flows.steps.store.rows import records
from flows.steps.store.tables import SCHEMAS, Store
from schemas.documents import BULLETINS, Subject

Digests = Mapping[str, str]
Rates = Mapping[str, Mapping[str, Fraction | None]]
_PARSED = ("figures", "corrections", "ledgers", "edited")  # columns of `issues` that hold JSON


@dataclass(frozen=True)
class Run:
    """A run that made a month: the printed day of issue, the store and campaign it started from.

    `state` and `campaign` are digests; `rates` are the month's rates as JSON.
    """

    month: str
    issued: date
    recorded_at: datetime
    state: str
    campaign: str
    rates: str

    @property
    def inputs(self) -> tuple[date, str, str]:
        """Return all that the month was made from."""
        return self.issued, self.state, self.campaign


@dataclass(frozen=True)
class Document:
    """An issued document: its subject, its path in the month's folder and its bytes.

    `document` is its name in 文书.csv, `level` what it is about.
    """

    issue: str
    month: str
    level: Subject
    name: str
    path: str
    sha256: str
    content: bytes
    document: str


@dataclass(frozen=True)
class Issue:
    """An issued month: its figures (figures.json without sources), corrections and ledgers.

    `edited` are the documents that were issued as edited by hand, each with the notes on it.
    """

    id: str
    month: str
    recorded_at: datetime
    issued: date
    state: str
    figures: Mapping[str, Any]
    corrections: Sequence[Mapping[str, Any]]
    ledgers: Sequence[Mapping[str, Any]]
    edited: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Journal:
    """What was made and issued so far, oldest first."""

    runs: Sequence[Run]
    issues: Sequence[Issue]

    def last_run(self, month: str) -> Run | None:
        """Return the last run that made a month."""
        return next((run for run in reversed(self.runs) if run.month == month), None)


def load_journal(store: Store, as_of: datetime | None = None) -> Journal:
    """Return the journal, up to a time."""
    return Journal(runs(store, as_of), issues(store, as_of))


def state_of(history: SubmissionHistory, campaign: Campaign, until: str) -> str:
    """Return a digest of all that a month's figures depend on.

    That is the campaign folder and the submissions up to the month in the order of their arrival;
    the number of runs, and which month was run first, make no difference.
    """
    parts = [campaign.digest]
    for month in sorted(m for m in history.by_month if m <= until):
        superseded = history.superseded.get(month, {})
        arrivals = sorted({s.first_run for s in history.of(month)})
        order = {run: i for i, run in enumerate(arrivals)}
        parts += [
            f"{month}/{s.file}/{s.content}/{s.verdict}/{s.rejected}"
            f"/{order[s.first_run]}/{s.content in superseded}"
            for s in history.of(month)
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def runs(store: Store, as_of: datetime | None = None) -> list[Run]:
    """Return the runs that made a month, oldest first, up to a time."""
    rows = sorted(store.records("runs"), key=lambda r: r["recorded_at"])
    return [Run(**row) for row in rows if as_of is None or row["recorded_at"] <= as_of]


def campaigns_recorded(store: Store, as_of: datetime | None = None) -> tuple[Digests, Digests]:
    """Return by month the digest of the campaign folder, at its first issue and at its last run."""
    columns = ["month", "state", "recorded_at"]
    ran, issued = (
        records(store.read(name, columns=wanted))
        for name, wanted in (("runs", [*columns, "campaign"]), ("issues", columns))
    )
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    by_state: dict[tuple[str, str], str] = {}
    for row in sorted([*ran, *issued], key=lambda row: row["recorded_at"]):
        if as_of is not None and row["recorded_at"] > as_of:
            break
        made = row["month"], row["state"]
        if "campaign" in row:
            last[row["month"]] = by_state[made] = row["campaign"]
        elif made in by_state:
            first.setdefault(row["month"], by_state[made])
    return first, last


def record_run(store: Store, run: Run, campaign_files: Mapping[str, bytes]) -> None:
    """Add a run to the journal, with the campaign folder's files unless it has them already."""
    if not store.read("campaigns", [("digest", "=", run.campaign)], ["digest"]).num_rows:
        files = [
            {"digest": run.campaign, "name": name, "content": content}
            for name, content in sorted(campaign_files.items())
        ]
        store.append("campaigns", pa.Table.from_pylist(files, schema=SCHEMAS["campaigns"]))
    store.append("runs", pa.Table.from_pylist([asdict(run)], schema=SCHEMAS["runs"]))


def campaign_files(store: Store, digest: str, name: str | None = None) -> dict[str, bytes]:
    """Return the files, or one of them, of a campaign folder as a run recorded them."""
    named = [("name", "=", name)] if name is not None else []
    return {
        row["name"]: row["content"]
        for row in store.records("campaigns", [("digest", "=", digest), *named])
    }


def rates_as_text(rates: Rates) -> str:
    """Return rates as JSON, exactly: 4056/8130."""
    texts = {name: {k: _as_text(r) for k, r in each.items()} for name, each in rates.items()}
    return json.dumps(texts, ensure_ascii=False)


def _as_text(rate: Fraction | None) -> str | None:
    return None if rate is None else str(rate)


def rates_from_text(text: str) -> Rates:
    """Return the rates that `rates_as_text` wrote."""
    return {
        name: {k: None if r is None else Fraction(r) for k, r in each.items()}
        for name, each in json.loads(text).items()
    }


def issues(store: Store, as_of: datetime | None = None) -> list[Issue]:
    """Return the months issued, oldest first, up to a time."""
    rows = sorted(store.records("issues"), key=lambda r: (r["recorded_at"], r["id"]))
    return [_issue(row) for row in rows if as_of is None or row["recorded_at"] <= as_of]


def _issue(row: Mapping[str, Any]) -> Issue:
    parsed = {key: json.loads(row[key] or "{}") for key in _PARSED}
    return Issue(**{**row, **parsed})


def documents(store: Store, month: str, issued: Sequence[Issue]) -> list[Document]:
    """Return the documents of some issues of a month, in the order of the issues."""
    order = {issue.id: i for i, issue in enumerate(issued)}
    rows = [_document(row) for row in store.records("documents", [("month", "=", month)])]
    return sorted(
        (row for row in rows if row.issue in order), key=lambda row: (order[row.issue], row.path)
    )


def _document(row: Mapping[str, Any]) -> Document:
    """Return a document; one that an earlier version issued is a bulletin, told by its level."""
    return Document(**{**row, "document": row["document"] or BULLETINS[row["level"]]})


def record_issue(store: Store, issue: Issue, files: Sequence[Document]) -> None:
    """Add an issued month to the journal: the documents first, then the issue that lists them."""
    store.append(
        "documents", pa.Table.from_pylist([asdict(d) for d in files], schema=SCHEMAS["documents"])
    )
    row = asdict(issue)
    row |= {key: json.dumps(row[key], ensure_ascii=False) for key in _PARSED}
    store.append("issues", pa.Table.from_pylist([row], schema=SCHEMAS["issues"]))


def sent_mails(store: Store) -> frozenset[str]:
    """Return the keys of the letters that have been sent."""
    return frozenset(store.read("mails", columns=["key"])["key"].to_pylist())


def record_mail(store: Store, key: str, subject: str, sender: str) -> None:
    """Record a letter as sent; its text and address are not kept."""
    row = {"key": key, "subject": subject, "sender": sender, "sent_at": datetime.now(UTC)}
    store.append("mails", pa.Table.from_pylist([row], schema=SCHEMAS["mails"]))
