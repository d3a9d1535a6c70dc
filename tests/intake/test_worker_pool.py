"""A hostile file costs itself only: its process is ended and replaced, the other results are the same as without it."""

import os
import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.demo.city import make_city
from flows.demo.write import write_campaign
from flows.intake.discovery import LedgerFile
from flows.intake.job import Job, open_job
from flows.intake.staging import name_of, published_order
from flows.intake.worker_pool import PROGRAM_FAILED, Workers, apart, examine_apart, unread
from flows.intake.worker_process import BROKEN_OFF, Limits, Lost
from flows.steps.months import Month
from flows.steps.store import Store
from tests.support import factories
from tests.support import read_writers as write
from tests.support.hostile import behave
from tests.support.read_writers import Page

LATE = Lost("file-too-large", "读取超过3秒仍未完成", temporary=True)
TOO_MUCH = Lost("file-too-large", "读取所需的内存超过0.25 GB")
KILLED = replace(TOO_MUCH, temporary=True)  # as the system ends a process for want of memory
ENDED = replace(BROKEN_OFF, temporary=True)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Yield two processes with limits that a test can wait for."""
    with Workers(Limits(memory=2**28, seconds=3), count=2) as pool:
        yield pool


def test_every_way_to_fail_becomes_a_value_in_its_place(workers: Workers) -> None:
    """Sleeping, eating memory, exiting, being killed and giving up have a reason each; the calls between are answered."""
    calls = [("say", "a"), ("sleep", ""), ("eat", str(2**29)), ("say", "b"), ("exit", "0"), ("exit", "7"), ("kill", ""), ("panic", ""), ("leave", ""),
             ("recurse", ""), ("eat", "1000"), ("say", "c")]  # fmt: skip
    assert list(workers.each(behave, calls)) == [
        "A", LATE, TOO_MUCH, "B", ENDED, ENDED, KILLED, BROKEN_OFF, BROKEN_OFF, BROKEN_OFF, "1000", "C",
    ]  # fmt: skip


def test_a_call_whose_process_was_killed_is_made_again(workers: Workers, tmp_path: Path) -> None:
    """Five calls, each killed once: all are answered, and so is what runs beside them."""
    calls = [("kill once", str(tmp_path / str(i))) if i % 2 else ("say", "a") for i in range(10)]
    assert list(workers.each(behave, calls)) == ["A", "survived"] * 5


def test_what_a_library_writes_on_stderr_goes_to_the_log(
    workers: Workers, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """It does not reach the screen, also where the process dies at once."""
    with caplog.at_level("INFO", "flows.intake.worker_process"):
        workers.call(behave, "complain", "thread panicked")
        workers.call(behave, "kill", "")
    assert caplog.messages == ["thread panicked"]
    assert capfd.readouterr().err == ""


def test_a_file_of_any_size_is_not_written(workers: Workers, tmp_path: Path) -> None:
    """More than a gigabyte in one file is refused."""
    assert workers.call(behave, "write", str(tmp_path / "large")) == Lost(
        "file-too-large", "处理时写出的数据超过1 GB"
    )


def test_a_file_that_the_program_fails_at_costs_itself(workers: Workers) -> None:
    """Whatever it raises, reading it is tried again by the next run; an outage is raised."""
    assert list(apart(behave, [("fail", "a bug")], workers)) == [PROGRAM_FAILED]
    with pytest.raises(FileNotFoundError):
        list(apart(os.stat, [("/no such file",)], workers))


def test_a_process_is_used_again_and_is_not_this_one(workers: Workers) -> None:
    """More calls than processes are done by few processes, none of them the caller's."""
    found = set(workers.each(behave, [("who", "")] * 20))
    assert len(found) <= 2
    assert str(os.getpid()) not in found


def test_a_fault_of_the_program_is_raised(workers: Workers) -> None:
    """An Exception is no property of the file: it comes out where the result was asked for, and the pool goes on."""
    with pytest.raises(ValueError, match="a bug"):
        workers.call(behave, "fail", "a bug")
    assert workers.call(behave, "say", "d") == "D"


def found(path: Path) -> LedgerFile:
    """Return a file as a survey finds it."""
    return LedgerFile(
        str(path), f"东浥区/{path.name}", path.name, path.stat().st_size if path.exists() else 0
    )


def job_in(tmp_path: Path) -> Job:
    """Return a job for May 2022."""
    return Job(
        Month(2022, 5),
        factories.campaign(),
        str(tmp_path),
        tmp_path,
        date(2022, 6, 2),
        Store(str(tmp_path / "store")),
        b"key",
    )


def test_files_are_examined_apart(tmp_path: Path, workers: Workers) -> None:
    """Each file's ledgers come back in the order of the files, small enough to cross; what is no ledger is said as ever."""
    (tmp_path / "a.xlsx").write_bytes(write.xlsx([Page([["2022年5月"], ["县区"]])]))
    (tmp_path / "b.xlsx").write_bytes(b"")
    results = list(
        examine_apart(
            job_in(tmp_path), [found(tmp_path / "a.xlsx"), found(tmp_path / "b.xlsx")], workers
        )
    )
    assert [
        [(e.file, e.kind, e.likely, [f.code for f in e.failures]) for e in ledgers]
        for ledgers in results
    ] == [
        [("东浥区/a.xlsx", None, "东浥区", ["no-ledger-found"])],
        [("东浥区/b.xlsx", None, "东浥区", ["file-unreadable"])],
    ]


def test_a_lost_file_is_an_unreadable_ledger_of_its_likely_sender(tmp_path: Path) -> None:
    """What stands in for it has one fault, a Chinese sentence with the reason, and the sender that folder or name point to."""
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (ledger,) = unread(job_in(tmp_path), found(tmp_path / "a.xlsx"), LATE)
    assert (ledger.file, ledger.sha256, ledger.kind, ledger.sender, ledger.likely) == (
        "东浥区/a.xlsx",
        "a.xlsx",
        None,
        None,
        "东浥区",
    )
    assert [(f.code, f.severity, f.message) for f in ledger.failures] == [
        ("file-too-large", "ledger", "文件过大：读取超过3秒仍未完成。")
    ]


def test_what_crosses_to_a_process_is_small(tmp_path: Path) -> None:
    """However many senders a campaign has, an order is short; it holds the same job on the other side, and leaves nothing on the shelf."""
    write_campaign(tmp_path / "campaign", make_city(counties=300, firms=500))
    job = open_job(
        Month(2022, 5), tmp_path / "campaign", None, None, date(2022, 6, 2), storing=True
    ).job
    with published_order(job) as order:
        crossed = pickle.dumps((order, found(tmp_path / "a.xlsx")))
        there, file = pickle.loads(crossed)
        other = there.job()
        assert (other.campaign, name_of(other, file)) == (job.campaign, name_of(job, file))
    assert len(crossed) < 1000
    assert list((tmp_path / "campaign" / "store" / "waiting").iterdir()) == []
