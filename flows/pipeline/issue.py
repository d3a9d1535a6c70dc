"""The drafts of a month become the issued bulletins: kept byte for byte, never replaced (DESIGN §7)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flows.pipeline.issued import IssuedDocuments, all_paths, load_issued
from flows.pipeline.report import correction_record, report_of, statement
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.compose import compose, names_of
from flows.steps.model import Report, Submission, UserError
from flows.steps.store import Document, Issue, Store, record_issue
from schemas.columns import LEVEL_NAMES


def issue_month(store: Store, view: MonthSnapshot, outputs: Path) -> list[Document]:
    """Record a month's drafts as issued; return the documents that are issued now.

    Raises UserError where there are no drafts, where they were changed by hand since, or where the store has moved on.
    """
    folder = outputs / str(view.month)
    manifest = _manifest(folder, view)
    issued = date.fromisoformat(manifest["issued"])
    report = report_of(store, view, issued)
    keeping = load_issued(store, str(view.month))
    drafts = list(
        _drafts(
            folder,
            report,
            keeping,
            {entry["file"]: entry["sha256"] for entry in manifest["outputs"]},
        )
    )
    if not drafts:
        raise UserError(f"{view.month.label}没有新的草稿，已印发的简报保持不变。")
    now = datetime.now(UTC)
    identity = "\0".join(
        [str(view.month), view.state, *(d.sha256 for d in drafts), now.isoformat()]
    )
    number = hashlib.sha256(identity.encode()).hexdigest()[:32]
    documents = [
        Document(number, d.month, d.level, d.name, d.path, d.sha256, d.content) for d in drafts
    ]
    record_issue(store, _issue(number, view, report, issued, now), documents)
    return documents


def _issue(number: str, view: MonthSnapshot, report: Report, issued: date, now: datetime) -> Issue:
    ledgers = [_ledger(view, s) for months in view.remembered.by_month.values() for s in months]
    corrections = [correction_record(c) for c in report.corrections]
    return Issue(
        number,
        str(view.month),
        now,
        issued,
        view.state,
        statement(view.figures),
        corrections,
        ledgers,
    )


def _ledger(view: MonthSnapshot, submission: Submission) -> dict[str, Any]:
    names = ("id", "month", "file", "sha256", "kind", "sender", "verdict")
    superseded = submission.content in view.remembered.superseded.get(submission.month, {})
    return {name: getattr(submission, name) for name in names} | {"superseded": superseded}


def _manifest(folder: Path, view: MonthSnapshot) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise UserError(
            f"“{folder}”中没有{view.month.label}的简报草稿。请先运行 bulletin run {view.month}"
        )
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("store") != view.state:
        raise UserError(
            f"{view.month.label}的草稿编制之后，数据或设置又有变动。请重新运行 bulletin run {view.month}，核对后再登记印发"
        )
    return manifest


def _drafts(
    folder: Path, report: Report, keeping: IssuedDocuments, digests: dict[str, str]
) -> Iterator[Document]:
    """Yield the documents of a month's folder that have not been issued; each must be as the run left it."""
    known = set(all_paths(keeping))
    for level in LEVEL_NAMES:
        for name in names_of(report, level):
            path = compose(report, level, name).path
            for draft in sorted(p for p in digests if _belongs(p, path) and p not in known):
                content = (folder / draft).read_bytes() if (folder / draft).is_file() else b""
                digest = hashlib.sha256(content).hexdigest()
                if digest != digests[draft]:
                    raise UserError(
                        f"草稿“{draft}”在编制之后被改动或删除。请重新运行 bulletin run {report.month}；要改文字请改模板"
                    )
                yield Document("", str(report.month), level, name, draft, digest, content)


def _belongs(draft: str, path: str) -> bool:
    """Return whether a file is a document's draft or one of its corrected versions."""
    stem = path.removesuffix(".docx")
    return draft == path or (draft.startswith(f"{stem}（更正稿") and draft.endswith("）.docx"))
