"""Renders documents by the office's templates; each template is searched for and prepared once."""

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
    """Renders bulletins and notices; the first of `folders` with a template takes precedence."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._prepared: dict[str, Prepared] = {}

    def render(self, bulletin: Bulletin) -> bytes:
        """Return a bulletin as a .docx, in the same bytes each time; raises UserError."""
        template = self._template(TEMPLATES[bulletin.level])
        return template.filled(bulletin.context, bulletin.charts)

    def render_notice(self, notice: Notice) -> bytes:
        """Return a return notice as a .docx; raises UserError for a faulty template."""
        # imported late: a single bulletin has no use for the names of the rules
        from flows.steps.render.notice import notice_record

        return self._template(NOTICE).filled(notice_record(notice), {})

    def _template(self, name: str) -> Prepared:
        if name not in self._prepared:
            candidates = (folder / name for folder in self._folders)
            path = next((p for p in candidates if p.is_file()), None)
            if path is None:
                searched = "、".join(str(folder) for folder in self._folders)
                raise UserError(f"没有模板“{name}”。找过的文件夹：{searched}")
            self._prepared[name] = prepare_file(path)
        return self._prepared[name]


def prepare_file(path: Path) -> Prepared:
    """Return the prepared template of a file; raises UserError for one that cannot be read."""
    return prepare(path.name, path.read_bytes())
