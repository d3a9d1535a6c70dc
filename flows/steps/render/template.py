"""Word templates, prepared once: a document then costs only the parts that change.

docxtpl's template language (`{%p`, `{%tr` …) becomes plain Jinja in the XML; parts without tags
stay compressed as they are. Every finished part is looked at before it goes into the document.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Template, nodes
from lxml import etree

from flows.steps.model import Chart
from flows.steps.ooxml import write_parts
from flows.steps.render.charts import ChartPart, charts_of, with_own_workbooks
from flows.steps.render.failing import (
    FAILURES,
    FaultyTemplateError,
    faulty,
    first_line,
    line_of,
    place_of,
    reason,
)
from flows.steps.render.faults import find_faults
from flows.steps.render.fitting import set_in_styles, style_for, without_styles
from flows.steps.render.language import FITTED, Language, generated
from flows.steps.render.links import with_links
from flows.steps.render.look import BrokenPartError, looked_at, parsed_part
from flows.steps.render.markup import (
    TAG,
    has_tags,
    jinja_source,
    lift_bookmarks,
    put_together,
    renew_contents,
    without_tags,
)
from flows.steps.render.package import Package, open_template, serialized
from flows.steps.render.remains import without_remains
from flows.steps.render.scan import Paragraph, can_hold_tags, paragraphs, story_name
from flows.steps.render.tags import SINGLE

MAX_PART = 50_000_000  # characters of a finished part
_GROWING = re.compile(r"\{%\s*(tc\b|colspan|hm\b)")
_BEFORE_TAG = re.compile(r"(?=\{\{|\{%)")


@dataclass(frozen=True)
class TextPart:
    """A part with tags: its name, its source, the template of it, what it is.

    `story` are paragraphs of Word; `growing` that its tags can add columns to a table.
    """

    name: str
    source: str
    template: Template
    story: bool
    growing: bool


@dataclass(frozen=True)
class Prepared:
    """A prepared template: unchanged parts, texts with tags, charts, and the names in its tags."""

    name: str
    package: Package
    language: Language
    unchanged: bytes
    texts: Sequence[TextPart]
    charts: Sequence[ChartPart]
    names: frozenset[str]
    single: Sequence[tuple[str, str]]

    def filled(
        self, context: Mapping[str, object], charts: Mapping[str, Chart], page: str = ""
    ) -> bytes:
        """Return the document; raises UserError if the template asks for what is not there.

        Numbers link to their places on `page`, if there is one.
        """
        self._refuse_single_braces(context)
        values = {name: context[name] for name in self.names if name in context}
        self.language.begin(links=bool(page))
        rendered = {text.name: self._rendered(text, values) for text in self.texts}
        parts: list[tuple[str, bytes | str]] = []
        data = {chart.part: chart for chart in self.charts}
        plain = [text for text in self.texts if text.name not in data]
        parts += [(text.name, self._finished(text, rendered[text.name])) for text in plain]
        for chart in self.charts:
            parts += self._chart(chart, rendered.get(chart.part, chart.source), charts)
        document = write_parts(parts, self.unchanged)
        return with_links(document, self.package.main, page) if page else document

    def _refuse_single_braces(self, context: Mapping[str, object]) -> None:
        for name, place in self.single:
            if name in context or name in self.names:
                raise self._error(f"{place}有一个名称只有一层大括号，要写两层")

    def _rendered(self, text: TextPart, values: Mapping[str, object]) -> str:
        try:
            return "".join(generated(text.template, values, MAX_PART))
        except FAILURES as error:
            raise self._error(f"{self._place(text, values)}{reason(error)}") from error

    def _finished(self, text: TextPart, xml: str) -> bytes:
        try:
            if FITTED in xml:
                xml = set_in_styles(xml) if text.story else without_styles(xml)
            if text.story:
                return looked_at(xml, growing=text.growing)
            parsed_part(xml.encode())
        except BrokenPartError as error:
            raise self._error(f"生成的文件打不开（{text.name}）：{error}") from error
        return xml.encode()

    def _chart(
        self, chart: ChartPart, source: str, charts: Mapping[str, Chart]
    ) -> Iterator[tuple[str, bytes]]:
        if chart.alt not in charts:
            known = "、".join(charts)
            raise self._error(f"图表“{chart.alt}”没有数据。可用的图表：{known}")
        try:
            for name, content in chart.filled(charts[chart.alt], without_styles(source)):
                if name == chart.part:
                    parsed_part(content)
                yield name, content
        except BrokenPartError as error:
            raise self._error(f"图表“{chart.alt}”生成后打不开：{error}") from error

    def _place(self, text: TextPart, values: Mapping[str, object]) -> str:
        """Return where in the template a rendering fails: its paragraph and its tag."""
        lines = _BEFORE_TAG.split(text.source)
        template = self.language.from_string(_bounded(self.language, "\n".join(lines)))
        try:
            self.language.begin()
            template.render(values)
        except FAILURES as error:
            line = line_of(error.__traceback__)
            starts = [i for i, one in enumerate(lines) if first_line(lines, i) <= line]
            tag = TAG.search(lines[starts[-1]]) if starts else None
            return place_of(self.package, text.name, tag[0]) if tag else ""
        return ""

    def _error(self, what: str) -> FaultyTemplateError:
        return FaultyTemplateError(self.name, what)


def prepare(name: str, content: bytes) -> Prepared:
    """Return a prepared template; raises UserError if it has faults that no data could mend."""
    opened = open_template(name, content)
    faults = find_faults(opened)
    if faults:
        raise faulty(name, faults)
    package = with_own_workbooks(without_remains(opened))
    charts = charts_of(package)
    language = Language(style_for(_styles(package)))
    sources = dict(_sources(package, {chart.part: chart.source for chart in charts}))
    texts: list[TextPart] = []
    names: set[str] = set()
    for part, (root, source) in sources.items():
        try:
            etree.fromstring(without_tags(source).encode())
            tree = language.parse(source)
            names |= {node.name for node in tree.find_all(nodes.Name)}
            template = language.from_string(language.bounded(tree))
        except (*FAILURES, SyntaxError, etree.XMLSyntaxError) as error:
            raise FaultyTemplateError(name, reason(error)) from error
        growing = bool(_GROWING.search(package.parts[part].decode()))
        texts.append(TextPart(part, source, template, bool(story_name(root)), growing))
    changed = {*sources, *(c.part for c in charts), *(c.workbook for c in charts)}
    unchanged = write_parts((p, data) for p, data in package.parts.items() if p not in changed)
    single = tuple(_single_braces(paragraphs(package)))
    return Prepared(name, package, language, unchanged, texts, charts, frozenset(names), single)


def _styles(package: Package) -> bytes:
    return next((d for p, d in package.parts.items() if p.endswith("/styles.xml")), b"")


def _sources(
    package: Package, charts: Mapping[str, str]
) -> Iterator[tuple[str, tuple[etree._Element, str]]]:
    """Yield the parts with tags, each with its root and its source for Jinja."""
    for part, tree in package.trees():
        root = etree.fromstring(charts[part].encode()) if part in charts else tree
        if not can_hold_tags(root):
            continue
        renewed = renew_contents(root)
        if has_tags(root) or renewed:
            lift_bookmarks(root)
            put_together(root)
            is_story = bool(story_name(root))
            yield part, (root, jinja_source(root) if is_story else serialized(root).decode())


def _single_braces(found: Iterable[Paragraph]) -> Iterator[tuple[str, str]]:
    for paragraph in found:
        for match in SINGLE.finditer(TAG.sub("", paragraph.text)):
            yield match[1], paragraph.where


def _bounded(language: Language, source: str) -> nodes.Template:
    return language.bounded(language.parse(source))
