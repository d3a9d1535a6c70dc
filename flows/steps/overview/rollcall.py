"""The roll-call: who owes which ledger, what became of it, and which month's figures count."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.steps.model import Coverage, LedgerReport, Report
from flows.steps.months import Month
from schemas.columns import KIND_NAMES, VERDICT_NAMES

T = TypeVar("T")
UNKNOWN_SENDER = "未识别报送单位"
OWED = (
    "missing",
    "unreadable",
    "returned",
    "partly",
)  # what the office has to see to, the worst first


@dataclass(frozen=True)
class RollCallLine:
    """A line of the roll-call with the ledgers that it speaks of; `used` says in words which month's figures count."""

    sender: str
    type: str
    kind: str
    verdict: str
    used: str
    carried: bool
    ledgers: Sequence[LedgerReport]

    @property
    def verdict_name(self) -> str:
        """Return the verdict's Chinese name."""
        return VERDICT_NAMES[self.verdict]


def roll_call(report: Report) -> list[RollCallLine]:
    """Return a line for each sender and kind of ledger owed; each ledger stands with one line."""
    left = _by_sender(report.ledgers, sender_of)
    owed = _by_sender(report.figures.coverage, lambda row: row.sender)
    calls = []
    for row in report.figures.coverage:
        mine = left.get(row.sender, [])
        own = [ledger for ledger in mine if ledger.kind in (row.kind, None)]
        left[row.sender] = [ledger for ledger in mine if ledger not in own]
        calls.append(_call(report, row, owed[row.sender], own))
    return calls


def not_owed(report: Report) -> list[LedgerReport]:
    """Return the ledgers that no line of the roll-call asks for: of an unknown sender, or a kind that was not owed."""
    listed = {ledger for call in roll_call(report) for ledger in call.ledgers}
    return [ledger for ledger in report.ledgers if ledger not in listed]


def to_settle(report: Report) -> list[RollCallLine]:
    """Return the lines whose ledger is missing, unreadable, returned or partly accepted, in this order."""
    calls = [call for call in roll_call(report) if call.verdict in OWED]
    return sorted(calls, key=lambda call: OWED.index(call.verdict))


def sender_of(ledger: LedgerReport) -> str:
    """Return who sent a ledger, or whom its folder or file name points to."""
    return ledger.sender or ledger.likely or UNKNOWN_SENDER


def senders(report: Report) -> Mapping[str, str]:
    """Return the sender of each file of the month."""
    return {ledger.file: sender_of(ledger) for ledger in report.ledgers}


def footnotes(report: Report) -> list[str]:
    """Return a sentence for each ledger in whose place an earlier month's figures stand."""
    return [
        f"{call.sender}：{report.month.label}{call.kind}{call.verdict_name}，{call.used}。"
        for call in roll_call(report)
        if call.carried
    ]


def _by_sender(things: Iterable[T], of: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for thing in things:
        found.setdefault(of(thing), []).append(thing)
    return found


def _call(
    report: Report, row: Coverage, owed: Sequence[Coverage], ledgers: Sequence[LedgerReport]
) -> RollCallLine:
    sender = report.campaign.sender.get(row.sender)
    carried = _is_earlier(report, row.used)
    return RollCallLine(
        row.sender,
        sender.type if sender else "",
        KIND_NAMES[row.kind],
        row.verdict,
        _used(report, row, owed),
        carried,
        ledgers,
    )


def _used(report: Report, row: Coverage, owed: Sequence[Coverage]) -> str:
    """Return in words which month's figures count for a line of the roll-call; `owed` are all lines of the sender."""
    if row.used == str(report.month):
        return "采用本月数据"
    if row.used is not None:
        return f"沿用{Month.parse(row.used).label}数据"
    others = [other for other in owed if other.kind != row.kind]
    if row.kind == "roster" and others:
        return f"以{KIND_NAMES[others[0].kind]}为准"
    return "未计入"


def _is_earlier(report: Report, used: str | None) -> bool:
    return used is not None and used < str(report.month)
