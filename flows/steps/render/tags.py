"""The tags of a template followed through its paragraphs: what is wrong with each of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from flows.steps.model import Record
from flows.steps.render.charts import REPEATED
from flows.steps.render.language import NAME
from flows.steps.render.markup import TAG
from flows.steps.render.resolve import UNKNOWN, Anything, Loop, Scope, Scopes, parsed, resolve
from flows.steps.render.scan import Paragraph

_PREFIX = re.compile(r"(\{[{%])(p|tr|tc|r)(?=\s)")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_FULL_WIDTH = re.compile("[｛｝]|\\{％|％\\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{\s+[{%]|[%}]\s+\}")
SINGLE = re.compile(r"\{\s*([^\W\d]\w*)((?:\s*\.\s*\w+)*)\s*(\|\s*\w+\s*)?\}")
_UNITS = {"p": "段", "tr": "行", "tc": "格"}
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
        for tag in TAG.findall(text):
            yield from self._of_tag(tag, paragraph)

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
        yield from _alone(tag, unit, paragraph)
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

    def _going_on(self, word: str, unit: str, paragraph: Paragraph, tag: str) -> Iterator[str]:
        kind = "for" if word == "endfor" else "if"
        if not self._open or (self._open[-1].kind != kind and word != "else"):
            yield f"{tag} 前面没有对应的 {{%{unit} {kind} … %}}"
            return
        opened = self._open[-1]
        if opened.unit != unit:
            yield f"{tag} 与开头的 {opened.source} 写法不一致，{{%p、{{%tr 等要首尾相同"
        elif not unit and (opened.paragraph.index, opened.paragraph.where) != (
            paragraph.index,
            paragraph.where,
        ):
            yield (
                f"{opened.source} 和 {tag} 不在同一段；跨段的请写成 {{%p … %}}，"
                "跨行的写成 {%tr … %}，并且独占一段或一行"
            )
        elif unit == "tr" and opened.paragraph.table != paragraph.table:
            yield f"{tag} 与开头的 {opened.source} 不在同一个表格"
        elif unit == "tc" and _row_of(opened.paragraph) != _row_of(paragraph):
            yield f"{tag} 与开头的 {opened.source} 不在同一行"
        elif unit == "p" and opened.paragraph.container != paragraph.container:
            yield (
                f"{tag} 与开头的 {opened.source} 不在同一处：一个在单元格、文本框或内容控件里，"
                "另一个不在；请放在同一单元格或都放在正文里"
            )
        if word in ("endif", "endfor"):
            self._open.pop()


def _row_of(paragraph: Paragraph) -> tuple[int | None, int | None]:
    return paragraph.table, paragraph.row


def _short(source: str) -> str:
    return source if len(source) <= 200 else f"{source[:200]}…"


def _alone(tag: str, unit: str, paragraph: Paragraph) -> Iterator[str]:
    """Yield a message for a tag that replaces its paragraph or row but is not alone in it."""
    if unit in ("tr", "tc") and paragraph.table is None:
        yield f"{tag} 只能写在表格里"
        return
    texts = {"p": paragraph.text, "tr": paragraph.row_text, "tc": paragraph.cell_text}
    if texts.get(unit, tag).strip() != tag:
        yield f"{tag} 要独占一{_UNITS[unit]}，同一{_UNITS[unit]}里的其他内容会丢失"
        return
    beside = {"p": paragraph.beside, "tr": paragraph.row_beside}.get(unit, "")
    if beside:
        one = _UNITS[unit]
        yield f"{tag} 所在的{one}里还有{beside}，会随标记一起丢失；请把{beside}移到另外的{one}里"


def _fault(paragraph: Paragraph, message: str) -> TemplateFault:
    return TemplateFault(paragraph.where, paragraph.text, message, paragraph.part, paragraph.index)
