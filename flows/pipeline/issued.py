"""Issued documents: kept byte for byte, with a corrected one beside them if counts change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flows.pipeline.hand_edits import DRAFTS
from flows.steps.export import statement
from flows.steps.model import LazyMapping, Report
from flows.steps.store import Document, Issue, Store, documents
from flows.steps.supervision import notices
from schemas.documents import Subject

CORRECTED = "更正稿"
DocumentKey = tuple[str, str]  # the name of a document in 文书.csv, and whom it is about
SubjectKey = tuple[Subject, str]
_NAMED_BY: Mapping[Subject, tuple[str, str]] = {
    "county": ("counties", "county"),
    "enterprise": ("enterprises", "enterprise"),
}


@dataclass(frozen=True)
class IssuedDocuments:
    """The issued documents of a month by document and name, oldest version first; issues by id."""

    documents: Mapping[DocumentKey, Sequence[Document]]
    issues: Mapping[str, Issue]

    def versions(self, key: DocumentKey) -> Sequence[Document]:
        """Return the issued versions of a document, the first one first."""
        return self.documents.get(key, ())

    @property
    def paths(self) -> Iterator[str]:
        """Yield the path of every issued document."""
        for versions in self.documents.values():
            yield from (document.path for document in versions)


def issued_documents(store: Store, month: str, issues: Sequence[Issue]) -> IssuedDocuments:
    """Return what some issues hold of a month; the documents are read when first asked for."""
    of_month = [issue for issue in issues if issue.month == month]
    by_key = LazyMapping(_documents_by_key, store, month, of_month)
    return IssuedDocuments(by_key, {issue.id: issue for issue in of_month})


def _documents_by_key(
    store: Store, month: str, issues: Sequence[Issue]
) -> dict[DocumentKey, list[Document]]:
    by_key: dict[DocumentKey, list[Document]] = {}
    for document in documents(store, month, issues) if issues else ():
        by_key.setdefault((document.document, document.name), []).append(document)
    return by_key


def changed_documents(issued: IssuedDocuments, report: Report) -> frozenset[DocumentKey]:
    """Return the issued documents whose last version was made from other counts than these.

    Counts that only one of them has are no difference: the definition has got or lost a column.
    """
    if not issued.issues:
        return frozenset()
    present = _by_subject(statement_of(report))
    stated = {number: _by_subject(issue.figures) for number, issue in issued.issues.items()}
    changed = []
    for key, versions in issued.documents.items():
        last = versions[-1]
        subject = last.level, "" if last.level == "city" else last.name
        before, now = (index.get(subject, ()) for index in (stated[last.issue], present))
        if not _agree(before, now):
            changed.append(key)
    return frozenset(changed)


def statement_of(report: Report) -> dict[str, Any]:
    """Return what an issue keeps of a month: its figures, and the steps of each unit's items."""
    steps = {
        notice.unit: [event.id for line in notice.lines for event in line.item.events]
        for notice in notices(report)
    }
    figures = statement(report.figures, report.campaign.definition)
    return {**figures, "supervision": [{"unit": u, "steps": ids} for u, ids in steps.items()]}


def _agree(stated: object, present: object) -> bool:
    """Return whether two records say the same, in what both of them have."""
    if isinstance(stated, Mapping) and isinstance(present, Mapping):
        return all(_agree(stated[key], present[key]) for key in stated.keys() & present.keys())
    if isinstance(stated, list) and isinstance(present, list):
        return len(stated) == len(present) and all(map(_agree, stated, present))
    return stated == present


Statements = Mapping[SubjectKey, Sequence[Mapping[str, Any]]]


def _by_subject(figures: Mapping[str, Any]) -> Statements:
    """Return the figures that a document states of its subject: of the city all, else its own.

    A county's states its rank, but not its share of the city, which moves with every other county.
    A sender's says what became of its ledgers, an item's what became of the unit's items.
    """
    keys = ("city", "groups", "counties", "enterprises", "cells")
    index: dict[SubjectKey, list[Mapping[str, Any]]] = {
        ("city", ""): [{key: figures[key] for key in keys}]
    }
    for subject, (key, column) in _NAMED_BY.items():
        for entry in figures[key]:
            without_share = {k: v for k, v in entry.items() if k != "share"}
            index.setdefault((subject, entry["name"]), []).append(without_share)
        for cell in figures["cells"]:
            index.setdefault((subject, cell[column]), []).append(cell)
    for row in figures.get("coverage", ()):
        index.setdefault(("sender", row["sender"]), []).append(row)
    for row in figures.get("supervision", ()):
        index.setdefault(("item", row["unit"]), []).append(row)
    return index


def corrected_path(path: str, version: int) -> str:
    """Return the path of a document's corrected version, such as 全市（更正稿2）.docx."""
    original = PurePosixPath(path)
    return str(original.with_name(f"{original.stem}（{mark(version)}）{original.suffix}"))


def is_corrected(path: str) -> bool:
    """Return whether a path of a month's folder is that of a corrected version."""
    return f"（{CORRECTED}" in path and path.startswith(DRAFTS)


def mark(version: int) -> str:
    """Return a corrected version's mark: 更正稿, then 更正稿2; empty for the first issue."""
    return f"{CORRECTED}{version if version > 1 else ''}" if version else ""
