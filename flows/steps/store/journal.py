"""What was made and what was issued: the campaign folder as it was, the bulletins' bytes, and what they said (DESIGN §7, §8)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pyarrow as pa

from flows.settings import Campaign
from flows.steps.model import SubmissionHistory
from flows.steps.store.tables import SCHEMAS, Store
from schemas.columns import Level

Rates = Mapping[str, Mapping[str, Fraction | None]]


@dataclass(frozen=True)
class Run:
    """A month as it was made: the day of issue printed, the state of the store and the campaign folder it was made from."""

    month: str
    issued: date
    recorded_at: datetime
    state: str
    campaign: str
    rates: str


@dataclass(frozen=True)
class Document:
    """An issued document: whose it is, where it lies in the month's folder, and its bytes."""

    issue: str
    month: str
    level: Level
    name: str
    path: str
    sha256: str
    content: bytes


@dataclass(frozen=True)
class Issue:
    """A month issued: what its bulletins said (`figures`, as in figures.json without sources), the corrections and ledgers in them."""

    id: str
    month: str
    recorded_at: datetime
    issued: date
    state: str
    figures: Mapping[str, Any]
    corrections: Sequence[Mapping[str, Any]]
    ledgers: Sequence[Mapping[str, Any]]


def state_of(remembered: SubmissionHistory, campaign: Campaign, until: str) -> str:
    """Return a digest of all that a month's figures depend on: the submissions up to it, in which order they came, the campaign folder.

    How many runs it took, and which month was run first, makes no difference.
    """
    parts = [campaign.digest]
    for month in sorted(m for m in remembered.by_month if m <= until):
        gone = remembered.superseded.get(month, {})
        turns = {
            first_run: i
            for i, first_run in enumerate(sorted({s.first_run for s in remembered.of(month)}))
        }
        parts += [
            f"{month}/{s.file}/{s.content}/{s.verdict}/{s.rejected}/{turns[s.first_run]}/{s.content in gone}"
            for s in remembered.of(month)
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def runs(store: Store, as_of: datetime | None = None) -> list[Run]:
    """Return the runs that left a month, oldest first, up to a time."""
    rows = sorted(store.records("runs"), key=lambda r: r["recorded_at"])
    return [Run(**row) for row in rows if as_of is None or row["recorded_at"] <= as_of]


def record_run(store: Store, run: Run, campaign_files: Mapping[str, bytes]) -> bool:
    """Add a run to the journal with the campaign folder's files; return whether it says anything new."""
    last = [r for r in runs(store) if r.month == run.month][-1:]
    if last and (last[0].issued, last[0].state, last[0].campaign) == (
        run.issued,
        run.state,
        run.campaign,
    ):
        return False
    if not store.read("campaigns", [("digest", "=", run.campaign)], ["digest"]).num_rows:
        files = [
            {"digest": run.campaign, "name": name, "content": content}
            for name, content in sorted(campaign_files.items())
        ]
        store.append("campaigns", pa.Table.from_pylist(files, schema=SCHEMAS["campaigns"]))
    store.append("runs", pa.Table.from_pylist([asdict(run)], schema=SCHEMAS["runs"]))
    return True


def campaign_files(store: Store, digest: str) -> dict[str, bytes]:
    """Return the files of a campaign folder as they were when a run recorded them."""
    return {
        row["name"]: row["content"] for row in store.records("campaigns", [("digest", "=", digest)])
    }


def rates_as_text(rates: Rates) -> str:
    """Return rates as JSON, exactly: 4056/8130."""
    return json.dumps(
        {n: {k: None if r is None else str(r) for k, r in own.items()} for n, own in rates.items()},
        ensure_ascii=False,
    )


def rates_from_text(text: str) -> Rates:
    """Return the rates that `rates_as_text` wrote."""
    return {
        n: {k: None if r is None else Fraction(r) for k, r in own.items()}
        for n, own in json.loads(text).items()
    }


def issues(store: Store, as_of: datetime | None = None) -> list[Issue]:
    """Return the months issued, oldest first, up to a time."""
    rows = sorted(store.records("issues"), key=lambda r: (r["recorded_at"], r["id"]))
    kept = [row for row in rows if as_of is None or row["recorded_at"] <= as_of]
    return [
        Issue(
            **{
                **row,
                **{key: json.loads(row[key]) for key in ("figures", "corrections", "ledgers")},
            }
        )
        for row in kept
    ]


def documents(store: Store, month: str, as_of: Sequence[Issue] | None = None) -> list[Document]:
    """Return a month's issued documents in the order in which they were issued; of some issues only, where these are given."""
    order = {issue.id: i for i, issue in enumerate(as_of if as_of is not None else issues(store))}
    rows = [Document(**row) for row in store.records("documents", [("month", "=", month)])]
    return sorted(
        (row for row in rows if row.issue in order), key=lambda row: (order[row.issue], row.path)
    )


def record_issue(store: Store, issue: Issue, files: Sequence[Document]) -> None:
    """Add an issued month to the journal: the documents first, then the line that makes them issued."""
    store.append(
        "documents", pa.Table.from_pylist([asdict(d) for d in files], schema=SCHEMAS["documents"])
    )
    row = asdict(issue)
    row |= {
        key: json.dumps(row[key], ensure_ascii=False)
        for key in ("figures", "corrections", "ledgers")
    }
    store.append("issues", pa.Table.from_pylist([row], schema=SCHEMAS["issues"]))


def sent_mails(store: Store) -> frozenset[str]:
    """Return the keys of the letters that have been sent."""
    return frozenset(store.read("mails", columns=["key"])["key"].to_pylist())


def record_mail(store: Store, key: str, subject: str, sender: str) -> None:
    """Note a letter as sent; the text and the address are not kept."""
    row = {"key": key, "subject": subject, "sender": sender, "sent_at": datetime.now(UTC)}
    store.append("mails", pa.Table.from_pylist([row], schema=SCHEMAS["mails"]))
