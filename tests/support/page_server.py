"""The page of a working folder in a process of its own, which a test may end at any moment.

Run: python -m tests.support.page_server FOLDER prints the port.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path

import uvicorn

from flows.desk.app import desk_app
from flows.desk.checking import begin_to_load
from tests.support.paths import ROOT


def started(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """Return the process that serves a folder's page, in a group of its own, and its port."""
    command = [sys.executable, "-m", "tests.support.page_server", str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def main(folder: Path) -> None:
    """Serve the page at a free port of this machine."""
    begin_to_load()
    config = uvicorn.Config(desk_app(folder), port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
