"""Figures as bulletins word them: rates, counts, places and their change since last month.

The value types print themselves, so that a template needs no formatting; the functions are the
filters of the template language. flows.steps.wording.numbers decides how a number is printed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import total_ordering
from typing import Any, Literal

from flows.steps.months import in_words
from flows.steps.wording import numbers as printing
from flows.steps.wording.numbers import NOTHING
from schemas.amounts import in_decimals
from schemas.columns import LINE_NAMES

# What a difference rests on: "first" if there is no month before, "new" if the subject is new,
# "gap" if the month before has no figures.
Basis = Literal["known", "first", "new", "gap"]
LAST_MONTH = "上月"
_NOT_COMPARED = {"first": "首期无上月数据", "gap": "上月无数据"}
_DIGITS = "零一二三四五六七八九"


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """A rate with its difference to last month, or to the month named `since`. Prints as 99.63%.

    Both are exact, None for a denominator of 0. `source` is its place in 核对.html, empty for none.
    """

    value: Fraction | None
    change: Fraction | None = None
    basis: Basis = "known"
    since: str = LAST_MONTH
    source: str = ""

    def __str__(self) -> str:
        return printing.percent(self.value)

    def __bool__(self) -> bool:
        return self.value is not None

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Rate) else other)

    def __lt__(self, other: Any) -> bool:  # whatever a template compares a rate with
        value = other.value if isinstance(other, Rate) else other
        return self.value is not None and value is not None and self.value < value

    __hash__ = None  # type: ignore[assignment]  # a template compares rates, nobody collects them


@dataclass(frozen=True, slots=True)
class Points:
    """A difference of two rates. Prints as +3.25, without `signed` as 3.25; — if there is none.

    `source` is its place in 核对.html, empty for none.
    """

    value: Fraction | None
    signed: bool = True
    source: str = ""

    def __str__(self) -> str:
        if self.signed or self.value is None:
            return printing.signed_points(self.value)
        return printing.points(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)


class Count(int):
    """A count with its unit and its difference to last month. Prints as 24282.

    One that is not `known` counts as 0 and prints as —: no ledger says what it is. An amount is a
    whole number of its smallest unit: 123450 with two `decimals` prints as 1234.50. `source` is its
    place in 核对.html, empty for none.
    """

    unit: str
    change: int | None
    basis: Basis
    known: bool
    decimals: int
    source: str

    def __new__(
        cls,
        value: int,
        unit: str = "人",
        change: int | None = None,
        basis: Basis = "known",
        *,
        known: bool = True,
        decimals: int = 0,
        source: str = "",
    ) -> "Count":
        """Return the count; `change` is None if last month has no such figure."""
        self = super().__new__(cls, value)
        self.unit, self.change, self.basis = unit, change, basis
        self.known, self.decimals, self.source = known, decimals, source
        return self

    def __str__(self) -> str:
        return in_decimals(int(self), self.decimals) if self.known else NOTHING

    def __eq__(self, other: object) -> bool:
        return bool(int(self) == self._scaled(other))

    def __lt__(self, other: Any) -> bool:  # whatever a template compares a count with
        return bool(int(self) < self._scaled(other))

    def __le__(self, other: Any) -> bool:  # whatever a template compares a count with
        return bool(int(self) <= self._scaled(other))

    def __gt__(self, other: Any) -> bool:  # whatever a template compares a count with
        return bool(int(self) > self._scaled(other))

    def __ge__(self, other: Any) -> bool:  # whatever a template compares a count with
        return bool(int(self) >= self._scaled(other))

    __hash__ = int.__hash__

    def _scaled(self, other: Any) -> Any:  # whatever a template compares a count with
        """Return a number in the smallest unit of this one; a plain one is in the printed unit."""
        decimals = other.decimals if isinstance(other, Count) else 0
        if not isinstance(other, (int, float)) or decimals == self.decimals:
            return int(other) if isinstance(other, Count) else other
        return Fraction(other) * Fraction(10) ** (self.decimals - decimals)


@dataclass(frozen=True, slots=True)
class Place:
    """A place among others and whether it is shared. Prints as 3; None if there is no place."""

    value: int | None
    tied: bool = False

    def __str__(self) -> str:
        return NOTHING if self.value is None else str(self.value)

    def __bool__(self) -> bool:
        return self.value is not None


class Sourced(str):
    """A text made of a number that has a place in 核对.html."""

    source: str

    def __new__(cls, text: str, source: str) -> "Sourced":
        """Return the text with the place of its number."""
        self = super().__new__(cls, text)
        self.source = source
        return self


def with_source(text: str, value: object) -> str:
    """Return a text made of a number with the number's place in 核对.html, if it has one."""
    source = value.source if isinstance(value, (Rate, Points, Count)) else ""
    return Sourced(text, source) if source else text


def with_source_of_change(text: str, value: object) -> str:
    """Return a text made of a number's change with its place, if the change is shown there.

    One to an earlier month than the last is not, nor is one that is told as 不足0.01.
    """
    if isinstance(value, (Rate, Count)) and (value.basis != "known" or not value.change):
        return text
    return text if "不足" in text else with_source(text, value)


def percent(value: Any) -> str:  # any number that a template has
    """Return a rate, or a fraction of 1, as 99.63%."""
    rate = value.value if isinstance(value, Rate) else value
    return printing.percent(None if rate is None else Fraction(rate))


def place(value: object) -> str:
    """Return a place in words: 第3位, 并列第3位; 不参加排名 for none."""
    number = value.value if isinstance(value, Place) else value
    if number is None:
        return "不参加排名"
    tied = isinstance(value, Place) and value.tied
    return f"{'并列' if tied else ''}第{number}位"


def points(value: Any) -> str:  # any number that a template has
    """Return a difference without its sign, of a rate that to last month: 3.25个百分点.

    A tiny one is not printed as 0.
    """
    difference = value
    if isinstance(value, Rate):
        difference = value.change
    elif isinstance(value, Points):
        difference = value.value
    if difference is None:
        return NOTHING
    text = printing.points(abs(Fraction(difference)))
    return f"{'不足0.01' if difference and text == '0.00' else text}个百分点"


def month_on_month(value: object) -> str:
    """Return the change since last month in words.

    比上月提高3.25个百分点, 比上月增加12人, 与上月持平, 首期无上月数据, 上月无可比数据.
    """
    if not isinstance(value, (Rate, Count)):
        return "上月无可比数据"
    if value.change is None:
        return _NOT_COMPARED.get(value.basis, "上月无可比数据")
    since = value.since if isinstance(value, Rate) else LAST_MONTH
    if not value.change:
        return f"与{since}持平"
    if isinstance(value, Rate):
        return f"比{since}{'提高' if value.change > 0 else '下降'}{points(value)}"
    size = in_decimals(abs(value.change), value.decimals)
    return f"比上月{'增加' if value.change > 0 else '减少'}{size}{value.unit}"


def movement(change: int | None) -> str:
    """Return a change of rank in words: 升2位, 降1位; empty if there is none."""
    if not change:
        return ""
    return f"{'升' if change > 0 else '降'}{abs(change)}位"


def against(rate: Rate, pace: Rate) -> str:
    """Return how a rate stands against 序时进度: 比序时进度低11.79个百分点, 与序时进度持平."""
    if rate.value is None or pace.value is None:
        return NOTHING
    ahead = rate.value - pace.value
    if not ahead:
        return "与序时进度持平"
    return f"比序时进度{'高' if ahead > 0 else '低'}{points(ahead)}"


def people(value: Any) -> str:  # any number that a template has
    """Return a count with its unit: 820人."""
    if value is None or (isinstance(value, Count) and not value.known):
        return NOTHING
    return f"{value}{value.unit}" if isinstance(value, Count) else f"{int(value)}人"


def ten_thousands(value: Any) -> str:  # any number that a template has
    """Return a count in 万 with two decimals, half up: 4.19万; below 10 000 it stays as it is."""
    if value is None:
        return NOTHING
    scale = 10**value.decimals if isinstance(value, Count) else 1
    if abs(int(value)) < 10_000 * scale:
        return str(value) if isinstance(value, Count) else str(int(value))
    return f"{printing.points(Fraction(int(value), 1_000_000 * scale))}万"


def in_chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese numerals: 十二; others stay as they are."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = ""
    if tens:
        head = ("" if tens == 1 else _DIGITS[tens]) + "十"
    return head + (_DIGITS[ones] if ones else "")


def shown(value: object) -> str:
    """Return how any value prints: — for none, lists joined by 、, days without leading zeros."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        return printing.percent(value)
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, (tuple, list)):
        return enumerated(value)
    return str(value)


def enumerated(values: Iterable[object]) -> str:
    """Return values joined as a Chinese enumeration: 甲、乙、丙."""
    return "、".join(shown(value) for value in values)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that has to fit a given place in one line, such as the name in the head.

    It is set in Word's character style for its length.
    """

    text: str
    place: str

    def __str__(self) -> str:
        return self.text


def lines_in_words(lines: Mapping[str, int]) -> str:
    """Return how many rows of a file were read and what they are, empty if that is not known."""
    by_name: dict[str, int] = {}
    for role, count in lines.items():
        if count and role != "blank":
            name = LINE_NAMES.get(role, "其他")
            by_name[name] = by_name.get(name, 0) + count
    parts = "，".join(f"{name}{count}行" for name, count in by_name.items())
    return f"表内有字的共{sum(by_name.values())}行：{parts}。" if by_name else ""
