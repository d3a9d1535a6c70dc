"""The process of one file begins as a copy of the command: it protects as the fork server's processes do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

BEGUN = """
import os, signal, sys
from flows.intake.worker_pool import Workers
from flows.intake.worker_process import Limits
from tests.support.hostile import behave
workers = Workers(Limits(memory=2**28, seconds=3), count=1)
workers.start_copy()
"""
ASKED = """
print(workers.call(behave, "whose", "") == str(os.getpid()))
for how, what in (sys.argv[1:], ("say", "next")):
    answer = workers.call(behave, how, what)
    print(answer if isinstance(answer, str) else answer.reason)
workers.close()
"""
KILLED = """
workers.call(behave, "say", "a")
os.kill(os.getpid(), signal.SIGKILL)
"""


def bulletin(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Return what a program printed, once all that it started has let go of its output."""
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, cwd=ROOT, timeout=100
    )  # fmt: skip


@pytest.mark.parametrize(
    ("how", "what", "answer"),
    [
        ("say", "a", "A"),
        ("eat", str(2**29), "读取所需的内存超过0.25 GB"),
        ("sleep", "", "读取超过3秒仍未完成"),
        ("recurse", "", "读取时程序中断，文件内部结构可能已损坏"),
    ],
)
def test_a_copy_is_limited_and_replaced(how: str, what: str, answer: str) -> None:
    """It is the command's own child; one that is late or ends is followed by another process."""
    done = bulletin(BEGUN + ASKED, how, what)
    assert (done.stdout.splitlines(), done.stderr) == (["True", answer, "NEXT"], "")


def test_a_call_whose_copy_was_killed_is_made_again(tmp_path: Path) -> None:
    """By a process of the fork server."""
    done = bulletin(BEGUN + ASKED, "kill once", str(tmp_path / "mark"))
    assert done.stdout.splitlines() == ["True", "survived", "NEXT"], done.stderr


@pytest.mark.parametrize("code", [BEGUN + KILLED, BEGUN])
def test_a_copy_does_not_outlive_the_command(code: str) -> None:
    """Neither one that was killed nor one that never asked."""
    bulletin(code)  # ends only when the copy has ended, which has the same output
