"""What goes back to the senders of a month: one packet a sender (DESIGN §7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.job import Found, Job
from flows.steps.model import Failure, LedgerReport, Notice, Report
from flows.steps.publish import safe_name
from flows.view import View

UNKNOWN = "未识别报送单位"
RETURNED = ("returned", "unreadable", "partly")


@dataclass(frozen=True)
class Packet:
    """What one sender gets back: the folder inside the month's, the notice's content, the marked copies by file name."""

    folder: str
    notice: Notice
    files: Sequence[tuple[str, bytes]]


def packets(job: Job, view: View, report: Report, files: Sequence[Found]) -> Iterator[Packet]:
    """Yield the packet of each sender with a ledger that is returned, unreadable or partly accepted."""
    raise NotImplementedError


_ = (Mapping, Path, Failure, LedgerReport, safe_name)
