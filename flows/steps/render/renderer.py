"""Documents by the office's templates: each template is looked for and made ready once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.steps.model import Bulletin, Notice, UserError
from flows.steps.render.template import Prepared, prepare
from schemas.columns import Level

TEMPLATES: Mapping[Level, str] = {
    "city": "全市.docx",
    "county": "县区.docx",
    "enterprise": "企业.docx",
}
NOTICE = "退回通知.docx"


class Renderer:
    """Renders bulletins and notices; `folders` are those of the templates, the first that has a template goes before the others."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._prepared: dict[str, Prepared] = {}

    def render(self, bulletin: Bulletin) -> bytes:
        """Return a bulletin as a .docx; the same bytes for the same bulletin. Raises UserError where its template is at fault."""
        return self._template(TEMPLATES[bulletin.level]).filled(bulletin.context, bulletin.charts)

    def render_notice(self, notice: Notice) -> bytes:
        """Return a return notice as a .docx; raises UserError where its template is at fault."""
        from flows.steps.render.notice import (
            notice_record,
        )  # here, since a bulletin on demand has no use for the rules' names

        return self._template(NOTICE).filled(notice_record(notice), {})

    def _template(self, name: str) -> Prepared:
        if name not in self._prepared:
            path = next(
                (folder / name for folder in self._folders if (folder / name).is_file()), None
            )
            if path is None:
                raise UserError(
                    f"没有模板“{name}”。找过的文件夹：{'、'.join(str(f) for f in self._folders)}"
                )
            self._prepared[name] = prepare_file(path)
        return self._prepared[name]


def prepare_file(path: Path) -> Prepared:
    """Return the template in a file made ready; raises UserError where it cannot be read."""
    return prepare(path.name, path.read_bytes())
