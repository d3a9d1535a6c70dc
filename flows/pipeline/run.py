"""The month's work in order, without a server: what the Prefect flow runs as tasks, called one after another.

Nothing here decides about data; each function hands the result of one step to the next.
"""

from collections.abc import Callable, Iterable, Sequence

from flows.intake.discovery import LedgerFile, survey, to_examine
from flows.intake.job import Job, OpenedJob
from flows.intake.locations import is_uri, kind_of
from flows.intake.progress import follower
from flows.intake.staging import discard, load_staged
from flows.pipeline.ingest import ingest
from flows.pipeline.month_folder import publish_month, publish_returns_only
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import MonthSnapshot, load_snapshot
from flows.steps.model import SENT_BACK, Outcome, UserError

Examine = Callable[[Job, Sequence[LedgerFile]], Iterable[str]]


class NoBulletinError(UserError):
    """There is nothing that a bulletin could be made from; the message says so in Chinese."""


def run_month(opened: OpenedJob, examine: Examine) -> Outcome:
    """Make a month: read what is new, judge and store it, add up, compose, render, publish; raises NoBulletinError."""
    job, watched = opened.job, follower()
    files = survey(job.ledgers)
    new = to_examine(job, files)
    watched.found(job, files, new)
    names = watched.each(examine(job, new), len(new))
    ingest(job, load_staged(job.store, names), files)
    discard(job.store, names)
    view = usable_view(job, files)
    watched.stored(job)
    return make_and_publish(opened, view, files)


def usable_view(job: Job, files: Sequence[LedgerFile]) -> MonthSnapshot:
    """Return the month as the store has it; raises NoBulletinError where no ledger's figures count for it.

    What goes back to the senders is written all the same.
    """
    view = load_snapshot(job.store, job.campaign, job.month)
    if view.usable:
        return view
    given = bool(view.submissions) and publish_returns_only(
        job, view, report_of(job.store, view, job.issued), files
    )
    raise NoBulletinError(no_bulletin(job, view, given=given))


def make_and_publish(
    opened: OpenedJob, view: MonthSnapshot, files: Sequence[LedgerFile]
) -> Outcome:
    """Make and publish everything that a month leaves."""
    report = report_of(opened.job.store, view, opened.job.issued)
    folder = str(opened.job.outputs / str(opened.job.month))
    return Outcome(report, publish_month(opened.job, view, report, files, opened.files), folder)


def no_bulletin(job: Job, view: MonthSnapshot, *, given: bool) -> str:
    """Return the sentence that says why there is no bulletin; `given` says whether there is something to send back."""
    bad = [x for x in view.submissions if x.verdict in SENT_BACK]
    if bad:
        why = f"{job.month.label}没有一个可用的台账（{len(bad)}个被退回或无法读取），未编制简报。"
        place = f"退回材料在 {job.outputs / str(job.month)}/returns，" if given else ""
        return f"{why}{place}请各单位更正后再运行。"
    stored = is_uri(job.ledgers)
    place = f"{'位置' if stored else '文件夹'}“{job.ledgers}”"
    where = (
        f"{place}中没有" if stored or kind_of(job.ledgers) == "folder" else f"没有{place}，也就没有"
    )
    return (
        f"{where}{job.month.label}的台账，未编制简报。请把台账放进去，或用 --ledgers 指明文件夹。"
    )
