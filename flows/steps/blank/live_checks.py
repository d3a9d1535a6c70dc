"""Checks that a form makes while it is filled in: red cells and a reason in the column 检查.

Each check is one formula of a row, true if the cell is wrong; it uses only functions that
Excel 2007, WPS and LibreOffice all have.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flows.settings import DoubtPolicy
from schemas.codes import ID_CHECKS, ID_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS
from schemas.columns import Column

_PLACES = (
    "{" + ";".join(str(place) for place in range(1, 18)) + "}"
)  # rows inserted move no constant
At = Callable[[str], str]  # the address, in the row at hand, of a field's cell


@dataclass(frozen=True)
class LiveCheck:
    """A check of one field: a formula without `=` that is true if it is broken, and the reason."""

    field: str
    broken: str
    reason: str


def live_checks(
    columns: Mapping[str, Column], at: At, before: Mapping[str, str], policy: DoubtPolicy
) -> Iterator[LiveCheck]:
    """Yield the checks of a row; `before` has the addresses of last month's values by count."""
    for name, column in columns.items():
        if column.type == "count":
            yield from _count_checks(name, column, columns, at, before, policy)
        elif column.type == "uscc":
            yield LiveCheck(name, _filled_and(at(name), f"NOT({_uscc(at(name))})"), _wrong(column))
        elif column.type == "id":
            yield LiveCheck(
                name, _filled_and(at(name), f"NOT({_citizen_id(at(name))})"), _wrong(column)
            )


def _count_checks(
    name: str,
    column: Column,
    columns: Mapping[str, Column],
    at: At,
    before: Mapping[str, str],
    policy: DoubtPolicy,
) -> Iterator[LiveCheck]:
    cell = at(name)
    whole = f"AND(ISNUMBER({cell}),{cell}=INT({cell}),{cell}>=0)"
    yield LiveCheck(
        name, _filled_and(cell, f"NOT(IFERROR({whole},FALSE))"), f"{column.header}应填整数"
    )
    if column.at_most is not None:
        total = columns[column.at_most].header
        larger = f"AND(ISNUMBER({cell}),ISNUMBER({at(column.at_most)}),{cell}>{at(column.at_most)})"
        yield LiveCheck(name, larger, f"{column.header}大于{total}")
    if name not in before:
        return
    was = before[name]
    if column.cumulative:
        fell = f"AND(ISNUMBER({cell}),ISNUMBER({was}),{cell}<{was})"
        yield LiveCheck(name, fell, f"{column.header}比上月减少，属实的在备注说明")
    else:
        share, count = policy.base_share, policy.base_count
        moved = f"ABS({cell}-{was})"
        jumped = f"AND(ISNUMBER({cell}),ISNUMBER({was}),{moved}>{count},{moved}>{share}*{was})"
        yield LiveCheck(
            name, f"IFERROR({jumped},FALSE)", f"{column.header}变动较大，属实的在备注说明"
        )


def reasons_formula(checks: list[LiveCheck]) -> str:
    """Return the formula of the column 检查: every reason of a row, nothing where all is right."""
    return "=" + "&".join(f'IF({check.broken},"{check.reason}；","")' for check in checks)


def _filled_and(cell: str, condition: str) -> str:
    return f'AND({cell}<>"",{condition})'


def _wrong(column: Column) -> str:
    return f"{column.header}有误"


def _uscc(cell: str) -> str:
    """Return a formula that is true for a good credit code (GB 32100-2015)."""
    weights = ";".join(map(str, USCC_WEIGHTS))
    index = f'FIND(MID({cell},{_PLACES},1),"{USCC_ALPHABET}")-1'
    total = f"SUMPRODUCT(({index})*{{{weights}}})"
    check = f'MID("{USCC_ALPHABET}",MOD(31-MOD({total},31),31)+1,1)'
    return f"IFERROR(AND(LEN({cell})=18,RIGHT({cell},1)={check}),FALSE)"


def _citizen_id(cell: str) -> str:
    """Return a formula that is true for a good ID number (GB 11643-1999)."""
    weights = ";".join(map(str, ID_WEIGHTS))
    total = f"SUMPRODUCT(MID({cell},{_PLACES},1)*{{{weights}}})"
    check = f'MID("{ID_CHECKS.tobytes().decode()}",MOD({total},11)+1,1)'
    return f"IFERROR(AND(LEN({cell})=18,UPPER(RIGHT({cell},1))={check}),FALSE)"
