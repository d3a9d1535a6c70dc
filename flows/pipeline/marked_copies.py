"""Marked copies of senders' files, made in limited processes; what fails there is a list only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.intake.locations import open_location
from flows.intake.worker_pool import apart
from flows.intake.worker_process import Lost
from flows.settings import Campaign
from flows.steps.feedback import Sent
from flows.steps.months import Month

File = tuple[str, bytes]  # name and content


@dataclass(frozen=True)
class CopyOrder:
    """A file to be marked: where its bytes are, what was found in it, what the list says of it.

    `place` is None if the file is no longer in the ledger folder.
    """

    place: str | None
    sent: Sent
    sender: str
    campaign: Campaign
    month: Month
    reply_by: date


def marked_copies(orders: Sequence[CopyOrder]) -> Iterator[Sequence[File]]:
    """Yield the files that go back for each file, in order."""
    results = apart(marked, [(order,) for order in orders])
    for order, result in zip(orders, results, strict=True):
        yield _list_only(order, result) if isinstance(result, Lost) else result


def marked(order: CopyOrder) -> Sequence[File]:
    """Return the files that go back for one file."""
    # imported here, since a month without a fault needs neither
    from flows.steps.feedback.copies import marked_copy
    from flows.steps.read.formats.workbook import open_workbook

    sent = order.sent
    if order.place is not None:
        data = _bytes_at(order.place)
        stem = Path(sent.file).stem
        sent = replace(
            sent, data=data, grids=lambda: getattr(open_workbook(data, stem), "grids", ())
        )
    return marked_copy(sent, order.sender, order.campaign, order.month, order.reply_by)


def _list_only(order: CopyOrder, lost: Lost) -> Sequence[File]:
    from flows.steps.feedback.copies import list_only

    sent = order.sent
    if order.place is not None:
        sent = replace(sent, data=_bytes_at(order.place))
    reason = (
        f"原文件无法标注（{lost.reason}），因此只有问题清单；"
        "请按清单在原文件（附在旁边，未作改动）中改正。"
    )
    return list_only(sent, order.sender, order.campaign, order.month, order.reply_by, reason)


def _bytes_at(place: str) -> bytes:
    with open_location(place).open("rb") as stream:
        return stream.read()
