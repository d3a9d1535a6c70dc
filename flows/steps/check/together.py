"""Checking the ledgers of a run together: against each other, against what the month already holds, and against the month before.

A ledger's verdict is told here, since a fault across ledgers or months can cost a row (DESIGN §4, §5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from flows.settings import Campaign
from flows.steps.check.counts import counts_of_people
from flows.steps.check.masks import last_four
from flows.steps.check.months import Base, compare
from flows.steps.model import Examined, Failure, Submission, Verdict, address
from flows.steps.months import Month
from schemas.columns import header_of
from schemas.rules import RULES

Keys = frozenset[Any]


@dataclass
class Party:
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
    examined: Examined | None = None
    persons: Any = None  # of a stored roster that counts: a frame with person, table, row
    tables: Sequence[Any] = ()
    supersedes: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)


def content_of(sha256: str, kind: str | None) -> str:
    """Return the name of a ledger's content: its file's bytes and its kind."""
    return f"{sha256}:{kind or ''}"


def keys_of(counts: Any, people: Any) -> Keys:
    """Return the keys by which a ledger's rows are told to be the same as another's."""
    if people is not None:
        return frozenset(people["person"].dropna())
    return frozenset() if counts is None else frozenset(zip(counts["county"], counts["enterprise"], strict=True))


def judge(new: Sequence[Party], stored: Sequence[Party], bases: Mapping[str, Base], campaign: Campaign, month: Month) -> None:
    """Complete the examined ledgers of a run, in place: their failures across ledgers and months, their rows, their verdicts.

    `new` came in with this run and are examined, `stored` are the month's others; `bases` are the senders' last accepted months.
    """
    for party in new:
        examined = _examined(party)
        if examined.kind == "progress" and examined.sender in bases:
            compare(examined, bases[examined.sender], campaign)
    _submitted_twice(new)
    everyone = sorted([*new, *stored], key=lambda p: (p.arrival, p.file, p.content))
    for party in new:
        party.verdict = _verdict(_examined(party), campaign)
    _supersede(new, everyone)
    _persons_across(everyone, month)
    for party in new:
        party.verdict = _verdict(_examined(party), campaign)
    _supersede(new, everyone)


def _examined(party: Party) -> Examined:
    if party.examined is None:
        raise ValueError(f"{party.file} has not been examined")
    return party.examined


def _verdict(examined: Examined, campaign: Campaign) -> Verdict:
    """Return a ledger's verdict by the severities of its failures and the share of bad rows that the policy allows."""
    if examined.kind is None:
        return "unreadable"
    if any(failure.severity == "ledger" for failure in examined.failures):
        return "returned"
    if not examined.rejected:
        return "accepted"
    return "partly" if examined.rejected / examined.read <= campaign.settings.policy.allowed(examined.kind) else "returned"


def _submitted_twice(new: Sequence[Party]) -> None:
    """Report two files of one sender, kind and arrival that have rows in common, at both."""
    for i, one in enumerate(new):
        for other in new[i + 1 :]:
            same = one.sender is not None and (one.sender, one.kind, one.arrival) == (other.sender, other.kind, other.arrival)
            count = len(one.keys & other.keys) if same else 0
            for party, twin in ((one, other), (other, one)) if count else ():
                _examined(party).failures.append(of_file("submitted-twice", party.file, other=twin.file, count=count))
                party.twins.append(twin.content)


def _supersede(new: Sequence[Party], everyone: Sequence[Party]) -> None:
    """Note for each new ledger the contents that it takes the place of: earlier ones of the same sender with rows in common.

    A returned ledger takes the place of none that counts. One that was never accepted gives way also where no row can be
    compared: to the file that lies at its path now, and to its sender's next ledger where it had no rows to tell apart.
    """
    for party in new:
        party.supersedes = [other.content for other in everyone if _gives_way(other, party)]


def _gives_way(old: Party, new: Party) -> bool:
    if old.arrival >= new.arrival or old.content == new.content or new.kind is None:
        return False
    counted = old.verdict in ("accepted", "partly")
    if counted and new.verdict not in ("accepted", "partly"):
        return False
    same = (old.sender, old.kind) == (new.sender, new.kind) and new.sender is not None
    if same and old.keys & new.keys:
        return True
    if counted:
        return False
    by_keys = old.sender is None and old.kind == new.kind and bool(old.keys & new.keys)
    from_same = new.sender is not None and new.sender in (old.sender, old.likely)
    without_rows = from_same and not old.keys and old.kind in (new.kind, None)
    return old.file == new.file or by_keys or without_rows


def _persons_across(everyone: Sequence[Party], month: Month) -> None:
    """Report persons who stand in rosters of two senders: the later one's row is bad, the first one's gets a note."""
    gone = {content for party in everyone for content in party.supersedes}
    rosters = [p for p in everyone if p.kind == "roster" and p.content not in gone and p.verdict in ("accepted", "partly")]
    rosters = [p for p in rosters if p.sender is not None]
    parts = []
    for i, party in enumerate(rosters):
        rows = party.persons if party.examined is None else party.examined.people
        rows = rows[rows["good"]] if "good" in rows else rows
        parts.append(pd.DataFrame({"person": rows["person"], "party": i, "line": rows.index}))
    if len(parts) < 2:
        return
    people = pd.concat(parts, ignore_index=True)
    people = people[people.duplicated("person", keep=False)]
    firsts = people.drop_duplicates("person").set_index("person")
    for person, at, line in people[people.duplicated("person")].itertuples(index=False):
        first = firsts.loc[person]
        if rosters[at].examined is not None and rosters[first["party"]].sender != rosters[at].sender:
            _report_person(rosters[int(first["party"])], int(first["line"]), rosters[at], int(line))
    for party in rosters:
        _recount(party, month)


def _report_person(first: Party, first_line: int, later: Party, later_line: int) -> None:
    people = _examined(later).people
    people.loc[later_line, "good"] = False
    one = _place(first, (first.persons if first.examined is None else first.examined.people).loc[first_line])
    two = _place(later, people.loc[later_line])
    value = last_four("00" + people.loc[later_line, "tail"])
    for party, here, there, other, severity in ((later, two, one, first, "row"), (first, one, two, later, "note")):
        failure = of_file("duplicate-person-across", party.file, value=value)
        place = {"sheet": here[0], "cell": here[1], "row": here[2], "header": header_of("roster", "id"), "value": value}
        aside = f"另一处：“{other.file}”{there[0]}!{there[1]}"
        _examined(later).failures.append(replace(failure, **place, severity=severity, aside=aside))


def _place(party: Party, line: Any) -> tuple[str, str, int]:
    """Return the sheet, cell and row of a person's ID number."""
    tables = party.tables if party.examined is None else party.examined.tables
    table = tables[int(line["table"])]
    return table.sheet, address(int(line["row"]), table.columns["id"]), int(line["row"])


def _recount(party: Party, month: Month) -> None:
    """Count a roster's good rows again after some were found bad."""
    examined = party.examined
    if examined is not None and examined.people is not None:
        rejected = int((~examined.people["good"]).sum())
        if rejected != examined.rejected:
            examined.rejected = rejected
            examined.counts = counts_of_people(examined.people, examined.tables, month.last_day)


def of_file(code: str, file: str, **facts: object) -> Failure:
    """Return the failure of a rule that speaks of a file."""
    rule = RULES[code]
    return Failure(file, None, None, None, None, None, code, rule.severity, rule.say(**facts), rule.advise(**facts))


def as_submission(party: Party, run: Mapping[str, Any]) -> Submission:
    """Return what the store keeps of a judged ledger; `run` holds the facts of the run."""
    examined = _examined(party)
    return Submission(
        content=party.content, file=party.file, sha256=examined.sha256, kind=examined.kind, sender=examined.sender,
        likely=examined.likely, verdict=party.verdict or "unreadable", read=examined.read, rejected=examined.rejected,
        arrival=party.arrival, supersedes=tuple(party.supersedes), twins=tuple(party.twins), **run,
    )  # fmt: skip
