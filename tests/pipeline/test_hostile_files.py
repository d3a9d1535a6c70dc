"""Nothing that happens to a worker process or to a copy stops a month or changes a good verdict."""

import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import active_children
from pathlib import Path

import pytest

from flows.intake.worker_pool import Workers
from flows.intake.worker_process import Limits
from flows.pipeline.run import NoBulletinError
from flows.steps.store import Store, load_history
from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, Office

FIRST, SECOND = (100, 60, 102, 10, 20, 4, 0), (50, 10, 50, 0, 10, 0, 0)
BOTH_ACCEPTED = [(EAST, "accepted"), (WEST, "accepted")]


@contextmanager
def killing(most: int) -> Iterator[list[int]]:
    """Kill each worker process as soon as it is seen, `most` of them; yield their numbers."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.005):
            for process in active_children():
                number = process.pid or 0
                if (
                    process.name == "bulletin-worker"
                    and number not in killed
                    and len(killed) < most
                ):
                    killed.append(number)
                    os.kill(number, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()


def store_of(office: Office) -> Store:
    """Return an office's store."""
    return Store(str(office.folder / "campaign" / "store"))


def verdicts(office: Office) -> list[tuple[str | None, str]]:
    """Return sender and verdict of each ledger in the store for May."""
    history = load_history(store_of(office), "2022-05")
    return sorted((s.sender or s.likely, s.verdict) for s in history.live("2022-05"))


def office_with_two(folder: Path) -> Office:
    """Return an office with two good ledgers for May."""
    office = Office(folder)
    office.ledger("2022-05", EAST, [(CHEMICALS, FIRST)])
    office.ledger("2022-05", WEST, [(MACHINES, SECOND)])
    return office


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_killed_process_costs_no_good_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """A file whose process was killed, at whatever moment, is read again in the same run."""
    office = office_with_two(tmp_path)
    with Workers(count=2) as pool:
        monkeypatch.setattr("flows.intake.worker_pool.shared_workers", lambda: pool)
        with killing(most) as killed:
            office.run("2022-05")
    assert (len(killed), verdicts(office)) == (most, BOTH_ACCEPTED)


def test_a_ledger_that_was_not_read_in_time_is_read_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its verdict holds for one run; then nothing is left of it, and each file came in when it did."""
    office = office_with_two(tmp_path)
    with Workers(Limits(seconds=0), count=2) as pool:
        monkeypatch.setattr("flows.intake.worker_pool.shared_workers", lambda: pool)
        with pytest.raises(NoBulletinError, match=r"没有一个可用的台账（2个"):
            office.run("2022-05")
    assert verdicts(office) == [(EAST, "unreadable"), (WEST, "unreadable")]
    assert [path.name for path in sorted(office.out("2022-05", "returns", EAST).iterdir())] == [
        "台账.xlsx",
        "台账（已标注）.xlsx",
        "退回通知.docx",
    ]
    monkeypatch.undo()
    outcome = office.run("2022-05")
    assert verdicts(office) == BOTH_ACCEPTED
    assert outcome.report.figures.city.counts["agreement"] == 70
    assert [(x.sender, x.verdict) for x in outcome.report.ledgers] == BOTH_ACCEPTED
    history = load_history(store_of(office), "2022-05")
    assert [(s.run, s.first_run) for s in history.of("2022-05")] == [(2, 1), (2, 1)]


def test_a_process_killed_while_idle_is_replaced() -> None:
    """Ten kills between calls: each call is answered."""
    with Workers(count=2) as pool:
        answers = []
        for number in range(10):
            answers.append(pool.call(abs, -number))
            (process, *_) = [p for p in active_children() if p.name == "bulletin-worker"]
            os.kill(process.pid or 0, signal.SIGKILL)
            if number % 2:
                time.sleep(0.05)  # the end is known before the next call, or is not
    assert answers == list(range(10))


def spoil_drawing(path: Path) -> None:
    """Give a workbook a drawing whose checksum is wrong."""
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/media/image1.png", b"a picture of some length, stored as it is")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"a picture of some", b"b picture of some", 1))


def date_with_zone(path: Path) -> None:
    """Give a workbook a cell of type d whose date has a time zone."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    cell = b'<row r="40"><c r="A40" t="d"><v>2022-05-31T00:00:00+08:00</v></c></row></sheetData>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", cell)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


@pytest.mark.parametrize("spoil", [spoil_drawing, date_with_zone])
def test_a_file_that_cannot_be_copied_costs_itself(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """The other sender's copy is made; the hostile file's sender gets a packet all the same."""
    office = Office(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, FIRST)])
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    spoil(office.ledger("2022-05", "南沚县", [(MACHINES, (50, 60, 50, 0, 10, 0, 0))]))
    files = office.run("2022-05").files
    returned = sorted(
        {
            name.split("/")[1]
            for name in files
            if name.startswith("returns/")
            and name.count("/") == 2
            and not name.endswith("/回执.docx")
        }
    )
    assert returned == ["南沚县", WEST]
    assert f"returns/{WEST}/台账（已标注）.xlsx" in files
    assert "returns/南沚县/退回通知.docx" in files
    assert "returns/南沚县/台账（已标注）.xlsx" in files
