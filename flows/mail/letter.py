"""A letter of a month, and what all of them share."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flows.steps.model import Report
from flows.steps.months import Month, in_words


@dataclass(frozen=True)
class Letter:
    """A mail to send: `files` are paths in the month's folder, `key` identifies its content."""

    key: str
    sender: str
    address: str
    subject: str
    text: str
    files: Sequence[str]


def letter_key(kind: str, month: Month, *parts: str) -> str:
    """Return what identifies a letter: one with the same parts is not sent again."""
    return hashlib.sha256("\0".join([kind, str(month), *parts]).encode()).hexdigest()[:32]


def signature(report: Report) -> str:
    """Return the last lines of a letter: the office and the day."""
    return f"{report.campaign.settings.office}\n{in_words(report.issued)}\n"
