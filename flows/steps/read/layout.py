"""From a sheet to its tables: which rows are title, header, data, total, footer or blank (DESIGN §4).

Every sheet row is taken for exactly one of these; `Region.roles` says which, so that nothing is dropped unseen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from flows.steps.read.grid import Grid
from flows.steps.read.headers import FEWEST, LEVELS, Header, find_header, header_words
from flows.steps.read.roles import Role, are_numbers, are_units, heads_a_line, is_enumerated, label_role, names_group
from schemas.columns import COUNTS
from schemas.spellings import header_key, squeeze

SEARCHED = 30  # rows in which a sheet's first header is looked for (DESIGN §4)
_BELOW = 4  # rows below a header in which column numbers and units are looked for
_SUMS = (Role.TOTAL, Role.SUBTOTAL, Role.PART)
_LONGEST_NAME = 30  # characters; a lone text in a name's column that is longer is a remark

Roles = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Region:
    """A table on a sheet: its header, and the role (Role) of each of the sheet's rows from `start` on (zero-based)."""

    header: Header
    start: int
    roles: Roles

    @property
    def stop(self) -> int:
        """Return the first row that no longer belongs to the table."""
        return self.start + len(self.roles)

    def rows(self, *roles: Role) -> npt.NDArray[np.int64]:
        """Return the zero-based rows that play one of the roles."""
        return np.flatnonzero(np.isin(self.roles, roles)) + self.start


def find_regions(grid: Grid) -> list[Region]:
    """Return the tables of a sheet from the top down; none where no header is recognised."""
    regions: list[Region] = []
    filled = np.flatnonzero(grid.filled(0, grid.height))
    start = 0
    within = int(filled[0]) + SEARCHED if len(filled) else 0
    while start < grid.height and (header := find_header(grid, start, start + within)) is not None:
        region = _region(grid, header, start)
        regions.append(region)
        start, within = region.stop, LEVELS + SEARCHED
    return regions


def line_counts(regions: Sequence[Region]) -> Counter[str]:
    """Return how many rows of some tables play each role."""
    counts: Counter[str] = Counter()
    for region in regions:
        for role, count in zip(*np.unique(region.roles, return_counts=True), strict=True):
            counts[Role(role).label] += int(count)
    return counts


def _region(grid: Grid, header: Header, start: int) -> Region:
    above = np.where(grid.filled(start, header.last + 1), np.int8(Role.TITLE), np.int8(Role.BLANK))
    above[header.first - start :] = Role.HEADER
    return Region(header, start, np.concatenate([above, _roles(grid, header, header.last + 1)]))


def _roles(grid: Grid, header: Header, first: int) -> Roles:
    """Return the role of each row below a header, up to where the next table's title or the sheet's end begins."""
    roles = np.where(_holds_data(grid, header, first), np.int8(Role.DATA), np.int8(Role.BLANK))
    roles[(roles == Role.BLANK) & grid.worded(first, grid.height)] = Role.REMARK
    _mark_labels(grid, header, first, roles)
    _mark_below_header(grid, first, roles, 0)
    roles = _up_to_next_table(grid, header, first, roles)
    ends = np.flatnonzero(roles == Role.FOOTER)
    if len(ends):
        rest = slice(int(ends[0]), len(roles))
        roles[rest] = np.where(grid.filled(first + rest.start, first + rest.stop), Role.FOOTER, Role.BLANK)
    _mark_remarks(grid, header, first, roles)
    return roles


def _holds_data(grid: Grid, header: Header, first: int) -> npt.NDArray[np.bool_]:
    """Return the rows from `first` on in which any field that a ledger needs holds something."""
    filled = np.zeros(grid.height - first, dtype=bool)
    for column in header.columns.values():
        filled |= grid.column(column, first, grid.height).codes != 0
    return filled


def _mark_labels(grid: Grid, header: Header, first: int, roles: Roles) -> None:
    """Mark the rows whose leading text is a label: a total, a footer, an example, a section."""
    asides = {header.columns[name] for name in ("note", "community") if name in header.columns}
    marked: set[int] = set()
    for column in _leading(header):
        coded = grid.column(column, first, grid.height)
        by_code = {code: role for code, value in enumerate(coded.values) if (role := label_role(value)) is not None}
        for row in np.flatnonzero(np.isin(coded.codes, list(by_code))).tolist() if by_code else ():
            role = by_code[int(coded.codes[row])]
            alone = role == Role.FOOTER or column in asides
            if row not in marked and (not alone or grid.cells(first + row)[0][0] == column):
                roles[row : _bottom(grid, first + row, column, role) + 1 - first] = role
                marked.add(row)
    _mark_groups(grid, header, first, roles)


def _leading(header: Header) -> range:
    """Return the columns in which a label may stand: those up to the names of counties and enterprises, or of persons."""
    names = ("county", "enterprise") if header.kind == "progress" else ("person",)
    return range(max((header.columns[n] for n in names if n in header.columns), default=min(header.columns.values())) + 1)


def _bottom(grid: Grid, row: int, column: int, role: Role) -> int:
    """Return the last row for which a label speaks: those that its merged cell spans, where it labels sums."""
    spans = grid.spans_between(row, row + 1) if role in _SUMS else ()
    return next((bottom for top, left, bottom, right in spans if top == row and left <= column <= right), row)


def _mark_groups(grid: Grid, header: Header, first: int, roles: Roles) -> None:
    """Mark the lines of a progress ledger that name a group in place of an enterprise, or begin a section without a count."""
    at = header.columns.get("enterprise")
    if header.kind != "progress" or at is None:
        return
    counts = [column for name, column in header.columns.items() if name in COUNTS]
    for column in _leading(header):
        coded = grid.column(column, first, grid.height)
        named = [code for code, value in enumerate(coded.values) if (column == at and names_group(value)) or is_enumerated(value)]
        for row in np.flatnonzero(np.isin(coded.codes, named) & (roles == Role.DATA)).tolist() if named else ():
            cells = dict(grid.cells(first + row))
            counted, affiliated = any(c in cells for c in counts), header.columns.get("affiliation") in cells
            if column == at and names_group(cells[column]) and not affiliated:
                roles[row] = Role.PART if counted else Role.SECTION
            elif not counted and not affiliated:
                roles[row] = Role.SECTION


def _mark_below_header(grid: Grid, first: int, roles: Roles, at: int) -> None:
    """Mark the rows of column numbers and of units that follow a header."""
    for row in range(at, min(at + _BELOW, len(roles))):
        cells = [value for _, value in grid.cells(first + row)]
        if cells and (are_units(cells) or are_numbers(cells)):
            roles[row] = Role.BELOW_HEADER
        elif cells:
            break


def _up_to_next_table(grid: Grid, header: Header, first: int, roles: Roles) -> Roles:
    """Return the roles of the rows up to the next table; a header that is only repeated, as on printed pages, begins none."""
    done = 0
    for head in _header_rows(grid, header, first):
        again = find_header(grid, first + max(head - LEVELS + 1, done), first + head + 1) if head >= done else None
        if again is None:
            continue
        begin = cut = again.first - first
        while cut > done and _is_title(grid, first + cut - 1):
            cut -= 1
        titled = grid.filled(first + cut, first + begin).any()
        if titled or not again.same_as(header) or np.isin(roles[:begin], (*_SUMS, Role.FOOTER)).any():
            return roles[:cut]
        done = again.last + 1 - first
        roles[begin:done] = Role.HEADER
        _mark_below_header(grid, first, roles, done)
    return roles


def _header_rows(grid: Grid, header: Header, first: int) -> list[int]:
    """Return the rows from `first` on that hold several words of headers, counted from it."""
    words = np.zeros(grid.height - first, dtype=np.int16)
    begin = _beginnings()
    for column in range(max(header.columns.values()) + 1):
        coded = grid.column(column, first, grid.height)
        known = [
            code for code, value in enumerate(coded.values) if isinstance(value, str) and value[:1] in begin and _is_header_word(value)
        ]
        if known:
            words += np.isin(coded.codes, known)
    return np.flatnonzero(words >= FEWEST).tolist()


def _is_header_word(text: str) -> bool:
    return len(text) < _LONGEST_NAME and header_key(text) in header_words()


@cache
def _beginnings() -> frozenset[str]:
    """Return the characters with which header texts begin, for a quick look at the many texts that are none."""
    return frozenset([word[0] for word in header_words()] + list(" \u3000\n\t*"))


def _is_title(grid: Grid, row: int) -> bool:
    """Return whether a row above a later header belongs to it: a blank, a lone text, or a line of labels such as 填报单位."""
    cells = [value for _, value in grid.cells(row)]
    texts = [value for value in cells if isinstance(value, str)]
    lone = len(cells) == len(texts) == 1 and label_role(texts[0]) is None and not texts[0].replace(".", "").strip().isdigit()
    return not cells or lone or heads_a_line(texts)


def _mark_remarks(grid: Grid, header: Header, first: int, roles: Roles) -> None:
    """Mark the lines after the last data row that hold one text only and no name: a remark without its 注."""
    named = {header.columns[n] for n in ("county", "enterprise", "person") if n in header.columns}
    for row in np.flatnonzero(~np.isin(roles, (Role.BLANK, Role.REMARK, Role.FOOTER, *_SUMS)))[::-1].tolist():
        cells = grid.cells(first + row)
        column, value = cells[0]
        alone = len(cells) == 1 and isinstance(value, str)
        if not alone or (column in named and len(squeeze(value)) < _LONGEST_NAME and not re.search("[。;；]", value)):
            break
        roles[row] = Role.FOOTER
