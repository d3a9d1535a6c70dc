"""What a run is asked for: the month, the folders, the store (DESIGN §3, §7)."""

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.campaign.folder import TEMPLATES, folder_files, load_campaign
from flows.intake.registers import Registers
from flows.settings import Campaign
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.store import Store
from schemas.documents import FOLDER as DOCUMENTS

KEY_FILE, KEY_VARIABLE = "person.key", "BULLETIN_PERSON_KEY"
PATIENCE = 2.0  # seconds for the key that another run is making
ZONE = ZoneInfo("Asia/Shanghai")
STORE = "store"


@dataclass(frozen=True)
class Job:
    """What a run is asked for: the month, the folders, the day of issue, the store.

    `ledgers` is a folder's path or an object store's URI (flows.intake.locations); `key` hides
    persons in the store; `templates` and `documents` are the campaign's own folders of
    templates, if it has them.
    """

    month: Month
    campaign: Campaign
    ledgers: str
    outputs: Path
    issued: date
    store: Store
    key: bytes
    templates: Path | None = None
    documents: Path | None = None


@dataclass(frozen=True)
class OpenedJob:
    """A job with the campaign folder's files as they are now."""

    job: Job
    folder: Path
    files: dict[str, bytes]


def open_job(
    month: Month,
    campaign: Path | None,
    ledgers: Path | str | None,
    outputs: Path | None,
    issued: date | None = None,
    store: str | None = None,
    *,
    storing: bool = False,
    loaded: Campaign | None = None,
) -> OpenedJob:
    """Return a job from a command's options, defaults in the working folder; raises CampaignError.

    Only a job that stores rosters needs the key of earlier runs; any other gets a new one. `loaded`
    is the campaign of the folder if it has been read already.
    """
    folder = campaign or Path("campaign")
    files = folder_files(folder)
    templates, documents = folder / TEMPLATES, folder / DOCUMENTS
    place = open_store(folder, store)
    job = Job(
        month=month,
        campaign=Registers(place, loaded or load_campaign(folder)).current(month),
        ledgers=str(ledgers or Path("ledgers", str(month))),
        outputs=outputs or Path("outputs"),
        issued=issued or today(),
        store=place,
        key=person_key(folder) if storing else secrets.token_bytes(32),
        templates=templates if templates.is_dir() else None,
        documents=documents if documents.is_dir() else None,
    )
    return OpenedJob(job, folder, files)


def open_store(campaign: Path, uri: str | None) -> Store:
    """Return the store at a URI, or the campaign folder's own."""
    if uri and "://" in uri:
        return Store(uri)
    return Store(str(Path(uri or campaign / STORE).resolve()))


def today() -> date:
    """Return today's date in the office's time zone."""
    return datetime.now(ZONE).date()


def person_key(campaign: Path) -> bytes:
    """Return the key that hides persons in the store: from the environment, else from a file.

    The file is made once, readable by its owner only; of two runs that begin at once, one makes it
    and the other waits. Raises UserError if it stays empty.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return given.encode()
    path = campaign / KEY_FILE
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    until = time.monotonic() + PATIENCE
    while not (key := path.read_bytes().strip()):
        if time.monotonic() > until:
            raise UserError(
                f"密钥文件“{path}”是空的。请从备份恢复；"
                "没有备份的删除它，会另做一个，但不能再与以前的花名册比对重复人员"
            )
        time.sleep(0.1)
    return key
