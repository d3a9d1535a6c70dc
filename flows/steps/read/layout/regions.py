"""The tables of a sheet, and the role of each of its rows (DESIGN §4).

Every row has exactly one role in `Region.roles`, so that nothing is dropped unseen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from flows.steps.read.grid import Grid
from flows.steps.read.layout.headers import FEWEST, LEVELS, Header, find_header, header_words
from flows.steps.read.layout.labels import SUMS, Marker, Roles
from flows.steps.read.layout.row_roles import Role, heads_a_line, label_role
from schemas.spellings import header_key, squeeze

SEARCHED = 30  # first filled rows of a sheet that may hold its header
_LONGEST_NAME = 30  # characters; a longer lone text in the column of names is a remark


@dataclass(frozen=True, eq=False)
class Region:
    """A table on a sheet: its header, and the role of each row from the zero-based `start` on."""

    header: Header
    start: int
    roles: Roles

    @property
    def stop(self) -> int:
        """Return the first row after the table."""
        return self.start + len(self.roles)

    def rows(self, *roles: Role) -> npt.NDArray[np.int64]:
        """Return the zero-based rows with one of the roles."""
        return np.flatnonzero(np.isin(self.roles, roles)) + self.start


def find_regions(grid: Grid) -> list[Region]:
    """Return the tables of a sheet from the top down, none if no header is recognised."""
    filled = np.flatnonzero(grid.filled(0, grid.height))
    header = find_header(grid, 0, int(filled[0]) + SEARCHED) if len(filled) else None
    heads = _header_rows(grid)
    regions: list[Region] = []
    marker: Marker | None = None
    while header is not None:
        if marker is None or not marker.header.same_as(header):
            marker = Marker(grid, header)
        region, header = _region(marker, header, regions[-1].stop if regions else 0, heads)
        regions.append(region)
    return regions


def line_counts(regions: Sequence[Region]) -> Counter[str]:
    """Return how many rows of some tables have each role."""
    counts: Counter[str] = Counter()
    for region in regions:
        for role, count in zip(*np.unique(region.roles, return_counts=True), strict=True):
            counts[Role(role).label] += int(count)
    return counts


def _header_rows(grid: Grid) -> npt.NDArray[np.int64]:
    """Return the rows of a sheet that hold several header words."""
    begin = _beginnings()
    words = [
        type(value) is str and value[:1] in begin and _is_header_word(value)
        for value in grid.values
    ]
    rows, counts = np.unique(grid.rows[np.array(words, dtype=bool)[grid.codes]], return_counts=True)
    return rows[counts >= FEWEST].astype(np.int64)


def _is_header_word(text: str) -> bool:
    # The many ASCII texts of a roster are numbers.
    return len(text) < _LONGEST_NAME and not text.isascii() and header_key(text) in header_words()


@cache
def _beginnings() -> frozenset[str]:
    """Return the characters that header words begin with, to dismiss most other texts quickly."""
    return frozenset([word[0] for word in header_words()] + list(" \u3000\n\t*＊(（0123456789"))


def _region(
    marker: Marker, header: Header, start: int, heads: npt.NDArray[np.int64]
) -> tuple[Region, Header | None]:
    """Return the table of a header, and the next table's header.

    A header that is only repeated, as on printed pages, does not begin another table.
    """
    grid, at = marker.grid, header.last + 1
    above = np.where(grid.filled(start, at), np.int8(Role.TITLE), np.int8(Role.BLANK))
    above[header.first - start :] = Role.HEADER
    parts = [above]
    for head in heads[np.searchsorted(heads, at) :].tolist():
        again = _header_at(grid, header, head, at) if head >= at else None
        if again is None:
            continue
        cut = again.first
        while cut > at and _is_title(grid, cut - 1):
            cut -= 1
        parts.append(marker.roles(at, cut))
        ended = (
            np.isin(parts[-1], (*SUMS, Role.FOOTER)).any() or grid.filled(cut, again.first).any()
        )
        if ended or not again.same_as(header):
            return _finished(grid, header, start, parts), again
        parts.append(np.full(again.first - cut, Role.BLANK, dtype=np.int8))
        parts.append(np.full(again.last + 1 - again.first, Role.HEADER, dtype=np.int8))
        at = again.last + 1
    parts.append(marker.roles(at, grid.height))
    return _finished(grid, header, start, parts), None


def _header_at(grid: Grid, header: Header, head: int, at: int) -> Header | None:
    """Return the header at a row, but not above row `at`: the given one repeated, or another."""
    depth = header.last + 1 - header.first
    for first in range(head, max(head - depth, at - 1), -1):
        if all(grid.cells(first + i) == grid.cells(header.first + i) for i in range(depth)):
            return replace(header, first=first, last=first + depth - 1)
    return find_header(grid, max(head - LEVELS + 1, at), head + 1)


def _is_title(grid: Grid, row: int) -> bool:
    """Return whether a row belongs to the header below: blank, a lone text, labels (填报单位)."""
    cells = [value for _, value in grid.cells(row)]
    texts = [value for value in cells if isinstance(value, str)]
    lone = (
        len(cells) == len(texts) == 1
        and label_role(texts[0]) is None
        and not texts[0].replace(".", "").strip().isdigit()
    )
    return not cells or lone or heads_a_line(texts)


def _finished(grid: Grid, header: Header, start: int, parts: Sequence[Roles]) -> Region:
    """Return a table from the roles of its rows; all rows after its first footer are footer too."""
    roles = np.concatenate(parts)
    ends = np.flatnonzero(roles == Role.FOOTER)
    if len(ends):
        end = int(ends[0])
        roles[end:] = np.where(
            grid.filled(start + end, start + len(roles)), Role.FOOTER, Role.BLANK
        )
    below = roles[header.last + 1 - start :]
    _mark_remarks(grid, header, below)
    return Region(header, start, roles)


def _mark_remarks(grid: Grid, header: Header, roles: Roles) -> None:
    """Mark rows after the last data row with one text that is no name: a remark without its 注."""
    first, passed = header.last + 1, (Role.BLANK, Role.REMARK, Role.FOOTER, Role.HEADER, *SUMS)
    named = {header.columns[n] for n in ("county", "enterprise", "person") if n in header.columns}
    for row in np.flatnonzero(~np.isin(roles, passed))[::-1].tolist():
        cells = grid.cells(first + row)
        column, value = cells[0]
        if len(cells) > 1 or not isinstance(value, str):
            break
        is_sentence = len(squeeze(value)) >= _LONGEST_NAME or re.search("[。;；]", value)
        if column in named and not is_sentence:
            break
        roles[row] = Role.FOOTER
