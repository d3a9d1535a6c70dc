"""The pool in which files are read and checked: a hostile file costs itself only (DESIGN §10).

Readers can end in ways that Python cannot catch, hang, or use up memory. Each file is therefore
examined in a process with limits; a process is used for many files, and replaced if it ends or is
late. A call whose process ended is made again in a fresh process with nothing else at work: the
system may have ended it for want of memory that others took.
"""

import atexit
import math
import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from queue import SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

from flows.intake.discovery import LedgerFile
from flows.intake.examine import examine
from flows.intake.forkserver import context
from flows.intake.job import Job
from flows.intake.staging import WorkOrder, examine_and_stage, name_of, published_order, stage
from flows.intake.worker_process import (
    BROKEN_OFF,
    Died,
    Late,
    Limits,
    Lost,
    Raised,
    WorkerProcess,
    WorkerSlot,
    as_exception,
    out_of_memory,
)
from flows.steps.failures import failure
from flows.steps.model import CheckedLedger, Claims, ParsedFile, UserError

T = TypeVar("T")

MOST_WORKERS = 4
PROGRAM_FAILED = Lost("file-unreadable", "读取时程序出错", temporary=True)
_KILLED = -9  # exit code of a process that the system killed, as for lack of memory


class _Alone:
    """A lock that many hold together, or one alone."""

    def __init__(self) -> None:
        self._changed, self._holders, self._alone = threading.Condition(), 0, False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the lock with others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._holders += 1
        try:
            yield
        finally:
            with self._changed:
                self._holders -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock once nobody else does; nobody gets it meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            self._changed.wait_for(lambda: not self._holders)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()


class Workers:
    """A pool of processes; its methods may be called from several threads at once."""

    def __init__(self, limits: Limits | None = None, count: int | None = None) -> None:
        self.limits = limits or Limits()
        self._count = count or _processors(MOST_WORKERS)
        self._calls: SimpleQueue[tuple[Future[Any], Callable[..., Any], Sequence[object]] | None]
        self._calls = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._slots: list[WorkerSlot] = []
        self._copy: WorkerProcess | None = None
        self._unfinished = 0
        self._lock, self._gate, self._closed = threading.Lock(), _Alone(), False

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the processes, busy ones too."""
        self._closed = True
        for _ in self._threads:
            self._calls.put(None)
        if self._copy is not None:
            self._copy.stop()
        for slot in self._slots:
            slot.close()

    def start_copy(self) -> None:
        """Start the pool's first process as a copy of this one, which must have no other thread."""
        if self._copy is None and not self._threads:
            self._copy = WorkerProcess(self.limits, copied=True)

    def call(self, function: Callable[..., T], *arguments: object) -> T | Lost:
        """Return what a function returns in a process of the pool, or why there is no result.

        An Exception of the function is raised here.
        """
        return self.start(function, *arguments).result()

    def each(
        self, function: Callable[..., T], calls: Iterable[Sequence[object]]
    ) -> Iterator[T | Lost]:
        """Yield the same for each of several calls of a function, run in parallel, in order."""
        futures = [self.start(function, *arguments) for arguments in calls]
        return (future.result() for future in futures)

    def start(self, function: Callable[..., T], *arguments: object) -> "Future[T | Lost]":
        """Return what will hold the same for a call; it is made when a process is free."""
        future: Future[T | Lost] = Future()
        future.add_done_callback(self._done)
        with self._lock:
            self._unfinished += 1
            self._calls.put((future, function, arguments))
            if len(self._threads) < min(self._unfinished, self._count):
                # daemons, so that a run that is stopped does not wait for what is still to be read
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def _done(self, _: "Future[Any]") -> None:
        with self._lock:
            self._unfinished -= 1

    def _work(self) -> None:
        """Take calls one by one and make them in the process of this thread."""
        with self._lock:
            slot, self._copy = WorkerSlot(self.limits, self._copy), None
            self._slots.append(slot)
        while (call := self._calls.get()) is not None:
            future, function, arguments = call
            try:
                answer = self._answer(slot, function, arguments)
            except Exception as error:  # noqa: BLE001  (raised where the result is asked for)
                answer = Raised(error, "")
            if isinstance(answer, Raised):
                future.set_exception(as_exception(answer))
            else:
                future.set_result(answer)

    def _answer(
        self, slot: WorkerSlot, function: Callable[..., Any], arguments: Sequence[object]
    ) -> Any:
        """Return the answer to a call; one whose process ended is made again, alone.

        A call that was late is not: it would hold up all others for as long. Either may be no fault
        of the file, so that the next run tries again.
        """
        with self._gate.shared():
            answer = slot.ask(function, arguments)
        if isinstance(answer, Died) and not self._closed:
            with self._gate.alone():
                answer = slot.ask(function, arguments)
        if isinstance(answer, Late):
            late = f"读取超过{self.limits.seconds:g}秒仍未完成"
            return Lost("file-too-large", late, temporary=True)
        if isinstance(answer, Died):
            lost = out_of_memory(self.limits) if answer.exitcode == _KILLED else BROKEN_OFF
            return replace(lost, temporary=True)
        return answer


def _processors(most: int) -> int:
    return max(1, min(os.cpu_count() or 1, most))


@cache
def shared_workers() -> Workers:
    """Return the pool of this process, started at the first call and stopped at exit.

    It has a process for each processor, four at most; BULLETIN_MEMORY_MB, BULLETIN_SECONDS and
    BULLETIN_WORKERS change its limits and size.
    """
    default = Limits()
    memory = int(_setting("BULLETIN_MEMORY_MB", default.memory / 2**20) * 2**20)
    count = int(_setting("BULLETIN_WORKERS", 0)) or _processors(MOST_WORKERS)
    workers = Workers(Limits(memory, _setting("BULLETIN_SECONDS", default.seconds)), count)
    atexit.register(workers.close)
    return workers


def load_one_early() -> None:
    """Let a process load what reads and checks one file while this one loads the rest.

    It is a copy of this one where that is safe, so that pandas is loaded once: a second process of
    its own would take as long again. Several files are as soon read by the fork server's processes.
    """
    if sys.platform.startswith("linux") and threading.active_count() == 1:
        import pandas  # noqa: F401  (for both)

        shared_workers().start_copy()
    else:
        context()


def _setting(name: str, default: float) -> float:
    """Return a number from the environment; raises UserError for anything else."""
    text = os.environ.get(name) or str(default)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise UserError(f"环境变量 {name} 应是一个不小于 0 的数，现为“{text}”")
    return number


def stage_apart(
    job: Job, files: Sequence[LedgerFile], workers: Workers | None = None
) -> Iterator[str]:
    """Read, check and stage files in the pool; yield, in their order, each one's staged name."""
    if not files:
        return
    with published_order(job) as order:
        results = apart(examine_and_stage, [(order, file) for file in files], workers)
        for file, result in zip(files, results, strict=True):
            yield _staged(order, file, result)


def stage_one(order: WorkOrder, file: LedgerFile, workers: Workers | None = None) -> str:
    """Read, check and stage one file in the pool; return its staged name."""
    (result,) = apart(examine_and_stage, [(order, file)], workers)
    return _staged(order, file, result)


def apart(
    function: Callable[..., T], calls: Iterable[Sequence[object]], workers: Workers | None = None
) -> Iterator[T | Lost]:
    """Yield what a function that touches senders' bytes returns for each call, made in the pool.

    A process that may have no children, such as a Dask worker by default, makes them itself.
    """
    if workers is None and multiprocessing.current_process().daemon:
        return (attempt(function, *arguments) for arguments in calls)
    attempts = [(function, *arguments) for arguments in calls]
    return (workers or shared_workers()).each(attempt, attempts) if attempts else iter(())


def attempt(function: Callable[..., T], *arguments: object) -> T | Lost:
    """Return what a function that reads a file returns; it is Lost if the program fails at it.

    The next run tries again; the traceback goes to the log. An outage (OSError) and what the office
    can mend (UserError) are raised.
    """
    try:
        return function(*arguments)
    except (OSError, UserError, MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001  (no file may stop a month, whatever the program makes of it)
        traceback.print_exc()
        return PROGRAM_FAILED


def _staged(order: WorkOrder, file: LedgerFile, result: str | Lost) -> str:
    if not isinstance(result, Lost):
        return result
    job = order.job()
    stage(job.store, name_of(job, file), unread(job, file, result))
    return name_of(job, file)


def examine_apart(
    job: Job, files: Sequence[LedgerFile], workers: Workers | None = None
) -> Iterator[list[CheckedLedger]]:
    """Yield the ledgers of each file, read and checked in the pool; nothing is staged."""
    calls = [(file, job.campaign, job.month, job.issued, job.key) for file in files]
    results = apart(examine, calls, workers)
    return (
        unread(job, file, result) if isinstance(result, Lost) else result
        for file, result in zip(files, results, strict=True)
    )


def unread(job: Job, file: LedgerFile, lost: Lost) -> list[CheckedLedger]:
    """Return the result for a file whose process failed: an unreadable ledger that says why."""
    from flows.steps.check.alone import check_alone  # here, since pandera takes long to import

    reason = failure(lost.code, file.name, reason=lost.reason)
    parsed = ParsedFile(file.name, file.sha256, file.size, Claims(), [], [reason])
    ledgers = check_alone(parsed, job.campaign, job.month, job.issued, job.key)
    return [replace(ledger, temporary=lost.temporary) for ledger in ledgers]
