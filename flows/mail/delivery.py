"""Sending a month's letters, or writing them down without sending any."""

from pathlib import Path

from flows.intake.job import Job
from flows.intake.lock import month_lock
from flows.mail.letters import Server, letters, send, write_outbox
from flows.steps.model import Outcome


def send_month(job: Job, outcome: Outcome) -> list[str]:
    """Send the letters of a month that have not been sent; return a line for each, and for each that could not be. Raises UserError.

    One at a time for a month and store: of two runs the second finds sent what the first has sent.
    """
    found, without = letters(outcome.report, outcome.files)
    server = Server.from_environment()
    with month_lock(job.store, str(job.month), lambda text: None):
        sent, refused = send(found, Path(outcome.folder), job.store, server)
    lines = [f"已发送：{letter.subject}" for letter in sent]
    lines += [f"未能发送：{subject}（{why}）" for subject, why in refused.items()]
    return [*lines, *_without_address(without)]


def write_month(outcome: Outcome) -> list[str]:
    """Write the letters of a month as .eml files into its outbox, sending none; return a line for each."""
    found, without = letters(outcome.report, outcome.files)
    return [
        f"已写出（未发送）：{name}" for name in write_outbox(found, Path(outcome.folder))
    ] + _without_address(without)


def _without_address(senders: list[str]) -> list[str]:
    return [f"没有邮箱，请另行通知：{'、'.join(senders)}"] if senders else []
