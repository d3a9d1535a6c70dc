"""设置: the campaign's files, taken away as workbooks and put back once they have no fault."""

import hashlib
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.folder import SETTINGS_FILE, TEMPLATES, CampaignError, campaign_of
from flows.campaign.template_check import check_template
from flows.desk.working import Desk
from flows.intake.job import ZONE
from flows.intake.worker_pool import apart
from flows.intake.worker_process import Lost
from flows.steps.files import write_atomically
from schemas.definition import Definition
from schemas.holidays import FILE as HOLIDAYS_FILE
from schemas.own_spellings import FILE as SPELLINGS_FILE
from schemas.registry import FILE as REGISTRY_FILE

ABOUT: Mapping[str, str] = {
    REGISTRY_FILE: "县区、企业、报送单位、目标",
    DEFINITION_FILE: "栏目、指标、用语、校验（没有的用程序自带的）",
    SPELLINGS_FILE: "台账里自己的写法",
    HOLIDAYS_FILE: "放假和调休",
    SETTINGS_FILE: "名称、日期、报头报尾、规则",
    **{
        f"{TEMPLATES}/{name}.docx": "文书模板（没有的用程序自带的）"
        for name in ("全市", "县区", "企业", "退回通知", "回执")
    },
}


@dataclass(frozen=True)
class SettingsRow:
    """A file of the settings: its digest and time, empty if the campaign has none of its own."""

    name: str
    about: str
    digest: str
    changed: str


def settings_rows(desk: Desk) -> list[SettingsRow]:
    """Return the files that may be taken away and put back."""
    known = known_files(desk)
    return [_row(desk.campaign_folder / name, name, about) for name, about in known.items()]


def known_files(desk: Desk) -> Mapping[str, str]:
    """Return what each file is about that may be put back: the usual ones, and what is there."""
    return {**dict.fromkeys(desk.settings_files(), "本办公室的文字和文书"), **ABOUT}


def put_back(desk: Desk, name: str, before: str, content: bytes) -> list[str]:
    """Return the faults of a file; one without any takes the place of the campaign's own.

    `before` is the digest of what the office took away: if somebody has put back another meanwhile,
    that is the fault. The old file is kept with the time.
    """
    path = desk.campaign_folder / name
    with desk.settings_lock:
        if _digest(path) != before:
            return [f"“{name}”在您取走之后已被别人换过，请先取走新的，再改一次"]
        (found,) = apart(faults_with, [(_present(desk), name, content, str(desk.campaign_folder))])
        faults = [found.reason] if isinstance(found, Lost) else found
        if not faults:
            _keep_former(desk, path)
            write_atomically(path, content)
        return faults


def faults_with(files: Mapping[str, bytes], name: str, content: bytes, folder: str) -> list[str]:
    """Return the faults of a campaign's files with one of them put in another's place.

    Made in a limited process, since the content comes from outside.
    """
    changed = {**files, name: content}
    try:
        campaign = campaign_of(changed, Path(folder))
    except CampaignError as error:
        return [str(fault) for fault in error.faults]
    if not name.startswith(f"{TEMPLATES}/"):
        return []
    return _template_faults(name, content, campaign.definition)


def _template_faults(name: str, content: bytes, definition: Definition) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name.rpartition("/")[2])
        path.write_bytes(content)
        return [str(fault) for fault in check_template(path, definition)]


def _present(desk: Desk) -> dict[str, bytes]:
    files = desk.settings_files()
    holidays = desk.campaign_folder / HOLIDAYS_FILE
    return {**files, **({HOLIDAYS_FILE: holidays.read_bytes()} if holidays.is_file() else {})}


def _row(path: Path, name: str, about: str) -> SettingsRow:
    if not path.is_file():
        return SettingsRow(name, about, "", "")
    changed = datetime.fromtimestamp(path.stat().st_mtime, ZONE)
    return SettingsRow(name, about, _digest(path), changed.strftime("%Y-%m-%d %H:%M"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _keep_former(desk: Desk, path: Path) -> None:
    if path.is_file():
        stamp = time.strftime("%Y%m%d-%H%M%S")
        former = desk.former_settings() / f"{stamp} {path.name}"
        write_atomically(former, path.read_bytes())
