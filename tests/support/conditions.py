"""Conditions drawn at random, each with what it means for a row, worked out on the way with fractions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from schemas.conditions import ConditionColumn

COLUMNS: Mapping[str, ConditionColumn] = {
    "户数": ConditionColumn("homes", "count"),
    "2022年户数": ConditionColumn("homes_2022", "count"),
    "户数（开工）": ConditionColumn("begun", "count"),
    "投资额(万元)": ConditionColumn("invested", "amount", 4),
    "面积": ConditionColumn("area", "amount", 1),
    "开工日期": ConditionColumn("started", "date"),
    "竣工日期": ConditionColumn("finished", "date"),
    "类别": ConditionColumn("group", "choice", 0, ("甲类", "乙类")),
    "县区": ConditionColumn("county", "county"),
    "备注": ConditionColumn("note", "text"),
    "且慢": ConditionColumn("slowly", "text"),
    "非公企业数": ConditionColumn("private", "count"),
}
Row = Mapping[str, Any]  # by field: an integer, a date, a text, None for an empty cell
INT64 = 2**63 - 1


def condition_frame(rows: Sequence[Row]) -> Any:
    """Return the typed frame of rows; what a row leaves out is empty."""
    data: dict[str, Any] = {}
    for column in COLUMNS.values():
        cells = [row.get(column.name) for row in rows]
        if column.type in ("count", "amount"):
            data[column.name] = pd.array(cells, dtype="Int64")
        elif column.type == "date":
            days = [np.datetime64(day or "NaT") for day in cells]
            data[column.name] = np.array(days, dtype="datetime64[s]")
        else:
            data[column.name] = pd.array(cells, dtype="str")
    return pd.DataFrame(data)


@dataclass(frozen=True)
class Drawn:
    """A piece of a condition: its text, how closely its outermost operator binds, and its value in a row."""

    text: str
    binding: int
    value: Callable[[Row], Any]

    def inside(self, binding: int) -> str:
        """Return the text as it stands beside an operator that binds so closely."""
        return self.text if self.binding >= binding else f"（{self.text})"

    def __repr__(self) -> str:
        return self.text


CALCULATIONS = {"+": (1, add), "-": (1, sub), "*": (2, mul), "×": (2, mul), "/": (2, None)}
COMPARISONS = {"<=": le, "≤": le, ">=": ge, "＞＝": ge, "<": lt, "＞": gt, "=": eq, "==": eq, "!=": ne, "<>": ne, "≠": ne}  # fmt: skip
EQUALITIES = ("=", "==", "!=", "<>", "≠")
ASCENDING = ("<=", "≤", "<")


def written_head(head: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [head, f"「{head}」", f" [{head}]", f"【 {head}】 ", head.replace("年", " 年 ")]
    )


def cell(head: str) -> st.SearchStrategy[Drawn]:
    """Return the cells of a column, an amount as what its integer stands for."""
    column = COLUMNS[head]
    scale = 10**column.decimals

    def value(row: Row) -> Any:
        given = row.get(column.name)
        return Fraction(given, scale) if isinstance(given, int) else given

    return written_head(head).map(lambda text: Drawn(text, 4, value))


def cells(*types: str) -> st.SearchStrategy[Drawn]:
    return st.sampled_from([h for h, c in COLUMNS.items() if c.type in types]).flatmap(cell)


def constant(text: str, value: Any) -> Drawn:
    return Drawn(text, 4, lambda row: value)


WRITTEN_NUMBERS = st.decimals("0.001", 10**9, places=3).map(
    lambda number: constant(str(number), Fraction(number))
)
WRITTEN_DAYS = st.tuples(
    st.dates(date(2021, 1, 1), date(2022, 12, 31)), st.sampled_from(["{}", '"{}"', "‘{}’"])
).map(lambda drawn: constant(drawn[1].format(drawn[0]), drawn[0]))


def calculated(drawn: tuple[Drawn, str, Drawn]) -> Drawn:
    left, sign, right = drawn
    binding, operation = CALCULATIONS[sign]

    def value(row: Row) -> Fraction | None:
        a, b = left.value(row), right.value(row)
        if a is None or b is None:
            return None
        if operation is None:
            return Fraction(a) / b if b else None
        return Fraction(operation(a, b))

    return Drawn(f"{left.inside(binding)} {sign} {right.inside(binding + 1)}", binding, value)


def negative(drawn: Drawn) -> Drawn:
    return Drawn(
        f"-{drawn.inside(3)}", 3, lambda row: None if (v := drawn.value(row)) is None else -v
    )


NUMBER_CELLS = cells("count", "amount")
NUMBERS = st.recursive(
    NUMBER_CELLS | WRITTEN_NUMBERS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(sorted(CALCULATIONS)), inner).map(calculated)
        | inner.map(negative)
    ),
    max_leaves=5,
)


def compared(drawn: tuple[Drawn, str, Drawn]) -> Drawn:
    left, sign, right = drawn

    def value(row: Row) -> bool | None:
        a, b = left.value(row), right.value(row)
        return None if a is None or b is None else bool(COMPARISONS[sign](a, b))

    return Drawn(f"{left.text}{sign}{right.text}", 3, value)


def emptiness(drawn: tuple[Drawn, str]) -> Drawn:
    field, sign = drawn
    return Drawn(
        f'{field.text} {sign} ""', 3, lambda row: (field.value(row) is None) == (sign == "=")
    )


def chained(drawn: tuple[Drawn, str, Drawn, str, Drawn]) -> Drawn:
    left, sign, middle, other, right = drawn
    whole = joined(([compared((left, sign, middle)), compared((middle, other, right))], "and"))
    return Drawn(f"{left.text} {sign} {middle.text} {other} {right.text}", 3, whole.value)


SIGNS, EQUAL = st.sampled_from(sorted(COMPARISONS)), st.sampled_from(EQUALITIES)
DATES, ASCENDED = cells("date"), st.sampled_from(ASCENDING)
TESTS = st.one_of(
    # a column at one side at least, so that the comparison is one
    st.tuples(
        st.tuples(NUMBER_CELLS, st.sampled_from(["+", "*", "/"]), NUMBERS).map(calculated),
        SIGNS,
        NUMBERS,
    ).map(compared),
    st.tuples(NUMBER_CELLS, SIGNS, NUMBERS).map(compared),
    st.tuples(DATES, SIGNS, DATES | WRITTEN_DAYS).map(compared),
    st.tuples(WRITTEN_DAYS, SIGNS, DATES).map(compared),
    st.tuples(
        cells("choice"),
        EQUAL,
        st.sampled_from([constant("“甲类”", "甲类"), constant("' 乙 类'", "乙类")]),
    ).map(compared),
    st.tuples(
        cells("text", "county"),
        EQUAL,
        cells("text", "county") | st.just(constant('"甲类"', "甲类")),
    ).map(compared),
    st.tuples(cells("count", "amount", "date", "choice", "text"), st.sampled_from(["=", "!="])).map(
        emptiness
    ),
    st.tuples(NUMBERS, ASCENDED, NUMBER_CELLS, ASCENDED, NUMBERS).map(chained),
)


def joined(drawn: tuple[list[Drawn], str]) -> Drawn:
    parts, word = drawn
    binding = 1 if word.lower() in ("and", "且", "并且") else 0

    def value(row: Row) -> bool | None:
        values = [part.value(row) for part in parts]
        decisive = binding == 0
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    return Drawn(f" {word} ".join(part.inside(binding + 1) for part in parts), binding, value)


def contrary(drawn: tuple[Drawn, str]) -> Drawn:
    part, word = drawn
    return Drawn(
        f"{word}{part.inside(2)}", 2, lambda row: None if (v := part.value(row)) is None else not v
    )


JOINING = st.sampled_from(["and", "AND", "且", "并且", "or", "或", "或者"])
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: (
        st.tuples(st.lists(inner, min_size=2, max_size=3), JOINING).map(joined)
        | st.tuples(inner, st.sampled_from(["not ", "非", "Not "])).map(contrary)
    ),
    max_leaves=6,
)

DAYS = st.dates(date(2021, 1, 1), date(2022, 12, 31))
INTEGERS = st.integers(-3, 3) | st.integers(-INT64 - 1, INT64) | st.integers(0, 10**12)
OF_TYPE: Mapping[str, st.SearchStrategy[Any]] = {
    "count": INTEGERS,
    "amount": INTEGERS,
    "date": DAYS,
    "choice": st.sampled_from(["甲类", "乙类"]),
    "text": st.sampled_from(["甲类", "无法"]),
    "county": st.sampled_from(["甲类", "青榆县"]),
}
ROWS = st.lists(
    st.fixed_dictionaries({c.name: st.none() | OF_TYPE[c.type] for c in COLUMNS.values()}),
    max_size=6,
)
