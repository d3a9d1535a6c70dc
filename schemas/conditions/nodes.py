"""The tree of a condition: frozen values that can be compared and hashed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from schemas.definition import NUMBERS, Column, Type

ValueKind = Literal["number", "date", "text"]
Comparator = Literal["<=", ">=", "<", ">", "=", "!="]
ArithmeticOperator = Literal["+", "-", "*", "/"]

AS_LISTED = ("choice", "county", "enterprise")  # types whose texts a list has, not squeezed


class ConditionColumn(NamedTuple):
    """What a condition needs to know of a column.

    An amount is held as an integer in its smallest unit: 10**decimals of them make 1. Without
    `choices` a column may be compared with any text.
    """

    name: str
    type: Type
    decimals: int = 0
    choices: tuple[str, ...] = ()


def condition_columns(columns: Iterable[Column]) -> dict[str, ConditionColumn]:
    """Return what a condition needs to know of a ledger's columns, by their heads."""
    return {c.header: ConditionColumn(c.name, c.type, c.decimals, c.choices) for c in columns}


class ConditionError(ValueError):
    """A condition that cannot be read: where (from 0, in the text as given), why, what to do."""

    def __init__(self, position: int, sentence: str, remedy: str) -> None:
        super().__init__(f"第{position + 1}个字：{sentence}{remedy}")
        self.position = position
        self.sentence = sentence
        self.remedy = remedy


@dataclass(frozen=True)
class Field:
    """The cell of a column."""

    name: str
    head: str
    type: Type
    decimals: int = 0

    @property
    def kind(self) -> ValueKind:
        """Return what kind of value the cell holds."""
        if self.type in NUMBERS:
            return "number"
        return "date" if self.type == "date" else "text"


@dataclass(frozen=True)
class Number:
    """A number that is written out."""

    value: Decimal


@dataclass(frozen=True)
class Day:
    """A day that is written out."""

    value: date


@dataclass(frozen=True)
class Text:
    """A text that is written out, squeezed like the texts of a frame.

    A choice or a registered name is as it is listed or written; masks squeeze both sides.
    """

    value: str


@dataclass(frozen=True)
class Negative:
    """The negative of a number."""

    operand: "Value"


@dataclass(frozen=True)
class Arithmetic:
    """The result of two numbers."""

    left: "Value"
    operator: ArithmeticOperator
    right: "Value"


@dataclass(frozen=True)
class Comparison:
    """Two values of one kind compared, unknown if a cell is empty or a divisor is 0."""

    left: "Value"
    comparator: Comparator
    right: "Value"


@dataclass(frozen=True)
class Emptiness:
    """A cell that is empty, or that is not; always known."""

    field: Field
    empty: bool


@dataclass(frozen=True)
class Not:
    """The contrary of a test."""

    operand: "Test"


@dataclass(frozen=True)
class And:
    """Tests that must all be true."""

    operands: tuple["Test", ...]


@dataclass(frozen=True)
class Or:
    """Tests of which one must be true."""

    operands: tuple["Test", ...]


Value: TypeAlias = Field | Number | Day | Text | Negative | Arithmetic
Test: TypeAlias = Comparison | Emptiness | Not | And | Or


@dataclass(frozen=True)
class Condition:
    """A condition as read.

    `text` is its canonical form, which is read into the same condition; `fields` are the names of
    the fields in the order in which they are written: the first one's cell is to be mended.
    """

    test: Test
    text: str
    fields: tuple[str, ...]


def fields_of(value: Value) -> Iterator[Field]:
    """Yield the fields of a value in the order in which they are written."""
    match value:
        case Field():
            yield value
        case Negative():
            yield from fields_of(value.operand)
        case Arithmetic():
            yield from fields_of(value.left)
            yield from fields_of(value.right)
