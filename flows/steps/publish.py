"""Leaving a month's folder: written beside its place under a temporary name, then moved there whole (DESIGN §7)."""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from flows.steps.model import OfficeError

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class PublishError(OfficeError):
    """The outputs cannot be written; the message says in Chinese what to do."""


class Staging:
    """A folder in the making; `publish` puts it in its place, leaving the block without it throws it away."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.digests: dict[str, str] = {}
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        except OSError as error:
            raise PublishError(f"输出文件夹“{target.parent}”不能写入（{error.strerror}）。请检查权限和磁盘空间") from error

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the folder, named by its path inside with `/`."""
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise PublishError(f"“{name}”写不进输出文件夹（{error.strerror}）。请检查磁盘空间；原有文件未受影响") from error
        self.digests[name] = hashlib.sha256(content).hexdigest()

    def publish(self) -> None:
        """Move the folder to its place; one that lies there is replaced."""
        self._folder.chmod(0o755)
        old = self._folder.with_name(f"{self._folder.name}.old")
        try:
            if self.target.exists():
                self.target.rename(old)
            self._folder.rename(self.target)
        except OSError as error:
            if old.exists() and not self.target.exists():
                old.rename(self.target)
            raise PublishError(f"“{self.target}”不能替换（{error.strerror}）。请关闭其中打开的文件后再运行") from error
        shutil.rmtree(old, ignore_errors=True)


def safe_name(name: str) -> str:
    """Return a name as it can stand in a path on any system: forbidden characters become _, the length stays below 120 bytes."""
    plain = _FORBIDDEN.sub("_", name).strip(" .") or "_"
    while len(plain.encode()) > 120:
        plain = plain[:-1]
    return plain


def write_whole(path: Path, content: bytes) -> None:
    """Write a single file under a temporary name and move it into place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:20]}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise PublishError(f"“{path}”写不进去（{error.strerror}）。请检查权限和磁盘空间") from error
