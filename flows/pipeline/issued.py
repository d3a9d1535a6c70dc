"""Issued bulletins: kept byte for byte, with a corrected one beside them if counts change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flows.steps.export import statement
from flows.steps.model import Figures, LazyMapping
from flows.steps.store import Document, Issue, Store, documents
from schemas.columns import Level
from schemas.definition import Definition

CORRECTED = "更正稿"
DocumentKey = tuple[Level, str]  # level and name of a bulletin's subject
_NAMED_BY: Mapping[Level, tuple[str, str]] = {
    "county": ("counties", "county"),
    "enterprise": ("enterprises", "enterprise"),
}


@dataclass(frozen=True)
class IssuedDocuments:
    """The issued documents of a month by level and name, oldest version first; its issues by id."""

    documents: Mapping[DocumentKey, Sequence[Document]]
    issues: Mapping[str, Issue]

    def versions(self, level: Level, name: str) -> Sequence[Document]:
        """Return the issued versions of a document, the first one first."""
        return self.documents.get((level, name), ())

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
        by_key.setdefault((document.level, document.name), []).append(document)
    return by_key


def changed_documents(
    issued: IssuedDocuments, figures: Figures, definition: Definition
) -> frozenset[DocumentKey]:
    """Return the issued documents whose last version was made from other counts than these.

    Counts that only one of them has are no difference: the definition has got or lost a column.
    """
    if not issued.issues:
        return frozenset()
    present = _by_document(statement(figures, definition))
    stated = {number: _by_document(issue.figures) for number, issue in issued.issues.items()}
    return frozenset(
        (level, name)
        for (level, name), versions in issued.documents.items()
        if not _agree(
            _stated_in(stated[versions[-1].issue], level, name), _stated_in(present, level, name)
        )
    )


def _agree(stated: object, present: object) -> bool:
    """Return whether two records say the same, in what both of them have."""
    if isinstance(stated, Mapping) and isinstance(present, Mapping):
        return all(_agree(stated[key], present[key]) for key in stated.keys() & present.keys())
    if isinstance(stated, list) and isinstance(present, list):
        return len(stated) == len(present) and all(map(_agree, stated, present))
    return stated == present


Statements = Mapping[DocumentKey, Sequence[Mapping[str, Any]]]


def _stated_in(statements: Statements, level: Level, name: str) -> Sequence[Mapping[str, Any]]:
    return statements.get((level, "" if level == "city" else name), ())


def _by_document(figures: Mapping[str, Any]) -> Statements:
    """Return the figures that each document states: the city's all, a county's or firm's own.

    A county's bulletin states its rank, but not its share of the city, which moves with every other
    county.
    """
    keys = ("city", "groups", "counties", "enterprises", "cells")
    index: dict[DocumentKey, list[Mapping[str, Any]]] = {
        ("city", ""): [{key: figures[key] for key in keys}]
    }
    for level, (key, column) in _NAMED_BY.items():
        for entry in figures[key]:
            without_share = {k: v for k, v in entry.items() if k != "share"}
            index.setdefault((level, entry["name"]), []).append(without_share)
        for cell in figures["cells"]:
            index.setdefault((level, cell[column]), []).append(cell)
    return index


def corrected_path(path: str, version: int) -> str:
    """Return the path of a document's corrected version, such as 全市（更正稿2）.docx."""
    original = PurePosixPath(path)
    return str(original.with_name(f"{original.stem}（{mark(version)}）{original.suffix}"))


def is_corrected(path: str) -> bool:
    """Return whether a path of a month's folder is that of a corrected version."""
    return f"（{CORRECTED}" in path and path.startswith("bulletins/")


def mark(version: int) -> str:
    """Return a corrected version's mark: 更正稿, then 更正稿2; empty for the first issue."""
    return f"{CORRECTED}{version if version > 1 else ''}" if version else ""
