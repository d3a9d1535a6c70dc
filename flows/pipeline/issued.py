"""Issued bulletins: kept byte for byte, and a corrected one beside them where the counts have changed (DESIGN §7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from flows.pipeline.report import statement
from flows.steps.model import Figures
from flows.steps.store import Document, Issue, Store, documents, issues
from schemas.columns import Level

CORRECTED = "更正稿"


@dataclass(frozen=True)
class IssuedDocuments:
    """What has been issued of a month: the documents by level and name, in order, and what each issue said."""

    documents: Mapping[tuple[Level, str], Sequence[Document]]
    issues: Mapping[str, Issue]

    def versions(self, level: Level, name: str) -> Sequence[Document]:
        """Return the issued versions of a document, the first one first."""
        return self.documents.get((level, name), ())


def load_issued(store: Store, month: str, as_of: datetime | None = None) -> IssuedDocuments:
    """Return what has been issued of a month, up to a time."""
    own = [issue for issue in issues(store, as_of) if issue.month == month]
    found: dict[tuple[Level, str], list[Document]] = {}
    for document in documents(store, month, own) if own else ():
        found.setdefault((document.level, document.name), []).append(document)
    return IssuedDocuments(found, {issue.id: issue for issue in own})


def files_of(
    keeping: IssuedDocuments, level: Level, name: str, path: str, figures: Figures
) -> tuple[list[Document], str | None]:
    """Return the issued versions of a document, which keep their bytes, and the path of the draft to render, None for none.

    Without an issued version the draft has the document's own path. With one there is a draft only where the figures that it
    speaks of have other counts now; it then is the next 更正稿.
    """
    versions = list(keeping.versions(level, name))
    if not versions:
        return [], path
    said = keeping.issues[versions[-1].issue].figures
    if relevant(said, level, name) == relevant(statement(figures), level, name):
        return versions, None
    return versions, corrected_path(path, len(versions))


def relevant(said: Mapping[str, Any], level: Level, name: str) -> dict[str, Any]:
    """Return the figures that a document speaks of: the city's all, a county's or an enterprise's own.

    A county's bulletin tells its rank, but not its share of the city, which moves with every other county.
    """
    if level == "city":
        return {key: said[key] for key in ("city", "groups", "counties", "enterprises", "cells")}
    key, own = ("counties", "county") if level == "county" else ("enterprises", "enterprise")
    return {
        "entry": [
            {k: v for k, v in entry.items() if k != "share"}
            for entry in said[key]
            if entry["name"] == name
        ],
        "cells": [cell for cell in said["cells"] if cell[own] == name],
    }


def corrected_path(path: str, version: int) -> str:
    """Return the path of a document's corrected version: 全市（更正稿）.docx, then 全市（更正稿2）.docx."""
    whole = PurePosixPath(path)
    return str(whole.with_name(f"{whole.stem}（{mark(version)}）{whole.suffix}"))


def mark(version: int) -> str:
    """Return what a corrected version is called: 更正稿, then 更正稿2; nothing for the first issue."""
    return f"{CORRECTED}{version if version > 1 else ''}" if version else ""


def all_paths(keeping: IssuedDocuments) -> Iterator[str]:
    """Yield the path of every issued document."""
    for versions in keeping.documents.values():
        yield from (document.path for document in versions)
