"""Checking the ledgers of a run together: against each other, against what the month already holds, and against the month before.

A ledger's verdict is told here, since a fault across ledgers or months can cost a row (DESIGN §4, §5).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from flows.settings import Campaign
from flows.steps.check.months import Base, compare, gone
from flows.steps.check.persons import Keys, MonthLedger, persons_across
from flows.steps.model import CheckedLedger, Failure, Submission, Verdict
from flows.steps.months import Month
from schemas.rules import RULES

__all__ = ["Base", "MonthLedger", "as_submission", "content_of", "judge", "keys_of", "of_file"]


def content_of(sha256: str, kind: str | None) -> str:
    """Return the name of a ledger's content: its file's bytes and its kind."""
    return f"{sha256}:{kind or ''}"


def keys_of(counts: Any, people: Any) -> Keys:
    """Return the keys by which a ledger's rows are told to be the same as another's."""
    if people is not None:
        return frozenset(people["person"].dropna())
    return (
        frozenset()
        if counts is None
        else frozenset(zip(counts["county"], counts["enterprise"], strict=True))
    )


def judge(
    new: Sequence[MonthLedger],
    stored: Sequence[MonthLedger],
    bases: Mapping[str, Base],
    campaign: Campaign,
    month: Month,
) -> None:
    """Complete the examined ledgers of a run, in place: their failures across ledgers and months, their rows, their verdicts.

    `new` came in with this run and are examined, `stored` are the month's others; `bases` are the senders' last accepted months.
    """
    everyone = sorted([*new, *stored], key=lambda p: (p.arrival, p.file, p.content))
    _against_bases(new, everyone, bases, campaign)
    _submitted_twice(new)
    _decide(new, everyone, campaign)
    persons_across(everyone, campaign, month)
    _decide(new, everyone, campaign)


def _decide(
    new: Sequence[MonthLedger], everyone: Sequence[MonthLedger], campaign: Campaign
) -> None:
    for party in new:
        party.verdict = verdict_of(party.own, campaign)
    _supersede(new, everyone, campaign)


def _against_bases(
    new: Sequence[MonthLedger],
    everyone: Sequence[MonthLedger],
    bases: Mapping[str, Base],
    campaign: Campaign,
) -> None:
    """Compare progress ledgers with their sender's last accepted month; what all of a sender's ledgers lack is told in the first."""
    told = set()
    for party in sorted(new, key=lambda p: p.file):
        if party.kind != "progress" or party.sender is None or party.sender not in bases:
            continue
        base = bases[party.sender]
        compare(party.own, base, campaign.settings.policy.trial_rules)
        if party.sender not in told:
            told.add(party.sender)
            beside = [
                p.keys
                for p in everyone
                if (p.sender, p.kind) == (party.sender, party.kind) and not p.keys & party.keys
            ]
            party.own.failures += gone(party.file, base, party.keys.union(*beside))


def verdict_of(examined: CheckedLedger, campaign: Campaign) -> Verdict:
    """Return a ledger's verdict by the severities of its failures and the share of bad rows that the policy allows."""
    if examined.kind is None:
        return "unreadable"
    if any(failure.severity == "ledger" for failure in examined.failures):
        return "returned"
    if not examined.rejected:
        return "accepted"
    return (
        "partly"
        if examined.rejected / examined.read <= campaign.settings.policy.allowed(examined.kind)
        else "returned"
    )


def _submitted_twice(new: Sequence[MonthLedger]) -> None:
    """Report two files of one sender, kind and arrival that have rows in common, at both."""
    alike: dict[tuple[str, str | None, int], list[MonthLedger]] = {}
    for party in new:
        if party.sender is not None:
            alike.setdefault((party.sender, party.kind, party.arrival), []).append(party)
    for one, other in (pair for parties in alike.values() for pair in combinations(parties, 2)):
        count = len(one.keys & other.keys)
        for party, twin in ((one, other), (other, one)) if count else ():
            party.own.failures.append(
                of_file("submitted-twice", party.file, other=twin.file, count=count)
            )
            party.twins.append(twin.content)


def _supersede(
    new: Sequence[MonthLedger], everyone: Sequence[MonthLedger], campaign: Campaign
) -> None:
    """Note for each new ledger the contents that it takes the place of: earlier ones of the same sender with rows in common.

    `everyone` comes by arrival. A returned ledger takes the place of none that counts. One that was never accepted gives way also
    where no row can be compared: to the file that lies at its path now, and to its sender's next ledger where it had no rows to tell
    apart. One that could not be read may be of either kind: it stays until all that its sender owes has come in.
    """
    kinds: dict[str | None, set[str | None]] = {}
    for party in everyone:
        kinds.setdefault(party.sender, set()).add(party.kind)
    arrivals = [party.arrival for party in everyone]
    for party in new:
        owes = campaign.sender[party.sender].owes if party.sender is not None else ()
        complete = set(owes) <= kinds[party.sender]
        earlier = everyone[: bisect_left(arrivals, party.arrival)]
        party.supersedes = [
            other.content for other in earlier if _gives_way(other, party, complete=complete)
        ]


def _gives_way(old: MonthLedger, new: MonthLedger, *, complete: bool) -> bool:
    if old.content == new.content or new.kind is None:
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
    without_rows = (
        from_same and not old.keys and (old.kind == new.kind or (old.kind is None and complete))
    )
    return old.file == new.file or by_keys or without_rows


def of_file(code: str, file: str, **facts: object) -> Failure:
    """Return the failure of a rule that speaks of a file."""
    rule = RULES[code]
    return Failure(
        file,
        None,
        None,
        None,
        None,
        None,
        code,
        rule.severity,
        rule.say(**facts),
        rule.advise(**facts),
    )


def as_submission(party: MonthLedger, run: Mapping[str, Any]) -> Submission:
    """Return what the store keeps of a judged ledger; `run` holds the facts of the run."""
    examined = party.own
    return Submission(
        content=party.content,
        file=party.file,
        sha256=examined.sha256,
        kind=examined.kind,
        sender=examined.sender,
        likely=examined.likely,
        verdict=party.verdict or "unreadable",
        read=examined.read,
        rejected=examined.rejected,
        arrival=party.arrival,
        supersedes=tuple(party.supersedes),
        twins=tuple(party.twins),
        **run,
    )
