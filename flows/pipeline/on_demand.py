"""One document of 文书.csv, or one for each whom it is about, from the store on any day."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flows.campaign.folder import TEMPLATES, campaign_of
from flows.intake.job import Job, OpenedJob, open_job
from flows.intake.registers import Registers
from flows.pipeline.documents import Sources, versions_of
from flows.pipeline.hand_edits import kept_edits
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.template_folders import template_folders
from flows.pipeline.trace import nearest
from flows.settings import Campaign
from flows.steps.compose.planning import PlannedDocument, documents_of
from flows.steps.files import PlannedFile, write_atomically
from flows.steps.model import Report, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.store import Journal, campaign_files, load_journal
from schemas.documents import FOLDER as DOCUMENTS
from schemas.documents import DocumentLine
from schemas.spellings import squeeze

LISTED = 15  # names printed in a message


def write_documents(
    month: Month,
    document: str,
    name: str | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    as_of: datetime | None,
    *,
    everything: bool,
) -> list[Path]:
    """Return the paths of a document of 文书.csv, written from the store for one name or for all.

    Raises UserError.
    """
    opened = open_job(month, campaign, None, outputs, None, store)
    journal = load_journal(opened.job.store, as_of)
    with job_as_of(opened, journal, as_of) as job:
        snapshot = load_snapshot(job.store, job.campaign, month, as_of, journal=journal)
        if not snapshot.usable:
            raise UserError(f"数据存储中没有{month.label}可用的台账。请先运行 bulletin run {month}")
        report = report_of(snapshot, job.issued)
        planned = chosen(report, line_named(document, job.campaign), name, everything=everything)
        sources = Sources(job, snapshot, report, as_of=as_of)
        made = versions_of(sources, planned, Renderer(template_folders(job)))
        return _written(job.outputs / str(month), made, as_of)


def _written(folder: Path, planned: Iterable[PlannedFile], as_of: datetime | None) -> list[Path]:
    """Return the paths of files written into a month's folder; raises UserError for the others."""
    written: list[Path] = []
    undone: list[str] = []
    for file in planned:
        try:
            content = file.make()
        except UserError as error:
            undone.append(str(error))
            continue
        path = folder / file.path
        if as_of is None:
            keep_edit(folder, file.path, content)
        else:
            path = _free_path(path, content, as_of)
        write_atomically(path, content)
        written.append(path)
    if undone:
        made = [f"其余 {len(written)} 份已编好，在 {folder}。"] if written else []
        raise UserError("\n".join([*dict.fromkeys(undone), *made]))
    return written


def _free_path(path: Path, content: bytes, as_of: datetime) -> Path:
    """Return a path for the bulletin of another day that holds nothing else."""
    stem, number = f"{path.stem}（截至{as_of:%Y-%m-%dT%H%M}", 1
    while path.is_file() and path.read_bytes() != content:
        again = f"，第{number}份" if number > 1 else ""
        path, number = path.with_name(f"{stem}{again}）{path.suffix}"), number + 1
    return path


def keep_edit(folder: Path, path: str, content: bytes) -> None:
    """Keep a draft that was edited by hand before it is overwritten."""
    digest = hashlib.sha256(content).hexdigest()
    for place, edit in kept_edits(folder, {path: digest}, [path]).items():
        write_atomically(folder / place, edit)


def line_named(name: str, campaign: Campaign) -> DocumentLine:
    """Return the line of a document; raises UserError, with those that there are, for none."""
    lines = {squeeze(line.name): line for line in campaign.documents}
    line = lines.get(squeeze(name))
    if line is None:
        choices = "、".join(one.name for one in campaign.documents)
        raise UserError(f"没有文书“{name}”。可选：{choices}。自己的文书写在文书文件夹的文书.csv里")
    return line


def chosen(
    report: Report, line: DocumentLine, name: str | None, *, everything: bool
) -> list[PlannedDocument]:
    """Return a document for whom it is asked for, by name or alias.

    Raises UserError, with the names that there are, for an unknown one.
    """
    planned = {each.name: each for each in documents_of(report, line)}
    if line.subject == "city" or everything:
        return list(planned.values())
    wanted = _registered(report.campaign, line).get(squeeze(name or ""), name)
    if wanted in planned:
        return [planned[wanted]]
    title, names = f"{report.month.label}的{line.name}", list(planned)
    choice = f"可选：{_listed(names)}；全部编制用 --all" if names else "这个月没有要出的"
    if not name:
        raise UserError(f"{title}没有写明 --name。{choice}")
    raise UserError(f"{title}没有“{name}”。{nearest(name, names)}{choice}")


def _registered(campaign: Campaign, line: DocumentLine) -> Mapping[str, str]:
    """Return the names of those whom a document can be about, by each of their spellings."""
    if line.subject == "county":
        return campaign.county_names
    if line.subject == "item":
        return {**campaign.enterprise_names, **campaign.county_names}
    return campaign.sender_names if line.subject == "sender" else campaign.enterprise_names


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:LISTED]) + (f"等{len(names)}个" if len(names) > LISTED else "")


@contextmanager
def job_as_of(opened: OpenedJob, journal: Journal, as_of: datetime | None) -> Iterator[Job]:
    """Give the job with the day of issue of the month's last run, up to a time.

    For a time in the past the campaign folder is the run's, too. Raises UserError if the month had
    not been run by then.
    """
    job = opened.job
    run = journal.last_run(str(job.month))
    if as_of is None:
        yield job if run is None else replace(job, issued=run.issued)
        return
    if run is None:
        raise UserError(f"到那时为止，{job.month.label}的简报还没有编制过。")
    files = campaign_files(job.store, run.campaign)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            write_atomically(Path(folder, path), content)
        templates, documents = Path(folder, TEMPLATES), Path(folder, DOCUMENTS)
        yield replace(
            job,
            campaign=Registers(job.store, campaign_of(files, Path(folder)), as_of).current(
                job.month
            ),
            templates=templates if templates.is_dir() else None,
            documents=documents if documents.is_dir() else None,
            issued=run.issued,
        )
