"""Persons who are in rosters of two senders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.settings import Campaign
from flows.steps.check.counts import counts_of_people
from flows.steps.check.masks import last_four
from flows.steps.check.month_ledgers import (
    MonthLedger,
    NewLedger,
    StoredLedger,
    in_order_of_receipt,
)
from flows.steps.failures import LISTED, Place, failure, unlisted
from flows.steps.model import CheckedLedger, Failure, Frame, Severity, address
from flows.steps.months import Month
from schemas.definition import Column, Definition
from schemas.rules import RULES

CODE = "duplicate-person-across"
Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Match:
    """Two rosters with persons in common: the lines of these persons in each."""

    first: MonthLedger
    first_lines: Lines
    later: NewLedger
    later_lines: Lines


def persons_across(
    new: Sequence[NewLedger], stored: Sequence[StoredLedger], campaign: Campaign, month: Month
) -> list[NewLedger]:
    """Return the new ledgers without the persons that an earlier sender's roster has too.

    The later one's row is bad, the first one's gets a note. Both are among the later ledger's
    failures, the note with the first one's file; persons are compared by their keyed hashes.
    """
    severity = RULES[CODE].costs(campaign.settings.policy.trial_rules)
    by_content: dict[str, list[_Match]] = {}
    for match in _matches(_rosters(in_order_of_receipt([*new, *stored]))):
        by_content.setdefault(match.later.content, []).append(match)
    return [
        replace(x, checked=_without(x.checked, by_content[x.content], severity, campaign, month))
        if x.content in by_content
        else x
        for x in new
    ]


def _rosters(everyone: Sequence[MonthLedger]) -> list[MonthLedger]:
    """Return the rosters that count."""
    gone = {content for ledger in everyone for content in ledger.supersedes}
    return [
        x
        for x in everyone
        if x.kind == "roster"
        and x.sender
        and x.content not in gone
        and x.verdict in ("accepted", "partly")
    ]


def _matches(rosters: Sequence[MonthLedger]) -> list[_Match]:
    """Return the pairs of two senders' rosters, the later one new, with good persons in common."""
    if len(rosters) < 2 or not any(isinstance(x, NewLedger) for x in rosters):
        return []
    rows: list[Frame] = [x.people[x.people["good"] & x.people["person"].notna()] for x in rosters]
    people = pd.concat(
        [
            pd.DataFrame({"person": r["person"], "roster": i, "line": r.index})
            for i, r in enumerate(rows)
        ],
        ignore_index=True,
    )
    first = people.drop_duplicates("person")
    pairs: Frame = people[people.duplicated("person")].merge(
        first, on="person", suffixes=("", "_first")
    )
    matches = []
    for numbers, pair in pairs.groupby(["roster", "roster_first"]):
        later, earlier = (rosters[number] for number in numbers)
        if isinstance(later, NewLedger) and later.sender != earlier.sender:
            lines = pair["line_first"].to_numpy(), pair["line"].to_numpy()
            matches.append(_Match(earlier, lines[0], later, lines[1]))
    return matches


def _without(
    checked: CheckedLedger,
    matches: Sequence[_Match],
    severity: Severity,
    campaign: Campaign,
    month: Month,
) -> CheckedLedger:
    """Return a roster with the failures of some matches, counted again without their persons."""
    failures = list(checked.failures)
    for match in matches:
        failures += _failures(match, severity, campaign.definition)
    if severity != "row":
        return replace(checked, failures=failures)
    lines = np.concatenate([match.later_lines for match in matches])
    people: Frame = checked.people
    good = people["good"].copy()
    good.loc[lines] = False
    people = people.assign(good=good)
    return replace(
        checked,
        failures=failures,
        people=people,
        rejected=int(np.count_nonzero(~good.to_numpy())),
        counts=counts_of_people(people, checked.tables, month.last_day, campaign.definition),
    )


def _failures(match: _Match, severity: Severity, definition: Definition) -> list[Failure]:
    first, later = match.first, match.later
    listed = match.later_lines[:LISTED]
    values = [last_four("0" * 14 + tail) for tail in later.people["tail"].loc[listed].tolist()]
    number = definition.columns_of("roster")[definition.identity]
    places = _places(later, listed, number)
    places_first = _places(first, match.first_lines[:LISTED], number)
    failures = []
    for value, place, other in zip(values, places, places_first, strict=True):
        failures.append(_failure(later, place, value, severity, first, other, number))
        failures.append(_failure(first, other, value, "note", later, place, number))
    if (more := len(match.later_lines) - LISTED) > 0:
        failures.append(unlisted(CODE, later.file, more, severity))
        failures.append(unlisted(CODE, first.file, more, "note"))
    return failures


def _failure(
    ledger: MonthLedger,
    place: Place,
    value: str,
    severity: Severity,
    other: MonthLedger,
    elsewhere: Place,
    number: Column,
) -> Failure:
    return failure(
        CODE,
        ledger.file,
        place,
        header=number.header,
        value=value,
        severity=severity,
        aside=f"另一处：“{other.file}”{elsewhere.sheet}!{elsewhere.cell}",
    )


def _places(ledger: MonthLedger, lines: Lines, number: Column) -> list[Place]:
    """Return the cells of persons' ID numbers."""
    rows: Frame = ledger.people.loc[lines]
    places = zip(rows["table"].tolist(), rows["row"].tolist(), strict=True)
    tables = ledger.tables
    return [
        Place(tables[i].sheet, address(row, tables[i].columns[number.name])) for i, row in places
    ]
