"""Checks that a form makes while it is filled in: red cells and a reason in the column 检查.

Each check is one formula of a row, true if the cell is wrong; it uses only functions that
Excel 2007, WPS and LibreOffice all have. Array constants are none of it: a conditional format or a
validation may not hold them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.policies import DoubtPolicy
from schemas.codes import ID_CHECKS, USCC_ALPHABET
from schemas.columns import TICKED_BOX
from schemas.conditions import Condition, as_excel, says
from schemas.definition import Column, Definition
from schemas.own_checks import OWN_CHECK, bound_check

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


def live_checks(definition: Definition, row: RowCells, policy: DoubtPolicy) -> Iterator[LiveCheck]:
    """Yield the checks of a row of the progress ledger, the office's own ones last."""
    for name, column in definition.columns_of("progress").items():
        cell = row.cells[name]
        if column.is_number:
            yield from _number_checks(column, definition, row)
            if name in row.before:
                yield from _previous_checks(column, definition, row, policy)
        elif column.type == "uscc":
            yield LiveCheck(name, wrong_uscc(cell), f"{column.header}有误")
    yield from own_checks(definition.progress, definition, row.cells)


def own_checks(
    columns: Sequence[Column], definition: Definition, cells: Mapping[str, str]
) -> Iterator[LiveCheck]:
    """Yield the office's own checks of a ledger with some columns, by the cells of a row."""
    for check in definition.checks:
        if definition.kinds[check.kind] != tuple(columns):
            continue
        bound = bound_check(check, columns)
        condition = bound.given.get("condition")
        if bound.code == OWN_CHECK and isinstance(condition, Condition):
            said = (check.problem or f"应当{says(condition)}").rstrip("。").replace('"', '""')
            reason = f"{said}，属实的在备注说明" if check.severity == "query" else said
            yield LiveCheck(bound.at, f"NOT({as_excel(condition, cells.__getitem__)})", reason)


def _number_checks(column: Column, definition: Definition, row: RowCells) -> Iterator[LiveCheck]:
    """Yield the checks of a count by itself and with its total."""
    name, header, cell = column.name, column.header, row.cells[column.name]
    number = f"AND(ISNUMBER({cell}),{_is_whole(cell, column.decimals)},{cell}>=0)"
    wanted = f"数字，最多{column.decimals}位小数" if column.decimals else "整数"
    broken = _filled_and(cell, f"NOT(IFERROR({number},FALSE))")
    yield LiveCheck(name, broken, f"{header}应填{wanted}")
    if column.required:
        typed = ",".join(row.cells[each] for each in definition.progressing)
        begun = f'COUNTA({typed})>0,{row.no_change}<>"{TICKED_BOX}"'
        yield LiveCheck(name, f'AND({cell}="",{begun})', f"{header}没有填")
    if column.at_most is not None:
        total = row.cells[column.at_most]
        larger = f"AND(ISNUMBER({cell}),ISNUMBER({total}),{cell}>{total})"
        yield LiveCheck(name, larger, f"{header}大于{definition.count_name(column.at_most)}")


def _is_whole(cell: str, decimals: int) -> str:
    """Return a formula that is true for a number with no more decimals than it may have."""
    if not decimals:
        return f"{cell}=INT({cell})"
    return f"ABS({cell}-ROUND({cell},{decimals}))<1E-9"


def _previous_checks(
    column: Column, definition: Definition, row: RowCells, policy: DoubtPolicy
) -> Iterator[LiveCheck]:
    """Yield the checks of a count against last month's."""
    name, header = column.name, column.header
    cell, was = row.cells[name], row.before[name]
    both = f"ISNUMBER({cell}),ISNUMBER({was})"
    if column.cumulative:
        fell = f"AND({both},{cell}<{was})"
        yield LiveCheck(name, fell, f"{header}比上月减少，属实的在备注说明")
    elif name in definition.bases:
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
