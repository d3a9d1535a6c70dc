"""What documents and pages are made from."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Generic, TypeVar

from flows.settings import Campaign
from flows.steps.model.figures import Figures
from flows.steps.model.ledgers import SENT_BACK, Failure
from flows.steps.model.supervision import SupervisionItem
from flows.steps.months import Month
from schemas.columns import Kind, Level, Severity, Verdict
from schemas.definition import Definition

S = TypeVar("S")  # what a field is a value of: a county, an indicator, a notice …


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """A ledger of the month as reports list it.

    `superseded_by` is the file that took its place, `likely` whom folder or file name of one
    without a sender point to, `received` the day that it came in first.
    """

    file: str
    sha256: str
    sender: str | None
    likely: str | None
    kind: Kind | None
    verdict: Verdict
    read: int
    rejected: int
    received: date
    superseded_by: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def accepted(self) -> int:
        """Return how many data rows are without a fault that costs them."""
        return self.read - self.rejected


@dataclass(frozen=True, slots=True)
class Trend:
    """One past month: the rates of the city (by its name) and of each county, None if undefined."""

    month: str
    rates: Mapping[str, Mapping[str, Fraction | None]]


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that an issued bulletin gave otherwise: whose, which count, old, new, cause.

    No ledger is named where the settings or 名录 made the difference.
    """

    month: str
    level: Level
    name: str
    count: str
    old: int
    new: int
    sender: str = ""
    file: str = ""
    received: date | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value that counts because somebody has said why it is so.

    `county` and `enterprise` name its row, the enterprise is empty for a whole ledger; `previous`
    (last accepted) and `value` are as reports print them, None where there is none. `change` says
    in a few words what is explained, `weight` is the share of the city's count that it moved,
    `order` the place of its column in the ledger.
    """

    sender: str
    file: str
    place: str
    title: str
    county: str
    enterprise: str
    header: str
    previous: str | None
    value: str | None
    change: str
    reason: str
    weight: Fraction = Fraction(0)
    order: int = 0

    @property
    def unit(self) -> str:
        """Return whose value it is: the county and the enterprise, of a whole ledger its sender."""
        return f"{self.county}{self.enterprise}" if self.enterprise else self.sender


@dataclass(frozen=True)
class Report:
    """All that documents and pages of a month are made from.

    `trends` are the months up to this one, oldest first, this one last; `corrections` what an
    issued bulletin said otherwise. `replaced` are those of the failures that only files have whose
    place another has taken; `explanations` the values that count for the reason given with them,
    the weightiest first; `supervision` the supervised items by number, closed ones too.
    """

    campaign: Campaign
    month: Month
    issued: date
    figures: Figures
    trends: Sequence[Trend]
    ledgers: Sequence[LedgerReport]
    failures: Sequence[Failure]
    corrections: Sequence[Correction] = ()
    replaced: Collection[Failure] = frozenset()
    explanations: Sequence[Explanation] = ()
    supervision: Sequence[SupervisionItem] = ()

    @property
    def live(self) -> list[LedgerReport]:
        """Return the ledgers whose place no other has taken."""
        return [ledger for ledger in self.ledgers if ledger.superseded_by is None]

    @property
    def counted_files(self) -> frozenset[str]:
        """Return the files of this month whose figures count."""
        return frozenset(
            ledger.file for ledger in self.live if ledger.verdict in ("accepted", "partly")
        )

    @property
    def verdicts(self) -> dict[str, int]:
        """Return how many live ledgers got each verdict."""
        return dict(Counter(ledger.verdict for ledger in self.live))

    @property
    def unreported(self) -> list[str]:
        """Return the registered enterprises of which no ledger that counts has a row."""
        reported = {entry.name for entry in self.figures.enterprises}
        return [e.name for e in self.campaign.enterprises if e.name not in reported]

    @property
    def missing(self) -> list[str]:
        """Return the senders from whom a ledger that they owe has not come, each once."""
        return list(
            dict.fromkeys(row.sender for row in self.figures.coverage if row.verdict == "missing")
        )


@dataclass(frozen=True)
class Outcome:
    """What a run left: the month's folder and its files.

    `absent` are the ledgers that count although their files are no longer in the ledger folder;
    `undone` says of documents that could not be made why not; `corrected` are the drafts beside
    issued bulletins that now say otherwise; `remarks` are on reply forms that are wrong.
    """

    report: Report
    files: Sequence[str]
    folder: str
    absent: Sequence[str] = ()
    undone: Sequence[str] = ()
    corrected: Sequence[str] = ()
    remarks: Sequence[str] = ()

    @property
    def complete(self) -> bool:
        """Return whether all documents were made, and nothing was returned or missing."""
        if self.undone:
            return False
        returned = any(x.verdict in SENT_BACK for x in self.report.live)
        return not returned and all(
            row.verdict not in ("missing", *SENT_BACK) for row in self.report.figures.coverage
        )


@dataclass(frozen=True, slots=True)
class NoticeProblem:
    """One kind of fault in a return notice: how often, where, what is wrong, what to do.

    `effect` says what it costs if that is not what its severity says.
    """

    title: str
    severity: Severity
    count: int
    places: str
    message: str
    remedy: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLedger:
    """A ledger in a return notice: its verdict, its problems, important ones first, uncounted rows.

    `since` says what became of the faults of the round before, empty where there was none;
    `received` is the day it came in, `reason` why it goes back whole.
    """

    file: str
    kind: Kind | None
    verdict: Verdict
    read: int
    rejected: int
    problems: Sequence[NoticeProblem]
    uncounted: str = ""
    since: str = ""
    received: date | None = None
    reason: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Notice:
    """A return notice to one sender, ready to be rendered."""

    sender: str
    month: Month
    office: str
    issued: date
    reply_by: date
    contact: str
    ledgers: Sequence[NoticeLedger]


@dataclass(frozen=True, slots=True)
class ReceiptLedger:
    """An accepted ledger in a receipt: when it came in, its rows, what they come to, what is said.

    `explanations` are its values that count for the reason given, `notes` what the sender should
    look at; `confirms` says that it only stands beside another kind of ledger, which counts.
    `definition` says what its totals are.
    """

    file: str
    kind: Kind
    received: date
    read: int
    lines: Mapping[str, int] = field(hash=False)
    totals: Mapping[str, int] = field(hash=False)
    definition: Definition
    explanations: Sequence[Explanation] = ()
    notes: Sequence[NoticeProblem] = ()
    confirms: bool = False


@dataclass(frozen=True)
class Receipt:
    """A receipt to one sender for its accepted ledgers, ready to be rendered."""

    sender: str
    month: Month
    office: str
    issued: date
    contact: str
    ledgers: Sequence[ReceiptLedger]


@dataclass(frozen=True, slots=True)
class Field(Generic[S]):
    """A name that templates may use: its meaning, its unit, and its value for a subject."""

    name: str
    meaning: str
    unit: str
    value: Callable[[S], object]


class Record(Mapping[str, Any]):
    """The named values of one subject (city, county, calendar …), each computed when first used.

    Prints as its 名称, so that a list of records prints as a list of names.
    """

    __slots__ = ("_fields", "_known", "_subject")

    def __init__(self, fields: Mapping[str, Field[S]], subject: S) -> None:
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
    def fields(self) -> Mapping[str, Field[Any]]:
        """Return what the names mean."""
        return self._fields


@dataclass(frozen=True)
class Chart:
    """A chart's categories, and one rate a category for each series by its name in the template."""

    categories: Sequence[str]
    series: Mapping[str, Sequence[Fraction | None]]


@dataclass(frozen=True)
class Bulletin:
    """What a bulletin says: whose it is, its values.

    `charts` are found by the alternative text of the template's charts, such as 图表:各县进度.
    """

    level: Level
    name: str
    context: Record
    charts: Mapping[str, Chart]


@dataclass(frozen=True)
class Paper:
    """A document ready to be rendered: its template, what it is about, its values.

    `page` is the page that its numbers link to, as the document finds it; empty for no links.
    """

    template: str
    name: str
    context: Record
    charts: Mapping[str, Chart] = field(default_factory=dict)
    page: str = ""
