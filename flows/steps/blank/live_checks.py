"""Checks that a form makes while it is filled in: red cells and a reason in the column 检查.

Each check is one formula of a row, true if the cell is wrong; it uses only functions that
Excel 2007, WPS and LibreOffice all have. Array constants are none of it: a conditional format or a
validation may not hold them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.policies import DoubtPolicy
from schemas.codes import ID_CHECKS, USCC_ALPHABET
from schemas.columns import TICKED_BOX, Column

_PLACES = 'ROW(INDIRECT("A1:A17"))'  # 1 to 17; as a text, so that rows inserted move nothing


@dataclass(frozen=True)
class LiveCheck:
    """A check of one field: a formula without `=` that is true if it is broken, and the reason."""

    field: str
    broken: str
    reason: str


@dataclass(frozen=True)
class RowCells:
    """The addresses of a row's cells by field, of last month's counts, and of 本月无变动's box."""

    cells: Mapping[str, str]
    before: Mapping[str, str]
    no_change: str


def live_checks(
    columns: Mapping[str, Column], row: RowCells, policy: DoubtPolicy
) -> Iterator[LiveCheck]:
    """Yield the checks of a row."""
    for name, column in columns.items():
        cell = row.cells[name]
        if column.type == "count":
            yield from _number_checks(column, columns, row)
            if name in row.before:
                yield from _previous_checks(column, row, policy)
        elif column.type == "uscc":
            yield LiveCheck(name, wrong_uscc(cell), f"{column.header}有误")


def _number_checks(
    column: Column, columns: Mapping[str, Column], row: RowCells
) -> Iterator[LiveCheck]:
    """Yield the checks of a count by itself and with its total."""
    name, header, cell = column.name, column.header, row.cells[column.name]
    whole = f"AND(ISNUMBER({cell}),{cell}=INT({cell}),{cell}>=0)"
    yield LiveCheck(name, _filled_and(cell, f"NOT(IFERROR({whole},FALSE))"), f"{header}应填整数")
    if column.required:
        typed = ",".join(row.cells[c.name] for c in columns.values() if c.cumulative)
        begun = f'COUNTA({typed})>0,{row.no_change}<>"{TICKED_BOX}"'
        yield LiveCheck(name, f'AND({cell}="",{begun})', f"{header}没有填")
    if column.at_most is not None:
        total = row.cells[column.at_most]
        larger = f"AND(ISNUMBER({cell}),ISNUMBER({total}),{cell}>{total})"
        yield LiveCheck(name, larger, f"{header}大于{columns[column.at_most].header}")


def _previous_checks(column: Column, row: RowCells, policy: DoubtPolicy) -> Iterator[LiveCheck]:
    """Yield the checks of a count against last month's."""
    name, header = column.name, column.header
    cell, was = row.cells[name], row.before[name]
    both = f"ISNUMBER({cell}),ISNUMBER({was})"
    if column.cumulative:
        fell = f"AND({both},{cell}<{was})"
        yield LiveCheck(name, fell, f"{header}比上月减少，属实的在备注说明")
    else:
        moved = f"ABS({cell}-{was})"
        limits = f"{moved}>{policy.base_count},{moved}>{policy.base_share}*{was}"
        jumped = f"IFERROR(AND({both},{limits}),FALSE)"
        yield LiveCheck(name, jumped, f"{header}变动较大，属实的在备注说明")
    ticked = f'{row.no_change}="{TICKED_BOX}",{cell}<>"",{cell}<>{was}'
    yield LiveCheck(name, f"AND({ticked})", f"已选“本月无变动”，{header}却与上月不同")


def reasons_formula(checks: list[LiveCheck]) -> str:
    """Return the formula of the column 检查: every reason of a row, nothing where all is right."""
    return "=" + "&".join(f'IF({check.broken},"{check.reason}；","")' for check in checks)


def _filled_and(cell: str, condition: str) -> str:
    return f'AND({cell}<>"",{condition})'


def wrong_uscc(cell: str) -> str:
    """Return a formula that is true for a credit code with a fault (GB 32100-2015)."""
    index = f'FIND(MID({cell},{_PLACES},1),"{USCC_ALPHABET}")-1'
    total = f"SUMPRODUCT(({index})*MOD(3^({_PLACES}-1),31))"
    check = f'MID("{USCC_ALPHABET}",MOD(31-MOD({total},31),31)+1,1)'
    good = f"IFERROR(AND(LEN({cell})=18,RIGHT({cell},1)={check}),FALSE)"
    return _filled_and(cell, f"NOT({good})")


def wrong_citizen_id(cell: str) -> str:
    """Return a formula that is true for an ID number with a fault (GB 11643-1999)."""
    total = f"SUMPRODUCT(MID({cell},{_PLACES},1)*MOD(2^(18-{_PLACES}),11))"
    check = f'MID("{ID_CHECKS.tobytes().decode()}",MOD({total},11)+1,1)'
    good = f"IFERROR(AND(LEN({cell})=18,UPPER(RIGHT({cell},1))={check}),FALSE)"
    return f'AND({cell}<>"",LEN({cell})<>15,NOT({good}))'
