"""Faults of a template, found before a run: where, what, and what to write instead."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from flows.steps.model import Chart, Record
from flows.steps.render.charts import UNSUITABLE, charts_of
from flows.steps.render.language import NAME
from flows.steps.render.resolve import UNKNOWN, Loop, Scope, nearest, parsed, resolve
from flows.steps.render.scan import DOCUMENT, TAG, Paragraph, paragraphs

_PREFIX = re.compile(r"(\{[{%])(p|tr|tc|r)(?=\s)")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_FULL_WIDTH = re.compile("[｛｝]|\\{％|％\\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{\s+[{%]|[%}]\s+\}")
_UNITS = {"p": "段", "tr": "行", "tc": "格"}
_SPECIAL = ("vm", "hm", "cellbg", "colspan")  # of docxtpl, for table cells


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """A fault of a template: place, text, message; `part` and `index` find the paragraph."""

    where: str
    text: str
    message: str
    part: str
    index: int

    def __str__(self) -> str:
        text = self.text if len(self.text) <= 40 else f"{self.text[:40]}…"
        return f"{self.where}：{self.message}。" + (f"原文：{text}" if text else "")


@dataclass
class _Open:
    """A loop or condition that is still open."""

    kind: str
    unit: str
    paragraph: Paragraph
    source: str
    scope: dict[str, Any] = field(default_factory=dict)


def find_faults(
    parts: dict[str, bytes], sample: Scope, charts: Mapping[str, Chart]
) -> list[TemplateFault]:
    """Return a template's faults in document order, checked against sample values and charts."""
    faults = list(_chart_faults(parts, charts))
    by_part: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs(parts):
        by_part.setdefault(paragraph.part, []).append(paragraph)
    for of_part in by_part.values():
        faults += _Checker(sample).of(of_part)
    return sorted(faults, key=lambda f: (f.part != DOCUMENT, f.part, f.index))


def _chart_faults(parts: dict[str, bytes], charts: Mapping[str, Chart]) -> Iterator[TemplateFault]:
    for chart in charts_of(parts, DOCUMENT):
        where = f"图表“{chart.alt}”"
        if chart.alt not in charts:
            yield TemplateFault(
                where, "", f"没有这个图表的数据{nearest(chart.alt, charts)}", DOCUMENT, 0
            )
            continue
        if not chart.replaceable:
            yield TemplateFault(where, "", UNSUITABLE, DOCUMENT, 0)
        for name in [n for n in chart.series if n not in charts[chart.alt].series]:
            hint = nearest(name, charts[chart.alt].series)
            yield TemplateFault(where, "", f"系列“{name}”没有数据{hint}", DOCUMENT, 0)


class _Checker:
    """Follows the tags of one part, with what is open and the names that are set."""

    def __init__(self, sample: Scope) -> None:
        self._sample = sample
        self._open: list[_Open] = []
        self._set: dict[str, Any] = {}

    def of(self, part: Iterable[Paragraph]) -> list[TemplateFault]:
        """Return the faults of one part's paragraphs."""
        faults: list[TemplateFault] = []
        for paragraph in part:
            faults += [_fault(paragraph, message) for message in self._of_paragraph(paragraph)]
        closing = {"if": "endif", "for": "endfor"}
        for left in self._open:
            end = f"{{%{left.unit} {closing[left.kind]} %}}"
            faults.append(_fault(left.paragraph, f"{left.source} 没有对应的 {end}"))
        return faults

    def _scope(self) -> dict[str, Any]:
        scope = dict(self._sample) | self._set
        for one in self._open:
            scope |= one.scope
        return scope

    def _of_paragraph(self, paragraph: Paragraph) -> Iterator[str]:
        text = paragraph.text
        if paragraph.tangled:
            yield paragraph.tangled
        if _FULL_WIDTH.search(text):
            yield "用了全角的大括号或百分号，请改成半角的 {{ }} 或 {% %}"
            return
        rest = TAG.sub("", text)
        if _STRAY.search(rest):
            yield "标记没有写完整：{{ 要有 }}，{% 要有 %}，中间不能换段，两个符号之间不能有空格"
        for tag in TAG.findall(text):
            yield from self._of_tag(tag, paragraph)

    def _of_tag(self, tag: str, paragraph: Paragraph) -> Iterator[str]:
        plain = tag.translate(_QUOTES)
        if plain != tag:
            yield f"{tag} 里用了中文引号，请改成英文引号 '"
        match = _PREFIX.match(plain)
        unit = match[2] if match else ""
        if match:
            plain = match[1] + plain[match.end() :]
        yield from _alone(tag, unit, paragraph)
        if plain.startswith("{{"):
            yield from self._expression(plain, printed=True)
        elif plain.startswith("{%"):
            yield from self._statement(plain, unit, paragraph, tag)

    def _expression(self, source: str, *, printed: bool = False) -> Iterator[str]:
        tree = parsed(source)
        if isinstance(tree, str):
            yield f"{source} {tree}"
            return
        messages: list[str] = []
        output = tree.find(nodes.Output)
        value = resolve(output.nodes[0] if output is not None else tree, self._scope(), messages)
        yield from messages
        if printed and isinstance(value, Record) and NAME not in value:
            yield f"{source} 要写明是其中哪一项：{'、'.join(value)}"

    def _statement(self, source: str, unit: str, paragraph: Paragraph, tag: str) -> Iterator[str]:
        words = source[2:-2].strip("-").split(maxsplit=1)
        word, rest = (words[0] if words else "", words[1] if len(words) > 1 else "")
        if word in ("if", "for"):
            one = _Open(word, unit, paragraph, tag)
            yield from self._opening(one, word, rest)
            self._open.append(one)
        elif word in ("elif", "else", "endif", "endfor"):
            if word == "elif":
                yield from self._expression(f"{{{{ {rest} }}}}")
            yield from self._going_on(word, unit, paragraph, tag)
        elif word == "set":
            name, _, value = rest.partition("=")
            self._set[name.strip()] = UNKNOWN
            yield from self._expression(f"{{{{ {value.strip()} }}}}")
        elif word not in _SPECIAL:
            yield (
                f"{tag} 不认识这个语句；可用的有 if、elif、else、endif、for、endfor，"
                "{%p、{%tr 中间不能有空格"
            )

    def _opening(self, one: _Open, word: str, rest: str) -> Iterator[str]:
        if word == "if":
            yield from self._expression(f"{{{{ {rest} }}}}")
            return
        tree = parsed(f"{{% for {rest} %}}{{% endfor %}}")
        loop = None if isinstance(tree, str) else tree.find(nodes.For)
        if isinstance(tree, str) or loop is None:
            yield f"{one.source} {tree}"
            return
        messages: list[str] = []
        values = resolve(loop.iter, self._scope(), messages)
        yield from messages
        item: Any = values[0] if isinstance(values, tuple) and values else UNKNOWN
        if values is not UNKNOWN and not isinstance(values, tuple):
            yield f"{one.source} 中 in 后面的不是列表，不能循环"
        names = [node.name for node in loop.target.find_all(nodes.Name)]
        names = names or [getattr(loop.target, "name", "")]
        one.scope = dict.fromkeys(names, item) | {"loop": Loop()}

    def _going_on(self, word: str, unit: str, paragraph: Paragraph, tag: str) -> Iterator[str]:
        kind = "for" if word == "endfor" else "if"
        if not self._open or (self._open[-1].kind != kind and word != "else"):
            yield f"{tag} 前面没有对应的 {{%{unit} {kind} … %}}"
            return
        opened = self._open[-1]
        if opened.unit != unit:
            yield f"{tag} 与开头的 {opened.source} 写法不一致，{{%p、{{%tr 等要首尾相同"
        elif not unit and opened.paragraph.index != paragraph.index:
            yield (
                f"{opened.source} 和 {tag} 不在同一段；跨段的请写成 {{%p … %}}，"
                "跨行的写成 {%tr … %}，并且独占一段或一行"
            )
        elif unit == "tr" and opened.paragraph.table != paragraph.table:
            yield f"{tag} 与开头的 {opened.source} 不在同一个表格"
        if word in ("endif", "endfor"):
            self._open.pop()


def _alone(tag: str, unit: str, paragraph: Paragraph) -> Iterator[str]:
    """Yield a message for a tag that replaces its paragraph or row but is not alone in it."""
    if unit in ("tr", "tc") and paragraph.table is None:
        yield f"{tag} 只能写在表格里"
        return
    around = {"p": paragraph.text, "tr": paragraph.row_text}.get(unit, tag)
    if around.strip() != tag:
        yield f"{tag} 要独占一{_UNITS[unit]}，同一{_UNITS[unit]}里的其他内容会丢失"


def _fault(paragraph: Paragraph, message: str) -> TemplateFault:
    return TemplateFault(paragraph.where, paragraph.text, message, paragraph.part, paragraph.index)


def merged(samples: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return sample values for every name; an empty list is replaced by that of a later sample."""
    result: dict[str, Any] = {}
    for sample in samples:
        for name in sample:
            if name not in result or result[name] == ():
                result[name] = sample[name]
    return result
