"""The template language in cells: a number is printed with its value, so that it can stay one."""

import re
from datetime import date
from fractions import Fraction
from typing import Any

from jinja2.exceptions import UndefinedError

from flows.steps.model import Record
from flows.steps.render.language import ILLEGAL, NAME, Language
from flows.steps.wording.phrases import Count, Place, Points, Rate, shown
from schemas.amounts import in_decimals

START, STOP = "\ufdd0", "\ufdd1"  # around a mark; no text of a template or a value holds them
VALUE, VALUE_END = "V", "v"  # around what a tag prints, with its number
_BREAK = re.compile(r"\r\n?")


def mark(kind: str, what: object = "") -> str:
    """Return a mark in the text that a template gives."""
    return f"{START}{kind}{what}{STOP}"


def clean(text: str) -> str:
    """Return a text without the characters that XML forbids; its lines are kept."""
    return ILLEGAL.sub("", _BREAK.sub("\n", text))


class CellLanguage(Language):
    """The Jinja environment of workbooks: texts are not escaped, numbers carry their values."""

    def __init__(self) -> None:
        super().__init__()
        self.autoescape = False

    def _print(self, value: Any) -> str:
        if isinstance(value, Record) and NAME not in value:
            raise UndefinedError("、".join(value))
        return f"{mark(VALUE, number_of(value))}{clean(shown(value))}{mark(VALUE_END)}"


def number_of(value: object) -> str:
    """Return what a value is as a number, "" for none: n a number, r a rate, p points, d a day."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, Count):
        return f"n{in_decimals(int(value), value.decimals)}" if value.known else ""
    if isinstance(value, (int, float)):
        return f"n{value!r}"
    if isinstance(value, Place):
        return "" if value.value is None else f"n{value.value}"
    if isinstance(value, Points):
        return "" if value.value is None else f"p{value.value}"
    rate = value.value if isinstance(value, Rate) else value
    if isinstance(rate, Fraction):
        return f"r{rate}"
    return f"d{value.isoformat()}" if isinstance(value, date) else ""
