"""Leaving a month's folder: written beside its place under a temporary name, then moved there whole (DESIGN §7)."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from flows.steps.model import UserError, reason_of

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # names of Windows' devices
_BYTES = 120  # of a name, so that a file system's 255 also hold what is added to it


class PublishError(UserError):
    """The outputs cannot be written; the message says in Chinese what to do."""


class StagedFolder:
    """A folder in the making; `publish` puts it in its place, breaking off the block throws it away.

    `key` stands for all that the folder's content depends on: what a failed or killed run left under the same key is taken over, file by
    file; what it left under another one is thrown away.
    """

    def __init__(self, target: Path, key: str) -> None:
        self.target = target
        self.digests: dict[str, str] = {}
        self._folder = target.with_name(f".{target.name}.{key[:16]}")
        try:
            for left in target.parent.glob(f".{target.name}.*") if target.parent.is_dir() else ():
                if left != self._folder:
                    shutil.rmtree(left, ignore_errors=True)
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
        if not isinstance(
            error, Exception
        ):  # a run that failed goes on from here, one that was cancelled leaves nothing
            shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, name: str, make: Callable[[], bytes]) -> None:
        """Make a file of the folder, named by its path inside with `/`, unless a killed run has left it whole."""
        path = self._folder / name
        if path.is_file():
            content = path.read_bytes()
        else:
            content = make()
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                half = path.with_name(f".{path.name[:40]}.half")
                half.write_bytes(content)
                half.replace(path)
            except OSError as error:
                shutil.rmtree(
                    self._folder, ignore_errors=True
                )  # a disk that is full gets its room back
                raise PublishError(
                    f"“{name}”写不进输出文件夹（{reason_of(error)}）。请检查磁盘空间；原有文件未受影响"
                ) from error
        self.digests[name] = hashlib.sha256(content).hexdigest()

    def publish(self) -> None:
        """Move the folder to its place; one that lies there is replaced, and so is what does not belong to it."""
        for path in self._folder.rglob("*"):
            if path.is_file() and path.relative_to(self._folder).as_posix() not in self.digests:
                path.unlink()
        old = self._folder.with_name(f"{self._folder.name}.old")
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


def is_unchanged(folder: Path, digests: Mapping[str, str]) -> bool:
    """Return whether a folder holds all files of some digests, unchanged; others, such as an outbox, may lie beside them."""
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
    """Write a single file under a temporary name and move it into place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:20]}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise PublishError(
            f"“{path}”写不进去（{reason_of(error)}）。请检查权限和磁盘空间"
        ) from error
