"""Workbooks from elsewhere: the few kept here by what they hold, and any folder of them for an answer within the limits."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.intake.worker_pool import Workers
from flows.intake.worker_process import Limits
from flows.steps.read.file import read_file
from flows.steps.read.formats.sniff import Refusal
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.grid import OpenedWorkbook
from schemas.shipped import shipped
from tests.support.paths import BOOKS

FOLDER = (
    "LEDGER_CORPUS"  # the environment variable that names a folder of files; each must be answered
)
READ: Mapping[str, dict[str, list[list[Any]]]] = {
    "biff5.xls": {"SheetJS": [[1, 2, 3], [True, False, None, "sheetjs"], ["foo", "bar", datetime(2014, 2, 19, 14, 30), "0.3"], ["baz", None, "qux"]]},
    "stream-name-in-capitals.xls": {"Sheet1": []},
    "readings-of-characters.xlsx": {"Sheet1": [["課きく　毛こ"]]},
    "repeated-rows.ods": {"Sheet1": [["A", "B"], ["C", "D"], ["C", "D"], [], [], ["C", "D"], [], ["C", "D"]]},
    "blanks-as-elements.ods": {"sheet1": [["Split\nLine"], ["Value  With spaces"], ["Value   With 3 spaces"],
                                          [" Value   With spaces before and after "], ["  Value   With 2 spaces before and after  "]]},
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_odd_workbooks_are_read(name: str) -> None:
    """What calamine's tests hold as odd is read cell by cell."""
    opened = open_workbook((BOOKS / name).read_bytes(), "x")
    assert isinstance(opened, OpenedWorkbook)
    for sheet, rows in READ[name].items():
        (grid,) = (g for g in opened.grids if g.sheet == sheet)
        assert [grid.row(r) for r in range(grid.height)] == [
            [*row, *[None] * (grid.width - len(row))] if row else [] for row in rows
        ]


@pytest.mark.parametrize("name", ["encrypted-ooxml.xlsx", "encrypted.ods"])
def test_encrypted_workbooks_are_named(name: str) -> None:
    """A password is said to be the reason, and what to do about it."""
    assert open_workbook((BOOKS / name).read_bytes(), "x") == Refusal("file-encrypted")
    (failure,) = read_file(BOOKS / name, name, shipped()).failures
    assert (failure.message, failure.remedy) == (
        "文件设有打开密码，无法读取。",
        "请去掉打开密码后另存再报。",
    )


def test_every_book_here_is_tested() -> None:
    """No file lies here without a use."""
    assert {p.name for p in BOOKS.iterdir()} == {
        *READ,
        "encrypted-ooxml.xlsx",
        "encrypted.ods",
        "NOTICE",
    }


def answer(path: Path) -> list[str]:
    """Return what is said of a file: the kinds and rows of its ledgers, and its faults."""
    reading = read_file(path, path.name, shipped())
    failures = [*reading.failures, *(f for ledger in reading.ledgers for f in ledger.failures)]
    return [
        *(f"{ledger.kind} {len(ledger.frame)}" for ledger in reading.ledgers),
        *(f.message for f in failures),
    ]


@pytest.mark.skipif(FOLDER not in os.environ, reason=f"{FOLDER} names no folder of files to read")
def test_every_file_of_a_corpus_gets_an_answer() -> None:
    """Read or refused in Chinese, within 10 seconds and 1 GB; no exception, no lost process."""
    files = sorted(p for p in Path(os.environ[FOLDER]).rglob("*") if p.is_file())
    with Workers(Limits(memory=2**30, seconds=10)) as workers:
        answers = dict(zip(files, workers.each(answer, [(path,) for path in files]), strict=True))
    assert [
        path for path, found in answers.items() if not isinstance(found, list) or not found
    ] == []
    assert [
        m
        for found in answers.values()
        if isinstance(found, list)
        for m in found
        if not any("一" <= c <= "鿿" for c in m)
    ] == []
