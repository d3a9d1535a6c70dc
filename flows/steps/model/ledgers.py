"""A ledger as it is read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from flows.steps.months import Month
from schemas.columns import Kind, Severity, Verdict

# No row of such a ledger counts; it goes back whole.
SENT_BACK: tuple[Verdict, ...] = ("held", "returned", "unreadable")
Frame = Any  # pandas.DataFrame; importing pandas here would slow every start
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault, ready to be reported: place, value (masked if personal), what is wrong, what to do.

    `aside` is for the office alone: what a sender may not read, such as who else reported the same
    row. `unit` is the row's county and enterprise, empty for a fault of the whole file.
    """

    file: str
    sheet: str | None
    cell: str | None
    row: int | None
    header: str | None
    value: str | None
    code: str
    severity: Severity
    message: str
    remedy: str
    aside: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds no value: an error such as #DIV/0!, or a formula without its result."""

    text: str
    uncalculated: bool = False


@dataclass(frozen=True)
class EncodedColumn:
    """A column of cells by distinct value: `values[codes[i]]` is row i's, None an empty cell's."""

    codes: Codes
    values: Sequence[Any]  # what a cell may hold

    def __getitem__(self, row: int) -> Any:
        return self.values[self.codes[row]]


@dataclass(frozen=True)
class Table:
    """A recognised table: sheet, 1-based row of the header's lowest level, column of each field."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]


@dataclass(frozen=True)
class Total:
    """A 合计, 小计 or 其中 row: its label, place, values, and the number of data rows before it."""

    table: int
    row: int
    role: Literal["total", "subtotal", "part"]
    label: str
    county: str | None
    values: Mapping[str, int]
    before: int


@dataclass(frozen=True)
class ConversionIssue:
    """Cells of one field not converted, or only with a doubt: code, rows, facts."""

    code: str
    name: str
    rows: npt.NDArray[np.int64]
    facts: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class FormFacts:
    """What the hidden sheet of a sender's own form says: whose it is, and for which month."""

    month: Month
    sender: str


@dataclass(frozen=True)
class Claims:
    """What a file says of itself around its tables: sender, month, day; each with its cell.

    `boxes` are the cells beside 本月无变动 and 零报告; `form` is set for a sender's own form.
    """

    senders: tuple[tuple[str, str, str], ...] = ()  # text, sheet, cell
    months: tuple[
        tuple[int | None, int, str, str, str], ...
    ] = ()  # year or None, month, text, sheet, cell
    dates: tuple[tuple[date, str, str, str], ...] = ()  # day, text, sheet, cell
    boxes: tuple[tuple[str, str, str, str], ...] = ()  # role of the label, text, sheet, cell
    form: FormFacts | None = None


@dataclass
class Ledger:
    """All rows of one kind in one file, converted and typed, each with its address (DESIGN §4).

    `frame` has the fields of the kind and a row id from 0 as its index; `table_of` and `row_of`
    give the table and the sheet's row (1-based) of each row id; `anchors` the row that a merged
    cell's value comes from; `written` the values as they stood in the file. `lines` counts the
    sheet rows by what they were taken for; `struck` gives by row id the field of the first cell
    that is struck through; `zeros` are the count columns in which every row is a formula with the
    result 0, as field, sheet and first cell. `taken_from` gives, by field and row id, the
    zero-based column of last month's value where that was taken over, else -1.
    """

    kind: Kind
    tables: list[Table]
    frame: Frame
    table_of: npt.NDArray[np.int16]
    row_of: npt.NDArray[np.int64]
    written: Mapping[str, EncodedColumn]
    anchors: Mapping[str, npt.NDArray[np.int64]]
    conversions: list[ConversionIssue]
    totals: list[Total]
    failures: list[Failure]
    lines: Mapping[str, int]
    struck: Mapping[int, str] = field(default_factory=dict)
    zeros: Sequence[tuple[str, str, str]] = ()
    taken_from: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)


@dataclass
class ParsedFile:
    """What was read of a file: identity, claims, ledgers, and the faults of the file as a whole.

    `answers` are the keys of faults that the sender has explained, with its reasons; `replies` are
    set for a form on which a unit answers to items of supervision: unit, number, answer.
    """

    file: str
    sha256: str
    size: int
    claims: Claims
    ledgers: list[Ledger]
    failures: list[Failure]
    answers: Sequence[tuple[str, str]] = ()
    replies: Sequence[tuple[str, str, str]] | None = None


@dataclass(frozen=True)
class CheckedLedger:
    """A ledger checked alone, before it is compared with others and with earlier months.

    `counts` holds a line for each county × enterprise with the columns of COUNT_COLUMNS; of a
    progress ledger the bad rows too, `good` tells them apart. `people` holds a line for each person
    of a roster: `good`, `person` (a keyed hash, null where the ID number cannot be read), `county`,
    `enterprise`, `affiliation`, `member`, the days of the handovers, `table` and `row` (in the
    sheet). `likely` is whom folder or file name point to where the sender is not known. An
    unreadable file has no kind; `temporary` is a verdict that the next run forms again, since the
    failure may be none of the file's. `replies` are set for a reply form, which is no ledger. Of
    the `rejected` rows only queries hold back the `doubted` ones.
    """

    file: str
    sha256: str
    kind: Kind | None
    sender: str | None
    likely: str | None
    read: int
    rejected: int
    failures: Sequence[Failure]
    counts: Frame | None = None
    people: Frame | None = None
    tables: Sequence[Table] = ()
    temporary: bool = False
    answers: Sequence[tuple[str, str]] = ()
    doubted: int = 0
    replies: Sequence[tuple[str, str, str]] | None = None
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)


def column_letters(column: int) -> str:
    """Return the letters of a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the zero-based column that letters name: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def address(row: int, column: int) -> str:
    """Return the address of a cell, from its 1-based row and zero-based column: (17, 3) is D17."""
    return f"{column_letters(column)}{row}"
