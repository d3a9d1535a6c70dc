"""Making a month in this process, where no Prefect serves: in tests, and for a look at the page."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flows.desk.runs import RunState, RunWish
from flows.intake.job import open_job
from flows.intake.lock import month_lock
from flows.intake.progress import ProgressListener
from flows.intake.worker_pool import stage_apart
from flows.pipeline.run import run_month
from flows.steps.model import UserError
from flows.steps.months import Month
from schemas.columns import VERDICT_NAMES


@dataclass
class _Running:
    lines: list[str] = field(default_factory=list)
    ended: bool = False
    failed: bool = False


class InProcess:
    """Makes months in a thread of this process, one of a month at a time; sends no letters."""

    can_cancel = False

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._runs: dict[Month, _Running] = {}

    def start(self, wish: RunWish) -> None:
        """Start a run, unless one of the month is under way."""
        with self._lock:
            present = self._runs.get(wish.month)
            if present is not None and not present.ended:
                return
            running = self._runs[wish.month] = _Running()
        make = self._guarded(running, lambda: self._make(wish.month, running))
        threading.Thread(target=make, daemon=True).start()

    def state(self, month: Month) -> RunState | None:
        """Return how far the month's last run is, None if there was none since the start."""
        run = self._runs.get(month)
        return None if run is None else RunState(tuple(run.lines), run.ended, run.failed)

    def cancel(self, month: Month) -> None:
        """Do nothing: a thread cannot be stopped."""

    def _make(self, month: Month, running: _Running) -> None:
        folder = self._folder
        opened = open_job(
            month,
            folder / "campaign",
            folder / "ledgers" / str(month),
            folder / "outputs",
            storing=True,
        )
        listener = ProgressListener(running.lines.append)
        with month_lock(opened.job.store, str(month), running.lines.append):
            outcome = run_month(opened, stage_apart, listener)
        verdicts = outcome.report.verdicts
        counted = (f"{name} {verdicts[v]} 个" for v, name in VERDICT_NAMES.items() if v in verdicts)
        running.lines += [f"编制完毕：{'，'.join(counted)}", *outcome.undone]

    def _guarded(self, running: _Running, make: Callable[[], None]) -> Callable[[], None]:
        def guarded() -> None:
            try:
                make()
            except UserError as error:
                running.failed = True
                running.lines += str(error).splitlines()
            except BaseException:
                running.failed = True
                running.lines.append("编制没有完成：程序出错。请管理员查看日志")
                raise
            finally:
                running.ended = True

        return guarded
