"""`bulletin render`, `issue` and `blank`."""

from datetime import datetime
from pathlib import Path

from flows.campaign.folder import load_campaign
from flows.commands import console
from flows.commands.exit_codes import OK
from flows.commands.pdf import to_pdf
from flows.intake.job import open_job
from flows.pipeline.issue import issue_month
from flows.pipeline.on_demand import write_bulletins
from flows.pipeline.snapshot import load_snapshot
from flows.steps.files import write_atomically
from flows.steps.model import Kind
from flows.steps.months import Month
from schemas.columns import Level


def render_command(
    month: Month,
    level: Level,
    name: str | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    as_of: datetime | None,
    *,
    everything: bool,
    pdf: bool,
) -> int:
    """Return the exit code; writes one bulletin, or all of a level, and prints the paths."""
    for target in write_bulletins(
        month, level, name, campaign, outputs, store, as_of, everything=everything
    ):
        console.say(str(target))
        if pdf:
            console.say(str(to_pdf(target)))
    return OK


def issue_command(
    month: Month, campaign: Path | None, outputs: Path | None, store: str | None
) -> int:
    """Return the exit code; records a month's drafts as issued."""
    opened = open_job(month, campaign, None, outputs, None, store)
    documents = issue_month(
        opened.job.store,
        load_snapshot(opened.job.store, opened.job.campaign, month),
        opened.job.outputs,
    )
    console.say(
        f"已登记印发{month.label}的简报 {len(documents)} 份，以后不再改动；数据有变时另出更正稿。"
    )
    return OK


def blank_command(kind: Kind, path: Path, campaign: Path | None) -> int:
    """Return the exit code; writes a blank form and prints its path."""
    from flows.steps.blank import blank_form

    write_atomically(path, blank_form(kind, load_campaign(campaign or Path("campaign"))))
    console.say(str(path))
    return OK
