"""A progress ledger against the roster of the same sender (DESIGN §5, across)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.policies import DoubtPolicy
from flows.settings import Campaign
from flows.steps.check.answers import Answers, answered, with_faults
from flows.steps.check.counts import cells_of
from flows.steps.check.masks import count_shown, harmless
from flows.steps.check.month_ledgers import MonthLedger
from flows.steps.failures import Place, explained, failure
from flows.steps.model import CheckedLedger, Failure, Frame
from flows.steps.months import Month
from schemas.definition import Definition
from schemas.rules import RULES

RULE = RULES["roster-mismatch"]
Rows = Mapping[tuple[str, str], Mapping[str, int]]


def roster_rows(rosters: Iterable[MonthLedger], definition: Definition) -> Rows:
    """Return the counts of some rosters together, by county and enterprise."""
    names = definition.rostered
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for roster in rosters:
        for key, row in _rows(roster.counts, definition):
            before = rows.setdefault(key, dict.fromkeys(names, 0))
            rows[key] = {name: before[name] + int(row[name] or 0) for name in names}
    return rows


def against_roster(
    checked: CheckedLedger, roster: Rows, answers: Answers, campaign: Campaign, month: Month
) -> CheckedLedger:
    """Return a progress ledger with a query at each row that its sender's roster contradicts.

    A query that an earlier roster gave rise to is dropped. `answers` are the sender's.
    """
    before = [fault for fault in checked.failures if fault.code != RULE.code]
    asked = [answered(fault, answers) for fault in _questions(checked, roster, campaign)]
    if len(before) == len(checked.failures) and not asked:
        return checked
    return with_faults(checked, [*before, *asked], month.last_day, campaign.definition)


def _questions(checked: CheckedLedger, roster: Rows, campaign: Campaign) -> Iterator[Failure]:
    policy, definition = campaign.settings.policy, campaign.definition
    wrong = {(fault.sheet, fault.row) for fault in checked.failures if fault.severity == "row"}
    for key, row in _rows(checked.counts, definition):
        far = _far_apart(row, roster[key], policy.doubt, definition) if key in roster else []
        place = _place(row, far[0]) if far else Place()
        if not far or (place.sheet, place.row) in wrong:
            continue
        question = failure(
            RULE.code,
            checked.file,
            place,
            header=definition.count_name(far[0]),
            value=count_shown(int(row[far[0]])),
            severity=RULE.costs(policy.trial_rules),
            unit=harmless(key[0]) + harmless(key[1]),
            **_facts(row, roster[key], far[0]),
        )
        sentences = (_sentence(row, roster[key], name, definition) for name in far)
        question = replace(question, message="；".join(sentences) + "。")
        note = row["note"]
        noted = isinstance(note, str) and note
        yield explained(question, harmless(note)) if noted else question


def _far_apart(
    row: Mapping[str, Any],
    roster: Mapping[str, int],
    policy: DoubtPolicy,
    definition: Definition,
) -> list[str]:
    """Return the counts that two ledgers give very differently, the worst first."""
    differences = {}
    for name in definition.rostered:
        # a base that took its default is told by its own cell
        if row[name] is None or _defaulted(row, name, definition):
            continue
        now, other = int(row[name]), roster[name]
        share = policy.roster_share * max(now, other)
        if abs(now - other) > max(policy.roster_count, share):
            differences[name] = abs(now - other)
    return sorted(differences, key=lambda name: -differences[name])


def _defaulted(row: Mapping[str, Any], name: str, definition: Definition) -> bool:
    default = definition.column(name).default
    return default is not None and list(row[f"at_{name}"]) == list(row[f"at_{default}"])


def _facts(row: Mapping[str, Any], roster: Mapping[str, int], name: str) -> dict[str, str]:
    now, other = int(row[name]), roster[name]
    return {"roster": count_shown(other), "difference": count_shown(abs(now - other))}


def _sentence(
    row: Mapping[str, Any], roster: Mapping[str, int], name: str, definition: Definition
) -> str:
    value = count_shown(int(row[name]))
    header = definition.count_name(name)
    return RULE.say(header=header, value=value, **_facts(row, roster, name)).rstrip("。")


def _place(row: Mapping[str, Any], name: str) -> Place:
    cells = list(row[f"at_{name}"]) or list(row["at_enterprise"])
    sheet, _, cell = cells[0].rpartition("!")
    return Place(sheet, cell)


def _rows(
    counts: Frame, definition: Definition
) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Yield a frame's rows by county and enterprise."""
    if counts is None:
        return
    cells = [f"at_{name}" for name in cells_of(definition)]
    names = ["county", "enterprise", "note", *definition.counts, *cells]
    columns = [counts[name].to_numpy(dtype=object, na_value=None).tolist() for name in names]
    for values in zip(*columns, strict=True):
        row = dict(zip(names, values, strict=True))
        yield (row["county"], row["enterprise"]), row
