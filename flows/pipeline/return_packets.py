"""What goes back to the senders of a month: one packet a sender (DESIGN §7)."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.intake.locations import open_location
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.feedback import Sent, before_of, failures_for, packet_of, to_return
from flows.steps.files import PlannedFile, safe_name
from flows.steps.model import Failure, Grid, Submission
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.render import Renderer


@dataclass(frozen=True)
class ReturnInputs:
    """What packets are made from: the ledgers that may go back, and those of earlier rounds.

    `reported` are failures by submission, `across` those that only show when the month's ledgers
    are seen together.
    """

    submissions: Sequence[Submission]
    superseded: Container[str]
    earlier: Sequence[Submission]
    reported: Mapping[str, Sequence[Failure]]
    across: Sequence[Failure]


def inputs_of(snapshot: MonthSnapshot) -> ReturnInputs:
    """Return what the packets of a stored month are made from."""
    return ReturnInputs(
        snapshot.submissions,
        snapshot.superseded,
        snapshot.submissions,
        snapshot.reported,
        snapshot.failures,
    )


def planned_returns(
    job: Job, inputs: ReturnInputs, issued: date, files: Sequence[LedgerFile], renderer: Renderer
) -> Iterator[PlannedFile]:
    """Yield the notice and the marked copies for each sender with a ledger that goes back."""
    places = {file.sha256: file.place for file in files}
    for sender, returned in to_return(inputs.submissions, inputs.superseded).items():
        sent = [_sent(inputs, ledgers, places) for ledgers in returned]
        packet = packet_of(sender, sent, job.campaign, job.month, issued)
        folder = f"returns/{safe_name(sender)}"
        yield PlannedFile(f"{folder}/退回通知.docx", partial(renderer.render_notice, packet.notice))
        for name, content in packet.files:
            yield PlannedFile(f"{folder}/{name}", partial(bytes, content))


def _sent(inputs: ReturnInputs, ledgers: Sequence[Submission], places: Mapping[str, str]) -> Sent:
    place = places.get(ledgers[0].sha256)
    failures = failures_for(ledgers, inputs.reported, inputs.across)
    before = before_of(ledgers, inputs.earlier, inputs.reported)
    data = None
    if place is not None:
        with open_location(place).open("rb") as stream:
            data = stream.read()
    grids = _grids(data, Path(ledgers[0].file).stem)
    return Sent(ledgers[0].file, data, ledgers, failures, before, grids)


def _grids(data: bytes | None, stem: str) -> Callable[[], Sequence[Grid]]:
    """Return the function that opens a file's sheets, none if its bytes are not there."""
    return lambda: () if data is None else getattr(open_workbook(data, stem), "grids", ())
