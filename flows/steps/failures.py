"""The one way to make a failure: a rule, a place, and the facts of its sentence and remedy."""

from dataclasses import dataclass, replace

from flows.steps.model import Failure, Severity
from schemas.rules import (
    EXPLAINED,
    EXPLAINED_REMEDY,
    EXPLAINED_UNSEEN,
    MORE,
    MORE_REMEDY,
    RULES,
)

LISTED = 5_000  # failures of one rule in one ledger that are listed; the others are only counted


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: a worksheet and a cell, a worksheet alone, or the file as a whole."""

    sheet: str | None = None
    cell: str | None = None

    @property
    def row(self) -> int | None:
        """Return the number of the cell's row."""
        return int("".join(filter(str.isdigit, self.cell))) if self.cell else None


WHOLE_FILE = Place()


def failure(
    rule: str,
    file: str,
    at: Place = WHOLE_FILE,
    *,
    header: str | None = None,
    value: object = None,
    severity: Severity | None = None,
    aside: str = "",
    unit: str = "",
    **facts: object,
) -> Failure:
    """Return the failure of a rule, by its code, with its sentence and remedy filled in.

    `header` and `value` are facts too, where they are given. The rule's own severity holds unless
    another is given. Raises KeyError for a missing fact.
    """
    broken = RULES[rule]
    if header is not None:
        facts["header"] = header
    if value is not None:
        facts["value"] = value
    return Failure(
        file,
        at.sheet,
        at.cell,
        at.row,
        header,
        None if value is None else str(value),
        rule,
        severity or broken.severity,
        broken.say(**facts),
        broken.advise(**facts),
        aside,
        unit,
    )


def unlisted(rule: str, file: str, count: int, severity: Severity) -> Failure:
    """Return the failure that stands for the `count` failures of a rule that are not listed."""
    message = MORE.format(title=RULES[rule].title, count=count, listed=LISTED)
    return Failure(file, None, None, None, None, None, rule, severity, message, MORE_REMEDY)


def explained(fault: Failure, reason: str | None) -> Failure:
    """Return a fault as the note that it becomes when the row's 备注 explains it.

    `reason` is None if it may not be shown.
    """
    message = fault.message
    if reason is None:
        message = EXPLAINED_UNSEEN.format(message=message)
    else:
        message = EXPLAINED.format(message=message, reason=reason)
    return replace(fault, severity="note", message=message, remedy=EXPLAINED_REMEDY)
