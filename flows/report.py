"""From a month in the store to the one value that every document and page of it is made from."""

from datetime import date

from flows.steps.model import LedgerReport, Report, Submission, Trend
from flows.view import View


def report_of(view: View, issued: date) -> Report:
    """Return what a month's documents are made from."""
    campaign = view.campaign
    trends = [
        Trend(f.month, {campaign.settings.city: f.city.rates} | {entry.name: entry.rates for entry in f.counties})
        for f in (view.previous, view.figures) if f is not None
    ]  # fmt: skip
    ledgers = [_ledger(view, submission) for submission in view.submissions]
    return Report(campaign, view.month, issued, view.figures, trends, sorted(ledgers, key=lambda x: (x.file, x.kind or "")), view.failures)


def _ledger(view: View, submission: Submission) -> LedgerReport:
    newer = view.superseded.get(submission.content)
    return LedgerReport(
        submission.file, submission.sha256, submission.sender, submission.likely, submission.kind, submission.verdict,
        submission.read, submission.rejected, newer.file if newer else None,
    )  # fmt: skip
