"""A condition applied to a typed frame, exactly: no number becomes a binary fraction.

Every test is true, false or unknown in a row (Kleene's logic); only what is false is out of order.
A number is a fraction of integers. These are int64 as long as their bounds say that nothing can
overflow, and Python's own beyond that.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.conditions.nodes import (
    AS_LISTED,
    And,
    Arithmetic,
    Comparator,
    Comparison,
    Condition,
    Day,
    Emptiness,
    Negative,
    Not,
    Number,
    Or,
    Test,
    Text,
    Value,
    fields_of,
)
from schemas.spellings import squeeze

__all__ = ["holds"]

Flags = npt.NDArray[np.bool_]
Frame = Any  # pandas.DataFrame; pandas is imported by whoever has one
Array = Any  # numpy array of int64 or of Python's integers, whose type says the same of both
_INT64 = 2**63 - 1


def holds(condition: Condition, frame: Frame) -> Flags:
    """Return where a row is in order, as many flags as the frame has rows.

    Counts are Int64, amounts Int64 in their smallest unit, dates datetime64, texts str, all with NA
    for an empty cell. A date of which only the month is known, with its last possible day in
    `<field>_last`, is any of its days.
    """
    _, false = _outcome(condition.test, frame)
    return ~np.broadcast_to(false, (len(frame),))


def _outcome(test: Test, frame: Frame) -> tuple[Flags, Flags]:
    """Return where a test is true and where it is false; it is unknown where it is neither."""
    match test:
        case Not():
            true, false = _outcome(test.operand, frame)
            return false, true
        case And():
            outcomes = [_outcome(operand, frame) for operand in test.operands]
            true = np.logical_and.reduce([true for true, _ in outcomes])
            return true, np.logical_or.reduce([false for _, false in outcomes])
        case Or():
            outcomes = [_outcome(operand, frame) for operand in test.operands]
            true = np.logical_or.reduce([true for true, _ in outcomes])
            return true, np.logical_and.reduce([false for _, false in outcomes])
        case Emptiness():
            empty = _is_empty(frame[test.field.name])
            return (empty, ~empty) if test.empty else (~empty, empty)
        case Comparison():
            return _compared(test, frame)


def _is_empty(column: Any) -> Flags:
    empty = column.isna()
    if column.dtype == "str":
        empty |= (column == "").fillna(False)
    return np.asarray(empty, dtype=bool)


def _compared(test: Comparison, frame: Frame) -> tuple[Flags, Flags]:
    kind = next(field.kind for value in (test.left, test.right) for field in fields_of(value))
    if kind == "text":
        return _texts_compared(test, frame)
    if kind == "date":
        left, right = _days(test.left, frame), _days(test.right, frame)
        return _ordered(test.comparator, left, right)
    left, right = _at_one_scale(_number(test.left, frame), _number(test.right, frame))
    return _ordered(test.comparator, left, right)


def _texts_compared(test: Comparison, frame: Frame) -> tuple[Flags, Flags]:
    left, right = _texts(test.left, frame), _texts(test.right, frame)
    fields = (*fields_of(test.left), *fields_of(test.right))
    known = ~np.logical_or.reduce([_is_empty(frame[field.name]) for field in fields])
    same = np.asarray((left == right).fillna(False), dtype=bool)
    outcome = known & same, known & ~same
    return outcome if test.comparator == "=" else outcome[::-1]


def _texts(value: Value, frame: Frame) -> Any:  # a column of texts, or the one text
    if isinstance(value, Text):
        return squeeze(value.value)
    (field,) = fields_of(value)
    column = frame[field.name]
    return _squeezed(column) if field.type in AS_LISTED else column


def _squeezed(column: Any) -> Any:
    """Return a column with its texts squeezed, and any text for an empty cell."""
    codes, distinct = column.factorize()
    if not len(distinct):
        return column
    return distinct.map(squeeze).take(codes).to_series(index=column.index)


@dataclass(frozen=True)
class _Range:
    """Integers that are compared, each the first and the last that a cell may mean."""

    first: Array
    last: Array
    known: Flags


def _ordered(comparator: Comparator, left: _Range, right: _Range) -> tuple[Flags, Flags]:
    """Return where a comparison is certainly true and where it is certainly false."""
    less, not_less = left.last < right.first, left.first >= right.last
    more, not_more = left.first > right.last, left.last <= right.first
    same = (left.first == right.last) & (left.last == right.first)
    true, false = {
        "<": (less, not_less),
        ">=": (not_less, less),
        ">": (more, not_more),
        "<=": (not_more, more),
        "=": (same, less | more),
        "!=": (less | more, same),
    }[comparator]
    known = left.known & right.known
    return known & true, known & false


def _days(value: Value, frame: Frame) -> _Range:
    """Return days as seconds of the epoch."""
    if isinstance(value, Day):
        day = np.array([value.value], dtype="datetime64[s]").view(np.int64)
        return _Range(day, day, np.ones(1, dtype=bool))
    (field,) = fields_of(value)
    column, last_column = frame[field.name], f"{field.name}_last"
    first = column.to_numpy(dtype="datetime64[s]").view(np.int64)
    last = first
    if last_column in frame.columns:
        last = np.maximum(first, frame[last_column].to_numpy(dtype="datetime64[s]").view(np.int64))
    return _Range(first, last, ~_is_empty(column))


@dataclass(frozen=True)
class _Integers:
    """Integers and what none of them exceeds."""

    values: Array
    bound: int

    def for_bound(self, bound: int) -> Array:
        """Return the values in a type that has room for a bound."""
        return self.values if bound <= _INT64 else self.values.astype(object)

    def times(self, other: "_Integers") -> "_Integers":
        """Return the products."""
        bound = self.bound * other.bound
        return _Integers(self.for_bound(bound) * other.for_bound(bound), bound)

    def plus(self, other: "_Integers") -> "_Integers":
        """Return the sums."""
        bound = self.bound + other.bound
        return _Integers(self.for_bound(bound) + other.for_bound(bound), bound)


def _constant(number: int) -> _Integers:
    kind = np.int64 if abs(number) <= _INT64 else object
    return _Integers(np.array([number], dtype=kind), abs(number))


_MINUS_1 = _constant(-1)


@dataclass(frozen=True)
class _Numbers:
    """Fractions of integers, the lower ones positive, and where they are known."""

    top: _Integers
    bottom: _Integers
    known: Flags


def _number(value: Value, frame: Frame) -> _Numbers:
    match value:
        case Number():
            top, bottom = value.value.as_integer_ratio()
            return _Numbers(_constant(top), _constant(bottom), np.ones(1, dtype=bool))
        case Negative():
            number = _number(value.operand, frame)
            return _Numbers(number.top.times(_MINUS_1), number.bottom, number.known)
        case Arithmetic():
            return _calculated(
                value.operator, _number(value.left, frame), _number(value.right, frame)
            )
    (field,) = fields_of(value)
    column = frame[field.name]
    cells = column.to_numpy(dtype=np.int64, na_value=0)
    bound = max(int(cells.max(initial=0)), -int(cells.min(initial=0)))
    return _Numbers(_Integers(cells, bound), _constant(10**field.decimals), ~_is_empty(column))


def _calculated(operator: str, left: _Numbers, right: _Numbers) -> _Numbers:
    known = left.known & right.known
    if operator == "*":
        return _Numbers(left.top.times(right.top), left.bottom.times(right.bottom), known)
    if operator == "/":
        divisor = right.top.for_bound(right.top.bound)
        sign = _Integers(np.where(divisor < 0, -1, 1), 1)
        size = _Integers(np.where(divisor == 0, 1, abs(divisor)), max(right.top.bound, 1))
        top = left.top.times(right.bottom).times(sign)
        known = known & np.asarray(divisor != 0, dtype=bool)
        return _Numbers(top, left.bottom.times(size), known)
    added, adding, common = _over_one_bottom(left, right)
    return _Numbers(
        added.plus(adding if operator == "+" else adding.times(_MINUS_1)), common, known
    )


def _over_one_bottom(left: _Numbers, right: _Numbers) -> tuple[_Integers, _Integers, _Integers]:
    """Return the upper numbers of two fractions over one lower number, and that one."""
    a, b = left.bottom, right.bottom
    if len(a.values) == len(b.values) == 1:
        x, y = int(a.values[0]), int(b.values[0])
        common = math.lcm(x, y)
        return (
            left.top.times(_constant(common // x)),
            right.top.times(_constant(common // y)),
            _constant(common),
        )
    return left.top.times(b), right.top.times(a), a.times(b)


def _at_one_scale(left: _Numbers, right: _Numbers) -> tuple[_Range, _Range]:
    over_left, over_right, _ = _over_one_bottom(left, right)
    return (
        _Range(over_left.values, over_left.values, left.known),
        _Range(over_right.values, over_right.values, right.known),
    )
