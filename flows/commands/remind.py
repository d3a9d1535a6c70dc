"""`bulletin remind`: those who owe a ledger are reminded before and after its due date."""

from datetime import date
from pathlib import Path

from flows.commands import console
from flows.commands.exit_codes import OK
from flows.intake.job import open_job
from flows.mail.delivery import remind
from flows.mail.reminders import is_reminding, owing, turn_of
from flows.reminding import report_on
from flows.steps.model import Report, UserError
from flows.steps.months import Month, in_words

OFF = (
    "没有设提醒。在 campaign.toml 的 [policy.reminders] 里写期限前几天提醒（before）、"
    "过期几天催报（after）"
)


def remind_command(
    month: Month,
    issued: date | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    *,
    only_written: bool,
) -> int:
    """Return the exit code; sends the reminders that a day has and prints a line for each."""
    job = open_job(month, campaign, None, outputs, issued, store).job
    if not is_reminding(job.campaign):
        raise UserError(OFF)
    report = report_on(job)
    for line in remind(job, report, only_written=only_written) or [_why_none(report)]:
        console.say(line)
    return OK


def _why_none(report: Report) -> str:
    """Return why a day has nothing to send."""
    policy = report.campaign.settings.policy
    if turn_of(report) is None:
        due, reminders = in_words(policy.due_date(report.month)), policy.reminders
        days = [f"期限前{reminders.before}天提醒"] if reminders.before else []
        days += [f"过期{reminders.after}天催报"] if reminders.after else []
        today = in_words(report.issued)
        return f"{today}没有要发的提醒：{report.month.label}台账应于{due}前报，{'，'.join(days)}"
    if not owing(report):
        return f"{report.month.label}台账都已报送，没有要提醒的单位"
    return "要提醒的都已发过，每次只发一封"
