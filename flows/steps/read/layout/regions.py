"""The tables of a sheet, and the role of each of its rows (DESIGN §4).

Every row has exactly one role in `Region.roles`, so that nothing is dropped unseen.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from flows.steps.model import CellValue
from flows.steps.read.grid import Grid
from flows.steps.read.layout.head_paths import LEVELS, fewest, header_words
from flows.steps.read.layout.headers import Header, find_header
from flows.steps.read.layout.labels import SUMS, Marker, Roles
from flows.steps.read.layout.row_roles import Role, heads_a_line, label_role
from flows.steps.read.layout.shapes import LONGEST_NAME, Shapes, is_place
from schemas.definition import Definition
from schemas.spellings import header_key, squeeze

SEARCHED = 30  # first filled rows of a sheet that may hold its header


@dataclass(frozen=True, eq=False)
class Region:
    """A table on a sheet: its header, and the role of each row from the zero-based `start` on.

    `unread` gives by row why a row with data is not understood.
    """

    header: Header
    start: int
    roles: Roles
    unread: Mapping[int, str] = field(default_factory=dict)

    @property
    def stop(self) -> int:
        """Return the first row after the table."""
        return self.start + len(self.roles)

    def rows(self, *roles: Role) -> npt.NDArray[np.int64]:
        """Return the zero-based rows with one of the roles."""
        found = self.roles == roles[0]
        for role in roles[1:]:  # numpy's own search takes ten times as long for a small table
            found |= self.roles == role
        return np.flatnonzero(found) + self.start


def find_regions(grid: Grid, definition: Definition) -> list[Region]:
    """Return the tables of a sheet from the top down, none if no header is recognised."""
    filled = np.flatnonzero(grid.filled(0, grid.height))
    heads = _header_rows(grid, definition)
    header = find_header(grid, 0, int(filled[0]) + SEARCHED, definition) if len(filled) else None
    if header is None:
        far = (find_header(grid, max(head - LEVELS + 1, 0), head + 1, definition) for head in heads)
        header = next((found for found in far if found is not None), None)
    regions: list[Region] = []
    marker: Marker | None = None
    while header is not None:
        if marker is None or not marker.header.same_as(header):
            marker = Marker(grid, header, definition)
        region, header = _region(
            marker, header, regions[-1].stop if regions else 0, heads, definition
        )
        regions.append(region)
    return regions


def line_counts(regions: Sequence[Region]) -> Counter[str]:
    """Return how many rows of some tables have each role."""
    counts: Counter[str] = Counter()
    for region in regions:
        for role, count in zip(*np.unique(region.roles, return_counts=True), strict=True):
            counts[Role(role).label] += int(count)
    return counts


def _header_rows(grid: Grid, definition: Definition) -> npt.NDArray[np.int64]:
    """Return the rows of a sheet that hold several header words."""
    begin = _beginnings(definition)
    words = [  # the many ASCII texts of a roster are numbers
        type(value) is str
        and not value.isascii()
        and value[0] in begin
        and _is_header_word(value, definition)
        for value in grid.values
    ]
    rows, counts = np.unique(grid.rows[np.array(words, dtype=bool)[grid.codes]], return_counts=True)
    return rows[counts >= fewest(definition)].astype(np.int64)


def _is_header_word(text: str, definition: Definition) -> bool:
    return len(text) < LONGEST_NAME and header_key(text) in header_words(definition)


@cache
def _beginnings(definition: Definition) -> frozenset[str]:
    """Return the characters that header words begin with, to dismiss most other texts quickly."""
    around = " \u3000\n\t*＊(（0123456789①②③④⑤⑥⑦⑧⑨⑩"
    hidden = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c\u202d\u2068\u2069\u00a0"
    return frozenset([word[0] for word in header_words(definition)] + list(around + hidden))


def _region(
    marker: Marker, header: Header, start: int, heads: npt.NDArray[np.int64], definition: Definition
) -> tuple[Region, Header | None]:
    """Return the table of a header, and the next table's header.

    A header that is only repeated, as on printed pages, does not begin another table.
    """
    grid, at = marker.grid, header.last + 1
    above = np.where(grid.filled(start, at), np.int8(Role.TITLE), np.int8(Role.BLANK))
    above[header.first - start :] = Role.HEADER
    parts = [above]
    for head in heads[np.searchsorted(heads, at) :].tolist():
        again = _header_at(grid, header, head, at, definition) if head >= at else None
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
            return _finished(marker, header, start, parts), again
        parts.append(np.full(again.first - cut, Role.BLANK, dtype=np.int8))
        parts.append(np.full(again.last + 1 - again.first, Role.HEADER, dtype=np.int8))
        at = again.last + 1
    parts.append(marker.roles(at, grid.height))
    return _finished(marker, header, start, parts), None


def _header_at(
    grid: Grid, header: Header, head: int, at: int, definition: Definition
) -> Header | None:
    """Return the header at a row, but not above row `at`: the given one repeated, or another."""
    depth = header.last + 1 - header.first
    for first in range(head, max(head - depth, at - 1), -1):
        if all(grid.cells(first + i) == grid.cells(header.first + i) for i in range(depth)):
            return replace(header, first=first, last=first + depth - 1)
    return find_header(grid, max(head - LEVELS + 1, at), head + 1, definition)


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


def _finished(marker: Marker, header: Header, start: int, parts: Sequence[Roles]) -> Region:
    """Return a table from the roles of its rows.

    It ends with its first footer only if nothing below looks like its data.
    """
    grid, shapes = marker.grid, marker.shapes
    roles = np.concatenate(parts)
    unread = _unread_titles(shapes, header, start, roles)
    below = roles[header.last + 1 - start :]
    first = header.last + 1
    ends = np.flatnonzero(below == Role.FOOTER)
    if len(ends):
        _end(shapes, first, below, int(ends[0]))
    unread |= _unread_labels(shapes, first, below)
    _mark_remarks(grid, header, below)
    _mark_lines(marker, header, below)
    _mark_sum(shapes, first, below)
    return Region(header, start, roles, unread)


def _end(shapes: Shapes, first: int, roles: Roles, footer: int) -> None:
    """Mark the rows below the last one that looks like data; `footer` is the first footer."""
    tail = roles[footer:]
    like_data = shapes.are_data(first + footer, first + len(roles))
    lasting = np.flatnonzero((tail == Role.DATA) & like_data)
    sums = np.flatnonzero(np.isin(tail, SUMS))
    last = max(int(lasting[-1]) if len(lasting) else -1, int(sums[-1]) if len(sums) else -1)
    rest = tail[last + 1 :]
    filled = shapes.grid.filled(first + footer + last + 1, first + len(roles))
    rest[:] = np.where(filled, Role.FOOTER, Role.BLANK)


def _unread_titles(shapes: Shapes, header: Header, start: int, roles: Roles) -> dict[int, str]:
    """Mark rows above a header that look like data, and return why they are not read."""
    above = roles[: header.first - start]
    rows = np.flatnonzero((above == Role.TITLE) & shapes.are_surely_data(start, header.first))
    above[rows] = Role.UNREAD
    return dict.fromkeys((rows + start).tolist(), "在表头的上方")


def _unread_labels(shapes: Shapes, first: int, roles: Roles) -> dict[int, str]:
    """Mark rows that a label takes for footer or example although they hold data."""
    labelled = np.flatnonzero(np.isin(roles, (Role.FOOTER, Role.EXAMPLE)))
    if not len(labelled):
        return {}
    begin, stop = int(labelled[0]), int(labelled[-1]) + 1
    sure = shapes.are_surely_data(first + begin, first + stop)
    unread = {}
    for row in labelled.tolist():
        if not sure[row - begin] or (roles[row] == Role.EXAMPLE and shapes.is_example(first + row)):
            continue
        example = roles[row] == Role.EXAMPLE
        unread[first + row] = "标有“示例”，但内容不是空白表的示例" if example else "行首是说明文字"
        roles[row] = Role.UNREAD
    return unread


def _mark_remarks(grid: Grid, header: Header, roles: Roles) -> None:
    """Mark rows after the last data row with one text that is no name: a remark without its 注."""
    passed = (Role.BLANK, Role.REMARK, Role.FOOTER, Role.HEADER, Role.PREFILLED, *SUMS)
    for row in np.flatnonzero(~np.isin(roles, passed))[::-1].tolist():
        if not _is_remark(grid.cells(header.last + 1 + row), header):
            break
        roles[row] = Role.FOOTER


def _mark_lines(marker: Marker, header: Header, roles: Roles) -> None:
    """Mark the lines among the data that hold one text and no name."""
    first = header.last + 1
    counts = marker.grid.filled_counts(first, first + len(roles))
    for row in np.flatnonzero((roles == Role.DATA) & (counts == 1)).tolist():
        cells = marker.grid.cells(first + row)
        text = str(cells[0][1])
        spanned = any(
            marker.shapes.spanned(header.columns[name], first + row, 1).any()
            for name in ("county", "enterprise")
            if name in header.columns
        )
        if _is_remark(cells, header) and not spanned and not any(map(str.isdigit, text[:12])):
            roles[row] = Role.REMARK


def _is_remark(cells: Sequence[tuple[int, CellValue]], header: Header) -> bool:
    """Return whether the cells of a row are one text that cannot be a name."""
    column, value = cells[0]
    if len(cells) > 1 or not isinstance(value, str):
        return False
    named = {header.columns[n] for n in header.names if n in header.columns}
    is_sentence = len(squeeze(value)) >= LONGEST_NAME or re.search("[。;；:：]", value)
    if column == header.columns.get("county"):
        return not is_place(value)
    return column not in named or (is_sentence is not None and bool(is_sentence))


def _mark_sum(shapes: Shapes, first: int, roles: Roles) -> None:
    """Mark the last row as a total if it has no name and is the sum of all rows above it."""
    data = np.flatnonzero(roles == Role.DATA)
    if len(data) and shapes.header.kind == "progress":
        *above, last = (data + first).tolist()
        if shapes.is_sum(last, above):
            roles[last - first] = Role.TOTAL
