"""Everything that a month leaves, planned in one place and written into one folder (DESIGN §7)."""

import hashlib
import itertools
import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.pipeline.ahead import rendering_ahead
from flows.pipeline.documents import Sources, documents_by_hand, month_documents
from flows.pipeline.hand_edits import MANIFEST, kept_edits
from flows.pipeline.own_forms import FORMS
from flows.pipeline.report import rates_of
from flows.pipeline.return_packets import (
    copied_files,
    inputs_of,
    return_orders,
    returned_files,
)
from flows.pipeline.snapshot import MonthSnapshot
from flows.pipeline.template_folders import template_folders
from flows.pipeline.verdicts import QUALITY, QUALITY_CHECK, is_published, quality_file
from flows.steps.blank.upward import upward_ledger
from flows.steps.export import as_json, figures_record, manifest_record
from flows.steps.figure_places import FIGURES_PAGE
from flows.steps.files import (
    PlannedFile,
    StagedFolder,
    clear_interrupted,
    fill_in_place,
    is_unchanged,
)
from flows.steps.model import Line, Report, SupervisionItem, UserError
from flows.steps.overview import (
    figures_page,
    month_page,
    returns_page,
    summary_workbook,
)
from flows.steps.render import Renderer
from flows.steps.store import Run, rates_as_text, record_run
from schemas.documents import FILE as DOCUMENTS_FILE
from schemas.rules import RULES_VERSION
from templates import DOCUMENTS, HERE

ITEMS = "supervision/"  # in front of the steps of supervised items among a month's inputs
INDEX, RETURNS_INDEX = "index.html", "returns/index.html"


def publish_month(
    job: Job,
    snapshot: MonthSnapshot,
    report: Report,
    files: Sequence[LedgerFile],
    campaign_files: Mapping[str, bytes],
) -> tuple[list[str], list[str]]:
    """Write a month's folder and record the run; return the paths inside, and what is not there.

    A complete folder that was made from the same inputs by the same program stays as it is. Drafts
    that were edited by hand are kept beside the new ones. For a document that cannot be made there
    is a message; raises UserError if no bulletin can be.
    """
    folder = job.outputs / str(job.month)
    facts = _manifest(job, snapshot, campaign_files)
    paths = _made_from(folder, facts)
    undone: list[str] = []
    if paths is not None:
        clear_interrupted(folder)
    if paths is None:
        with StagedFolder(folder, _digest(facts)) as staging:
            staging.fill(planned_files(job, snapshot, report, files, staging.undone))
            undone = list(dict.fromkeys(staging.undone.values()))
            if undone and not any(path.startswith("bulletins/") for path in staging.digests):
                raise UserError("\n".join(undone))
            if undone:  # so that the next run tries again
                facts["undone"] = sorted(staging.undone)
            staging.write(PlannedFile(MANIFEST, partial(_with_outputs, facts, staging.digests)))
            kept = {
                **kept_edits(folder, staging.digests),
                **_forms_in(folder),
                **documents_by_hand(folder),
            }
            for path, content in kept.items():
                if path not in staging.digests:
                    staging.keep(path, content)
            staging.publish()
        paths = sorted(staging.digests)
    _record(job, snapshot, report, campaign_files)
    return paths, undone


def planned_files(
    job: Job,
    snapshot: MonthSnapshot,
    report: Report,
    files: Sequence[LedgerFile],
    undone: Container[str] = (),
) -> Iterator[PlannedFile]:
    """Yield every file of a month's folder but the manifest, those that list the others last.

    They list no file that is `undone` by then. The records are made while documents are rendered
    elsewhere.
    """
    sources, folders = Sources(job, snapshot, report, files), template_folders(job)
    paths = [INDEX, RETURNS_INDEX, MANIFEST]
    with rendering_ahead(report, sources.receipts, folders) as ahead:
        documents = list(month_documents(sources, Renderer(folders), ahead))
        if ahead is not None:
            ahead.ask()
        records = _records(report, snapshot.lines)
        for file in itertools.chain(records, documents, copied_files(sources.returned)):
            paths.append(file.path)
            yield file
    names = sorted(path for path in paths if path not in undone)
    yield PlannedFile(INDEX, _encoded(month_page, report, names))
    yield PlannedFile(RETURNS_INDEX, _encoded(returns_page, report, names))


def _records(report: Report, lines: Sequence[Line]) -> Iterator[PlannedFile]:
    yield PlannedFile("汇总表.xlsx", partial(summary_workbook, report))
    yield PlannedFile("上报表.xlsx", partial(upward_ledger, report))
    yield PlannedFile(FIGURES_PAGE, lambda: figures_page(report, lines).encode())
    record = partial(figures_record, report.figures, report.campaign.definition)
    yield PlannedFile("figures.json", lambda: as_json(record()))
    yield quality_file(QUALITY, report.ledgers, report.failures)


def _encoded(
    page: Callable[[Report, Sequence[str]], str], report: Report, names: Sequence[str]
) -> Callable[[], bytes]:
    return lambda: page(report, names).encode()


def publish_returns_only(
    job: Job, snapshot: MonthSnapshot, report: Report, files: Sequence[LedgerFile]
) -> tuple[bool, list[str]]:
    """Write the verdicts and packets of a month without a bulletin.

    Returns whether any packet was written, and why a document could not be. A published month stays
    as it is, and the verdicts go beside it as `bulletin check` leaves them.
    """
    folder = job.outputs / str(job.month)
    renderer = Renderer(template_folders(job))
    orders = return_orders(job, inputs_of(snapshot), report.issued, files)
    returns = list(returned_files(job, orders, report.issued, renderer))
    if is_published(folder):
        quality = quality_file(QUALITY_CHECK, report.ledgers, report.failures)
        written, undone = fill_in_place(folder, [quality, *returns])
        return len(written) > 1, list(dict.fromkeys(undone.values()))
    quality = quality_file(QUALITY, report.ledgers, report.failures)
    names = sorted([QUALITY, RETURNS_INDEX, *(file.path for file in returns)])
    with StagedFolder(folder, _digest([snapshot.state, job.issued.isoformat(), names])) as staging:
        staging.fill([quality, *returns])
        made = [name for name in names if name not in staging.undone]
        staging.write(PlannedFile(RETURNS_INDEX, _encoded(returns_page, report, made)))
        staging.publish()
        return len(made) > 2, list(dict.fromkeys(staging.undone.values()))


def _forms_in(folder: Path) -> dict[str, bytes]:
    """Return the senders' forms that were written into a month's folder before its run."""
    paths = sorted((folder / FORMS).rglob("*.xlsx"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _digest(value: object) -> str:
    return hashlib.sha256(as_json(value)).hexdigest()


def _made_from(folder: Path, facts: Mapping[str, object]) -> list[str] | None:
    """Return the files of a folder that was made from these facts and is untouched, else None."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    outputs = {entry["file"]: entry["sha256"] for entry in manifest.pop("outputs", [])}
    if manifest != facts or not is_unchanged(folder, outputs):
        return None
    return sorted([*outputs, MANIFEST])


def _with_outputs(facts: Mapping[str, object], digests: Mapping[str, str]) -> bytes:
    outputs = [{"file": name, "sha256": digest} for name, digest in sorted(digests.items())]
    return as_json({**facts, "outputs": outputs})


def _record(
    job: Job, snapshot: MonthSnapshot, report: Report, campaign_files: Mapping[str, bytes]
) -> None:
    """Add the run to the store's journal, unless the last one had the same inputs."""
    run = Run(
        month=str(job.month),
        issued=job.issued,
        recorded_at=datetime.now(UTC),
        state=snapshot.state,
        campaign=campaign_digest(campaign_files),
        rates=rates_as_text(rates_of(report.figures, job.campaign)),
    )
    last = snapshot.journal.last_run(run.month)
    if last is None or last.inputs != run.inputs:
        record_run(job.store, run, campaign_files)


def campaign_digest(files: Mapping[str, bytes]) -> str:
    """Return a digest of the campaign folder's files."""
    parts = [
        f"{name}\0{hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _manifest(
    job: Job, snapshot: MonthSnapshot, campaign_files: Mapping[str, bytes]
) -> dict[str, object]:
    """Return what a month is made from: manifest.json without the outputs."""
    versions = {
        "program": f"ledger-bulletin {version('ledger-bulletin')}",
        "rules": RULES_VERSION,
        "store": snapshot.state,
    }
    inputs = dict(_inputs(snapshot, campaign_files))
    return manifest_record(str(job.month), job.issued.isoformat(), versions, inputs)


def steps_of(items: Iterable[SupervisionItem]) -> Iterator[tuple[str, str]]:
    """Yield each step of supervised items, as manifest.json names it, with its identity."""
    for item in items:
        for step, event in enumerate(item.events, 1):
            yield f"{ITEMS}{item.number}/{step}", event.id


def _inputs(
    snapshot: MonthSnapshot, campaign_files: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    """Yield each input of a month by name, with its sha256 or the state that it stands for."""
    month = str(snapshot.month)
    used = {line.submission for line in snapshot.lines}
    for submissions in snapshot.history.by_month.values():
        for s in submissions:
            if s.month == month or s.id in used:
                yield f"{s.month}/{s.file}", s.sha256
    for name, content in campaign_files.items():
        yield f"campaign/{name}", hashlib.sha256(content).hexdigest()
    for path in sorted(HERE.rglob("*.docx")):
        name = path.relative_to(HERE).as_posix()
        yield f"templates/{name}", hashlib.sha256(path.read_bytes()).hexdigest()
    table = DOCUMENTS / DOCUMENTS_FILE
    yield f"templates/documents/{table.name}", hashlib.sha256(table.read_bytes()).hexdigest()
    for versions in snapshot.issued.documents.values():
        yield from ((f"issued/{document.path}", document.sha256) for document in versions)
    yield from steps_of(snapshot.supervision)
    earlier = [issue for issue in snapshot.journal.issues if issue.month <= month]
    for number, issue in enumerate(earlier, 1):
        yield f"issues/{number}/{issue.month}", issue.state
