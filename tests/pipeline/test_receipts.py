"""The receipt that each sender of an accepted ledger gets (DESIGN §7)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.mail.letters import letters
from tests.pipeline.test_decisions import BEFORE, BESIDE, JUMPED, office_beside
from tests.support.documents import as_text
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    SETTINGS,
    SOUTH,
    UNASKED,
    WEST,
    Office,
    bulletin,
)

GOOD, WRONG = (100, 60, 102, 10, 20, 4, 0), (100, 600, 102, 10, 20, 4, 0)
CHANGED = (90, 60, 90, 10, 20, 4, 0)


def receipt(office: Office, month: str, sender: str) -> str:
    """Return a receipt as text."""
    return as_text(office.out(month, "returns", sender, "回执.docx").read_bytes())


def test_who_gets_a_receipt_and_what_it_says(tmp_path: Path) -> None:
    """Accepted ledgers with their day, rows, sums and notes; a returned one has its packet alone, and so on each run."""
    office = Office(tmp_path)
    office.ledger("2022-04", EAST, [(CHEMICALS, GOOD)])
    office.run("2022-04")
    office.ledger("2022-05", EAST, [(CHEMICALS, CHANGED), (MACHINES, BESIDE)])
    office.ledger("2022-05", WEST, [(CHEMICALS, WRONG)])
    outcome = office.run("2022-05", "2022-06-02")
    assert [path for path in outcome.files if path.startswith("returns/")] == [
        "returns/index.html", f"returns/{EAST}/回执.docx", f"returns/{WEST}/台账（已标注）.xlsx", f"returns/{WEST}/退回通知.docx",
    ]  # fmt: skip
    said = receipt(office, "2022-05", EAST).splitlines()
    # the heads of the tables, the cells of the notes up to their places
    assert said[2:5] == [
        f"{EAST}：",
        "你单位报送的2022年5月台账1份已收到并审核通过，情况如下，请核对。",
        "一、进度台账",
    ]
    assert said[5].startswith("文件“台账.xlsx”（2022年6月2日收到）共有数据2行，全部审核通过。")
    assert said[7:11] == ["栏目 | 合计 | 单位", "退休人员总数 | 190 | 人", "已签协议人数 | 110 | 人", "应移交档案数 | 190 | 份"]  # fmt: skip
    assert [line.split(" | ")[1:4] for line in said if " | 基数变动 | " in line] == [
        ["基数变动", "1", "进度!E3"],
        ["基数变动", "1", "进度!G3"],
    ]
    before = office.digests("2022-05")
    office.run("2022-05", "2022-06-02")
    assert office.digests("2022-05") == before
    office.run("2022-05", "2022-06-20")
    again = receipt(office, "2022-05", EAST)
    assert ("2022年6月2日收到" in again, again.splitlines()[-1]) == (True, "2022年6月20日")


def test_an_accepted_reason_stands_in_the_receipt(tmp_path: Path) -> None:
    """With the value before and now, among the reasons and not among the notes; the day is that of the first run."""
    office = office_beside(tmp_path)
    office.ledger("2022-04", EAST, [(CHEMICALS, BEFORE), (MACHINES, BESIDE)])
    office.run("2022-04")
    office.ledger("2022-05", EAST, [(CHEMICALS, JUMPED), (MACHINES, BESIDE)])
    office.run("2022-05", "2022-06-02")
    assert not office.out("2022-05", "returns", EAST, "回执.docx").exists()
    bulletin(office, "accept", "2022-05", EAST, "--reason", "企业并入")
    office.run("2022-05", "2022-06-03")
    said = receipt(office, "2022-05", EAST)
    unit = f"{EAST}{CHEMICALS}"
    assert f"1 | {unit} | 退休人员总数 | 320 | 600 | 企业并入" in said
    assert "基数变动较大" not in said
    assert "（2022年6月2日收到）" in said


def test_a_check_makes_no_receipt(tmp_path: Path) -> None:
    """Nothing is stored, so nothing is taken over; the month's own receipts stay."""
    office = Office(tmp_path)
    path = office.ledger("2022-04", EAST, [(CHEMICALS, GOOD)])
    words = ("check", str(path), "--month", "2022-04", "--campaign", "campaign")
    code, said = bulletin(office, *words)
    assert (code, "退回材料" in said) == (0, False)
    assert not office.out("2022-04", "returns").exists()
    office.run("2022-04")
    before = receipt(office, "2022-04", EAST)
    bulletin(office, *words)
    assert receipt(office, "2022-04", EAST) == before


def test_receipts_are_sent_where_the_office_asks_for_it(tmp_path: Path) -> None:
    """The receipt alone, beside the packets of others; a month of another day of issue is the same letter."""
    settings = SETTINGS.replace("copies = 10", "copies = 10\nreceipts = true")
    office = Office(tmp_path, settings + UNASKED)
    office.ledger("2022-05", EAST, [(CHEMICALS, GOOD)])
    office.ledger("2022-05", WEST, [(MACHINES, WRONG)])
    office.ledger("2022-05", SOUTH, [(CEMENT, GOOD)])
    outcome = office.run("2022-05")
    found, without = letters(outcome.report, outcome.files)
    assert [(x.sender, x.subject, [name.rpartition("/")[2] for name in x.files]) for x in found] == [
        (WEST, f"2022年5月台账退回通知（{WEST}）", ["台账（已标注）.xlsx", "退回通知.docx"]),
        (EAST, f"2022年5月台账回执（{EAST}）", ["回执.docx"]),
    ]  # fmt: skip
    assert without == [SOUTH]
    later, _ = letters(replace(outcome.report, issued=date(2022, 6, 20)), outcome.files)
    assert [x.key for x in later] == [x.key for x in found]
    bulletin_settings = outcome.report.campaign.settings.bulletin.model_copy(
        update={"receipts": False}
    )
    quiet = outcome.report.campaign.settings.model_copy(update={"bulletin": bulletin_settings})
    campaign = outcome.report.campaign.model_copy(update={"settings": quiet})
    unasked, _ = letters(replace(outcome.report, campaign=campaign), outcome.files)
    assert [x.sender for x in unasked] == [WEST]
