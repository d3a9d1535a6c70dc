"""One run a month and store at a time: a second one waits, or says which month is taken."""

import getpass
import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from flows.steps.model import UserError
from flows.steps.store import Store

PATIENCE = 600.0  # seconds that a second run waits
_POLL = 0.5


@contextmanager
def month_lock(
    store: Store, month: str, notify: Callable[[str], None], patience: float = PATIENCE
) -> Iterator[None]:
    """Hold a month of a store while its outputs are made.

    Raises UserError if another run holds it for longer than `patience` seconds. The lock ends with
    its process, however that ends. For a store that is no folder it holds on one machine; between
    machines Prefect's concurrency limit does, and the store, which makes one of two writers repeat
    its work.
    """
    with _held(_path(store, month), f"{month}正在由另一个任务编制", notify, patience):
        yield


@contextmanager
def upkeep_lock(
    store: Store,
    months: Collection[str],
    notify: Callable[[str], None],
    patience: float = PATIENCE,
) -> Iterator[None]:
    """Hold a whole store: some months, and every other that has been made in its folder.

    Raises UserError as `month_lock` does.
    """
    folder = Path(store.uri)
    names = folder.glob(".????-??.lock") if store.is_folder else ()
    made = {name.name[1:8] for name in names}
    with ExitStack() as held:
        path = _path(store, "upkeep")
        held.enter_context(_held(path, "数据存储正在由另一个任务维护", notify, patience))
        for month in sorted({*months, *made}):
            held.enter_context(month_lock(store, month, notify, patience))
        yield


@contextmanager
def _held(path: Path, busy: str, notify: Callable[[str], None], patience: float) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, mode=0o644)
    _acquire(lock, busy, notify, patience)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def lock_if_free(store: Store, month: str) -> Iterator[bool]:
    """Hold a month of a store if nobody else does, and tell whether it is held; never waits."""
    path = _path(store, month)
    lock = FileLock(path, mode=0o644)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def is_held(store: Store, month: str) -> bool:
    """Return whether anybody makes a month's outputs at this moment."""
    if not _path(store, month).exists():
        return False
    with lock_if_free(store, month) as free:
        return not free


def _path(store: Store, month: str) -> Path:
    if store.is_folder:
        return Path(store.uri) / f".{month}.lock"
    # other users' lock files in the shared folder for temporary files cannot be opened
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    identity = f"{user}\0{store.uri.rstrip('/')}/{month}"
    name = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"bulletin-{name}.lock"


def _acquire(lock: FileLock, busy: str, notify: Callable[[str], None], patience: float) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        notify(f"{busy}，等它结束后继续……")
    else:
        return
    try:
        lock.acquire(timeout=patience, poll_interval=_POLL)
    except Timeout:
        raise UserError(f"{busy}，等候超时，本次没有运行。请稍后再试") from None
