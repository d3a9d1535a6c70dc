"""The one value that every document and page of a month is made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from flows.pipeline.snapshot import MonthSnapshot
from flows.settings import Campaign
from flows.steps.explanations import explanations_of
from flows.steps.model import (
    Correction,
    Explanation,
    Failure,
    Figures,
    LedgerReport,
    Line,
    Report,
    Submission,
    SubmissionHistory,
    Trend,
)
from flows.steps.months import Month
from flows.steps.store import Issue, rates_from_text
from schemas.amounts import in_smallest
from schemas.columns import Level
from schemas.definition import HOUSEHOLDS, Definition
from schemas.spellings import squeeze

MONTHS_SHOWN = 12  # in a chart, this one included
LEVELS: Mapping[Literal["city", "county", "enterprise"], str] = {
    "city": "city",
    "county": "counties",
    "enterprise": "enterprises",
}
Likelihood = tuple[bool, int, str]
Fresh = Mapping[str, tuple[Likelihood, Submission]]


def report_of(snapshot: MonthSnapshot, issued: date) -> Report:
    """Return what a month's documents are made from."""
    ledgers = [_ledger(snapshot, s) for s in snapshot.submissions]
    return Report(
        campaign=snapshot.campaign,
        month=snapshot.month,
        issued=issued,
        figures=snapshot.figures,
        trends=_trends(snapshot),
        ledgers=sorted(ledgers, key=lambda ledger: (ledger.file, ledger.kind or "")),
        failures=snapshot.failures,
        corrections=list(_corrections(snapshot)),
        replaced=_replaced_failures(snapshot),
        explanations=_explanations(snapshot),
        supervision=snapshot.supervision,
    )


def rates_of(figures: Figures, campaign: Campaign) -> Mapping[str, Mapping[str, Fraction | None]]:
    """Return the four rates of the city, under its name, and of each county."""
    return {campaign.settings.city: figures.city.rates} | {
        entry.name: entry.rates for entry in figures.counties
    }


def ledger_report(
    submission: Submission, received: date, newer: Submission | None = None
) -> LedgerReport:
    """Return a submission as reports list it; `newer` is the one that took its place."""
    return LedgerReport(
        submission.file,
        submission.sha256,
        submission.sender,
        submission.likely,
        submission.kind,
        submission.verdict,
        submission.read,
        submission.rejected,
        received,
        newer.file if newer else None,
        submission.lines,
    )


def _ledger(snapshot: MonthSnapshot, submission: Submission) -> LedgerReport:
    received = snapshot.history.day_received(submission)
    return ledger_report(submission, received, snapshot.superseded.get(submission.content))


def _replaced_failures(snapshot: MonthSnapshot) -> frozenset[Failure]:
    """Return the failures that only superseded submissions have, and the notes that they are so."""
    live = {s.id for s in snapshot.live}
    gone = frozenset(
        failure
        for number, failures in snapshot.reported.items()
        if number not in live
        for failure in failures
    )
    notes = frozenset(failure for failure in snapshot.failures if failure.code == "superseded")
    still = {f for number in live if gone for f in snapshot.reported.get(number, ())}
    return (gone | notes) - still


def _explanations(snapshot: MonthSnapshot) -> list[Explanation]:
    """Return the values of this month's ledgers that count for the reason given with them."""
    faults = (
        (submission.sender, fault)
        for submission in snapshot.live
        if submission.counts and submission.sender is not None
        for fault in snapshot.reported.get(submission.id, ())
    )
    return explanations_of(faults, snapshot.campaign, snapshot.figures.city.counts)


def _trends(snapshot: MonthSnapshot) -> list[Trend]:
    """Return the months up to this one, this one last.

    A month that a run has recorded in its present state is not added up again.
    """
    history, campaign, past = snapshot.history, snapshot.campaign, snapshot.past
    recorded = {(run.month, run.state): run.rates for run in snapshot.journal.runs}
    earlier = sorted(month for month in history.by_month if month < str(snapshot.month))
    trends = []
    for text in earlier[1 - MONTHS_SHOWN :]:
        month = Month.parse(text)
        rates = recorded.get((text, past.state(month))) if past.same_names(month) else None
        shown = (
            rates_of(past.compared(month), campaign) if rates is None else rates_from_text(rates)
        )
        trends.append(Trend(text, shown))
    return [*trends, Trend(str(snapshot.month), rates_of(snapshot.figures, campaign))]


def _corrections(snapshot: MonthSnapshot) -> Iterator[Correction]:
    """Yield the counts that issued bulletins up to this month gave otherwise.

    Those that a later issued bulletin has corrected already are left out.
    """
    issues, month = snapshot.journal.issues, str(snapshot.month)
    last = {issue.month: issue for issue in issues if issue.month <= month}
    for earlier in sorted(last):
        issue = last[earlier]
        if issue.state == _state(snapshot, earlier):
            continue
        corrected = {
            _key(snapshot.campaign, correction)
            for other in issues
            if earlier < other.month < month
            for correction in other.corrections
        }
        for correction in differences(
            issue, *_present(snapshot, earlier), snapshot.history, snapshot.campaign.definition
        ):
            if _key(snapshot.campaign, correction_record(correction)) not in corrected:
                name = _name_now(snapshot.campaign, correction.level, correction.name)
                yield replace(correction, name=name)


def _present(snapshot: MonthSnapshot, month: str) -> tuple[Figures, Sequence[Line]]:
    """Return the figures and lines of a month up to the snapshot's as the store has them now."""
    if month == str(snapshot.month):
        return snapshot.figures, snapshot.lines
    return snapshot.past.made(Month.parse(month))


def _state(snapshot: MonthSnapshot, month: str) -> str:
    if month == str(snapshot.month):
        return snapshot.state
    return snapshot.past.state(Month.parse(month))


def _key(campaign: Campaign, record: Mapping[str, Any]) -> tuple[str | int, ...]:
    name = _name_now(campaign, record["level"], record["name"])
    return name, *(record[field] for field in ("month", "level", "count", "new"))


def _name_now(campaign: Campaign, level: str, name: str) -> str:
    """Return the name that the subject of a bulletin has in a campaign; a merged one keeps its."""
    if level == "city":
        return name
    names = campaign.county_names if level == "county" else campaign.unit_names
    return names.get(squeeze(name), name)


def correction_record(correction: Correction) -> dict[str, Any]:
    """Return a correction as the journal stores it."""
    names = ("month", "level", "name", "count", "old", "new", "sender", "file")
    return {name: getattr(correction, name) for name in names} | {
        "received": correction.received.isoformat() if correction.received else None
    }


def differences(
    issue: Issue,
    figures: Figures,
    lines: Sequence[Line],
    history: SubmissionHistory,
    definition: Definition,
) -> Iterator[Correction]:
    """Yield the counts that an issued month gave otherwise, with the ledger that changed them.

    No ledger is named if none has come in since: the settings or 名录 have changed then.
    """
    fresh = _fresh(issue, history)
    for level, key in LEVELS.items():
        stated = [issue.figures[key]] if level == "city" else issue.figures[key]
        before = {entry["name"]: entry for entry in stated}
        now = {entry.name: entry for entry in figures.of_level(level)}
        for name in dict.fromkeys([*now, *before]):
            cause = _cause(lines, fresh, level, name)
            counts = (
                definition.counts if level == "enterprise" else (HOUSEHOLDS, *definition.counts)
            )
            for count in counts:
                if name in before and count not in before[name]:
                    continue  # a column that the campaign has got since
                decimals = definition.decimals_of(count)
                old = in_smallest(before[name][count], decimals) if name in before else 0
                new = now[name].counts[count] if name in now else 0
                if old != new:
                    change = Correction(figures.month, level, name, count, old, new)
                    yield _caused_by(change, cause)


def _caused_by(correction: Correction, cause: Submission | None) -> Correction:
    if cause is None:
        return correction
    return replace(correction, sender=cause.sender or "", file=cause.file, received=cause.issued)


def _fresh(issue: Issue, history: SubmissionHistory) -> Fresh:
    """Return by id the ledgers unknown to an issued bulletin, with how likely each changed it.

    A new ledger goes before one that was only checked again, a later one before an earlier.
    """
    ids = {ledger["id"] for ledger in issue.ledgers}
    contents = {(ledger["month"], ledger["sha256"], ledger["kind"]) for ledger in issue.ledgers}
    submissions = [s for of_month in history.by_month.values() for s in of_month]
    return {
        s.id: (((s.month, s.sha256, s.kind) not in contents, s.run, s.file), s)
        for s in submissions
        if s.id not in ids
    }


def _cause(lines: Sequence[Line], fresh: Fresh, level: Level, name: str) -> Submission | None:
    """Return the likeliest of the fresh ledgers behind an entry, of all if it has none."""
    behind = {line.submission for line in lines if _belongs(line, level, name)}
    candidates = [fresh[number] for number in behind if number in fresh] or list(fresh.values())
    return max(candidates, key=lambda each: each[0])[1] if candidates else None


def _belongs(line: Line, level: Level, name: str) -> bool:
    return level == "city" or name == (line.county if level == "county" else line.enterprise)
