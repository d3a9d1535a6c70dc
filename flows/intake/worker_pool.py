"""Processes in which files are read and checked apart: a hostile file costs itself and nothing else (DESIGN §10).

Readers can give up in ways that Python cannot catch, hang, or swallow memory. So each file is examined in a process with a memory
and a time limit; a process is used for many files, and replaced when it dies or is late.
"""

import atexit
import math
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import TracebackType
from typing import Any, Literal, TypeVar

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
FILES_A_WORKER = 100  # then a fresh one takes its place: memory that libraries keep does not add up
_KILLED = -9  # how a process ends that the system kills for want of memory


@dataclass(frozen=True)
class Limits:
    """What examining one file may take: bytes of memory on top of the program's own, and seconds."""

    memory: int = 2 * 2**30
    seconds: float = 120.0


@dataclass(frozen=True)
class Lost:
    """What stands in a result's place where its process failed: the rule's code and the reason to print."""

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
        """Stop the processes, also those at work."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types
        self._pool.join()

    def call(self, function: Callable[..., T], *arguments: Any) -> T | Lost:
        """Return what a function returns in a process of the pool, or why there is nothing; raises the Exception that it raises."""
        return self._result(self._schedule(function, arguments))

    def each(
        self, function: Callable[..., T], calls: Iterable[Sequence[Any]]
    ) -> Iterator[T | Lost]:
        """Yield the same for each of several calls of a function, in their order; they run side by side."""
        waiting = [self._schedule(function, arguments) for arguments in calls]
        return (self._result(future) for future in waiting)

    def _schedule(self, function: Callable[..., T], arguments: Sequence[Any]) -> Any:
        return self._pool.schedule(
            _guarded, (function, tuple(arguments), self.limits), timeout=self.limits.seconds
        )

    def _result(self, future: Any) -> T | Lost:
        try:
            result: T | Lost = future.result()
        except LateError:
            return Lost("file-too-large", f"读取超过{self.limits.seconds:g}秒仍未完成")
        except ProcessExpired as error:
            return _out_of_memory(self.limits) if error.exitcode == _KILLED else BROKEN_OFF
        return result


def _processors(most: int) -> int:
    return max(1, min(os.cpu_count() or 1, most))


BROKEN_OFF = Lost("file-unreadable", "读取时程序中断，文件内部结构可能已损坏")


def _out_of_memory(limits: Limits) -> Lost:
    return Lost("file-too-large", f"读取所需的内存超过{limits.memory / 2**30:.3g} GB")


def _guarded(function: Callable[..., T], arguments: Sequence[Any], limits: Limits) -> T | Lost:
    """Return a function's result, in a process of the pool; an Exception goes on to whoever asked, it is a fault of the program."""
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
    """Let a process take so many bytes on top of what it has now; only where the system can count them."""
    if not sys.platform.startswith("linux"):
        return
    import resource  # there is none on Windows

    for name in PRELOADED:
        import_module(name)
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  (no path to speak of)
        used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    resource.setrlimit(
        resource.RLIMIT_DATA, (used + memory, resource.getrlimit(resource.RLIMIT_DATA)[1])
    )


@cache
def shared_workers(most: int = MOST_WORKERS) -> Workers:
    """Return the pool of this process, started when it is first asked for and stopped at the end.

    A process for each processor, `most` at most; BULLETIN_MEMORY_MB, BULLETIN_SECONDS and BULLETIN_WORKERS change its limits and size.
    """
    usual = Limits()
    memory = int(_setting("BULLETIN_MEMORY_MB", usual.memory / 2**20) * 2**20)
    count = int(_setting("BULLETIN_WORKERS", 0)) or _processors(most)
    workers = Workers(Limits(memory, _setting("BULLETIN_SECONDS", usual.seconds)), count)
    atexit.register(workers.close)
    return workers


def _setting(name: str, usual: float) -> float:
    """Return a number from the environment; raises UserError for what is none."""
    text = os.environ.get(name) or str(usual)
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
    """Read and check files in the pool; yield, in their order, the name under which each lies on the shelf."""
    if not files:
        return
    with published_order(job) as order:
        results = (workers or shared_workers()).each(
            examine_and_stage, [(order, file) for file in files]
        )
        for file, result in zip(files, results, strict=True):
            yield _shelved(order, file, result)


def shelve_one(order: WorkOrder, file: LedgerFile, workers: Workers | None = None) -> str:
    """Read and check one file in the pool; return the name under which it lies on the shelf.

    A process that may have no children, such as a Dask worker's with its default setting, does the work itself.
    """
    if workers is None and multiprocessing.current_process().daemon:
        return examine_and_stage(order, file)
    return _shelved(order, file, (workers or shared_workers()).call(examine_and_stage, order, file))


def _shelved(order: WorkOrder, file: LedgerFile, result: str | Lost) -> str:
    if not isinstance(result, Lost):
        return result
    job = order.job()
    stage(job.store, name_of(job, file), unread(job, file, result))
    return name_of(job, file)


def examine_apart(
    job: Job, files: Sequence[LedgerFile], workers: Workers | None = None
) -> Iterator[list[CheckedLedger]]:
    """Yield what each file holds, read and checked in the pool, in the order of the files; nothing is written."""
    calls = [(file, job.campaign, job.month, job.issued, job.key) for file in files]
    results = (workers or shared_workers(min(len(files), MOST_WORKERS))).each(examine, calls)
    return (
        unread(job, file, result) if isinstance(result, Lost) else result
        for file, result in zip(files, results, strict=True)
    )


def unread(job: Job, file: LedgerFile, lost: Lost) -> list[CheckedLedger]:
    """Return what stands in for a file whose process failed: no ledger, and one fault that says why."""
    from flows.steps.check.alone import check_alone  # here, since pandera takes long to import

    fault = failure(lost.code, file.name, reason=lost.reason)
    reading = ParsedFile(file.name, file.sha256, file.size, Claims(), [], [fault])
    return check_alone(reading, job.campaign, job.month, job.issued, job.key)
