"""What a run is asked for: the month, the folders, the store (DESIGN §3, §7)."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.campaign.folder import TEMPLATES, folder_files, load_campaign
from flows.intake.person_key import key_to_compare, person_key
from flows.intake.registers import Registers
from flows.settings import Campaign
from flows.steps.months import Month
from flows.steps.store import Store
from schemas.documents import FOLDER as DOCUMENTS

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
    comparing: bool = False,
    loaded: Campaign | None = None,
) -> OpenedJob:
    """Return a job from a command's options, defaults in the working folder; raises CampaignError.

    Only a job that stores rosters, or compares some with those that are stored, needs the key of
    earlier runs; any other gets a new one. `loaded` is the campaign of the folder if it has been
    read already.
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
        key=_key(folder, place, storing=storing, comparing=comparing),
        templates=templates if templates.is_dir() else None,
        documents=documents if documents.is_dir() else None,
    )
    return OpenedJob(job, folder, files)


def _key(folder: Path, store: Store, *, storing: bool, comparing: bool) -> bytes:
    if storing:
        return person_key(folder, store)
    return key_to_compare(folder, store) if comparing else secrets.token_bytes(32)


def open_store(campaign: Path, uri: str | None) -> Store:
    """Return the store at a URI, or the campaign folder's own."""
    if uri and "://" in uri:
        return Store(uri)
    return Store(str(Path(uri or campaign / STORE).resolve()))


def today() -> date:
    """Return today's date in the office's time zone."""
    return datetime.now(ZONE).date()
