"""Reading and checking one ledger file: the unit of work of a worker process."""

from datetime import date

from flows.intake.discovery import LedgerFile
from flows.intake.locations import open_location
from flows.settings import Campaign
from flows.steps.model import CheckedLedger
from flows.steps.months import Month


def examine(
    file: LedgerFile, campaign: Campaign, month: Month, issued: date, key: bytes
) -> list[CheckedLedger]:
    """Return the ledgers of one file, read and checked by themselves."""
    # imported here, since pandera takes longer to import than a bulletin to render
    from flows.steps.check.alone import check_alone
    from flows.steps.read.file import read_file

    parsed = read_file(open_location(file.place), file.name, campaign.definition, month)
    return check_alone(parsed, campaign, month, issued, key)
