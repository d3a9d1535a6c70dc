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
    from flows.steps.check.alone import (
        check_alone,
    )  # here, since pandera takes longer to import than a bulletin to render
    from flows.steps.model import display_text
    from flows.steps.read.file import read_file

    return check_alone(
        read_file(open_location(file.place), file.name), campaign, month, issued, display_text, key
    )
