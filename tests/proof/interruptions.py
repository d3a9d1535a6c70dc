"""What befalls a process at its n-th write: it is killed, told to end, or finds the disk full from then on.

A write is a file opened for writing, a folder made, a name changed or removed in the working
folder; for the libraries that write by themselves, before and after each of their calls, and for
a table of the store also between its rows and the log entry that makes them visible.
"""

import errno
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from deltalake import DeltaTable
from deltalake.table import TableOptimizer

from flows.intake import staging
from flows.steps.store import tables, upkeep

End = Literal["kill", "term", "full"]
_NAMES = ("os.rename", "os.remove", "os.rmdir", "os.link")  # these need no space
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Writes:
    """Counts the writes below a folder; at number `at` the process comes to its end."""

    def __init__(self, folder: Path, end: End = "kill", at: int = 0) -> None:
        self.count = 0
        self._folder, self._end, self._at = str(folder), end, at
        self._full = self._paused = False

    def begin(self) -> None:
        """Count from now on, for as long as this process lives."""
        sys.addaudithook(self._audit)
        for module in (tables, upkeep):
            module.write_deltalake = self._in_three(module.write_deltalake)  # type: ignore[attr-defined]  # replaced for the test
        for name in ("delete", "vacuum", "create_checkpoint", "cleanup_metadata"):
            setattr(DeltaTable, name, self._in_two(getattr(DeltaTable, name)))
        TableOptimizer.compact = self._in_two(TableOptimizer.compact)  # type: ignore[method-assign]  # the same
        opened = tables.files_of_store
        staging.files_of_store = lambda store: (  # type: ignore[attr-defined]  # replaced for the test
            _CountedFiles(opened(store)[0], self.note),
            opened(store)[1],
        )

    def note(self, *, space: bool = True) -> None:
        """Count a write; `space` says whether it needs room on the disk."""
        if self._paused:
            return
        self.count += 1
        if self.count == self._at:
            self._come_to_an_end()
        if self._full and space:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _come_to_an_end(self) -> None:
        if self._end != "full":
            os.kill(os.getpid(), signal.SIGKILL if self._end == "kill" else signal.SIGTERM)
        self._full = True
        # libraries that open their files themselves can write no byte from now on
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NAMES and self._is_inside(arguments[0]):
            self.note(space=False)
        made = event == "os.mkdir" or (event == "open" and _is_writing(*arguments[1:]))
        if made and self._is_inside(arguments[0]):
            self.note()

    def _is_inside(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        return os.path.abspath(os.fsdecode(path)).startswith(self._folder)  # noqa: PTH100  (a Path opens no file, but costs time at every event)

    def _in_two(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **more: Any) -> Any:
            self.note()
            result = call(*arguments, **more)
            self.note(space=False)
            return result

        return counted

    def _in_three(self, write: Callable[..., None]) -> Callable[..., None]:
        def counted(target: DeltaTable | str, rows: Any, **more: Any) -> None:
            self.note()
            if self.count + 1 == self._at and self._end != "full":
                self._paused = True
                _write_without_log(write, target, rows, more)
                self._paused = False
            self.note()
            write(target, rows, **more)
            self.note(space=False)

        return counted


def _is_writing(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return any(letter in mode for letter in "wxa+")
    return bool(flags & _WRITING)


def _write_without_log(
    write: Callable[..., None], target: DeltaTable | str, rows: Any, more: dict[str, Any]
) -> None:
    """Leave in a table's folder what a process leaves that ends before its log entry."""
    folder = Path(target if isinstance(target, str) else unquote(urlsplit(target.table_uri).path))
    with tempfile.TemporaryDirectory(
        dir="/dev/shm" if Path("/dev/shm").is_dir() else None
    ) as scratch:
        copy = Path(scratch, "table")
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        known = set(copy.rglob("*.parquet"))
        write(str(copy), rows, **more)
        for path in set(copy.rglob("*.parquet")) - known:
            place = folder / path.relative_to(copy)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


class _CountedFiles:
    """A file system whose writes are counted, before and after each."""

    def __init__(self, files: Any, note: Callable[..., None]) -> None:
        self._files, self._note = files, note

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._files, name)
        if name not in ("create_dir", "open_output_stream", "move", "delete_dir"):
            return call

        def counted(*arguments: Any, **more: Any) -> Any:
            needs_space = name in ("create_dir", "open_output_stream")
            self._note(space=needs_space)
            result = call(*arguments, **more)
            self._note(space=needs_space)
            return result

        return counted
