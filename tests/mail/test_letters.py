"""Mail through a real server on this machine: packets, reminders and the bulletin, each sent once."""

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from flows.commands.exit_codes import RETURNED
from flows.commands.run import RunOptions, lines_of, run_command, summary_of
from flows.intake.job import open_job
from flows.mail.delivery import send_forms, send_month, write_month
from flows.mail.letters import letters
from flows.pipeline.own_forms import next_month, write_forms
from flows.prefect_support.artifacts import state_name
from flows.steps.model import Outcome, UserError
from flows.steps.months import Month
from schemas.registry import SENDERS
from tests.support.working import (
    CHEMICALS,
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    SOUTH,
    WEST,
    Office,
    bulletin,
)


class Inbox:
    """What a mail server has taken in; it refuses one address."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], EmailMessage]] = []
        self.refused = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refused:
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        parsed = email.message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=email.policy.default
        )
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
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", str(port)),
        ("FROM", "office@example.com"),
        ("SECURITY", "none"),
    ):
        monkeypatch.setenv(f"BULLETIN_SMTP_{name}", value)
    yield handler
    controller.stop()


@pytest.fixture
def month(tmp_path: Path) -> tuple[Office, Outcome]:
    """Return an office and its May: one county accepted, one returned, one missing and without an address."""
    office = Office(
        tmp_path, SETTINGS.replace("copies = 10", 'copies = 10\nmail = "chief@example.com"')
    )
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    return office, office.run("2022-05")


def sent(office: Office, outcome: Outcome) -> list[str]:
    """Send a month's letters; return what is said of each."""
    job = open_job(Month(2022, 5), office.folder / "campaign", None, office.folder / "outputs").job
    return send_month(job, outcome)


# the county's counts, whether a firm outside 名录 is among them: subject, word of the request, state, the run's lines
VERDICTS = [
    ((100, 60, 102, 10, 20, 4, 0), False, None, "", "Completed", []),
    ((100, 60, 102, 10, 20, 4, 0), True, "台账核实通知", "需要核实", "待核实", ["  需核实  东浥区"]),
    ((100, 600, 102, 10, 20, 4, 0), False, "台账退回通知", "需要更正", "有退回", ["  需退回  东浥区"]),
    ((100, 600, 102, 10, 20, 4, 0), True, "台账退回通知", "需要更正", "有退回", ["  需退回  东浥区"]),
]  # fmt: skip


@pytest.mark.parametrize(("counts", "stranger", "title", "request_", "state", "lines"), VERDICTS)
def test_what_is_asked_of_a_sender(
    tmp_path: Path,
    counts: tuple[int, ...],
    stranger: bool,
    title: str | None,
    request_: str,
    state: str,
    lines: list[str],
) -> None:
    """What only doubt holds back is to be checked, and is called so in letter, state and summary; what is wrong goes back."""
    registered = {
        **REGISTERED,
        SENDERS: [
            [name, "县区", "", f"{i}@example.com", "进度台账"]
            for i, name in enumerate((EAST, WEST))
        ],
    }
    office = Office(tmp_path, registered=registered)
    firms = [
        (CHEMICALS, counts),
        *([("示例市无名机械厂", (5, 0, 5, 0, 0, 0, 0))] if stranger else []),
    ]
    office.ledger("2022-04", EAST, [(CHEMICALS, (99, 50, 102, 10, 20, 4, 0))])
    office.run("2022-04")
    office.ledger("2022-05", EAST, firms)
    office.ledger("2022-05", WEST, [(MACHINES, (50, 10, 50, 0, 10, 0, 0))])
    outcome = office.run("2022-05")
    letters_, _ = letters(outcome.report, outcome.files)
    assert [x.subject for x in letters_] == ([f"2022年5月{title}（{EAST}）"] if title else [])
    assert all(request_ in letter.text for letter in letters_)
    assert state_name(outcome) == state
    opened = open_job(Month(2022, 5), office.folder / "campaign", None, office.folder / "outputs")
    told = [line.split("，")[0] for line in lines_of(summary_of(opened, outcome))]
    assert [line for line in told if line.startswith(("  需核实", "  需退回"))] == lines


def test_each_letter_is_sent_once(month: tuple[Office, Outcome], inbox: Inbox) -> None:
    """The packet, the bulletin to the office, no letter where there is no address; the second time nothing."""
    office, outcome = month
    assert sent(office, outcome) == [
        f"已发送：2022年5月台账退回通知（{WEST}）", "已发送：2022年5月工作简报", f"没有邮箱，请另行通知：{SOUTH}",
    ]  # fmt: skip
    got = {
        tuple(to): (m["Subject"], [part.get_filename() for part in m.iter_attachments()])
        for to, m in inbox.messages
    }
    assert got == {
        ("1@example.com",): (
            f"2022年5月台账退回通知（{WEST}）",
            ["台账（已标注）.xlsx", "退回通知.docx"],
        ),
        ("chief@example.com",): ("2022年5月工作简报", ["全市.docx", "汇总表.xlsx"]),
    }
    attached = next(
        part
        for to, m in inbox.messages
        if to == ["1@example.com"]
        for part in m.iter_attachments()
        if part.get_filename() == "退回通知.docx"
    )
    assert (
        attached.get_content()
        == office.out("2022-05", "returns", WEST, "退回通知.docx").read_bytes()
    )
    again = sent(office, office.run("2022-05"))
    assert (again, len(inbox.messages)) == ([f"没有邮箱，请另行通知：{SOUTH}"], 2)


def test_a_refused_letter_is_told_and_tried_again(
    month: tuple[Office, Outcome], inbox: Inbox
) -> None:
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
    assert [(x.address, x.subject, list(x.files)) for x in found] == [
        ("1@example.com", f"2022年5月台账催报（{WEST}）", [])
    ]
    assert without == [SOUTH]
    assert "至今未收到贵单位2022年5月的进度台账，请尽快报送。" in found[0].text


def test_a_dry_run_writes_the_letters_down(month: tuple[Office, Outcome]) -> None:
    """Nothing is sent; the .eml files lie in the outbox and are the same each time."""
    office, outcome = month
    lines = write_month(outcome)
    names = [f"outbox/2022年5月台账退回通知（{WEST}）.eml", "outbox/2022年5月工作简报.eml"]
    assert lines == [
        *(f"已写出（未发送）：{name}" for name in names),
        f"没有邮箱，请另行通知：{SOUTH}",
    ]
    first = [office.out("2022-05", name).read_bytes() for name in names]
    write_month(outcome)
    assert [office.out("2022-05", name).read_bytes() for name in names] == first
    message = email.message_from_bytes(first[0], policy=email.policy.default)
    assert message["To"] == "1@example.com"


def test_a_server_that_is_not_there(
    month: tuple[Office, Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No settings, or no answer: one sentence that says what to set, and the month stays as it is."""
    office, outcome = month
    with pytest.raises(UserError, match="没有设置邮件服务器"):
        sent(office, outcome)
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", "9"),
        ("FROM", "office@example.com"),
        ("SECURITY", "none"),
    ):
        monkeypatch.setenv(f"BULLETIN_SMTP_{name}", value)
    with pytest.raises(UserError, match="连不上或登录失败"):
        sent(office, outcome)


@pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # the whole connection is, which it does not see
@pytest.mark.parametrize(
    ("security", "user", "password", "outcome"),
    [
        ("ssl", "office", "right", "已发送"), ("starttls", "office", "right", "已发送"),
        ("starttls", "office", "wrong", "连不上或登录失败"), ("none", "", "", "未能发送"), ("tls", "", "", "BULLETIN_SMTP_SECURITY 可以是"),
    ],
)  # fmt: skip
def test_transport_security_and_login(month: tuple[Office, Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str, user: str,
                                      password: str, outcome: str) -> None:  # fmt: skip
    """A server with a certificate that is trusted and a login takes the letters; one that refuses says so, and no password in it."""
    certificate, key = certified(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    handler = Inbox()
    more: dict[str, Any] = (
        {"ssl_context": context} if security == "ssl" else {"tls_context": context}
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def login(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        right = given.password == b"right"
        return AuthResult(success=right, handled=right)  # what is not handled the server refuses

    controller = Controller(handler, hostname="localhost", port=port, authenticator=login, auth_required=True,
                            auth_require_tls=security != "ssl", **more)  # fmt: skip
    controller.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for name, value in (("HOST", "localhost"), ("PORT", str(port)), ("FROM", "office@example.com"), ("SECURITY", security), ("USER", user),
                        ("PASSWORD", password)):  # fmt: skip
        monkeypatch.setenv(f"BULLETIN_SMTP_{name}", value)
    try:
        said = "\n".join(sent(*month))
    except UserError as error:
        said = str(error)
    finally:
        controller.stop()
    assert outcome in said
    assert "wrong" not in said
    assert len(handler.messages) == (2 if outcome == "已发送" else 0)


def certified(folder: Path) -> tuple[Path, Path]:
    """Return a certificate for localhost and its key, made for a test."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name,
        name,
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(1),
        now + timedelta(1),
    )
    made = made.add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
    )
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_new_content_is_sent_and_the_same_on_another_day_is_not(
    month: tuple[Office, Outcome], inbox: Inbox
) -> None:
    """A corrected ledger makes a new bulletin to the office; a run on a later day that finds the same sends nothing."""
    office, outcome = month
    sent(office, outcome)
    assert sent(office, office.run("2022-05", "2022-06-03")) == [f"没有邮箱，请另行通知：{SOUTH}"]
    office.ledger("2022-05", WEST, [(MACHINES, (50, 70, 50, 0, 10, 0, 0))])
    assert sent(office, office.run("2022-05"))[:1] == [f"已发送：2022年5月台账退回通知（{WEST}）"]
    office.ledger("2022-05", WEST, [(MACHINES, (50, 50, 50, 0, 10, 0, 0))])
    assert sent(office, office.run("2022-05")) == [
        "已发送：2022年5月工作简报",
        f"没有邮箱，请另行通知：{SOUTH}",
    ]


def test_a_mail_server_that_fails_does_not_undo_the_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says what is wrong with the mail, and ends as it would without."""
    office = Office(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", "9"),
        ("FROM", "office@example.com"),
        ("SECURITY", "none"),
    ):
        monkeypatch.setenv(f"BULLETIN_SMTP_{name}", value)
    ways = RunOptions(without_prefect=True, send=True)
    assert (
        run_command(Month(2022, 5), None, None, None, date(2022, 6, 2), None, ways, as_json=False)
        == RETURNED
    )
    said = capsys.readouterr()
    assert "邮件没有发出" in said.err
    assert "简报    outputs/2022-05/bulletins" in said.out


def sent_forms(office: Office, issued: date = date(2022, 6, 2)) -> list[str]:
    """Send the forms of June; return what is said of each."""
    folder = office.folder
    job = open_job(Month(2022, 5), folder / "campaign", None, folder / "outputs", issued).job
    return send_forms(next_month(job), write_forms(next_month(job)))


def test_each_sender_is_sent_its_own_form_of_the_next_month_once(
    month: tuple[Office, Outcome], inbox: Inbox
) -> None:
    """The form that `bulletin forms` writes, when it is due and whom to ask; nothing the second time, nor after the campaign."""
    office, _ = month
    without = f"没有邮箱，请另行通知：{SOUTH}"
    subjects = [f"2022年6月进度台账填报表（{name}）" for name in (EAST, WEST)]
    assert sent_forms(office) == [*(f"已发送：{subject}" for subject in subjects), without]
    assert sent_forms(office, date(2022, 6, 3)) == [without]
    assert sent_forms(office, date(2023, 1, 1)) == []
    assert [(to, m["Subject"]) for to, m in inbox.messages] == [
        (["0@example.com"], subjects[0]),
        (["1@example.com"], subjects[1]),
    ]
    (form,) = inbox.messages[0][1].iter_attachments()
    path = office.out("2022-06", "forms", EAST, f"{EAST}6月进度台账.xlsx")
    assert (form.get_filename(), form.get_content()) == (path.name, path.read_bytes())
    body = inbox.messages[0][1].get_body()
    assert body is not None
    assert "请填写截至2022年6月30日的累计数，于2022年7月5日前报回本表。" in body.get_content()


# --send, --mail-dry-run, --send-forms: the letters that are written to the outboxes of May and June
ASKED = [
    (False, True, False, 1, 0),
    (False, True, True, 1, 2),
    (False, False, False, 0, 0),
]


@pytest.mark.parametrize(("send", "dry", "forms", "may", "june"), ASKED)
def test_forms_are_written_down_only_when_asked_for(
    tmp_path: Path, send: bool, dry: bool, forms: bool, may: int, june: int
) -> None:
    """A dry run writes what would be sent: the month's letters, and with --send-forms the next month's forms."""
    office = Office(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))])
    words = [("--send", send), ("--mail-dry-run", dry), ("--send-forms", forms)]
    chosen = [word for word, wanted in words if wanted]
    code, said = bulletin(
        office, "run", "2022-05", "--issued", "2022-06-02", "--without-prefect", *chosen
    )
    assert code == RETURNED, said
    written = [len(list(office.out(m, "outbox").glob("*.eml"))) for m in ("2022-05", "2022-06")]
    assert written == [may, june]
