"""放假安排.csv: what its lines mean, each fault with its line, and what depends on it."""

from datetime import date
from pathlib import Path

import pytest

from flows.campaign.folder import CampaignError, load_campaign, load_holidays
from flows.campaign.holidays import read_holidays
from flows.campaign.starter_folder import write_working_folder
from schemas.holidays import EXAMPLE, FILE, HEADER
from schemas.shipped import RETIREES

HEAD = ",".join(HEADER) + "\n"

# the lines under the head, what they mean
GOOD = [
    ("", {}),
    ("# 2027-01-01,休\n\n,,\n", {}),
    ("2027-01-01,休\n2027-01-03,班", {date(2027, 1, 1): False, date(2027, 1, 3): True}),
    ("2027/1/2, 休,", {date(2027, 1, 2): False}),  # as WPS saves a date
    ("2027年10月9日,班", {date(2027, 10, 9): True}),
    ("2026-10-01,班", {date(2026, 10, 1): True}),  # a holiday of ours that is worked after all
]

# the lines under the head, the place and the beginning of each fault
BAD = [
    ("2027-01-01", [("第2行", "应有2项：日期、安排")]),
    ("一月一日,休", [("第2行“日期”", "“一月一日”不是日期，应写成 2027-01-01 的样子")]),
    ("2027-02-29,休", [("第2行“日期”", "“2027-02-29”不是日期")]),
    ("2027-01-01,放假", [("第2行“安排”", "“放假”认不出来，请写休或班")]),
    ("2027-01-05,班", [("第2行“日期”", "2027-01-05是星期二，本来就上班")]),
    ("2027-01-01,休\n2027/1/1,休", [("第3行“日期”", "2027-01-01在第2行已经写过")]),
    ("1,2,3\n甲,休", [("第2行", "应有2项"), ("第3行“日期”", "“甲”不是日期")]),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("lines", "meaning"), GOOD)
def test_a_good_line(lines: str, meaning: dict[date, bool], encoding: str) -> None:
    """A day is worked or not, whichever program saved the file."""
    assert read_holidays((HEAD + lines).encode(encoding)) == (meaning, [])


@pytest.mark.parametrize(("lines", "faults"), BAD)
def test_a_faulty_line(lines: str, faults: list[tuple[str, str]]) -> None:
    """Every fault is told with its line and what could stand there."""
    found = read_holidays((HEAD + lines).encode())[1]
    assert [(place, message[: len(start)]) for (place, message), (_, start) in zip(found, faults, strict=True)] == faults  # fmt: skip


def test_no_table() -> None:
    """Another table, or bytes that are no text, are one fault."""
    assert read_holidays(b"a,b\n")[1] == [("第1行", "第一行应是表头：日期,安排")]
    assert read_holidays(b"\xff\xfe\x00\xd8")[1][0][0] == ""


def test_the_campaign_holds_the_days(tmp_path: Path) -> None:
    """`init` writes notes only; a day changes nothing that figures or checks depend on, a fault is the folder's."""
    write_working_folder(tmp_path / "工作", RETIREES)
    folder = tmp_path / "工作" / "campaign"
    assert (folder / FILE).read_text(encoding="utf-8-sig") == EXAMPLE
    before = load_campaign(folder)
    (folder / FILE).write_text(HEAD + "2027-01-01,休\n", encoding="utf-8")
    after = load_campaign(folder)
    assert (before.worked, after.worked) == ({}, {date(2027, 1, 1): False})
    assert after.worked == load_holidays(folder)
    assert (before.digest, before.checks_digest) == (after.digest, after.checks_digest)
    (folder / FILE).write_text(HEAD + "元旦,休\n", encoding="utf-8")
    for load in (load_campaign, load_holidays):
        with pytest.raises(CampaignError, match="第2行“日期”：“元旦”不是日期"):
            load(folder)
