"""From a sheet to its tables: which rows are title, header, data, total, footer or blank (DESIGN §4).

Every sheet row is taken for exactly one of these; `Region.lines` says which, so that nothing is dropped unseen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.steps.model import Coded
from flows.steps.read.cells import is_empty
from flows.steps.read.grid import Grid
from flows.steps.read.headers import LEVELS, Header, find_header
from schemas.columns import COUNTS
from schemas.spellings import header_key, headers, labels, squeeze, unit_scale

SEARCHED = 30  # rows in which a sheet's first header is looked for (DESIGN §4)
_ENDING = re.compile(r"(?:合计|总计|共计|小计)$")
_HINT = re.compile(r"[计注明]|其中|填|审核|负责|制表|联系|经办|复核|备|例|说明|附|栏|列号|序列|单位|电话|[号码名称区别系]")

Role = str  # title, header, data, total, subtotal, part, footer, example, blank


@dataclass(frozen=True)
class Region:
    """A table on a sheet: its header, and the role of each of the sheet's rows from `start` up to `stop` (zero-based)."""

    header: Header
    start: int
    stop: int
    roles: Sequence[Role]

    def rows(self, *roles: Role) -> npt.NDArray[np.int64]:
        """Return the zero-based rows that play one of the roles."""
        return np.array([self.start + i for i, role in enumerate(self.roles) if role in roles], dtype=np.int64)


def find_regions(grid: Grid) -> list[Region]:
    """Return the tables of a sheet from the top down; none where no header is recognised."""
    regions: list[Region] = []
    start, within = 0, SEARCHED
    while (header := find_header(grid, start, start + within)) is not None:
        region = _region(grid, header, start)
        regions.append(region)
        start, within = region.stop, LEVELS + SEARCHED
        if start >= grid.height:
            break
    return regions


def _region(grid: Grid, header: Header, start: int) -> Region:
    first = header.last + 1
    roles = _roles(grid, header, first)
    above = ["header" if row >= header.first else _title(grid, row) for row in range(start, first)]
    return Region(header, start, first + len(roles), [*above, *roles])


def _title(grid: Grid, row: int) -> Role:
    return "title" if any(value is not None for value in grid.row(row)) else "blank"


def _roles(grid: Grid, header: Header, first: int) -> list[Role]:
    """Return the role of each row below a header, up to where the next table's title or the sheet's end begins."""
    stop = grid.height
    roles = np.full(stop - first, "data", dtype=object)
    if not len(roles):
        return []
    filled = _filled(grid, header, first, stop)
    for row, role in _labelled(grid, header, first, stop).items():
        roles[row] = role
    roles[~filled & (roles == "data")] = "blank"
    _below_header(grid, first, roles)
    heads = np.flatnonzero(roles == "header")
    ends = np.flatnonzero(roles == "footer")
    footer = int(ends[0]) if len(ends) else len(roles)
    cut = _next_table(grid, header, first, roles, int(heads[0])) if len(heads) else len(roles)
    roles = roles[:cut]
    for row in range(min(footer, cut), cut):
        roles[row] = "blank" if not any(v is not None for v in grid.row(first + row)) else "footer"
    _stray_lines(grid, header, first, roles)
    return roles.tolist()


def _filled(grid: Grid, header: Header, first: int, stop: int) -> npt.NDArray[np.bool_]:
    """Return the rows in which any field that a ledger needs holds something."""
    filled = np.zeros(stop - first, dtype=bool)
    for column in header.columns.values():
        coded = grid.column(column, first, stop)
        filled |= coded.codes != 0 if _only_none_is_empty(coded) else _not_blank(coded)
    return filled


def _only_none_is_empty(coded: Coded) -> bool:
    return not any(isinstance(v, str) and not v.strip() for v in coded.values[1:64])


def _not_blank(coded: Coded) -> npt.NDArray[np.bool_]:
    blank = np.array([v is None or (isinstance(v, str) and not v.strip()) for v in coded.values], dtype=bool)
    return ~blank[coded.codes]


def _labelled(grid: Grid, header: Header, first: int, stop: int) -> dict[int, Role]:
    """Return the rows, counted from `first`, whose leading text is a label: a total, a footer, an example, a new header."""
    found: dict[int, Role] = {}
    for column in _leading(header, grid.width):
        coded = grid.column(column, first, stop)
        roles = {code: role for code, value in enumerate(coded.values) if (role := _label_role(value))}
        for row in np.flatnonzero(np.isin(coded.codes, list(roles))).tolist() if roles else ():
            role = roles[int(coded.codes[row])]
            if row not in found and (role != "footer" or _is_leading(grid, first + row, column)):
                found[row] = role
    return found


def _leading(header: Header, width: int) -> list[int]:
    """Return the columns in which a label may stand: those up to the names of counties and enterprises, or of persons."""
    namely = ("county", "enterprise") if header.kind == "progress" else ("person",)
    names = [header.columns[n] for n in namely if n in header.columns]
    first_count = min((header.columns[n] for n in COUNTS if n in header.columns), default=width)
    return list(range(min(max(names, default=0) + 1, max(first_count, 1), width)))


def _is_leading(grid: Grid, row: int, column: int) -> bool:
    return all(value is None for value in grid.row(row)[:column])


def _label_role(value: Any) -> Role | None:
    """Return the part that a text plays when it leads a row, or None for what may be data."""
    if not isinstance(value, str) or not _HINT.search(value):
        return None
    text = squeeze(value)
    head = re.split("[::]", text, maxsplit=1)[0]
    role = labels().get(text) or (labels().get(re.sub(r"\(.*?\)", "", head)) if head != text else None)
    if role in ("sender", "month", "date"):
        return "footer"
    if role is not None and role != "unit":
        return role
    if text.startswith("其中"):
        return "part"
    if len(text) <= 20 and (match := _ENDING.search(text)):
        return "subtotal" if match[0] == "小计" or len(text) > 4 else "total"
    if re.match(r"(?:注|说明|备注)\d*[::、.]|\((?:示例|样例)\)|(?:示例|样例)[::]", text):
        return "example" if "例" in text[:3] else "footer"
    return "header" if any(header_key(value) in headers(kind).exact for kind in ("progress", "roster")) else None


def _below_header(grid: Grid, first: int, roles: npt.NDArray[Any]) -> None:
    """Mark the rows of column numbers and of units that follow a header."""
    for row in range(min(4, len(roles))):
        cells = [value for value in grid.row(first + row) if value is not None]
        if (cells and (_are_units(cells) or _are_numbers(cells))) or roles[row] == "numbers":
            roles[row] = "header-line"
        elif roles[row] != "blank":
            break
    roles[roles == "numbers"] = "data"


def _are_units(cells: Sequence[Any]) -> bool:
    return all(isinstance(value, str) and (unit_scale(value) is not None or is_empty(value)) for value in cells)


def _are_numbers(cells: Sequence[Any]) -> bool:
    """Return whether the cells number the columns: 1 2 3 …, (1) (2) (3) …, 甲 乙 1 2 …, also with 列号 in front."""
    texts = [squeeze(str(int(v) if isinstance(v, float) and v.is_integer() else v)).strip("()") for v in cells]
    while texts and (texts[0] in "甲乙丙丁戊ABCDE" or labels().get(texts[0]) == "numbers"):
        texts = texts[1:]
    start = texts[0] if texts else ""
    return len(texts) >= 3 and start in ("0", "1", "2") and [*map(str, range(int(start), int(start) + len(texts)))] == texts


def _next_table(grid: Grid, header: Header, first: int, roles: npt.NDArray[Any], head: int) -> int:
    """Return how many rows belong to this table when another header seems to begin at row `head` below it."""
    again = find_header(grid, max(first + head - LEVELS + 1, first), first + head + 1)
    if again is None:
        roles[head] = "data"
        later = np.flatnonzero(roles == "header")
        return _next_table(grid, header, first, roles, int(later[0])) if len(later) else len(roles)
    cut = again.first - first
    while cut > 0 and _is_title_line(grid, header, first + cut - 1, roles[cut - 1]):
        cut -= 1
    return cut


def _is_title_line(grid: Grid, header: Header, row: int, role: Role) -> bool:
    """Return whether a row above a later header is its title: a blank, a lone text, or a line of labels without a count."""
    if role != "data":
        return role == "blank"
    cells = grid.row(row)
    if any(cells[c] is not None for n, c in header.columns.items() if n in COUNTS or n in ("id", "sex")):
        return False
    texts = [value for value in cells if value is not None]
    heads = [re.split("[:：(（]", value, maxsplit=1)[0] for value in texts if isinstance(value, str)]
    return len(texts) <= 2 or any(labels().get(squeeze(head)) in ("sender", "month", "date", "unit") for head in heads)


def _stray_lines(grid: Grid, header: Header, first: int, roles: npt.NDArray[Any]) -> None:
    """Mark the lines after the last data row that hold one text only and no name: a remark without its 注."""
    named = {header.columns[n] for n in ("county", "enterprise", "person") if n in header.columns}
    for row in range(len(roles) - 1, -1, -1):
        if roles[row] in ("blank", "footer", "total", "subtotal", "part"):
            continue
        cells = [(i, value) for i, value in enumerate(grid.row(first + row)) if value is not None]
        alone = len(cells) == 1 and isinstance(cells[0][1], str)
        if not alone or (cells[0][0] in named and len(squeeze(cells[0][1])) < 30 and not re.search("[。;;]", cells[0][1])):
            break
        roles[row] = "footer"


def role_counts(regions: Sequence[Region]) -> Mapping[str, int]:
    """Return how many rows of a sheet play each role."""
    counts: dict[str, int] = {}
    for region in regions:
        for role in region.roles:
            counts[role] = counts.get(role, 0) + 1
    return counts
