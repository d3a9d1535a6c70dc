"""`bulletin doctor`: what is missing on this machine or wrong in the working folder."""

import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.campaign.folder import load_campaign
from flows.commands import console
from flows.commands.exit_codes import NOTHING_MADE, OK
from flows.intake.job import open_store, today
from flows.intake.person_key import KEY_FILE, KEY_VARIABLE, key_to_compare
from flows.intake.waiting import discard_abandoned
from flows.prefect_support.workdays import calendar_gaps
from flows.steps.model import UserError
from flows.steps.store import Store, load_journal
from flows.steps.store.health import faults_of

LEAST_SPACE = 2 * 2**30  # bytes free for a month's outputs and the store
SERVER = "http://127.0.0.1:4200/api"
_MARKS = {"well": "✓", "mended": "✓", "note": "·", "wrong": "✗"}


@dataclass(frozen=True)
class Finding:
    """What was found of one thing: well, mended, a note (something optional), or wrong."""

    state: str
    text: str


def doctor_command(campaign: Path | None) -> int:
    """Return 0 if nothing is wrong; prints a line for each thing looked at."""
    folder = campaign or Path("campaign")
    looks: tuple[Callable[[Path], Iterator[Finding]], ...] = (
        _campaign, _store, _key, _disk, _clock, _holidays, _office, _fonts, _server, _mail,
    )  # fmt: skip
    wrong = 0
    for look in looks:
        for finding in look(folder):
            console.say(f"{_MARKS[finding.state]} {finding.text}")
            wrong += finding.state == "wrong"
    console.say(f"有 {wrong} 处要处理（✗）。" if wrong else "没有要处理的。")
    return NOTHING_MADE if wrong else OK


def _campaign(folder: Path) -> Iterator[Finding]:
    try:
        campaign = load_campaign(folder)
    except UserError as error:
        yield Finding("wrong", str(error))
        return
    yield Finding("well", f"活动文件夹“{folder}”：{campaign.settings.name}，名录、设置没有错误")


def _store(folder: Path) -> Iterator[Finding]:
    store = open_store(folder, None)
    faults = list(faults_of(store))
    for fault in faults:
        yield Finding("wrong", f"数据存储：{fault}。请用备份恢复（bulletin restore）")
    if faults:
        return
    yield Finding("well", "数据存储：各表完整，都读得出来")
    if store.table("submissions") is not None and (left := discard_abandoned(store)):
        yield Finding("mended", f"中断的任务留下的 {left} 个台账已清理")


def _key(folder: Path) -> Iterator[Finding]:
    path = folder / KEY_FILE
    try:
        key_to_compare(folder, open_store(folder, None))
    except UserError as error:
        yield Finding("wrong", str(error))
        return
    if os.environ.get(KEY_VARIABLE):
        yield Finding("well", f"花名册密钥：由环境变量 {KEY_VARIABLE} 给出")
    elif path.is_file():
        yield Finding("well", "花名册密钥：有，请与数据存储一起备份（bulletin backup 文件）")
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
            yield Finding("mended", "花名册密钥：别的用户也读得到，已改为只有本人可读")


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder if folder.exists() else Path()).free
    text = f"磁盘：还有 {free / 2**30:.1f} GB"
    if free < LEAST_SPACE:
        yield Finding("wrong", f"{text}，太少。请清理")
    else:
        yield Finding("well", text)


def _clock(folder: Path) -> Iterator[Finding]:
    now = datetime.now(UTC)
    text = f"时钟：今天是 {today().isoformat()}"
    last = _last_recorded(open_store(folder, None))
    if last is not None and last > now:
        yield Finding("wrong", f"{text}，比最近一次编制（{last:%Y-%m-%d}）还早。请把时钟拨准")
    else:
        yield Finding("well", text)


def _last_recorded(store: Store) -> datetime | None:
    try:
        journal = load_journal(store)
    except UserError:
        return None
    times = [run.recorded_at for run in journal.runs]
    times += [issue.recorded_at for issue in journal.issues]
    return max(times, default=None)


def _holidays(folder: Path) -> Iterator[Finding]:
    try:
        worked = load_campaign(folder).worked
    except UserError:
        return
    gaps = calendar_gaps(today(), worked)
    yield from (Finding("wrong", f"放假安排：{gap}") for gap in gaps)
    if not gaps:
        yield Finding("well", "放假安排：今年的齐了")


def _office(folder: Path) -> Iterator[Finding]:
    if shutil.which("soffice") or shutil.which("libreoffice"):
        yield Finding("well", "LibreOffice：有，可以转成 PDF")
    else:
        yield Finding("note", "LibreOffice：没有，不能转成 PDF（--pdf），其他不受影响")


def _fonts(folder: Path) -> Iterator[Finding]:
    program = shutil.which("fc-list")
    if program is None:
        return
    command = [program, ":lang=zh", "family"]
    listed = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603  (our own command)
    if listed.stdout.strip():
        yield Finding("well", "中文字体：有")
    else:
        yield Finding(
            "note", "中文字体：没有，转成的 PDF 看不到字。请安装，如 apt-get install fonts-noto-cjk"
        )


def _server(folder: Path) -> Iterator[Finding]:
    address = os.environ.get("PREFECT_API_URL", SERVER)
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=3) as answer:  # noqa: S310  (the administrator's own server)
            answers = answer.status == 200
    except OSError:
        answers = False
    if answers:
        yield Finding("well", "Prefect 服务：在运行")
    else:
        yield Finding("note", "Prefect 服务：没有运行；要网页和定时编制，用 bulletin serve 启动")


def _mail(folder: Path) -> Iterator[Finding]:
    host, port = os.environ.get("BULLETIN_SMTP_HOST"), os.environ.get("BULLETIN_SMTP_PORT", "25")
    if not host:
        yield Finding("note", "邮件：没有设邮件服务器（BULLETIN_SMTP_HOST），不能用 --send")
        return
    try:
        with socket.create_connection((host, int(port)), timeout=5):
            yield Finding("well", f"邮件：连得上 {host}")
    except (OSError, ValueError):
        yield Finding("wrong", f"邮件：连不上 {host}:{port}。请核对地址、端口和网络")
