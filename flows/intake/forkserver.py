"""The server process that workers are forked from: it has imported everything, without threads."""

import multiprocessing
from multiprocessing.context import ForkServerContext, SpawnContext

# The command's own module is preloaded too: each process loads the one its parent started with.
PRELOADED = (
    "flows.intake.staging",
    "flows.steps.read.file",
    "flows.steps.check.alone",
    "flows.cli",
)


def context(*more: str) -> ForkServerContext | SpawnContext:
    """Return how worker processes are started: from a fork server if the system has one.

    The server starts to import in the background, the earlier this is called, the better: the
    modules that every worker needs, and `more` if it is called with them first.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver  # not there on Windows

    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([*PRELOADED, *more])
    forkserver.ensure_running()
    return server
