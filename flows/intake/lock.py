"""One run a month and store at a time: a second one waits, or says who is at work."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.steps.model import UserError
from flows.steps.store import Store

PATIENCE = 600.0  # seconds that a second run waits
_PAUSE = 0.5


@contextmanager
def month_lock(
    store: Store, month: str, tell: Callable[[str], None], patience: float = PATIENCE
) -> Iterator[None]:
    """Hold a month of a store while its outputs are made; raises UserError where another run holds it for too long.

    The lock goes with its process, however that ends. For a store that is no folder it holds on one machine; between machines
    Prefect's concurrency limit does, and the store itself, which lets one of two writers repeat its work.
    """
    path = _place(store, month)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(handle, month, tell, patience)
        yield
    finally:
        os.close(handle)


def _place(store: Store, month: str) -> Path:
    if store.is_folder:
        return Path(store.uri) / f".{month}.lock"
    name = hashlib.sha256(f"{store.uri.rstrip('/')}/{month}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"bulletin-{os.getuid()}-{name}.lock"


def _wait(handle: int, month: str, tell: Callable[[str], None], patience: float) -> None:
    until, told = time.monotonic() + patience, False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise UserError(
                    f"{month}正在由另一个任务编制，等候超时，本次没有运行。请稍后再试"
                ) from None
            if not told:
                tell(f"{month}正在由另一个任务编制，等它结束后继续……")
                told = True
            time.sleep(_PAUSE)
        else:
            return
