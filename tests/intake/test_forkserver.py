"""The server that workers are forked from: a process of it starts whatever the folder of temporary files is called."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKED = (
    "from flows.intake.worker_pool import Workers\nwith Workers() as w: print(w.call(len, 'ab'))"
)

# characters in the names of three folders, one in the other
NAMES = [1, 40, 80]


@pytest.mark.parametrize("length", NAMES)
def test_a_worker_starts(length: int, tmp_path: Path) -> None:
    """A system takes only some hundred bytes of a socket's path."""
    folder = tmp_path.joinpath(*["x" * length] * 3)
    folder.mkdir(parents=True)
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", ASKED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("2\n", 0), done.stderr
