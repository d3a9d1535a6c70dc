"""The drafts of a month become the issued bulletins, never replaced afterwards (DESIGN §7)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows.pipeline.month_folder import MANIFEST
from flows.pipeline.report import correction_record, report_of
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.compose import compose, names_of
from flows.steps.export import statement
from flows.steps.model import Report, Submission, UserError
from flows.steps.store import Document, Issue, Store, record_issue
from schemas.columns import LEVEL_NAMES


def issue_month(store: Store, snapshot: MonthSnapshot, outputs: Path) -> list[Document]:
    """Return the documents that are issued now: a month's drafts, recorded in the store.

    Raises UserError if there are no drafts, if they were changed by hand, or if the store has
    changed since they were made.
    """
    folder = outputs / str(snapshot.month)
    manifest = _manifest(folder, snapshot)
    report = report_of(snapshot, date.fromisoformat(manifest["issued"]))
    digests = {entry["file"]: entry["sha256"] for entry in manifest["outputs"]}
    drafts = list(_drafts(folder, report, set(snapshot.issued.paths), digests))
    if not drafts:
        raise UserError(f"{snapshot.month.label}没有新的草稿，已印发的简报保持不变。")
    issue = _issue(snapshot, report, drafts)
    documents = [replace(draft, issue=issue.id) for draft in drafts]
    record_issue(store, issue, documents)
    return documents


def _issue(snapshot: MonthSnapshot, report: Report, drafts: list[Document]) -> Issue:
    now, month = datetime.now(UTC), str(snapshot.month)
    identity = [month, snapshot.state, *(draft.sha256 for draft in drafts), now.isoformat()]
    submissions = [s for of_month in snapshot.history.by_month.values() for s in of_month]
    return Issue(
        id=hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32],
        month=month,
        recorded_at=now,
        issued=report.issued,
        state=snapshot.state,
        figures=statement(snapshot.figures),
        corrections=[correction_record(c) for c in report.corrections],
        ledgers=[_ledger(snapshot, s) for s in submissions],
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
    if manifest.get("store") != snapshot.state:
        raise UserError(
            f"{month.label}的草稿编制之后，数据或设置又有变动。"
            f"请重新运行 bulletin run {month}，核对后再登记印发"
        )
    return manifest


def _drafts(
    folder: Path, report: Report, issued: set[str], digests: Mapping[str, str]
) -> Iterator[Document]:
    """Yield the documents of a month's folder that are not issued; each must be unchanged."""
    for level in LEVEL_NAMES:
        for name in names_of(report, level):
            path = compose(report, level, name).path
            for draft in sorted(p for p in digests if _belongs(p, path) and p not in issued):
                content = _unchanged(folder / draft, digests[draft], report, draft)
                yield Document("", str(report.month), level, name, draft, digests[draft], content)


def _unchanged(path: Path, digest: str, report: Report, draft: str) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise UserError(
            f"草稿“{draft}”在编制之后被改动或删除。"
            f"请重新运行 bulletin run {report.month}；要改文字请改模板"
        )
    return content


def _belongs(draft: str, path: str) -> bool:
    """Return whether a file is a document's draft or one of its corrected versions."""
    stem = path.removesuffix(".docx")
    return draft == path or (draft.startswith(f"{stem}（更正稿") and draft.endswith("）.docx"))
