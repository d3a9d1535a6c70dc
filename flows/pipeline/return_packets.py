"""What goes back to the senders of a month: one packet a sender (DESIGN §7)."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.intake.locations import open_location
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.feedback import Sent, before_of, failures_for, packet_of, to_return
from flows.steps.files import safe_name
from flows.steps.model import Failure, Grid, Notice, Report, Submission
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.render import Renderer
from flows.steps.store import failures_of


@dataclass(frozen=True)
class Packet:
    """What one sender gets back: the folder inside the month's, the notice's content, the marked copies by file name."""

    folder: str
    notice: Notice
    files: Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class ReturnInputs:
    """What packets are made from: the ledgers that may go back, those they are compared with, and what was found in all of them.

    `found` are failures by submission, `across` those that only show when the month's ledgers lie side by side.
    """

    submissions: Sequence[Submission]
    superseded: Container[str]
    earlier: Sequence[Submission]
    found: Mapping[str, Sequence[Failure]]
    across: Sequence[Failure]


def packets(
    job: Job, view: MonthSnapshot, report: Report, files: Sequence[LedgerFile]
) -> Iterator[Packet]:
    """Yield the packet of each sender with a ledger that is returned, unreadable or partly accepted."""
    found = failures_of(job.store, view.submissions)
    desk = ReturnInputs(view.submissions, view.superseded, view.submissions, found, view.failures)
    yield from packets_from(job, desk, report.issued, files)


def packets_from(
    job: Job, desk: ReturnInputs, issued: date, files: Sequence[LedgerFile]
) -> Iterator[Packet]:
    """Yield a packet for each sender of a desk."""
    here = {file.sha256: file.place for file in files}
    for sender, returned in to_return(desk.submissions, desk.superseded).items():
        packet = packet_of(
            sender,
            [_sent(desk, ledgers, here) for ledgers in returned],
            job.campaign,
            job.month,
            issued,
        )
        yield Packet(f"returns/{safe_name(sender)}", packet.notice, packet.files)


def files_of(packet: Packet, renderer: Renderer) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the path, inside the month's folder, of each file of a packet, and the function that makes its bytes."""
    yield f"{packet.folder}/退回通知.docx", partial(renderer.render_notice, packet.notice)
    for name, content in packet.files:
        yield f"{packet.folder}/{name}", partial(bytes, content)


def _sent(desk: ReturnInputs, ledgers: Sequence[Submission], here: Mapping[str, str]) -> Sent:
    place = here.get(ledgers[0].sha256)
    failures = failures_for(ledgers, desk.found, desk.across)
    before = before_of(ledgers, desk.earlier, desk.found)
    data = None
    if place is not None:
        with open_location(place).open("rb") as stream:
            data = stream.read()
    return Sent(
        ledgers[0].file, data, ledgers, failures, before, _grids(data, Path(ledgers[0].file).stem)
    )


def _grids(data: bytes | None, stem: str) -> Callable[[], Sequence[Grid]]:
    """Return the function that opens a file's sheets, none where it is not read."""
    return lambda: () if data is None else getattr(open_workbook(data, stem), "grids", ())
