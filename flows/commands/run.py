"""`bulletin run`: a month made from its ledgers, and what came of it in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

from flows.commands import console
from flows.commands.exit_codes import OK, RETURNED
from flows.commands.templates_folder import tell_unused
from flows.intake.job import OpenedJob, open_job
from flows.intake.lock import month_lock
from flows.intake.progress import ProgressListener
from flows.intake.worker_pool import stage_apart
from flows.mail.delivery import send_forms, send_month, write_forms_mail, write_month
from flows.mail.posting import month_in_words, post
from flows.pipeline.hand_edits import kept_paths
from flows.pipeline.own_forms import next_month, write_forms
from flows.pipeline.run import run_month
from flows.prefect_support.environment import leave_errors_to_the_command
from flows.prefect_support.workdays import calendar_gaps
from flows.steps.model import LedgerReport, Outcome, UserError
from flows.steps.months import Month
from flows.steps.wording.moved import MovedTotal, moved_totals
from schemas.amounts import in_decimals
from schemas.columns import VERDICT_NAMES

LISTED = 5  # files named in a line
SERVER_GONE = (
    "Prefect 服务没有回答，不知道{month}编完没有。请再运行一次，会接着做完；"
    "服务起不来的，加 --without-prefect。命令迟迟不退出的，按 Ctrl+C"
)
SHOWN = 20  # enterprises named in a line


@dataclass(frozen=True)
class RunOptions:
    """How a run is made (Prefect, a Dask cluster's address) and what becomes of its letters."""

    without_prefect: bool = False
    dask: str = ""
    send: bool = False
    mail_dry_run: bool = False
    send_forms: bool = False


class RunSummary(TypedDict):
    """A run's result as `--json` prints it."""

    month: str
    verdicts: dict[str, int]
    missing: list[str]
    send_back: list[str]
    to_confirm: list[str]
    unit: str
    unreported: list[str]
    receipts: int
    outputs: str
    files: list[str]
    hand_edited: list[str]
    complete: bool
    absent: list[str]
    moved: list[str]
    calendar: list[str]
    corrected: list[str]
    corrections: list[str]
    replies: list[str]


def run_command(
    month: Month,
    campaign: Path | None,
    ledgers: str | None,
    outputs: Path | None,
    issued: date | None,
    store: str | None,
    options: RunOptions,
    *,
    as_json: bool,
) -> int:
    """Return the exit code of a run; makes the month and prints what came of it."""
    opened = open_job(month, campaign, ledgers, outputs, issued, store, storing=True)
    tell_unused(opened.job.templates)
    with console.teller(quiet=as_json) as tell:
        listener = ProgressListener(tell, console.tracked)
        make = _without_prefect if options.without_prefect else _with_prefect
        outcome = make(opened, options, listener)
        letters = _mailed(opened, outcome, options)
        summary = summary_of(opened, outcome)
        if as_json:
            console.print_json({**summary, "mail": letters})
        for line in () if as_json else (*lines_of(summary), *letters):
            tell(line)
        for message in outcome.undone:
            console.complain(message)
    return OK if outcome.complete else RETURNED


def _mailed(opened: OpenedJob, outcome: Outcome, options: RunOptions) -> list[str]:
    """Return a line for each letter, or one for a mail server that fails: the month stays made.

    The last is on the post to the office's groups.
    """
    lines: list[str] = []
    only_written = options.mail_dry_run and not options.send
    try:
        if options.send:
            lines += send_month(opened.job, outcome)
        elif only_written:
            lines += write_month(outcome)
        if options.send_forms:
            job = next_month(opened.job)
            deliver = write_forms_mail if only_written else send_forms
            lines += deliver(job, write_forms(job))
    except UserError as error:
        console.complain(str(error))
        lines.append(f"邮件没有发出：{error}")
    posted = post(*month_in_words(outcome.report))
    return [*lines, posted] if posted else lines


def _without_prefect(opened: OpenedJob, options: RunOptions, listener: ProgressListener) -> Outcome:
    with month_lock(opened.job.store, str(opened.job.month), listener.notify):
        return run_month(opened, stage_apart, listener)


def _with_prefect(opened: OpenedJob, options: RunOptions, listener: ProgressListener) -> Outcome:
    """Return what the Prefect flow made, on PREFECT_API_URL's server or else on a temporary one."""
    leave_errors_to_the_command()
    # here, since Prefect reads its settings as it is imported
    import httpx

    from flows.monthly import run_flow

    try:
        return run_flow(opened, dask=options.dask, listener=listener)
    except (httpx.TransportError, RuntimeError) as error:  # what Prefect says of no server
        if not any(isinstance(each, httpx.TransportError) for each in (error, error.__cause__)):
            raise
        raise UserError(SERVER_GONE.format(month=opened.job.month.label)) from error


def summary_of(opened: OpenedJob, outcome: Outcome) -> RunSummary:
    """Return a run's result in figures and paths."""
    rest = [x for x in outcome.report.live if x.verdict != "accepted"]
    held = {_owner(x) for x in rest if x.verdict == "held"}
    returned = {_owner(x) for x in rest if x.verdict != "held"}
    return {
        "month": str(opened.job.month),
        "verdicts": outcome.report.verdicts,
        "missing": outcome.report.missing,
        "send_back": sorted(returned),
        "to_confirm": sorted(held - returned),
        "unit": opened.job.campaign.definition.words.unit,
        "unreported": outcome.report.unreported,
        "receipts": sum(path.endswith("/回执.docx") for path in outcome.files),
        "outputs": str(opened.job.outputs / str(opened.job.month)),
        "files": list(outcome.files),
        "hand_edited": kept_paths(opened.job.outputs / str(opened.job.month)),
        "complete": outcome.complete,
        "absent": list(outcome.absent),
        "moved": [total.sentence for total in _moved(opened, outcome)],
        "calendar": calendar_gaps(opened.job.issued, opened.job.campaign.worked),
        "corrected": list(outcome.corrected),
        "corrections": list(_corrections(outcome)),
        "replies": list(outcome.remarks),
    }


def _moved(opened: OpenedJob, outcome: Outcome) -> list[MovedTotal]:
    campaign = opened.job.campaign
    most = campaign.settings.policy.doubt.total_share
    return moved_totals(campaign.definition, outcome.report.figures, most)


def _corrections(outcome: Outcome) -> Iterator[str]:
    """Yield what of the month's issued figures is different now, and by which ledger."""
    report = outcome.report
    for change in report.corrections:
        if change.month == str(report.month):
            by = change.file or "设置或名录有变"
            count, definition = change.count, report.campaign.definition
            old, new = (
                in_decimals(n, definition.decimals_of(count)) for n in (change.old, change.new)
            )
            figure = f"{change.name}“{definition.count_name(count)}”"
            yield f"{figure}由{old}改为{new}（{by}）"


def _owner(ledger: LedgerReport) -> str:
    return ledger.sender or ledger.likely or ledger.file


def lines_of(summary: RunSummary) -> Iterator[str]:
    """Yield a run's result in words."""
    verdicts, missing, folder = summary["verdicts"], summary["missing"], summary["outputs"]
    counted = "，".join(
        f"{word} {verdicts[key]} 个" for key, word in VERDICT_NAMES.items() if key in verdicts
    )
    absent = f"；未报送 {len(missing)} 家（{'、'.join(missing)}）" if missing else ""
    yield f"{Month.parse(summary['month']).label}台账：{counted}{absent}"
    yield f"  简报    {folder}/bulletins"
    yield f"  汇总表  {folder}/汇总表.xlsx"
    yield f"  总览    {folder}/index.html"
    if summary["receipts"]:
        yield f"  回执    {summary['receipts']} 份，在 {folder}/returns 各单位的文件夹里"
    if summary["hand_edited"]:
        kept = "、".join(summary["hand_edited"])
        yield f"  手改稿  {kept}（手改过的草稿另存于此，草稿已按数据重编）"
    if corrected := summary["corrected"]:
        yield f"  更正稿  {_listed(corrected, '份')}，印发的保持不变；登记更正稿用 bulletin issue"
        why = summary["corrections"] or ["名次等随其他单位的数据变动"]
        yield f"  更正原因  {_listed(why, '处', '；')}"
    for sentence in summary["moved"]:
        yield f"  请核对  {sentence}"
    if summary["send_back"]:
        yield f"  需退回  {'、'.join(summary['send_back'])}，材料在 {folder}/returns"
    if summary["to_confirm"]:
        yield f"  需核实  {'、'.join(summary['to_confirm'])}，材料在 {folder}/returns"
    if summary["absent"]:
        names = "、".join(summary["absent"][:LISTED])
        more = f" 等 {len(summary['absent'])} 个" if len(summary["absent"]) > LISTED else ""
        yield f"  注意    {names}{more}已不在台账文件夹中，数据已入库，仍然计入"
    for remark in summary["replies"]:
        yield f"  督办反馈  {remark}"
    for gap in summary["calendar"]:
        yield f"  放假安排  {gap}"
    if units := summary["unreported"]:
        more = f"等 {len(units)} 户" if len(units) > SHOWN else ""
        yield f"  无人填报的名录{summary['unit']}  {'、'.join(units[:SHOWN])}{more}"


def _listed(texts: Sequence[str], unit: str, mark: str = "、") -> str:
    """Return the first LISTED of some texts, and how many there are if that is more."""
    more = f"等 {len(texts)} {unit}" if len(texts) > LISTED else ""
    return mark.join(texts[:LISTED]) + more
