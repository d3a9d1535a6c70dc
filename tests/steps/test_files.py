"""Files and folders that are written while the program is killed: nothing is lost, nothing is left."""

import os
from pathlib import Path

import pytest

from flows.steps.files import (  # fmt: skip
    PlannedFile,
    PublishError,
    StagedFolder,
    clear_interrupted,
    write_atomically,
)

DEAD = 2**22 + 1  # no process has a number above Linux's largest


def names(folder: Path) -> list[str]:
    """Return the paths of all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


@pytest.mark.parametrize(
    ("left", "after"),
    [
        # what a killed run left, what is there after the next one has begun
        (["2022-05/a", ".2022-05.other/b"], ["2022-05/a"]),
        (["2022-05/a", ".2022-05.key/b"], [".2022-05.key/b", "2022-05/a"]),
        (["2022-05/a", ".2022-05.key.old/b"], ["2022-05/a"]),  # while the old one was removed
        ([".2022-05.key/a", ".2022-05.key.old/edited"], [".2022-05.key/a", "2022-05/edited"]),
        ([".2022-05.other/a", ".2022-05.other.old/edited"], ["2022-05/edited"]),
        ([], []),
    ],
)  # fmt: skip
def test_a_folder_that_was_moved_aside_comes_back(tmp_path: Path, left: list[str], after: list[str]) -> None:  # fmt: skip
    """Drafts that were edited by hand are in it."""
    for name in left:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    folder = StagedFolder(tmp_path / "2022-05", "key")
    assert names(tmp_path) == after
    folder.write(PlannedFile("new", lambda: b"new"))
    folder.publish()
    assert names(tmp_path) == ["2022-05/new"]


def test_nothing_stays_beside_a_folder_that_is_up_to_date(tmp_path: Path) -> None:
    """Also where there is nothing to publish."""
    for name in ("2022-05", ".2022-05.key.old", ".2022-05.key", "2022-06"):
        (tmp_path / name).mkdir()
    clear_interrupted(tmp_path / "2022-05")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2022-05", "2022-06"]


@pytest.mark.parametrize(
    ("left", "after"),
    [
        # a half-written file, what is there after the file was written
        (f".a.docx.{DEAD}.x1.half", ["a.docx"]),
        (f".a.docx.{os.getpid()}.x1.half", [f".a.docx.{os.getpid()}.x1.half", "a.docx"]),
        (f".b.docx.{DEAD}.x1.half", [f".b.docx.{DEAD}.x1.half", "a.docx"]),
    ],
    ids=["killed", "at work", "of another file"],
)  # fmt: skip
def test_half_a_file_of_a_killed_process_is_removed(tmp_path: Path, left: str, after: list[str]) -> None:  # fmt: skip
    """Not that of a process that is at work, nor another file's."""
    (tmp_path / left).touch()
    write_atomically(tmp_path / "a.docx", b"whole")
    assert names(tmp_path) == after


def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing(tmp_path: Path) -> None:
    """As on a full disk."""
    (tmp_path / "a.docx").mkdir()
    with pytest.raises(PublishError, match="写不进去"):
        write_atomically(tmp_path / "a.docx", b"whole")
    assert names(tmp_path) == []
