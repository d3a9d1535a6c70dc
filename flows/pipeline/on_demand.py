"""One bulletin, or all of a level, from the store on any day (DESIGN §7)."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flows.campaign.folder import TEMPLATES, campaign_of
from flows.intake.job import Job, OpenedJob, open_job
from flows.intake.registers import Registers
from flows.pipeline.bulletins import bulletins_of, template_folders
from flows.pipeline.hand_edits import kept_edits
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.trace import nearest
from flows.settings import Campaign
from flows.steps.compose import names_of
from flows.steps.files import write_atomically
from flows.steps.model import Report, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.store import Journal, campaign_files, load_journal
from schemas.columns import LEVEL_NAMES, Level
from schemas.documents import FOLDER as DOCUMENTS
from schemas.spellings import squeeze

LISTED = 15  # names printed in a message


def write_bulletins(
    month: Month,
    level: Level,
    name: str | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    as_of: datetime | None,
    *,
    everything: bool,
) -> list[Path]:
    """Return the paths of one bulletin, or of all of a level, written from the store.

    Raises UserError.
    """
    opened = open_job(month, campaign, None, outputs, None, store)
    journal = load_journal(opened.job.store, as_of)
    with job_as_of(opened, journal, as_of) as job:
        snapshot = load_snapshot(job.store, job.campaign, month, as_of, journal=journal)
        if not snapshot.usable:
            raise UserError(f"数据存储中没有{month.label}可用的台账。请先运行 bulletin run {month}")
        report = report_of(snapshot, job.issued)
        names = chosen_names(report, level, name, report.campaign, everything=everything)
        subjects = [(level, each) for each in names]
        renderer = Renderer(template_folders(job))
        folder = job.outputs / str(month)
        written: list[Path] = []
        undone: list[str] = []
        for file in bulletins_of(report, subjects, snapshot.issued, renderer):
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


def chosen_names(
    report: Report, level: Level, name: str | None, campaign: Campaign, *, everything: bool
) -> list[str]:
    """Return the names of the bulletins asked for, by name or alias.

    Raises UserError, with the names that there are, for an unknown one.
    """
    names = names_of(report, level)
    if level == "city" or everything:
        return names
    registered = campaign.county_names if level == "county" else campaign.enterprise_names
    wanted = registered.get(squeeze(name or ""), name)
    if wanted in names:
        return [wanted]
    title = f"{report.month.label}的{LEVEL_NAMES[level]}简报"
    choice = f"可选：{_listed(names)}；全部编制用 --all"
    if not name:
        raise UserError(f"{title}没有写明 --name。{choice}")
    raise UserError(f"{title}没有“{name}”。{nearest(name, names)}{choice}")


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
