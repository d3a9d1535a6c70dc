"""A campaign with its store, its key and the page's own files in one archive that checks itself."""

import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from flows.intake.job import STORE
from flows.intake.person_key import KEY_FILE
from flows.steps.model import UserError, reason_of

CONTENTS = "backup.json"
CAMPAIGN, DESK = "campaign", "desk"
_PAGE = ("password", "secret", "links.json", "log.jsonl")  # of the page; uploads are left out
_FORMER = "former"
_LAST_WRITTEN = f"{STORE}/submissions/_delta_log"
_CHUNK = 2**20
_PRIVATE = 0o600


@dataclass(frozen=True)
class Backup:
    """What an archive holds: how many files and bytes, made when and by which program."""

    files: int
    size: int
    made: str
    program: str


def write_backup(campaign: Path, target: Path) -> Backup:
    """Return what was written into an archive, read back and checked.

    Raises UserError for a folder that is no campaign and a file that exists.
    """
    if not campaign.is_dir():
        raise UserError(f"没有活动文件夹“{campaign}”。请用 --campaign 指明")
    if target.exists():
        raise UserError(f"“{target}”已经存在，没有覆盖。请换一个文件名")
    half = target.with_name(f".{target.name}.half")
    digests: dict[str, str] = {}
    try:
        handle = os.open(half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, path in _files_of(campaign):
                digests[name] = _add(archive, name, path)
            archive.writestr(CONTENTS, json.dumps(_contents(digests), ensure_ascii=False))
        found = check_backup(half)
        half.replace(target)
    except OSError as error:
        raise UserError(f"备份“{target}”写不成（{reason_of(error)}）。请检查磁盘空间") from error
    finally:
        half.unlink(missing_ok=True)
    return found


def check_backup(path: Path) -> Backup:
    """Return what an archive holds; raises UserError unless every file is there as it was."""
    with _opened(path) as archive:
        contents = _contents_of(archive, path)
        size = 0
        for name, digest in contents["files"].items():
            with archive.open(name) as stream:
                found, length = _digest(stream)
            size += length
            if found != digest:
                raise UserError(f"备份“{path}”已损坏：{name} 与备份时不同。请换一个备份")
    return Backup(len(contents["files"]), size, contents["made"], contents["program"])


def restore_backup(path: Path, folder: Path) -> Backup:
    """Return what was restored into a folder that is empty or not there yet.

    Raises UserError for any other folder, and for an archive that is not whole.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"文件夹“{folder}”里已有文件，没有恢复。请换一个空文件夹")
    found = check_backup(path)
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        with _opened(path) as archive:
            for name in _contents_of(archive, path)["files"]:
                _extract(archive, name, half / name)
        if folder.exists():
            folder.rmdir()
        half.replace(folder)
    except OSError as error:
        raise UserError(f"“{folder}”恢复不了（{reason_of(error)}）。请检查磁盘空间") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return found


def _files_of(campaign: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file with its name in the archive.

    What makes rows visible is listed before the rows: a run that writes meanwhile is in the archive
    as a whole or not at all.
    """
    listed = [*_below(campaign, campaign / _LAST_WRITTEN)]
    for log in sorted(campaign.glob(f"{STORE}/*/_delta_log")):
        listed += _below(campaign, log)
    listed += _below(campaign, campaign)
    yield from dict(listed).items()
    desk = campaign.resolve().parent / DESK
    for path in [*(desk / name for name in _PAGE), *sorted((desk / _FORMER).glob("*"))]:
        if path.is_file():
            yield f"{DESK}/{path.relative_to(desk).as_posix()}", path


def _below(campaign: Path, folder: Path) -> list[tuple[str, Path]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_lock(path))
    return [(f"{CAMPAIGN}/{path.relative_to(campaign).as_posix()}", path) for path in paths]


def _is_lock(path: Path) -> bool:
    return path.suffix == ".lock" or path.name.startswith("~$")


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(entry, "w") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _contents(digests: dict[str, str]) -> dict[str, object]:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    program = f"ledger-bulletin {version('ledger-bulletin')}"
    return {"made": made, "program": program, "files": digests}


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"“{path}”不是备份文件，或者已损坏") from error


# the archive's own list: made, program, files
def _contents_of(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """Return the list of an archive's files; raises UserError for one that it does not keep to."""
    try:
        contents: dict[str, Any] = json.loads(archive.read(CONTENTS))
        names = set(contents["files"])
    except (KeyError, ValueError, zipfile.BadZipFile, TypeError) as error:
        raise UserError(f"“{path}”不是备份文件，或者已损坏") from error
    if names != set(archive.namelist()) - {CONTENTS} or not all(map(_stays_inside, names)):
        raise UserError(f"备份“{path}”已损坏：文件与清单不符。请换一个备份")
    return contents


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    named = len(parts) > 1 and parts[0] in (CAMPAIGN, DESK)
    return named and ".." not in parts and "\\" not in name and ":" not in name


def _digest(stream: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    except zipfile.BadZipFile:
        return "", size
    return digest.hexdigest(), size


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    if name == f"{CAMPAIGN}/{KEY_FILE}" or name.startswith(f"{DESK}/"):
        target.chmod(_PRIVATE)
