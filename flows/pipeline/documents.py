"""The documents of a month by 文书.csv: issued ones as they were, drafts from the present figures.

All go the same way: whoever is planned gets the values of its kind, and one renderer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job
from flows.pipeline.ahead import Ahead
from flows.pipeline.hand_edits import printed_digests
from flows.pipeline.issued import DocumentKey, changed_documents, corrected_path, mark
from flows.pipeline.marked_copies import CopyOrder
from flows.pipeline.receipts import receipt_paper, receipts_of
from flows.pipeline.return_packets import inputs_of, notice_paper, return_orders
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.blank.reply_form import reply_form
from flows.steps.compose.papers import paper_of
from flows.steps.compose.planning import PlannedDocument, documents_due
from flows.steps.files import PlannedFile
from flows.steps.model import Paper, Receipt, Report, SupervisionNotice
from flows.steps.render import Renderer
from flows.steps.store import Document, NumberedDocument, given_number, number_for
from flows.steps.supervision import notices, supervision_record
from schemas.documents import PAPERS, REPLY_FORM, Kind, number_in


@dataclass(frozen=True)
class Sources:
    """What the documents of a month are made from.

    `files` are the ledgers in the folder. With `as_of` no document gets a number that it did not
    have by then.
    """

    job: Job
    snapshot: MonthSnapshot
    report: Report
    files: Sequence[LedgerFile] = ()
    as_of: datetime | None = None

    @cached_property
    def returned(self) -> Mapping[str, Sequence[CopyOrder]]:
        """Return what goes back, by sender."""
        inputs = inputs_of(self.snapshot)
        return return_orders(self.job, inputs, self.report.issued, self.files)

    @cached_property
    def receipts(self) -> Mapping[str, Receipt]:
        """Return the receipts by sender."""
        return receipts_of(self.job, self.snapshot, self.report)

    @cached_property
    def supervised(self) -> Mapping[str, SupervisionNotice]:
        """Return what is to be said of the supervised items of each unit."""
        return {notice.unit: notice for notice in notices(self.report)}

    def number(self, planned: PlannedDocument) -> str:
        """Return the number of a document as it is printed, empty for one that has none."""
        line = planned.line
        if not line.series:
            return ""
        month = str(self.report.month)
        document = NumberedDocument(line.series, line.name, planned.name, month)
        if self.as_of is None:
            year = self.report.issued.year
            given = number_for(self.job.store, document, year, datetime.now(UTC))
            return number_in(line.series, given.year, given.number)
        held = given_number(self.job.store, document, self.as_of)
        return "" if held is None else number_in(line.series, held.year, held.number)


def _of_figures(sources: Sources, planned: PlannedDocument, corrected: str) -> Paper:
    return paper_of(sources.report, planned, sources.number(planned), corrected)


def _notice(sources: Sources, planned: PlannedDocument, _: str) -> Paper:
    orders = sources.returned[planned.name]
    return notice_paper(sources.job, planned, orders, sources.report.issued)


def _receipt(sources: Sources, planned: PlannedDocument, _: str) -> Paper:
    return receipt_paper(planned, sources.receipts[planned.name])


def _supervision(sources: Sources, planned: PlannedDocument, _: str) -> Paper:
    record = supervision_record(sources.supervised[planned.name])
    return Paper(planned.line.template, planned.name, record)


_PAPERS: Mapping[Kind, Callable[[Sources, PlannedDocument, str], Paper]] = {
    "figures": _of_figures,
    "notice": _notice,
    "receipt": _receipt,
    "supervision": _supervision,
}


def month_documents(
    sources: Sources, renderer: Renderer, ahead: Ahead | None = None
) -> Iterator[PlannedFile]:
    """Yield all documents of a month, issued ones that it no longer has by itself included."""
    due = list(documents_due(sources.report))
    yield from versions_of(sources, due, renderer, ahead)
    present = {key_of(planned) for planned in due}
    for key, versions in sources.snapshot.issued.documents.items():
        if key not in present:
            yield from map(_as_issued, versions)


def versions_of(
    sources: Sources,
    planned: Iterable[PlannedDocument],
    renderer: Renderer,
    ahead: Ahead | None = None,
) -> Iterator[PlannedFile]:
    """Yield each issued version of some documents with its bytes, then the draft.

    There is a draft if nothing was issued. An issued document has one, the next 更正稿, only if its
    counts have changed.
    """
    issued = sources.snapshot.issued
    changed = changed_documents(issued, sources.report)
    for each in planned:
        versions = issued.versions(key_of(each))
        yield from map(_as_issued, versions)
        if not versions or key_of(each) in changed:
            version = len(versions)
            path = corrected_path(each.path, version) if version else each.path
            make: Callable[[], bytes] = partial(_made, sources, each, mark(version), renderer)
            yield PlannedFile(path, ahead.planned(each, mark(version), make) if ahead else make)
        yield from _attached(sources, each)


def key_of(planned: PlannedDocument) -> DocumentKey:
    """Return by what a document is found among those issued."""
    return planned.line.name, planned.name


def _made(sources: Sources, planned: PlannedDocument, corrected: str, renderer: Renderer) -> bytes:
    return renderer.render(_PAPERS[planned.line.kind](sources, planned, corrected))


def _attached(sources: Sources, planned: PlannedDocument) -> Iterator[PlannedFile]:
    """Yield the form for the reply to a document of supervised items, while one of them is open."""
    if REPLY_FORM in planned.line.attached:
        notice = sources.supervised[planned.name]
        if notice.open:
            yield PlannedFile(planned.form, partial(reply_form, notice))


def _as_issued(document: Document) -> PlannedFile:
    return PlannedFile(document.path, partial(bytes, document.content))


def documents_by_hand(folder: Path) -> dict[str, bytes]:
    """Return the documents of a month's folder that no run has written, by their path in it."""
    printed = printed_digests(folder)
    paths = sorted(p for p in (folder / PAPERS).rglob("*") if p.is_file())
    by_path = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in by_path.items() if name not in printed}
