"""The month's work in order, without a server; the Prefect flow runs the same calls as tasks.

Nothing here decides about data: each function passes the result of one step to the next.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from flows.intake.discovery import LedgerFile, survey, to_examine
from flows.intake.job import Job, OpenedJob
from flows.intake.locations import is_uri, kind_of
from flows.intake.progress import SILENT, ProgressListener
from flows.intake.staging import load_staged
from flows.intake.waiting import discard, discard_abandoned
from flows.pipeline.ingest import ingest, known_history
from flows.pipeline.issued import is_corrected
from flows.pipeline.month_folder import publish_month, publish_returns_only
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import MonthSnapshot, load_snapshot
from flows.steps.model import SENT_BACK, Outcome, SubmissionHistory, UserError

Examine = Callable[[Job, Sequence[LedgerFile]], Iterable[str]]


class NoBulletinError(UserError):
    """There is nothing to make a bulletin from; the message says so in Chinese."""


def run_month(opened: OpenedJob, examine: Examine, listener: ProgressListener = SILENT) -> Outcome:
    """Return what a month's run left: ledgers read, judged and stored, documents published.

    Raises NoBulletinError.
    """
    job = opened.job
    files, history = survey(job.ledgers), known_history(job)
    new = to_examine(job, files, history)
    listener.found(job, files, new)
    names = listener.each(examine(job, new), len(new))
    ingested = ingest(job, history, load_staged(job.store, names), files)
    discard(job.store, names)
    discard_abandoned(job.store, job.month)
    snapshot = usable_snapshot(job, ingested.history, files)
    listener.stored(job)
    return make_and_publish(opened, snapshot, files, ingested.replies.wrong)


def take_in(job: Job, names: Collection[str], examine: Examine) -> None:
    """Add some files of the ledger folder, by their names inside it, to the store.

    The month's documents stay as they are until its next run.
    """
    files, history = survey(job.ledgers), known_history(job)
    new = [file for file in to_examine(job, files, history) if file.name in names]
    if new:
        staged = list(examine(job, new))
        ingest(job, history, load_staged(job.store, staged), files)
        discard(job.store, staged)


def usable_snapshot(
    job: Job, history: SubmissionHistory, files: Sequence[LedgerFile]
) -> MonthSnapshot:
    """Return the month as the store has it; raises NoBulletinError if no ledger of it counts.

    What goes back to the senders is written in either case.
    """
    snapshot = load_snapshot(job.store, job.campaign, job.month, history=history)
    if snapshot.usable:
        return snapshot
    returned, undone = False, list[str]()
    if snapshot.submissions:
        report = report_of(snapshot, job.issued)
        returned, undone = publish_returns_only(job, snapshot, report, files)
    raise NoBulletinError("\n".join([no_bulletin(job, snapshot, returned=returned), *undone]))


def make_and_publish(
    opened: OpenedJob,
    snapshot: MonthSnapshot,
    files: Sequence[LedgerFile],
    remarks: Sequence[str],
) -> Outcome:
    """Return what the month leaves, made and published; `remarks` are on reply forms."""
    job = opened.job
    report = report_of(snapshot, job.issued)
    paths, undone = publish_month(job, snapshot, report, files, opened.files)
    folder = str(job.outputs / str(job.month))
    absent = absent_ledgers(snapshot, files)
    corrected = sorted(set(filter(is_corrected, paths)) - set(snapshot.issued.paths))
    return Outcome(report, paths, folder, absent, undone, corrected, remarks)


def absent_ledgers(snapshot: MonthSnapshot, files: Sequence[LedgerFile]) -> list[str]:
    """Return the files of stored ledgers that count and are not among those in the folder."""
    present = {file.sha256 for file in files}
    counted = (s for s in snapshot.live if s.counts and s.sha256 not in present)
    return sorted({s.file for s in counted})


def no_bulletin(job: Job, snapshot: MonthSnapshot, *, returned: bool) -> str:
    """Return why there is no bulletin; `returned` says whether packets were written."""
    month = job.month.label
    bad = [s for s in snapshot.submissions if s.verdict in SENT_BACK]
    if bad:
        reason = f"{month}没有一个可用的台账（{len(bad)}个被退回、待核实或无法读取），未编制简报。"
        folder = f"退回材料在 {job.outputs / str(job.month)}/returns，" if returned else ""
        return f"{reason}{folder}请各单位更正后再运行。"
    remote = is_uri(job.ledgers)
    place = f"{'位置' if remote else '文件夹'}“{job.ledgers}”"
    if remote or kind_of(job.ledgers) == "folder":
        missing = f"{place}中没有{month}的台账"
    else:
        missing = f"没有{place}，也就没有{month}的台账"
    return f"{missing}，未编制简报。请把台账放进去，或用 --ledgers 指明文件夹。"
