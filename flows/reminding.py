"""The reminders that a day has, sent by the command or by the schedule."""

import logging
from datetime import date

from flows.intake.job import Job, open_job
from flows.mail.delivery import remind
from flows.mail.reminders import turn_on
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.prefect_support.forms import MonthlyForm
from flows.steps.model import Report, UserError
from flows.steps.months import Month

Logger = logging.Logger | logging.LoggerAdapter[logging.Logger]


def report_on(job: Job) -> Report:
    """Return a month's report from the store, of a month without any ledger too."""
    return report_of(load_snapshot(job.store, job.campaign, job.month), job.issued)


def send_reminders(form: MonthlyForm, day: date, logger: Logger) -> None:
    """Send the reminders that a day has, of last month's ledgers and of its own month's.

    What fails is logged, and costs the month nothing.
    """
    this, outputs = Month.of(day), form.place(form.outputs)
    for month in (this.previous, this):
        try:
            job = open_job(month, form.folder, None, outputs, day, form.store or None).job
            if turn_on(job.campaign.settings.policy, month, day) is not None:
                for line in remind(job, report_on(job)):
                    logger.info(line)
        except UserError as error:
            logger.warning(str(error))
