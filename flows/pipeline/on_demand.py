"""One bulletin, or all of a level, from the store on any day (DESIGN §7)."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.campaign.folder import campaign_of
from flows.intake.job import OpenedJob, open_job
from flows.pipeline.bulletins import one_bulletin, template_folders
from flows.pipeline.issued import IssuedDocuments, load_issued
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.trace import nearest
from flows.settings import Campaign
from flows.steps.compose import names_of
from flows.steps.files import write_atomically
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.store import campaign_files, runs
from schemas.columns import LEVEL_NAMES, Level
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
    """Write one bulletin, or all of a level, from the store; return where they lie. Raises UserError."""
    opened = open_job(month, campaign, None, outputs, None, store)
    written = []
    with as_it_was(opened, as_of) as (job, issued):
        view = load_snapshot(job.store, job.campaign, month, as_of)
        if not view.usable:
            raise UserError(f"数据存储中没有{month.label}可用的台账。请先运行 bulletin run {month}")
        report = report_of(job.store, view, issued, as_of)
        now, then = load_issued(job.store, str(month)), load_issued(job.store, str(month), as_of)
        renderer = Renderer(template_folders(job))
        for wanted in chosen_names(report, level, name, job.campaign, everything=everything):
            for path, make in one_bulletin(report, level, wanted, then, renderer):
                content = make()
                written.append(_beside_issued(job.outputs / str(month) / path, content, now, as_of))
                write_atomically(written[-1], content)
    return written


def _beside_issued(
    target: Path, content: bytes, issued: IssuedDocuments, as_of: datetime | None
) -> Path:
    """Return where to write: an issued document that says otherwise is never written over by a bulletin of another day."""
    own = {d.sha256 for versions in issued.documents.values() for d in versions}
    if as_of is not None and target.is_file():
        lies = hashlib.sha256(target.read_bytes()).hexdigest()
        if lies in own and lies != hashlib.sha256(content).hexdigest():
            return target.with_name(f"{target.stem}（截至{as_of:%Y-%m-%dT%H%M}）{target.suffix}")
    return target


def chosen_names(
    report: Any, level: Level, name: str | None, campaign: Campaign, *, everything: bool
) -> list[str]:
    """Return the names of the bulletins asked for, by name or alias; raises UserError, with names there are, where it is none."""
    names: list[str] = names_of(report, level)
    if level == "city" or everything:
        return names
    registered = campaign.county_names if level == "county" else campaign.enterprise_names
    wanted = registered.get(squeeze(name or ""), name)
    if wanted in names:
        return [wanted]
    title = f"{report.month.label}的{LEVEL_NAMES[level]}简报"
    if not name:
        raise UserError(f"{title}没有写明 --name。可选：{_listed(names)}；全部编制用 --all")
    raise UserError(
        f"{title}没有“{name}”。{nearest(name, names)}可选：{_listed(names)}；全部编制用 --all"
    )


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:LISTED]) + (f"等{len(names)}个" if len(names) > LISTED else "")


@contextmanager
def as_it_was(opened: OpenedJob, as_of: datetime | None) -> Iterator[tuple[Any, Any]]:
    """Give the job and the day of issue of the month's last run, up to a time; with the campaign folder as it was then."""
    job = opened.job
    own = [run for run in runs(job.store, as_of) if run.month == str(job.month)]
    if as_of is None:
        yield job, own[-1].issued if own else job.issued
        return
    if not own:
        raise UserError(f"到那时为止，{job.month.label}的简报还没有编制过。")
    files = campaign_files(job.store, own[-1].campaign)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            write_atomically(Path(folder, path), content)
        templates = Path(folder, "templates")
        campaign = campaign_of(files, Path(folder))
        yield (
            replace(job, campaign=campaign, templates=templates if templates.is_dir() else None),
            own[-1].issued,
        )
