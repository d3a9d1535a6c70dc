"""Where the templates of a campaign's documents lie: its own first, then the program's."""

from pathlib import Path

from flows.intake.job import Job
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
