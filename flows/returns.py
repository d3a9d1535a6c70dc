"""What goes back to the senders of a month: one packet a sender (DESIGN §7)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.job import Found, Job
from flows.steps.feedback import Grid, Sent, before_of, failures_for, packet_of, to_return
from flows.steps.model import Failure, Notice, Report, Submission
from flows.steps.publish import safe_name
from flows.steps.read.workbook import open_workbook
from flows.steps.store import failures_of
from flows.view import View


@dataclass(frozen=True)
class Packet:
    """What one sender gets back: the folder inside the month's, the notice's content, the marked copies by file name."""

    folder: str
    notice: Notice
    files: Sequence[tuple[str, bytes]]


def packets(job: Job, view: View, report: Report, files: Sequence[Found]) -> Iterator[Packet]:
    """Yield the packet of each sender with a ledger that is returned, unreadable or partly accepted."""
    found = failures_of(job.store, view.submissions)
    here = {file.sha256: file.path for file in files}
    for sender, returned in to_return(view.submissions, view.superseded).items():
        sent = [_sent(view, ledgers, found, here) for ledgers in returned]
        packet = packet_of(sender, sent, job.campaign, job.month, report.issued)
        yield Packet(f"returns/{safe_name(sender)}", packet.notice, packet.files)


def _sent(view: View, ledgers: Sequence[Submission], found: Mapping[str, Sequence[Failure]], here: Mapping[str, Path]) -> Sent:
    path = here.get(ledgers[0].sha256)
    failures = failures_for(ledgers, found, view.failures)
    before = before_of(ledgers, view.submissions, found)
    data = path.read_bytes() if path is not None else None
    return Sent(ledgers[0].file, data, ledgers, failures, before, _grids(data, Path(ledgers[0].file).stem))


def _grids(data: bytes | None, stem: str) -> Callable[[], Sequence[Grid]]:
    """Return the function that opens a file's sheets, none where it is not read."""
    return lambda: () if data is None else getattr(open_workbook(data, stem), "grids", ())
