"""`bulletin render`, `issue` and `blank`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from flows.campaign.folder import TEMPLATES, load_campaign
from flows.commands import console
from flows.commands.exit_codes import OK
from flows.commands.pdf import to_pdf
from flows.commands.templates_folder import tell_unused
from flows.intake.job import Job, open_job, today
from flows.intake.lock import month_lock
from flows.pipeline.issue import Edits, issue_month
from flows.pipeline.on_demand import write_documents
from flows.pipeline.roll_call import outstanding
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.template_folders import template_folders
from flows.steps.files import write_atomically
from flows.steps.model import Kind, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.wording.moved import moved_totals

GO_ON = "印发后不能撤销，这些台账补报、改正后只能另出更正稿。仍然印发吗？输入“是”或 y 印发："


def render_command(
    month: Month,
    document: str,
    name: str | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    as_of: datetime | None,
    *,
    everything: bool,
    pdf: bool,
) -> int:
    """Return the exit code; writes a document for one name or for all, and prints the paths."""
    tell_unused((campaign or Path("campaign")) / TEMPLATES)
    _tell(
        write_documents(
            month, document, name, campaign, outputs, store, as_of, everything=everything
        ),
        pdf=pdf,
    )
    return OK


def _tell(written: Iterable[Path], *, pdf: bool) -> None:
    """Print the paths of documents, and of their PDF if they are to have one."""
    for target in written:
        console.say(str(target))
        if pdf:
            console.say(str(to_pdf(target)))


def issue_command(
    month: Month,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    *,
    accept_edited: bool,
    yes: bool = False,
) -> int:
    """Return the exit code; records a month's drafts as issued.

    If the month moves a base of the city very much, somebody has to say yes. What has not come in
    or is not accepted is listed; a person at a terminal is asked whether to issue without it.
    """
    job = open_job(month, campaign, None, outputs, None, store).job
    with month_lock(job.store, str(month), console.say):
        return _issue(job, accept_edited=accept_edited, yes=yes)


def _issue(job: Job, *, accept_edited: bool, yes: bool) -> int:
    month, snapshot = job.month, load_snapshot(job.store, job.campaign, job.month)
    most = job.campaign.settings.policy.doubt.total_share
    totals = moved_totals(job.campaign.definition, snapshot.figures, most)
    moved = [total.sentence for total in totals]
    if moved and not yes and not _is_right(moved):
        raise UserError(f"{'；'.join(moved)}。没有印发：请核对，无误的加 --yes 再印发")
    open_lines = list(outstanding(snapshot))
    for line in open_lines:
        console.say(line)
    if open_lines and not yes and console.can_ask() and not console.ask(GO_ON):
        raise UserError("没有印发")
    issued = issue_month(
        job,
        snapshot,
        Renderer(template_folders(job)),
        lambda edited: accept_edited or _confirmed(edited),
    )
    for line in _edit_lines(issued.edited) if accept_edited else ():
        console.say(line)
    count = len(issued.documents)
    console.say(
        f"已登记印发{month.label}的简报和文书 {count} 份，以后不再改动；数据有变时另出更正稿。"
    )
    return OK


def _is_right(moved: Sequence[str]) -> bool:
    """Return whether the person at the terminal says that totals moved rightly."""
    if not console.can_ask():
        return False
    for sentence in moved:
        console.say(sentence)
    return console.ask("核对无误、照此印发吗？输入“是”或 y 印发，其他不印发：")


def _confirmed(edited: Edits) -> bool:
    """Return whether the person at the terminal issues edited drafts; False if nobody is there."""
    if not console.can_ask():
        return False
    for line in _edit_lines(edited):
        console.say(line)
    return console.ask("按手改的印发吗？输入“是”或 y 印发，其他不印发：")


def _edit_lines(edited: Edits) -> Iterator[str]:
    for path, notes in edited.items():
        if notes:
            yield f"{path} 手改过，请核对："
            yield from (f"  {note}" for note in notes)
        else:
            yield f"{path} 手改过，数字没有变。"


def blank_command(kind: Kind, path: Path, campaign: Path | None) -> int:
    """Return the exit code; writes a blank form and prints its path."""
    from flows.steps.blank.form import blank_form

    present = load_campaign(campaign or Path("campaign")).in_month(Month.of(today()))
    form = blank_form(kind, present)
    if path.is_file() and path.read_bytes() != form:
        raise UserError(f"“{path}”已经存在，内容不同，没有覆盖。请换一个文件名，或先把它移走")
    write_atomically(path, form)
    console.say(str(path))
    return OK


def forms_command(
    month: Month,
    sender: str | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
) -> int:
    """Return the exit code; writes the senders' own forms for a month and prints their paths."""
    from flows.pipeline.own_forms import write_forms

    job = open_job(month, campaign, None, outputs, None, store).job
    for path in write_forms(job, sender).values():
        console.say(str(path))
    return OK
