"""The roles of the rows below a header (DESIGN §4)."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from flows.steps.read.grid import Grid
from flows.steps.read.layout.headers import BELOW, Header
from flows.steps.read.layout.row_roles import (
    Role,
    are_numbers,
    are_units,
    is_enumerated,
    label_roles,
    names_group,
)
from flows.steps.read.layout.shapes import Shapes
from schemas.definition import AFFILIATION, Definition

SUMS = (Role.TOTAL, Role.SUBTOTAL, Role.PART)

Roles = npt.NDArray[np.int8]


class Marker:
    """Assigns roles to the rows below a header; each distinct text of a column is examined once."""

    def __init__(self, grid: Grid, header: Header, definition: Definition) -> None:
        self.grid, self.header, self._definition = grid, header, definition
        self._fields = definition.columns_of(header.kind)
        self._labels: Mapping[int, Mapping[int, Role]] = {
            column: roles
            for column in self._leading()
            if (roles := label_roles(grid.column(column, 0, 0).values))
        }
        self._groups = self._group_codes()
        self.shapes = Shapes(grid, header, definition)

    def roles(self, first: int, stop: int) -> Roles:
        """Return the role of each of the rows [first, stop), of which `first` follows a header."""
        roles = np.where(self._holds_data(first, stop), np.int8(Role.DATA), np.int8(Role.BLANK))
        beside = (roles == Role.BLANK) & self.grid.filled(first, stop)
        if beside.any():
            roles[beside & self.grid.worded(first, stop)] = Role.REMARK
        self._mark_labels(first, stop, roles)
        self._mark_groups(first, stop, roles)
        self._mark_below_header(first, roles)
        self.shapes.mark_prefilled(first, roles)
        return roles

    def _holds_data(self, first: int, stop: int) -> npt.NDArray[np.bool_]:
        """Return the rows in which any field of a ledger is filled."""
        filled = np.zeros(stop - first, dtype=bool)
        for column in self.header.columns.values():
            filled |= self.grid.column(column, first, stop).codes != 0
        return filled

    def _mark_labels(self, first: int, stop: int, roles: Roles) -> None:
        """Mark the rows whose leading text is a label: a total, a footer, an example."""
        asides = {
            column
            for name, column in self.header.columns.items()
            if self._fields[name].type == "text" and self._fields[name].aside
        }
        marked: set[int] = set()
        for column, by_code in self._labels.items():
            codes = self.grid.column(column, first, stop).codes
            for row in np.flatnonzero(np.isin(codes, list(by_code))).tolist():
                role = by_code[int(codes[row])]
                alone = role == Role.FOOTER or column in asides
                if row not in marked and (
                    not alone or self.grid.cells(first + row)[0][0] == column
                ):
                    roles[row : self._bottom(first + row, column, role) + 1 - first] = role
                    marked.add(row)

    def _bottom(self, row: int, column: int, role: Role) -> int:
        """Return the last row of a label: that of its merged cell, if it labels sums."""
        spans = self.grid.spans_between(row, row + 1) if role in SUMS and self.grid.spans else ()
        return next(
            (
                bottom
                for top, left, bottom, right in spans
                if top == row and left <= column <= right
            ),
            row,
        )

    def _group_codes(self) -> Mapping[int, tuple[list[int], list[int]]]:
        """Return by leading column the values that name a group, and those that begin a section."""
        affiliation = self.header.columns.get(AFFILIATION)
        if self.header.kind != "progress" or "enterprise" not in self.header.columns:
            return {}
        by_column = {}
        for column in self._leading():
            values = self.grid.column(column, 0, 0).values
            groups = [
                code
                for code, value in enumerate(values)
                if column != affiliation and names_group(value, self._definition)
            ]
            sections = [code for code, value in enumerate(values) if is_enumerated(value)]
            if groups or sections:
                by_column[column] = groups, sections
        return by_column

    def _mark_groups(self, first: int, stop: int, roles: Roles) -> None:
        """Mark rows that name a group, not an enterprise, or begin a section without a count."""
        columns = self.header.columns
        counts = [column for name, column in columns.items() if self._fields[name].is_number]
        named = [columns.get(name) for name in (AFFILIATION, "enterprise")]
        for column, (groups, sections) in self._groups.items():
            codes = self.grid.column(column, first, stop).codes
            for row in np.flatnonzero(
                np.isin(codes, [*groups, *sections]) & (roles == Role.DATA)
            ).tolist():
                cells = dict(self.grid.cells(first + row))
                counted = any(c in cells for c in counts)
                in_names = column == self.header.columns["enterprise"]
                enumerated = codes[row] in groups and codes[row] in sections
                beside = named[1:] if enumerated else named
                if not in_names and any(at in cells and at != column for at in beside):
                    continue
                if not counted:
                    roles[row] = Role.SECTION
                elif codes[row] in groups:
                    roles[row] = Role.PART

    def _mark_below_header(self, first: int, roles: Roles) -> None:
        """Mark the rows of column numbers and of units that follow a header."""
        for row in range(min(BELOW, len(roles))):
            cells = [value for _, value in self.grid.cells(first + row)]
            if cells and (are_units(cells, self._definition) or are_numbers(cells)):
                roles[row] = Role.BELOW_HEADER
            elif cells:
                break

    def _leading(self) -> range:
        """Return the columns that may hold a label: up to the units' or the persons' names."""
        columns = self.header.columns
        names: Sequence[str] = ("county", "enterprise", AFFILIATION)
        if self.header.kind == "roster":
            names = [name for name, column in self._fields.items() if column.type == "name"]
        last = max(
            (columns[name] for name in names if name in columns), default=min(columns.values())
        )
        return range(last + 1)
