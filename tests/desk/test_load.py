"""Many senders at once, broken files, a restart: nothing is lost and nothing mixed up."""

import hashlib
import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.desk.working import Desk
from flows.steps.months import Month
from tests.desk.test_story import MONTH, link_of
from tests.support.desk import Browser, desk_of, ledger_bytes, page_of
from tests.support.paths import ROOT
from tests.support.working import CEMENT, CHEMICALS, EAST, MACHINES, SOUTH, WEST, Office

UNITS = {EAST: CHEMICALS, WEST: MACHINES, SOUTH: CEMENT}
UPLOADS = 24


def test_uploads_side_by_side(tmp_path: Path) -> None:
    """Each upload gets the verdict of its own file; all that is reported lies in its sender's folder, the last counts."""
    office = Office(tmp_path)
    browser = page_of(office)
    browser.sign_in()
    links = {name: link_of(browser, name) for name in UNITS}
    senders = [list(UNITS)[n % 3] for n in range(UPLOADS)]
    ledgers = [
        ledger_bytes(office, MONTH, name, [(UNITS[name], [100 + n, 80, 100, 70, 10, 8, 60])])
        for n, name in enumerate(senders)
    ]

    def report(number: int) -> tuple[str, str, str]:
        """Return the sender, the digest and the page of a ledger that is checked and reported."""
        name, content = senders[number], ledgers[number]
        sender = Browser(browser.client.app)
        sender.get(f"{links[name]}/{MONTH}")
        checked = sender.post(f"{links[name]}/{MONTH}/upload", files=[("台账.xlsx", content)]).text
        sent = sender.post(f"{sender.last.url.path}/send").text
        return checked, sent, hashlib.sha256(content).hexdigest()

    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(report, range(UPLOADS)))
    for name, (checked, sent, digest) in zip(senders, pages, strict=True):
        assert "没有问题" in checked
        assert digest[:12] in sent
        assert not [other for other in UNITS if other != name and other in checked + sent]
    desk = desk_of(browser)
    desk.settle()
    for name in UNITS:
        mine = {
            hashlib.sha256(c).hexdigest()
            for s, c in zip(senders, ledgers, strict=True)
            if s == name
        }
        folder = tmp_path / "ledgers" / MONTH / name
        assert {hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()} == mine
    snapshot = desk.snapshot(Month.parse(MONTH))
    assert [row.verdict for row in snapshot.figures.coverage] == ["accepted"] * 3
    assert len(snapshot.history.of(MONTH)) == UPLOADS


def test_broken_files_get_a_verdict_each(tmp_path: Path) -> None:
    """Encrypted, cut, mislabelled and empty files through the page: each is named with its verdict."""
    browser = page_of(Office(tmp_path))
    browser.sign_in()
    books = [path for path in sorted((ROOT / "tests" / "books").iterdir()) if path.name != "NOTICE"]
    files = [(path.name, path.read_bytes()) for path in books]
    files += [
        ("空.xlsx", b""),
        ("半.xlsx", files[0][1][:500]),
        ("图.xlsx", b"\x89PNG\r\n"),
        ("字.csv", "姓名\n".encode("gb18030")),
    ]
    browser.get(f"/office/{MONTH}")
    text = browser.post(f"/office/{MONTH}/upload", files=files).text
    (batch,) = desk_of(browser).batches.of_month(MONTH)
    assert {ledger["file"] for ledger in batch.ledgers} == {name for name, _ in files}
    assert all(name in text for name, _ in files)


def test_a_restart_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    """A batch whose receipt was given before the program ended is stored at the next start; one that was not is left."""
    office = Office(tmp_path)
    desk = Desk(tmp_path)
    good = ledger_bytes(office, MONTH, EAST, [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60])])
    for name, confirmed in ((EAST, True), (WEST, False)):
        path = tmp_path / "given.xlsx"
        path.write_bytes(good)
        with path.open("rb") as stream:
            batch = desk.examine(Month.parse(MONTH), name, name, [("台账.xlsx", stream)])
        if confirmed:  # the program ends before the ledger is in the store
            assert desk.batches.confirm(batch.id) is not None
    again = Desk(tmp_path)
    again.settle()
    snapshot = again.snapshot(Month.parse(MONTH))
    assert [(s.sender, s.verdict) for s in snapshot.live] == [(EAST, "accepted")]
    assert [batch.done for batch in again.batches.of_month(MONTH) if batch.confirmed] == [True]


def test_half_a_copy_goes_with_the_next_report(tmp_path: Path) -> None:
    """What a program that ended left half copied beside a sender's ledgers is not there for ever."""
    office = Office(tmp_path)
    desk = Desk(tmp_path)
    content = ledger_bytes(office, MONTH, EAST, [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60])])
    half = tmp_path / "ledgers" / MONTH / EAST / ".0123456789abcdef.half"
    half.write_bytes(content[:99])
    batch = desk.examine(Month.parse(MONTH), EAST, EAST, [("台账.xlsx", io.BytesIO(content))])
    desk.confirm(batch)
    desk.settle()
    assert [path.name for path in half.parent.iterdir()] == ["台账.xlsx"]


KEPT = [
    # days later, files of the batches that are still there: what was not confirmed, what was
    (2, [1, 1]),
    (4, [1]),
    (31, [0]),
]  # fmt: skip


def test_copies_are_not_kept_for_ever(tmp_path: Path) -> None:
    """Uploads that nobody confirmed go after three days, the copies of the others after thirty; the receipt stays."""
    office = Office(tmp_path)
    desk = Desk(tmp_path)
    good = ledger_bytes(office, MONTH, EAST, [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60])])
    path = tmp_path / "given.xlsx"
    path.write_bytes(good)
    for name in (EAST, WEST):
        with path.open("rb") as stream:
            batch = desk.examine(Month.parse(MONTH), name, name, [("台账.xlsx", stream)])
    desk.confirm(batch)
    desk.settle()
    for days, files in KEPT:
        desk.batches.discard_stale(time.time() + days * 86400.0)
        left = desk.batches.of_month(MONTH)
        folders = [desk.batches.examined_folder(each.id, each.sender) for each in left]
        assert [len(list(folder.glob("*"))) for folder in folders] == files
    assert [each.sender for each in desk.batches.of_month(MONTH)] == [WEST]
