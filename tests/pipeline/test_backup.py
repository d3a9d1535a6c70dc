"""A backup restored into an empty folder has all that cannot be made again; a damaged one is not restored."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.pipeline.backup import CONTENTS, check_backup, restore_backup, write_backup
from flows.steps.model import UserError
from tests.support.paths import ROOT
from tests.support.working import CEMENT, CHEMICALS, EAST, MACHINES, SOUTH, WEST, Office, bulletin

MONTH = "2022-05"
OLD_STORE = ROOT / "tests" / "fixtures" / "store-0.1.0.zip"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Return an office with an issued month."""
    office = Office(tmp_path_factory.mktemp("work"))
    office.ledger(MONTH, EAST, [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60])])
    office.ledger(MONTH, WEST, [(MACHINES, [50, 40, 50, 30, 5, 3, 20])])
    office.ledger(MONTH, SOUTH, [(CEMENT, [30, 30, 30, 30, 3, 3, 30])])
    office.run(MONTH)
    code, said = bulletin(office, "issue", MONTH, "--yes")
    assert code == 0, said
    return office


@pytest.fixture(scope="module")
def archive(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("backup") / "备份.zip"
    code, said = bulletin(office, "backup", str(target))
    assert code == 0, said
    assert "读回核对无误" in said
    return target


def test_an_issued_bulletin_is_rebuilt_byte_for_byte(
    office: Office, archive: Path, tmp_path: Path
) -> None:
    """The restored folder has neither ledgers nor outputs, and still every issued bulletin as it was."""
    folder = tmp_path / "restored"
    code, said = bulletin(tmp_path, "restore", str(archive), str(folder))
    assert code == 0, said
    assert [path.name for path in folder.iterdir()] == ["campaign"]
    for level in ("city", "county", "enterprise"):
        code, said = bulletin(folder, "render", MONTH, "--level", level, "--all")
        assert code == 0, said
    made = {p.name: p.read_bytes() for p in (folder / "outputs").rglob("*.docx")}
    issued = {p.name: p.read_bytes() for p in office.out(MONTH, "bulletins").rglob("*.docx")}
    assert made == issued
    key = folder / "campaign" / "person.key"
    assert key.read_bytes() == (office.folder / "campaign" / "person.key").read_bytes()
    assert os.name != "posix" or key.stat().st_mode & 0o077 == 0


def _without_a_file(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    return {name: archive.read(name) for name in names[1:]}


def _with_another_byte(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    return {name: archive.read(name) + (b"x" if name == names[0] else b"") for name in names}


def _with_a_file_outside(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    contents = json.loads(archive.read(CONTENTS))
    contents["files"]["campaign/../../out"] = contents["files"].pop(names[0])
    changed = {name: archive.read(name) for name in names}
    moved = {"campaign/../../out": changed.pop(names[0])}
    return {**changed, **moved, CONTENTS: json.dumps(contents).encode()}


def _without_its_list(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    return {name: archive.read(name) for name in names if name != CONTENTS}


@pytest.mark.parametrize(
    "damage", [_without_a_file, _with_another_byte, _with_a_file_outside, _without_its_list]
)
def test_a_damaged_archive_is_not_restored(
    archive: Path, tmp_path: Path, damage: Callable[[zipfile.ZipFile, list[str]], dict[str, bytes]]
) -> None:
    with zipfile.ZipFile(archive) as whole:
        names = sorted(whole.namelist(), key=lambda name: name == CONTENTS)
        changed = damage(whole, names)
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(damaged, "w") as target:
        for name, content in changed.items():
            target.writestr(name, content)
    with pytest.raises(UserError, match="损坏"):
        restore_backup(damaged, tmp_path / "restored")
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.zip"]


def test_what_is_there_is_not_overwritten(office: Office, archive: Path) -> None:
    with pytest.raises(UserError, match="没有恢复"):
        restore_backup(archive, office.folder)
    before = archive.read_bytes()
    with pytest.raises(UserError, match="没有覆盖"):
        write_backup(office.folder / "campaign", archive)
    assert archive.read_bytes() == before


def test_a_store_of_an_older_version_opens(tmp_path: Path) -> None:
    """The fixture was written by version 0.1.0 of 2026-11: a month of progress and a roster, issued."""
    folder = tmp_path / "restored"
    assert check_backup(OLD_STORE).program == "ledger-bulletin 0.1.0"
    restore_backup(OLD_STORE, folder)
    code, said = bulletin(folder, "history", "--json")
    assert code == 0, said
    (issue,) = json.loads(said)
    assert (issue["month"], len(issue["ledgers"]), issue["changed"]) == (MONTH, 3, [])
    code, said = bulletin(folder, "trace", MONTH, "全市", "retirees", "--json")
    assert (code, json.loads(said)["total"]) == (0, 180)
    code, said = bulletin(folder, "render", MONTH, "--level", "city")
    assert code == 0, said
