"""The process that all examining processes are forked from: it has loaded everything once, and no threads."""

import multiprocessing
from multiprocessing import forkserver
from typing import Any

# The command's own module comes along, since each process loads the one that its parent was started with.
PRELOADED = (
    "flows.intake.staging",
    "flows.steps.read.file",
    "flows.steps.check.alone",
    "flows.cli",
)


def context() -> Any:
    """Return how processes are started: from such a server, where there is one; it starts loading, and the caller goes on.

    The sooner it is asked for the better: a command loads its own half meanwhile.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(PRELOADED))
    forkserver.ensure_running()
    return found
