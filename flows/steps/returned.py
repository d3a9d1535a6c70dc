"""Whose ledgers go back and whose are accepted: what return packets and receipts are made for."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypeVar

from flows.steps.model import SENT_BACK, LedgerReport, Submission

UNKNOWN = "未识别报送单位"
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic")
GOES_BACK = (*SENT_BACK, "partly")
L = TypeVar("L", Submission, LedgerReport)


def to_return(live: Iterable[L]) -> dict[str, list[list[L]]]:
    """Return the ledgers that go back, by sender and file, of those whose place no other has taken.

    A file of an unknown sender makes a packet alone, so that none holds the rows of two senders.
    """
    packets: dict[str, dict[str, list[L]]] = {}
    ledgers = [ledger for ledger in live if not _is_screenshot(ledger)]
    back = {(x.sha256, x.file) for x in ledgers if x.verdict in GOES_BACK}
    for ledger in sorted(ledgers, key=lambda x: (x.file, x.kind or "")):
        if (ledger.sha256, ledger.file) in back:
            sender = (
                ledger.sender or ledger.likely or f"{UNKNOWN}（{PurePosixPath(ledger.file).stem}）"
            )
            packets.setdefault(sender, {}).setdefault(ledger.sha256, []).append(ledger)
    return {sender: list(files.values()) for sender, files in sorted(packets.items())}


def _is_screenshot(ledger: Submission | LedgerReport) -> bool:
    """Return whether a file is a picture of nobody's: the office's own, and no ledger."""
    owner = ledger.sender or ledger.likely
    suffix = PurePosixPath(ledger.file).suffix.lower()
    return ledger.verdict == "unreadable" and owner is None and suffix in PICTURES


def with_receipts(live: Iterable[LedgerReport]) -> list[str]:
    """Return the senders of whom a ledger is accepted."""
    return sorted({x.sender for x in live if x.verdict == "accepted" and x.sender is not None})
