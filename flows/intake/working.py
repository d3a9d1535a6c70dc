"""The working folder: what the commands' options mean where they are left out, and `bulletin init` (DESIGN §3, §7)."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.campaign.folder import TEMPLATES, folder_files, load_campaign
from flows.intake.job import Job, person_key
from flows.steps.months import Month
from flows.steps.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
STORE = "store"


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
) -> OpenedJob:
    """Return a job from a command's options; what is left out stands in the working folder. Raises CampaignError.

    Only a job that stores rosters needs the key that is kept; any other gets one of its own.
    """
    folder = campaign or Path("campaign")
    files = folder_files(folder)
    own = folder / TEMPLATES
    job = Job(
        month=month,
        campaign=load_campaign(folder),
        ledgers=str(ledgers or Path("ledgers", str(month))),
        outputs=outputs or Path("outputs"),
        issued=issued or today(),
        store=open_store(folder, store),
        key=person_key(folder) if storing else secrets.token_bytes(32),
        templates=own if own.is_dir() else None,
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
