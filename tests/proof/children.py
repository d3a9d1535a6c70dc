"""Commands in forked children of this process, which has everything imported and nothing used yet."""

import importlib
import json
import os
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for name in (
    "flows.steps.read.file",
    "flows.steps.check.alone",
    "flows.pipeline.verify",
    "flows.commands.documents",
    "flows.commands.store",
    "flows.commands.check",
    "flows.commands.run",
):
    importlib.import_module(name)
SECONDS = 300  # then a child is given up


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code (negative: the signal), all it printed, what it returned."""

    code: int
    said: str
    value: Any = None


@dataclass(frozen=True)
class Child:
    """A child that runs; `ended` waits for it."""

    process: int
    output: int
    result: int

    def ended(self) -> Ended:
        """Return how it ended."""
        texts = {self.output: b"", self.result: b""}
        still_open = set(texts)
        while still_open:
            for handle in select.select(list(still_open), [], [])[0]:
                part = os.read(handle, 2**16)
                texts[handle] += part
                if not part:
                    still_open.discard(handle)
                    os.close(handle)
        code = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        value = json.loads(texts[self.result]) if texts[self.result] else None
        return Ended(code, texts[self.output].decode(errors="replace"), value)


def start(work: Callable[[], Any], folder: Path, temporary: Path | None = None) -> Child:
    """Fork a child that does some work in a folder; what the work returns has to be JSON's.

    It may return a tuple of its exit code and a value.
    """
    output, result = os.pipe(), os.pipe()
    process = os.fork()
    if process:
        os.close(output[1])
        os.close(result[1])
        return Child(process, output[0], result[0])
    code = 70
    try:
        signal.alarm(SECONDS)
        os.dup2(output[1], 1)
        os.dup2(output[1], 2)
        sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        os.chdir(folder)
        tempfile.tempdir = str(temporary or folder)
        value = work()
        code, value = value if isinstance(value, tuple) else (0, value)
        os.write(result[1], json.dumps(value).encode())
    except BaseException:  # noqa: BLE001  (the parent judges what is printed)
        sys.stdout.flush()
        os.write(output[1], traceback.format_exc().encode())
    finally:
        sys.stdout.flush()
        os._exit(code)


def done(work: Callable[[], Any], folder: Path, temporary: Path | None = None) -> Ended:
    """Return how a child ended that did some work."""
    return start(work, folder, temporary).ended()


def command(*words: str) -> tuple[int, None]:
    """Carry out a command in this process, ledgers read in it too; return its exit code."""
    from flows import cli
    from flows.commands import check, run, spellings

    read_in_this_process()
    run.stage_apart = stage_in_process  # type: ignore[attr-defined,assignment]  # replaced for the test
    for module in (check, spellings):
        vars(module)["examine_apart"] = examine_in_process
    code = cli.guarded(lambda: cli.app(list(words), prog_name="bulletin", standalone_mode=False))
    return code, None


def read_in_this_process() -> None:
    """Start no processes: this is a child itself."""
    from flows.intake import forkserver, worker_pool
    from flows.pipeline import marked_copies

    forkserver.context = lambda *more: None  # type: ignore[assignment]  # replaced for the test
    worker_pool.load_one_early = lambda: None
    marked_copies.apart = _in_process  # type: ignore[attr-defined,assignment]  # the same


def stage_in_process(job: Any, files: Sequence[Any]) -> Iterator[str]:
    """Yield what became of each file, as `stage_apart` does."""
    from flows.intake import staging

    if files:
        with staging.published_order(job) as order:
            yield from [staging.examine_and_stage(order, file) for file in files]


def _in_process(function: Callable[..., Any], calls: Sequence[Any]) -> Iterator[Any]:
    return (function(*arguments) for arguments in calls)


def examine_in_process(job: Any, files: Sequence[Any]) -> Iterator[Any]:
    """Yield each file's ledgers, as `examine_apart` does."""
    from flows.intake.examine import examine

    for file in files:
        yield examine(file, job.campaign, job.month, job.issued, job.key)
