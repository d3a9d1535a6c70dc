"""Checking a run's ledgers together: with each other, the month's others, the month before.

A ledger's verdict follows here, since a fault across ledgers or months can cost a row (DESIGN §4,
§5).
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from flows.settings import Campaign
from flows.steps.check.answers import NO_ANSWERS, Answers, with_answers
from flows.steps.check.masks import scrub
from flows.steps.check.month_ledgers import (
    Key,
    Keys,
    MonthLedger,
    NewLedger,
    StoredLedger,
    in_order_of_receipt,
)
from flows.steps.check.months import Base, absent_rows, compare, shortened
from flows.steps.check.persons import persons_across
from flows.steps.check.rosters import against_roster, roster_rows
from flows.steps.check.surveys import against_surveys
from flows.steps.failures import failure
from flows.steps.model import CheckedLedger, Failure, Severity, Verdict
from flows.steps.months import Month
from schemas.definition import Definition
from schemas.rules import MORE_REMEDY, RULES, WHOLE_LEDGER

COUNTED: tuple[Verdict, ...] = ("accepted", "partly")
NAMED = 10  # rows named in a message


def judge(
    new: Sequence[NewLedger],
    stored: Sequence[StoredLedger],
    bases: Mapping[str, Base],
    campaign: Campaign,
    month: Month,
    answers: Mapping[str, Answers] | None = None,
) -> list[NewLedger]:
    """Return a run's ledgers with their failures across ledgers and months, and their verdicts.

    `stored` are the month's other ledgers, `bases` the senders' last accepted months, `answers`
    what is answered of each sender's faults.
    """
    compared = _against_bases(new, stored, bases, campaign)
    superseded = superseded_among(stored)
    live = [ledger for ledger in stored if ledger.content not in superseded]
    compared = against_surveys(compared, [*live, *compared], bases, campaign)
    twice = _submitted_twice(compared, campaign.definition)
    decided = _decide(twice, stored, campaign)
    across = persons_across(decided, stored, campaign, month)
    whole = _with_missing_rows(across, stored, campaign.settings.policy.trial_rules)
    answered = [_with_answers(ledger, answers or {}, campaign, month) for ledger in whole]
    alone = _decide(answered, stored, campaign)
    rostered = _against_rosters(alone, stored, answers or {}, campaign, month)
    return _decide(rostered, stored, campaign)


def _against_rosters(
    new: Sequence[NewLedger],
    stored: Sequence[StoredLedger],
    answers: Mapping[str, Answers],
    campaign: Campaign,
    month: Month,
) -> list[NewLedger]:
    """Return the ledgers, progress ledgers compared with their senders' rosters that count."""
    everyone: list[MonthLedger] = [*new, *stored]
    gone = superseded_among(everyone)
    rosters = [x for x in everyone if x.kind == "roster" and x.content not in gone]
    result = []
    for ledger in new:
        own = [x for x in rosters if x.sender == ledger.sender and x.verdict in COUNTED]
        if ledger.kind == "progress" and ledger.sender is not None and own:
            given = _answers_to(ledger, answers)
            rows = roster_rows(own, campaign.definition)
            checked = against_roster(ledger.checked, rows, given, campaign, month)
            ledger = replace(ledger, checked=checked)
        result.append(ledger)
    return result


def superseded_among(ledgers: Sequence[MonthLedger]) -> set[str]:
    """Return the contents that one of some ledgers takes the place of."""
    return {content for ledger in ledgers for content in ledger.supersedes}


def _answers_to(ledger: NewLedger, answers: Mapping[str, Answers]) -> Answers:
    """Return the answers to a ledger's faults, those in its own file too."""
    given = answers.get(ledger.sender or "", NO_ANSWERS)
    return given.with_reasons(dict(ledger.checked.answers))


def _with_answers(
    ledger: NewLedger, answers: Mapping[str, Answers], campaign: Campaign, month: Month
) -> NewLedger:
    checked = ledger.checked
    own = _answers_to(ledger, answers)
    checked = with_answers(checked, ledger.content, own, month.last_day, campaign.definition)
    checked = shortened(checked, campaign.settings.policy.doubt.listed)
    return replace(ledger, checked=checked)


def decide(ledger: NewLedger, others: Sequence[MonthLedger], campaign: Campaign) -> NewLedger:
    """Return a ledger with its verdict and what it replaces of the month's others."""
    judged = replace(ledger, verdict=verdict_of(ledger.checked, campaign))
    return _supersede([judged], in_order_of_receipt([judged, *others]), campaign)[0]


def _decide(
    new: Sequence[NewLedger], stored: Sequence[StoredLedger], campaign: Campaign
) -> list[NewLedger]:
    judged = [replace(ledger, verdict=verdict_of(ledger.checked, campaign)) for ledger in new]
    return _supersede(judged, in_order_of_receipt([*judged, *stored]), campaign)


def _against_bases(
    new: Sequence[NewLedger],
    stored: Sequence[StoredLedger],
    bases: Mapping[str, Base],
    campaign: Campaign,
) -> list[NewLedger]:
    """Return the ledgers compared with their sender's last accepted month.

    What all of a sender's ledgers lack is reported in the first.
    """
    everyone: list[MonthLedger] = [*new, *stored]
    owners = _owners(everyone, frozenset[Key]().union(*(base.rows for base in bases.values())))
    compared: dict[int, CheckedLedger] = {}
    senders = set()
    for i in sorted(range(len(new)), key=lambda i: new[i].file):
        ledger = new[i]
        if ledger.kind != "progress" or ledger.sender is None or ledger.sender not in bases:
            continue
        base = bases[ledger.sender]
        policy = campaign.settings.policy
        compared[i] = compare(ledger.checked, base, policy, campaign.definition)
        if ledger.sender not in senders:
            senders.add(ledger.sender)
            keys = _keys_beside(ledger, everyone)
            elsewhere = frozenset(
                key for key in base.rows if owners.get(key, set()) - {ledger.sender}
            )
            absent = absent_rows(ledger.file, base, keys, elsewhere, policy, campaign.definition)
            compared[i] = with_failures(compared[i], absent)
    return [replace(x, checked=compared.get(i, x.checked)) for i, x in enumerate(new)]


def _owners(everyone: Sequence[MonthLedger], earlier: Keys) -> dict[Key, set[str | None]]:
    """Return the senders of each good row of a month that an earlier month had, too."""
    owners: dict[Key, set[str | None]] = {}
    for ledger in everyone if earlier else ():
        for key in earlier & ledger.good_keys:
            owners.setdefault(key, set()).add(ledger.sender)
    return owners


def _keys_beside(ledger: NewLedger, everyone: Sequence[MonthLedger]) -> frozenset[object]:
    """Return the keys of a ledger and of its sender's others that have no row in common with it."""
    keys: set[object] = set(ledger.keys)
    for other in everyone:
        same = (other.sender, other.kind) == (ledger.sender, ledger.kind)
        if same and not other.keys & ledger.keys:
            keys |= other.keys
    return frozenset(keys)


def with_failures(checked: CheckedLedger, failures: Sequence[Failure]) -> CheckedLedger:
    """Return a checked ledger with more failures."""
    return replace(checked, failures=[*checked.failures, *failures])


def verdict_of(checked: CheckedLedger, campaign: Campaign) -> Verdict:
    """Return a ledger's verdict by its failures and the allowed share of bad rows."""
    if checked.kind is None:
        return "unreadable"
    if any(failure.severity == "ledger" for failure in checked.failures):
        return "returned"
    allowed = campaign.settings.policy.allowed(checked.kind)
    read = checked.read or 1
    if (checked.rejected - checked.doubted) / read > allowed:
        return "returned"
    doubted = any(f.severity == "query" and _is_of_ledger(f) for f in checked.failures)
    if doubted or checked.rejected / read > allowed:
        return "held"
    return "partly" if checked.rejected else "accepted"


def _is_of_ledger(fault: Failure) -> bool:
    """Return whether a fault concerns the whole ledger and not one of its rows.

    What only counts the faults that are not listed concerns the rows of these.
    """
    of_ledger = RULES[fault.code].scope in ("file", "ledger")
    without_row = fault.row is None and fault.remedy != MORE_REMEDY
    return of_ledger or without_row or fault.code in WHOLE_LEDGER


def _with_missing_rows(
    new: Sequence[NewLedger], stored: Sequence[StoredLedger], trial_rules: Collection[str]
) -> list[NewLedger]:
    """Return the ledgers with a query at those that would replace an accepted one and lack rows."""
    everyone: list[MonthLedger] = [*new, *stored]
    gone = {content for ledger in everyone for content in ledger.supersedes}
    before = {content for ledger in stored for content in ledger.supersedes}
    severity = RULES["rows-missing"].costs(trial_rules)
    result = []
    for ledger in new:
        replaced = [x for x in everyone if x.content in ledger.supersedes]
        counted = [x for x in replaced if x.verdict in COUNTED and x.content not in before]
        live = [x for x in everyone if x.content not in gone]
        failures = [
            _rows_missing(ledger, old, lost, severity)
            for old in counted
            if (lost := old.good_keys - _keys_beside(ledger, live))
        ]
        checked = with_failures(ledger.checked, failures)
        result.append(replace(ledger, checked=checked) if failures else ledger)
    return result


def _rows_missing(ledger: NewLedger, old: MonthLedger, lost: Keys, severity: Severity) -> Failure:
    names = [f"{scrub(key[0])}{scrub(key[1])}" for key in lost if isinstance(key, tuple)]
    listed = "、".join(sorted(names)[:NAMED]) + ("等" if len(names) > NAMED else "")
    return failure(
        "rows-missing",
        ledger.file,
        severity=severity,
        other=old.file,
        count=len(lost),
        names=listed or "人员见原台账",
    )


def _submitted_twice(new: Sequence[NewLedger], definition: Definition) -> list[NewLedger]:
    """Return the ledgers with a failure at both of two of one sender, kind and run that overlap."""
    alike: dict[tuple[str, str | None, int], list[int]] = {}
    for i, ledger in enumerate(new):
        if ledger.sender is not None:
            alike.setdefault((ledger.sender, ledger.kind, ledger.first_run), []).append(i)
    result = list(new)
    keyed = "{middle}和{unit_name}".format(**definition.terms)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if count := len(new[one].keys & new[other].keys):
                result[one] = _doubled(result[one], new[other], count, keyed)
                result[other] = _doubled(result[other], new[one], count, keyed)
    return result


def _doubled(ledger: NewLedger, other: NewLedger, count: int, keyed: str) -> NewLedger:
    what = "人员" if ledger.kind == "roster" else keyed
    fault = failure("submitted-twice", ledger.file, other=other.file, count=count, what=what)
    return replace(
        ledger,
        checked=with_failures(ledger.checked, [fault]),
        duplicates=(*ledger.duplicates, other.content),
    )


def _supersede(
    new: Sequence[NewLedger], everyone: Sequence[MonthLedger], campaign: Campaign
) -> list[NewLedger]:
    """Return the ledgers with what each replaces: earlier ones of its sender that overlap.

    `everyone` is in order of receipt. A returned ledger replaces none that counts. One that was
    never accepted gives way also where no row can be compared: to the file at its path now, and to
    its sender's next ledger where it had no rows to compare. One that could not be read may be of
    either kind: it stays until all that its sender owes has come in.
    """
    kinds: dict[str | None, set[str | None]] = {}
    for ledger in everyone:
        kinds.setdefault(ledger.sender, set()).add(ledger.kind)
    runs = [ledger.first_run for ledger in everyone]
    result = []
    for ledger in new:
        owes = campaign.sender[ledger.sender].owes if ledger.sender is not None else ()
        complete = set(owes) <= kinds[ledger.sender]
        earlier = everyone[: bisect_left(runs, ledger.first_run)]
        replaced = [x.content for x in earlier if _gives_way(x, ledger, complete=complete)]
        result.append(replace(ledger, supersedes=tuple(replaced)))
    return result


def _gives_way(old: MonthLedger, new: NewLedger, *, complete: bool) -> bool:
    if old.content == new.content or new.kind is None:
        return False
    counted = old.verdict in COUNTED
    if counted and new.verdict not in COUNTED:
        return False
    same = (old.sender, old.kind) == (new.sender, new.kind) and new.sender is not None
    nil = not (old.keys and new.keys)  # 零报告 has no rows, and contradicts any ledger that counts
    if same and (old.keys & new.keys or (counted and nil)):
        return True
    if counted:
        return False
    by_keys = old.sender is None and old.kind == new.kind and bool(old.keys & new.keys)
    return old.file == new.file or by_keys or _without_rows(old, new, complete=complete)


def _without_rows(old: MonthLedger, new: NewLedger, *, complete: bool) -> bool:
    """Return whether a ledger without rows gives way to its sender's next one."""
    from_same = new.sender is not None and new.sender in (old.sender, old.likely)
    same_kind = old.kind == new.kind or (old.kind is None and complete)
    return from_same and not old.keys and same_kind
