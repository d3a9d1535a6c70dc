"""Links of a draft's numbers to 核对.html, which no issued document has (issue 19)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flows.pipeline.documents import Sources, month_documents
from flows.pipeline.hand_edits import MANIFEST
from flows.steps.export import as_json
from flows.steps.figure_places import FIGURES_PAGE
from flows.steps.files import write_atomically
from flows.steps.model import Report
from flows.steps.render import Renderer
from flows.steps.render.links import without_links
from flows.steps.store import Document
from schemas.documents import BULLETINS


def without_links_to_figures(report: Report) -> Report:
    """Return a report whose documents have no links to 核对.html."""
    settings = report.campaign.settings
    if not settings.bulletin.links:
        return report
    bulletin = settings.bulletin.model_copy(update={"links": False})
    plain = settings.model_copy(update={"bulletin": bulletin})
    return replace(report, campaign=report.campaign.changed(settings=plain))


def as_issued(
    sources: Sources, renderer: Renderer, drafts: Sequence[Document]
) -> Sequence[Document]:
    """Return drafts as they are issued: one with links as it is rendered without them.

    From one that is not as it would be rendered now, since it was edited by hand or the template
    has changed, the links are taken out.
    """
    plain = {draft.path: _without_links(draft) for draft in drafts}
    if all(plain[draft.path] is draft.content for draft in drafts):
        return drafts
    unlinked = replace(sources, report=without_links_to_figures(sources.report))
    rendered = {file.path: file for file in month_documents(sources, renderer)}
    anew = {file.path: file for file in month_documents(unlinked, renderer)}
    finals = []
    for draft in drafts:
        content = plain[draft.path]
        if content is not draft.content and rendered[draft.path].make() == draft.content:
            content = anew[draft.path].make()
        digest = hashlib.sha256(content).hexdigest()
        finals.append(replace(draft, content=content, sha256=digest))
    return finals


def _without_links(draft: Document) -> bytes:
    is_linked = draft.document == BULLETINS["city"] and draft.path.endswith(".docx")
    return without_links(draft.content, FIGURES_PAGE) if is_linked else draft.content


def write_finals(folder: Path, drafts: Sequence[Document], finals: Sequence[Document]) -> None:
    """Write the issued documents that differ from their drafts into the month's folder."""
    changed = {
        final.path: final
        for draft, final in zip(drafts, finals, strict=True)
        if final.sha256 != draft.sha256
    }
    if not changed:
        return
    for path, final in changed.items():
        write_atomically(folder / path, final.content)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for entry in manifest["outputs"]:
        if entry["file"] in changed:
            entry["sha256"] = changed[entry["file"]].sha256
    write_atomically(folder / MANIFEST, as_json(manifest))
