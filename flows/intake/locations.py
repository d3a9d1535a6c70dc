"""Locations of ledgers: a folder, or a place in an object store by its URI (s3://…)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

import pyarrow.fs as fs

from flows.steps.model import UserError, reason_of
from flows.steps.store import Store, files_of_store

_KINDS: dict[fs.FileType, Literal["folder", "file"]] = {
    fs.FileType.Directory: "folder",
    fs.FileType.File: "file",
}
IGNORED_NAMES = ("thumbs.db", "desktop.ini")


class UnreachableError(UserError, OSError):
    """A place of an object store cannot be read at present; another try may help."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of an object store, opened as a path is."""

    uri: str

    @property
    def stem(self) -> str:
        """Return the file's own name without its ending."""
        return PurePosixPath(self.uri).stem

    @contextmanager
    def open(self, mode: Literal["rb"], /) -> Iterator[BinaryIO]:  # noqa: ARG002  (as Path.open)
        """Give the file's bytes as a stream; raises UnreachableError."""
        with _reached(self.uri) as (system, path), system.open_input_stream(path) as stream:
            yield stream


def is_uri(place: str) -> bool:
    """Return whether a place is in an object store, not a path."""
    return "://" in place


def absolute(place: str) -> str:
    """Return a place without links and relative parts: the same place is the same text."""
    return place.rstrip("/") if is_uri(place) else Path(place).resolve().as_posix()


def split(place: str) -> tuple[str, str]:
    """Return the folder that a file is in, and the file's own name."""
    if is_uri(place):
        folder, _, name = place.rpartition("/")
        return folder, name
    path = Path(place).absolute()
    return str(path.parent), path.name


def kind_of(place: str) -> Literal["folder", "file"] | None:
    """Return what is at a place, None for nothing; raises UnreachableError."""
    if not is_uri(place):
        path = Path(place)
        return "folder" if path.is_dir() else "file" if path.is_file() else None
    with _reached(place) as (system, root):
        type_ = system.get_file_info(root).type
    return _KINDS.get(type_)


def files_in(folder: str) -> list[tuple[str, str]]:
    """Return the place and the name inside the folder of each possible ledger, by name."""
    pairs = _objects(folder) if is_uri(folder) else _paths(Path(folder))
    return sorted((pair for pair in pairs if may_be_ledger(pair[1])), key=lambda pair: pair[1])


def may_be_ledger(name: str) -> bool:
    """Return whether a file can be a ledger by its name: no lock, hidden or system file."""
    parts = name.split("/")
    return (
        not any(part.startswith((".", "~$")) for part in parts)
        and parts[-1].lower() not in IGNORED_NAMES
    )


def open_location(place: str) -> Path | RemoteFile:
    """Return the path or the remote file at a place, to be opened."""
    return RemoteFile(place) if is_uri(place) else Path(place)


def _paths(folder: Path) -> Iterator[tuple[str, str]]:
    return (
        (str(path), path.relative_to(folder).as_posix())
        for path in folder.rglob("*")
        if path.is_file()
    )


def _objects(folder: str) -> Iterator[tuple[str, str]]:
    with _reached(folder) as (system, root):
        entries = system.get_file_info(fs.FileSelector(root, allow_not_found=True, recursive=True))
    names = (
        entry.path.removeprefix(f"{root}/") for entry in entries if entry.type == fs.FileType.File
    )
    return ((f"{absolute(folder)}/{name}", name) for name in names)


@contextmanager
def _reached(place: str) -> Iterator[tuple[fs.FileSystem, str]]:
    """Give an object store's file system and a path in it; its errors become UnreachableError."""
    try:
        yield files_of_store(Store(place))
    except OSError as error:
        advice = "请检查该位置是否存在，以及访问密钥和网络"
        raise UnreachableError(
            f"台账位置“{place}”读不出来（{reason_of(error)}）。{advice}"
        ) from error
