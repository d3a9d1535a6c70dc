"""Worker processes in which files are read and checked: a hostile file costs itself only.

Readers can end in ways that Python cannot catch, hang, or use up memory. Each file is therefore
examined in a process with a memory and a time limit; a process is used for many files, and replaced
if it dies or is late (DESIGN §10).
"""

import atexit
import math
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import TracebackType
from typing import Literal, TypeVar

from pebble import ProcessExpired, ProcessPool

from flows.intake.discovery import LedgerFile
from flows.intake.examine import examine
from flows.intake.forkserver import PRELOADED, context
from flows.intake.job import Job
from flows.intake.staging import WorkOrder, examine_and_stage, name_of, published_order, stage
from flows.steps.failures import failure
from flows.steps.model import CheckedLedger, Claims, ParsedFile, UserError

T = TypeVar("T")

MOST_WORKERS = 4
FILES_A_WORKER = 100  # then it is replaced, so that memory kept by libraries does not add up
_KILLED = -9  # exit code of a process that the system killed for lack of memory


@dataclass(frozen=True)
class Limits:
    """What examining one file may take: bytes of memory beyond the program's own, and seconds."""

    memory: int = 2 * 2**30
    seconds: float = 120.0


@dataclass(frozen=True)
class Lost:
    """The result of a process that failed: the rule's code and the reason to print."""

    code: Literal["file-unreadable", "file-too-large"]
    reason: str


class Workers:
    """A pool of processes; its methods may be called from several threads at once."""

    def __init__(self, limits: Limits | None = None, count: int | None = None) -> None:
        self.limits = limits or Limits()
        self._pool = ProcessPool(
            count or _processors(MOST_WORKERS),
            FILES_A_WORKER,
            _limit_memory,
            (self.limits.memory,),
            context=context(),
        )

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
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types
        self._pool.join()

    def call(self, function: Callable[..., T], *arguments: object) -> T | Lost:
        """Return what a function returns in a process of the pool, or why there is no result.

        An Exception of the function is raised here.
        """
        return self._result(self._schedule(function, arguments))

    def each(
        self, function: Callable[..., T], calls: Iterable[Sequence[object]]
    ) -> Iterator[T | Lost]:
        """Yield the same for each of several calls of a function, run in parallel, in order."""
        waiting = [self._schedule(function, arguments) for arguments in calls]
        return (self._result(future) for future in waiting)

    def _schedule(
        self, function: Callable[..., T], arguments: Sequence[object]
    ) -> "Future[T | Lost]":
        future: Future[T | Lost] = self._pool.schedule(
            _guarded, (function, tuple(arguments), self.limits), timeout=self.limits.seconds
        )
        return future

    def _result(self, future: "Future[T | Lost]") -> T | Lost:
        try:
            return future.result()
        except LateError:
            return Lost("file-too-large", f"读取超过{self.limits.seconds:g}秒仍未完成")
        except ProcessExpired as error:
            return _out_of_memory(self.limits) if error.exitcode == _KILLED else BROKEN_OFF


def _processors(most: int) -> int:
    return max(1, min(os.cpu_count() or 1, most))


BROKEN_OFF = Lost("file-unreadable", "读取时程序中断，文件内部结构可能已损坏")


def _out_of_memory(limits: Limits) -> Lost:
    return Lost("file-too-large", f"读取所需的内存超过{limits.memory / 2**30:.3g} GB")


def _guarded(function: Callable[..., T], arguments: Sequence[object], limits: Limits) -> T | Lost:
    """Return a function's result in a process of the pool; an Exception is the program's fault."""
    try:
        return function(*arguments)
    except MemoryError:
        return _out_of_memory(limits)
    except RecursionError:
        return BROKEN_OFF
    except BaseException as error:
        if isinstance(error, Exception):
            raise
        return BROKEN_OFF  # such as the PanicException of a library written in Rust


def _limit_memory(memory: int) -> None:
    """Limit a process to so many bytes on top of what it has now, if the system can count them."""
    if not sys.platform.startswith("linux"):
        return
    import resource  # not there on Windows

    for name in PRELOADED:
        import_module(name)
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  (no path to speak of)
        used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    resource.setrlimit(
        resource.RLIMIT_DATA, (used + memory, resource.getrlimit(resource.RLIMIT_DATA)[1])
    )


@cache
def shared_workers(most: int = MOST_WORKERS) -> Workers:
    """Return the pool of this process, started at the first call and stopped at exit.

    It has a process for each processor, `most` at most; BULLETIN_MEMORY_MB, BULLETIN_SECONDS and
    BULLETIN_WORKERS change its limits and size.
    """
    default = Limits()
    memory = int(_setting("BULLETIN_MEMORY_MB", default.memory / 2**20) * 2**20)
    count = int(_setting("BULLETIN_WORKERS", 0)) or _processors(most)
    workers = Workers(Limits(memory, _setting("BULLETIN_SECONDS", default.seconds)), count)
    atexit.register(workers.close)
    return workers


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
        results = (workers or shared_workers()).each(
            examine_and_stage, [(order, file) for file in files]
        )
        for file, result in zip(files, results, strict=True):
            yield _staged(order, file, result)


def stage_one(order: WorkOrder, file: LedgerFile, workers: Workers | None = None) -> str:
    """Read, check and stage one file in the pool; return its staged name.

    A process that may have no children, such as a Dask worker by default, does the work itself.
    """
    if workers is None and multiprocessing.current_process().daemon:
        return examine_and_stage(order, file)
    result = (workers or shared_workers()).call(examine_and_stage, order, file)
    return _staged(order, file, result)


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
    results = (workers or shared_workers(min(len(files), MOST_WORKERS))).each(examine, calls)
    return (
        unread(job, file, result) if isinstance(result, Lost) else result
        for file, result in zip(files, results, strict=True)
    )


def unread(job: Job, file: LedgerFile, lost: Lost) -> list[CheckedLedger]:
    """Return the result for a file whose process failed: an unreadable ledger that says why."""
    from flows.steps.check.alone import check_alone  # here, since pandera takes long to import

    reason = failure(lost.code, file.name, reason=lost.reason)
    parsed = ParsedFile(file.name, file.sha256, file.size, Claims(), [], [reason])
    return check_alone(parsed, job.campaign, job.month, job.issued, job.key)
