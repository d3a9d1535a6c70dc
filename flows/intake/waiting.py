"""The part of the store's folder where checked ledgers wait: its name, and emptying it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow.fs as fs

from flows.steps.store import Store, files_of_store

FOLDER = "waiting"


def discard(store: Store, names: Iterable[str]) -> None:
    """Remove staged ledgers that have been judged and stored."""
    system, root = files_of_store(store)
    for name in names:
        folder = f"{root}/{FOLDER}/{name}"
        if system.get_file_info(folder).type == fs.FileType.Directory:
            system.delete_dir(folder)


def discard_stale(store: Store, kept: timedelta = timedelta(days=1)) -> int:
    """Remove what killed runs staged longer ago than `kept`; return of how many files that was."""
    system, root = files_of_store(store)
    newest: dict[str, datetime] = {}
    everything = fs.FileSelector(f"{root}/{FOLDER}", allow_not_found=True, recursive=True)
    for info in system.get_file_info(everything):
        if info.type == fs.FileType.File:
            name = info.path.removeprefix(f"{root}/{FOLDER}/").split("/")[0]
            newest[name] = max(info.mtime, newest.get(name, info.mtime))
    old = [name for name, touched in newest.items() if touched < datetime.now(UTC) - kept]
    discard(store, old)
    return len(old)
