"""One worker process at the end of a pipe: started, asked, watched, replaced.

Each process has a pipe of its own, so that nothing which one of them does, or its death at any
moment, holds up another.
"""

import errno
import importlib
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import Any, Literal

from flows.intake.forkserver import PRELOADED, context
from flows.steps.model import UserError, reason_of

LOG = logging.getLogger(__name__)
CALLS_A_PROCESS = 100  # then it is replaced, so that memory kept by libraries does not add up
LOGGED = 20_000  # bytes of what a process wrote on stderr during one call
LARGEST_FILE = 2**30  # bytes that a process may write to one file
START, END = 120.0, 5.0  # seconds in which a process has to be ready, and to be gone
STARTS, PAUSE = 5, 0.2  # attempts to start a process, seconds by which each waits longer
_READY = "ready"
_TAKES_FILES = os.name == "posix"  # elsewhere stderr stays that of the program


class WorkerError(UserError):
    """No process can be started to read files in; another try may help."""


@dataclass(frozen=True)
class Limits:
    """What one call may take: bytes of memory beyond the program's own, and seconds."""

    memory: int = 2 * 2**30
    seconds: float = 120.0


@dataclass(frozen=True)
class Lost:
    """Why a call has no result: the rule's code and the reason to print.

    `temporary` is one that another run, with nothing else at work, may not meet with again.
    """

    code: Literal["file-unreadable", "file-too-large"]
    reason: str
    temporary: bool = False


@dataclass(frozen=True)
class Died:
    """A process that ended during a call, with its exit code."""

    exitcode: int | None


class Late:
    """A process that did not end a call in time."""


@dataclass(frozen=True)
class Raised:
    """An exception of the function called, with its traceback as text."""

    error: Exception
    text: str


BROKEN_OFF = Lost("file-unreadable", "读取时程序中断，文件内部结构可能已损坏")


def out_of_memory(limits: Limits) -> Lost:
    """Return what is said of a call that needs more memory than it may take."""
    return Lost("file-too-large", f"读取所需的内存超过{limits.memory / 2**30:.3g} GB")


class WorkerProcess:
    """A process that carries out one call at a time; `used` counts them.

    One that is `copied` begins as a copy of this process instead of the fork server's.
    """

    def __init__(self, limits: Limits, *, copied: bool = False) -> None:
        self.used, self._ready = 0, False
        self._limits = limits
        # without a name, so that nothing is left of it however the program ends
        self._log, self._logged = tempfile.TemporaryFile("a+b"), 0  # noqa: SIM115  (stop closes it)
        start = multiprocessing.get_context("fork") if copied else context()
        self._connection, theirs = start.Pipe()
        copy = self._connection if copied else None
        self._process = start.Process(
            target=_serve, args=(theirs, limits, copy), daemon=True, name="bulletin-worker"
        )
        self._process.start()
        theirs.close()
        if _TAKES_FILES:
            send_handle(self._connection, self._log.fileno(), self._process.pid)

    def ask(self, function: Callable[..., Any], arguments: Sequence[object]) -> Any:
        """Return what a function returns there, or Lost, Raised, Died or Late.

        Raises OSError if the process had ended before it was asked.
        """
        self._await_start()
        self._connection.send((function, tuple(arguments)))
        self.used += 1
        try:
            if not wait([self._connection, self._process.sentinel], self._limits.seconds):
                return Late()
            return self._connection.recv()
        except (EOFError, ConnectionError):
            self._process.join(END)
            return Died(self._process.exitcode)
        finally:
            self._report()

    def _await_start(self) -> None:
        """Wait until the process has loaded the program; its time for a call begins then."""
        if self._ready:
            return
        try:
            self._ready = self._connection.poll(START) and self._connection.recv() == _READY
        except EOFError as error:
            raise ChildProcessError("a worker process has ended while it started") from error
        if not self._ready:
            raise ChildProcessError("a worker process does not start")

    def _report(self) -> None:
        """Hand on to the log what the process wrote on stderr during a call."""
        with suppress(OSError, ValueError):  # closed, where the pool ends during a call
            self._log.seek(self._logged)
            text = self._log.read(LOGGED).decode(errors="replace").strip()
            self._logged = self._log.seek(0, os.SEEK_END)
            if text:
                LOG.info("%s", text)

    def stop(self) -> None:
        """End the process, whatever it is at."""
        with suppress(OSError):
            self._connection.close()
        self._process.kill()
        self._process.join(END)
        self._log.close()


class WorkerSlot:
    """A place for one process at a time, replaced when it has ended, is late or has done enough."""

    def __init__(self, limits: Limits, first: WorkerProcess | None = None) -> None:
        self._limits, self._process = limits, first

    def ask(self, function: Callable[..., Any], arguments: Sequence[object]) -> Any:
        """Return a process's answer; raises WorkerError if none can be started."""
        if self._process is not None and self._process.used >= CALLS_A_PROCESS:
            self.close()
        answer = self._ask(function, arguments)
        if isinstance(answer, Died | Late):
            self.close()
        return answer

    def _ask(self, function: Callable[..., Any], arguments: Sequence[object]) -> Any:
        """Return an answer; a process that had ended before it was asked is replaced."""
        for number in range(STARTS):
            try:
                if self._process is None:
                    self._process = WorkerProcess(self._limits)
                return self._process.ask(function, arguments)
            except OSError as error:
                self.close()
                reason = error
                time.sleep(number * PAUSE)
        raise WorkerError(
            f"读取台账的进程启动不了（{reason_of(reason)}）。请检查本机内存和临时文件夹后再运行"
        ) from reason

    def close(self) -> None:
        """Stop the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()


def _serve(connection: Connection, limits: Limits, copy: Connection | None) -> None:
    """Carry out calls until nobody asks any more.

    A copied process also has a `copy` of the other end, which would never be closed.
    """
    if copy is not None:
        copy.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who asked decides when to stop
    if _TAKES_FILES:
        log = recv_handle(connection)
        os.dup2(log, 2)
        os.close(log)
    _limit(limits.memory)
    with suppress(EOFError, ConnectionError):
        connection.send(_READY)
        while True:
            function, arguments = connection.recv()
            _answer(connection, _result(function, arguments, limits))


def _answer(connection: Connection, result: object) -> None:
    """Send a result; an exception that cannot be sent as it is goes as its text."""
    if isinstance(result, Raised):
        try:
            pickle.loads(pickle.dumps(result))  # noqa: S301  (its own words)
        except Exception:  # noqa: BLE001  (an exception may refuse in any way)
            result = Raised(RuntimeError(str(result.error)), result.text)
    connection.send(result)


def _result(function: Callable[..., Any], arguments: Sequence[object], limits: Limits) -> object:
    """Return a function's result, or what became of the call."""
    try:
        return function(*arguments)
    except MemoryError:
        return out_of_memory(limits)
    except RecursionError:
        return BROKEN_OFF
    except OSError as error:
        if error.errno == errno.EFBIG:
            return Lost("file-too-large", f"处理时写出的数据超过{LARGEST_FILE / 2**30:.3g} GB")
        return Raised(error, traceback.format_exc())
    except Exception as error:  # noqa: BLE001  (raised again where the call was made)
        return Raised(error, traceback.format_exc())
    except BaseException:  # noqa: BLE001  (such as the PanicException of a library in Rust)
        traceback.print_exc()
        return BROKEN_OFF


def as_exception(raised: Raised) -> Exception:
    """Return the exception of a call, with its traceback as a note."""
    if not isinstance(raised.error, UserError):
        raised.error.add_note(raised.text)
    return raised.error


def _limit(memory: int) -> None:
    """Limit this process in memory and file size, if the system can count them.

    Of several processes the system ends this one first when memory is short.
    """
    if not sys.platform.startswith("linux"):
        return
    import resource  # not there on Windows

    for name in PRELOADED:
        importlib.import_module(name)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    for kind, most in (
        (resource.RLIMIT_DATA, used + memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
    ):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
