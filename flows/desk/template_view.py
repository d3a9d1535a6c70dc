"""Templates on the page: which are used, what the check says of each, what it looks like filled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from flows.campaign.folder import TEMPLATES
from flows.campaign.template_check import check_template, commented_copy, preview, template_notes
from flows.campaign.template_files import COMMENTED, PREVIEW
from flows.desk.working import Desk
from flows.intake.worker_pool import apart
from flows.intake.worker_process import Lost
from flows.pipeline.template_folders import shipped_folders
from flows.steps.model import UserError
from schemas.definition import Definition
from schemas.documents import ENDINGS, FIELD_LIST
from schemas.documents import FOLDER as DOCUMENTS

T = TypeVar("T")


@dataclass(frozen=True)
class TemplateLook:
    """What was found in a template: its faults, what to know of it, whether it can be filled."""

    name: str
    faults: Sequence[str]
    notes: Sequence[str]

    @property
    def file(self) -> str:
        """Return the name of the copy: with the faults as comments, else filled with samples."""
        path = Path(self.name)
        return f"{path.stem}{COMMENTED if self.faults else PREVIEW}{path.suffix}"


def templates_of(desk: Desk) -> Mapping[str, Path]:
    """Return the templates in use by their names, the office's own before the program's."""
    own = (desk.campaign_folder / TEMPLATES, desk.campaign_folder / DOCUMENTS)
    found: dict[str, Path] = {}
    for folder in (*own, *shipped_folders(desk.campaign().definition)):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix in ENDINGS and _is_template(path):
                found.setdefault(path.name, path)
    return found


def _is_template(path: Path) -> bool:
    is_copy = path.stem.endswith((PREVIEW, COMMENTED))
    return not is_copy and path.name[0] not in "~." and path.name != FIELD_LIST


def is_own(desk: Desk, path: Path) -> bool:
    """Return whether a template is the office's own."""
    return path.is_relative_to(desk.campaign_folder)


def look_at(desk: Desk, path: Path) -> TemplateLook:
    """Return what the check says of a template."""
    faults, notes = _apart(checked, desk, path)
    return TemplateLook(path.name, faults, notes)


def copy_of(desk: Desk, path: Path) -> bytes:
    """Return a template filled with sample data, a faulty one with its faults as comments."""
    return _apart(copied, desk, path)


def _apart(function: Callable[[Path, Definition], T], desk: Desk, path: Path) -> T:
    (found,) = apart(function, [(path, desk.campaign().definition)])
    if isinstance(found, Lost):
        raise UserError(f"模板“{path.name}”查不了：{found.reason}")
    return found


def checked(path: Path, definition: Definition) -> tuple[list[str], list[str]]:
    """Return a template's faults and notes."""
    return [str(fault) for fault in check_template(path, definition)], template_notes(path)


def copied(path: Path, definition: Definition) -> bytes:
    """Return the copy that shows what the check has found."""
    faults = check_template(path, definition)
    return commented_copy(path, faults) if faults else preview(path, definition)
