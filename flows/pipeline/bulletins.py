"""The bulletins of a month: issued ones as they were, drafts as the figures are now."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from flows.intake.job import Job
from flows.pipeline.issued import IssuedDocuments, files_of, mark
from flows.steps.compose import compose, names_of
from flows.steps.model import Report
from flows.steps.render import Renderer
from schemas.columns import LEVEL_NAMES, Level
from templates import HERE as TEMPLATES

Make = Callable[[], bytes]


def template_folders(job: Job) -> list[Path]:
    """Return where templates are looked for: the campaign's own folder first, then the program's."""
    return [*([job.templates] if job.templates else []), TEMPLATES]


def bulletins(
    report: Report, keeping: IssuedDocuments, renderer: Renderer
) -> Iterator[tuple[str, Make]]:
    """Yield the path of each bulletin and the function that makes its bytes: issued ones as they were, drafts as they are now."""
    for level in LEVEL_NAMES:
        for name in names_of(report, level):
            yield from one_bulletin(report, level, name, keeping, renderer)
    current = {(level, name) for level in LEVEL_NAMES for name in names_of(report, level)}
    for (level, name), versions in keeping.documents.items():
        if (level, name) not in current:
            yield from ((document.path, partial(bytes, document.content)) for document in versions)


def one_bulletin(
    report: Report, level: Level, name: str, keeping: IssuedDocuments, renderer: Renderer
) -> Iterator[tuple[str, Make]]:
    """Yield the issued versions of a bulletin, and its draft where there is one to make."""
    bulletin = compose(report, level, name)
    issued, draft = files_of(keeping, level, name, bulletin.path, report.figures)
    yield from ((document.path, partial(bytes, document.content)) for document in issued)
    if draft is not None:
        corrected = (
            bulletin if draft == bulletin.path else compose(report, level, name, mark(len(issued)))
        )
        yield draft, partial(renderer.render, corrected)
