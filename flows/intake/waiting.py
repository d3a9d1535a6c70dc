"""The part of the store's folder where checked ledgers wait: its name, and emptying it.

What a month has staged begins with the month's name and belongs to whoever holds its lock.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow.fs as fs

from flows.intake.lock import lock_if_free
from flows.steps.months import Month
from flows.steps.store import Store, files_of_store

FOLDER = "waiting"
GRACE = timedelta(days=1)  # for what another machine may be at work on
_MONTH = re.compile(r"\d{4}-\d\d(?=-)")


def discard(store: Store, names: Iterable[str]) -> None:
    """Remove staged ledgers that have been judged and stored."""
    system, root = files_of_store(store)
    for name in names:
        folder = f"{root}/{FOLDER}/{name}"
        if system.get_file_info(folder).type == fs.FileType.Directory:
            system.delete_dir(folder)


def discard_stale(store: Store, grace: timedelta = GRACE) -> int:
    """Remove what was staged longer ago than `grace`; return how many files and jobs that were."""
    before = datetime.now(UTC) - grace
    old = [name for name, touched in _staged(store).items() if touched < before]
    discard(store, old)
    return len(old)


def discard_abandoned(store: Store, held: Month | None = None) -> int:
    """Remove what no living run has staged; return of how many files and jobs that was.

    `held` is the month whose lock the caller holds. Where the store is no folder its locks hold on
    one machine only, so that what is younger than a day stays; so does what names no month.
    """
    old = discard_stale(store)
    if not store.is_folder:
        return old
    by_month: dict[str, list[str]] = {}
    for name in _staged(store):
        if found := _MONTH.match(name):
            by_month.setdefault(found[0], []).append(name)
    return old + sum(
        _discard_of_month(store, month, names, held) for month, names in by_month.items()
    )


def _discard_of_month(store: Store, month: str, names: list[str], held: Month | None) -> int:
    """Remove what a month has staged, unless somebody else holds its lock; return how many."""
    if month == str(held):
        discard(store, names)
        return len(names)
    with lock_if_free(store, month) as free:
        if free:
            discard(store, names)
        return len(names) if free else 0


def _staged(store: Store) -> dict[str, datetime]:
    """Return the names of all that is staged, with the time of its newest part."""
    system, root = files_of_store(store)
    newest: dict[str, datetime] = {}
    everything = fs.FileSelector(f"{root}/{FOLDER}", allow_not_found=True, recursive=True)
    for info in system.get_file_info(everything):
        name = info.path.removeprefix(f"{root}/{FOLDER}/").split("/")[0]
        touched = info.mtime or datetime.now(UTC)  # an object store's folders have no time
        newest[name] = max(touched, newest.get(name, touched))
    return newest
