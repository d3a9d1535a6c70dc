"""Reminders before and after a month's due date: which are due on a day, and what they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from flows.mail.letter import Letter, letter_key, signature
from flows.policies import Policy
from flows.registered import Sender
from flows.settings import Campaign
from flows.steps.model import Report
from flows.steps.months import Month, in_words
from flows.steps.standings import RollCallLine, roll_call
from flows.steps.timeliness import RETURNED

Turn = Literal["before", "after"]


def is_reminding(campaign: Campaign) -> bool:
    """Return whether the settings ask for reminders before or after the due date."""
    reminders = campaign.settings.policy.reminders
    return bool(reminders.before or reminders.after)


def turn_on(policy: Policy, month: Month, today: date) -> Turn | None:
    """Return which reminder of a month a day has: before its due date, after it, or none.

    The first has until the due date to go out, the second until that of the next month.
    """
    due, next_due = policy.due_date(month), policy.due_date(month.shifted(1))
    before, after = policy.reminders.before, policy.reminders.after
    if before and due - timedelta(before) <= today <= due:
        return "before"
    if after and due + timedelta(after) <= today <= next_due:
        return "after"
    return None


def turn_of(report: Report) -> Turn | None:
    """Return which reminder the day of a report has; none once the campaign has ended."""
    settings = report.campaign.settings
    if report.issued > settings.deadlines.acceptance:
        return None
    return turn_on(settings.policy, report.month, report.issued)


@dataclass(frozen=True)
class Owing:
    """A sender with the lines of the roll-call for which nothing has come that was not returned."""

    sender: Sender
    lines: Sequence[RollCallLine]

    @property
    def kinds(self) -> str:
        """Return what it owes: 进度台账、花名册（已退回，没有重报）."""
        return "、".join(f"{line.kind_name}{_RETURNED[_is_back(line)]}" for line in self.lines)

    @property
    def was_returned(self) -> bool:
        """Return whether any of it was returned."""
        return any(map(_is_back, self.lines))


_RETURNED = {True: "（已退回，没有重报）", False: ""}


def _is_back(line: RollCallLine) -> bool:
    return line.row.verdict in RETURNED


def owing(report: Report) -> list[Owing]:
    """Return the senders that have not reported, in the order of 名录."""
    lines: dict[str, list[RollCallLine]] = {}
    for line in roll_call(report):
        if line.timeliness.received is None:
            lines.setdefault(line.sender, []).append(line)
    senders: Mapping[str, Sender] = report.campaign.sender
    return [Owing(sender, lines[name]) for name, sender in senders.items() if name in lines]


def reminders(report: Report) -> Iterator[Letter]:
    """Yield the letters of the reminder that a day has: one to each who owes, or one to the office.

    Each has its key by month, turn and whom it is to, so that none is sent twice.
    """
    turn, owed = turn_of(report), owing(report)
    if turn is None or not owed:
        return
    settings = report.campaign.settings
    if settings.policy.reminders.to == "office":
        yield Letter(
            key=letter_key("reminders", report.month, turn),
            sender=settings.office,
            address=settings.bulletin.mail,
            subject=f"{report.month.label}台账催报名单（{_TITLES[turn]}）",
            text=f"{listed(report, owed, with_contacts=True)}\n\n{signature(report)}",
            files=[],
        )
        return
    for each in owed:
        yield Letter(
            key=letter_key("reminder", report.month, turn, each.sender.name),
            sender=each.sender.name,
            address=each.sender.mail,
            subject=f"{report.month.label}台账报送提醒（{each.sender.name}，{_TITLES[turn]}）",
            text=_text(report, each, turn),
            files=[],
        )


_TITLES: Mapping[Turn, str] = {"before": "期限前", "after": "已过期"}


def _text(report: Report, each: Owing, turn: Turn) -> str:
    settings = report.campaign.settings
    request = "请按期报送" if turn == "before" else "已经过期，请尽快报送"
    again = "；被退回的，请对照退回通知更正后重报" if each.was_returned else ""
    contact = settings.bulletin.contact
    return (
        f"{each.sender.name}：\n\n"
        f"{report.month.label}台账应于{_due(report)}前报送，"
        f"现在还没有收到贵单位的{each.kinds}，{request}{again}。\n"
        + (f"联系人：{contact}\n" if contact else "")
        + f"\n{signature(report)}"
    )


def _due(report: Report) -> str:
    return in_words(report.campaign.settings.policy.due_date(report.month))


def listed(report: Report, owed: Sequence[Owing], *, with_contacts: bool = False) -> str:
    """Return the list of those who owe; whom to phone, which is personal, only if asked for."""
    head = f"{report.month.label}台账应于{_due(report)}前报送，还没有报送的有{len(owed)}个单位："
    lines = [f"{each.sender.name}：{each.kinds}{_contact(each, with_contacts)}" for each in owed]
    return "\n".join([head, *lines])


def _contact(each: Owing, wanted: bool) -> str:
    known = [text for text in (each.sender.contact, each.sender.phone) if text]
    return f"（{' '.join(known)}）" if wanted and known else ""
