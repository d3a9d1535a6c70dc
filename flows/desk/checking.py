"""The verdict on uploads, made in the processes that read them: the page itself stays free.

Everything that a verdict needs stays loaded there, the notice's template too.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from flows.intake import forkserver
from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.intake.worker_pool import apart
from flows.intake.worker_process import Lost
from flows.pipeline.check import Checked, check
from flows.pipeline.template_folders import template_folders
from flows.steps.model import CheckedLedger
from flows.steps.render import Renderer

LOADED = (
    "flows.desk.checking",
    "flows.steps.feedback.copies",
    "flows.steps.read.formats.workbook",
)
State = tuple[tuple[str, int, int], ...]  # name, size and time of each template


def begin_to_load() -> None:
    """Let the processes that examine uploads load all that they need meanwhile."""
    forkserver.context(*LOADED)


def check_apart(job: Job, ledgers: Sequence[CheckedLedger], files: Sequence[LedgerFile]) -> Checked:
    """Return the verdicts of ledgers that were read, with their packets written, nothing stored.

    A packet whose making ends its process is made again here, from a list of faults alone.
    """
    (found,) = apart(check_loaded, [(job, ledgers, files)])
    return check_loaded(job, ledgers, files) if isinstance(found, Lost) else found


def check_loaded(
    job: Job, ledgers: Sequence[CheckedLedger], files: Sequence[LedgerFile]
) -> Checked:
    """Return the same in this process, by templates that stay prepared."""
    folders = tuple(template_folders(job))
    return check(job, ledgers, files, _renderer(folders, _state_of(folders)))


@lru_cache(maxsize=4)
def _renderer(folders: Sequence[Path], _: State) -> Renderer:
    return Renderer(folders)


def _state_of(folders: Sequence[Path]) -> State:
    paths = [path for folder in folders for path in sorted(folder.glob("*.docx"))]
    states = [(path.as_posix(), path.stat()) for path in paths]
    return tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)
