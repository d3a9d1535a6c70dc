"""Ledgers of a month in the store (DESIGN §4, §8): resubmissions, late and corrected ones, and what stays as it was."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.pipeline.ingest import ingest, known_history
from flows.pipeline.snapshot import load_snapshot
from flows.steps.model import CheckedLedger, Submission
from flows.steps.months import Month
from flows.steps.store import (
    Store,
    StoreChangedError,
    StoreError,
    append_batch,
    counts_of,
    load_history,
)
from flows.steps.store.memory import Batch
from schemas.definition import Definition
from schemas.shipped import shipped
from tests.support.factories import COUNTIES, FIRMS, campaign, examined, found, job
from tests.support.paths import ROOT

EAST, WEST, _ = COUNTIES
MACHINES, CEMENT = FIRMS[1][0], FIRMS[2][0]
FIRST = (10, 5, 10, 1, 2, 0, 0)
MORE = (10, 6, 10, 1, 2, 0, 0)
LESS = (10, 4, 10, 1, 2, 0, 0)


def sent(
    store: Path,
    *ledgers: CheckedLedger,
    month: str = "2022-05",
    folder: Sequence[CheckedLedger] = (),
    issued: date = date(2022, 6, 2),
) -> list[Submission]:
    """Return what a run adds whose ledgers are these; the folder holds them and those given."""
    work = job(store, month, issued)
    ingested = ingest(work, known_history(work), ledgers, found(*ledgers, *folder))
    return list(ingested.added)


def verdicts(store: Path, month: str = "2022-05") -> list[tuple[str, str, bool]]:
    """Return (file, verdict, in force) of each ledger of a month."""
    history = load_history(Store(str(store)), month)
    superseded = history.superseded.get(month, {})
    return [(s.file, s.verdict, s.content not in superseded) for s in history.of(month)]


def agreement(store: Path, month: str = "2022-05") -> int:
    """Return the city's agreement count of a month."""
    return load_snapshot(Store(str(store)), campaign(), Month.parse(month)).figures.city.counts[
        "agreement"
    ]


def test_the_same_file_twice_is_one_submission(tmp_path: Path) -> None:
    """Nothing new adds no version to any table."""
    ledger = examined(EAST, [(EAST, MACHINES, FIRST)])
    store = Store(str(tmp_path))
    sent(tmp_path, ledger)
    before = {name: store.read_at(name)[1] for name in ("submissions", "progress", "failures")}
    assert sent(tmp_path, ledger) == []
    assert {name: store.read_at(name)[1] for name in before} == before
    assert agreement(tmp_path) == 5


def test_a_later_file_with_the_same_rows_supersedes(tmp_path: Path) -> None:
    """The corrected ledger counts, the first one keeps its verdict and its place in the list."""
    old, new = (
        examined(EAST, [(EAST, MACHINES, FIRST)], file="旧.xlsx"),
        examined(EAST, [(EAST, MACHINES, MORE)], file="新.xlsx"),
    )
    sent(tmp_path, old)
    sent(tmp_path, new, folder=[old])
    assert verdicts(tmp_path) == [("旧.xlsx", "accepted", False), ("新.xlsx", "accepted", True)]
    assert agreement(tmp_path) == 6


def test_disjoint_files_of_one_sender_add_up(tmp_path: Path) -> None:
    """A sender's files of one kind are one submission."""
    sent(
        tmp_path,
        examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx"),
        examined(EAST, [(EAST, CEMENT, MORE)], file="二.xlsx"),
    )
    assert agreement(tmp_path) == 11


def test_two_new_files_with_the_same_rows_are_both_returned(tmp_path: Path) -> None:
    """Nobody can tell which one is meant; the one that lies in the folder alone later is taken."""
    one, two = (
        examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx"),
        examined(EAST, [(EAST, MACHINES, MORE)], file="二.xlsx"),
    )
    sent(tmp_path, one, two)
    assert verdicts(tmp_path) == [("一.xlsx", "returned", True), ("二.xlsx", "returned", True)]
    found_failures = load_snapshot(Store(str(tmp_path)), campaign(), Month(2022, 5)).failures
    assert [(f.file, f.message) for f in found_failures if f.code == "submitted-twice"] == [
        ("一.xlsx", "与同一单位的另一个文件“二.xlsx”有1行填的是同一县区和企业，不知以哪个为准。"),
        ("二.xlsx", "与同一单位的另一个文件“一.xlsx”有1行填的是同一县区和企业，不知以哪个为准。"),
    ]
    sent(tmp_path, two)
    assert verdicts(tmp_path) == [("一.xlsx", "returned", False), ("二.xlsx", "accepted", True)]
    assert agreement(tmp_path) == 6


def test_a_returned_ledger_takes_the_place_of_none_that_counts(tmp_path: Path) -> None:
    """A faulty correction leaves the accepted ledger in force; its mended successor takes the place of both."""
    good = examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx")
    bad = examined(EAST, [(EAST, MACHINES, MORE)], file="二.xlsx")
    bad = replace(bad, rejected=1)
    mended = examined(EAST, [(EAST, MACHINES, (10, 7, 10, 1, 2, 0, 0))], file="三.xlsx")
    sent(tmp_path, good)
    sent(tmp_path, bad, folder=[good])
    assert verdicts(tmp_path) == [("一.xlsx", "accepted", True), ("二.xlsx", "returned", True)]
    assert agreement(tmp_path) == 5
    sent(tmp_path, mended, folder=[good, bad])
    assert verdicts(tmp_path) == [
        ("一.xlsx", "accepted", False),
        ("二.xlsx", "returned", False),
        ("三.xlsx", "accepted", True),
    ]
    assert agreement(tmp_path) == 7


@pytest.mark.parametrize(
    ("note", "verdict", "severity", "reason"),
    [
        (None, "returned", "row", ""),
        ("无", "returned", "row", ""),
        ("材料退回", "accepted", "note", "备注说明：“材料退回”。"),
    ],
)
def test_a_cumulative_count_that_fell(
    tmp_path: Path, note: str | None, verdict: str, severity: str, reason: str
) -> None:
    """Less than the last accepted month is a fault at the cell, a note where 备注 explains it."""
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)]), month="2022-04")
    ledger = examined(EAST, [(EAST, MACHINES, LESS)], note=None if note == "无" else note)
    sent(tmp_path, ledger)
    view = load_snapshot(Store(str(tmp_path)), campaign(), Month(2022, 5))
    assert [
        (f.code, f.cell, f.severity, f.message)
        for f in view.failures
        if f.code == "cumulative-fell"
    ] == [
        ("cumulative-fell", "F5", severity, f"“已签协议人数”本月4，比2022年4月的5减少1。{reason}")
    ]
    assert [s.verdict for s in view.submissions] == [verdict]


def test_late_ledgers_fold_into_their_own_month(tmp_path: Path) -> None:
    """A ledger of April that comes in June changes April and what May carried or compares with."""
    sent(tmp_path, examined(WEST, [(WEST, MACHINES, FIRST)]), month="2022-04")
    sent(tmp_path, examined(WEST, [(WEST, MACHINES, MORE)]))
    assert [agreement(tmp_path, m) for m in ("2022-04", "2022-05")] == [5, 6]
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)]), month="2022-04")
    assert [agreement(tmp_path, m) for m in ("2022-04", "2022-05")] == [10, 11]


def test_any_day_can_be_read_again(tmp_path: Path) -> None:
    """As of a time before the correction the month reads as it did then."""
    first = sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx"))
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, MORE)], file="二.xlsx"))
    then = load_snapshot(
        Store(str(tmp_path)), campaign(), Month(2022, 5), as_of=first[0].recorded_at
    )
    assert then.figures.city.counts["agreement"] == 5
    assert agreement(tmp_path) == 6


def test_two_runs_at_once_both_succeed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that finds the store changed under it repeats its work on what is there now: nothing is lost or doubled."""
    sent(tmp_path, examined(WEST, [(WEST, MACHINES, FIRST)], file="零.xlsx"), month="2022-04")
    real: Callable[..., None] = append_batch
    between = [examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx")]

    def interrupted(store: Store, batch: Batch, since: int, definition: Definition) -> None:
        if between:
            real_settle = between.pop()
            monkeypatch.setattr("flows.pipeline.ingest.append_batch", real)
            sent(tmp_path, real_settle)
            monkeypatch.setattr("flows.pipeline.ingest.append_batch", interrupted)
        real(store, batch, since, definition)

    monkeypatch.setattr("flows.pipeline.ingest.append_batch", interrupted)
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, MORE)], file="二.xlsx"))
    assert verdicts(tmp_path) == [("一.xlsx", "accepted", False), ("二.xlsx", "accepted", True)]
    assert agreement(tmp_path) == 11  # 6 of May, 5 carried from April


def test_of_two_runs_with_one_file_the_rows_are_seen_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that the slower run wrote before it found the file in the store belong to nobody."""
    sent(tmp_path, examined(WEST, [(WEST, MACHINES, FIRST)], file="零.xlsx"), month="2022-04")

    def overtaken(store: Store, batch: Batch, since: int, definition: Definition) -> None:
        monkeypatch.setattr("flows.pipeline.ingest.append_batch", append_batch)
        sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx"))
        append_batch(store, batch, since, definition)

    monkeypatch.setattr("flows.pipeline.ingest.append_batch", overtaken)
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx"))
    history = load_history(Store(str(tmp_path)), "2022-05")
    assert [
        counts_of(Store(str(tmp_path)), [s], shipped()).num_rows for s in history.of("2022-05")
    ] == [1]


def test_a_commit_on_an_old_version_is_refused(tmp_path: Path) -> None:
    """The line that makes rows visible is only written on the version that was read."""
    store = Store(str(tmp_path))
    first = sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)]))
    with pytest.raises(StoreChangedError):
        append_batch(store, Batch(submissions=first), -1, shipped())
    sent(tmp_path, examined(WEST, [(WEST, MACHINES, FIRST)]))
    with pytest.raises(StoreChangedError):
        append_batch(store, Batch(submissions=first), 0, shipped())


KILLED = """
import os, signal, sys
from pathlib import Path
from flows.steps.check.together import with_failures
from flows.steps.failures import failure
from flows.steps.store import tables
from schemas.shipped import shipped
from tests.support.factories import examined
from tests.pipeline.test_ingest import EAST, MACHINES, MORE, sent
real, step = tables.Store.append, int(sys.argv[2])
def append(self, name, rows, *, since=None):
    global step
    if step == 0: os.kill(os.getpid(), signal.SIGKILL)
    step -= 1
    real(self, name, rows, since=since)
    if step == 0: os.kill(os.getpid(), signal.SIGKILL)
    step -= 1
tables.Store.append = append
ledger = examined(EAST, [(EAST, MACHINES, MORE)], file="二.xlsx", note="x")
ledger = with_failures(ledger, [failure("hidden-sheet", "二.xlsx", value="x")])
sent(Path(sys.argv[1]), ledger)
"""


@pytest.mark.parametrize("step", range(7))
def test_killed_at_any_step_the_store_reads_as_before_or_after(tmp_path: Path, step: int) -> None:
    """Kill -9 before or after each write: the month has the old figures or the new ones, and the next run goes on."""
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)], file="一.xlsx"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(step)],
        env=environment,
        check=False,
        capture_output=True,
    )
    assert done.returncode == (-9 if step < 6 else 0), done.stderr.decode()
    assert agreement(tmp_path) == (6 if step >= 5 else 5)
    history = load_history(Store(str(tmp_path)), "2022-05")
    assert all(
        counts_of(Store(str(tmp_path)), [s], shipped()).num_rows == s.read
        for s in history.of("2022-05")
    )
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, MORE)], file="二.xlsx", note="x"))
    assert agreement(tmp_path) == 6
    history = load_history(Store(str(tmp_path)), "2022-05")
    assert [
        counts_of(Store(str(tmp_path)), [s], shipped()).num_rows for s in history.of("2022-05")
    ] == [1, 1]


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the way, or a place without permission, is one sentence that says what to do."""
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreError, match=r"写不进去.*请检查磁盘空间和写入权限"):
        sent(tmp_path / "store", examined(EAST, [(EAST, MACHINES, FIRST)]))


def test_a_store_whose_log_is_broken(tmp_path: Path) -> None:
    """A damaged table is named, with the advice to restore it."""
    sent(tmp_path, examined(EAST, [(EAST, MACHINES, FIRST)]))
    for log in (tmp_path / "submissions" / "_delta_log").glob("*.json"):
        log.write_text("{broken")
    with pytest.raises(StoreError, match="读不出来"):
        load_history(Store(str(tmp_path)), "2022-05")


def test_the_same_bytes_of_two_senders_are_two_ledgers(tmp_path: Path) -> None:
    """Each has its verdict; a copy of one sender's own is none, and a run on the same files adds nothing."""
    east = examined(EAST, [(EAST, MACHINES, FIRST)], file=f"{EAST}/台账.xlsx", sha256="same")
    west = examined(WEST, [(EAST, MACHINES, FIRST)], file=f"{WEST}/台账.xlsx", sha256="same")
    copy = examined(
        EAST, [(EAST, MACHINES, FIRST)], file=f"{EAST}/台账（副本）.xlsx", sha256="same"
    )
    added = sent(tmp_path, east, west, copy)
    assert [(s.file, s.sender, s.content) for s in added] == [
        (east.file, EAST, "same:progress"),
        (west.file, WEST, f"same:progress:{WEST}"),
    ]
    assert sent(tmp_path, east, west, copy) == []
