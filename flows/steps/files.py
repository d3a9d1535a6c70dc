"""Writing a month's folder: under a temporary name, then moved into its place (DESIGN §7)."""

import glob
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from flows.steps.model import UserError, reason_of
from flows.steps.processes import has_ended
from schemas.characters import OBEYED_CLASS

_FORBIDDEN = re.compile(rf'[\\/:*?"<>|\t\n{OBEYED_CLASS}]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # names of Windows' devices
_HALF = ".half"  # ends the name of a file that is being written
_OLD = ".old"  # ends the name of a folder that is being replaced
_BYTES = 120  # of a name, so that a file system's 255 also hold what is added to it


class PublishError(UserError):
    """The outputs cannot be written; the message says in Chinese what to do."""


@dataclass(frozen=True)
class PlannedFile:
    """A file of a month's folder: its path inside, with `/`, and what makes its bytes."""

    path: str
    make: Callable[[], bytes]


class StagedFolder:
    """A folder in the making; `publish` puts it in its place, leaving the block early discards it.

    `key` stands for all that the folder's content depends on: what a failed or killed run left
    under the same key is reused file by file; what it left under another key is discarded.
    """

    def __init__(self, target: Path, key: str) -> None:
        self.target = target
        self.digests: dict[str, str] = {}
        self._kept: set[str] = set()
        self.undone: dict[str, str] = {}  # why a file could not be made
        self._folder = target.with_name(f".{target.name}.{key[:16]}")
        try:
            clear_interrupted(target, self._folder)
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PublishError(
                f"输出文件夹“{target.parent}”不能写入（{reason_of(error)}）。请检查权限和磁盘空间"
            ) from error

    def __enter__(self) -> "StagedFolder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # a run that failed continues from here, one that was cancelled leaves nothing
        if not isinstance(error, Exception):
            shutil.rmtree(self._folder, ignore_errors=True)

    def fill(self, files: Iterable[PlannedFile]) -> None:
        """Make the files, apart from those that a killed run has left complete.

        A file that the office has to mend something for first (UserError) costs no other file.
        """
        for file in files:
            try:
                self.write(file)
            except PublishError:
                raise
            except UserError as error:
                self.undone[file.path] = str(error)

    def write(self, file: PlannedFile) -> None:
        """Make one file, unless a killed run has left it complete."""
        path = self._folder / file.path
        if path.is_file():
            content = path.read_bytes()
        else:
            content = file.make()
            self._save(path, content)
        self.digests[file.path] = hashlib.sha256(content).hexdigest()

    def keep(self, path: str, content: bytes) -> None:
        """Put a file beside those that were planned, without its digest among theirs."""
        self._save(self._folder / path, content)
        self._kept.add(path)

    def _save(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f".{path.name[:40]}{_HALF}")
            half.write_bytes(content)
            half.replace(path)
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)  # frees the space on a full disk
            name = path.relative_to(self._folder).as_posix()
            raise PublishError(
                f"“{name}”写不进输出文件夹（{reason_of(error)}）。请检查磁盘空间；原有文件未受影响"
            ) from error

    def publish(self) -> None:
        """Move the folder, without what was not planned, to its place; an old one is replaced."""
        names = self._kept.union(self.digests)
        for path in self._folder.rglob("*"):
            if path.is_file() and path.relative_to(self._folder).as_posix() not in names:
                path.unlink()
        old = self._folder.with_name(f"{self._folder.name}{_OLD}")
        try:
            if self.target.exists():
                self.target.rename(old)
            self._folder.rename(self.target)
        except OSError as error:
            if old.exists() and not self.target.exists():
                old.rename(self.target)
            raise PublishError(
                f"“{self.target}”不能替换（{reason_of(error)}）。请关闭其中打开的文件后再运行"
            ) from error
        shutil.rmtree(old, ignore_errors=True)


def clear_interrupted(target: Path, but: Path | None = None) -> None:
    """Remove what killed runs left beside a folder, all `but` one.

    The folder that such a run had moved aside comes back, with what was edited in it by hand.
    """
    beside = sorted(target.parent.glob(f".{glob.escape(target.name)}.*"))
    aside = [path for path in beside if path.name.endswith(_OLD)]
    if aside and not target.exists():
        aside[0].rename(target)
    for left in beside:
        if left != but:
            shutil.rmtree(left, ignore_errors=True)


def fill_in_place(folder: Path, files: Iterable[PlannedFile]) -> tuple[list[Path], dict[str, str]]:
    """Return the paths of the files written into a folder, and why others could not be made.

    What else lies in the folder stays. A file that the office has to mend something for first
    (UserError) costs no other file.
    """
    written: list[Path] = []
    undone: dict[str, str] = {}
    for file in files:
        try:
            content = file.make()
        except UserError as error:
            undone[file.path] = str(error)
            continue
        write_atomically(folder / file.path, content)
        written.append(folder / file.path)
    return written, undone


def is_unchanged(folder: Path, digests: Mapping[str, str]) -> bool:
    """Return whether a folder holds each file with its digest; other files may lie beside them."""
    paths = {folder / name: digest for name, digest in digests.items()}
    return all(
        path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
        for path, digest in paths.items()
    )


def safe_name(name: str) -> str:
    """Return a name that any system allows in a path: forbidden characters become _, 120 bytes."""
    shortened = _FORBIDDEN.sub("_", name).encode()[:_BYTES].decode(errors="ignore")
    plain = shortened.strip(" .") or "_"
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain


def write_atomically(path: Path, content: bytes) -> None:
    """Write a single file under a temporary name and move it into place.

    What a killed process left of an earlier try is removed.
    """
    half: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beginning = f".{path.name[:20]}."
        _remove_halves(path.parent, beginning)
        handle, name = tempfile.mkstemp(_HALF, f"{beginning}{os.getpid()}.", path.parent)
        half = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        half.chmod(0o644)
        half.replace(path)
    except OSError as error:
        raise PublishError(
            f"“{path}”写不进去（{reason_of(error)}）。请检查权限和磁盘空间"
        ) from error
    finally:
        if half is not None:
            half.unlink(missing_ok=True)


def _remove_halves(folder: Path, beginning: str) -> None:
    """Remove the half-written files whose names begin so and whose process has ended."""
    for left in folder.glob(f"{glob.escape(beginning)}*{_HALF}"):
        process = left.name.removeprefix(beginning).partition(".")[0]
        if process.isdecimal() and has_ended(int(process)):
            left.unlink(missing_ok=True)
