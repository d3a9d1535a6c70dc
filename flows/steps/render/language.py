"""The template language: Jinja in Word, with no access to anything but the values passed in.

A template is bounded in what it may cost: the turns of all its loops, the length of its texts.

Undefined names are errors, text is escaped for XML and nothing can be called. Of objects only the
named values of records and the counters of loops can be reached. `FILTERS` lists the filters.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import (
    FilterArgumentError,
    SecurityError,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from flows.steps.model import Record
from flows.steps.wording import phrases as wording
from flows.steps.wording.phrases import Count, Fitted, Points, Rate, Sourced, shown

NAME = "名称"  # what a record prints as
LOOP = ("index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem")
FORBIDDEN: tuple[type[nodes.Node], ...] = (
    nodes.Call,
    nodes.Getitem,
    nodes.Slice,  # access to what a template is not given
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Macro,
    nodes.CallBlock,  # other templates
    nodes.EvalContextModifier,
    nodes.ScopedEvalContextModifier,  # turning the escaping off
    nodes.Pow,
    nodes.Mul,
    nodes.Mod,
    nodes.AssignBlock,
    nodes.FilterBlock,
    nodes.Dict,  # results without bounds
)
TOO_DEEP = "too deep or too long"  # the message of a syntax error
MAX_TURNS = 500_000  # of all loops of a document
MAX_TEXT = 100_000  # characters that a template itself puts together
MAX_NUMBER = 10**15
FITTED, STYLED, END = "\ufdd2", "\ufdd3", "\ufdd4"  # around a style's name and the text set in it
SOURCED, OF, SOURCED_END = "\ufdd5", "\ufdd6", "\ufdd7"  # around a number's place and its text
ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BREAKS = re.compile(r"[\r\n\t\x85\u2028\u2029]+")


def listed(values: Iterable[Any], name: str | None = None) -> str:
    """Return values as an enumeration; `name` adds a field: 甲（99.63%）、乙（3.20%）."""
    if name is None:
        return wording.enumerated(values)
    pairs = [(shown(value), shown(value[name])) for value in values]
    return "、".join(f"{one}（{detail}）" if detail else one for one, detail in pairs)


def how_many(values: Iterable[Any]) -> int:
    """Return the number of values in a list."""
    return sum(1 for _ in values)


FILTERS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "百分比": (wording.percent, "印成两位小数的百分比"),
    "人数": (wording.people, "带上单位"),
    "百分点": (wording.points, "两个比率之差，不带正负号"),
    "环比": (wording.month_on_month, "与上月相比的说法"),
    "名次": (wording.place, "名次的说法，同名次的写明并列"),
    "万": (wording.ten_thousands, "满一万的用万作单位，两位小数"),
    "列举": (listed, "用顿号连接；写上字段名的，在括号里附上该字段"),
    "个数": (how_many, "列表中有几个"),
    "汉字": (wording.in_chinese, "1至99的汉字数字"),
}


SOURCES: Mapping[str, Callable[[str, object], str]] = {
    "百分比": wording.with_source,
    "人数": wording.with_source,
    "万": wording.with_source,
    "百分点": wording.with_source_of_change,
    "环比": wording.with_source_of_change,
}


def _with_source(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter whose text keeps the place of its number in 核对.html."""
    keep = SOURCES.get(name)
    if keep is None:
        return function
    return lambda value, *arguments: keep(function(value, *arguments), value)


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter whose error names the value that it could not use."""

    def checked(value: Any, *arguments: Any) -> Any:
        try:
            return function(value, *arguments)
        except (TypeError, ValueError, KeyError) as error:
            raise FilterArgumentError(shown(value)[:40]) from error

    return checked


def _grows(node: nodes.Node) -> bool:
    """Return whether a node is a list of more than constants or names of a loop."""
    if not isinstance(node, (nodes.List, nodes.Tuple)):
        return False
    is_target = isinstance(node, nodes.Tuple) and node.ctx == "store"
    return not is_target and any(not isinstance(item, nodes.Const) for item in node.items)


def _kind_number(node: nodes.Node) -> int:
    """Return the place of a node that is not allowed among the kinds, in which they are named."""
    kinds: tuple[type[nodes.Node], ...] = (*FORBIDDEN, nodes.List, nodes.Tuple)
    return next(number for number, kind in enumerate(kinds) if isinstance(node, kind))


def _within_bounds(value: Any) -> Any:
    """Return a value that a template has worked out; raises TooMuchError for a huge one."""
    is_long = isinstance(value, Sized) and len(value) > MAX_TEXT
    is_large = isinstance(value, int) and abs(value) > MAX_NUMBER
    if is_long or is_large:
        raise TooMuchError("size")
    return value


def clean(text: str) -> str:
    """Return a text without the characters that XML forbids; line breaks and tabs become blanks."""
    return ILLEGAL.sub("", _BREAKS.sub(" ", text))


class _Bounds(NodeTransformer):
    """Counts the turns of loops, and lets `~` go through a filter that bounds what it makes."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  (the name is Jinja's)
        """Return a loop whose turns are counted."""
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_counted", [], [], None, None)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802  (the name is Jinja's)
        """Return a filter in place of `~`."""
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), "_joined", [], [], None, None)


class TooMuchError(TemplateRuntimeError):
    """What a template asks for is larger than any document of an office."""


def generated(template: Template, values: Mapping[str, object], most: int) -> Iterator[str]:
    """Yield what a template prints; raises TooMuchError as soon as that is too long."""
    size = 0
    for piece in template.generate(values):
        yield piece
        size += len(piece)
        if size > most:
            raise TooMuchError("size")


class _Made(threading.local):
    """What the document that a thread makes has taken so far."""

    turns = 0
    links = False


class Language(ImmutableSandboxedEnvironment):
    """The Jinja environment; `fit` returns the character style for a fitted text, None for none.

    A fitted text is printed between signs, with the style's id, since only the finished part shows
    where it stands.
    """

    intercepted_binops = frozenset({"+"})

    def __init__(self, fit: Callable[[Fitted], str | None] = lambda _: None) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=True,
            finalize=self._print,
            keep_trailing_newline=True,
        )
        self._fit = fit
        self.globals.clear()
        self.filters = {
            name: _checked(_with_source(name, function)) for name, (function, _) in FILTERS.items()
        }
        self.filters |= {"_counted": self._counted, "_joined": self._joined}
        self.tests = {name: self.tests[name] for name in ("defined", "none", "odd", "even")}
        self._made = _Made()

    def _print(self, value: Any) -> str:
        if isinstance(value, Record) and NAME not in value:
            raise UndefinedError("、".join(value))
        style = self._fit(value) if isinstance(value, Fitted) else None
        text = clean(shown(value))
        if self._made.links and isinstance(value, (Count, Rate, Points, Sourced)) and value.source:
            return f"{SOURCED}{value.source}{OF}{text}{SOURCED_END}"
        return text if style is None else f"{FITTED}{style}{STYLED}{text}{END}"

    def begin(self, *, links: bool = False) -> None:
        """Begin a document: its loops have made no turn yet.

        With `links` a number is printed between signs, with its place in 核对.html.
        """
        self._made.turns, self._made.links = 0, links

    def _counted(self, values: Any) -> Any:
        """Return what a loop goes through, its turns added to those of the document."""
        if isinstance(values, Sized):
            self._made.turns += len(values)
        if self._made.turns > MAX_TURNS:
            raise TooMuchError("turns")
        return values

    def _joined(self, values: Sequence[Any]) -> str:
        """Return values put together with `~`."""
        return str(_within_bounds("".join(shown(value) for value in values)))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return a sum within bounds."""
        return _within_bounds(super().call_binop(context, operator, left, right))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a named value of a record or a counter of a loop, else an undefined value."""
        if isinstance(obj, Record):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a named value; lists cannot be indexed."""
        return (
            self.getattr(obj, argument)
            if isinstance(argument, str)
            else self.undefined(obj=obj, name=argument)
        )

    def bounded(self, tree: nodes.Template) -> nodes.Template:
        """Return a template whose loops are counted and whose texts are put together in bounds."""
        _Bounds().visit(tree)
        tree.set_environment(self)
        return tree

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002  (whatever it is)
        """Return False: nothing can be called."""
        return False

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            tree = super()._parse(source, name, filename)
        except (RecursionError, ValueError) as error:  # nested too deeply; a number too long
            raise TemplateSyntaxError(TOO_DEEP, 1) from error
        every = list(tree.find_all(nodes.Node))
        wrong = [node for node in every if isinstance(node, FORBIDDEN) or _grows(node)]
        if wrong:
            first = min(wrong, key=_kind_number)
            raise SecurityError(f"line {first.lineno}: {type(first).__name__}")
        if any(isinstance(node, nodes.Name) and node.name == "self" for node in every):
            raise SecurityError("Call")
        return tree
