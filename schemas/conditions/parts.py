"""What parts of a condition must be to stand beside each other, and the faults if they do not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, cast

from schemas.conditions.nodes import (
    AS_LISTED,
    And,
    Arithmetic,
    ArithmeticOperator,
    Comparator,
    Comparison,
    ConditionColumn,
    ConditionError,
    Day,
    Emptiness,
    Field,
    Number,
    Or,
    Test,
    Text,
    Value,
    ValueKind,
    fields_of,
)
from schemas.conditions.tokens import Token
from schemas.spellings import squeeze, values

_DATE = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?")
_YEARS = range(1900, 2101)  # of the dates that the reader takes
_TYPE_NAMES = {"count": "数量", "amount": "金额", "date": "日期", "choice": "选项"}
_KIND_NAMES = {"number": "数字", "date": "日期", "text": "文字", "test": "比较"}
_LONGEST_SHOWN, _MOST_LISTED = 40, 20
_CAPITALS = ("uscc", "id")  # types whose letters a frame has as capitals
_SAME_DIRECTION = (frozenset(("<", "<=")), frozenset((">", ">=")))


@dataclass(frozen=True)
class Part:
    """A part of a condition as read, its kind, its place and text, and the column of a field."""

    node: Value | Test
    kind: ValueKind | Literal["test"]
    token: Token
    column: ConditionColumn | None = None

    @property
    def value(self) -> Value:
        """Return the node of a part that is no test."""
        return cast(Value, self.node)

    @property
    def described(self) -> str:
        """Return the part and its kind for a message, such as: “人数”是数量."""
        if isinstance(self.node, Field):
            return f"“{self.node.head}”是{_TYPE_NAMES.get(self.node.type, '文字')}"
        if isinstance(self.node, Text):
            return f"“{self.node.value}”加了引号，是文字"
        return f"“{self.token.written}”这里是{_KIND_NAMES[self.kind]}"


def test_of(part: Part) -> Test:
    """Return the test of a part; raises ConditionError if it compares nothing."""
    if part.kind == "test":
        return cast(Test, part.node)
    raise ConditionError(
        part.token.position,
        f"“{part.token.written}”这里没有比较，看不出怎样才算对。",
        '请写成比较，如 甲 <= 乙；要求填写的，写 甲 != ""。',
    )


def spanning(*tokens: Token) -> Token:
    """Return the first of some tokens with the text of all, for messages."""
    written = " ".join(token.written for token in tokens)
    if len(written) > _LONGEST_SHOWN:
        written = f"{written[:_LONGEST_SHOWN]}…"
    return replace(tokens[0], written=written)


Join: TypeAlias = type[And] | type[Or]


def joined(parts: Sequence[Part], join: Join) -> Part:
    """Return tests joined by the same word as one, on one level; raises ConditionError."""
    operands: list[Test] = []
    for part in parts:
        test = test_of(part)
        operands.extend(test.operands if isinstance(test, join) else (test,))
    return Part(join(tuple(operands)), "test", spanning(*(part.token for part in parts)))


def number_of(part: Part) -> Value:
    """Return the number of a part that is calculated with; raises ConditionError."""
    if part.kind == "number":
        return part.value
    remedy = {
        "date": "请直接比较两个日期，如 甲 >= 乙。",
        "text": "加减乘除只用于数量和金额；是数字的，请去掉引号。",
        "test": "请先算后比，如 甲 + 乙 <= 丙；几个比较用 and 或 or 连接。",
    }[part.kind]
    raise ConditionError(part.token.position, f"{part.described}，不能加减乘除。", remedy)


def calculated(left: Part, sign: Token, right: Part) -> Part:
    """Return the result of two numbers; raises ConditionError if it has none."""
    left_value, right_value = number_of(left), number_of(right)
    if sign.text == "/" and right_value == Number(Decimal(0)):
        raise ConditionError(right.token.position, "除数是 0，算不出结果。", "请改正除号后面的数。")
    operator = cast(ArithmeticOperator, sign.text)
    whole = spanning(left.token, sign, right.token)
    return Part(Arithmetic(left_value, operator, right_value), "number", whole)


def check_chain(signs: Sequence[Token]) -> None:
    """Let pass 甲 <= 乙 <= 丙; raises ConditionError for any other chain of comparisons."""
    comparators = {sign.text for sign in signs}
    same_direction = any(comparators <= direction for direction in _SAME_DIRECTION)
    if len(signs) > 2 or not same_direction:
        raise ConditionError(
            signs[1].position,
            "几个比较连写在一起的，只能是同一方向的两个，如 0 <= 甲 <= 乙。",
            "请拆成几个比较，用 and 连接，如 甲 = 乙 and 乙 = 丙。",
        )


def compared(left: Part, sign: Token, right: Part) -> Test:
    """Return the test of two parts that fit together; raises ConditionError."""
    for part in (left, right):
        if part.kind == "test":
            raise ConditionError(
                part.token.position,
                "比较的结果不能再拿来比较。",
                "请用 and 或 or 连接几个比较，如 甲 > 0 and 乙 > 0。",
            )
    if not [*fields_of(left.value), *fields_of(right.value)]:
        raise ConditionError(
            left.token.position,
            f"“{sign.written}”两边都没有台账的栏目。",
            "请至少写一个栏目；栏目名称不要加引号。",
        )
    if Text("") in (left.node, right.node):
        return _emptiness(left, sign, right)
    left, right = _dated(left, right), _dated(right, left)
    _check_kinds(left, sign, right)
    return Comparison(_listed(left, right), cast(Comparator, sign.text), _listed(right, left))


def _emptiness(left: Part, sign: Token, right: Part) -> Emptiness:
    """Return the test of a cell compared with ""; raises ConditionError."""
    part = right if left.node == Text("") else left
    if not isinstance(part.node, Field):
        raise ConditionError(
            part.token.position,
            '只有栏目能与 "" 相比，算出来的数不能。',
            '请逐栏写，如 甲 != "" and 乙 != ""。',
        )
    if sign.text not in ("=", "!="):
        raise ConditionError(
            sign.position,
            '"" 表示没有填写，不能比大小。',
            '没有填写的写 甲 = ""，填写了的写 甲 != ""。',
        )
    return Emptiness(part.node, sign.text == "=")


def _dated(part: Part, other: Part) -> Part:
    """Return the day of a text beside a date, anything else as it is; raises ConditionError."""
    if not isinstance(part.node, Text) or other.kind != "date":
        return part
    match = _DATE.fullmatch(squeeze(part.node.value))
    if match is None:
        raise ConditionError(
            part.token.position,
            f"“{part.node.value}”不是日期，不能与日期比较。",
            "请把日期写成 2022-05-31。",
        )
    return Part(Day(day_of(match.groups(), part.token)), "date", part.token)


def day_of(numbers: Sequence[str], token: Token) -> date:
    """Return the day of a year, month and day; raises ConditionError if a ledger has none such."""
    year, month, day = map(int, numbers)
    try:
        found = date(year, month, day)
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise ConditionError(
            token.position,
            f"没有“{'-'.join(numbers)}”这一天，或不在{_YEARS[0]}年至{_YEARS[-1]}年之间。",
            "请核对日期，写成 2022-05-31。",
        )
    return found


def _check_kinds(left: Part, sign: Token, right: Part) -> None:
    """Let pass two numbers, two dates, two texts that are equal or not; raises ConditionError."""
    kinds = {left.kind, right.kind}
    if len(kinds) == 2:
        remedy = "请改为同类的内容相比：数字不加引号，直接写 0；文字加引号。"
        if "date" in kinds:
            remedy = "请与日期相比，日期写成 2022-05-31。"
        raise ConditionError(
            right.token.position,
            f"{left.described}，{right.described}，两者不能比较。",
            remedy,
        )
    if kinds == {"text"} and sign.text not in ("=", "!="):
        raise ConditionError(
            sign.position,
            f"{left.described}，文字不能比大小。",
            "文字只能写 = 或 !=；要比大小的，请改用数量、金额或日期栏。",
        )


def _listed(part: Part, other: Part) -> Value:
    """Return a text as the frame may have it in a column; raises ConditionError if it cannot."""
    if not isinstance(part.node, Text) or other.column is None:
        return part.value
    text, column = squeeze(part.node.value), other.column
    if text in values("empty").exact:
        raise ConditionError(
            part.token.position,
            f"台账里填“{text}”的格子按没有填写处理。",
            '没有填写的写 甲 = ""，填写了的写 甲 != ""。',
        )
    if column.choices:
        by_key = {squeeze(choice): choice for choice in column.choices}
        if text not in by_key:
            raise ConditionError(
                part.token.position,
                f"{other.described}，选项中没有“{text}”。",
                f"请改为其中一项：{_some(column.choices)}。",
            )
        return Text(by_key[text])
    if column.type in AS_LISTED:
        return part.node
    return Text(text.upper() if column.type in _CAPITALS else text)


def _some(choices: Sequence[str]) -> str:
    return "、".join(choices[:_MOST_LISTED]) + ("等" if len(choices) > _MOST_LISTED else "")
