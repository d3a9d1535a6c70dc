"""Everything that a month leaves, written into one folder that appears whole (DESIGN §7)."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.pipeline.bulletins import bulletins, template_folders
from flows.pipeline.issued import IssuedDocuments, load_issued
from flows.pipeline.report import rates_of
from flows.pipeline.return_packets import files_of, packets
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.export import as_json, figures_record, manifest_record, quality_record
from flows.steps.files import StagedFolder, is_unchanged, write_atomically
from flows.steps.model import Report
from flows.steps.overview import month_page, returns_page, summary_workbook
from flows.steps.render import Renderer
from flows.steps.store import Run, issues, rates_as_text, record_run
from schemas.rules import RULES_VERSION
from templates import HERE

MANIFEST = "manifest.json"
QUALITY, APART = (
    "quality.json",
    "quality-check.json",
)  # the verdicts of a month; those of a check after it was published


def publish_month(
    job: Job,
    view: MonthSnapshot,
    report: Report,
    files: Sequence[LedgerFile],
    campaign_files: Mapping[str, bytes],
) -> list[str]:
    """Write a month's folder and put it in its place; return the paths inside it. The journal learns of the run afterwards.

    A folder that lies there whole, made from the same by the same program, stays as it is.
    """
    folder = job.outputs / str(job.month)
    keeping = load_issued(job.store, str(job.month))
    facts = _manifest(job, view, keeping, campaign_files)
    made = _made_from(folder, facts)
    if made is None:
        with StagedFolder(folder, hashlib.sha256(as_json(facts)).hexdigest()) as staging:
            _write(staging, job, view, report, files, keeping)
            staging.write(MANIFEST, partial(_with_outputs, facts, dict(staging.digests)))
            staging.publish()
        made = sorted(staging.digests)
    record(job, view, report, campaign_files)
    return made


def publish_returns_only(
    job: Job, view: MonthSnapshot, report: Report, files: Sequence[LedgerFile]
) -> bool:
    """Write the verdicts and what goes back of a month that has no bulletin; return whether anything goes back.

    A month that is published stays as it is, with the verdicts beside it as `bulletin check` leaves them.
    """
    folder = job.outputs / str(job.month)
    renderer = Renderer(template_folders(job))
    made = dict(
        pair for packet in packets(job, view, report, files) for pair in files_of(packet, renderer)
    )
    quality: Callable[[], bytes] = partial(as_json, quality_record(report.ledgers, report.failures))
    if (folder / MANIFEST).exists():
        for path, make in {APART: quality, **made}.items():
            write_atomically(folder / path, make())
        return bool(made)
    names = sorted([QUALITY, *made, "returns/index.html"])
    key = hashlib.sha256(as_json([view.state, job.issued.isoformat(), names])).hexdigest()
    with StagedFolder(folder, key) as staging:
        for path, make in {
            QUALITY: quality,
            **made,
            "returns/index.html": lambda: returns_page(report, names).encode(),
        }.items():
            staging.write(path, make)
        staging.publish()
    return bool(made)


def _write(
    staging: StagedFolder,
    job: Job,
    view: MonthSnapshot,
    report: Report,
    files: Sequence[LedgerFile],
    keeping: IssuedDocuments,
) -> None:
    renderer = Renderer(template_folders(job))
    for path, make in bulletins(report, keeping, renderer):
        staging.write(path, make)
    for packet in packets(job, view, report, files):
        for path, make in files_of(packet, renderer):
            staging.write(path, make)
    staging.write("汇总表.xlsx", lambda: summary_workbook(report))
    staging.write("figures.json", lambda: as_json(figures_record(report.figures)))
    staging.write(QUALITY, lambda: as_json(quality_record(report.ledgers, report.failures)))
    names = sorted([*staging.digests, "index.html", "returns/index.html", MANIFEST])
    staging.write("index.html", lambda: month_page(report, names).encode())
    staging.write("returns/index.html", lambda: returns_page(report, names).encode())


def _made_from(folder: Path, facts: Mapping[str, object]) -> list[str] | None:
    """Return the files of a month's folder that was made from just these facts and has not been touched since, None for any other."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    outputs = {entry["file"]: entry["sha256"] for entry in manifest.pop("outputs", [])}
    whole = manifest == facts and is_unchanged(
        folder, {**outputs, MANIFEST: hashlib.sha256(path.read_bytes()).hexdigest()}
    )
    return sorted([*outputs, MANIFEST]) if whole else None


def _with_outputs(facts: Mapping[str, object], digests: Mapping[str, str]) -> bytes:
    return as_json(
        {
            **facts,
            "outputs": [
                {"file": name, "sha256": digest} for name, digest in sorted(digests.items())
            ],
        }
    )


def record(
    job: Job, view: MonthSnapshot, report: Report, campaign_files: Mapping[str, bytes]
) -> None:
    """Note in the journal what a month was made from."""
    rates = rates_as_text(rates_of(report.figures, job.campaign))
    digest = snapshot_digest(campaign_files)
    record_run(
        job.store,
        Run(str(job.month), job.issued, datetime.now(UTC), view.state, digest, rates),
        campaign_files,
    )


def snapshot_digest(files: Mapping[str, bytes]) -> str:
    """Return a digest of the campaign folder's files."""
    parts = [
        f"{name}\0{hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _manifest(
    job: Job, view: MonthSnapshot, keeping: IssuedDocuments, campaign_files: Mapping[str, bytes]
) -> dict[str, object]:
    """Return what a month is made from, as manifest.json has it but for the outputs."""
    used = {line.submission for line in view.lines}
    ledgers = [
        s
        for month in view.remembered.by_month.values()
        for s in month
        if s.month == str(job.month) or s.id in used
    ]
    inputs = {f"{s.month}/{s.file}": s.sha256 for s in ledgers}
    inputs |= {
        f"campaign/{name}": hashlib.sha256(content).hexdigest()
        for name, content in campaign_files.items()
    }
    inputs |= {
        f"templates/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(HERE.glob("*.docx"))
    }
    inputs |= {
        f"issued/{d.path}": d.sha256 for versions in keeping.documents.values() for d in versions
    }
    earlier = [issue for issue in issues(job.store) if issue.month <= str(job.month)]
    inputs |= {f"issues/{i}/{issue.month}": issue.state for i, issue in enumerate(earlier, 1)}
    versions = {
        "program": f"ledger-bulletin {version('ledger-bulletin')}",
        "rules": RULES_VERSION,
        "store": view.state,
    }
    return manifest_record(str(job.month), job.issued.isoformat(), versions, inputs)
