"""A ledger among the others of its month, and the persons who stand in rosters of two senders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from flows.settings import Campaign
from flows.steps.check.counts import counts_of_people
from flows.steps.check.masks import last_four
from flows.steps.check.report import LISTED
from flows.steps.model import CheckedLedger, Failure, Severity, Table, Verdict, column_letters
from flows.steps.months import Month
from schemas.columns import header_of
from schemas.rules import MORE, MORE_REMEDY, RULES

Keys = frozenset[Any]


@dataclass
class MonthLedger:
    """A ledger among others: its keys, and whether it came in with this run or lay in the store.

    A key is a county × enterprise or a person's hash; `verdict` is None until the ledger is judged.
    """

    content: str
    file: str
    kind: str | None
    sender: str | None
    likely: str | None
    arrival: int
    keys: Keys
    verdict: Verdict | None = None
    examined: CheckedLedger | None = None
    persons: Any = None  # of a stored roster that counts: a frame with person, table, row
    tables: Sequence[Table] = ()
    supersedes: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)

    @property
    def own(self) -> CheckedLedger:
        """Return the examined ledger; raises ValueError for one that lay in the store."""
        if self.examined is None:
            raise ValueError(f"{self.file} has not been examined")
        return self.examined

    @property
    def people(self) -> Any:
        """Return the rows of a roster with the columns good, person, table and row, from the file or from the store."""
        return self.persons if self.examined is None else self.examined.people


def persons_across(everyone: Sequence[MonthLedger], campaign: Campaign, month: Month) -> None:
    """Report persons who stand in rosters of two senders: the later one's row is bad, the first one's gets a note.

    Both are told in the later ledger's failures, the note with the first one's file; persons are compared by their keyed hashes.
    """
    gone = {content for party in everyone for content in party.supersedes}
    rosters = [
        p
        for p in everyone
        if p.kind == "roster"
        and p.sender
        and p.content not in gone
        and p.verdict in ("accepted", "partly")
    ]
    if len(rosters) < 2 or all(party.examined is None for party in rosters):
        return
    rows = [
        party.people[party.people["good"] & party.people["person"].notna()] for party in rosters
    ]
    people = pd.concat(
        [
            pd.DataFrame({"person": r["person"], "party": i, "line": r.index})
            for i, r in enumerate(rows)
        ],
        ignore_index=True,
    )
    first = people.drop_duplicates("person")
    pairs = people[people.duplicated("person")].merge(first, on="person", suffixes=("", "_first"))
    for _, pair in pairs.groupby(["party", "party_first"]):
        at, before = int(pair["party"].iloc[0]), int(pair["party_first"].iloc[0])
        if rosters[at].examined is not None and rosters[at].sender != rosters[before].sender:
            _report(
                rosters[before],
                pair["line_first"].to_numpy(),
                rosters[at],
                pair["line"].to_numpy(),
                campaign,
            )
    for party in rosters:
        _recount(party, month)


def _report(
    first: MonthLedger, first_lines: Any, later: MonthLedger, lines: Any, campaign: Campaign
) -> None:
    people = later.people
    severity = RULES["duplicate-person-across"].costs(campaign.settings.policy.trial_rules)
    if severity == "row":
        people.loc[lines, "good"] = False
    values = [last_four("0" * 14 + tail) for tail in people["tail"].loc[lines[:LISTED]].tolist()]
    here, there = _places(later, lines[:LISTED]), _places(first, first_lines[:LISTED])
    for value, own, other in zip(values, here, there, strict=True):
        later.own.failures.append(_failure(later, own, value, severity, first, other))
        later.own.failures.append(_failure(first, other, value, "note", later, own))
    if len(lines) > LISTED:
        later.own.failures += [_more(later, severity, len(lines)), _more(first, "note", len(lines))]


def _failure(
    party: MonthLedger,
    place: tuple[str, str, int],
    value: str,
    severity: Severity,
    other: MonthLedger,
    elsewhere: tuple[str, str, int],
) -> Failure:
    rule, (sheet, cell, row) = RULES["duplicate-person-across"], place
    aside = f"另一处：“{other.file}”{elsewhere[0]}!{elsewhere[1]}"
    return Failure(
        party.file,
        sheet,
        cell,
        row,
        header_of("roster", "id"),
        value,
        rule.code,
        severity,
        rule.say(value=value),
        rule.advise(),
        aside,
    )


def _more(party: MonthLedger, severity: Severity, count: int) -> Failure:
    rule = RULES["duplicate-person-across"]
    message = MORE.format(title=rule.title, count=count - LISTED, listed=LISTED)
    return Failure(
        party.file, None, None, None, None, None, rule.code, severity, message, MORE_REMEDY
    )


def _places(party: MonthLedger, lines: Any) -> list[tuple[str, str, int]]:
    """Return the sheet, cell and row of persons' ID numbers."""
    rows = party.people.loc[lines]
    tables = party.tables if party.examined is None else party.examined.tables
    places = zip(rows["table"].tolist(), rows["row"].tolist(), strict=True)
    return [
        (tables[table].sheet, f"{column_letters(tables[table].columns['id'])}{row}", row)
        for table, row in places
    ]


def _recount(party: MonthLedger, month: Month) -> None:
    """Count a roster's good rows again after some were found bad."""
    examined = party.examined
    if examined is not None and examined.people is not None:
        rejected = int(np.count_nonzero(~examined.people["good"].to_numpy()))
        if rejected != examined.rejected:
            examined.rejected = rejected
            examined.counts = counts_of_people(examined.people, examined.tables, month.last_day)
