"""From a month in the store to the one value that every document and page of it is made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from flows.pipeline.snapshot import MonthSnapshot, figures_of, light_reader, load_snapshot
from flows.settings import Campaign
from flows.steps.export import figures_record
from flows.steps.model import (
    Correction,
    Entry,
    Figures,
    LedgerReport,
    Line,
    Report,
    Submission,
    SubmissionHistory,
    Trend,
)
from flows.steps.months import Month
from flows.steps.store import Issue, Store, issues, rates_from_text, runs, state_of
from schemas.columns import COUNTS, Level

MONTHS_SHOWN = 12  # of the past, in a chart
LEVELS: Mapping[Literal["city", "county", "enterprise"], str] = {
    "city": "city",
    "county": "counties",
    "enterprise": "enterprises",
}


def report_of(
    store: Store, view: MonthSnapshot, issued: date, as_of: datetime | None = None
) -> Report:
    """Return what a month's documents are made from, as the store has it, or had it at a time."""
    ledgers = sorted(
        (_ledger(view, s) for s in view.submissions), key=lambda x: (x.file, x.kind or "")
    )
    trends = _trends(store, view, as_of)
    corrections = list(_corrections(store, view, as_of))
    return Report(
        view.campaign, view.month, issued, view.figures, trends, ledgers, view.failures, corrections
    )


def rates_of(figures: Figures, campaign: Campaign) -> Mapping[str, Mapping[str, Any]]:
    """Return the four rates of the city, under its name, and of each county."""
    return {campaign.settings.city: figures.city.rates} | {
        entry.name: entry.rates for entry in figures.counties
    }


def _ledger(view: MonthSnapshot, submission: Submission) -> LedgerReport:
    newer = view.superseded.get(submission.content)
    return LedgerReport(
        submission.file,
        submission.sha256,
        submission.sender,
        submission.likely,
        submission.kind,
        submission.verdict,
        submission.read,
        submission.rejected,
        newer.file if newer else None,
    )


def _trends(store: Store, view: MonthSnapshot, as_of: datetime | None) -> list[Trend]:
    """Return the months up to this one; what a run has noted of the same state of the store is not added up again."""
    noted = {(run.month, run.state): run.rates for run in runs(store, as_of)}
    rows = light_reader(store, view.campaign)
    trends = []
    for text in sorted(m for m in view.remembered.by_month if m < str(view.month))[
        1 - MONTHS_SHOWN :
    ]:
        rates = noted.get((text, state_of(view.remembered, view.campaign, text)))
        if rates is not None:
            trends.append(Trend(text, rates_from_text(rates)))
        else:
            trends.append(
                Trend(
                    text,
                    rates_of(
                        figures_of(view.remembered, view.campaign, Month.parse(text), rows),
                        view.campaign,
                    ),
                )
            )
    return [*trends, Trend(str(view.month), rates_of(view.figures, view.campaign))]


def _corrections(store: Store, view: MonthSnapshot, as_of: datetime | None) -> Iterator[Correction]:
    """Yield what bulletins issued for months up to this one said otherwise, and no later issued one has told."""
    issued = issues(store, as_of)
    last = {issue.month: issue for issue in issued}
    for month in sorted(m for m in last if m <= str(view.month)):
        issue = last[month]
        if issue.state == state_of(view.remembered, view.campaign, month):
            continue
        now = (
            view
            if month == str(view.month)
            else load_snapshot(store, view.campaign, Month.parse(month), as_of)
        )
        told = {
            _key(c)
            for other in issued
            if month < other.month < str(view.month)
            for c in other.corrections
        }
        yield from (c for c in differences(issue, now) if _key(correction_record(c)) not in told)


def _key(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(record[name] for name in ("month", "level", "name", "count", "new"))


def correction_record(correction: Correction) -> dict[str, Any]:
    """Return a correction as the journal keeps it."""
    names = ("month", "level", "name", "count", "old", "new", "sender", "file")
    return {name: getattr(correction, name) for name in names} | {
        "received": correction.received.isoformat() if correction.received else None
    }


def differences(issue: Issue, view: MonthSnapshot) -> Iterator[Correction]:
    """Yield the counts that an issued month gave otherwise than the store does now, with the ledger that made the difference.

    Where no ledger came in since, the settings or 名录 have changed; no ledger is named then.
    """
    fresh = _fresh(issue, view)
    for level, key in LEVELS.items():
        said: Any = issue.figures[key]
        before = {e["name"]: e for e in ([said] if level == "city" else said)}
        found: Any = getattr(view.figures, key)
        now: dict[str, Entry] = {e.name: e for e in ([found] if level == "city" else found)}
        for name in [*now, *(n for n in before if n not in now)]:
            cause = _cause(view.lines, fresh, level, name)
            for count in COUNTS if level == "enterprise" else ("enterprises", *COUNTS):
                old = before[name][count] if name in before else 0
                new = now[name].counts[count] if name in now else 0
                if old != new:
                    yield _correction(
                        Correction(str(view.month), level, name, count, old, new), cause
                    )


def _correction(bare: Correction, cause: Submission | None) -> Correction:
    return (
        bare
        if cause is None
        else replace(bare, sender=cause.sender or "", file=cause.file, received=cause.issued)
    )


def _fresh(
    issue: Issue, view: MonthSnapshot
) -> Mapping[str, tuple[tuple[bool, int, str], Submission]]:
    """Return the ledgers that an issued bulletin did not know, by id, each with how likely it is that it made a difference.

    One that came in since goes before one that has only been checked anew, a later one before an earlier.
    """
    ids = {ledger["id"] for ledger in issue.ledgers}
    contents = {(ledger["month"], ledger["sha256"], ledger["kind"]) for ledger in issue.ledgers}
    new = [s for s in _all(view.remembered) if s.id not in ids]
    return {s.id: (((s.month, s.sha256, s.kind) not in contents, s.run, s.file), s) for s in new}


def _all(remembered: SubmissionHistory) -> Iterator[Submission]:
    for submissions in remembered.by_month.values():
        yield from submissions


def _cause(
    lines: Sequence[Line],
    fresh: Mapping[str, tuple[tuple[bool, int, str], Submission]],
    level: Level,
    name: str,
) -> Submission | None:
    """Return the likeliest of the fresh ledgers that an entry's lines come from, of all where it has none, None where there is none."""
    own = {
        x.submission
        for x in lines
        if level == "city" or name == (x.county if level == "county" else x.enterprise)
    }
    found = [fresh[i] for i in own if i in fresh] or list(fresh.values())
    return max(found, key=lambda each: each[0])[1] if found else None


def statement(figures: Figures) -> dict[str, Any]:
    """Return what a month's bulletins say: figures.json without the cells they come from."""
    record = figures_record(figures)
    for entry in [
        record["city"],
        *(e for key in ("groups", "counties", "enterprises", "cells") for e in record[key]),
    ]:
        entry.pop("sources")
    return record
