"""From a condition's tokens to its tree.

Loosest first: or, and, not, comparison, sum, product, sign. What stands on both sides of an
operator is checked when the two meet.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from schemas.conditions.nodes import (
    And,
    Condition,
    ConditionColumn,
    ConditionError,
    Day,
    Field,
    Negative,
    Not,
    Number,
    Or,
    Test,
    Text,
)
from schemas.conditions.parts import (
    Part,
    calculated,
    check_chain,
    compared,
    day_of,
    joined,
    number_of,
    spanning,
    test_of,
)
from schemas.conditions.texts import canonical
from schemas.conditions.tokens import Heads, Token, tokens

DEEPEST = 20  # brackets, contraries and signs inside each other


def parse(text: str, columns: Mapping[str, ConditionColumn]) -> Condition:
    """Return a condition on columns by their heads; raises ConditionError."""
    heads = Heads(tuple(columns))
    found = tokens(text, heads)
    if len(found) == 1:
        raise ConditionError(0, "条件没有填写。", "请写出怎样才算对，如 甲 <= 乙。")
    test = _Parser(found, columns).condition()
    names = (columns[token.text].name for token in found if token.kind == "head")
    written = canonical(test)
    if not _reads_as(written, test, heads, columns):
        written = canonical(test, quoted=True)
    return Condition(test, written, tuple(dict.fromkeys(names)))


def _reads_as(
    written: str, test: Test, heads: Heads, columns: Mapping[str, ConditionColumn]
) -> bool:
    """Return whether a text is read into the test: with heads that hold operators it may not."""
    try:
        return _Parser(tokens(written, heads), columns).condition() == test
    except ConditionError:
        return False


class _Parser:
    """Tokens read from left to right, each function a level of the grammar."""

    def __init__(self, found: list[Token], columns: Mapping[str, ConditionColumn]) -> None:
        self._tokens, self._columns = found, columns
        self._at, self._depth = 0, 0

    def condition(self) -> Test:
        """Return the test of the whole text; raises ConditionError."""
        part = self._or()
        if self._next.kind == ")":
            raise ConditionError(
                self._next.position, "多了一个右括号。", "请删除它，或在前面补上左括号。"
            )
        return test_of(part)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    @contextmanager
    def _deeper(self, token: Token) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConditionError(
                token.position,
                f"括号、not 和负号一层套一层，超过{DEEPEST}层。",
                "请写得简单一些，或分成几条校验。",
            )
        yield
        self._depth -= 1

    def _or(self) -> Part:
        parts = self._separated("or", self._and)
        return parts[0] if len(parts) == 1 else joined(parts, Or)

    def _and(self) -> Part:
        parts = self._separated("and", self._not)
        return parts[0] if len(parts) == 1 else joined(parts, And)

    def _separated(self, kind: str, operand: Callable[[], Part]) -> list[Part]:
        parts = [operand()]
        while self._next.kind == kind:
            self._take()
            parts.append(operand())
        return parts

    def _not(self) -> Part:
        if self._next.kind != "not":
            return self._comparison()
        token = self._take()
        with self._deeper(token):
            operand = test_of(self._not())
        return Part(Not(operand), "test", token)

    def _comparison(self) -> Part:
        parts, signs = [self._sum()], []
        while self._next.kind == "compare":
            signs.append(self._take())
            parts.append(self._sum())
        if not signs:
            return parts[0]
        if len(signs) > 1:
            check_chain(signs)
        tests = tuple(map(compared, parts, signs, parts[1:]))
        whole = spanning(parts[0].token, signs[0], parts[1].token)
        return Part(tests[0] if len(tests) == 1 else And(tests), "test", whole)

    def _sum(self) -> Part:
        return self._calculated("+-", self._product)

    def _product(self) -> Part:
        return self._calculated("*/", self._signed)

    def _calculated(self, kind: str, operand: Callable[[], Part]) -> Part:
        part = operand()
        while self._next.kind == kind:
            sign = self._take()
            part = calculated(part, sign, operand())
        return part

    def _signed(self) -> Part:
        if self._next.kind != "+-":
            return self._operand()
        token = self._take()
        with self._deeper(token):
            operand = self._signed()
            value = number_of(operand)
        negative = Number(-value.value) if isinstance(value, Number) else Negative(value)
        return Part(negative, "number", spanning(token, operand.token))

    def _operand(self) -> Part:
        token = self._take()
        match token.kind:
            case "head":
                column = self._columns[token.text]
                field = Field(column.name, token.text, column.type, column.decimals)
                return Part(field, field.kind, token, column)
            case "number":
                return Part(Number(Decimal(token.text)), "number", token)
            case "date":
                return Part(Day(day_of(token.text.split("-"), token)), "date", token)
            case "text":
                return Part(Text(token.text), "text", token)
            case "(":
                return self._bracketed(token)
        raise ConditionError(
            token.position, "条件没有写完。", "请补上后面的栏目、数字或文字，或删除多余的符号。"
        )

    def _bracketed(self, opening: Token) -> Part:
        with self._deeper(opening):
            part = self._or()
        if self._next.kind != ")":
            raise ConditionError(
                opening.position, "左括号没有配对的右括号。", "请补上右括号，或删除左括号。"
            )
        self._take()
        written = f"({part.token.written})"
        return replace(part, token=replace(opening, written=written))
