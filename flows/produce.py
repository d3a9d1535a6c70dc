"""Everything that a month leaves, written into one folder that appears whole (DESIGN §7)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from flows.drafts import bulletins, template_folders
from flows.issued import kept
from flows.job import RULES_VERSION, Found, Job
from flows.report import rates_of
from flows.returns import files_of, packets
from flows.steps.model import Report
from flows.steps.overview import month_page, returns_page, summary_workbook
from flows.steps.publish import Staging
from flows.steps.records import as_json, figures_record, manifest_record, quality_record
from flows.steps.render import Renderer
from flows.steps.store import Run, rates_as_text, record_run
from flows.view import View


def produce(job: Job, view: View, report: Report, files: Sequence[Found], campaign_files: Mapping[str, bytes]) -> list[str]:
    """Write a month's folder and put it in its place; return the paths inside it. The journal learns of the run afterwards."""
    renderer = Renderer(template_folders(job))
    with Staging(job.outputs / str(job.month)) as staging:
        for path, content in bulletins(report, kept(job.store, str(job.month)), renderer):
            staging.write(path, content)
        for packet in packets(job, view, report, files):
            for path, content in files_of(packet, renderer):
                staging.write(path, content)
        staging.write("汇总表.xlsx", summary_workbook(report))
        staging.write("figures.json", as_json(figures_record(report.figures)))
        staging.write("quality.json", as_json(quality_record(report.ledgers, report.failures)))
        names = sorted([*staging.digests, "index.html", "returns/index.html", "manifest.json"])
        staging.write("index.html", month_page(report, names).encode())
        staging.write("returns/index.html", returns_page(report, names).encode())
        staging.write("manifest.json", as_json(_manifest(job, view, campaign_files, staging.digests)))
        staging.publish()
    record(job, view, report, campaign_files)
    return sorted(staging.digests)


def record(job: Job, view: View, report: Report, campaign_files: Mapping[str, bytes]) -> None:
    """Note in the journal what a month was made from."""
    rates = rates_as_text(rates_of(report.figures, job.campaign))
    digest = snapshot_digest(campaign_files)
    record_run(job.store, Run(str(job.month), job.issued, datetime.now(UTC), view.state, digest, rates), campaign_files)


def snapshot_digest(files: Mapping[str, bytes]) -> str:
    """Return a digest of the campaign folder's files."""
    parts = [f"{name}\0{hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _manifest(job: Job, view: View, campaign_files: Mapping[str, bytes], outputs: Mapping[str, str]) -> dict[str, object]:
    used = {line.submission for line in view.lines}
    ledgers = [s for month in view.remembered.by_month.values() for s in month if s.month == str(job.month) or s.id in used]
    inputs = {f"{s.month}/{s.file}": s.sha256 for s in ledgers}
    inputs |= {f"campaign/{name}": hashlib.sha256(content).hexdigest() for name, content in campaign_files.items()}
    versions = {"program": f"ledger-bulletin {version('ledger-bulletin')}", "rules": RULES_VERSION, "store": view.state}
    return manifest_record(str(job.month), job.issued.isoformat(), versions, inputs, outputs)
