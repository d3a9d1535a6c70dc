"""The drafts of a month become the issued bulletins, never replaced afterwards (DESIGN §7)."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows.intake.job import Job
from flows.pipeline.documents import Sources, month_documents
from flows.pipeline.figure_links import as_issued, write_finals
from flows.pipeline.hand_edits import MANIFEST, edit_notes, printed_digests
from flows.pipeline.issued import statement_of
from flows.pipeline.month_folder import ITEMS, steps_of
from flows.pipeline.report import correction_record, report_of
from flows.pipeline.snapshot import MonthSnapshot
from flows.pipeline.workbook_edits import workbook_notes
from flows.steps.compose.planning import documents_due
from flows.steps.model import Report, Submission, UserError
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.steps.store import Document, Issue, record_issue

LISTED = 5  # drafts named in a message

Edits = Mapping[str, Sequence[str]]  # notes on each edited draft, by its path


@dataclass(frozen=True)
class IssuedNow:
    """The documents that an issue adds, and the notes on those that were edited by hand."""

    documents: Sequence[Document]
    edited: Edits


def issue_month(
    job: Job, snapshot: MonthSnapshot, renderer: Renderer, accept: Callable[[Edits], bool]
) -> IssuedNow:
    """Return what is issued now: a month's drafts, recorded in the store.

    `accept` is asked whether edited drafts are issued as they are. Raises UserError if they are
    not, if there are no drafts, or if the store has changed since they were made.
    """
    folder = job.outputs / str(snapshot.month)
    manifest = _manifest(folder, snapshot)
    report = report_of(snapshot, date.fromisoformat(manifest["issued"]))
    sources = Sources(replace(job, issued=report.issued), snapshot, report)
    digests = printed_digests(folder)
    drafts = list(_drafts(folder, report, set(snapshot.issued.paths), digests))
    if not drafts:
        raise UserError(f"{snapshot.month.label}没有新的草稿，已印发的保持不变。")
    changed = [draft for draft in drafts if draft.sha256 != digests[draft.path]]
    edited = _notes(sources, renderer, changed, digests) if changed else {}
    if edited and not accept(edited):
        raise UserError(_not_accepted(snapshot.month, list(edited)))
    finals = as_issued(sources, renderer, drafts)
    issue = _issue(snapshot, report, finals, edited)
    documents = [replace(final, issue=issue.id) for final in finals]
    record_issue(job.store, issue, documents)
    write_finals(folder, drafts, finals)
    return IssuedNow(documents, edited)


def _notes(
    sources: Sources,
    renderer: Renderer,
    changed: Sequence[Document],
    digests: Mapping[str, str],
) -> Edits:
    """Return the notes on edited drafts, which are compared with what the program prints."""
    printed = {file.path: file for file in month_documents(sources, renderer)}
    notes: dict[str, list[str]] = {}
    for draft in changed:
        original = printed[draft.path].make()
        is_word = draft.path.endswith(".docx")
        compare = edit_notes if is_word else workbook_notes
        notes[draft.path] = compare(original, draft.content, draft.path)
        if hashlib.sha256(original).hexdigest() != digests[draft.path]:
            notes[draft.path].append("模板在编制之后有改动，以上按现在的模板比较")
    return notes


def _not_accepted(month: Month, paths: Sequence[str]) -> str:
    listed = "、".join(paths[:LISTED]) + (f"等{len(paths)}份" if len(paths) > LISTED else "")
    return (
        f"草稿{listed}在编制之后被手改，没有登记印发。"
        f"按手改的印发，请加 --accept-edited；不要手改的，请重新运行 bulletin run {month}，"
        "手改的会另存为“（手改）.docx”"
    )


def _issue(
    snapshot: MonthSnapshot, report: Report, drafts: Sequence[Document], edited: Edits
) -> Issue:
    now, month = datetime.now(UTC), str(snapshot.month)
    identity = [month, snapshot.state, *(draft.sha256 for draft in drafts), now.isoformat()]
    submissions = [s for of_month in snapshot.history.by_month.values() for s in of_month]
    return Issue(
        id=hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32],
        month=month,
        recorded_at=now,
        issued=report.issued,
        state=snapshot.state,
        figures=statement_of(report),
        corrections=[correction_record(c) for c in report.corrections],
        ledgers=[_ledger(snapshot, s) for s in submissions],
        edited=edited,
    )


def _ledger(snapshot: MonthSnapshot, submission: Submission) -> dict[str, Any]:
    names = ("id", "month", "file", "sha256", "kind", "sender", "verdict")
    superseded = snapshot.history.superseded.get(submission.month, {})
    return {name: getattr(submission, name) for name in names} | {
        "superseded": submission.content in superseded
    }


def _manifest(folder: Path, snapshot: MonthSnapshot) -> dict[str, Any]:
    path, month = folder / MANIFEST, snapshot.month
    if not path.is_file():
        raise UserError(f"“{folder}”中没有{month.label}的简报草稿。请先运行 bulletin run {month}")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    steps = {
        x["file"]: x["sha256"] for x in manifest.get("inputs", ()) if x["file"].startswith(ITEMS)
    }
    if manifest.get("store") != snapshot.state or steps != dict(steps_of(snapshot.supervision)):
        raise UserError(
            f"{month.label}的草稿编制之后，数据、设置或督办事项又有变动。"
            f"请重新运行 bulletin run {month}，核对后再登记印发"
        )
    return manifest


def _drafts(
    folder: Path, report: Report, issued: set[str], digests: Mapping[str, str]
) -> Iterator[Document]:
    """Yield the documents of a month's folder that are not issued, as they are now."""
    for planned in documents_due(report):
        if planned.line.is_returned:
            continue
        for draft in sorted(p for p in digests if _belongs(p, planned.path) and p not in issued):
            content = _content(folder / draft, draft, report.month)
            digest = hashlib.sha256(content).hexdigest()
            line, month = planned.line, str(report.month)
            yield Document("", month, line.subject, planned.name, draft, digest, content, line.name)


def _content(path: Path, draft: str, month: Month) -> bytes:
    if not path.is_file():
        raise UserError(f"草稿“{draft}”在编制之后被删除。请重新运行 bulletin run {month}")
    return path.read_bytes()


def _belongs(draft: str, path: str) -> bool:
    """Return whether a file is a document's draft or one of its corrected versions."""
    stem, dot, ending = path.rpartition(".")
    is_corrected = draft.startswith(f"{stem}（更正稿") and draft.endswith(f"）{dot}{ending}")
    return draft == path or is_corrected
