"""Verdicts and return packets for some files, nothing stored (DESIGN §7).

What makes the packets is imported where a ledger goes back: it takes half as long to load as the
rest of a check.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.intake.discovery import LedgerFile, ledger_file_at, readable, survey
from flows.intake.job import Job
from flows.intake.locations import absolute, kind_of, split
from flows.pipeline.ingest import judge_batch, known_history
from flows.pipeline.report import ledger_report
from flows.pipeline.snapshot import in_order
from flows.pipeline.verdicts import QUALITY, QUALITY_CHECK, is_published, quality_file
from flows.steps.check.senders import named_in
from flows.steps.files import PlannedFile, fill_in_place
from flows.steps.model import (
    SENT_BACK,
    CheckedLedger,
    Failure,
    LedgerReport,
    SubmissionHistory,
    UserError,
)
from flows.steps.returned import to_return
from flows.steps.store import Batch, failures_of


@dataclass(frozen=True)
class Checked:
    """What checking some files found: each ledger, every failure, and the files written.

    `undone` says of documents that could not be made why not; `forms` are the files that are reply
    forms of supervision, in which there is nothing to check.
    """

    ledgers: Sequence[LedgerReport]
    failures: Sequence[Failure]
    files: Sequence[Path]
    undone: Sequence[str] = ()
    forms: Sequence[str] = ()

    @property
    def clean(self) -> bool:
        """Return whether no ledger is to be sent back as a whole."""
        return all(ledger.verdict not in SENT_BACK for ledger in self.ledgers)


def files_to_check(job: Job, places: Iterable[str]) -> list[LedgerFile]:
    """Return the files named and those in the folders named; raises UserError for a missing one."""
    files: dict[tuple[str, str], LedgerFile] = {}
    for place in places:
        kind = kind_of(place)
        if kind is None:
            raise UserError(f"没有文件“{place}”。请核对文件名和所在文件夹")
        folder, name = (place, "") if kind == "folder" else split(place)
        for file in [ledger_file_at(place, name)] if name else survey(folder):
            named = replace(file, name=_name(job, file.name, folder))
            files.setdefault((named.sha256, named.name), named)
    return sorted(files.values(), key=lambda file: file.name)


def _name(job: Job, name: str, folder: str) -> str:
    """Return a file's name as a run would see it: its path inside the month's ledger folder.

    Of a file elsewhere that is its path inside the folder named, with the folder's own name in
    front if that names a sender.
    """
    parent, ledgers = readable(absolute(folder)), readable(absolute(job.ledgers)) + "/"
    if f"{parent}/{name}".startswith(ledgers):
        return f"{parent}/{name}".removeprefix(ledgers)
    last = parent.rpartition("/")[2]
    return f"{last}/{name}" if named_in(last, job.campaign.sender_names) else name


def check(job: Job, checked: Iterable[CheckedLedger], files: Sequence[LedgerFile]) -> Checked:
    """Return the verdicts of checked files against the store; write them and the packets.

    Nothing is stored. The store is read before the first of `checked` is asked for.
    """
    history = known_history(job)
    unknown = _without(history, str(job.month), {file.sha256 for file in files})
    checked = list(checked)
    batch = judge_batch(job, checked, unknown, files)
    failures = in_order(failure for reported in batch.failures.values() for failure in reported)
    reports = (ledger_report(s, history.day_received(s)) for s in batch.submissions)
    ledgers = sorted(reports, key=lambda ledger: (ledger.file, ledger.kind or ""))
    folder = job.outputs / str(job.month)
    path = QUALITY_CHECK if is_published(folder) else QUALITY
    goes_back = bool(to_return(batch.submissions))
    packets = _packets(job, batch, history, failures, files) if goes_back else ()
    planned = itertools.chain([quality_file(path, ledgers, failures)], packets)
    written, undone = fill_in_place(folder, planned)
    forms = [ledger.file for ledger in checked if ledger.replies is not None]
    return Checked(ledgers, failures, written, list(dict.fromkeys(undone.values())), forms)


def _without(history: SubmissionHistory, month: str, hashes: set[str]) -> SubmissionHistory:
    """Return a history without the files that are being checked."""
    others = [s for s in history.of(month) if s.sha256 not in hashes]
    return replace(history, by_month={**history.by_month, month: others})


def _packets(
    job: Job,
    batch: Batch,
    history: SubmissionHistory,
    failures: Sequence[Failure],
    files: Sequence[LedgerFile],
) -> Iterator[PlannedFile]:
    """Return the packets of the ledgers that go back."""
    from flows.pipeline.return_packets import ReturnInputs, return_orders, returned_files
    from flows.pipeline.template_folders import template_folders
    from flows.steps.render import Renderer

    earlier = history.of(str(job.month))
    reported = {**failures_of(job.store, earlier), **batch.failures}
    received = history.day_received
    inputs = ReturnInputs(batch.submissions, (), earlier, reported, failures, received)
    orders = return_orders(job, inputs, job.issued, files)
    return returned_files(job, orders, job.issued, Renderer(template_folders(job)))
