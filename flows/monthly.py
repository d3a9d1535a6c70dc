"""The scheduled flow: a month's ledgers become everything that the month leaves (DESIGN §2, §7).

Thin: order, retries, concurrency, artifacts. The work is in `flows/intake` and `flows/pipeline`.
"""

import asyncio
import itertools
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from prefect import Flow, flow, get_run_logger, runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import SettingsContext, get_settings_context
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.settings import get_current_settings
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task, exponential_backoff
from prefect.utilities.annotations import quote

from flows.campaign.folder import load_holidays
from flows.intake.discovery import LedgerFile, survey, to_examine
from flows.intake.job import Job, OpenedJob, open_job, today
from flows.intake.lock import month_lock
from flows.intake.portions import portions
from flows.intake.progress import SILENT, ProgressListener
from flows.intake.staging import WorkOrder, load_staged, published_order
from flows.intake.waiting import discard, discard_abandoned
from flows.intake.worker_pool import stage_one
from flows.mail.delivery import send_forms, send_month
from flows.mail.posting import month_in_words, post
from flows.pipeline.ingest import Ingested, ingest, known_history
from flows.pipeline.own_forms import next_month, write_forms
from flows.pipeline.run import make_and_publish, usable_snapshot
from flows.prefect_support.artifacts import (
    county_rows,
    failure_rows,
    in_one_line,
    ledger_rows,
    month_markdown,
    state_name,
)
from flows.prefect_support.forms import MonthlyForm, field_of
from flows.prefect_support.workdays import calendar_gaps, why_not
from flows.reminding import send_reminders
from flows.steps.model import Outcome, SubmissionHistory, UserError
from flows.steps.months import Month

NO_SERVER = (
    "在 Dask 集群上运行，需要一个各台机器都能访问的 Prefect 服务。"
    "请先启动（prefect server start），"
    "并在本机和各 Dask 进程的环境变量 PREFECT_API_URL 中写明它的地址"
)


async def on_io_only(task: "Task[..., Any]", run: TaskRun, state: State[Any]) -> bool:
    """Return whether a failed task is worth another try: only where reading or writing failed."""
    try:
        await state.aresult()
    except Exception as error:  # noqa: BLE001  (whatever else failed is no outage: no second try)
        return isinstance(error, OSError) or isinstance(error.__cause__, OSError)
    return False


IO: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_condition_fn": on_io_only,
    "cache_policy": NO_CACHE,
    "persist_result": False,
}


@task(name="读取与校验", task_run_name="读取与校验 {label}", **IO)
def read_and_check(order: WorkOrder, files: list[LedgerFile], label: str) -> list[str]:
    """Return the staged names of ledger files, each read and checked in a process of its own."""
    names = []
    for file in files:
        names.append(stage_one(order, file))
        if len(files) > 1:  # of a single one the task's own end says so, under the ledger's name
            get_run_logger().info("%s：读取与校验完毕", file.name)
    return names


@task(name="判定与入库", **IO)
def judge_and_store(
    job: Job, history: SubmissionHistory, names: list[str], files: list[LedgerFile]
) -> Ingested:
    """Return what a run adds to the store."""
    ingested = ingest(job, history, load_staged(job.store, names), files)
    discard(job.store, names)
    discard_abandoned(job.store, job.month)
    get_run_logger().info("%s：入库 %s 个台账", job.month, len(ingested.added))
    return ingested


@task(name="发送邮件", **IO)
def send_mails(opened: OpenedJob, outcome: Outcome) -> list[str]:
    """Send what has not been sent yet; return a line for each letter."""
    lines = send_month(opened.job, outcome)
    for line in lines:
        get_run_logger().info(line)
    return lines


@task(name="发送填报表", **IO)
def send_next_forms(opened: OpenedJob) -> list[str]:
    """Send each sender its own form of the next month; return a line for each letter."""
    job = next_month(opened.job)
    lines = send_forms(job, write_forms(job))
    for line in lines:
        get_run_logger().info(line)
    return lines


@task(name="汇总与编制", **IO)
def add_up_and_publish(
    opened: OpenedJob,
    ingested: Ingested,
    files: list[LedgerFile],
    listener: ProgressListener,
) -> Outcome:
    """Return what the month leaves, published."""
    snapshot = usable_snapshot(opened.job, ingested.history, files)
    listener.stored(opened.job)
    outcome = make_and_publish(opened, snapshot, files, ingested.replies.wrong)
    get_run_logger().info("%s：编制完毕，%s 个文件", opened.job.month, len(outcome.files))
    for remark in outcome.remarks:
        get_run_logger().warning(remark)
    for name in outcome.absent:
        get_run_logger().warning("%s：已不在台账文件夹中，数据已入库，仍然计入", name)
    return outcome


def opaque(value: Any) -> Any:
    """Return a value wrapped so that Prefect does not search it for results of tasks."""
    return quote(value)


def runner_at(address: str) -> Any:
    """Return the runner of the ledgers' tasks: threads that wait for processes, or a cluster."""
    if not address:
        return ThreadPoolTaskRunner(max_workers=4)
    try:
        # here, since it is slow to import and needed by few
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError as error:
        raise UserError(
            "本机没有安装 Dask 组件，不能在集群上运行。请管理员运行"
            " pip install 'ledger-bulletin[cluster]'，或不写 Dask 集群地址，改在本机运行"
        ) from error

    return DaskTaskRunner(address=address)


def staged(
    job: Job, files: list[LedgerFile], dask: str = "", listener: ProgressListener = SILENT
) -> list[str]:
    """Return the staged names of some files, read and checked in tasks."""
    if not files:
        return []
    with published_order(job) as order, runner_at(dask) as runner:
        futures = [
            runner.submit(read_and_check, {"order": order, "files": portion, "label": label})
            for label, portion in portions(files)
        ]
        names = itertools.chain.from_iterable(future.result() for future in futures)
        return listener.each(names, len(files))


def run_name() -> str:
    """Return a run's name: its month, or that it is last month's."""
    return f"{field_of(runtime.flow_run.parameters, 'month') or '上月'} 月度简报"


@flow(name="monthly", flow_run_name=run_name, persist_result=False)
def monthly(form: MonthlyForm) -> State[Any]:
    """Make a month; the state's message says in one line what came of it."""
    return make_month(form, deployed=True)


def followed(listener: ProgressListener) -> Flow[[MonthlyForm], Any]:
    """Return the flow with a listener that its progress is reported to."""

    @flow(
        name=monthly.name,
        description=monthly.description,
        flow_run_name=run_name,
        persist_result=False,
    )
    def monthly_followed(form: MonthlyForm) -> State[Any]:
        return make_month(form, listener)

    return monthly_followed


def make_month(
    form: MonthlyForm, listener: ProgressListener = SILENT, *, deployed: bool = False
) -> State[Any]:
    """Return the state of a month's flow run; a `deployed` one reminds and posts by itself."""
    worked = load_holidays(form.folder)
    gaps = calendar_gaps(form.issued or today(), worked)
    for gap in gaps:
        get_run_logger().warning(gap)
    if deployed and form.workday is not None:
        send_reminders(form, today(), get_run_logger())
    if form.workday is not None and (why := why_not(today(), form.workday, worked)) is not None:
        return Completed(name="未到日期", message="。".join([why, *gaps]))
    month = Month.parse(form.month) if form.month else Month.of(today()).previous
    ledgers = form.ledgers_at(form.ledgers or f"ledgers/{month}")
    opened = open_job(
        month,
        form.folder,
        ledgers,
        form.place(form.outputs),
        form.issued,
        form.store or None,
        storing=True,
    )
    job, logger = opened.job, get_run_logger()
    with month_lock(job.store, str(month), logger.info):
        files, history = survey(job.ledgers), known_history(job)
        new = to_examine(job, files, history)
        listener.found(job, files, new)
        names = staged(job, new, form.dask, listener)
        ingested = judge_and_store(opaque(job), opaque(history), opaque(names), opaque(files))
        outcome = add_up_and_publish(
            opaque(opened), opaque(ingested), opaque(files), opaque(listener)
        )
    _artifacts(outcome)
    unsent = _send(opened, outcome, form)
    if deployed and (posted := post(*month_in_words(outcome.report))):
        logger.info(posted)
    return Completed(
        name="邮件未发出" if unsent else state_name(outcome),
        message=in_one_line(outcome.report) + (unsent or ""),
        data=opaque(outcome),
    )


def _send(opened: OpenedJob, outcome: Outcome, form: MonthlyForm) -> str | None:
    """Return why letters that are asked for could not be sent, None if they were."""
    unsent = _unsent(send_mails(opened, outcome, return_state=True)) if form.send else None
    if form.send_forms and unsent is None:
        unsent = _unsent(send_next_forms(opened, return_state=True))
    return unsent


def _unsent(state: Any) -> str | None:
    """Return why a task could not send its letters, None if it did; the month stands."""
    if state.is_completed():
        return None
    error = state.result(raise_on_failure=False)
    if not isinstance(error, UserError):
        raise error
    return f"。{error}"


def _artifacts(outcome: Outcome) -> None:
    """Show a month's result in Prefect: figures by county, verdicts by ledger, rules broken."""
    report, month = outcome.report, outcome.report.month
    create_markdown_artifact(
        key=f"month-{month}",
        markdown=month_markdown(report, outcome.folder),
        description=f"{month.label}结果",
    )
    for key, rows, title in (
        ("counties", county_rows(report), "各县（市、区）进展"),
        ("quality", ledger_rows(report.ledgers), "台账结论"),
        ("faults", failure_rows(report.failures), "问题汇总"),
    ):
        create_table_artifact(key=f"{key}-{month}", table=rows, description=f"{month.label}{title}")


def deployment(**more: Any) -> Any:
    """Return the deployment monthly/scheduled: last month, on the fifth working day at nine."""
    schedule = Cron(
        "0 9 * * *", timezone="Asia/Shanghai", slug="workday-5", parameters={"form": {"workday": 5}}
    )
    about = "每月第5个工作日编制上月简报；从表单启动的立即运行"
    return monthly.to_deployment(
        name="scheduled", schedule=schedule, description=about, concurrency_limit=1, **more
    )


def run_flow(opened: OpenedJob, *, dask: str = "", listener: ProgressListener = SILENT) -> Outcome:
    """Return what the flow left for an opened job.

    Raises what the flow raises, and UserError for a cluster without a server.
    """
    if dask and not get_current_settings().api.url:
        raise UserError(NO_SERVER)
    job = opened.job
    form = MonthlyForm(
        campaign=str(opened.folder),
        outputs=str(job.outputs),
        store=job.store.uri,
        month=str(job.month),
        ledgers=job.ledgers,
        issued=job.issued,
        dask=dask,
    )
    with without_heartbeat():
        state: Any = followed(listener)(form, return_state=True)
    outcome: Outcome = state.result().unquote()
    return outcome


@contextmanager
def without_heartbeat() -> Iterator[None]:
    """Run the flows of this block without heartbeats to the server.

    The caller waits for them, and the thread that sends them ends up to a second late.
    """
    now = get_settings_context()
    flows = now.settings.flows.model_copy(update={"heartbeat_frequency": None})
    with SettingsContext(
        profile=now.profile, settings=now.settings.model_copy(update={"flows": flows})
    ):
        yield


def serve(deployments: Iterable[RunnerDeployment]) -> None:
    """Serve deployments until the process is stopped; schedules paused by a user stay paused."""
    runner = Runner(pause_on_shutdown=False)
    # Prefect's own handler leaves its loop at once
    runner.handle_sigterm = lambda *_: signal.raise_signal(signal.SIGINT)  # type: ignore[method-assign]  # it is meant to be replaced
    for each in deployments:
        runner.add_deployment(each)
    asyncio.run(runner.start())
