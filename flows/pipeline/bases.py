"""What a run's ledgers are compared with: their senders' last accepted months (DESIGN §5)."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from flows.intake.job import Job
from flows.intake.registers import Registers
from flows.pipeline.past_months import PastMonths
from flows.steps.check.month_ledgers import NewLedger
from flows.steps.check.months import Base
from flows.steps.model import Submission, SubmissionHistory
from flows.steps.months import Month
from flows.steps.roll_up import last_accepted
from flows.steps.store import base_rows


def bases_of(job: Job, history: SubmissionHistory, new: Sequence[NewLedger]) -> dict[str, Base]:
    """Return the last accepted month of each sender that sent a progress ledger."""
    senders = sorted({p.sender for p in new if p.kind == "progress" and p.sender is not None})
    found = {
        sender: last_accepted(history, job.campaign, sender, "progress", job.month)
        for sender in senders
    }
    last = {sender: each for sender, each in found.items() if each is not None}
    if not last:
        return {}
    city = _city_before(job, history)
    chosen = {s.id: s for _, submissions in last.values() for s in submissions}
    stored = _base_rows(job, list(chosen.values()))
    return {
        sender: Base(Month.parse(month), _at_present(job, submissions, stored), city)
        for sender, (month, submissions) in last.items()
    }


def _city_before(job: Job, history: SubmissionHistory) -> dict[str, int]:
    """Return the city's totals of the month before."""
    registers = Registers(job.store, job.campaign)
    past = PastMonths(job.store, registers, history, job.campaign)
    counts = past.made(job.month.previous)[0].city.counts
    return {name: counts.get(name, 0) for name in job.campaign.definition.counts}


def _base_rows(
    job: Job, submissions: Sequence[Submission]
) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Return the good rows of some submissions by its id, each with its place in the store."""
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    definition = job.campaign.definition
    columns = ("good", "county", "enterprise", *definition.counts)
    table = base_rows(job.store, submissions, definition, columns)
    for place, row in enumerate(table.to_pylist()):
        rows.setdefault(row["submission"], []).append((place, row))
    return rows


def _at_present(
    job: Job,
    submissions: Sequence[Submission],
    stored: Mapping[str, Sequence[tuple[int, Mapping[str, Any]]]],
) -> dict[tuple[str, str], Mapping[str, int]]:
    """Return the counts of some submissions by county and enterprise, as 名录 has them now.

    What has been merged since is added up, what has left is left out. Of two rows of one unit the
    one that stands later in the store holds.
    """
    campaign, definition = job.campaign, job.campaign.definition
    placed = sorted((each for s in submissions for each in stored.get(s.id, ())), key=itemgetter(0))
    by_key = {(row["county"], row["enterprise"]): row for _, row in placed}
    rows: dict[tuple[str, str], Mapping[str, int]] = {}
    for (county, unit), row in by_key.items():
        if any(former.name is None for former in campaign.ended(county, unit)):
            continue
        key = campaign.county_now(county), campaign.unit_now(unit)
        counts = {name: row[name] for name in definition.counts}
        if key in rows:
            first = rows[key]
            counts = {name: (first[name] or 0) + (count or 0) for name, count in counts.items()}
        rows[key] = counts
    return rows
