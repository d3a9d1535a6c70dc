"""Documents of a large month are rendered in the workers: the same bytes, whatever becomes of a worker."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.pipeline import ahead
from tests.support.wordfiles import document
from tests.support.working import CEMENT, CHEMICALS, EAST, WEST, Office

GOOD = (100, 60, 102, 10, 20, 4, 0)
DOCUMENTS = [
    "bulletins/县区/东浥区.docx",
    "bulletins/企业/示例市洹滨水泥厂.docx",
    "returns/东浥区/回执.docx",
]


def office_at(folder: Path) -> Office:
    """Return an office with two ledgers."""
    office = Office(folder)
    office.ledger("2022-04", EAST, [(CHEMICALS, GOOD)])
    office.ledger("2022-04", WEST, [(CEMENT, GOOD)])
    return office


def made(office: Office) -> dict[str, bytes]:
    """Return what a run leaves, but for what names its time or place."""
    office.run("2022-04")
    folder = office.out("2022-04")
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_bytes_are_those_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file of the month, with documents of every kind, and no report is left in a temporary folder."""
    here = made(office_at(tmp_path / "here"))
    monkeypatch.setattr(ahead, "MANY", 1)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    asked: list[str] = []
    render = ahead.Ahead._made

    def noted(self: ahead.Ahead, number: int, make: Callable[[], bytes]) -> bytes:
        asked.append(self._documents[number][0].path)
        return render(self, number, make)

    monkeypatch.setattr(ahead.Ahead, "_made", noted)
    there = made(office_at(tmp_path / "there"))
    assert sorted(here) == sorted(there)
    assert {name for name in here if here[name] != there[name]} <= {"manifest.json"}
    assert [name for name in DOCUMENTS if name not in asked] == []
    assert list((tmp_path / "temporary").rglob("contents")) == []


# what becomes of the worker at each document, or what is wrong with the template; whether the documents are there
TROUBLES = [("dies", True), ("template", False)]


def _dies(_: ahead.Order) -> bytes:
    os._exit(9)


@pytest.mark.parametrize(("trouble", "there"), TROUBLES)
def test_a_document_that_no_worker_makes(
    trouble: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made where the run is; one whose template is faulty costs itself."""
    monkeypatch.setattr(ahead, "MANY", 1)
    office = office_at(tmp_path)
    if trouble == "template":
        (tmp_path / "campaign" / "templates").mkdir()
        faulty = tmp_path / "campaign" / "templates" / "县区.docx"
        faulty.write_bytes(document("{{ 没有 }}"))
    else:
        monkeypatch.setattr(ahead, "_attempted", _dies)
    found = made(office)
    assert ("bulletins/县区/东浥区.docx" in found) is there
    assert "bulletins/全市.docx" in found
