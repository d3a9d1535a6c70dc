"""Templates of the office: checked before a run, commented, previewed; and the names to use."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.definition_book import read_definition
from flows.campaign.document_table import read_documents, shipped_documents
from flows.campaign.folder import CampaignError, CampaignFault
from flows.campaign.marked_template import marked_template
from flows.steps.compose.papers import paper_of
from flows.steps.compose.planning import LEVELS as DOCUMENT_LEVELS
from flows.steps.compose.planning import all_names, planned_for
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
from schemas.definition import Definition
from schemas.documents import FILE as DOCUMENTS_FILE
from schemas.documents import DocumentLine, Kind
from schemas.shipped import shipped

COMMON = "各级简报通用"
DOCUMENT_NAME = "文书"
SAMPLE_NUMBER = "示例〔2022〕1号"
Values = tuple[Mapping[str, Any], Mapping[str, Chart]]  # a document's names, and its charts
# The names of a made-up document that is not made of the month's figures.
_RECORDS: Mapping[Kind, Callable[[Definition], Record]] = {
    "notice": lambda definition: notice_record(sample_notice(definition)),
    "receipt": lambda definition: receipt_record(sample_receipt(definition)),
    "supervision": lambda definition: supervision_record(sample_supervision(definition)),
}


def letter_titles() -> Mapping[Kind, str]:
    """Return the documents that are not made of the month's figures, by their kinds."""
    return {line.kind: line.name for line in shipped_documents() if line.kind in _RECORDS}


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
    line = _line(path, package, definition)
    sample, charts = _sample(line, definition)
    faults = find_faults(package, sample, charts)
    if not faults:
        messages = dict.fromkeys(_failures(path.name, content, _documents(line, definition)))
        faults = [TemplateFault(WHOLE, "", message, package.main, 0) for message in messages]
    return faults


def _failures(name: str, content: bytes, documents: Iterable[Values]) -> Iterator[str]:
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
    line = _line(path, open_template(path.name, content), definition)
    values, charts = next(_documents(line, definition))
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
    for kind, title in letter_titles().items():
        listed += fields_of(title, _RECORDS[kind](definition), known)
    return [*listed, *_document_fields(definition, known, contexts["city"])]


def _document_fields(
    definition: Definition, known: dict[int, str], shared: Record
) -> Iterator[Listed]:
    """Yield the names that documents have beside those of the city's bulletin."""
    line = DocumentLine(DOCUMENT_NAME, "", "sender", "hand", series=SAMPLE_NUMBER)
    values, _ = next(_of_figures(line, definition))
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


def _line(path: Path, package: Package, definition: Definition) -> DocumentLine:
    """Return which document a template is for: by the table, its name, else the names it uses."""
    own = _document_line(path)
    if own is not None:
        return own
    lines = shipped_documents()
    named = [line for line in lines if path.stem.startswith(Path(line.template).stem)]
    if named:
        return named[0]
    unlike = {(line.kind, line.subject): line for line in reversed(lines)}
    return min(
        [line for line in lines if line in unlike.values()],
        key=lambda line: len(find_faults(package, *_sample(line, definition))),
    )


def _document_line(path: Path) -> DocumentLine | None:
    """Return the line of the table beside a template that names it, None if none does."""
    table = path.absolute().parent / DOCUMENTS_FILE
    if not table.is_file():
        return None
    beside = [file.name for file in table.parent.iterdir()]
    lines, _ = read_documents(table.read_bytes(), beside, shipped_documents())
    return next((line for line in lines if line.template == path.name), None)


def _documents(line: DocumentLine, definition: Definition) -> Iterator[Values]:
    """Yield the values and charts of a document for all in the sample month, fullest first."""
    if line.kind == "figures":
        yield from _of_figures(line, definition)
    else:
        yield _RECORDS[line.kind](definition), {}


def _of_figures(line: DocumentLine, definition: Definition) -> Iterator[Values]:
    report = sample_report(definition)
    names = sorted(all_names(report, line), key=lambda name: name not in report.missing)
    if line.subject != "sender":
        first = sample_name(definition, DOCUMENT_LEVELS[line.subject])
        names.sort(key=lambda name: name != first)
    for planned in planned_for(line, names, report.month):
        paper = paper_of(report, planned, SAMPLE_NUMBER if line.series else "")
        yield paper.context, paper.charts


def _sample(
    line: DocumentLine, definition: Definition
) -> tuple[dict[str, object], Mapping[str, Chart]]:
    """Return sample values for all names and the charts' data.

    An empty list is replaced by that of another document, first of the same level.
    """
    documents = list(_documents(line, definition))
    first, charts = documents[0]
    own = DOCUMENT_LEVELS[line.subject]
    levels = [x for x in LEVELS if x != own] if line.kind == "figures" else []
    others = (sample_bulletin(definition, level).context for level in levels)
    values = merged([*(context for context, _ in documents), *others])
    return {name: values[name] for name in first}, charts
