"""The office's own conditions: a small closed language in the ledger's own heads.

`甲 <= 乙`, `甲 - 乙 >= 0.5 * 丙`, `甲 > 0 or 乙 != ""`: a condition states what is in order. It is
read into a tree of frozen values and checked against the columns; no Python is run. Only
`schemas.conditions.masks`, which applies it to a frame, needs numpy.

There are comparisons `<= >= < > = !=`, `+ - * /` on numbers, and/or/not or 且/或/非, brackets,
numbers, dates as 2022-05-31, texts in quotes, `""` for an empty cell; a head may stand in 「」 or
in []. Where several heads fit, the longest is meant. A comparison with an empty cell is unknown,
but for one with `""`, and what is unknown is in order (Kleene's three values).
"""

from schemas.conditions.nodes import (
    Condition,
    ConditionColumn,
    ConditionError,
    condition_columns,
)
from schemas.conditions.parser import parse
from schemas.conditions.texts import as_excel, says

__all__ = [
    "Condition",
    "ConditionColumn",
    "ConditionError",
    "as_excel",
    "condition_columns",
    "parse",
    "says",
]
