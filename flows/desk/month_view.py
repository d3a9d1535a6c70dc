"""本月 as a page shows it: one line a ledger owed, what came in, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.desk.batches import Batch
from flows.desk.supervision_view import SupervisionView, supervision_view
from flows.desk.web import files_below
from flows.desk.working import Desk
from flows.intake.job import today
from flows.pipeline.hand_edits import MANIFEST
from flows.pipeline.report import report_of
from flows.pipeline.roll_call import RollCallRow, roll_call_rows
from flows.pipeline.snapshot import MonthSnapshot
from flows.steps.files import safe_name
from flows.steps.model import SENT_BACK
from flows.steps.months import Month, in_words
from flows.steps.timeliness import in_time_in_words
from schemas.columns import KIND_NAMES
from schemas.rules import EXPLAINED_REMEDY


@dataclass(frozen=True)
class SenderView:
    """A sender's questions and explanations of the month, and its documents by path."""

    name: str
    asked: Sequence[str]
    explained: Sequence[str]
    documents: Sequence[str]
    has_ledger: bool


@dataclass(frozen=True)
class MonthView:
    """The month: what came in time, roll-call, senders, uploads confirmed or not, the next step."""

    in_time: str
    rows: Sequence[RollCallRow]
    senders: Mapping[str, SenderView]
    waiting: Sequence[Batch]
    received: Sequence[Batch]
    files: Sequence[str]
    is_made: bool
    is_issued: bool
    next_step: str
    reminder: str
    supervision: SupervisionView | None


def month_view(desk: Desk, month: Month) -> MonthView:
    """Return a month as the store and the folders have it."""
    snapshot = desk.snapshot(month)
    rows = roll_call_rows(snapshot)
    documents = list(files_below(desk.outputs / str(month)))
    batches = desk.batches.of_month(str(month))
    due = snapshot.campaign.settings.policy.due_date(snapshot.month)
    is_issued = any(issue.month == str(month) for issue in snapshot.journal.issues)
    is_made = (desk.outputs / str(month) / MANIFEST).exists()
    live = {s.sender or s.likely for s in snapshot.live}
    senders = {
        name: SenderView(
            name,
            *questions_of(snapshot, name),
            [path for path in documents if path.startswith(f"returns/{safe_name(name)}/")],
            name in live,
        )
        for name in dict.fromkeys([row.sender for row in rows])
    }
    return MonthView(
        in_time=in_time_in_words(due, today(), [row.timeliness for row in rows]),
        rows=rows,
        senders=senders,
        waiting=[b for b in batches if not b.confirmed and not b.by],
        received=[b for b in batches if b.confirmed],
        files=sorted({s.file for s in snapshot.live}),
        is_made=is_made,
        is_issued=is_issued,
        next_step=_next_step(rows, is_made=is_made, is_issued=is_issued, due=due),
        reminder=_reminder(desk, month, rows, due),
        supervision=supervision_view(report_of(snapshot, today())) if snapshot.usable else None,
    )


def questions_of(snapshot: MonthSnapshot, sender: str) -> tuple[list[str], list[str]]:
    """Return what a sender is asked about its ledgers of the month, and what it has explained."""
    live = [s for s in snapshot.live if s.sender == sender]
    faults = [fault for s in live for fault in snapshot.reported.get(s.id, ())]
    asked = [fault.message for fault in faults if fault.severity == "query"]
    explained = [fault.message for fault in faults if fault.remedy == EXPLAINED_REMEDY]
    return asked, explained


def _next_step(rows: Sequence[RollCallRow], *, is_made: bool, is_issued: bool, due: date) -> str:
    missing = sum(row.verdict == "missing" for row in rows)
    back = sum(row.verdict in SENT_BACK for row in rows)
    if missing == len(rows):
        return "还没有台账：在下面放入收到的台账，或把链接发给报送单位。"
    if is_issued:
        return "已经印发。有迟报、更正的台账，放入后再编制，会另出更正稿。"
    if missing and today() <= due:
        return f"还有 {missing} 个台账未报，{in_words(due)}截止；已到的可以先编制。"
    if missing or back:
        return f"未报 {missing} 个、退回或待核实 {back} 个：请催报、核实；也可以先编制。"
    if not is_made:
        return "台账都已通过，可以编制。"
    return "核对数字、看过文书以后，可以印发。"


def _reminder(desk: Desk, month: Month, rows: Sequence[RollCallRow], due: date) -> str:
    """Return the words that remind the senders who still owe a ledger, to be copied."""
    owed = [row for row in rows if row.verdict in ("missing", *SENT_BACK)]
    if not owed:
        return ""
    lines = [f"{month.label}台账应于{in_words(due)}前报送，下列单位请尽快报送："]
    lines += [f"{row.sender}：{KIND_NAMES[row.kind]}" for row in owed]
    return "\n".join([*lines, desk.campaign().settings.office])
