"""Which rows count for a month: one for each county × enterprise, carried ones included.

DESIGN §3, §5, §6.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.registered import Former, Sender
from flows.settings import Campaign
from flows.steps.model import Coverage, Kind, LazyMapping, Line, Submission, SubmissionHistory
from flows.steps.months import Month
from schemas.spellings import squeeze

WORST = ("returned", "held", "partly", "accepted")
Rows = Callable[[Iterable[Submission]], Sequence[Line]]


@dataclass(frozen=True)
class Chosen:
    """The lines that count for a month, those that another sender's precedes, the roll-call."""

    lines: Sequence[Line]
    doubled: Sequence[tuple[Line, Line]]  # the line that counts, the one that does not
    coverage: Sequence[Coverage]


def choose(history: SubmissionHistory, campaign: Campaign, month: Month, rows: Rows) -> Chosen:
    """Return what counts for a month; `rows` returns the good lines of submissions."""
    taken: list[tuple[Sender, Submission, frozenset[tuple[str, str]] | None]] = []
    coverage: list[Coverage] = []
    for sender in campaign.senders:
        kind = _basis(history, sender, month)
        used, chosen = _used(history, campaign, sender, kind, month, rows)
        taken += [(sender, *each) for each in chosen]
        for owed in sender.owes:
            verdict = _verdict(history, sender, owed, month)
            coverage.append(Coverage(sender.name, owed, verdict, used if owed == kind else None))
    by_submission: dict[str, list[Line]] = {}
    for line in rows([submission for _, submission, _ in taken]):
        by_submission.setdefault(line.submission, []).append(line)
    lines = [
        (sender, line)
        for sender, submission, only in taken
        for line in by_submission.get(submission.id, ())
        if only is None or line.key in only
    ]
    return Chosen(*_one_each(lines, campaign), coverage)


def _basis(history: SubmissionHistory, sender: Sender, month: Month) -> Kind:
    """Return the kind of ledger that a sender's counts come from.

    That is the progress ledger if it owes or has sent one, else the roster.
    """
    live = history.live_of(str(month), [sender.name])
    sent = any(s.sender == sender.name and s.kind == "progress" for s in live)
    return "progress" if sent or "progress" in sender.owes else "roster"


def _used(
    history: SubmissionHistory,
    campaign: Campaign,
    sender: Sender,
    kind: Kind,
    month: Month,
    rows: Rows,
) -> tuple[str | None, list[tuple[Submission, frozenset[tuple[str, str]] | None]]]:
    """Return the month whose figures of a sender count, and its submissions.

    Each comes with the keys that are taken from it, None for all.
    """
    live = history.live_of(str(month), [sender.name])
    own = [s for s in live if s.sender == sender.name and s.kind == kind]
    counted = [s for s in own if s.counts]
    carried = campaign.settings.policy.missing == "carry_forward"
    before = last_accepted(history, campaign, sender.name, kind, month) if carried else None
    if not counted:
        return (before[0], [(s, None) for s in before[1]]) if before else (None, [])
    chosen: list[tuple[Submission, frozenset[tuple[str, str]] | None]] = [
        (s, None) for s in counted
    ]
    returned = [s for s in own if s.verdict in ("returned", "held")]
    if returned and before:
        have = {line.key for line in rows(counted)}
        wanted = {line.key for line in rows(returned)} or {line.key for line in rows(before[1])}
        chosen += [(s, frozenset(wanted - have)) for s in before[1]]
    return str(month), chosen


def last_accepted(
    history: SubmissionHistory, campaign: Campaign, sender: str, kind: Kind, month: Month
) -> tuple[str, list[Submission]] | None:
    """Return the last month before `month` in which a sender's ledgers of a kind count, with them.

    Those of senders that it has taken over count with it until it has reported itself after that.
    None if there is no such month.
    """
    own = _last_of(history, {squeeze(sender)}, kind, month)
    found = [] if own is None else [own]
    taken_over: dict[str, tuple[Former, set[str]]] = {}
    for spelling, former in campaign.former.senders.items():
        if former.name == sender:
            taken_over.setdefault(former.original, (former, set()))[1].add(spelling)
    for former, spellings in taken_over.values():
        before = _last_of(history, spellings, kind, month)
        if before is not None and (own is None or own[0] <= str(former.until)):
            found.append(before)
    if not found:
        return None
    return max(each[0] for each in found), [s for each in found for s in each[1]]


def _last_of(
    history: SubmissionHistory, spellings: Collection[str], kind: Kind, month: Month
) -> tuple[str, list[Submission]] | None:
    for earlier in sorted((m for m in history.by_month if m < str(month)), reverse=True):
        found = [
            s
            for s in history.live_of(earlier, spellings)
            if s.kind == kind and s.counts and squeeze(s.sender or "") in spellings
        ]
        if found:
            return earlier, found
    return None


def _verdict(history: SubmissionHistory, sender: Sender, kind: Kind, month: Month) -> str:
    live = history.live_of(str(month), [sender.name])
    of_kind = [s for s in live if s.kind == kind]
    own = {s.verdict for s in of_kind if s.sender == sender.name}
    # a file that nobody owns says nothing of a sender that has sent its own
    verdicts = own or {s.verdict for s in of_kind if (s.sender or s.likely) == sender.name}
    if verdicts:
        return next(verdict for verdict in WORST if verdict in verdicts)
    return (
        "unreadable" if any(s.kind is None and s.likely == sender.name for s in live) else "missing"
    )


def _one_each(
    lines: Sequence[tuple[Sender, Line]], campaign: Campaign
) -> tuple[list[Line], list[tuple[Line, Line]]]:
    """Return one line for each county × enterprise, and the pairs of it and each other line."""
    order = {name: i for i, name in enumerate(campaign.sender)}
    precedence = {kind: i for i, kind in enumerate(campaign.settings.policy.precedence)}

    def rank(pair: tuple[Sender, Line]) -> tuple[int, bool, int, str]:
        sender, line = pair
        return precedence[sender.type], sender.county != line.county, order[sender.name], line.file

    by_key: dict[tuple[str, str], list[tuple[Sender, Line]]] = {}
    for pair in lines:
        by_key.setdefault(pair[1].key, []).append(pair)
    first = {
        key: sorted(_of_each_sender(pairs), key=rank) if len(pairs) > 1 else pairs
        for key, pairs in by_key.items()
    }
    doubled = [(pairs[0][1], line) for pairs in first.values() for _, line in pairs[1:]]
    return [pairs[0][1] for pairs in first.values()], doubled


def _of_each_sender(pairs: Sequence[tuple[Sender, Line]]) -> list[tuple[Sender, Line]]:
    """Return the lines of one key with those that a sender gave under other names added up."""
    if all(line.original is None for _, line in pairs):
        return list(pairs)
    by_sender: dict[str, list[tuple[Sender, Line]]] = {}
    for pair in pairs:
        by_sender.setdefault(pair[0].name, []).append(pair)
    result = []
    for of_sender in by_sender.values():
        parts = {line.original: line for _, line in reversed(of_sender)}
        result.append((of_sender[0][0], _whole_or_united(list(parts.values()))))
    return result


def _whole_or_united(parts: Sequence[Line]) -> Line:
    """Return the line that was reported after all others became part of it, else their sum."""
    until = max(
        (part.until or part.month for part in parts if part.original is not None), default=""
    )
    whole = [part for part in parts if part.original is None and part.month > until]
    return whole[0] if whole else _united(parts)


def _united(parts: Sequence[Line]) -> Line:
    if len(parts) == 1:
        return parts[0]
    main = next((part for part in parts if part.original is None), parts[0])
    names = dict.fromkeys(name for part in parts for name in part.counts)
    counts = {name: sum(part.counts.get(name, 0) for part in parts) for name in names}
    return replace(main, counts=counts, cells=LazyMapping(_all_cells, parts))


def _all_cells(parts: Sequence[Line]) -> dict[str, tuple[Sequence[str], int]]:
    cells: dict[str, tuple[list[str], int]] = {}
    for part in parts:
        for name, (listed, count) in part.cells.items():
            before, so_far = cells.get(name, ([], 0))
            cells[name] = [*before, *listed], so_far + count
    return dict(cells)


def under_present_names(lines: Sequence[Line], campaign: Campaign) -> tuple[list[Line], Campaign]:
    """Return a past month's lines under the names and groups of a campaign, and the campaign.

    Counties that it does not have any more are added to it under their own names.
    """
    groups = campaign.definition.group_of
    renamed = []
    for line in lines:
        key = campaign.county_now(line.county), campaign.unit_now(line.enterprise)
        group = groups.get(campaign.affiliations.get(key[1], ""), line.group)
        original = None if key == line.key else line.key
        renamed.append(
            replace(line, county=key[0], enterprise=key[1], group=group, original=original)
        )
    by_key: dict[tuple[str, str], list[Line]] = {}
    for line in renamed:
        by_key.setdefault(line.key, []).append(line)
    united = [_united(parts) for parts in by_key.values()]
    return united, campaign.with_counties(line.county for line in united)


def in_registered_order(
    names: Iterable[str], registered: Mapping[str, int] | Sequence[str]
) -> list[str]:
    """Return names in the registry's order, unregistered ones after them by code point."""
    order = {name: i for i, name in enumerate(registered)}
    return sorted(set(names), key=lambda name: (order.get(name, len(order)), name))
