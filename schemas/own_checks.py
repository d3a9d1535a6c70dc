"""The office's own checks: each is one of our rules for columns that it names, or a condition.

A check that is called like one of these rules of ours says which columns the rule is for. Any
other is a condition in the ledger's own heads (schemas/conditions).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from schemas.conditions import Condition, ConditionColumn, ConditionError, parse
from schemas.definition import Column, OwnCheck
from schemas.spellings import squeeze

OWN_CHECK = "own-check"  # the code of a check that is no rule of ours
_TWO = re.compile(r"(.+?)(<=|>=|≤|≥)(.+)")


@dataclass(frozen=True)
class _Pattern:
    """How the condition of one of our rules is written, and what its second column is for it.

    Without a sign the condition is the second column's head alone; the first one is that of the
    ID number.
    """

    code: str
    sign: str
    given: str
    types: tuple[str, ...]


_NUMBERS = ("count", "amount")
PATTERNS: Mapping[str, _Pattern] = {
    "档案多于应移交": _Pattern("archives-exceed", "<=", "total", _NUMBERS),
    "分项大于总数": _Pattern("more-than-total", "<=", "total", _NUMBERS),
    "日期先后颠倒": _Pattern("date-order", ">=", "after", ("date",)),
    "年龄不合常理": _Pattern("age-implausible", "", "retired", ("date",)),
}


@dataclass(frozen=True)
class BoundCheck:
    """A check as it is bound: a rule's code, the field to mend, and what the predicate needs."""

    code: str
    at: str
    given: Mapping[str, object]


class CheckError(ValueError):
    """A check that cannot be bound; its text says why and what to do."""


def bound_check(check: OwnCheck, columns: Sequence[Column]) -> BoundCheck:
    """Return a check as it is bound; raises CheckError with a message for the office."""
    if not columns:
        raise CheckError("这项工作没有这种台账。请改正“台账”，或删去本行")
    pattern = PATTERNS.get(squeeze(check.name))
    if pattern is not None:
        return _of_rule(check, pattern, columns)
    condition = condition_of(check.condition, tuple(columns))
    return BoundCheck(OWN_CHECK, condition.fields[0], {"condition": condition})


@cache
def condition_of(text: str, columns: tuple[Column, ...]) -> Condition:
    """Return the condition of a check; raises CheckError."""
    known = {c.header: ConditionColumn(c.name, c.type, c.decimals, c.choices) for c in columns}
    try:
        return parse(text, known)
    except ConditionError as error:
        raise CheckError(str(error)) from error


def _of_rule(check: OwnCheck, pattern: _Pattern, columns: Sequence[Column]) -> BoundCheck:
    heads = {squeeze(c.header): c for c in columns}
    text = squeeze(check.condition).replace("≤", "<=").replace("≥", ">=")
    wanted = f"甲 {pattern.sign} 乙" if pattern.sign else "一个栏目"
    match = _TWO.fullmatch(text) if pattern.sign else None
    parts = [match[1], match[3]] if match and match[2] == pattern.sign else [text]
    if len(parts) != (2 if pattern.sign else 1) or not all(part in heads for part in parts):
        raise CheckError(f"“{check.name}”的条件要写成“{wanted}”，写台账的栏目。请改正")
    named = [heads[part] for part in parts]
    if not all(column.type in pattern.types for column in named):
        raise CheckError(f"“{check.name}”不能用于这些类型的栏目。请换成合适的栏目，或改名称")
    first = named[0] if pattern.sign else next((c for c in columns if c.type == "id"), None)
    if first is None or len({column.decimals for column in named}) > 1:
        raise CheckError(f"“{check.name}”不能这样比。请换成合适的栏目，或改名称")
    return BoundCheck(pattern.code, first.name, {pattern.given: named[-1].name})
