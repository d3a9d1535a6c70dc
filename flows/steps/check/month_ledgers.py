"""A ledger among the others of its month: new in this run, or held by the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.steps.model import CheckedLedger, Frame, Kind, Table, Verdict
from schemas.definition import Definition

Key = tuple[str, str] | bytes  # a county and an enterprise, or a person's hash
Keys = frozenset[Key]
# A count of each county and enterprise, None where the row has a fault of its own.
Retirees = Mapping[tuple[str, str], int | None]


@dataclass(frozen=True)
class StoredLedger:
    """A ledger that the store holds; `people` has a roster's good, person, table, row.

    `retirees` are a progress ledger's; `counts` are a roster's rows, where this run compares
    its sender's progress ledger with them.
    """

    content: str
    file: str
    kind: Kind | None
    sender: str | None
    likely: str | None
    first_run: int
    keys: Keys
    verdict: Verdict
    people: Frame = None
    tables: Sequence[Table] = ()
    supersedes: tuple[str, ...] = ()
    good_keys: Keys = frozenset()
    retirees: Retirees = field(default_factory=dict)
    counts: Frame = None


@dataclass(frozen=True)
class NewLedger:
    """A ledger of this run; its verdict and what it supersedes are known once it is judged.

    `main` is the definition's main count.
    """

    content: str
    checked: CheckedLedger
    first_run: int
    verdict: Verdict = "unreadable"
    supersedes: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    keys: Keys = frozenset()
    main: str = ""

    @property
    def good_keys(self) -> Keys:
        """Return the keys of the rows that count."""
        return good_keys_of(self.checked.counts, self.checked.people)

    @property
    def retirees(self) -> Retirees:
        """Return a progress ledger's main count by county and enterprise."""
        return retirees_of(self.checked.counts, self.main) if self.kind == "progress" else {}

    @property
    def counts(self) -> Frame:
        """Return its rows."""
        return self.checked.counts

    @property
    def file(self) -> str:
        """Return the file's path inside the ledger folder."""
        return self.checked.file

    @property
    def kind(self) -> Kind | None:
        """Return the kind of ledger, None where the file holds none."""
        return self.checked.kind

    @property
    def sender(self) -> str | None:
        """Return who sent it."""
        return self.checked.sender

    @property
    def likely(self) -> str | None:
        """Return whom folder or file name point to."""
        return self.checked.likely

    @property
    def people(self) -> Frame:
        """Return a roster's persons."""
        return self.checked.people

    @property
    def tables(self) -> Sequence[Table]:
        """Return its tables."""
        return self.checked.tables


MonthLedger = NewLedger | StoredLedger


def content_of(sha256: str, kind: str | None) -> str:
    """Return the name of a ledger's content: its file's bytes and its kind."""
    return f"{sha256}:{kind or ''}"


def keys_of(counts: Frame, people: Frame) -> Keys:
    """Return the keys by which rows are recognised in another ledger."""
    if people is not None:
        return frozenset(people["person"].dropna())
    if counts is None:
        return frozenset()
    names = [counts[name].to_numpy(dtype=object).tolist() for name in ("county", "enterprise")]
    return frozenset(zip(*names, strict=True))


def good_keys_of(counts: Frame, people: Frame) -> Keys:
    """Return the keys of the good rows of frames that have the column `good`."""
    good = [None if frame is None else frame[frame["good"]] for frame in (counts, people)]
    return keys_of(*good)


def retirees_of(counts: Frame, main: str) -> Retirees:
    """Return the main count of a frame of counts by county and enterprise."""
    if counts is None:
        return {}
    columns = [counts[name].tolist() for name in ("county", "enterprise", "good")]
    numbers = counts[main].to_numpy(dtype=object, na_value=None).tolist()
    return {
        (county, enterprise): int(number) if good and number is not None else None
        for county, enterprise, good, number in zip(*columns, numbers, strict=True)
    }


def new_ledger(
    checked: CheckedLedger, first_run: int, definition: Definition, content: str = ""
) -> NewLedger:
    """Return a checked ledger as one of its month, not judged yet."""
    content = content or content_of(checked.sha256, checked.kind)
    keys = keys_of(checked.counts, checked.people)
    return NewLedger(content, checked, first_run, keys=keys, main=definition.main)


def in_order_of_receipt(ledgers: Iterable[MonthLedger]) -> list[MonthLedger]:
    """Return ledgers by the run in which they first came in, then by file."""
    return sorted(ledgers, key=lambda ledger: (ledger.first_run, ledger.file, ledger.content))
