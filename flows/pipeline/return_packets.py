"""What goes back to the senders of a month: one packet a sender (DESIGN §7)."""

import itertools
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.pipeline.marked_copies import CopyOrder, marked_copies
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.feedback import Sent, before_of, failures_for, packet_of, reply_day, to_return
from flows.steps.files import PlannedFile, safe_name
from flows.steps.model import Failure, Notice, Paper, Submission
from flows.steps.render import Renderer
from flows.steps.render.notice import notice_record
from schemas.documents import NOTICE


@dataclass(frozen=True)
class ReturnInputs:
    """What packets are made from: the ledgers that may go back, and those of earlier rounds.

    `reported` are failures by submission, `across` those that only show when the month's ledgers
    are seen together; `received` returns the day on which a submission came in.
    """

    submissions: Sequence[Submission]
    superseded: Container[str]
    earlier: Sequence[Submission]
    reported: Mapping[str, Sequence[Failure]]
    across: Sequence[Failure]
    received: Callable[[Submission], date]


def inputs_of(snapshot: MonthSnapshot) -> ReturnInputs:
    """Return what the packets of a stored month are made from."""
    return ReturnInputs(
        snapshot.submissions,
        snapshot.superseded,
        snapshot.submissions,
        snapshot.reported,
        snapshot.failures,
        snapshot.history.day_received,
    )


def planned_returns(
    job: Job, inputs: ReturnInputs, issued: date, files: Sequence[LedgerFile], renderer: Renderer
) -> Iterator[PlannedFile]:
    """Yield the notice and the marked copies for each sender with a ledger that goes back."""
    places = {file.sha256: file.place for file in files}
    orders = {
        sender: [_order(job, inputs, sender, ledgers, places, issued) for ledgers in returned]
        for sender, returned in to_return(inputs.submissions, inputs.superseded).items()
    }
    copies = marked_copies([order for of_sender in orders.values() for order in of_sender])
    for sender, of_sender in orders.items():
        sent = [order.sent for order in of_sender]
        made = list(itertools.islice(copies, len(sent)))
        packet = packet_of(sender, sent, job.campaign, job.month, issued, made)
        folder = f"returns/{safe_name(sender)}"
        yield PlannedFile(f"{folder}/{NOTICE}", partial(_rendered, packet.notice, renderer))
        for name, content in packet.files:
            yield PlannedFile(f"{folder}/{name}", partial(bytes, content))


def _rendered(notice: Notice, renderer: Renderer) -> bytes:
    return renderer.render(Paper(NOTICE, notice.sender, notice_record(notice)))


def _order(
    job: Job,
    inputs: ReturnInputs,
    sender: str,
    ledgers: Sequence[Submission],
    places: Mapping[str, str],
    issued: date,
) -> CopyOrder:
    sent = Sent(
        ledgers[0].file,
        None,
        ledgers,
        failures_for(ledgers, inputs.reported, inputs.across),
        before_of(ledgers, inputs.earlier, inputs.reported),
        received=inputs.received(ledgers[0]),
    )
    place = places.get(ledgers[0].sha256)
    return CopyOrder(place, sent, sender, job.campaign, job.month, reply_day(job.campaign, issued))
