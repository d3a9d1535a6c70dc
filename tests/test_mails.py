"""Mail through a real server on this machine: packets, reminders and the bulletin, each sent once."""

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from flows.mailing import send_month, write_month
from flows.mails import letters
from flows.month import Outcome
from flows.steps.model import OfficeError
from flows.steps.months import Month
from flows.working import open_job
from tests.working import CHEMICALS, EAST, MACHINES, SETTINGS, SOUTH, WEST, Office


class Inbox:
    """What a mail server has taken in; it refuses one address."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], EmailMessage]] = []
        self.refused = ""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address == self.refused:
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        parsed = email.message_from_bytes(content if isinstance(content, bytes) else content.encode(), policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append((list(envelope.rcpt_tos), parsed))
        return "250 OK"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """Run a mail server, and let the settings point to it."""
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in (("HOST", "127.0.0.1"), ("PORT", str(port)), ("FROM", "office@example.com"), ("SECURITY", "none")):
        monkeypatch.setenv(f"BULLETIN_SMTP_{name}", value)
    yield handler
    controller.stop()


@pytest.fixture
def month(tmp_path: Path) -> tuple[Office, Outcome]:
    """Return an office and its May: one county accepted, one returned, one missing and without an address."""
    office = Office(tmp_path, SETTINGS.replace("copies = 10", 'copies = 10\nmail = "chief@example.com"'))
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    return office, office.run("2022-05")


def sent(office: Office, outcome: Outcome) -> list[str]:
    """Send a month's letters; return what is said of each."""
    job = open_job(Month(2022, 5), office.folder / "campaign", None, office.folder / "outputs").job
    return send_month(job, outcome)


def test_each_letter_is_sent_once(month: tuple[Office, Outcome], inbox: Inbox) -> None:
    """The packet, the bulletin to the office, no letter where there is no address; the second time nothing."""
    office, outcome = month
    assert sent(office, outcome) == [
        f"已发送：2022年5月台账退回通知（{WEST}）", "已发送：2022年5月工作简报", f"没有邮箱，请另行通知：{SOUTH}",
    ]  # fmt: skip
    got = {tuple(to): (m["Subject"], [part.get_filename() for part in m.iter_attachments()]) for to, m in inbox.messages}
    assert got == {
        ("1@example.com",): (f"2022年5月台账退回通知（{WEST}）", ["台账（已标注）.xlsx", "退回通知.docx"]),
        ("chief@example.com",): ("2022年5月工作简报", ["全市.docx", "汇总表.xlsx"]),
    }
    attached = next(
        part
        for to, m in inbox.messages
        if to == ["1@example.com"]
        for part in m.iter_attachments()
        if part.get_filename() == "退回通知.docx"
    )
    assert attached.get_content() == office.out("2022-05", "returns", WEST, "退回通知.docx").read_bytes()
    again = sent(office, office.run("2022-05"))
    assert (again, len(inbox.messages)) == ([f"没有邮箱，请另行通知：{SOUTH}"], 2)


def test_a_refused_letter_is_told_and_tried_again(month: tuple[Office, Outcome], inbox: Inbox) -> None:
    """One mailbox that does not exist stops no other letter; the address is not repeated."""
    office, outcome = month
    inbox.refused = "1@example.com"
    lines = sent(office, outcome)
    assert [line[:4] for line in lines] == ["已发送：", "未能发送", "没有邮箱"]
    assert "1@example.com" not in "".join(lines)
    inbox.refused = ""
    assert sent(office, outcome)[0] == f"已发送：2022年5月台账退回通知（{WEST}）"


def test_reminders_go_to_the_missing(tmp_path: Path) -> None:
    """Who owes a ledger and has an address gets a reminder that names it."""
    office = Office(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    outcome = office.run("2022-05")
    found, without = letters(outcome.report, outcome.files)
    assert [(x.address, x.subject, list(x.files)) for x in found] == [("1@example.com", f"2022年5月台账催报（{WEST}）", [])]
    assert without == [SOUTH]
    assert "至今未收到贵单位2022年5月的进度台账，请尽快报送。" in found[0].text


def test_a_dry_run_writes_the_letters_down(month: tuple[Office, Outcome]) -> None:
    """Nothing is sent; the .eml files lie in the outbox and are the same each time."""
    office, outcome = month
    lines = write_month(outcome)
    names = [f"outbox/2022年5月台账退回通知（{WEST}）.eml", "outbox/2022年5月工作简报.eml"]
    assert lines == [*(f"已写出（未发送）：{name}" for name in names), f"没有邮箱，请另行通知：{SOUTH}"]
    first = [office.out("2022-05", name).read_bytes() for name in names]
    write_month(outcome)
    assert [office.out("2022-05", name).read_bytes() for name in names] == first
    message = email.message_from_bytes(first[0], policy=email.policy.default)
    assert message["To"] == "1@example.com"


def test_a_server_that_is_not_there(month: tuple[Office, Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, or no answer: one sentence that says what to set, and the month stays as it is."""
    office, outcome = month
    with pytest.raises(OfficeError, match="没有设置邮件服务器"):
        sent(office, outcome)
    for name, value in (("HOST", "127.0.0.1"), ("PORT", "9"), ("FROM", "office@example.com"), ("SECURITY", "none")):
        monkeypatch.setenv(f"BULLETIN_SMTP_{name}", value)
    with pytest.raises(OfficeError, match="连不上或登录失败"):
        sent(office, outcome)
