"""Delivery of a month's letters through the office's mail server, or into its outbox folder."""

import os
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

from flows.intake.job import Job
from flows.intake.lock import month_lock
from flows.mail.letter import Letter, letter_key
from flows.mail.letters import form_letters, letters
from flows.mail.posting import POSTED, is_posting, post
from flows.mail.reminders import listed, owing, reminders, turn_of
from flows.steps.files import safe_name, write_atomically
from flows.steps.model import Outcome, Report, UserError
from flows.steps.store import Store, record_mail, sent_mails
from schemas.characters import INVISIBLE

OUTBOX = "outbox"
NOT_SENT = "（未发送）<dry-run@example.com>"  # the sender of a letter that is only written
PORTS = {"starttls": 587, "ssl": 465, "none": 25}
MIME_TYPES = {
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
UNKNOWN_TYPE = ("application", "octet-stream")


@dataclass(frozen=True)
class Server:
    """The office's mail server (BULLETIN_SMTP_…); its password is never written anywhere."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str

    @classmethod
    def from_environment(cls) -> "Server":
        """Return the server that the environment names; raises UserError if it names none."""
        value = {
            key: os.environ.get(f"BULLETIN_SMTP_{key.upper()}", "")
            for key in ("host", "port", "user", "password", "security", "from")
        }
        if not value["host"] or not value["from"]:
            raise UserError(
                "没有设置邮件服务器。请设置环境变量 BULLETIN_SMTP_HOST 和 BULLETIN_SMTP_FROM，"
                "需要登录的再设 BULLETIN_SMTP_USER 和 BULLETIN_SMTP_PASSWORD；"
                "只想看看邮件内容用 --mail-dry-run"
            )
        security = value["security"].lower() or "starttls"
        if security not in PORTS or not (value["port"] or "0").isdecimal():
            raise UserError(
                f"BULLETIN_SMTP_SECURITY 可以是 {'、'.join(PORTS)}，BULLETIN_SMTP_PORT 应为数字，"
                f"现为“{value['security']}”“{value['port']}”"
            )
        return cls(
            value["host"],
            int(value["port"] or PORTS[security]),
            value["user"],
            value["password"],
            security,
            value["from"],
        )


def send_month(job: Job, outcome: Outcome) -> list[str]:
    """Return a line for each letter of the month that is sent now or is refused; raises UserError.

    The month's lock is held meanwhile, so that of two runs the second sends nothing again.
    """
    return _sent(job, *letters(outcome.report, outcome.files), Path(outcome.folder))


def send_forms(job: Job, forms: Mapping[str, Path]) -> list[str]:
    """Return a line for each sender's form of the job's month that is sent now or is refused."""
    folder = job.outputs / str(job.month)
    return _sent(job, *_form_letters(job, forms, folder), folder)


def write_forms_mail(job: Job, forms: Mapping[str, Path]) -> list[str]:
    """Return a line for each letter with a form, written as an .eml file and not sent."""
    folder = job.outputs / str(job.month)
    return _written(*_form_letters(job, forms, folder), folder, f"{job.month}/")


def _form_letters(
    job: Job, forms: Mapping[str, Path], folder: Path
) -> tuple[list[Letter], list[str]]:
    files = {sender: path.relative_to(folder).as_posix() for sender, path in forms.items()}
    return form_letters(job.campaign, job.month, job.issued, files)


def _sent(
    job: Job, to_send: Sequence[Letter], without_address: Sequence[str], folder: Path
) -> list[str]:
    server = Server.from_environment()
    with month_lock(job.store, str(job.month), lambda text: None):
        sent, refused = send(to_send, folder, job.store, server)
    lines = [f"已发送：{letter.subject}" for letter in sent]
    lines += [f"未能发送：{subject}（{why}）" for subject, why in refused.items()]
    return [*lines, *_to_be_told(without_address)]


def write_month(outcome: Outcome) -> list[str]:
    """Return a line for each letter of the month, written as an .eml file and not sent."""
    return _written(*letters(outcome.report, outcome.files), Path(outcome.folder))


def remind(job: Job, report: Report, *, only_written: bool = False) -> list[str]:
    """Return a line for each reminder of a report's day that is sent now, is written or is refused.

    It is posted to the office's groups as well. There is none on a day that the settings do not
    give; raises UserError.
    """
    turn, owed = turn_of(report), owing(report)
    if turn is None or not owed:
        return []
    to_send = list(reminders(report))
    with_address = [letter for letter in to_send if letter.address]
    without = sorted(letter.sender for letter in to_send if not letter.address)
    folder = job.outputs / str(job.month)
    if only_written:
        return _written(with_address, without, folder, f"{job.month}/")
    posted = _posted_once(job, letter_key("post", job.month, turn), listed(report, owed))
    if is_posting() and not os.environ.get("BULLETIN_SMTP_HOST"):
        return posted
    return [*posted, *_sent(job, with_address, without, folder)]


def _posted_once(job: Job, key: str, text: str) -> list[str]:
    """Return what came of posting a text; a text that is out is not posted again."""
    with month_lock(job.store, str(job.month), lambda words: None):
        if key in sent_mails(job.store):
            return []
        title = f"{job.month.label}台账报送提醒"
        said = post(title, text)
        if said.startswith(POSTED):
            record_mail(job.store, key, title, job.campaign.settings.office)
    return [said] if said else []


def _written(
    to_write: Sequence[Letter], without_address: Sequence[str], folder: Path, inside: str = ""
) -> list[str]:
    names = write_outbox(to_write, folder)
    return [f"已写出（未发送）：{inside}{name}" for name in names] + _to_be_told(without_address)


def _to_be_told(senders: Sequence[str]) -> list[str]:
    return [f"没有邮箱，请另行通知：{'、'.join(senders)}"] if senders else []


def message_of(letter: Letter, sender: str, folder: Path) -> EmailMessage:
    """Return a letter as a message with its files attached; equal letters give equal bytes."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, letter.address
    message["Subject"] = INVISIBLE.sub("", letter.subject)  # a mark may turn the line around
    message["Message-ID"] = f"<{letter.key}@bulletin>"
    message.set_content(letter.text)
    for name in letter.files:
        path = folder / name
        mime_type = MIME_TYPES.get(path.suffix, UNKNOWN_TYPE)
        message.add_attachment(path.read_bytes(), *mime_type, filename=path.name)
    if letter.files:
        message.set_boundary(f"==={letter.key}===")
    return message


def write_outbox(to_write: Sequence[Letter], folder: Path) -> list[str]:
    """Return the names of the .eml files that letters are written to, in the month's outbox."""
    names = []
    for letter in to_write:
        name = f"{OUTBOX}/{safe_name(letter.subject)}.eml"
        write_atomically(folder / name, message_of(letter, NOT_SENT, folder).as_bytes())
        names.append(name)
    return names


def send(
    to_send: Sequence[Letter], folder: Path, store: Store, server: Server
) -> tuple[list[Letter], Mapping[str, str]]:
    """Return the letters sent now, and the server's answer by subject for those it refused.

    A letter that was sent before is not sent again.
    """
    done = sent_mails(store)
    sent: list[Letter] = []
    refused: dict[str, str] = {}
    waiting = [letter for letter in to_send if letter.key not in done]
    if not waiting:
        return [], {}
    with _connect(server) as connection:
        for letter in waiting:
            try:
                message = message_of(letter, server.sender, folder)
                message["Date"] = formatdate()
                connection.send_message(message)
            except (smtplib.SMTPException, OSError) as error:
                refused[letter.subject] = _answer(error)
                continue
            record_mail(store, letter.key, letter.subject, letter.sender)
            sent.append(letter)
    return sent, refused


def _connect(server: Server) -> smtplib.SMTP:
    try:
        with ExitStack() as until_ready:
            connection = _opened(server)
            until_ready.callback(connection.close)
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            until_ready.pop_all()
    except (OSError, smtplib.SMTPException) as error:
        raise UserError(
            f"邮件服务器 {server.host}:{server.port} 连不上或登录失败（{_answer(error)}）。"
            "邮件没有发出，其余结果不受影响"
        ) from error
    return connection


def _opened(server: Server) -> smtplib.SMTP:
    """Return a connection, encrypted from its start if the server is set so."""
    if server.security != "ssl":
        return smtplib.SMTP(server.host, server.port, timeout=30)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(server.host, server.port, timeout=30, context=context)


def _answer(error: Exception) -> str:
    """Return a server's answer without mail addresses."""
    return re.sub(r"\S+@\S+", "…", str(error))[:120] or type(error).__name__
