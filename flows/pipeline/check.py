"""Verdicts and return packets for some files, nothing stored: `bulletin check` and the quality flow (DESIGN §7)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.intake.discovery import LedgerFile, ledger_file_at, readable, survey
from flows.intake.job import Job
from flows.intake.locations import absolute, kind_of, split
from flows.pipeline.ingest import judge_batch
from flows.pipeline.month_folder import APART, MANIFEST, QUALITY
from flows.pipeline.return_packets import ReturnInputs, files_of, packets_from
from flows.pipeline.snapshot import in_order
from flows.steps.check.senders import named_in
from flows.steps.export import as_json, quality_record
from flows.steps.files import write_atomically
from flows.steps.model import (
    SENT_BACK,
    CheckedLedger,
    Failure,
    LedgerReport,
    Submission,
    SubmissionHistory,
    UserError,
)
from flows.steps.render import Renderer
from flows.steps.store import Batch, failures_of, load_history


@dataclass(frozen=True)
class Checked:
    """What checking some files found: a line a ledger, every fault, and the files written."""

    ledgers: Sequence[LedgerReport]
    failures: Sequence[Failure]
    files: Sequence[Path]

    @property
    def clean(self) -> bool:
        """Return whether nothing is to be sent back whole."""
        return all(ledger.verdict not in SENT_BACK for ledger in self.ledgers)


def files_to_check(job: Job, places: Iterable[str]) -> list[LedgerFile]:
    """Return the files named, and those in the folders named; raises UserError for one that is not there."""
    found: dict[str, LedgerFile] = {}
    for place in places:
        kind = kind_of(place)
        if kind is None:
            raise UserError(f"没有文件“{place}”。请核对文件名和所在文件夹")
        folder, name = (place, "") if kind == "folder" else split(place)
        for file in [ledger_file_at(place, name)] if name else survey(folder):
            found.setdefault(file.sha256, replace(file, name=_name(job, file.name, folder)))
    return sorted(found.values(), key=lambda file: file.name)


def _name(job: Job, name: str, folder: str) -> str:
    """Return a file's name as a run would see it: inside the month's ledger folder, else inside the folder named.

    The folder's own name goes in front where it names a sender.
    """
    around, ledgers = readable(absolute(folder)), readable(absolute(job.ledgers)) + "/"
    if f"{around}/{name}".startswith(ledgers):
        return f"{around}/{name}".removeprefix(ledgers)
    last = around.rpartition("/")[2]
    return f"{last}/{name}" if named_in(last, job.campaign.sender_names) else name


def check(
    job: Job, examined: Iterable[CheckedLedger], files: Sequence[LedgerFile], renderer: Renderer
) -> Checked:
    """Judge examined files against what the store holds, write verdicts and packets, and store nothing."""
    remembered, _ = load_history(job.store, str(job.month), senders=job.campaign.sender_names)
    known = _without(remembered, str(job.month), {file.sha256 for file in files})
    batch = judge_batch(job, list(examined), known, files)
    failures = in_order(
        dict.fromkeys(failure for found in batch.failures.values() for failure in found)
    )
    ledgers = sorted((_report(s) for s in batch.submissions), key=lambda x: (x.file, x.kind or ""))
    written = list(_write(job, batch, remembered, failures, ledgers, files, renderer))
    return Checked(ledgers, failures, written)


def _without(remembered: SubmissionHistory, month: str, hashes: set[str]) -> SubmissionHistory:
    """Return what the store remembers, without the files that are being checked."""
    kept = [s for s in remembered.of(month) if s.sha256 not in hashes]
    return SubmissionHistory({**remembered.by_month, month: kept}, remembered.superseded)


def _report(submission: Submission) -> LedgerReport:
    return LedgerReport(
        submission.file,
        submission.sha256,
        submission.sender,
        submission.likely,
        submission.kind,
        submission.verdict,
        submission.read,
        submission.rejected,
    )


def _write(
    job: Job,
    batch: Batch,
    remembered: SubmissionHistory,
    failures: Sequence[Failure],
    ledgers: Sequence[LedgerReport],
    files: Sequence[LedgerFile],
    renderer: Renderer,
) -> Iterator[Path]:
    """Write the verdicts and packets where a run puts them; beside those of a month that is published, not over them."""
    folder = job.outputs / str(job.month)
    name = APART if (folder / MANIFEST).exists() else QUALITY
    write_atomically(folder / name, as_json(quality_record(ledgers, failures)))
    yield folder / name
    earlier = remembered.of(str(job.month))
    desk = ReturnInputs(
        batch.submissions,
        (),
        earlier,
        {**failures_of(job.store, earlier), **batch.failures},
        failures,
    )
    for packet in packets_from(job, desk, job.issued, files):
        for path, make in files_of(packet, renderer):
            write_atomically(folder / path, make())
            yield folder / path
