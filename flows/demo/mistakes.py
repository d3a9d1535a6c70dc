"""The faults of made-up ledgers of any definition: what offices meet every month.

A fault changes rows as they are written. Where a definition has nothing that it could be made with,
such as an amount, the rows stay as they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from flows.demo.agreement import broken, conditions_of, exceeds
from flows.demo.layouts import Line, row_of
from schemas.definition import ENTERPRISE, NOTE, Definition

Lines = list[Line]
Mistake = Callable[[Definition, Lines, Lines], None]  # rows and those of the month before


def decorated_numbers(definition: Definition, lines: Lines, before: Lines) -> None:
    """Write good numbers the way people do: with thousands separators and the unit behind."""
    column = definition.column(definition.main)
    for line in lines[:3]:
        line[column.name] = f"{line[column.name]:,}{column.unit}"


def unknown_name(definition: Definition, lines: Lines, before: Lines) -> None:
    """Name a unit in a way that the registry does not know."""
    lines[0][ENTERPRISE] = f"{lines[0][ENTERPRISE]}（二期）"


def left_empty(definition: Definition, lines: Lines, before: Lines) -> None:
    """Leave a cell empty that has to be filled in."""
    needed = [c.name for c in definition.progress if c.is_number and c.required]
    lines[-1][needed[-1]] = None


def more_than_total(definition: Definition, lines: Lines, before: Lines) -> None:
    """Let a count exceed what it is a part of, as when two rows are mixed up."""
    for column in definition.progress:
        if column.at_most and column.cumulative:
            lines[0][column.name] = lines[0][column.at_most] + 3
            return


def words_for_numbers(definition: Definition, lines: Lines, before: Lines) -> None:
    """Write a guess in words where a number is asked for."""
    name = definition.progressing[0]
    lines[-1][name] = f"约{lines[-1][name]}"


def formula_without_result(definition: Definition, lines: Lines, before: Lines) -> None:
    """Leave a formula that no program has calculated."""
    lines[0][definition.progressing[-1]] = "=1+1"


def too_many_decimals(definition: Definition, lines: Lines, before: Lines) -> None:
    """Copy an amount with more decimals than the form has."""
    amounts = [c for c in definition.progress if c.decimals and not c.cumulative]
    for column in amounts[:1]:
        lines[0][column.name] += Decimal(1) / (column.scale * 20)


def scale_slip(definition: Definition, lines: Lines, before: Lines) -> None:
    """Write a base ten times too large, one of which no check of the office speaks if there is."""
    bases = definition.bases
    checked = {name for condition in conditions_of(definition) for name in condition.fields}
    unchecked = [name for name in bases if name not in checked]
    lines[0][(unchecked or bases)[-1]] *= 10


def check_broken(definition: Definition, lines: Lines, before: Lines) -> None:
    """Break a check of the office by changing one count, and no other rule."""
    for condition in conditions_of(definition):
        for place, line in enumerate(lines):
            for changed in _changed(definition, line, condition.fields):
                row = row_of(definition, changed)
                is_possible = not any(exceeds(column, row) for column in definition.progress)
                if is_possible and condition in broken(definition, row):
                    lines[place] = changed
                    return


def _changed(definition: Definition, line: Line, names: Sequence[str]) -> Iterator[Line]:
    """Yield a line with one of its counts doubled, a little larger, or nothing."""
    for name in names:
        if name in definition.counts:
            value, least = line[name], Decimal(1) / definition.column(name).scale
            larger = value + least if isinstance(value, Decimal) else value + 1
            yield from ({**line, name: other} for other in (2 * value, larger, 0 * value))


def repeated(definition: Definition, lines: Lines, before: Lines) -> None:
    """Copy a row and forget to change it."""
    lines.append(dict(lines[0]))


def fallen(definition: Definition, lines: Lines, before: Lines) -> None:
    """Report less than last month, without a reason."""
    _fall(definition, lines, before)


def explained_fall(definition: Definition, lines: Lines, before: Lines) -> None:
    """Report less than last month, with the reason in the remarks."""
    line = _fall(definition, lines, before)
    if line is not None and NOTE in line:
        line[NOTE] = "上月多报，经核对后核减"


def _fall(definition: Definition, lines: Lines, before: Lines) -> Line | None:
    """Return the line of which a cumulative count is now less than the month before."""
    for name in reversed(definition.cumulative):
        for line, was in zip(lines, before, strict=False):
            if was[name]:
                line[name] = was[name] - (was[name] / 2 if isinstance(was[name], Decimal) else 1)
                return line
    return None


# What goes wrong in the demo's months (0, 1, 2), by the sender's place among the senders.
PLAN: Mapping[tuple[int, int], Sequence[Mistake]] = {
    (0, 0): (decorated_numbers,),
    (1, 1): (check_broken,),
    (1, 2): (unknown_name,),
    (1, 3): (scale_slip,),
    (1, 4): (more_than_total, words_for_numbers),
    (1, 7): (left_empty, repeated),
    (2, 1): (explained_fall,),
    (2, 4): (formula_without_result,),
    (2, 6): (too_many_decimals,),
    (2, 8): (fallen,),
}
MISSING = ((0, 9), (2, 10))
WRONG_TOTAL = ((1, 8),)
WRONG_MONTH = ((2, 5),)
MENDED = ((1, 4), (1, 8))  # come again without their faults, when the month has been run
