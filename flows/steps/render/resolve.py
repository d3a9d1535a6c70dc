"""Expressions of the template language resolved against the values of a sample bulletin."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError

from flows.steps.model import Record
from flows.steps.render.language import FILTERS, LOOP, TOO_DEEP, Language

UNKNOWN = object()  # a value without a sample: what is asked of it cannot be checked
LONGEST = 2_000  # characters of a tag
_LANGUAGE = Language()
Scope = Mapping[str, Any]
_FULL_WIDTH: Mapping[str, str] = {
    "｜": "|",
    "．": ".",
    "。": ".",
    "：": ".",
    "，": ",",
    "（": "(",
    "）": ")",
    "＝": "=",
    "％": "%",
    "＞": ">",
    "＜": "<",
    "！": "!",
}


@dataclass(frozen=True)
class Loop:
    """The variable `loop` inside a loop."""


class Anything(Mapping[str, Any]):
    """Names of which nothing is known but that each of them may be used."""

    def __getitem__(self, name: str) -> Any:
        return UNKNOWN

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Scopes(Mapping[str, Any]):
    """Names of several scopes, the first that has one counts."""

    def __init__(self, *scopes: Scope) -> None:
        self._scopes = scopes

    def __getitem__(self, name: str) -> Any:
        scope = next((s for s in self._scopes if name in s), {})
        return scope[name]

    def __contains__(self, name: object) -> bool:
        return any(name in scope for scope in self._scopes)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for scope in self._scopes for name in scope))

    def __len__(self) -> int:
        return len(list(iter(self)))


def parsed(source: str) -> nodes.Template | str:
    """Return the syntax tree of a piece of a template, or a message for a Word user."""
    if len(source) > LONGEST:
        return f"标记太长，超过 {LONGEST} 个字符，请分成几个"
    try:
        return _LANGUAGE.parse(source)
    except SecurityError as error:
        if str(error).split(": ")[-1] in ("Call", "Getitem", "Slice"):
            return "不能调用函数，也不能访问程序内部"
        if str(error).split(": ")[-1] in ("List", "Tuple", "Dict"):
            return "不能自己拼列表"
        return "这里用了简报模板不支持的写法"
    except TemplateSyntaxError as error:
        return _syntax(source, error.message or "")


def resolve(node: nodes.Node, scope: Scope, faults: list[str]) -> Any:
    """Return the sample value of an expression, UNKNOWN if none; adds messages to `faults`."""
    if isinstance(node, nodes.Name):
        return _name(node.name, scope, faults)
    if isinstance(node, nodes.Getattr):
        value = resolve(node.node, scope, faults)
        return _attribute(value, node.attr, f"“{_spoken(node.node)}”", faults)
    if isinstance(node, nodes.Filter):
        return _filtered(node, scope, faults)
    if isinstance(node, nodes.Const):
        return node.value
    for child in node.iter_child_nodes():
        resolve(child, scope, faults)
    return UNKNOWN


def nearest(name: str, known: Iterator[str] | Mapping[str, Any]) -> str:
    """Return a hint at the most similar known name, an empty text if there is none."""
    matches = difflib.get_close_matches(name, list(known), 1, 0.4)
    return f"，是否应为“{matches[0]}”" if matches else ""


def _name(name: str, scope: Scope, faults: list[str]) -> Any:
    if name in scope:
        return scope[name]
    faults.append(f"没有名称“{name}”{nearest(name, scope)}")
    return UNKNOWN


def _spoken(node: nodes.Node) -> str:
    """Return the last name of an expression, as messages call it."""
    return str(node.name if isinstance(node, nodes.Name) else getattr(node, "attr", "这里"))


def _attribute(value: Any, name: str, of: str, faults: list[str]) -> Any:
    if name.startswith("_"):
        faults.append(f"“{name}”是程序内部的名称，模板中不能使用")
        return UNKNOWN
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, Loop):
        if name not in LOOP:
            faults.append(f"“loop”后面没有“{name}”{nearest(name, iter(LOOP))}")
        return 1
    if isinstance(value, Record):
        if name in value:
            return value[name]
        faults.append(f"{of}没有“{name}”{nearest(name, value)}")
        return UNKNOWN
    faults.append(
        f"{of}是列表，请用循环逐个取出后再写“{name}”"
        if isinstance(value, tuple)
        else f"{of}没有下一级，不能写“{name}”"
    )
    return UNKNOWN


def _filtered(node: nodes.Filter, scope: Scope, faults: list[str]) -> Any:
    value = resolve(node.node, scope, faults) if node.node is not None else UNKNOWN
    if node.name not in FILTERS:
        faults.append(
            f"没有格式“{node.name}”{nearest(node.name, FILTERS)}；可用的有：{'、'.join(FILTERS)}"
        )
    elif node.name in ("列举", "个数") and value is not UNKNOWN and not isinstance(value, tuple):
        faults.append(f"“{node.name}”只能用于列表")
    elif node.name == "列举" and node.args and isinstance(value, tuple) and value:
        _attribute(
            value[0],
            str(getattr(node.args[0], "value", "")),
            f"“{_spoken(node.node)}”中每一个都" if node.node else "",
            faults,
        )
    return UNKNOWN


def _syntax(source: str, message: str) -> str:
    if message == TOO_DEEP:
        return "括号套得太深或数字太长，请改短"
    for wrong, right in _FULL_WIDTH.items():
        if wrong in source:
            return f"标记里用了全角符号“{wrong}”，请改成半角“{right}”"
    if "unknown tag" in message:
        return (
            "不认识这个语句；可用的有 if、elif、else、endif、for、endfor，{%p、{%tr 中间不能有空格"
        )
    return "标记写得不完整或不合规则"
