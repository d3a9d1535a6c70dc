"""Who gets what back: each returned, unreadable or partly accepted ledger's sender (DESIGN §7)."""

import itertools
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from flows.steps.model import Failure, Submission
from schemas.characters import OBEYED_CLASS
from schemas.documents import NOTICE, RECEIPT

SIDE_BY_SIDE = ("reported-twice", "roster-mismatch")
OWN_NAMES = (f"{NOTICE}.docx", f"{RECEIPT}.docx")  # of the office's papers beside the copies
# what a terminal obeys, in the name that a sender gave a file, and what turns the writing of it
_OBEYED = re.compile(rf"[\t\n{OBEYED_CLASS}]")


def failures_for(
    ledgers: Sequence[Submission],
    by_submission: Mapping[str, Sequence[Failure]],
    across: Sequence[Failure],
) -> list[Failure]:
    """Return the faults reported to one file's sender, also those that other ledgers' checks found.

    `by_submission` holds the failures of each live submission by its id; of the month's failures
    `across`, those are reported that show only when all ledgers are compared. Asides are for the
    office alone and are removed.
    """
    ids = {ledger.id for ledger in ledgers}
    file = ledgers[0].file
    elsewhere = [
        f
        for other in sorted(by_submission.keys() - ids)
        for f in by_submission[other]
        if f.code == "duplicate-person-across"
    ]
    reported = [f for ledger in ledgers for f in by_submission.get(ledger.id, ())] + elsewhere
    reported += [failure for failure in across if failure.code in SIDE_BY_SIDE]
    return list(
        dict.fromkeys(_without_aside(failure) for failure in reported if failure.file == file)
    )


def side_by_side(failures: Iterable[Failure]) -> dict[str, list[Failure]]:
    """Return by file what shows only when all ledgers of a month are compared, without asides."""
    by_file: dict[str, list[Failure]] = {}
    for failure in failures:
        if failure.code in SIDE_BY_SIDE:
            by_file.setdefault(failure.file, []).append(_without_aside(failure))
    return by_file


def before_of(
    ledgers: Sequence[Submission],
    submissions: Sequence[Submission],
    by_submission: Mapping[str, Sequence[Failure]],
) -> list[Failure] | None:
    """Return the faults of the ledgers that these replace, None if they are the first."""
    replaced = {content for ledger in ledgers for content in ledger.supersedes}
    earlier = [s for s in submissions if s.content in replaced]
    if not earlier:
        return None
    return [f for s in earlier for f in by_submission.get(s.id, ()) if f.file == s.file]


def named_copies(copies: Iterable[Sequence[tuple[str, bytes]]]) -> list[tuple[str, bytes]]:
    """Return the copies of a sender's files, each under a name of its own."""
    named: dict[str, bytes] = {}
    for name, content in itertools.chain.from_iterable(copies):
        plain = _OBEYED.sub("_", name)
        named[_unique_name(plain, (*OWN_NAMES, *named))] = content
    return list(named.items())


def _unique_name(name: str, taken: Container[str]) -> str:
    path, number = PurePosixPath(name), 1
    while name in taken:
        number += 1
        name = f"{path.stem}（{number}）{path.suffix}"
    return name


def _without_aside(failure: Failure) -> Failure:
    values = {name: getattr(failure, name) for name in Failure.__slots__}
    return Failure(**{**values, "aside": ""})
