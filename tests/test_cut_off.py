"""A month is made without a network: nothing looks for anything outside this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from release.cut_off import cut_off, why_not
from tests.support.paths import ROOT
from tests.support.working import CHEMICALS, EAST, MACHINES, WEST, Office, bulletin

MONTH = "2022-05"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office with two ledgers of a month, one of them faulty."""
    office = Office(tmp_path)
    office.ledger(MONTH, EAST, [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60])])
    office.ledger(MONTH, WEST, [(MACHINES, [50, 60, 50, 30, 5, 3, 20])])
    return office


@pytest.mark.parametrize("words", [(), ("--without-prefect",)])
def test_a_month_in_a_namespace_without_interfaces(office: Office, words: tuple[str, ...]) -> None:
    """With Prefect's own server, which needs the loopback, and without; the documents are the same."""
    if reason := why_not():
        pytest.skip(f"no network namespace can be made: {reason}")
    command = [sys.executable, "-m", "flows.cli", "run", MONTH, *words]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {"PYTHONPATH": str(ROOT), "PREFECT_HOME": str(office.folder / "prefect")}
    environment.pop("PREFECT_API_URL", None)
    done = subprocess.run(
        cut_off(command),
        cwd=office.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "2022年5月台账：通过 1 个，退回 1 个" in done.stdout
    assert office.out(MONTH, "bulletins", "全市.docx").exists()
    for sign in ("unreachable", "Temporary failure", "getaddrinfo", "ConnectError", "Traceback"):
        assert sign not in done.stdout + done.stderr


def test_cut_off_is_cut_off() -> None:
    """In the namespace an address outside cannot be reached, and this machine can."""
    if reason := why_not():
        pytest.skip(f"no network namespace can be made: {reason}")
    script = (
        "import socket\n"
        "here = socket.create_server(('127.0.0.1', 0)); socket.create_connection(here.getsockname())\n"
        "try: socket.create_connection(('192.0.2.1', 80), timeout=5)\n"
        "except OSError as error: print(error.errno)"
    )
    done = subprocess.run(
        cut_off([sys.executable, "-c", script]), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "101"  # ENETUNREACH


class OutsideError(Exception):
    """Something asked for an address outside this machine."""


def test_a_month_asks_for_no_address(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process no name is looked up and no connection leaves: run, check, issue, trace, status, verify, backup, rekey."""
    asked: list[object] = []
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
            asked.append(address)
            raise OutsideError(address)
        connect(self, address)

    def looked_up(host: object, *rest: object, **more: object) -> None:
        asked.append(host)
        raise OutsideError(host)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "gethostbyname", looked_up)
    ledger = str(office.folder / "ledgers" / MONTH / EAST / "台账.xlsx")
    for words, code in (
        (("check", ledger, "--month", MONTH), 0),
        (("run", MONTH, "--without-prefect", "--mail-dry-run"), 3),
        (("issue", MONTH, "--yes"), 0),
        (("trace", MONTH, EAST, "agreement"), 0),
        (("status", MONTH), 0),
        (("store", "verify"), 0),
        (("store", "rekey"), 0),
        (("backup", "备份.zip"), 0),
    ):
        found, said = bulletin(office, *words)
        assert found == code, said
    assert asked == []
