"""The bulletins of a month: issued ones as they were, drafts from the present figures."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from flows.intake.job import Job
from flows.pipeline.issued import (
    DocumentKey,
    IssuedDocuments,
    changed_documents,
    corrected_path,
    mark,
)
from flows.steps.compose import compose, names_of
from flows.steps.files import PlannedFile
from flows.steps.model import Report
from flows.steps.render import Renderer
from flows.steps.store import Document
from schemas.columns import LEVEL_NAMES
from schemas.definition import Definition
from schemas.shipped import RETIREES, shipped
from templates import DOCUMENTS, GENERAL
from templates import HERE as TEMPLATES


def template_folders(job: Job) -> list[Path]:
    """Return the folders of templates: the campaign's own first, then the program's."""
    own = [folder for folder in (job.templates, job.documents) if folder]
    return [*own, *shipped_folders(job.campaign.definition)]


def shipped_folders(definition: Definition) -> list[Path]:
    """Return the program's folders: a shipped definition's own templates, or the general ones.

    Its own are for a definition that has all that they name: an office may have taken works out.
    """
    base = definition.words.base
    if base == RETIREES and _has_all_of(definition, shipped(base)):
        return [TEMPLATES, DOCUMENTS]
    return [GENERAL, TEMPLATES, DOCUMENTS]


def _has_all_of(definition: Definition, base: Definition) -> bool:
    heads = {definition.column(count).header for count in definition.counts}
    works = {(one.name, one.short) for one in definition.spoken}
    same_heads = heads >= {base.column(count).header for count in base.counts}
    return same_heads and works >= {(one.name, one.short) for one in base.spoken}


def bulletins(report: Report, issued: IssuedDocuments, renderer: Renderer) -> Iterator[PlannedFile]:
    """Yield all bulletins of a month, issued ones without a present subject included."""
    current = [(level, name) for level in LEVEL_NAMES for name in names_of(report, level)]
    yield from bulletins_of(report, current, issued, renderer)
    present = set(current)
    for key, versions in issued.documents.items():
        if key not in present:
            yield from map(_as_issued, versions)


def bulletins_of(
    report: Report, keys: Iterable[DocumentKey], issued: IssuedDocuments, renderer: Renderer
) -> Iterator[PlannedFile]:
    """Yield the bulletins of some subjects: each issued version with its bytes, then the draft.

    There is a draft if nothing was issued. An issued bulletin has one, the next 更正稿, only if its
    counts have changed.
    """
    changed = changed_documents(issued, report.figures, report.campaign.definition)
    for level, name in keys:
        versions = issued.versions(level, name)
        yield from map(_as_issued, versions)
        if not versions:
            bulletin = compose(report, level, name)
            yield PlannedFile(bulletin.path, partial(renderer.render, bulletin))
        elif (level, name) in changed:
            bulletin = compose(report, level, name, mark(len(versions)))
            path = corrected_path(bulletin.path, len(versions))
            yield PlannedFile(path, partial(renderer.render, bulletin))


def _as_issued(document: Document) -> PlannedFile:
    return PlannedFile(document.path, partial(bytes, document.content))
