"""bulletin doctor says what is missing and mends what it can."""

import os
from pathlib import Path

import pytest

from tests.support.working import CHEMICALS, EAST, Office, bulletin

MONTH = "2022-05"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.delenv("BULLETIN_SMTP_HOST", raising=False)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    office = Office(tmp_path)
    office.ledger(MONTH, EAST, [(CHEMICALS, [100, 80, 100, 70, 10, 8, 60])])
    office.run(MONTH)
    return office


def lines(office: Office) -> list[str]:
    """Return what the doctor says of an office, the calendar's gaps of the day of the test left out."""
    return [line for line in bulletin(office, "doctor")[1].splitlines() if "放假安排" not in line]


def test_a_folder_in_order(office: Office) -> None:
    said = lines(office)
    assert not [line for line in said if line.startswith("✗")]
    assert any("Prefect 服务：没有运行" in line for line in said)
    assert any("数据存储：各表完整" in line for line in said)


def _a_data_file_is_gone(folder: Path) -> None:
    next((folder / "store" / "progress").rglob("*.parquet")).unlink()


def _a_log_is_cut(folder: Path) -> None:
    next((folder / "store" / "submissions" / "_delta_log").glob("*.json")).write_bytes(b"{")


def _settings_are_wrong(folder: Path) -> None:
    (folder / "campaign.toml").write_text("name = 1", encoding="utf-8")


WRONG = [
    (_a_data_file_is_gone, "progress 表缺少 1 个数据文件"),
    (_a_log_is_cut, "submissions 表读不出来"),
    (_settings_are_wrong, "活动文件夹有"),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "said"), WRONG)
def test_what_is_wrong_is_said(office: Office, harm: object, said: str) -> None:
    assert callable(harm)
    harm(office.folder / "campaign")
    code, text = bulletin(office, "doctor")
    assert code == 1
    assert [line for line in text.splitlines() if line.startswith("✗") and said in line]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_a_key_that_others_can_read_is_closed(office: Office) -> None:
    key = office.folder / "campaign" / "person.key"
    key.chmod(0o644)
    assert any("已改为只有本人可读" in line for line in lines(office))
    assert key.stat().st_mode & 0o077 == 0


def test_a_mail_server_that_does_not_answer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULLETIN_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("BULLETIN_SMTP_PORT", "9")
    assert any(line.startswith("✗ 邮件：连不上") for line in lines(office))
