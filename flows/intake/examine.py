"""How one ledger file is read and checked: the unit of work, and all that a worker process does."""

from datetime import date

from flows.intake.discovery import LedgerFile
from flows.intake.locations import open_location
from flows.settings import Campaign
from flows.steps.model import CheckedLedger
from flows.steps.months import Month


def examine(
    file: LedgerFile, campaign: Campaign, month: Month, issued: date, key: bytes
) -> list[CheckedLedger]:
    """Return what one file holds, read and checked by itself: the unit of work, and all that a worker process does."""
    # here, since pandera takes longer to import than a bulletin to render
    from flows.steps.check.alone import check_alone
    from flows.steps.read.file import read_file

    parsed = read_file(open_location(file.place), file.name)
    return check_alone(parsed, campaign, month, issued, key)
