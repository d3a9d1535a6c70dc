"""Each sender's own form for a month: what the office knows already is filled in (DESIGN §7)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from flows.intake.job import Job
from flows.intake.registers import Registers
from flows.registered import Sender
from flows.settings import Campaign
from flows.steps.blank.form_content import FormRow, OpenProblem, OwnForm
from flows.steps.blank.own_form import own_form
from flows.steps.files import safe_name, write_atomically
from flows.steps.model import Failure, Submission, SubmissionHistory, UserError
from flows.steps.months import Month
from flows.steps.roll_up import last_accepted
from flows.steps.store import Store, counts_of, failures_of, load_history
from schemas.columns import KIND_NAMES
from schemas.spellings import squeeze

FORMS = "forms"
OPEN = ("ledger", "row", "query")  # severities that ask for something
_COLUMNS = ("good", "county", "enterprise", "affiliation")


@dataclass(frozen=True)
class FormFile:
    """A form to be written: its sender, its path in the month's folder, what makes its bytes."""

    sender: str
    path: str
    make: Callable[[], bytes]


def own_forms(job: Job, sender: str | None = None) -> Iterator[FormFile]:
    """Yield the form of each sender that owes a progress ledger, or of one of them.

    Raises UserError for a sender that owes none.
    """
    owing = [s for s in job.campaign.senders if "progress" in s.owes]
    chosen = [_named(sender, job.campaign, owing)] if sender is not None else owing
    history = load_history(job.store, str(job.month), None, job.campaign.sender_names)
    for each in chosen:
        form = _form_of(each, job, history)
        name = f"{each.name}{job.month.month}月{KIND_NAMES['progress']}.xlsx"
        path = f"{FORMS}/{safe_name(each.name)}/{safe_name(name)}"
        yield FormFile(each.name, path, partial(own_form, form))


def write_forms(job: Job, sender: str | None = None) -> dict[str, Path]:
    """Return the path of each sender's form, written into the month's folder; raises UserError."""
    paths = {}
    for form in own_forms(job, sender):
        paths[form.sender] = job.outputs / str(job.month) / form.path
        write_atomically(paths[form.sender], form.make())
    return paths


def next_month(job: Job) -> Job:
    """Return the job of the month after: that of the forms which are sent when a month is made."""
    month = job.month.shifted(1)
    return replace(job, month=month, campaign=Registers(job.store, job.campaign).current(month))


def _named(name: str, campaign: Campaign, owing: Sequence[Sender]) -> Sender:
    registered = campaign.sender_names.get(squeeze(name))
    for sender in owing:
        if sender.name == registered:
            return sender
    options = "、".join(sender.name for sender in owing) or "（名录中没有）"
    title = KIND_NAMES["progress"]
    raise UserError(f"应报{title}的单位中没有“{name}”。可选：{options}")


def _form_of(sender: Sender, job: Job, history: SubmissionHistory) -> OwnForm:
    campaign = job.campaign
    before = last_accepted(history, campaign, sender.name, "progress", job.month)
    submissions = before[1] if before is not None else []
    rows = _rows(job.store, submissions, campaign) or _registered_rows(sender, campaign)
    counties = [sender.county] if sender.county else [c.name for c in campaign.counties]
    return OwnForm(
        campaign=campaign.settings.name,
        definition=campaign.definition,
        sender=sender.name,
        month=job.month,
        rows=rows,
        problems=list(_open_problems(job.store, history, sender.name, job.month.previous)),
        choices={"county": counties, "enterprise": [e.name for e in campaign.enterprises]},
        doubt=campaign.settings.policy.doubt,
    )


def _rows(store: Store, submissions: Sequence[Submission], campaign: Campaign) -> list[FormRow]:
    """Return a row for each county and enterprise that counted last, in the order of the ledger."""
    if not submissions:
        return []
    codes = {enterprise.name: enterprise.uscc for enterprise in campaign.enterprises}
    counts = campaign.definition.counts
    table = counts_of(store, submissions, campaign.definition, (*_COLUMNS, *counts))
    rows: dict[tuple[str, str], FormRow] = {}
    for line in table.to_pylist():
        ended = campaign.ended(line["county"], line["enterprise"])
        if line["good"] and all(former.name is not None for former in ended):
            county, name = (
                campaign.county_now(line["county"]),
                campaign.unit_now(line["enterprise"]),
            )
            before = {count: int(line[count]) for count in counts if line[count] is not None}
            if (county, name) in rows:  # merged since
                first = rows[county, name].before
                before = {count: first.get(count, 0) + before.get(count, 0) for count in counts}
            registered = campaign.affiliations.get(name, line["affiliation"] or "")
            rows[county, name] = FormRow(county, name, codes.get(name, ""), registered, before)
    return list(rows.values())


def _registered_rows(sender: Sender, campaign: Campaign) -> list[FormRow]:
    """Return the row that 名录 gives an enterprise that has not reported yet."""
    names = (sender.name, *sender.aliases)
    own = [enterprise for enterprise in campaign.enterprises if enterprise.name in names]
    return [FormRow("", e.name, e.uscc, e.affiliation, {}) for e in own]


def _open_problems(
    store: Store, history: SubmissionHistory, sender: str, month: Month
) -> Iterator[OpenProblem]:
    """Yield what was asked of the sender's ledgers of the month before and is not mended."""
    live = [s for s in history.live(str(month)) if sender in (s.sender, s.likely)]
    for failures in failures_of(store, live).values():
        for failure in failures:
            if failure.severity in OPEN:
                yield OpenProblem(_place(failure), failure.message, failure.remedy, "")


def _place(failure: Failure) -> str:
    return "!".join(part for part in (failure.sheet, failure.cell) if part) or failure.file
