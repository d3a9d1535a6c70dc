"""Reminders before and after the due date: a month's days one by one, each letter once."""

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flows.intake.job import Job, open_job
from flows.mail import posting
from flows.mail.delivery import remind
from flows.mail.letters import letters
from flows.mail.posting import month_in_words, post
from flows.mail.reminders import reminders
from flows.prefect_support.forms import MonthlyForm
from flows.reminding import report_on, send_reminders
from flows.steps.months import Month
from schemas.registry import SENDERS
from tests.mail.test_letters import Inbox, inbox
from tests.support.working import (
    CHEMICALS,
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    SOUTH,
    UNASKED,
    WEST,
    Office,
    bulletin,
)

__all__ = ["inbox"]  # a fixture of this module too
MAY = Month(2022, 5)
CONTACT = "办公室综合组，0990-1234567"
PERSON, PHONE = "张某某", "0990-7654321"
HEAD = SETTINGS.replace(
    "copies = 10", f'copies = 10\nmail = "chief@example.com"\ncontact = "{CONTACT}"'
)
REMINDING = '[policy.reminders]\nbefore = 3\nafter = 1\nto = "{}"\n'
WITH_CONTACTS = {
    **REGISTERED,
    SENDERS: [[*row, "", "", "", PERSON, PHONE] for row in REGISTERED[SENDERS]],
}
GOOD, WRONG = (100, 60, 102, 10, 20, 4, 0), (50, 60, 50, 0, 10, 0, 0)


def office_at(folder: Path, to: str = "senders") -> Office:
    """Return an office that reminds three days before the 5th and a day after it."""
    return Office(folder, HEAD + UNASKED + REMINDING.format(to), WITH_CONTACTS)


def job_on(office: Office, day: date) -> Job:
    return open_job(MAY, office.folder / "campaign", None, office.folder / "outputs", day).job


def reminded(office: Office, day: date) -> list[str]:
    """Return what is said of the reminders that a day sends."""
    job = job_on(office, day)
    return remind(job, report_on(job))


# What comes in on which day of June: 东浥区's on the 3rd, 西浥区's on the 4th, which goes back.
COMES = {3: (EAST, CHEMICALS, GOOD), 4: (WEST, MACHINES, WRONG)}
# The days with letters of the 40 from 28 May on: to whom, and what each says.
DAYS = {
    "06-02": [
        ("0@example.com", f"{EAST}，期限前", "还没有收到贵单位的进度台账，请按期报送。"),
        ("1@example.com", f"{WEST}，期限前", "还没有收到贵单位的进度台账，请按期报送。"),
    ],
    "06-06": [
        (
            "1@example.com",
            f"{WEST}，已过期",
            "还没有收到贵单位的进度台账（已退回，没有重报），已经过期，请尽快报送；被退回的，请对照退回通知更正后重报。",
        ),
    ],
}


def test_a_month_day_by_day(tmp_path: Path, inbox: Inbox) -> None:
    """Before the 5th to all who have sent nothing, after it to those who still owe; no day sends a letter again."""
    office, sent = office_at(tmp_path), {}
    for number in range(40):
        day = date(2022, 5, 28) + timedelta(number)
        if day.month == 6 and day.day in COMES:
            sender, firm, counts = COMES[day.day]
            office.ledger("2022-05", sender, [(firm, counts)])
            office.run("2022-05", day.isoformat())
        inbox.messages.clear()
        reminded(office, day)
        reminded(office, day)  # the command once more
        letters_of_day = [
            (to[0], m["Subject"].rpartition("（")[2].rstrip("）"), m.get_content())
            for to, m in inbox.messages
        ]
        if letters_of_day:
            sent[f"{day:%m-%d}"] = letters_of_day
    told = {
        day: [(to, title, text.splitlines()[2].partition("现在")[2]) for to, title, text in all_]
        for day, all_ in sent.items()
    }
    assert told == DAYS
    for text in (text for of_day in sent.values() for _, _, text in of_day):
        assert "2022年5月台账应于2022年6月5日前报送" in text  # the deadline
        assert f"联系人：{CONTACT}" in text  # whom to ask
        assert [word for word in (PERSON, PHONE) if word in text] == []


def test_the_one_without_an_address_is_named(tmp_path: Path, inbox: Inbox) -> None:
    """It has to be told otherwise."""
    assert reminded(office_at(tmp_path), date(2022, 6, 2))[-1] == f"没有邮箱，请另行通知：{SOUTH}"


# the settings; the day; who is written to
SENT = [
    (
        "",
        "2022-06-02",
        ["1@example.com"],
    ),  # without the settings, a run tells all who have sent nothing
    (REMINDING.format("senders"), "2022-06-01", []),
    (REMINDING.format("senders"), "2022-06-02", ["1@example.com"]),
    (REMINDING.format("office"), "2022-06-02", ["chief@example.com"]),
    (REMINDING.format("office"), "2022-07-05", ["chief@example.com"]),
    (REMINDING.format("office"), "2022-07-06", []),  # June's ledgers are due: May's are past
]


@pytest.mark.parametrize(("settings", "day", "to"), SENT)
def test_a_run_sends_what_its_day_has(
    tmp_path: Path, settings: str, day: str, to: list[str]
) -> None:
    """`run --send` and `remind` send the same letters."""
    office = Office(tmp_path, HEAD + UNASKED + settings, WITH_CONTACTS)
    office.ledger("2022-05", EAST, [(CHEMICALS, GOOD)])
    outcome = office.run("2022-05", day)
    written, _ = letters(outcome.report, [])
    assert [x.address for x in written if not x.files and "简报" not in x.subject] == to


def test_the_list_for_the_office(tmp_path: Path) -> None:
    """One letter with all who owe, and whom to phone."""
    (letter,) = reminders(report_on(job_on(office_at(tmp_path, "office"), date(2022, 6, 6))))
    assert (letter.address, letter.subject) == (
        "chief@example.com",
        "2022年5月台账催报名单（已过期）",
    )
    assert letter.text.splitlines()[:4] == [
        "2022年5月台账应于2022年6月5日前报送，还没有报送的有3个单位：",
        *(f"{name}：进度台账（{PERSON} {PHONE}）" for name in (EAST, WEST, SOUTH)),
    ]


# the day on which the schedule wakes the flow; what is logged, of last month's ledgers and of this one's
MORNINGS = [
    (date(2022, 6, 1), []),
    (date(2022, 6, 2), [f"已发送：2022年5月台账报送提醒（{EAST}，期限前）",
                        f"已发送：2022年5月台账报送提醒（{WEST}，期限前）",
                        f"没有邮箱，请另行通知：{SOUTH}"]),
    (date(2022, 6, 29), [f"已发送：2022年5月台账报送提醒（{EAST}，已过期）",
                         f"已发送：2022年5月台账报送提醒（{WEST}，已过期）",
                         f"没有邮箱，请另行通知：{SOUTH}"]),
]  # fmt: skip


@pytest.mark.parametrize(("day", "said"), MORNINGS)
def test_the_schedule_reminds(
    tmp_path: Path,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    day: date,
    said: list[str],
) -> None:
    """Each morning at nine, whether the month is made on that day or not; a server that fails is logged."""
    office = office_at(tmp_path)
    form = MonthlyForm(
        campaign=str(office.folder / "campaign"), outputs=str(tmp_path / "outputs"), workday=5
    )
    logger = logging.getLogger("schedule")
    caplog.set_level(logging.INFO, logger.name)
    send_reminders(form, day, logger)
    assert [r.getMessage() for r in caplog.records if r.name == "schedule"] == said
    monkeypatch.setenv("BULLETIN_SMTP_HOST", "")
    send_reminders(form, day, logger)
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert [text.startswith("没有设置邮件服务器") for text in warned] == [True] * bool(said)


# the options; the exit code and what is said
COMMANDS = [
    ("--on 2022-06-01", 0, "2022年6月1日没有要发的提醒：2022年5月台账应于2022年6月5日前报，期限前3天提醒，过期1天催报\n"),
    ("--on 2022-06-03 --mail-dry-run", 0,
     f"已写出（未发送）：2022-05/outbox/2022年5月台账报送提醒（{EAST}，期限前）.eml\n"
     f"已写出（未发送）：2022-05/outbox/2022年5月台账报送提醒（{WEST}，期限前）.eml\n"
     f"没有邮箱，请另行通知：{SOUTH}\n"),
    ("--on 2022-06-03", 1, "没有设置邮件服务器。"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "code", "said"), COMMANDS)
def test_the_command(tmp_path: Path, options: str, code: int, said: str) -> None:
    """It says why a day has nothing to send; a dry run writes the letters."""
    found, told = bulletin(office_at(tmp_path), "remind", "2022-05", *options.split())
    assert (found, told[: len(said)]) == (code, said)
    if "dry" in options:
        (path, _) = sorted((tmp_path / "outputs" / "2022-05" / "outbox").iterdir())
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert message["To"] == "0@example.com"


def test_it_is_off_unless_asked_for(tmp_path: Path) -> None:
    """The command says which settings turn it on."""
    code, told = bulletin(Office(tmp_path), "remind", "2022-05", "--on", "2022-06-02")
    assert (code, told.startswith("没有设提醒。在 campaign.toml 的 [policy.reminders]")) == (
        1,
        True,
    )


class Groups(NamedTuple):
    """A server that takes posts: its address, and what was posted."""

    url: str
    posts: list[dict[str, Any]]


SECRET = "s3cr3t0token"


class _Handler(BaseHTTPRequestHandler):
    posts: list[dict[str, Any]]

    def do_POST(self) -> None:
        """Take a post, refuse it, or never end the answer, as the path says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "slow" in self.path:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever waited has gone
                for _ in range(600):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            return
        if "refused" not in self.path:
            self.posts.append(json.loads(body))
        self.send_response(500 if "refused" in self.path else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def groups() -> Iterator[Groups]:
    """Run a server on this machine."""
    posts: list[dict[str, Any]] = []
    handler = type("Handler", (_Handler,), {"posts": posts})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Groups(f"json://127.0.0.1:{server.server_port}/{SECRET}", posts)
    server.shutdown()
    server.server_close()


def test_what_is_posted(tmp_path: Path, groups: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list once a turn, without mail if there is no server; senders are named, no person and no telephone."""
    monkeypatch.setenv(posting.VARIABLE, groups.url)
    office = office_at(tmp_path)
    said = [reminded(office, date(2022, 6, day)) for day in (1, 2, 3)]
    assert said == [[], ["已发到工作群（1个地址）：2022年5月台账报送提醒"], []]
    assert [(p["title"], p["message"]) for p in groups.posts] == [
        (
            "2022年5月台账报送提醒",
            "2022年5月台账应于2022年6月5日前报送，还没有报送的有3个单位：\n"
            "东浥区：进度台账\n西浥区：进度台账\n南沚县：进度台账",
        )
    ]


def test_a_month_that_was_made_is_posted(
    tmp_path: Path, groups: Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many ledgers came to what, and whose is missing."""
    monkeypatch.setenv(posting.VARIABLE, groups.url)
    office = office_at(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, GOOD)])
    office.ledger("2022-05", WEST, [(MACHINES, WRONG)])
    _, told = bulletin(office, "run", "2022-05", "--issued", "2022-06-02", "--without-prefect")
    assert told.splitlines()[-1] == "已发到工作群（1个地址）：2022年5月简报已编制"
    assert [(p["title"], p["message"]) for p in groups.posts] == [
        ("2022年5月简报已编制", "应报台账3个：通过1个，退回1个，未报送1个。未报送的：南沚县。")
    ]


# what the addresses are, how many of them take the post
ADDRESSES = [
    ("{good} {good}", 2, 2),
    ("{good} {refused}", 2, 1),
    ("json://127.0.0.1:9/{secret}", 1, 0),  # nobody there
    ("nosuch://{secret} {good}", 2, 1),
    ("json://{secret}@[ {good}", 2, 1),
    ("{good} {slow}", 2, 1),  # an answer that never ends
]  # fmt: skip


@pytest.mark.parametrize(("addresses", "wanted", "taken"), ADDRESSES)
def test_an_address_that_fails_stops_nothing(
    addresses: str,
    wanted: int,
    taken: int,
    groups: Groups,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said how many took it; no address stands in what is said, printed or logged."""
    names = {name: f"{groups.url}/{name}" for name in ("good", "refused", "slow")}
    monkeypatch.setenv(posting.VARIABLE, addresses.format(**names, secret=SECRET))
    monkeypatch.setattr(posting, "PATIENCE", 5.0)
    caplog.set_level(0)
    said = post("题", "话")
    assert said == (
        f"已发到工作群（{taken}个地址）：题"
        if taken == wanted
        else f"没有都发到工作群（{wanted}个地址中有{wanted - taken}个没有发出）：题。"
        "请管理员核对 BULLETIN_APPRISE_URLS；其余结果不受影响"
    )
    assert len(groups.posts) == taken
    assert SECRET not in "".join([said, *capfd.readouterr(), caplog.text])


def test_nothing_is_posted_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is off unless the environment has one."""
    monkeypatch.delenv(posting.VARIABLE, raising=False)
    assert (post("题", "话"), os.environ.get(posting.VARIABLE)) == ("", None)


def test_many_missing_are_not_all_named(tmp_path: Path) -> None:
    """The first ten stand for all."""
    office = Office(
        tmp_path,
        registered={
            **REGISTERED,
            SENDERS: [[f"单位{i}", "企业", "", "", "进度台账"] for i in range(12)],
        },
    )
    _, text = month_in_words(report_on(job_on(office, date(2022, 6, 2))))
    named = "、".join(f"单位{i}" for i in range(10))
    assert text == f"应报台账12个：未报送12个。未报送的：{named}等12个单位。"
