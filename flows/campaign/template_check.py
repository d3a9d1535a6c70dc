"""Templates of the office: checked before a run, commented, previewed; and the names to use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.definition_book import read_definition
from flows.campaign.document_table import read_documents, shipped_documents
from flows.campaign.folder import CampaignError, CampaignFault
from flows.campaign.marked_template import marked_template
from flows.steps.compose import compose, names_of
from flows.steps.compose.papers import LEVELS as PAPER_LEVELS
from flows.steps.compose.papers import all_names, paper_of, papers_of
from flows.steps.compose.sample import sample_name, sample_report
from flows.steps.compose.vocabulary import (
    LEVELS,
    Listed,
    chart_meanings,
    fields_of,
    level_titles,
    sample_bulletin,
)
from flows.steps.model import Chart, Record, UserError
from flows.steps.render.comments import commented
from flows.steps.render.failing import FaultyTemplateError
from flows.steps.render.faults import WHOLE, merged
from flows.steps.render.notice import notice_record, sample_notice
from flows.steps.render.package import Package, is_workbook, open_template
from flows.steps.render.receipt import receipt_record, sample_receipt
from flows.steps.render.tags import TemplateFault
from flows.steps.render.templates import find_faults, find_notes, prepare
from flows.steps.supervision import sample_supervision, supervision_record
from schemas.columns import Level
from schemas.definition import Definition
from schemas.documents import BULLETINS, NOTICE, RECEIPT, SUPERVISION, DocumentLine
from schemas.documents import FILE as DOCUMENTS_FILE
from schemas.shipped import shipped

COMMON = "各级简报通用"
DOCUMENT_NAME = "文书"
SAMPLE_NUMBER = "示例〔2022〕1号"
Letter = Literal["notice", "receipt", "supervision"]
TemplateKind = Level | Letter | DocumentLine
LETTERS: Mapping[Letter, str] = {
    "notice": Path(NOTICE).stem,
    "receipt": Path(RECEIPT).stem,
    "supervision": Path(SUPERVISION).stem,
}


def _letter(kind: Letter, definition: Definition) -> Record:
    """Return the values of a made-up document that is no bulletin."""
    if kind == "notice":
        return notice_record(sample_notice(definition))
    if kind == "receipt":
        return receipt_record(sample_receipt(definition))
    return supervision_record(sample_supervision(definition))


def definition_for(path: Path) -> Definition:
    """Return the definition of the campaign folder that a template lies in, else the retirees'.

    Raises CampaignError for a definition with faults.
    """
    file = path.absolute().parent.parent / DEFINITION_FILE
    if not file.is_file():
        return shipped()
    definition, faults = read_definition(file.read_bytes())
    if definition is None:
        raise CampaignError([CampaignFault(DEFINITION_FILE, *fault) for fault in faults])
    return definition


def check_template(path: Path, definition: Definition) -> list[TemplateFault]:
    """Return a template's faults in document order; raises UserError for any other file.

    A template without faults is filled in for every subject of the sample month.
    """
    content = _content(path)
    package = open_template(path.name, content)
    kind = _kind(path, package, definition)
    sample, charts = _sample(kind, definition)
    faults = find_faults(package, sample, charts)
    if not faults:
        messages = dict.fromkeys(_failures(path.name, content, _documents(kind, definition)))
        faults = [TemplateFault(WHOLE, "", message, package.main, 0) for message in messages]
    return faults


def _failures(
    name: str, content: bytes, documents: Iterable[tuple[Mapping[str, Any], Mapping[str, Chart]]]
) -> Iterator[str]:
    try:
        prepared = prepare(name, content)
    except FaultyTemplateError as error:
        yield error.what
        return
    for values, charts in documents:
        try:
            prepared.filled(values, charts)
        except FaultyTemplateError as error:
            yield error.what


def template_notes(path: Path) -> list[str]:
    """Return what the clerk should know of a template that is no fault."""
    return find_notes(open_template(path.name, _content(path)))


def commented_copy(path: Path, faults: Sequence[TemplateFault]) -> bytes:
    """Return a copy with the faults as comments; raises UserError if it is no template."""
    mark = marked_template if is_workbook(path.name) else commented
    return mark(path.name, _content(path), faults)


def preview(path: Path, definition: Definition) -> bytes:
    """Return a template's document with sample data; raises UserError for a faulty template."""
    content = _content(path)
    kind = _kind(path, open_template(path.name, content), definition)
    values, charts = next(_documents(kind, definition))
    return prepare(path.name, content).filled(values, charts)


def field_list(definition: Definition) -> list[Listed]:
    """Return every name that templates may use, by heading, with meaning, unit and sample value."""
    known: dict[int, str] = {}
    listed: list[Listed] = []
    contexts = {level: sample_bulletin(definition, level).context for level in LEVELS}
    common = set.intersection(*map(set, contexts.values()))
    for level, title in level_titles(definition).items():
        names = fields_of(title, contexts[level], known)
        shared = [x for x in names if x.heading == title and x.name in common]
        if level == "city":
            listed += [replace(x, heading=COMMON) if x in shared else x for x in names]
        else:
            listed += [x for x in names if x not in shared]
    for kind, title in LETTERS.items():
        listed += fields_of(title, _letter(kind, definition), known)
    return [*listed, *_document_fields(definition, known, contexts["city"])]


def _document_fields(
    definition: Definition, known: dict[int, str], shared: Record
) -> Iterator[Listed]:
    """Yield the names that documents have beside those of the city's bulletin."""
    line = DocumentLine(DOCUMENT_NAME, "", "sender", "hand", series=SAMPLE_NUMBER)
    values, _ = next(_papers(line, definition))
    names = fields_of(DOCUMENT_NAME, cast(Record, values), known)
    yield from (x for x in names if x.heading != DOCUMENT_NAME or x.name not in shared)


def chart_list(definition: Definition) -> Mapping[str, tuple[str, Sequence[str]]]:
    """Return the charts by alternative text, each with its meaning and the names of its series."""
    charts = sample_bulletin(definition, "city").charts
    meanings = chart_meanings(definition)
    return {alt: (meaning, list(charts[alt].series)) for alt, meaning in meanings.items()}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"没有文件“{path}”") from error


def _kind(path: Path, package: Package, definition: Definition) -> TemplateKind:
    """Return what a template is for: by its file name, else by the names that it uses."""
    line = _document_line(path)
    if line is not None:
        return line
    names: dict[str, TemplateKind] = {
        **{Path(file).stem: level for level, file in BULLETINS.items()},
        **{title: letter for letter, title in LETTERS.items()},
    }
    for stem, kind in names.items():
        if path.stem.startswith(stem):
            return kind
    return min(
        names.values(), key=lambda kind: len(find_faults(package, *_sample(kind, definition)))
    )


def _document_line(path: Path) -> DocumentLine | None:
    """Return the line of the table beside a template that names it, None if none does."""
    table = path.absolute().parent / DOCUMENTS_FILE
    if not table.is_file():
        return None
    beside = [file.name for file in table.parent.iterdir()]
    lines, _ = read_documents(table.read_bytes(), beside, shipped_documents())
    return next((line for line in lines if line.template == path.name), None)


def _papers(
    line: DocumentLine, definition: Definition
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Chart]]]:
    """Yield the values and charts of a document for everybody in the sample month."""
    report = sample_report(definition)
    names = sorted(all_names(report, line), key=lambda name: name not in report.missing)
    if line.subject != "sender":
        first = sample_name(definition, PAPER_LEVELS[line.subject])
        names.sort(key=lambda name: name != first)
    for planned in papers_of(report, line, names):
        paper = paper_of(report, planned, SAMPLE_NUMBER if line.series else "")
        yield paper.context, paper.charts


def _documents(
    kind: TemplateKind, definition: Definition
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Chart]]]:
    """Yield the values and charts of every document of the sample month, the fullest first."""
    if isinstance(kind, DocumentLine):
        yield from _papers(kind, definition)
        return
    if kind == "notice" or kind == "receipt" or kind == "supervision":
        yield _letter(kind, definition), {}
        return
    report, first = sample_report(definition), sample_name(definition, kind)
    others = [name for name in names_of(report, kind) if name != first]
    for name in (first, *others):
        bulletin = compose(report, kind, name)
        yield bulletin.context, bulletin.charts


def _sample(
    kind: TemplateKind, definition: Definition
) -> tuple[dict[str, object], Mapping[str, Chart]]:
    """Return sample values for all names and the charts' data.

    An empty list is replaced by that of another document, first of the same level.
    """
    documents = list(_documents(kind, definition))
    first, charts = documents[0]
    own = PAPER_LEVELS[kind.subject] if isinstance(kind, DocumentLine) else kind
    levels = [level for level in LEVELS if level != own and own in LEVELS]
    others = (sample_bulletin(definition, level).context for level in levels)
    values = merged([*(context for context, _ in documents), *others])
    return {name: values[name] for name in first}, charts
