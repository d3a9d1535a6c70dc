"""Word templates, prepared once: a document then costs only the parts that change.

docxtpl's template language (`{%p`, `{%tr` …) becomes plain Jinja in the XML; parts without tags
stay compressed as they are.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docxtpl import DocxTemplate
from jinja2 import Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import FilterArgumentError, SecurityError
from lxml import etree

from flows.steps.model import Chart, UserError
from flows.steps.ooxml import read_parts, write_parts
from flows.steps.render.charts import ChartPart, charts_of
from flows.steps.render.fitting import style_for
from flows.steps.render.language import Language, clean

DOCUMENT = "word/document.xml"
_TEXTS = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml|docProps/core\.xml"
)
_TAG = re.compile(r"\{[{%#]")
# some programs write ' and " as entities inside tags
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile("'([^']+)'")
_GROWING = re.compile(r"\{%\s*(tc\b|colspan|hm\b)")
_DRAWING = re.compile(r'(<wp:docPr\b[^>]*?\bid=")(\d+)(")')
_EMPTY_CELL = re.compile(r"(</w:tcPr>|<w:tc>)\s*</w:tc>")


@dataclass(frozen=True)
class Prepared:
    """A prepared template: unchanged parts, texts with tags, charts, and the names in its tags."""

    name: str
    unchanged: bytes
    texts: Sequence[tuple[str, Template, bool]]
    charts: Sequence[ChartPart]
    names: frozenset[str]

    def filled(self, context: Mapping[str, object], charts: Mapping[str, Chart]) -> bytes:
        """Return the document; raises UserError if the template asks for what is not there."""
        try:
            values = {name: context[name] for name in self.names if name in context}
            parts: list[tuple[str, bytes | str]] = [
                (part, _text(text.render(values), growing)) for part, text, growing in self.texts
            ]
        except (TemplateError, ArithmeticError, TypeError) as error:
            raise faulty(self.name, error) from error
        for chart in self.charts:
            if chart.alt not in charts:
                known = "、".join(charts)
                raise UserError(
                    f"模板“{self.name}”中的图表“{chart.alt}”没有数据。可用的图表：{known}"
                )
            parts += chart.filled(charts[chart.alt])
        return write_parts(parts, self.unchanged)


def prepare(name: str, content: bytes) -> Prepared:
    """Return a prepared template; raises UserError if its tags cannot be parsed."""
    parts = read_parts(content)
    language = Language(style_for(parts.get("word/styles.xml", b"")))
    texts, names = [], set[str]()
    for part in [p for p in parts if _TEXTS.fullmatch(p)]:
        source = parts[part].decode()
        if _TAG.search(re.sub(r"<[^>]+>", "", source)):
            patched = _TAGS.sub(lambda m: html.unescape(m[0]), DocxTemplate(None).patch_xml(source))
            try:
                etree.fromstring(_TAGS.sub("", patched).encode())
                tree = language.parse(patched)
                names |= {node.name for node in tree.find_all(nodes.Name)}
                texts.append((part, language.from_string(tree), bool(_GROWING.search(source))))
            except (TemplateError, etree.XMLSyntaxError) as error:
                raise faulty(name, error) from error
    charts = [chart for part, _, _ in texts for chart in charts_of(parts, part)] or charts_of(
        parts, DOCUMENT
    )
    changed = (
        {part for part, _, _ in texts} | {c.part for c in charts} | {c.workbook for c in charts}
    )
    unchanged = write_parts((part, data) for part, data in parts.items() if part not in changed)
    return Prepared(name, unchanged, texts, charts, frozenset(names))


def faulty(name: str, error: Exception) -> UserError:
    """Return the message for a template that cannot be filled in."""
    return UserError(
        f"模板“{name}”有错：{_reason(error)}。"
        "请用 bulletin template check 检查该模板，按批注改正后再运行"
    )


def _reason(error: Exception) -> str:
    """Return the reason in Chinese; Jinja's own messages are English."""
    if isinstance(error, UndefinedError):
        names = _QUOTED.findall(str(error)) or [str(error)]
        return f"没有名称“{clean(names[-1])[:40]}”"
    if isinstance(error, FilterArgumentError):
        return f"“{clean(str(error))[:40]}”不能用所写的格式"
    if isinstance(error, SecurityError):
        return "用了模板不支持的写法"
    if isinstance(error, etree.XMLSyntaxError):
        return "有标记与修订痕迹、超链接或表格交错"
    if isinstance(error, TemplateSyntaxError):
        return "标记写得不完整或不合规则"
    return "所写的运算与数据不符"


def _text(xml: str, growing: bool) -> str:
    """Return a rendered part, repaired: drawing ids, emptied cells, added columns."""
    xml = _EMPTY_CELL.sub(r"\1<w:p/></w:tc>", xml)
    numbers = [m[2] for m in _DRAWING.finditer(xml)]
    if len(set(numbers)) < len(numbers):
        following = iter(range(1, len(numbers) + 1))
        xml = _DRAWING.sub(lambda m: f"{m[1]}{next(following)}{m[3]}", xml)
    if growing:
        tree = DocxTemplate(None).fix_tables(xml.encode())
        return str(etree.tostring(tree, encoding="unicode"))
    return xml
