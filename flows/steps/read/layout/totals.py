"""The control totals of a table, and the units of its counts (DESIGN §4)."""

from collections.abc import Callable, Mapping
from typing import Literal

from flows.steps.model import CellValue, Total, display_text
from flows.steps.read.grid import Grid
from flows.steps.read.layout.claims import sheet_units
from flows.steps.read.layout.regions import Region
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.values.cells import Meaning, Scale, converter
from flows.steps.read.values.units import ratio
from schemas.definition import Column, Definition
from schemas.spellings import squeeze, unit_scale

_ROLES: Mapping[Role, Literal["total", "subtotal", "part"]] = {
    Role.TOTAL: "total",
    Role.SUBTOTAL: "subtotal",
    Role.PART: "part",
}
_NAMES = ("county", "enterprise")


def scale_of(grid: Grid, region: Region, column: Column) -> Scale:
    """Return the factor of a number's unit: from its header, unit row, or above the table."""
    place = region.header.columns.get(column.name)
    if not column.is_number or place is None:
        return 1
    if column.name in region.header.units:
        return region.header.units[column.name]
    texts = [grid.cell(row, place) for row in region.rows(Role.BELOW_HEADER).tolist()]
    for text in [*texts, *sheet_units(grid, region)]:
        if isinstance(text, str) and (scale := _scale(text.strip("()（） "), column)):
            return scale
    return 1


def _scale(unit: str, column: Column) -> Scale | None:
    return ratio(unit, column) if column.type == "amount" else unit_scale(unit)


def _converter(
    column: Column, grid: Grid, region: Region, definition: Definition
) -> Callable[[CellValue], Meaning]:
    return converter(column, definition, scale=scale_of(grid, region, column))


def totals_of(
    table: int, grid: Grid, region: Region, offset: int, definition: Definition
) -> list[Total]:
    """Return the control totals of a table; `offset` is the row id of its first data row."""
    rows = region.rows(*_ROLES)
    if not len(rows):
        return []
    before = region.rows(Role.DATA).searchsorted(rows) + offset
    columns = definition.columns_of(region.header.kind)
    converters = {
        name: (at, _converter(columns[name], grid, region, definition))
        for name, at in region.header.columns.items()
        if columns[name].is_number
    }
    totals = []
    for row, above in zip(rows.tolist(), before.tolist(), strict=True):
        cells = dict(grid.cells(row))
        said = {
            name: value
            for name, (at, convert) in converters.items()
            if isinstance(value := convert(cells.get(at)).value, int)
        }
        label = next(
            (
                squeeze(value)
                for value in cells.values()
                if isinstance(value, str) and value.strip()
            ),
            "",
        )
        names = [
            squeeze(display_text(cells[c]))
            for n, c in region.header.columns.items()
            if n in _NAMES and c in cells
        ]
        county = next((name for name in names if name != label), None)
        totals.append(
            Total(
                table, row + 1, _ROLES[region.roles[row - region.start]], label, county, said, above
            )
        )
    return totals
