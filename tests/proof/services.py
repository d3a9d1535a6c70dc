"""Prefect's server, or the runner that carries out a deployment, killed while a month is made: the next run is right.

A run that loses its server may go on asking for it for minutes; it is killed after some seconds.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.proof import children, offices
from tests.proof.lines import Line, Size, line_of
from tests.support.paths import ROOT

PATIENCE = 180.0  # seconds for a server to start
WITHOUT_SERVER = 10.0  # seconds that a run goes on without its server until it is killed, too
MOMENTS: Mapping[str, str] = {
    "while reading": "campaign/store/waiting/*",
    "while rendering": f"outputs/.{offices.MONTH}.*/**/*.docx",
}
START = f"""
from flows.deployed_runs import start_run
from flows.prefect_support.forms import MonthlyForm
start_run(MonthlyForm(month="{offices.MONTH}", issued="2022-06-02"))
"""


def lines(work: Path, *, size: Size) -> Iterator[Line]:
    """Yield the lines of the table."""
    new = work / "new"
    children.done(lambda: offices.new_office(new) and None, work)
    undisturbed = offices.copied(new, work / "undisturbed")
    wanted = _made(undisturbed)
    moments = list(MOMENTS)[-1:] if size == "short" else MOMENTS
    yield line_of("Prefect's server killed in a run, then the run: the next one is right",
                  (_tried(new, work, wanted, moment, _server_killed) for moment in moments))  # fmt: skip
    yield line_of("the runner of Prefect's deployments killed in a run, then the run: the next one is right",
                  (_tried(new, work, wanted, moment, _runner_killed) for moment in moments))  # fmt: skip


def _made(folder: Path) -> Mapping[str, Any]:
    """Make the month without Prefect; return its outcome."""
    ended = children.done(lambda: children.command(*offices.RUN), folder)
    if ended.code not in (0, 3):
        raise RuntimeError(f"the month cannot be made: {ended.code} {ended.said[-600:]}")
    outcome: Mapping[str, Any] = children.done(lambda: offices.outcome(folder), folder).value
    return outcome


def _tried(
    new: Path,
    work: Path,
    wanted: Mapping[str, Any],
    moment: str,
    kill: Callable[[Path, Mapping[str, str], int, str], None],
) -> str | None:
    """Let something be killed in a run, then make the month again; return what is wrong."""
    label = f"{kill.__name__} {moment}"
    folder, temporary = offices.copied(new, work / label / "office"), work / label / "temporary"
    temporary.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    own = {"PREFECT_HOME": str(work / label / "prefect"), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
           "PREFECT_RUNNER_POLL_FREQUENCY": "1", "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | own
    try:
        kill(folder, environment, port, MOMENTS[moment])
        got = _made(folder)
    except RuntimeError as error:
        return f"{label}: {error}"
    left = offices.left_over(folder, temporary)
    differs = offices.difference(got, wanted)
    return f"{label}: {differs or f'left over {left}'}" if differs or left else None


def _server_killed(folder: Path, environment: Mapping[str, str], port: int, sign: str) -> None:
    server = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    run = [sys.executable, "-m", "flows.cli", *(word for word in offices.RUN if word != "--without-prefect")]  # fmt: skip
    with _started(server, folder, environment) as serving:
        _wait(lambda: _answers(port), serving)
        with _started(run, folder, environment) as running:
            _wait(lambda: next(folder.glob(sign), None), running)
            os.killpg(serving.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                running.communicate(timeout=WITHOUT_SERVER)


def _runner_killed(folder: Path, environment: Mapping[str, str], port: int, sign: str) -> None:
    command = [sys.executable, "-m", "flows.serve", "--folder", str(folder), "--port", str(port)]
    with _started(command, folder, environment) as serving:
        _wait(lambda: _answers(port, "deployments/name/monthly/scheduled"), serving)
        subprocess.run([sys.executable, "-c", START], cwd=folder, env=environment, check=True, capture_output=True)  # fmt: skip
        _wait(lambda: next(folder.glob(sign), None), serving)
        serving.send_signal(signal.SIGKILL)


@contextmanager
def _started(
    command: list[str], folder: Path, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command during the block, in a group of its own that is killed in the end, with all that it started."""
    process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    try:
        yield process
    finally:
        for pid in {process.pid, *_started_by(environment)}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _started_by(environment: Mapping[str, str]) -> Iterator[int]:
    """Yield the processes that have this try's own Prefect home in their environment."""
    mark = f"PREFECT_HOME={environment['PREFECT_HOME']}\0".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes() + b"\0":
                yield int(path.parent.name)
        except OSError:
            continue


def _answers(port: int, path: str = "health") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait(condition: Callable[[], object], process: "subprocess.Popen[bytes]") -> None:
    """Wait for a condition; raises RuntimeError if the process ends first."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r}: ended with {process.poll()} before its moment")
        time.sleep(0.005)
