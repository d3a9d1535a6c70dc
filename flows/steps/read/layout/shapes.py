"""What the rows of a table look like by their values: data, rows of the form, unlabelled sums."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from flows.steps.model import CellError, CellValue, Percent, display_text
from flows.steps.read.grid import Grid
from flows.steps.read.layout.headers import Header
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.values.dates import parse_date
from schemas.columns import COUNTS, columns_of
from schemas.spellings import squeeze, values

Flags = npt.NDArray[np.bool_]
LONGEST_NAME = 30  # characters; a longer text in the column of names is a remark
_NO_NAME = ("。", ";", ":", "、")
_SHORTEST_ID = 15
_LONGEST_COUNT = 10  # digits; a phone has more
_SHORT_PLACE = 6
_PLACES = ("县", "区", "市", "旗", "州")
_PREFILLED = {
    "progress": ("county", "affiliation"),
    "roster": ("county", "affiliation", "enterprise", "uscc", "politics", "community"),
}


class Shapes:
    """Looks at the rows below a header, each distinct value of a column once."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid, self.header = grid, header
        self._counts = [c for name, c in header.columns.items() if name in COUNTS]

    def are_data(self, first: int, stop: int) -> Flags:
        """Return which of the rows [first, stop) look like data: a name beside values, an ID."""
        if self.header.kind == "roster":
            known = self._flags("sex", first, stop, _is_sex)
            known |= self._flags("politics", first, stop, _is_politics)
            named = self._flags("person", first, stop, is_name)
            return self._flags("id", first, stop, _is_id) | (named & known)
        named = self._flags("enterprise", first, stop, is_name)
        placed = self._flags("affiliation", first, stop, _is_affiliation)
        numbers = self._numbers(first, stop)
        return (named & ((numbers > 0) | placed)) | (numbers > 1)

    def are_surely_data(self, first: int, stop: int) -> Flags:
        """Return which rows look like data whatever label they begin with."""
        if self.header.kind == "roster":
            return self._flags("id", first, stop, _is_id)
        named = self._flags("enterprise", first, stop, is_name)
        numbers = self._numbers(first, stop)
        placed = self._flags("affiliation", first, stop, _is_affiliation)
        beside = (placed & (numbers > 0)) | (numbers > 1)
        return (named & beside) | (numbers * 2 > max(len(self._counts), 3))

    def _numbers(self, first: int, stop: int) -> npt.NDArray[np.int64]:
        numbers = np.zeros(stop - first, dtype=np.int64)
        for column in self._counts:
            numbers += self._in_column(column, first, stop, is_number)
        return numbers

    def _flags(self, name: str, first: int, stop: int, test: Callable[[CellValue], bool]) -> Flags:
        column = self.header.columns.get(name)
        if column is None:
            return np.zeros(stop - first, dtype=bool)
        return self._in_column(column, first, stop, test)

    def _in_column(
        self, column: int, first: int, stop: int, test: Callable[[CellValue], bool]
    ) -> Flags:
        cells = self.grid.column(column, first, stop)
        flags = np.zeros(len(cells.values), dtype=bool)
        for code in np.unique(cells.codes).tolist():
            flags[code] = test(cells.values[code])
        return flags[cells.codes]

    def mark_prefilled(self, first: int, roles: npt.NDArray[np.int8]) -> None:
        """Mark the rows of the form that nobody has filled in: no name, no value but 0 or error."""
        names = ("enterprise",) if self.header.kind == "progress" else ("person", "id")
        nameless = np.asarray(roles == Role.DATA)
        for name in names:
            column = self.header.columns.get(name)
            if column is None:
                return
            codes = self.grid.column(column, first, first + len(roles)).codes
            nameless &= (codes == 0) & ~self.spanned(column, first, len(roles))
        by_column = {column: name for name, column in self.header.columns.items()}
        allowed = _PREFILLED[self.header.kind]
        for row in np.flatnonzero(nameless).tolist():
            cells = self.grid.cells(first + row)
            fields = [(by_column[c], value) for c, value in cells if c in by_column]
            if all(_says_nothing(v) or (n in allowed and _may_be(n, v)) for n, v in fields):
                roles[row] = Role.PREFILLED

    def is_example(self, row: int) -> bool:
        """Return whether a row still holds the example of our blank form, and nothing else."""
        cells = dict(self.grid.cells(row))
        return all(
            _same(cells[column], columns_of(self.header.kind)[name].example)
            for name, column in self.header.columns.items()
            if column in cells
        )

    def spanned(self, column: int, first: int, count: int) -> Flags:
        """Return which rows from `first` on lie in a merged cell of a column, below its top."""
        flags = np.zeros(count, dtype=bool)
        for top, left, bottom, right in self.grid.spans_between(first, first + count):
            if left <= column <= right:
                flags[max(top + 1 - first, 0) : bottom + 1 - first] = True
        return flags

    def is_sum(self, row: int, above: Sequence[int]) -> bool:
        """Return whether a row holds only numbers, and each count is the sum of those above."""
        cells = dict(self.grid.cells(row))
        if any(isinstance(value, str) for value in cells.values()) or len(above) < 2:
            return False
        counts = [c for c in self._counts if c in cells]
        return len(counts) > 1 and all(self._adds_up(cells[c], c, above) for c in counts)

    def _adds_up(self, value: CellValue, column: int, above: Sequence[int]) -> bool:
        parts = [self.grid.cell(row, column) for row in above]
        if not is_number(value) or not all(part is None or is_number(part) for part in parts):
            return False
        return _float(value) == sum(_float(part) for part in parts)


def is_name(value: CellValue) -> bool:
    """Return whether a value may be the name of an enterprise or a person, and not a remark."""
    if not isinstance(value, str):
        return False
    text = squeeze(value)
    return 1 < len(text) < LONGEST_NAME and not any(mark in text for mark in _NO_NAME)


def is_number(value: CellValue) -> bool:
    """Return whether a value may be a count: a number or digits, no per cent, no phone."""
    if isinstance(value, str):
        text = squeeze(value).replace(",", "").replace(".", "", 1).rstrip("人份万")
        return text.isdecimal() and len(text) < _LONGEST_COUNT
    if isinstance(value, bool | Percent) or not isinstance(value, int | float):
        return False
    return bool(abs(value) < 10**_LONGEST_COUNT)


def _float(value: CellValue) -> float:
    if isinstance(value, str):
        text = squeeze(value).replace(",", "")
        return float(text) if text.replace(".", "", 1).isdecimal() else float("nan")
    return float(value) if isinstance(value, int | float) else 0.0


def _same(value: CellValue, example: str | int) -> bool:
    plain = squeeze(str(example))
    if squeeze(display_text(value)) == plain:
        return True
    given, shown = parse_date(value), parse_date(plain)
    return given is not None and shown is not None and given.first == shown.first


def is_place(value: CellValue) -> bool:
    """Return whether a value may be the name of a county: short, or with the ending of one."""
    text = squeeze(value) if isinstance(value, str) else ""
    return is_name(value) and (len(text) <= _SHORT_PLACE or text.endswith(_PLACES))


def _may_be(name: str, value: CellValue) -> bool:
    return is_place(value) if name == "county" else is_name(value)


def _says_nothing(value: CellValue) -> bool:
    """Return whether a cell of a blank form may show the value: an error, or the 0 of a formula."""
    if isinstance(value, CellError):
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _is_id(value: CellValue) -> bool:
    if isinstance(value, str):
        text = squeeze(value)
        return len(text) >= _SHORTEST_ID and text.isascii() and text[:14].isdigit()
    return isinstance(value, int | float) and value > 10 ** (_SHORTEST_ID - 1)


def _is_sex(value: CellValue) -> bool:
    return isinstance(value, str) and values("sex").get(squeeze(value)) is not None


def _is_politics(value: CellValue) -> bool:
    return isinstance(value, str) and values("politics").get(squeeze(value)) is not None


def _is_affiliation(value: CellValue) -> bool:
    return isinstance(value, str) and values("affiliation").get(squeeze(value)) is not None


def looks_like_a_row(cells: Sequence[tuple[int, CellValue]]) -> bool:
    """Return whether cells that stand in no table look like a row of some ledger.

    An ID number does, or an affiliation and a name beside three numbers.
    """
    contents = [value for _, value in cells]
    if any(isinstance(value, str) and len(value) > 17 and _is_id(value) for value in contents):
        return True
    names = [v for v in contents if is_name(v) and not is_number(v) and not _is_affiliation(v)]
    counted = sum(is_number(value) for value in contents)
    return counted > 2 and bool(names) and any(_is_affiliation(value) for value in contents)
