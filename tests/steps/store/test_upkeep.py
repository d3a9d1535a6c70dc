"""Looking after a store that is a folder: tidying, the deletion of persons, what a stopped run leaves (DESIGN §8)."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.demo.city import Firm, Truth
from flows.demo.people import people_of, write_roster
from flows.intake.discovery import LedgerFile, survey
from flows.intake.examine import examine
from flows.intake.job import open_job
from flows.intake.lock import month_lock
from flows.intake.staging import examine_to_stage, name_of
from flows.intake.waiting import discard_abandoned, discard_stale
from flows.pipeline.run import run_month
from flows.steps.files import PublishError
from flows.steps.model import CheckedLedger
from flows.steps.months import Month
from flows.steps.store import Store
from flows.steps.store.upkeep import FORGOTTEN, without_quotations
from schemas.registry import SENDERS
from tests.support.retirees import COUNTS
from tests.support.working import EAST, MACHINES, REGISTERED, WEST, Office, bulletin

FIRST, LATER = (60, 30, 60, 20, 10, 5, 3), (60, 40, 60, 30, 10, 6, 9)


def store_of(office: Office) -> Store:
    """Return an office's store."""
    return Store(str(office.folder / "campaign" / "store"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office with April and May run: one county sends a roster, one a progress ledger."""
    senders = [[EAST, "县区", "", "", "花名册"], [WEST, "县区", "", "", "进度台账"]]
    place = Office(tmp_path, registered={**REGISTERED, SENDERS: senders})
    for month, counts in (("2022-04", FIRST), ("2022-05", LATER)):
        truth = Truth(
            EAST, Firm(MACHINES, "", "市属", (EAST,)), dict(zip(COUNTS, counts, strict=True))
        )
        write_roster(
            tmp_path / "ledgers" / month / EAST / "花名册.xlsx",
            people_of([truth], Month.parse(month), 7),
            "花名册",
            EAST,
        )
        place.ledger(month, WEST, [(MACHINES, counts)])
        place.run(month)
    return place


def test_tidying_loses_nothing(office: Office) -> None:
    """Small files are put together, once; every month reads and prints as before."""
    before = [office.digests(month) for month in ("2022-04", "2022-05")]
    code, told = bulletin(office, "store", "tidy")
    assert code == 0
    assert "submissions：合并 2 个文件，清理 0 个过期文件" in told.splitlines()
    assert (
        "submissions：合并 0 个文件，清理 0 个过期文件"
        in bulletin(office, "store", "tidy")[1].splitlines()
    )
    for month in ("2022-04", "2022-05"):
        office.out(month, "manifest.json").unlink()
        office.run(month)
    assert [office.digests(month) for month in ("2022-04", "2022-05")] == before


def test_persons_are_forgotten_and_counts_stay(office: Office) -> None:
    """Rows of the months before are gone from the disk, and what no longer works is said; figures, traces and documents stay."""
    persons = {
        month: set((office.folder / "campaign/store/roster").glob(f"month={month}/*.parquet"))
        for month in ("2022-04", "2022-05")
    }
    before = office.digests("2022-04")
    assert bulletin(office, "store", "forget", "--before", "2022-05") == (0, (
        "2022年4月：已删除花名册明细 60 行，各项人数保留\n这些月份的数字仍可重新编制；但不能再逐人溯源，也不能再与迟报的花名册比对重复人员。\n"
        "台账原件、退回材料和备份里的没有动，请另行删除；原件还在的，再编制会重新入库。\n"
    ))  # fmt: skip
    assert [path.exists() for path in (*persons["2022-04"], *persons["2022-05"])] == [False, True]
    assert bulletin(office, "store", "forget", "--before", "2022-05") == (
        0,
        "2022年5月之前没有花名册明细。\n",
    )
    office.out("2022-04", "manifest.json").unlink()
    office.run("2022-04")
    assert office.digests("2022-04") == before
    for month, count, listed in (("2022-04", 60, 50), ("2022-05", 60, 60)):
        traced = json.loads(bulletin(office, "trace", month, EAST, "retirees", "--json")[1])
        assert (traced["total"], len(traced["cells"])) == (count, listed)


FAULTY = [
    ("id", "110105194912310029"), ("phone", "1381234567"), ("sex", "诸葛明"), ("affiliation", "司马光华"), ("enterprise", "欧阳建国"),
]  # fmt: skip


def test_nothing_of_a_forgotten_person_is_left(office: Office) -> None:
    """No file of the store has a hash or a masked value of the months before: neither data, nor log, nor what a killed run left."""
    folder, store = office.folder, office.folder / "campaign" / "store"
    truth = Truth(EAST, Firm(MACHINES, "", "市属", (EAST,)), dict(zip(COUNTS, FIRST, strict=True)))
    people = people_of([truth], Month.parse("2022-04"), 8)  # none of them is in May's roster
    for row, (field, value) in zip(people, FAULTY, strict=False):
        row[field] = value
    write_roster(folder / "ledgers" / "2022-04" / EAST / "花名册.xlsx", people, "花名册", EAST)
    office.run("2022-04")
    april, may = (
        set(
            store_of(office)
            .read("roster", [("month", "=", month)], ["person"])["person"]
            .to_pylist()
        )
        for month in ("2022-04", "2022-05")
    )
    quoted = store_of(office).records("failures", [("month", "=", "2022-04")])
    values = {row["value"] for row in quoted if row["value"] and "*" in row["value"]}
    assert {"诸*", "司*", "欧*"} < values
    secrets = {*filter(None, april - may), *(value.encode() for value in values)}
    assert len(secrets) > 30
    assert found_in(store, secrets) == secrets
    orphan = store / "roster" / "month=2022-04" / "part-00000-killed.parquet"
    shutil.copy(next((store / "roster").glob("month=2022-04/*.parquet")), orphan)
    opened = open_job(
        Month(2022, 4), folder / "campaign", folder / "ledgers" / "2022-04", None, storing=True
    )
    for file in survey(opened.job.ledgers):
        examine_to_stage(opened.job, file)
    assert bulletin(office, "store", "forget", "--before", "2022-05")[0] == 0
    assert found_in(store, secrets) == set()
    left = store_of(office).records("failures", [("month", "=", "2022-04")])
    assert [(row["code"], row["cell"]) for row in left] == [
        (row["code"], row["cell"]) for row in quoted
    ]
    assert bulletin(office, "store", "verify")[0] == 0
    assert bulletin(office, "trace", "2022-05", EAST, "retirees")[0] == 0


def found_in(folder: Path, secrets: set[bytes]) -> set[bytes]:
    """Return which of some byte strings stand in the files of a folder, in Parquet's values as they are read."""
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for path in folder.rglob("*.parquet"):
        for row in pq.ParquetFile(path).read().to_pylist():
            texts += _leaves(row)
    return {secret for secret in secrets if any(secret in text for text in texts)}


def _leaves(value: object) -> Iterator[bytes]:
    """Yield the texts and byte strings of nested values."""
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    elif isinstance(value, bytes):
        yield value
    elif isinstance(value, str):
        yield value.encode()


QUOTATIONS = [
    # severity, message                                             what stays of it
    ("row", "“姓名”写作“欧*”，不是姓名。", "性别与身份证号不符（内容已按规定删除）。"),
    ("note", "“姓名”写作“欧*”。核实说明：“两人同名”。", "性别与身份证号不符（内容已按规定删除）。核实说明：“两人同名”。"),
    ("note", "“姓名”写作“欧*”。备注说明：“两人同名”。", "性别与身份证号不符（内容已按规定删除）。备注说明：“两人同名”。"),
    ("note", "“姓名”写作“欧*”。备注已作说明。", "性别与身份证号不符（内容已按规定删除）。备注已作说明。"),
    ("query", "“姓名”写作“欧*”。说明未被采纳：“欧*”。", "性别与身份证号不符（内容已按规定删除）。"),
]  # fmt: skip


@pytest.mark.parametrize(("severity", "message", "left"), QUOTATIONS)
@pytest.mark.parametrize("kind", ["roster", "progress", None])
def test_a_reason_that_was_printed_stays(
    kind: str | None, severity: str, message: str, left: str
) -> None:
    row = {"code": "sex-mismatch", "row": 5, "cell": "A5", "severity": severity, "message": message, "remedy": "请核对“欧*”。",
           "sheet": "欧*", "header": "姓名", "value": "欧*", "aside": "另一处：欧*", "unit": EAST}  # fmt: skip
    assert without_quotations(row, kind) == row | {
        "message": left, "remedy": "", "sheet": FORGOTTEN, "value": None, "aside": "",
    }  # fmt: skip


def test_what_quotes_no_person_stays() -> None:
    row = {"code": "control-total", "row": 9, "cell": "E9", "severity": "ledger", "message": "合计填9，各行相加8。", "remedy": "请核对。",
           "sheet": "进度", "header": "退休人员总数", "value": "9", "aside": "", "unit": EAST}  # fmt: skip
    assert without_quotations(row, "progress") == row


def test_a_stopped_run_goes_on_where_it_stopped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the run was stopped is not read again; then the shelf is empty."""
    month, folder = Month(2022, 6), office.folder
    for sender in (WEST, EAST):
        office.ledger("2022-06", sender, [(MACHINES, LATER)])
    opened = open_job(
        month,
        folder / "campaign",
        folder / "ledgers" / "2022-06",
        folder / "outputs",
        date(2022, 7, 2),
        storing=True,
    )

    def stopped(job: object, files: object) -> list[str]:
        examine_to_stage(opened.job, found[0])
        raise KeyboardInterrupt

    found = survey(opened.job.ledgers)
    with pytest.raises(KeyboardInterrupt):
        run_month(opened, stopped)
    assert not office.out("2022-06").exists()
    read: list[str] = []

    def noted(file: LedgerFile, *rest: Any) -> list[CheckedLedger]:
        read.append(file.name)
        return examine(file, *rest)

    monkeypatch.setattr("flows.intake.staging.examine", noted)
    run_month(opened, lambda job, files: [examine_to_stage(job, file) for file in files])
    assert read == [found[1].name]
    assert list((folder / "campaign" / "store" / "waiting").iterdir()) == []
    assert name_of(opened.job, found[0]) != name_of(opened.job, found[1])


def staged_by_killed_runs(office: Office) -> Path:
    """Return the folder of staged ledgers: some of each month, one whose month is not known, and an empty one."""
    waiting = office.folder / "campaign" / "store" / "waiting"
    for name in ("2022-05-a", "2022-05-job-b", "2022-06-c", "new", "old"):
        (waiting / name).mkdir(parents=True)
        (waiting / name / "ledgers.json").write_text("[]")
    (waiting / "2022-04-empty").mkdir()
    moment = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in (waiting / "old" / "ledgers.json", waiting / "old"):
        os.utime(path, (moment, moment))
    return waiting


def test_what_a_killed_run_left_is_cleared(office: Office) -> None:
    """What nobody works at goes at once; of a month that is being made, and of an unknown one, what is a day old."""
    waiting = staged_by_killed_runs(office)
    with month_lock(store_of(office), "2022-06", lambda text: None):
        told = bulletin(office, "store", "tidy")[1].splitlines()
    assert "中断的任务留下的 4 个台账已清理" in told
    assert sorted(path.name for path in waiting.iterdir()) == ["2022-06-c", "new"]
    assert discard_abandoned(store_of(office), Month(2022, 6)) == 1  # the caller holds the lock
    assert discard_stale(store_of(office), timedelta(0)) == 1


def test_the_next_run_clears_what_killed_runs_left(office: Office) -> None:
    """It need not be of the same month."""
    waiting = staged_by_killed_runs(office)
    office.run("2022-05")
    assert [path.name for path in waiting.iterdir()] == ["new"]


def test_outputs_that_cannot_be_written_leave_the_old_ones(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up while documents are written costs nothing that lay there; the next run goes on."""
    before = office.digests("2022-05")
    office.ledger("2022-05", WEST, [(MACHINES, (60, 41, 60, 30, 10, 6, 9))], "更正.xlsx")
    real, written = Path.write_bytes, 0

    def full(path: Path, data: bytes) -> int:
        nonlocal written
        written += path.name.endswith(".half")
        if written > 3:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PublishError, match=r"磁盘空间不足.*原有文件未受影响"):
        office.run("2022-05")
    monkeypatch.undo()
    assert office.digests("2022-05") == before
    assert [
        path.name for path in (office.folder / "outputs").iterdir() if path.name.startswith(".")
    ] == []
    assert office.run("2022-05").report.figures.city.counts["agreement"] == 81


def test_a_share_that_moves_corrects_nothing(office: Office) -> None:
    """Other retirees in one county change every county's share, but only its own bulletin and the city's are issued anew."""
    assert bulletin(office, "issue", "2022-05")[0] == 0
    office.ledger("2022-05", WEST, [(MACHINES, (61, 40, 61, 30, 10, 6, 9))], "更正.xlsx")
    office.run("2022-05")
    corrected = sorted(name for name in office.digests("2022-05") if "更正稿" in name)
    assert [name for name in corrected if name.startswith("bulletins/")] == [
        f"bulletins/企业/{MACHINES}（更正稿）.docx", "bulletins/全市（更正稿）.docx", f"bulletins/县区/{WEST}（更正稿）.docx",
    ]  # fmt: skip
