"""The receipt as a value: what of a sender's accepted ledgers is taken over, what to look at."""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath

from flows.settings import Campaign
from flows.steps.explanations import explanations_of, is_explained
from flows.steps.feedback.notice import noticed
from flows.steps.feedback.owners import failures_of_ledger
from flows.steps.feedback.problems import problems_of
from flows.steps.feedback.sent import Accepted
from flows.steps.model import Receipt, ReceiptLedger
from flows.steps.months import Month


def receipt_of(
    sender: str, accepted: Sequence[Accepted], campaign: Campaign, month: Month, issued: date
) -> Receipt:
    """Return the receipt to one sender for its accepted ledgers of a month."""
    settings = campaign.settings
    contact = settings.bulletin.contact
    ledgers = [_ledger(sender, one, campaign) for one in accepted]
    return Receipt(sender, month, settings.office, issued, contact, ledgers)


def _ledger(sender: str, accepted: Accepted, campaign: Campaign) -> ReceiptLedger:
    ledger = accepted.ledger
    own = failures_of_ledger(accepted.failures, ledger, accepted.of_file)
    open_ones = [failure for failure in own if not is_explained(failure)]
    return ReceiptLedger(
        PurePosixPath(ledger.file).name,
        ledger.kind or "progress",
        accepted.received,
        ledger.read,
        ledger.lines,
        accepted.totals,
        campaign.definition,
        explanations_of(((sender, failure) for failure in own), campaign, {}),
        [
            noticed(problem, ledger.verdict)
            for problem in problems_of(open_ones, campaign.definition)
        ],
        accepted.confirms,
    )
