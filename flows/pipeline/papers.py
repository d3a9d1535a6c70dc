"""The documents of 文书.csv in a month's folder, and one of them on demand (DESIGN §7)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from flows.intake.job import Job, open_job
from flows.pipeline.bulletins import template_folders
from flows.pipeline.hand_edits import printed_digests
from flows.pipeline.on_demand import LISTED, job_as_of, keep_edit
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.trace import nearest
from flows.settings import Campaign
from flows.steps.compose.papers import (
    FOLDER,
    PlannedPaper,
    all_names,
    paper_of,
    papers_due,
    papers_of,
)
from flows.steps.files import PlannedFile, write_atomically
from flows.steps.model import Report, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.store import NumberedDocument, load_journal, number_for
from schemas.documents import NUMBER, YEAR, DocumentLine
from schemas.spellings import squeeze


def planned_papers(job: Job, report: Report, renderer: Renderer) -> Iterator[PlannedFile]:
    """Yield the documents that a month asks for; each gets its number when it is made."""
    for planned in papers_due(report):
        yield PlannedFile(planned.path, partial(_made, job, report, planned, renderer))


def _made(job: Job, report: Report, planned: PlannedPaper, renderer: Renderer) -> bytes:
    number = _number(job, planned, report.issued)
    return renderer.render(paper_of(report, planned, number))


def _number(job: Job, planned: PlannedPaper, issued: date) -> str:
    """Return the number of a document as it is printed, empty for one without a series."""
    line = planned.line
    if not line.series:
        return ""
    document = NumberedDocument(line.series, line.name, planned.name, str(job.month))
    given = number_for(job.store, document, issued.year, datetime.now(UTC))
    return line.series.replace(YEAR, str(given.year)).replace(NUMBER, str(given.number))


def papers_by_hand(folder: Path) -> dict[str, bytes]:
    """Return the documents of a month's folder that no run has written, by their path in it."""
    printed = printed_digests(folder)
    paths = sorted(p for p in (folder / FOLDER).rglob("*") if p.is_file())
    by_path = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in by_path.items() if name not in printed}


def write_papers(
    month: Month,
    document: str,
    name: str | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    *,
    everything: bool,
) -> list[Path]:
    """Return the paths of a document of 文书.csv, for one name or for all; raises UserError."""
    opened = open_job(month, campaign, None, outputs, None, store)
    with job_as_of(opened, load_journal(opened.job.store), None) as job:
        snapshot = load_snapshot(job.store, job.campaign, month)
        if not snapshot.usable:
            raise UserError(f"数据存储中没有{month.label}可用的台账。请先运行 bulletin run {month}")
        report = report_of(snapshot, job.issued)
        line = _line(document, job.campaign)
        names = _names(report, line, name, everything=everything)
        renderer = Renderer(template_folders(job))
        folder = job.outputs / str(month)
        written = []
        every = {
            planned.name: planned for planned in papers_of(report, line, all_names(report, line))
        }
        for each in names:
            planned = every[each]
            content = _made(replace(job, campaign=report.campaign), report, planned, renderer)
            keep_edit(folder, planned.path, content)
            write_atomically(folder / planned.path, content)
            written.append(folder / planned.path)
    return written


def _line(name: str, campaign: Campaign) -> DocumentLine:
    lines = {squeeze(line.name): line for line in campaign.documents}
    line = lines.get(squeeze(name))
    if line is None:
        choices = "、".join(one.name for one in campaign.documents)
        raise UserError(f"没有文书“{name}”。可选：{choices}。自己的文书写在文书文件夹的文书.csv里")
    return line


def _names(report: Report, line: DocumentLine, name: str | None, *, everything: bool) -> list[str]:
    """Return whom a document is made for; raises UserError for an unknown name."""
    names = all_names(report, line)
    if line.subject == "city" or everything:
        return names
    campaign = report.campaign
    registered = {
        "county": campaign.county_names,
        "enterprise": campaign.enterprise_names,
        "sender": campaign.sender_names,
    }[line.subject]
    wanted = registered.get(squeeze(name or ""), name)
    if wanted in names:
        return [wanted]
    listed = "、".join(names[:LISTED]) + (f"等{len(names)}个" if len(names) > LISTED else "")
    choice = f"可选：{listed}；全部编制用 --all"
    if not name:
        raise UserError(f"{report.month.label}的{line.name}没有写明 --name。{choice}")
    raise UserError(
        f"{report.month.label}的{line.name}没有“{name}”。{nearest(name, names)}{choice}"
    )
