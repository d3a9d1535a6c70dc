"""Every byte that months with faulty rosters leave, at debug level, looked at for what is personal (DESIGN §8)."""

import email
import email.policy
import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.demo.city import Firm, Truth
from flows.demo.people import people_of, write_roster
from flows.intake.job import today
from flows.steps.months import Month
from schemas.registry import SENDERS
from schemas.shipped import shipped
from tests.support.desk import desk_of, page_of
from tests.support.paths import ROOT
from tests.support.retirees import COUNTS
from tests.support.working import EAST, MACHINES, REGISTERED, SETTINGS, UNASKED, WEST, Office

MONTHS = ("2022-04", "2022-05")
MARKED = re.compile(r"（已标注）\.\w+$")  # a sender's own rows go back to it alone
DEBUGGING = (
    "import logging; logging.basicConfig(level=logging.DEBUG); from flows.cli import main; main()"
)


def settings() -> str:
    """Return settings by which a roster counts however many rows are faulty."""
    return SETTINGS + "bad_rows = { progress = 0.0, roster = 1.0 }\n" + UNASKED


def write_faulty(folder: Path, month: str, sender: str, seed: int) -> set[str]:
    """Write a roster with values in wrong columns and cut numbers; return what nobody else may read of it."""
    rng, fields = random.Random(seed), [column.name for column in shipped().roster]
    counts = dict(zip(COUNTS, (40, 30, 40, 20, 10, 6, 9), strict=True))
    firm = Firm(MACHINES, "", "市属", (sender,))
    people = people_of([Truth(sender, firm, counts)], Month.parse(month), seed)
    secrets = {str(row[name]) for row in people for name in ("person", "id", "phone")}
    for by, row in enumerate(rng.sample(people, len(fields) - 1), 1):  # cells slipped to the right
        values = [row.get(name) for name in fields]
        values = [str(x) if isinstance(x, date) else x for x in values[-by:] + values[:-by]]
        row.update(dict(zip(fields, values, strict=True)))
    for row in people[-8:]:
        row["note"] = f"与{row['person']}（{row['id']}，{row['phone']}）重复"
    path = folder / "ledgers" / month / sender / "花名册.xlsx"
    write_roster(path, people, "花名册", sender)
    return {secret for secret in secrets if len(secret) >= 3}


def commands(folder: Path, *lines: tuple[str, ...]) -> str:
    """Return all that some commands print and log at debug level, each a process of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder / "tmp"),
        "BULLETIN_WORKERS": "2",
    }
    said = ""
    for words in lines:
        done = subprocess.run(
            [sys.executable, "-c", DEBUGGING, *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 3), done.stdout + done.stderr
        said += done.stdout + done.stderr
    return said


def texts_of(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file's bytes, those of an archive's members, a letter's parts and a table's values."""
    if name.endswith(".eml"):
        for part in email.message_from_bytes(data, policy=email.policy.default).walk():
            payload: Any = part.get_payload(decode=True)  # None of a part that holds others
            if payload:
                yield from texts_of(f"{name}/{part.get_filename() or 'text'}", payload)
    elif name.endswith(".parquet"):
        rows = pq.ParquetFile(io.BytesIO(data)).read().to_pylist()
        yield name, json.dumps(rows, ensure_ascii=False, default=_text).encode()
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from texts_of(f"{name}/{member}", archive.read(member))
    yield name, data


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def leaks(secrets: set[str], *folders: Path) -> list[tuple[str, str]]:
    """Return the secrets that stand in files of some folders, the senders' own marked copies left out."""
    coded = [secret.encode() for secret in secrets]
    found = []
    for folder in folders:
        for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
            for name, data in texts_of(path.relative_to(folder).as_posix(), path.read_bytes()):
                if not any(MARKED.search(part) for part in name.split("/")):
                    found += [(name, secret.decode()) for secret in coded if secret in data]
    return found


@pytest.fixture
def senders() -> list[list[str]]:
    """Return two counties that send rosters."""
    return [[name, "县区", "", f"{i}@example.com", "花名册"] for i, name in enumerate((EAST, WEST))]


def test_no_exit_of_a_month_tells_of_a_person(tmp_path: Path, senders: list[list[str]]) -> None:
    """Documents, tables, pages, letters, store, staging, backup, temporary files and what is printed and logged."""
    office = Office(tmp_path, settings(), {**REGISTERED, SENDERS: senders})
    (tmp_path / "tmp").mkdir()
    secrets: set[str] = set()
    for number, month in enumerate(MONTHS):
        for sender, seed in ((EAST, 3 + number), (WEST, 3 + number)):  # some persons stand in both
            secrets |= write_faulty(tmp_path, month, sender, seed)
    ledger = f"ledgers/{MONTHS[0]}/{EAST}/花名册.xlsx"
    log = commands(
        tmp_path,
        ("check", ledger, "--month", MONTHS[0], "--json"),
        ("run", MONTHS[0], "--without-prefect", "--mail-dry-run"),
        ("issue", MONTHS[0], "--yes"),
        ("run", MONTHS[1], "--without-prefect", "--mail-dry-run", "--json"),
        ("trace", MONTHS[1], EAST, "retirees"),
        ("status", MONTHS[1]),
        ("spellings", ledger),
        ("backup", "备份.zip"),
    )
    assert len(secrets) > 200
    assert [secret for secret in secrets if secret in log] == []
    (tmp_path / "备份.zip").rename(tmp_path / "tmp" / "备份.zip")
    places = [tmp_path / name for name in ("outputs", "campaign", "tmp")]
    assert leaks(secrets, *places) == []
    written = {secret for _, secret in leaks(secrets, tmp_path / "ledgers")}  # the look finds them
    assert len(secrets - written) < 5  # of names that another value has slipped over
    assert office.out(MONTHS[1], "outbox").is_dir()


def test_the_page_and_its_log_tell_of_no_person(
    tmp_path: Path,
    senders: list[list[str]],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A faulty roster is put in and confirmed: pages, headers, the log of actions, records of uploads, what is logged."""
    caplog.set_level("DEBUG")
    office = Office(tmp_path, settings(), {**REGISTERED, SENDERS: senders})
    month = str(Month.of(today()).previous)
    secrets = write_faulty(tmp_path, month, EAST, 5)
    path = tmp_path / "ledgers" / month / EAST / "花名册.xlsx"
    content = path.read_bytes()
    path.unlink()
    browser = page_of(office)
    browser.sign_in()
    pages = [browser.get(f"/office/{month}")]
    pages.append(browser.post(f"/office/{month}/upload", files=[(f"{EAST}花名册.xlsx", content)]))
    pages += [browser.get(f"/office/{month}"), browser.get("/office/history")]
    printed = capfd.readouterr()
    shown = [f"{page.url}{page.headers}{page.text}" for page in pages]
    assert "花名册" in shown[1]
    texts = [*shown, caplog.text, printed.out, printed.err]
    assert [secret for secret in secrets for text in texts if secret in text] == []
    kept = [path for path in (tmp_path / "desk").rglob("*") if path.suffix in (".json", ".jsonl")]
    assert len(kept) > 1
    assert [(p.name, s) for p in kept for s in secrets if s in p.read_text("utf-8")] == []


def test_a_look_on_the_page_tells_nothing_of_other_rosters(
    tmp_path: Path, senders: list[list[str]]
) -> None:
    """Who is in another sender's stored roster shows in a run, not to somebody who tries numbers on the page."""
    office = Office(tmp_path, settings(), {**REGISTERED, SENDERS: senders})
    month = str(Month.of(today()).previous)
    for sender in (EAST, WEST):
        write_faulty(tmp_path, month, sender, 5)
    path = tmp_path / "ledgers" / month / WEST / "花名册.xlsx"
    content = path.read_bytes()
    path.unlink()
    office.run(month)
    desk = desk_of(page_of(office))
    batch = desk.examine(Month.parse(month), WEST, WEST, [(path.name, io.BytesIO(content))])
    assert len(batch.failures) > 20
    assert "duplicate-person-across" not in {fault["code"] for fault in batch.failures}
    path.write_bytes(content)
    found = {fault.code for fault in office.run(month).report.failures}
    assert "duplicate-person-across" in found
