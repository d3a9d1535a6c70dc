"""Renders documents by the office's templates; each template is searched for and prepared once."""

from collections.abc import Sequence
from pathlib import Path

from flows.steps.model import Paper, UserError
from flows.steps.render.failing import FaultyTemplateError
from flows.steps.render.templates import Fillable, prepare


class Renderer:
    """Renders documents; the first of `folders` with a template takes precedence."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._prepared: dict[str, Fillable | UserError] = {}

    def render(self, paper: Paper) -> bytes:
        """Return a document, in the same bytes each time; raises UserError."""
        return _filled(self._template(paper.template), paper)

    def _template(self, name: str) -> Fillable:
        if name not in self._prepared:
            try:
                self._prepared[name] = self._searched(name)
            except UserError as error:  # the same for every document of this template
                self._prepared[name] = error
        prepared = self._prepared[name]
        if isinstance(prepared, UserError):
            raise prepared
        return prepared

    def _searched(self, name: str) -> Fillable:
        candidates = (folder / name for folder in self._folders)
        path = next((p for p in candidates if p.is_file()), None)
        if path is None:
            searched = "、".join(str(folder) for folder in self._folders)
            raise UserError(f"没有模板“{name}”。找过的文件夹：{searched}")
        return prepare(path.name, path.read_bytes())


def _filled(template: Fillable, paper: Paper) -> bytes:
    try:
        return template.filled(paper.context, paper.charts, paper.page)
    except FaultyTemplateError as error:
        raise UserError(f"“{paper.name}”的文件没有编成：{error}") from error
