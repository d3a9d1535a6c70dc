"""A month that failed, was killed or is made twice at once: what is done is not done again, and nothing is half-written."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from flows.intake.lock import month_lock
from flows.steps.model import UserError
from flows.steps.store import Store
from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, Office

# A month in a process of its own, ended in one of several ways; the last line says which files were read and which were rendered.
RUN = """
import json, os, signal, sys, time
from datetime import date
from flows.intake import staging
from flows.intake.lock import month_lock
from flows.pipeline.run import run_month
from flows.steps import files
from flows.steps.months import Month
from flows.intake.job import open_job

how, read, made = sys.argv[1], [], []
write, examine = files.StagedFolder.write, staging.examine

def end(moment):
    if how == f"killed while {moment}":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == f"failed while {moment}":
        raise OSError(28, "disk full")
    if how == f"stopped while {moment}":
        raise KeyboardInterrupt

def counted(self, file):
    if len(made) == 3:
        end("rendering")
    write(self, files.PlannedFile(file.path, lambda: made.append(file.path) or file.make()))

def noted(file, *more):
    if read:
        end("reading")
    read.append(file.name)
    return examine(file, *more)

files.StagedFolder.write, staging.examine = counted, noted
opened = open_job(Month(2022, 5), None, None, None, date(2022, 6, 2), storing=True)
with month_lock(opened.job.store, "2022-05", lambda text: print(text, flush=True)):
    if how == "slow":
        print("holding", flush=True)
        time.sleep(2)
    run_month(opened, lambda job, found: [staging.examine_to_stage(job, file) for file in found])
print(json.dumps([read, made]))
"""


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an office with two ledgers for May, which is not made."""
    place = Office(tmp_path_factory.mktemp("beginning"))
    place.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    place.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    return place.folder


@pytest.fixture(scope="module")
def whole(beginning: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the digests of a May that ran through."""
    place = copied(beginning, tmp_path_factory.mktemp("whole") / "office")
    place.run("2022-05")
    return place.digests("2022-05")


@pytest.fixture
def office(beginning: Path, tmp_path: Path) -> Office:
    """Return an office of a test's own."""
    return copied(beginning, tmp_path / "office")


def copied(folder: Path, to: Path) -> Office:
    """Return an office in a copy of another's folder, the same byte for byte."""
    place = Office(to)
    shutil.copytree(folder, to, dirs_exist_ok=True)
    return place


def started(office: Office, how: str) -> "subprocess.Popen[str]":
    """Start a run of May."""
    command = [sys.executable, "-W", "ignore", "-c", RUN, how]
    return subprocess.Popen(
        command,
        cwd=office.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def work_of(office: Office, how: str) -> tuple[int, list[str], list[str]]:
    """Run May to its end; return how it ended, what was read and what was rendered."""
    process = started(office, how)
    lines = process.communicate()[0].strip().splitlines()
    read, made = json.loads(lines[-1]) if process.returncode == 0 else ([], [])
    return process.returncode, read, made


@pytest.mark.parametrize(
    ("how", "code", "left", "read_again", "made_before"),
    [
        ("killed while reading", -9, 0, 1, 0), ("killed while rendering", -9, 1, 0, 3), ("failed while rendering", 1, 1, 0, 3),
        ("stopped while rendering", -2, 0, 0, 0),  # as a run that is cancelled
    ],
)  # fmt: skip
def test_a_month_goes_on_where_it_ended(office: Office, whole: Mapping[str, str], how: str, code: int, left: int, read_again: int,
                                        made_before: int) -> None:  # fmt: skip
    """What was read or rendered is not read or rendered again, and the bytes are those of a month that ran through."""
    assert work_of(office, how)[0] == code
    assert [p.name.startswith(".") for p in office.folder.glob("outputs/*")] == [True] * left
    ended, read, made = work_of(office, "well")
    assert (ended, len(read), len(made)) == (0, read_again, len(whole) - made_before)
    assert office.digests("2022-05") == whole
    assert [p.name for p in office.folder.glob("outputs/*")] == ["2022-05"]
    assert list(office.folder.glob("campaign/store/waiting/*")) == []


def test_of_two_runs_at_once_the_second_waits(office: Office) -> None:
    """It says so, and finds done what the first one did; the lock of a killed run holds nobody up."""
    first = started(office, "slow")
    assert first.stdout is not None
    assert first.stdout.readline() == "holding\n"
    second = started(office, "well")
    lines = second.communicate()[0].splitlines()
    first.communicate()
    assert (first.returncode, second.returncode, lines) == (
        0,
        0,
        ["2022-05正在由另一个任务编制，等它结束后继续……", "[[], []]"],
    )
    third = started(office, "slow")
    assert third.stdout is not None
    third.stdout.readline()
    third.kill()
    third.communicate()
    assert work_of(office, "well")[0] == 0


@pytest.mark.parametrize("uri", ["{folder}/store", "s3://ledgers/store-of-this-test"])
def test_waiting_ends(tmp_path: Path, uri: str) -> None:
    """A run that waits too long gives up with a sentence; another month, and the same one later, are free."""
    store = Store(uri.format(folder=tmp_path))
    told: list[str] = []
    with month_lock(store, "2022-05", told.append):
        with month_lock(store, "2022-06", told.append):
            pass
        with (
            pytest.raises(UserError, match="等候超时，本次没有运行"),
            month_lock(store, "2022-05", told.append, patience=0.1),
        ):
            pass
    with month_lock(store, "2022-05", told.append):
        pass
    assert told == ["2022-05正在由另一个任务编制，等它结束后继续……"]
