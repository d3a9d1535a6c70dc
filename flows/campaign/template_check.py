"""Templates of the office: checked before a run, commented, previewed; and the names to use."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from flows.steps.compose.vocabulary import (
    CHART_MEANINGS,
    LEVEL_NAMES,
    Listed,
    fields_of,
    sample_bulletin,
)
from flows.steps.model import Chart, UserError
from flows.steps.ooxml import BadPackageError, read_parts
from flows.steps.render.comments import commented
from flows.steps.render.faults import TemplateFault, find_faults, merged
from flows.steps.render.notice import notice_record, sample_notice
from flows.steps.render.renderer import NOTICE, TEMPLATES
from flows.steps.render.scan import DOCUMENT
from flows.steps.render.template import prepare
from schemas.columns import Level

COMMON, NOTICE_NAME = "各级简报通用", "退回通知"
TemplateKind = Level | Literal["notice"]


def check_template(path: Path) -> list[TemplateFault]:
    """Return a template's faults in document order; raises UserError if it is no Word document."""
    content = _content(path)
    parts = read_parts(content)
    kind = _kind(path, parts)
    sample, charts = _sample(kind)
    faults = find_faults(parts, sample, charts)
    if not faults:
        try:
            prepare(path.name, content).filled(_first(kind), charts)
        except UserError as error:
            faults.append(TemplateFault("全文", "", str(error), DOCUMENT, 0))
    return faults


def commented_copy(path: Path, faults: Sequence[TemplateFault]) -> bytes:
    """Return a copy with faults as Word comments; raises UserError if it is no Word document."""
    return commented(_content(path), faults)


def preview(path: Path) -> bytes:
    """Return a template's document with sample data; raises UserError for a faulty template."""
    content = _content(path)
    kind = _kind(path, read_parts(content))
    return prepare(path.name, content).filled(_first(kind), _sample(kind)[1])


def field_list() -> list[Listed]:
    """Return every name that templates may use, by heading, with meaning, unit and sample value."""
    known: dict[int, str] = {}
    listed: list[Listed] = []
    common = set.intersection(*(set(sample_bulletin(level).context) for level in LEVEL_NAMES))
    for level, title in LEVEL_NAMES.items():
        names = fields_of(title, sample_bulletin(level).context, known)
        shared = [x for x in names if x.heading == title and x.name in common]
        if level == "city":
            listed += [replace(x, heading=COMMON) if x in shared else x for x in names]
        else:
            listed += [x for x in names if x not in shared]
    return [*listed, *fields_of(NOTICE_NAME, notice_record(sample_notice()), known)]


def chart_list() -> Mapping[str, tuple[str, Sequence[str]]]:
    """Return the charts by alternative text, each with its meaning and the names of its series."""
    charts = sample_bulletin("city").charts
    return {alt: (meaning, list(charts[alt].series)) for alt, meaning in CHART_MEANINGS.items()}


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if DOCUMENT not in read_parts(content):
            raise UserError(f"“{path.name}”不是 Word 文档（.docx）。请用 Word 或 WPS 另存为 .docx")
    except FileNotFoundError as error:
        raise UserError(f"没有文件“{path}”") from error
    except BadPackageError as error:
        raise UserError(
            f"“{path.name}”不是 Word 文档（.docx）。请用 Word 或 WPS 另存为 .docx"
        ) from error
    return content


def _kind(path: Path, parts: dict[str, bytes]) -> TemplateKind:
    """Return what a template is for: by its file name, else by the names that it uses."""
    names: dict[str, TemplateKind] = {
        **{Path(file).stem: level for level, file in TEMPLATES.items()},
        Path(NOTICE).stem: "notice",
    }
    for stem, kind in names.items():
        if path.stem.startswith(stem):
            return kind
    return min(names.values(), key=lambda kind: len(find_faults(parts, *_sample(kind))))


def _first(kind: TemplateKind) -> Mapping[str, object]:
    return notice_record(sample_notice()) if kind == "notice" else sample_bulletin(kind).context


def _sample(kind: TemplateKind) -> tuple[dict[str, object], Mapping[str, Chart]]:
    """Return sample values for all names and the charts' data.

    An empty list of the level is replaced by that of another level.
    """
    if kind == "notice":
        return merged([notice_record(sample_notice())]), {}
    bulletin = sample_bulletin(kind)
    others = (sample_bulletin(level).context for level in LEVEL_NAMES if level != kind)
    values = merged([bulletin.context, *others])
    return {name: values[name] for name in bulletin.context}, bulletin.charts
