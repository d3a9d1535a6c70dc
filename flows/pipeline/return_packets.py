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
from flows.steps.compose.planning import PlannedDocument, planned_for
from flows.steps.feedback import Sent, before_of, failures_for, named_copies, notice_of, reply_day
from flows.steps.files import PlannedFile, safe_name
from flows.steps.model import Failure, Paper, Submission
from flows.steps.render import Renderer
from flows.steps.render.notice import notice_record
from flows.steps.returned import to_return


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


def return_orders(
    job: Job, inputs: ReturnInputs, issued: date, files: Sequence[LedgerFile]
) -> dict[str, list[CopyOrder]]:
    """Return what goes back: for each sender its ledgers' files, to be marked."""
    places = {file.sha256: file.place for file in files}
    live = [s for s in inputs.submissions if s.content not in inputs.superseded]
    return {
        sender: [_order(job, inputs, sender, ledgers, places, issued) for ledgers in returned]
        for sender, returned in to_return(live).items()
    }


def copied_files(orders: Mapping[str, Sequence[CopyOrder]]) -> Iterator[PlannedFile]:
    """Yield the marked copies for each sender."""
    copies = marked_copies([order for of_sender in orders.values() for order in of_sender])
    for sender, of_sender in orders.items():
        made = itertools.islice(copies, len(of_sender))
        for name, content in named_copies(made):
            yield PlannedFile(f"returns/{safe_name(sender)}/{name}", partial(bytes, content))


def returned_files(
    job: Job, orders: Mapping[str, Sequence[CopyOrder]], issued: date, renderer: Renderer
) -> Iterator[PlannedFile]:
    """Yield the notice and the marked copies for each sender: what a month without figures has."""
    lines = [x for x in job.campaign.documents if x.kind == "notice" and x.occasion != "hand"]
    for line in lines:
        for planned in planned_for(line, orders, job.month):
            paper = partial(notice_paper, job, planned, orders[planned.name], issued)
            yield PlannedFile(planned.path, partial(_rendered, paper, renderer))
    yield from copied_files(orders)


def notice_paper(
    job: Job, planned: PlannedDocument, orders: Sequence[CopyOrder], issued: date
) -> Paper:
    """Return the notice to a sender on its ledgers that go back, ready to be rendered."""
    sent = [order.sent for order in orders]
    notice = notice_of(planned.name, sent, job.campaign, job.month, issued)
    return Paper(planned.line.template, planned.name, notice_record(notice))


def _rendered(paper: Callable[[], Paper], renderer: Renderer) -> bytes:
    return renderer.render(paper())


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
