"""What the rows of a table look like by their values: data, rows of the form, unlabelled sums."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt

from flows.steps.model import CellError, CellValue, Percent, display_text
from flows.steps.read.grid import Grid
from flows.steps.read.layout.headers import Header
from flows.steps.read.layout.row_roles import Role
from flows.steps.read.values.dates import parse_date
from schemas.definition import AFFILIATION, NOTE, Definition
from schemas.spellings import Spellings, squeeze

Flags = npt.NDArray[np.bool_]
LONGEST_NAME = 30  # characters; a longer text in the column of names is a remark
_NO_NAME = ("。", ";", ":", "、")
_SHORTEST_ID = 15
_LONGEST_COUNT = 10  # digits; a phone has more
_SHORT_PLACE = 6
_PLACES = ("县", "区", "市", "旗", "州")


class Shapes:
    """Looks at the rows below a header, each distinct value of a column once."""

    def __init__(self, grid: Grid, header: Header, definition: Definition) -> None:
        self.grid, self.header = grid, header
        self._definition = definition
        self._fields = definition.columns_of(header.kind)
        self._marks = _marks(definition)
        self._counts = [c for name, c in header.columns.items() if self._fields[name].is_number]

    def are_data(self, first: int, stop: int) -> Flags:
        """Return which of the rows [first, stop) look like data: a name beside values, an ID."""
        if self.header.kind == "roster":
            known = named = np.zeros(stop - first, dtype=bool)
            for name, column in self._fields.items():
                if column.type == "choice" and name != AFFILIATION:
                    known = known | self._flags(name, first, stop, self._is_choice_of(name))
                elif column.type == "name":
                    named = named | self._flags(name, first, stop, is_name)
            number = self._flags(self._definition.identity, first, stop, _is_id)
            return number | (named & known)
        named = self._flags("enterprise", first, stop, is_name)
        placed = self._flags(AFFILIATION, first, stop, self._is_choice_of(AFFILIATION))
        numbers = self._numbers(first, stop)
        return (named & ((numbers > 0) | placed)) | (numbers > 1)

    def are_surely_data(self, first: int, stop: int) -> Flags:
        """Return which rows look like data whatever label they begin with."""
        if self.header.kind == "roster":
            return self._flags(self._definition.identity, first, stop, _is_id)
        named = self._flags("enterprise", first, stop, is_name)
        numbers = self._numbers(first, stop)
        placed = self._flags(AFFILIATION, first, stop, self._is_choice_of(AFFILIATION))
        beside = (placed & (numbers > 0)) | (numbers > 1)
        return (named & beside) | (numbers * 2 > max(len(self._counts), 3))

    def _numbers(self, first: int, stop: int) -> npt.NDArray[np.int64]:
        numbers = np.zeros(stop - first, dtype=np.int64)
        for column in self._counts:
            numbers += self._in_column(column, first, stop, self.is_number)
        return numbers

    def is_number(self, value: CellValue) -> bool:
        """Return whether a value may be one of the ledger's numbers."""
        return is_number(value, self._marks)

    def _is_choice_of(self, name: str) -> Callable[[CellValue], bool]:
        """Return the test for the choices of a field; nothing passes if the kind lacks it."""
        if name not in self._fields:
            return lambda value: False
        get = self._definition.choices(name).get
        return lambda value: isinstance(value, str) and get(squeeze(value)) is not None

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
        roster = self.header.kind == "roster"
        types = ("name", "id") if roster else ("enterprise",)
        names = [name for name, field in self._fields.items() if field.type in types]
        nameless = np.asarray(roles == Role.DATA)
        for name in names:
            column = self.header.columns.get(name)
            if column is None:
                return
            codes = self.grid.column(column, first, first + len(roles)).codes
            nameless &= (codes == 0) & ~self.spanned(column, first, len(roles))
        by_column = {column: name for name, column in self.header.columns.items()}
        allowed = self._prefilled()
        for row in np.flatnonzero(nameless).tolist():
            cells = self.grid.cells(first + row)
            fields = [(by_column[c], value) for c, value in cells if c in by_column]
            if all(_says_nothing(v) or (n in allowed and _may_be(n, v)) for n, v in fields):
                roles[row] = Role.PREFILLED

    def _prefilled(self) -> set[str]:
        """Return the fields that a form may have filled in: of a roster also the unit's."""
        types = {"county", "choice"}
        if self.header.kind == "roster":
            types |= {"enterprise", "uscc", "text"}
        fields = self._fields.items()
        return {name for name, field in fields if field.type in types and name != NOTE}

    def is_example(self, row: int) -> bool:
        """Return whether a row still holds the example of our blank form, and nothing else."""
        cells = dict(self.grid.cells(row))
        return all(
            _same(cells[column], self._fields[name].example)
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
        if not all(part is None or self.is_number(part) for part in (value, *parts)):
            return False
        numbers = [Fraction(0) if part is None else _exact(part) for part in parts]
        return None not in numbers and _exact(value) == sum(n for n in numbers if n is not None)


def is_name(value: CellValue) -> bool:
    """Return whether a value may be the name of an enterprise or a person, and not a remark."""
    if not isinstance(value, str):
        return False
    text = squeeze(value)
    return 1 < len(text) < LONGEST_NAME and not any(mark in text for mark in _NO_NAME)


@cache
def _marks(definition: Definition) -> str:
    """Return the characters that may stand behind a number: those of the columns' units."""
    units = [squeeze(c.unit) for c in definition.progress if c.is_number]
    return "".join(dict.fromkeys(f"人份万{''.join(units)}"))


def is_number(value: CellValue, marks: str) -> bool:
    """Return whether a value may be a count: a number or digits, no per cent, no phone."""
    if isinstance(value, str):
        text = squeeze(value).replace(",", "").replace(".", "", 1).rstrip(marks)
        return text.isdecimal() and len(text) < _LONGEST_COUNT
    if isinstance(value, bool | Percent) or not isinstance(value, int | float):
        return False
    return bool(abs(value) < 10**_LONGEST_COUNT)


def _exact(value: CellValue) -> Fraction | None:
    """Return a number without what binary fractions add to it, None of a text that has a unit."""
    if isinstance(value, str):
        text = squeeze(value).replace(",", "")
        return Fraction(text) if text.replace(".", "", 1).isdecimal() else None
    return Fraction(f"{value:.15g}") if isinstance(value, int | float) else Fraction(0)


def _same(value: CellValue, example: str | int) -> bool:
    plain = squeeze(str(example))
    if squeeze(display_text(value)) == plain:
        return True
    if isinstance(value, int | float) and plain.replace(".", "", 1).isdecimal():
        return Fraction(f"{value:.15g}") == Fraction(plain)  # 1250.5 of the amount 1250.50
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


def looks_like_a_row(cells: Sequence[tuple[int, CellValue]], definition: Definition) -> bool:
    """Return whether cells that stand in no table look like a row of some ledger.

    An ID number does, or an affiliation (where rows have one) and a name beside three numbers.
    """
    listed = AFFILIATION in definition.columns_of("progress")
    spellings = definition.choices(AFFILIATION) if listed else Spellings({})
    marks = _marks(definition)
    contents = [value for _, value in cells]
    if any(isinstance(value, str) and len(value) > 17 and _is_id(value) for value in contents):
        return True
    placed = [isinstance(v, str) and spellings.get(squeeze(v)) is not None for v in contents]
    numbers = [is_number(value, marks) for value in contents]
    beside = zip(contents, placed, numbers, strict=True)
    named = any(is_name(v) and not place and not number for v, place, number in beside)
    return sum(numbers) > 2 and named and (any(placed) or not listed)
