"""The verdict on uploads, made in the processes that read them: the page itself stays free.

Everything that a verdict needs stays loaded there, the notice's template too.
"""

from collections.abc import Sequence

from flows.intake import forkserver
from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.intake.worker_pool import apart
from flows.intake.worker_process import Lost
from flows.pipeline.check import Checked, check
from flows.steps.model import CheckedLedger

LOADED = (
    "flows.desk.checking",
    "flows.pipeline.return_packets",
    "flows.steps.feedback.copies",
    "flows.steps.read.formats.workbook",
)


def begin_to_load() -> None:
    """Let the processes that examine uploads load all that they need meanwhile."""
    forkserver.context(*LOADED)


def check_apart(job: Job, ledgers: Sequence[CheckedLedger], files: Sequence[LedgerFile]) -> Checked:
    """Return the verdicts of ledgers that were read, with their packets written, nothing stored.

    A packet whose making ends its process is made again here, from a list of faults alone.
    """
    (found,) = apart(check, [(job, ledgers, files)])
    return check(job, ledgers, files) if isinstance(found, Lost) else found
