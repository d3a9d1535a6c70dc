"""The server process that workers are forked from: it has imported everything, without threads."""

import atexit
import multiprocessing
import os
import shutil
import tempfile
from functools import cache
from multiprocessing import process
from multiprocessing.context import ForkServerContext, SpawnContext

from flows.steps.processes import has_ended

LONGEST = 50  # bytes of the path of a folder in which there may be sockets
_PREFIX = "bulletin-"  # of a folder of temporary files, before the number of its process
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

    _own_temporary_folder()
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([*PRELOADED, *more])
    forkserver.ensure_running()
    return server


def own_prefix() -> str:
    """Return how the name of a temporary folder begins that the next program removes if need be."""
    return f"{_PREFIX}{os.getpid()}-"


def _place() -> str:
    """Return the folder for temporary files; a short one, where a socket's path would be too long.

    A system takes a hundred bytes or a little more, of which the names of the library are a part.
    """
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) <= LONGEST else "/tmp"  # noqa: S108  (made by mkdtemp)


@cache
def _own_temporary_folder() -> None:
    """Have the fork server's socket in a folder that tells whose it is; remove those of the dead.

    A killed program leaves the folder that the library makes under a name of its own.
    """
    everywhere = _place()
    for entry in os.scandir(everywhere):
        number = entry.name.removeprefix(_PREFIX).partition("-")[0]
        if entry.name.startswith(_PREFIX) and number.isdecimal() and has_ended(int(number)):
            shutil.rmtree(entry.path, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=own_prefix(), dir=everywhere)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # the library has no public name for it
    process.current_process()._config["tempdir"] = folder  # type: ignore[attr-defined]  # nor a type
