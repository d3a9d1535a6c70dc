"""What a packet is made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from flows.steps.model import Failure, Grid, Submission

SUFFIX = "（已标注）"


def no_grids() -> Sequence[Grid]:
    """Return the sheets of a file that cannot be read: none."""
    return ()


@dataclass(frozen=True)
class Sent:
    """A file as it came in, with what was found in it.

    `data` is None if the file is no longer in the ledger folder. `failures` are those of the file
    alone (failures_for), `before` those of the ledger that it replaces, None if it is the first.
    `grids` reads the file's sheets when they are needed: for what cannot be marked in place.
    `received` is the day it came in, if that is known.
    """

    file: str
    data: bytes | None
    ledgers: Sequence[Submission]
    failures: Sequence[Failure]
    before: Sequence[Failure] | None = None
    grids: Callable[[], Sequence[Grid]] = no_grids
    received: date | None = None

    @property
    def stem(self) -> str:
        """Return the file's name without folder, ending and our own mark."""
        return PurePosixPath(self.file).stem.removesuffix(SUFFIX)


@dataclass(frozen=True)
class Accepted:
    """An accepted ledger as its receipt is made from it.

    `of_file` are all ledgers of its file, `failures` those that it has alone or beside others,
    `totals` what its rows come to, `received` the day it came in; `confirms` says that another kind
    of ledger counts.
    """

    ledger: Submission
    of_file: Sequence[Submission]
    failures: Sequence[Failure]
    totals: Mapping[str, int]
    received: date
    confirms: bool = False
