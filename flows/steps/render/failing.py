"""A rendering that fails: in which place of the template, and why, in a Word user's words."""

import re
from collections.abc import Sequence
from types import TracebackType

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import FilterArgumentError, SecurityError
from lxml import etree

from flows.steps.model import UserError
from flows.steps.render.language import TooMuchError, clean
from flows.steps.render.markup import TAG
from flows.steps.render.package import Package
from flows.steps.render.scan import paragraphs

# What a template's own fault raises while it is read or filled in.
FAILURES = (TemplateError, ArithmeticError, TypeError, ValueError, RecursionError)
CHECK = "请用 bulletin template check 检查该模板，按批注改正后再运行"
_QUOTED = re.compile("'([^']+)'")
_PREFIX = re.compile(r"(\{[{%])(?:p|tr|tc|r)?\s*")


class FaultyTemplateError(UserError):
    """A template that cannot be filled in; `what` is the fault without the advice to check."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"模板“{name}”有错：{what}。{CHECK}")
        self.what = what


def faulty(name: str, faults: Sequence[object]) -> FaultyTemplateError:
    """Return what is said of a template with faults: the first of them, and how many there are."""
    more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
    return FaultyTemplateError(name, f"{str(faults[0]).removesuffix('。')}{more}")


def line_of(trace: TracebackType | None) -> int:
    """Return the line of a template at which a rendering failed, 0 if it is not known."""
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def first_line(lines: Sequence[str], index: int) -> int:
    """Return the line at which a piece begins when all of them are put a line each."""
    return index + 1 + sum(line.count("\n") for line in lines[:index])


def place_of(package: Package, part: str, tag: str) -> str:
    """Return the place of a tag in a template, with the tag, as the start of a message."""
    plain = _comparable(tag)
    for paragraph in paragraphs(package):
        tags = TAG.findall(paragraph.text + "".join(text for _, text in paragraph.inner))
        if paragraph.part == part and plain in [_comparable(one) for one in tags]:
            return f"{paragraph.where}的 {tag}："
    return f"{tag}："


def _comparable(tag: str) -> str:
    return "".join(_PREFIX.sub(r"\1", tag).split())


def reason(error: Exception) -> str:
    """Return the reason in Chinese; Jinja's own messages are English."""
    if isinstance(error, UndefinedError):
        names = _QUOTED.findall(str(error)) or [str(error)]
        return f"没有名称“{clean(names[-1])[:40]}”"
    if isinstance(error, FilterArgumentError):
        return f"“{clean(str(error))[:40]}”不能用所写的格式"
    if isinstance(error, ZeroDivisionError):
        return "除数为0，算不出来；请先用 {% if … %} 判断除数不为0，或另写一句话"
    return next((text for kind, text in _REASONS if isinstance(error, kind)), _UNFIT)


_UNFIT = "所写的运算与数据不符"
_TOO_DEEP = "套得太深或数字太长，请改短"
_REASONS: Sequence[tuple[type[Exception], str]] = (
    (SecurityError, "用了模板不支持的写法"),
    (etree.XMLSyntaxError, "有标记与修订痕迹、超链接或表格交错"),
    (TooMuchError, "要生成的内容过大（循环次数太多或文字太长），请检查循环"),
    (TemplateSyntaxError, "标记写得不完整或不合规则"),
    (RecursionError, _TOO_DEEP),
    (SyntaxError, _TOO_DEEP),
    (OverflowError, _TOO_DEEP),
)
