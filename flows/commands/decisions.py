"""`bulletin accept`, `refuse`, `return` and `withdraw`: what the office decides about ledgers."""

from collections.abc import Sequence
from pathlib import Path

from flows.commands import console
from flows.commands.exit_codes import OK
from flows.intake.job import Job, open_job
from flows.pipeline import decisions
from flows.steps.model import Failure, Submission
from flows.steps.months import Month


def accept_command(
    month: Month,
    sender: str,
    number: int | None,
    reason: str,
    campaign: Path | None,
    store: str | None,
) -> int:
    """Return the exit code; answers a sender's questions for it."""
    job = _job(month, campaign, store)
    _say_faults("已认可", decisions.accept(job, sender, reason, number), job)
    return OK


def refuse_command(
    month: Month,
    sender: str,
    number: int | None,
    reason: str,
    campaign: Path | None,
    store: str | None,
) -> int:
    """Return the exit code; does not accept what a sender has explained."""
    job = _job(month, campaign, store)
    _say_faults("说明未采纳", decisions.refuse(job, sender, reason, number), job)
    return OK


def return_command(
    month: Month, sender: str, reason: str, cell: str, campaign: Path | None, store: str | None
) -> int:
    """Return the exit code; sends a sender's ledgers back in the office's own words."""
    job = _job(month, campaign, store)
    _say_ledgers("已登记退回", decisions.send_back(job, sender, reason, cell), job)
    return OK


def withdraw_command(
    month: Month, file: str, reason: str, campaign: Path | None, store: str | None
) -> int:
    """Return the exit code; takes back a ledger that was put in by mistake."""
    job = _job(month, campaign, store)
    _say_ledgers("已撤回", decisions.withdraw(job, file, reason), job)
    return OK


def _job(month: Month, campaign: Path | None, store: str | None) -> Job:
    return open_job(month, campaign, None, None, None, store).job


def _say_faults(word: str, faults: Sequence[Failure], job: Job) -> None:
    for fault in faults:
        console.say(f"{word}：{fault.message}")
    _say_next(job)


def _say_ledgers(word: str, ledgers: Sequence[Submission], job: Job) -> None:
    for name in dict.fromkeys(ledger.file for ledger in ledgers):
        console.say(f"{word}：{name}")
    _say_next(job)


def _say_next(job: Job) -> None:
    console.say(f"再运行 bulletin run {job.month} 后生效。")
