"""Making rows agree with the office's own checks: by the smallest change that mends a row."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pandas as pd

from schemas.conditions import Condition
from schemas.conditions.masks import holds
from schemas.definition import Column, Definition
from schemas.own_checks import OWN_CHECK, bound_check

Row = dict[str, object]


def agreeing(definition: Definition, rows: Sequence[Row]) -> list[Row]:
    """Return rows that hold all conditions of the definition, as far as changing a count helps."""
    return [_mended(definition, row) for row in rows]


@cache
def conditions_of(definition: Definition) -> tuple[Condition, ...]:
    """Return the conditions that the office has written for the progress ledger."""
    found = []
    for check in definition.checks:
        if check.kind != "progress":
            continue
        bound = bound_check(check, definition.progress)
        if bound.code == OWN_CHECK and isinstance(bound.given["condition"], Condition):
            found.append(bound.given["condition"])
    return tuple(found)


def broken(definition: Definition, row: Row) -> list[Condition]:
    """Return the conditions that a row breaks."""
    conditions = conditions_of(definition)
    frame = _frame(definition, [row], conditions)
    return [condition for condition in conditions if not holds(condition, frame).all()]


def _mended(definition: Definition, row: Row) -> Row:
    for condition in broken(definition, row):
        tried = list(_changes(definition, row, condition))
        good = _good(definition, tried, conditions_of(definition))
        # where another condition is in the way, it has its own turn
        good = good or _good(definition, tried, (condition,))
        if good:
            row = min(good, key=lambda changed: _cost(definition, row, changed))
    return row


def _changes(definition: Definition, row: Row, condition: Condition) -> Iterator[Row]:
    """Yield the row with one of the condition's counts changed into what follows from the rest."""
    columns = definition.columns_of("progress")
    names = [name for name in condition.fields if columns[name].is_number]
    known = [value for name in names if isinstance(value := row[name], int)]
    values = {0, *known, *(v - 1 for v in known), *(v + 1 for v in known)}
    values |= {a - b for a in known for b in known} | {a + b for a in known for b in known}
    for name in names:
        yield from ({**row, name: value} for value in sorted(values) if value >= 0)


def _good(
    definition: Definition, rows: Sequence[Row], conditions: Sequence[Condition]
) -> list[Row]:
    frame = _frame(definition, rows, conditions)
    fine = np.logical_and.reduce([holds(condition, frame) for condition in conditions])
    return [
        row
        for row, is_fine in zip(rows, fine.tolist(), strict=True)
        if is_fine and not any(exceeds(column, row) for column in definition.progress)
    ]


def exceeds(column: Column, row: Row) -> bool:
    """Return whether a count is more than it may be."""
    value, most = row[column.name], row.get(column.at_most or "")
    return isinstance(value, int) and isinstance(most, int) and value > most


def _cost(definition: Definition, row: Row, changed: Row) -> tuple[int, int]:
    """Return how much a change means: what is left over moves first, then what is done is less."""
    name = next((name for name in row if row[name] != changed[name]), "")
    was, now = row.get(name), changed.get(name)
    moved = now - was if isinstance(now, int) and isinstance(was, int) else 0
    if name not in definition.cumulative:
        return (0 if name in definition.progressing else 2), abs(moved)
    return (1 if moved < 0 else 2), abs(moved)


def _frame(
    definition: Definition, rows: Sequence[Row], conditions: Sequence[Condition]
) -> pd.DataFrame:
    series = {}
    for name in dict.fromkeys(name for condition in conditions for name in condition.fields):
        column = definition.columns_of("progress")[name]
        values = [row[name] for row in rows]
        if column.type == "date":
            series[name] = pd.to_datetime(pd.Series(values, dtype="object"))
        else:
            series[name] = pd.Series(values, dtype="Int64" if column.is_number else "str")
    return pd.DataFrame(series)
