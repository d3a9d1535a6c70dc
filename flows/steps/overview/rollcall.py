"""The roll-call as the overview words it: what became of each ledger, which figures count."""

from collections.abc import Mapping
from itertools import chain

from flows.steps.model import LedgerReport, Report
from flows.steps.months import Month
from flows.steps.standings import RollCallLine, roll_call
from flows.steps.timeliness import in_time_in_words
from schemas.columns import KIND_NAMES, VERDICT_NAMES

UNKNOWN_SENDER = "未识别报送单位"
# The verdicts that the office has to see to, the worst first.
OPEN = ("missing", "unreadable", "returned", "held", "partly")


def verdict_name(line: RollCallLine) -> str:
    """Return the Chinese name of a line's verdict."""
    return VERDICT_NAMES[line.row.verdict]


def used_in_words(line: RollCallLine) -> str:
    """Return in words which month's figures count for a line of the roll-call."""
    if line.basis == "this month":
        return "采用本月数据"
    if line.row.used is not None:
        return f"沿用{Month.parse(line.row.used).label}数据"
    others = [kind for kind in line.kinds if kind != line.row.kind] or ["progress"]
    return f"以{KIND_NAMES[others[0]]}为准" if line.basis == "other kind" else "未计入"


def timeliness_in_words(report: Report) -> str:
    """Return the month's timeliness as of the day of issue in words."""
    due = report.campaign.settings.policy.due_date(report.month)
    return in_time_in_words(due, report.issued, [line.timeliness for line in roll_call(report)])


def not_owed(report: Report) -> list[LedgerReport]:
    """Return the ledgers that no line of the roll-call asks for.

    They are of an unknown sender, or of a kind that was not owed.
    """
    listed = set(chain.from_iterable(line.ledgers for line in roll_call(report)))
    return [ledger for ledger in report.ledgers if ledger not in listed]


def open_lines(report: Report) -> list[RollCallLine]:
    """Return the lines with a missing, unreadable, returned or partly accepted ledger, in order."""
    lines = [line for line in roll_call(report) if line.row.verdict in OPEN]
    return sorted(lines, key=lambda line: OPEN.index(line.row.verdict))


def sender_of(ledger: LedgerReport) -> str:
    """Return who sent a ledger, or to whom its folder or file name points."""
    return ledger.sender or ledger.likely or UNKNOWN_SENDER


def senders(report: Report) -> Mapping[str, str]:
    """Return the sender of each file of the month."""
    return {ledger.file: sender_of(ledger) for ledger in report.ledgers}


def footnotes(report: Report) -> list[str]:
    """Return a sentence for each ledger for which an earlier month's figures stand in."""
    return [
        f"{line.sender}：{report.month.label}{line.kind_name}"
        f"{verdict_name(line)}，{used_in_words(line)}。"
        for line in roll_call(report)
        if line.carried
    ]
