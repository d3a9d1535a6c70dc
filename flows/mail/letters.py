"""Notices by mail through the office's own server: off unless asked for, each sent once (issue: 退回, 催报, 印发)."""

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

from flows.settings import Campaign
from flows.steps.files import safe_name, write_atomically
from flows.steps.model import Report, UserError
from flows.steps.months import in_words
from flows.steps.store import Store, record_mail, sent_mails
from schemas.columns import KIND_NAMES

OUTBOX = "outbox"
PORTS = {"starttls": 587, "ssl": 465, "none": 25}
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True)
class Letter:
    """A mail before it is sent: to whom, about what, with which files of the month's folder; `key` is the same for the same content."""

    key: str
    sender: str
    address: str
    subject: str
    text: str
    files: Sequence[str]


@dataclass(frozen=True)
class Server:
    """The office's mail server, from the environment (BULLETIN_SMTP_…); the password is never written anywhere."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str

    @classmethod
    def from_environment(cls) -> "Server":
        """Return the server that the environment names; raises UserError where it names none."""
        value = {
            key: os.environ.get(f"BULLETIN_SMTP_{key.upper()}", "")
            for key in ("host", "port", "user", "password", "security", "from")
        }
        if not value["host"] or not value["from"]:
            raise UserError(
                "没有设置邮件服务器。请设置环境变量 BULLETIN_SMTP_HOST 和 BULLETIN_SMTP_FROM，需要登录的再设 "
                "BULLETIN_SMTP_USER 和 BULLETIN_SMTP_PASSWORD；只想看看邮件内容用 --mail-dry-run"
            )
        security = value["security"].lower() or "starttls"
        if security not in PORTS or not (value["port"] or "0").isdecimal():
            raise UserError(
                f"BULLETIN_SMTP_SECURITY 可以是 {'、'.join(PORTS)}，BULLETIN_SMTP_PORT 应为数字，现为“{value['security']}”“{value['port']}”"
            )
        return cls(
            value["host"],
            int(value["port"] or PORTS[security]),
            value["user"],
            value["password"],
            security,
            value["from"],
        )


def letters(report: Report, files: Sequence[str]) -> tuple[list[Letter], list[str]]:
    """Return the letters of a month, and the senders without an address.

    A packet goes to each sender whose ledger comes back, a reminder to each who sent none, the bulletin to the office itself.
    """
    found = [*_packets(report, files), *_reminders(report), *_bulletins(report, files)]
    return [x for x in found if x.address], sorted({x.sender for x in found if not x.address})


def _packets(report: Report, files: Sequence[str]) -> Iterator[Letter]:
    campaign: Campaign = report.campaign
    for sender in campaign.senders:
        own = [f for f in files if f.startswith(f"returns/{safe_name(sender.name)}/")]
        if own:
            subject = f"{report.month.label}台账退回通知（{sender.name}）"
            text = (
                f"{sender.name}：\n\n贵单位报送的{report.month.label}台账经校验需要更正，退回通知和标注了问题的台账见附件，"
                f"请按通知要求更正后重新报送。\n\n{campaign.settings.office}\n{in_words(report.issued)}\n"
            )
            yield Letter(
                _key("packet", report, sender.name, *_wrong(report, sender.name)),
                sender.name,
                sender.mail,
                subject,
                text,
                own,
            )


def _wrong(report: Report, sender: str) -> Iterator[str]:
    """Yield what a packet is about: a sender's ledgers that are not accepted whole, and what is wrong in them."""
    ledgers = [
        x for x in report.live if (x.sender or x.likely) == sender and x.verdict != "accepted"
    ]
    yield from sorted(x.sha256 for x in ledgers)
    names = {x.file for x in ledgers}
    yield from sorted(
        f"{f.file}!{f.sheet}!{f.cell}!{f.code}!{f.message}"
        for f in report.failures
        if f.file in names
    )


def _reminders(report: Report) -> Iterator[Letter]:
    """Yield a letter to each sender that sent none, as long as the campaign goes on."""
    campaign: Campaign = report.campaign
    deadlines = campaign.settings.deadlines
    left = (deadlines.handover - report.issued).days
    until = f"交接截止日为{in_words(deadlines.handover)}，还有{left}天。" if left > 0 else ""
    for sender in campaign.senders if report.issued <= deadlines.acceptance else ():
        owed = [
            KIND_NAMES[c.kind]
            for c in report.figures.coverage
            if c.sender == sender.name and c.verdict == "missing"
        ]
        if owed:
            subject = f"{report.month.label}台账催报（{sender.name}）"
            text = (
                f"{sender.name}：\n\n至今未收到贵单位{report.month.label}的{'、'.join(owed)}，请尽快报送。{until}\n\n"
                f"{campaign.settings.office}\n{in_words(report.issued)}\n"
            )
            yield Letter(
                _key("reminder", report, sender.name, *owed),
                sender.name,
                sender.mail,
                subject,
                text,
                [],
            )


def _bulletins(report: Report, files: Sequence[str]) -> Iterator[Letter]:
    settings = report.campaign.settings
    if settings.bulletin.mail:
        own = [
            f
            for f in files
            if f == "汇总表.xlsx" or (f.startswith("bulletins/全市") and f.endswith(".docx"))
        ]
        text = f"{report.month.label}{settings.bulletin.title}已编制，见附件。\n"
        key = _key("bulletin", report, *_said_in(report), *own)
        yield Letter(
            key, settings.office, settings.bulletin.mail, f"{report.month.label}工作简报", text, own
        )


def _said_in(report: Report) -> Iterator[str]:
    """Yield what a bulletin says, but for its date: every count of every county and enterprise, and whose figures count."""
    figures = report.figures
    for entry in (figures.city, *figures.groups, *figures.counties, *figures.enterprises):
        yield f"{entry.name} {sorted(entry.counts.items())}"
    yield from (f"{row.sender} {row.kind} {row.verdict} {row.used}" for row in figures.coverage)


def _key(kind: str, report: Report, *parts: str) -> str:
    return hashlib.sha256("\0".join([kind, str(report.month), *parts]).encode()).hexdigest()[:32]


def message_of(letter: Letter, sender: str, folder: Path) -> EmailMessage:
    """Return a letter as a message with its files attached; equal letters give equal bytes."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, letter.address, letter.subject
    message["Message-ID"] = f"<{letter.key}@bulletin>"
    message.set_content(letter.text)
    for name in letter.files:
        kind = (
            DOCX
            if name.endswith(".docx")
            else XLSX
            if name.endswith(".xlsx")
            else ("application", "octet-stream")
        )
        message.add_attachment((folder / name).read_bytes(), *kind, filename=Path(name).name)
    if letter.files:
        message.set_boundary(f"==={letter.key}===")
    return message


def write_outbox(found: Sequence[Letter], folder: Path) -> list[str]:
    """Write letters as .eml files into the month's outbox, without sending any; return their names."""
    names = []
    for letter in found:
        name = f"{OUTBOX}/{safe_name(letter.subject)}.eml"
        write_atomically(
            folder / name, message_of(letter, "（未发送）<dry-run@example.com>", folder).as_bytes()
        )
        names.append(name)
    return names


def send(
    found: Sequence[Letter], folder: Path, store: Store, server: Server
) -> tuple[list[Letter], Mapping[str, str]]:
    """Send the letters that have not been sent; return those sent now, and by subject what the server said of those it refused."""
    done = sent_mails(store)
    sent: list[Letter] = []
    refused: dict[str, str] = {}
    waiting = [letter for letter in found if letter.key not in done]
    if not waiting:
        return [], {}
    with _connect(server) as connection:
        for letter in waiting:
            try:
                message = message_of(letter, server.sender, folder)
                message["Date"] = formatdate()
                connection.send_message(message)
            except (smtplib.SMTPException, OSError) as error:
                refused[letter.subject] = _said(error)
                continue
            record_mail(store, letter.key, letter.subject, letter.sender)
            sent.append(letter)
    return sent, refused


def _connect(server: Server) -> smtplib.SMTP:
    try:
        if server.security == "ssl":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=30, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=30)
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except (OSError, smtplib.SMTPException) as error:
        raise UserError(
            f"邮件服务器 {server.host}:{server.port} 连不上或登录失败（{_said(error)}）。邮件没有发出，其余结果不受影响"
        ) from error
    return connection


def _said(error: Exception) -> str:
    """Return what a server said, without addresses."""
    return re.sub(r"\S+@\S+", "…", str(error))[:120] or type(error).__name__
