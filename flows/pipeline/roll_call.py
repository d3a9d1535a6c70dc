"""The roll-call of a month: each ledger owed, how often it was sent, its verdict, when it came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.feedback.notice import reply_day
from flows.steps.model import SENT_BACK, Coverage, Kind, Submission
from flows.steps.months import Month, in_words
from flows.steps.timeliness import Timeliness, timeliness_of
from schemas.columns import KIND_NAMES, VERDICT_NAMES

COUNTED = ("accepted", "partly")


@dataclass(frozen=True)
class RollCallRow:
    """A ledger that a sender owes, as `bulletin status` shows it."""

    sender: str
    kind: Kind
    verdict: str
    round: int  # how many times it was sent, 0 for never
    timeliness: Timeliness
    reply_by: str | None  # the day by which it must be sent again
    used: str | None
    file: str | None
    received: str | None

    @property
    def words(self) -> Sequence[str]:
        """Return the row as it is printed."""
        return (
            self.sender,
            KIND_NAMES[self.kind],
            VERDICT_NAMES[self.verdict],
            f"第{self.round}次" if self.round else "—",
            self.deadline,
            self.used or ("核对用，不计入" if self.verdict in COUNTED else "—"),
            self.file or "",
        )

    @property
    def deadline(self) -> str:
        """Return whether it came in time, and by when it must be sent again."""
        again = f"{in_words(date.fromisoformat(self.reply_by))}前重报" if self.reply_by else ""
        return "，".join(filter(None, (self.timeliness.words, again)))


def roll_call_rows(snapshot: MonthSnapshot) -> list[RollCallRow]:
    """Return a row for each ledger that is owed for a month."""
    return [_row(snapshot, owed) for owed in snapshot.figures.coverage]


def outstanding(snapshot: MonthSnapshot) -> Iterator[str]:
    """Yield which ledgers owed have not come in or are not accepted, and what counts instead."""
    rows = [row for row in snapshot.figures.coverage if row.verdict in ("missing", *SENT_BACK)]
    if not rows:
        return
    yield f"{snapshot.month.label}还有 {len(rows)} 个应报的台账没有通过："
    for row in rows:
        used = f"，沿用{Month.parse(row.used).label}数据" if row.used else ""
        yield f"  {VERDICT_NAMES[row.verdict]}  {row.sender}{KIND_NAMES[row.kind]}{used}"


def _row(snapshot: MonthSnapshot, owed: Coverage) -> RollCallRow:
    sent = [
        s
        for s in snapshot.submissions
        if (s.sender or s.likely) == owed.sender and s.kind in (owed.kind, None)
    ]
    newest = sent[-1] if sent else None
    return RollCallRow(
        sender=owed.sender,
        kind=owed.kind,
        verdict=owed.verdict,
        round=len(sent),
        timeliness=_timeliness(snapshot, sent),
        reply_by=_reply_by(snapshot, newest),
        used=owed.used,
        file=newest.file if newest else None,
        received=newest.issued.isoformat() if newest else None,
    )


def _reply_by(snapshot: MonthSnapshot, newest: Submission | None) -> str | None:
    if newest is None or newest.verdict == "accepted":
        return None
    return reply_day(snapshot.campaign, newest.issued).isoformat()


def _timeliness(snapshot: MonthSnapshot, sent: Sequence[Submission]) -> Timeliness:
    due = snapshot.campaign.settings.policy.due_date(snapshot.month)
    return timeliness_of(due, ((s.verdict, snapshot.history.day_received(s)) for s in sent))
