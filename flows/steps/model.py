"""The types that travel the way from ledger to bulletin (DESIGN §2); the only module that steps share.

Plain data, no behaviour beyond reading it. The module imports neither pandas nor pandera, so that rendering from the store
starts quickly; frames are typed as Any.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["progress", "roster"]
Severity = Literal["ledger", "row", "note"]
Verdict = Literal["accepted", "partly", "returned", "unreadable", "missing"]
Frame = Any  # pandas.DataFrame
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


class OfficeError(Exception):
    """Something that the office itself can mend; the message says in Chinese what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault found, ready to be reported: where, what was written (masked where personal), what is wrong, what to do.

    `aside` is for the office alone: what a sender may not read, such as who else reported the same row.
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


@dataclass(frozen=True, slots=True)
class Oddity:
    """A cell that holds no value: an error such as #DIV/0!, or a formula without its result."""

    text: str
    uncalculated: bool = False


@dataclass(frozen=True)
class Coded:
    """A column of cells, each different value kept once: `values[codes[i]]` is the value of row i; None is an empty cell."""

    codes: Codes
    values: Sequence[Any]

    def __getitem__(self, row: int) -> Any:
        return self.values[self.codes[row]]


@dataclass(frozen=True)
class Table:
    """A recognised table: its sheet, the row of its header (1-based, the lowest level) and where each field stands."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]


@dataclass(frozen=True)
class Total:
    """A 合计, 小计 or 其中 row: its label, where it stands, what it says, and the data rows (as row ids) before it."""

    table: int
    row: int
    role: Literal["total", "subtotal", "part"]
    label: str
    county: str | None
    values: Mapping[str, int]
    before: int


@dataclass(frozen=True)
class Conversion:
    """Cells of one field whose text could not be converted, or only with a doubt: the rule's code, the rows, the facts."""

    code: str
    name: str
    rows: npt.NDArray[np.int64]
    facts: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Claims:
    """What a file says of itself around its tables: who sent it, for which month, when; each with the cell it stands in."""

    senders: tuple[tuple[str, str, str], ...] = ()  # text, sheet, cell
    months: tuple[tuple[int | None, int, str, str, str], ...] = ()  # year or None, month, text, sheet, cell
    dates: tuple[tuple[date, str, str, str], ...] = ()  # day, text, sheet, cell


@dataclass
class Ledger:
    """All rows of one kind in one file, converted and typed, each with its address (DESIGN §4).

    `frame` has the fields of the kind and a row id from 0 as its index; `table_of` and `row_of` give the table and the sheet's
    row (1-based) of each row id; `anchors` the row that a merged cell's value comes from; `written` the values as they stood in
    the file. `lines` counts the sheet rows by what they were taken for.
    """

    kind: Kind
    tables: list[Table]
    frame: Frame
    table_of: npt.NDArray[np.int16]
    row_of: npt.NDArray[np.int64]
    written: Mapping[str, Coded]
    anchors: Mapping[str, npt.NDArray[np.int64]]
    conversions: list[Conversion]
    totals: list[Total]
    failures: list[Failure]
    lines: Mapping[str, int]


@dataclass
class Reading:
    """What was read of one file: its identity, what it claims, its ledgers, and the faults of the file as a whole."""

    file: str
    sha256: str
    size: int
    claims: Claims
    ledgers: list[Ledger]
    failures: list[Failure]


@dataclass
class Examined:
    """A ledger checked alone: what of it counts, before it is compared with others and with earlier months.

    `counts` holds a line for each county × enterprise with the columns of COUNT_COLUMNS; of a progress ledger the bad rows too,
    `good` tells them apart. `people` holds a line for each person of a roster: `good`, `person` (a keyed hash, null where the ID
    number cannot be read), `county`, `enterprise`, `affiliation`, `member`, the days of the handovers, `table` and `row` (in the
    sheet). `likely` is whom folder or file name point to where the sender is not known. An unreadable file has no kind.
    """

    file: str
    sha256: str
    kind: Kind | None
    sender: str | None
    likely: str | None
    read: int
    rejected: int
    failures: list[Failure]
    counts: Frame | None = None
    people: Frame | None = None
    tables: Sequence[Table] = ()


def column_letters(column: int) -> str:
    """Return the letters of a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return the address of a cell, from its 1-based row and zero-based column: (17, 3) is D17."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True)
class Submission:
    """A ledger as the store remembers it: one record of one content, checked under one set of rules.

    `content` names the ledger by its bytes and kind; a later record of the same content replaces an earlier one. `arrival` is the
    number of the run in which the content first came in: of two with rows in common the later arrival supersedes the earlier one,
    two of one arrival are submitted twice. `supersedes` lists the contents that this one takes the place of, `twins` those that it
    was submitted twice with.
    """

    id: str
    month: str
    content: str
    file: str
    sha256: str
    kind: Kind | None
    sender: str | None
    likely: str | None
    verdict: Verdict
    read: int
    rejected: int
    context: str
    base: tuple[str, ...]
    issued: date
    run: int
    arrival: int
    recorded_at: datetime
    supersedes: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    tables: str = "[]"

    @property
    def counts(self) -> bool:
        """Return whether its good rows may count."""
        return self.verdict in ("accepted", "partly")


@dataclass(frozen=True)
class Remembered:
    """The submissions of some months that are in force: the newest record of each content, and what took whose place.

    `by_month` maps a month (2022-05) to its submissions in the order of arrival, `superseded` a content to the submission that
    took its place.
    """

    by_month: Mapping[str, Sequence[Submission]]
    superseded: Mapping[str, Mapping[str, Submission]]

    def of(self, month: str) -> Sequence[Submission]:
        """Return a month's submissions, superseded ones too."""
        return self.by_month.get(month, ())

    def live(self, month: str) -> list[Submission]:
        """Return a month's submissions without those whose place another took."""
        gone = self.superseded.get(month, {})
        return [submission for submission in self.of(month) if submission.content not in gone]


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of one enterprise in one county as one ledger gives them, with the cells they stand in (`file!sheet!F7`).

    `cells` holds for each count the cells kept and how many there are in all; `type` is the sender's.
    """

    submission: str
    month: str
    sender: str
    file: str
    county: str
    enterprise: str
    group: str
    counts: Mapping[str, int]
    cells: Mapping[str, tuple[Sequence[str], int]]

    @property
    def key(self) -> tuple[str, str]:
        """Return the county and the enterprise."""
        return self.county, self.enterprise


@dataclass(frozen=True, slots=True)
class Coverage:
    """A line of the roll-call: a sender, a kind of ledger owed, what became of it, and the month whose figures count."""

    sender: str
    kind: Kind
    verdict: str
    used: str | None


@dataclass(frozen=True)
class Change:
    """The difference to last month: counts, and rates as exact fractions (None where one of the two has no denominator)."""

    counts: Mapping[str, int]
    rates: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class Entry:
    """The figures of the city, a group, a county, an enterprise or a cell (a county × enterprise).

    `counts` has `enterprises` first, then the ledger's counts; `rates` the four indicators as exact fractions, None without a
    denominator; `sources` the cells that were counted, at most 50 a count, with how many more there are. `rank` and `share` are a
    county's; `groups` are those that its lines belong to.
    """

    name: str
    counts: Mapping[str, int]
    rates: Mapping[str, Fraction | None]
    stage: str | None
    sources: Mapping[str, tuple[Sequence[str], int]]
    county: str | None = None
    enterprise: str | None = None
    share: Fraction | None = None
    rank: int | None = None
    change: Change | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pace:
    """Where the calendar stands on the month's last day: the share of the time gone, the days left until the handover's deadline."""

    elapsed: Fraction
    days_left: int
    deadline: date
    start: date


@dataclass(frozen=True)
class Figures:
    """A month's figures on every level (DESIGN §6)."""

    month: str
    as_of: date
    city: Entry
    groups: Sequence[Entry]
    counties: Sequence[Entry]
    enterprises: Sequence[Entry]
    cells: Sequence[Entry]
    coverage: Sequence[Coverage]
    pace: Pace


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """A ledger of the month as reports list it.

    `superseded_by` is the file that took its place, `likely` whom folder or file name of one without a sender point to.
    """

    file: str
    sha256: str
    sender: str | None
    likely: str | None
    kind: Kind | None
    verdict: Verdict
    read: int
    rejected: int
    superseded_by: str | None = None

    @property
    def accepted(self) -> int:
        """Return how many data rows are without a fault that costs them."""
        return self.read - self.rejected


@dataclass(frozen=True, slots=True)
class Trend:
    """One month of the past: the four rates of the city (under its name) and of each county, None without a denominator."""

    month: str
    rates: Mapping[str, Mapping[str, Fraction | None]]


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that an issued bulletin gave otherwise: whose (level, name), which count, old and new, by which ledger, of when."""

    month: str
    level: Literal["city", "county", "enterprise"]
    name: str
    count: str
    old: int
    new: int
    sender: str
    file: str
    received: date


@dataclass(frozen=True)
class Report:
    """All that documents and pages of a month are made from; `campaign` is a flows.settings.Campaign.

    `trends` are the months up to this one, oldest first, this one last; `corrections` what an issued bulletin said otherwise.
    """

    campaign: Any
    month: Any
    issued: date
    figures: Figures
    trends: Sequence[Trend]
    ledgers: Sequence[LedgerReport]
    failures: Sequence[Failure]
    corrections: Sequence[Correction] = ()


@dataclass(frozen=True, slots=True)
class NoticeProblem:
    """One kind of fault in a ledger as a return notice tells it: how often, where, what is wrong, what to do."""

    title: str
    severity: Severity
    count: int
    places: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class NoticeLedger:
    """A ledger in a return notice: the file, its verdict, its problems with the important ones first, and the rows that do not count.

    `since` says what became of the faults of the round before, empty where there was none.
    """

    file: str
    kind: Kind | None
    verdict: Verdict
    read: int
    rejected: int
    problems: Sequence[NoticeProblem]
    uncounted: str = ""
    since: str = ""


@dataclass(frozen=True)
class Notice:
    """A return notice to one sender, ready to be rendered; `month` is a flows.steps.months.Month."""

    sender: str
    month: Any
    office: str
    issued: date
    reply_by: date
    contact: str
    ledgers: Sequence[NoticeLedger]


@dataclass(frozen=True, slots=True)
class Field:
    """A name that templates may use: what it means, its unit, and how its value follows from the subject that has it."""

    name: str
    meaning: str
    unit: str
    value: Callable[[Any], Any]


class Record(Mapping[str, Any]):
    """The named values of one subject (the city, a county, the calendar …), each computed when it is first asked for.

    Prints as its 名称, so that a list of records prints as a list of names.
    """

    __slots__ = ("_fields", "_known", "_subject")

    def __init__(self, fields: Mapping[str, Field], subject: Any) -> None:
        self._fields, self._subject = fields, subject
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._fields[name].value(self._subject)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __str__(self) -> str:
        return str(self["名称"])

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return what the names mean."""
        return self._fields


@dataclass(frozen=True)
class Chart:
    """The data of a chart: its categories, and for each series (by the name it has in the template) one rate a category."""

    categories: Sequence[str]
    series: Mapping[str, Sequence[Fraction | None]]


@dataclass(frozen=True)
class Bulletin:
    """A bulletin ready to be rendered: whose, where it belongs in a month's folder, and the values that its template names.

    `charts` are found by the alternative text of the template's charts, such as 图表:各县进度.
    """

    level: Literal["city", "county", "enterprise"]
    name: str
    path: str
    context: Record
    charts: Mapping[str, Chart]
