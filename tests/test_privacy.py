"""Nothing but the sender's own marked workbook holds an unmasked ID number, phone or full name (domain.md §5, issue 4)."""

import io
import json
import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.campaign.folder import load_campaign
from flows.demo.books import write_xlsx
from flows.demo.write import CAMPAIGN, write_campaign
from flows.settings import Campaign
from flows.steps.check.alone import check_alone
from flows.steps.feedback import Sent, failures_for
from flows.steps.model import CheckedLedger, Failure
from flows.steps.read.file import read_file
from schemas import problem_list
from schemas.shipped import shipped
from tests.support import seeding
from tests.support.factories import submission
from tests.support.returned import Packet, packet_of

TOWN = seeding.city()


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return the campaign of the seeded city; rosters are accepted in part, so that their persons are compared."""
    folder = tmp_path_factory.mktemp("campaign")
    write_campaign(
        folder,
        TOWN,
        CAMPAIGN.replace("[policy]", "[policy]\nbad_rows = { progress = 0.0, roster = 1.0 }"),
    )
    return load_campaign(folder)


def slipped(rng: random.Random, rows: Sequence[dict[str, Any]]) -> None:
    """Let the cells of some rows slip to the right, as when a cell is inserted: every kind of value stands in every column once."""
    fields = [column.name for column in shipped().roster]
    for by, row in enumerate(rng.sample(list(rows), len(fields) - 1), 1):
        values = [row.get(name) for name in fields]
        row.update(dict(zip(fields, values[-by:] + values[:-by], strict=True)))


def a_month(folder: Path, campaign: Campaign) -> tuple[list[Packet], list[Failure], set[str]]:
    """Return the packets and failures of a month's faulty rosters and ledgers, and what must not be told of them."""
    campaign = seeding.without_own_counties(campaign)  # the rosters have rows of all counties
    rng = random.Random(5)
    senders = [campaign.counties[0].name, campaign.senders[-1].name]
    secrets: set[str] = set()
    ledgers: list[CheckedLedger] = []
    for sender, start in zip(senders, (0, 60), strict=True):  # twenty persons stand in both
        seeded = seeding.roster(rng, TOWN, start=start)
        seeded.sheet.above = [
            [f"填报单位：{sender}", f"填报人：{rng.choice(['王建国', '李卫东'])}，电话13812345678"]
        ]
        secrets |= {
            str(row[name])
            for row in seeded.sheet.rows
            for name in ("person", "id", "phone")
            if row.get(name)
        }
        slipped(rng, seeded.sheet.rows)  # type: ignore[arg-type]  # they are dictionaries
        path = folder / sender / "花名册.xlsx"
        write_xlsx(path, [seeded.sheet])
        ledgers += check_alone(
            read_file(path, f"{sender}/花名册.xlsx", shipped()),
            campaign,
            seeding.MONTH,
            seeding.ISSUED,
            b"key",
        )
    progress = seeding.progress(rng, TOWN, "plain")
    for row, (name, value) in zip(progress.sheet.rows, WRONG_PLACES, strict=False):
        row[name] = value  # type: ignore[index]  # it is a dictionary
    path = folder / senders[0] / "进度.xlsx"
    write_xlsx(path, [progress.sheet])
    ledgers += check_alone(
        read_file(path, f"{senders[0]}/进度.xlsx", shipped()),
        campaign,
        seeding.MONTH,
        seeding.ISSUED,
        b"key",
    )
    secrets |= {"王建国", "李卫东", "13812345678", "11010519491231002X"}
    failures = [
        failure for ledger in seeding.judged(campaign, *ledgers) for failure in ledger.failures
    ]
    packets = [
        packet_of(sender, _sent(folder, sender, ledgers), campaign, seeding.MONTH, date(2022, 6, 2))
        for sender in senders
    ]
    return packets, failures, {secret for secret in secrets if len(secret) >= 3}


WRONG_PLACES = (("note", "离休，联系王建国13812345678"), ("enterprise", "王建国"), ("affiliation", "李卫东"), ("agreement", 13812345678),
                ("uscc", "11010519491231002X"), ("county", "王建国"), ("retirees", "13812345678"), ("party", "王建国"))  # fmt: skip


def _sent(folder: Path, sender: str, ledgers: Sequence[CheckedLedger]) -> list[Sent]:
    ids = {
        ledger.file: submission(
            sender, "returned", kind=ledger.kind, file=ledger.file, id=ledger.file
        )
        for ledger in ledgers
    }
    found = {ledger.file: ledger.failures for ledger in ledgers}
    return [
        Sent(
            e.file,
            (folder / e.file).read_bytes(),
            [ids[e.file]],
            failures_for([ids[e.file]], found, []),
        )
        for e in ledgers
        if e.sender == sender
    ]


def texts_of(packet: Packet) -> Iterator[tuple[str, str]]:
    """Yield the parts of a packet but for the sender's own cells: the list, the comments, the properties, the notice."""
    yield "notice", repr(packet.notice)
    for name, data in packet.files:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                text = package.read(part).decode()
                cells = re.fullmatch(r"xl/worksheets/sheet\d+\.xml|xl/sharedStrings\.xml", part)
                if cells is None or problem_list.TITLE in text:
                    yield f"{name}/{part}", text


def test_no_exit_but_the_senders_own_cells_tells_of_a_person(
    tmp_path: Path,
    campaign: Campaign,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Rosters whose cells have slipped, ledgers with names and numbers in wrong places: list, comments, notice, JSON and logs."""
    caplog.set_level("DEBUG")
    packets, failures, secrets = a_month(tmp_path, campaign)
    assert len(secrets) > 300
    assert len(failures) > 200
    assert "duplicate-person-across" in {failure.code for failure in failures}
    printed = capfd.readouterr()
    exits = [
        ("failures", json.dumps([asdict(f) for f in failures], ensure_ascii=False)),
        ("log", caplog.text),
        ("output", printed.out + printed.err),
    ]
    exits += [text for packet in packets for text in texts_of(packet)]
    leaks = sorted(
        {(where, secret) for where, text in exits for secret in secrets if secret in text}
    )
    assert leaks == []


def test_a_packet_holds_the_senders_own_rows_unmasked_and_no_others(
    tmp_path: Path, campaign: Campaign
) -> None:
    """No part of a packet has an ID number that only the other sender's file has."""
    packets, _, _ = a_month(tmp_path, campaign)
    files = [
        [path.read_bytes() for path in (tmp_path / packet.sender).iterdir()] for packet in packets
    ]
    sent = [set[str]().union(*map(numbers_in, own)) for own in files]
    assert len(sent[0] & sent[1]) > 5  # some persons stand in both
    for packet, own, other in zip(packets, sent, sent[::-1], strict=True):
        back = set[str]().union(*(numbers_in(data) for _, data in packet.files))
        assert back == own
        assert not back & (other - own)


def numbers_in(package: bytes) -> set[str]:
    """Return the ID numbers of the made-up areas in all parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        return {
            number
            for part in parts.namelist()
            for number in re.findall(r"990\d{3}19\d{6}\d{3}[\dX]", parts.read(part).decode())
        }
