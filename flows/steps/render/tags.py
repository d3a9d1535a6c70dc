"""The tags of a template followed through its paragraphs: what is wrong with each of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from jinja2 import nodes

from flows.steps.model import Record
from flows.steps.render.charts import REPEATED
from flows.steps.render.language import NAME
from flows.steps.render.markup import TAG
from flows.steps.render.placing import alone, apart
from flows.steps.render.resolve import UNKNOWN, Anything, Loop, Scope, Scopes, parsed, resolve
from flows.steps.render.scan import Paragraph

_PREFIX = re.compile(r"(\{[{%])(p|tr|tc|r)(?=\s)")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_FULL_WIDTH = re.compile("[｛｝]|\\{％|％\\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{\s+[{%]|[%}]\s+\}")
SINGLE = re.compile(r"\{\s*([^\W\d]\w*)((?:\s*\.\s*\w+)*)\s*(\|\s*\w+\s*)?\}")
_SPECIAL = ("vm", "hm", "cellbg", "colspan")  # of docxtpl, for table cells
_STATEMENTS = (
    "不认识这个语句；可用的有 if、elif、else、endif、for、endfor，{%p、{%tr 中间不能有空格"
)


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


def word_of(tag: str) -> str:
    """Return the word of a statement, such as `for`, an empty text for other tags."""
    plain = _PREFIX.sub(r"\1", tag)
    words = plain[2:-2].strip("-").split(maxsplit=1)
    return words[0] if plain.startswith("{%") and words else ""


class TagChecker:
    """Follows the tags of one part, with what is open and the names that are set."""

    def __init__(self, sample: Scope | None) -> None:
        self._is_sampled = sample is not None
        self._sample = Anything() if sample is None else sample
        self._open: list[_Open] = []
        self._set: dict[str, Any] = {}
        self._loops: list[Scope] = []  # all so far, closed ones too

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

    def _scope(self) -> Scope:
        scopes = [one.scope for one in reversed(self._open)]
        return Scopes(*scopes, self._set, self._sample)

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
        yield from self._single_braces(rest)
        if paragraph.charts and any(one.kind == "for" for one in self._open):
            yield f"图表{REPEATED}"
        opened = len(self._loops)
        for tag in TAG.findall(text):
            yield from self._of_tag(tag, paragraph)
        scope = Scopes(*self._loops[opened:], self._scope())
        for kind, inner in paragraph.inner:
            alone = replace(paragraph, text=inner, inner=(), tangled="", charts=0)
            for fault in TagChecker(scope if self._is_sampled else None).of([alone]):
                yield f"{kind}里：{fault.message}"

    def _single_braces(self, rest: str) -> Iterator[str]:
        """Yield a message for a name that stands between single braces."""
        if self._is_sampled:
            scope = self._scope()
            for match in SINGLE.finditer(rest):
                if match[1] in scope:
                    inner = match[0][1:-1].strip()
                    yield f"{match[0]} 少了一层大括号，请写成 {{{{ {inner} }}}}"

    def _of_tag(self, tag: str, paragraph: Paragraph) -> Iterator[str]:
        plain = tag.translate(_QUOTES)
        if plain != tag:
            yield f"{tag} 里用了中文引号，请改成英文引号 '"
        match = _PREFIX.match(plain)
        unit = match[2] if match else ""
        if match:
            plain = match[1] + plain[match.end() :]
        yield from alone(tag, unit, paragraph)
        if plain.startswith("{{"):
            if unit:
                yield f"{tag} 不能带前缀 {unit}，请写成 {{{{ {plain[2:-2].strip()} }}}}"
            yield from self._expression(plain, printed=True)
        elif plain.startswith("{%"):
            yield from self._statement(plain, unit, paragraph, tag)

    def _expression(self, source: str, *, printed: bool = False) -> Iterator[str]:
        tree = parsed(source)
        if isinstance(tree, str):
            yield f"{_short(source)} {tree}"
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
            yield f"{tag} {_STATEMENTS}"

    def _opening(self, one: _Open, word: str, rest: str) -> Iterator[str]:
        if word == "if":
            yield from self._expression(f"{{{{ {rest} }}}}")
            return
        tree = parsed(f"{{% for {rest} %}}{{% endfor %}}")
        loop = None if isinstance(tree, str) else tree.find(nodes.For)
        if isinstance(tree, str) or loop is None:
            yield f"{_short(one.source)} {tree}"
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
        self._loops.append(one.scope)

    def _going_on(self, word: str, unit: str, paragraph: Paragraph, tag: str) -> Iterator[str]:
        kind = "for" if word == "endfor" else "if"
        if not self._open or (self._open[-1].kind != kind and word != "else"):
            yield f"{tag} 前面没有对应的 {{%{unit} {kind} … %}}"
            return
        opened = self._open[-1]
        if opened.unit != unit:
            yield f"{tag} 与开头的 {opened.source} 写法不一致，{{%p、{{%tr 等要首尾相同"
        else:
            yield from apart(opened.paragraph, opened.source, paragraph, tag, unit)
        if word in ("endif", "endfor"):
            self._open.pop()


def _short(source: str) -> str:
    return source if len(source) <= 200 else f"{source[:200]}…"


def _fault(paragraph: Paragraph, message: str) -> TemplateFault:
    return TemplateFault(paragraph.where, paragraph.text, message, paragraph.part, paragraph.index)
