"""Doubts that are answered: a true value with a reason counts (DESIGN §5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from flows.steps.check.counts import counts_of_people
from flows.steps.check.masks import harmless
from flows.steps.failures import Place, failure
from flows.steps.model import CheckedLedger, Event, Failure, Frame, fault_key
from schemas.definition import Definition
from schemas.rules import ANSWERED, EXPLAINED_REMEDY, REFUSED

Flags = npt.NDArray[np.bool_]
Row = tuple[str, int]  # worksheet, row number
COSTLY = ("row", "query")


@dataclass(frozen=True)
class Answers:
    """What is answered of one sender's faults, by the key of a fault.

    `reasons` make a query a note, `refused` (with why) make an explained fault a query again,
    `returned` are the office's own words for a ledger's content, with the cell they speak of.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    returned: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def with_reasons(self, reasons: Mapping[str, str]) -> "Answers":
        """Return the answers with those that a file itself holds; the office's go before them."""
        return replace(self, reasons={**reasons, **self.reasons})


NO_ANSWERS = Answers()


def answers_of(events: Iterable[Event], sender: str) -> Answers:
    """Return a sender's answers as they are in force: of two about one fault the later holds."""
    reasons: dict[str, str] = {}
    refused: dict[str, str] = {}
    returned: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.sender != sender:
            continue
        if event.action in ("answer", "accept"):
            reasons[event.fault] = event.reason
            refused.pop(event.fault, None)
        elif event.action == "refuse":
            refused[event.fault] = event.reason
            reasons.pop(event.fault, None)
        elif event.action == "return":
            returned[event.content] = event.place, event.reason
    return Answers(reasons, refused, returned)


def with_answers(
    checked: CheckedLedger,
    content: str,
    answers: Answers,
    month_end: date,
    definition: Definition,
) -> CheckedLedger:
    """Return a ledger whose answered doubts are notes and whose rows count again."""
    failures = [answered(fault, answers) for fault in checked.failures]
    if content in answers.returned:
        failures.append(_returned(checked.file, *answers.returned[content]))
    if failures == list(checked.failures):
        return checked
    return with_faults(checked, failures, month_end, definition)


def with_faults(
    checked: CheckedLedger,
    failures: Sequence[Failure],
    month_end: date,
    definition: Definition,
) -> CheckedLedger:
    """Return a ledger with other failures; rows that none costs any more count, others do not."""
    before, after = _costly_rows(checked.failures), _costly_rows(failures)
    freed, held = before - after, after - before
    checked = replace(checked, failures=failures)
    if not freed and not held:
        return checked
    return _recounted(checked, freed, held, month_end, definition)


def answered(fault: Failure, answers: Answers) -> Failure:
    """Return a fault as its answer leaves it: a note, or a query whose answer is refused."""
    key = fault_key(fault)
    if fault.severity == "query" and key in answers.reasons:
        message = ANSWERED.format(message=fault.message, reason=harmless(answers.reasons[key]))
        return replace(fault, severity="note", message=message, remedy=EXPLAINED_REMEDY)
    asked = fault.severity == "query" or fault.remedy == EXPLAINED_REMEDY
    if key in answers.refused and asked:
        message = REFUSED.format(message=fault.message, reason=harmless(answers.refused[key]))
        return replace(fault, severity="query", message=message)
    return fault


def _returned(file: str, place: str, reason: str) -> Failure:
    sheet, _, cell = place.rpartition("!")
    at = Place(sheet or None, cell or None)
    return failure("returned-by-office", file, at, reason=harmless(reason).rstrip("。"))


def _costly_rows(failures: Sequence[Failure]) -> set[Row]:
    costly = (fault for fault in failures if fault.severity in COSTLY)
    return {(fault.sheet or "", fault.row) for fault in costly if fault.row is not None}


def _recounted(
    checked: CheckedLedger,
    freed: set[Row],
    held: set[Row],
    month_end: date,
    definition: Definition,
) -> CheckedLedger:
    """Return a ledger with the rows freed among its good ones, and without those held."""
    if checked.people is not None:
        people = checked.people
        sheets = [table.sheet for table in checked.tables]
        tables, numbers = people["table"].tolist(), people["row"].tolist()
        rows = [(sheets[table], number) for table, number in zip(tables, numbers, strict=True)]
        good = _flags(people, rows, freed, held)
        people = people.assign(good=good)
        counts = counts_of_people(people, checked.tables, month_end, definition)
        changed = good.sum() - checked.people["good"].to_numpy().sum()
        checked = replace(checked, people=people, counts=counts)
    elif checked.counts is not None:
        rows = [_row_of(cells) for cells in checked.counts["at_enterprise"]]
        good = _flags(checked.counts, rows, freed, held)
        changed = good.sum() - checked.counts["good"].to_numpy().sum()
        checked = replace(checked, counts=checked.counts.assign(good=good))
    else:
        return checked
    rejected, doubted = checked.rejected - int(changed), checked.doubted - int(changed)
    return replace(checked, rejected=rejected, doubted=max(doubted, 0))


def _flags(frame: Frame, rows: Sequence[Row], freed: set[Row], held: set[Row]) -> Flags:
    good: Flags = frame["good"].to_numpy().copy()
    good |= np.array([row in freed for row in rows], dtype=bool)
    good &= np.array([row not in held for row in rows], dtype=bool)
    return good


def _row_of(cells: Sequence[str]) -> Row:
    sheet, _, cell = cells[0].rpartition("!")
    place = Place(sheet, cell)
    return sheet, place.row or 0
