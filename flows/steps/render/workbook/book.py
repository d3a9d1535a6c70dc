"""Workbook templates, prepared once: every finished one then costs only the parts that change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Template, nodes
from lxml import etree

from flows.steps.model import Chart
from flows.steps.ooxml import parsed, write_parts
from flows.steps.render.failing import FAILURES, FaultyTemplateError, faulty, reason
from flows.steps.render.language import Language, generated
from flows.steps.render.look import BrokenPartError, parsed_part
from flows.steps.render.markup import TAG_START, has_tags, put_together
from flows.steps.render.package import Package, open_template, serialized, targets
from flows.steps.render.scan import can_hold_tags
from flows.steps.render.workbook.faults import find_faults, single_braces
from flows.steps.render.workbook.formats import Formats
from flows.steps.render.workbook.grid import S, Sheet, shared_part, sheets_of
from flows.steps.render.workbook.moves import Moves, Path
from flows.steps.render.workbook.printing import (
    Print,
    loops_of,
    place_of,
    read_print,
    source_of,
)
from flows.steps.render.workbook.related import (
    DRAWING,
    has_formulas,
    main_part,
    moved_parts,
    without_caches,
)
from flows.steps.render.workbook.rows import RowWriter, UnfitSheetError
from flows.steps.render.workbook.surroundings import Mover
from flows.steps.render.workbook.traces import without_traces
from flows.steps.render.workbook.values import CellLanguage

MAX_PRINT = 50_000_000  # characters that the tags of a sheet print


@dataclass(frozen=True)
class SheetTemplate:
    """A sheet with the template of its tags and the loops around its rows."""

    sheet: Sheet
    template: Template
    loops: Mapping[int, Path]


@dataclass(frozen=True)
class OtherText:
    """A part without cells whose texts hold tags: a text box, the title of a chart or the file."""

    name: str
    template: Template


@dataclass(frozen=True)
class PreparedBook:
    """A prepared workbook: its sheets, the other texts with tags, and the names in its tags."""

    name: str
    package: Package
    sheets: Sequence[SheetTemplate]
    texts: Sequence[OtherText]
    languages: tuple[Language, Language]
    names: frozenset[str]
    single: Sequence[tuple[str, str]]

    def filled(
        self,
        context: Mapping[str, object],
        charts: Mapping[str, Chart],  # noqa: ARG002  (charts of a workbook show its own cells)
        page: str = "",  # noqa: ARG002  (its numbers stay numbers, without links)
    ) -> bytes:
        """Return the workbook; raises UserError if the template asks for what is not there."""
        for name, place in self.single:
            if name in context or name in self.names:
                raise self._error(f"{place}有一个名称只有一层大括号，要写两层")
        values = {name: context[name] for name in self.names if name in context}
        for language in self.languages:
            language.begin()
        found = {one.sheet.key: self._printed(one, values) for one in self.sheets}
        parts = dict(self.package.parts)
        parts |= {text.name: self._text(text, values) for text in self.texts}
        try:
            parts |= dict(self._finished(found, parts))
        except UnfitSheetError as error:
            raise self._error(str(error)) from error
        return write_parts(parts.items())

    def _printed(self, one: SheetTemplate, values: Mapping[str, object]) -> Print:
        pieces: list[str] = []
        try:
            for piece in generated(one.template, values, MAX_PRINT):
                pieces.append(piece)  # noqa: PERF402  (those before a failure tell its place)
        except FAILURES as error:
            address = place_of("".join(pieces))
            where = f"“{one.sheet.name}”{address}" if address else f"“{one.sheet.name}”的页眉页脚"
            raise self._error(f"{where}：{reason(error)}") from error
        return read_print("".join(pieces), one.sheet, one.loops)

    def _text(self, text: OtherText, values: Mapping[str, object]) -> bytes:
        try:
            content = text.template.render(values).encode()
            parsed_part(content)
        except (*FAILURES, BrokenPartError) as error:
            what = str(error) if isinstance(error, BrokenPartError) else reason(error)
            raise self._error(f"文本框或标题里的标记：{what}") from error
        return content

    def _finished(
        self, found: Mapping[str, Print], parts: Mapping[str, bytes]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield the parts that rows and values change."""
        moves: dict[str, Moves] = {key: each.moves for key, each in found.items()}
        sheets = [one.sheet for one in self.sheets]
        main = parts[self.package.main]
        properties = parsed(main).find(f"{S}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        styles = next(iter(targets(self.package, self.package.main, "styles")), "")
        root = parsed(parts[styles]) if styles else etree.Element(f"{S}styleSheet")
        formats = Formats(root, from_1904=is_1904)
        for sheet in sheets:
            copy = etree.fromstring(etree.tostring(sheet.root))
            RowWriter(sheet, moves, formats).write(copy, found[sheet.key])
            Mover(sheet, moves).move(copy, found[sheet.key])
            yield sheet.part, serialized(copy)
        if formats.changed:
            yield styles, serialized(root)
        yield self.package.main, main_part(main, moves, calculated=has_formulas(sheets))
        package = Package(self.name, self.package.main, parts)
        yield from moved_parts(package, sheets, moves)

    def _error(self, what: str) -> FaultyTemplateError:
        return FaultyTemplateError(self.name, what)


def prepare_book(name: str, content: bytes) -> PreparedBook:
    """Return a prepared workbook; raises UserError if it has faults that no data could mend."""
    opened = without_caches(open_template(name, content))
    sheets = sheets_of(opened)
    faults = find_faults(opened, sheets)
    if faults:
        raise faulty(name, faults)
    package = without_traces(opened, sheets)
    package = Package(name, package.main, {**package.parts, **_without_tags(package)})
    cells, texts = CellLanguage(), Language()
    names: set[str] = set()

    def compiled(language: Language, source: str) -> Template:
        try:
            tree = language.parse(source)
            names.update(node.name for node in tree.find_all(nodes.Name))
            template: Template = language.from_string(language.bounded(tree))
        except (*FAILURES, SyntaxError) as error:
            raise FaultyTemplateError(name, reason(error)) from error
        return template

    templates = [SheetTemplate(s, compiled(cells, source_of(s)), loops_of(s)) for s in sheets]
    others = [OtherText(p, compiled(texts, source)) for p, source in _other_sources(package)]
    single = tuple(single_braces(sheets))
    return PreparedBook(name, package, templates, others, (cells, texts), frozenset(names), single)


def _other_sources(package: Package) -> Iterator[tuple[str, str]]:
    """Yield the parts without cells that hold tags, each with its source for Jinja."""
    for part, root in package.trees():
        is_text = can_hold_tags(root) or root.tag == f"{DRAWING}wsDr"
        if is_text and has_tags(root):
            put_together(root)
            yield part, serialized(root).decode()


def _without_tags(package: Package) -> dict[str, bytes]:
    """Return the part of the shared texts without those that hold tags: cells get their own."""
    part = shared_part(package)
    if not part:
        return {}
    root = parsed(package.parts[part])
    for name in ("count", "uniqueCount"):
        root.attrib.pop(name, None)
    for text in root.iterchildren(f"{S}si"):
        if TAG_START.search("".join(map(str, text.itertext()))):
            text[:] = [etree.Element(f"{S}t")]
    return {part: serialized(root)}
