"""The control totals of a table, and the units of its counts (DESIGN §4)."""

from collections.abc import Mapping
from typing import Literal

from flows.steps.model import Total, display_text
from flows.steps.read.grid import Grid
from flows.steps.read.layout.claims import sheet_unit
from flows.steps.read.layout.regions import Region
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.values.cells import converter
from schemas.columns import COUNTS, columns_of
from schemas.spellings import squeeze, unit_scale

_ROLES: Mapping[Role, Literal["total", "subtotal", "part"]] = {
    Role.TOTAL: "total",
    Role.SUBTOTAL: "subtotal",
    Role.PART: "part",
}
_NAMES = ("county", "enterprise")


def scale_of(grid: Grid, region: Region, name: str) -> int:
    """Return the factor of a field's unit: from its header, unit row, or above the table."""
    column = region.header.columns.get(name)
    if name not in COUNTS or column is None:
        return 1
    if name in region.header.units:
        return region.header.units[name]
    for row in region.rows(Role.BELOW_HEADER).tolist():
        cell = grid.cell(row, column)
        if isinstance(cell, str) and (scale := unit_scale(cell.strip("()（） "))):
            return scale
    return sheet_unit(grid, region)


def totals_of(table: int, grid: Grid, region: Region, offset: int) -> list[Total]:
    """Return the control totals of a table; `offset` is the row id of its first data row."""
    rows = region.rows(*_ROLES)
    if not len(rows):
        return []
    before = region.rows(Role.DATA).searchsorted(rows) + offset
    columns = columns_of(region.header.kind)
    converters = {
        name: (at, converter(columns[name], scale=scale_of(grid, region, name)))
        for name, at in region.header.columns.items()
        if columns[name].type == "count"
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
