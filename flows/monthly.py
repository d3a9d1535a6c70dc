"""The scheduled flow: a month's ledgers become everything that the month leaves (DESIGN §2, §7).

Thin: order, retries, concurrency, artifacts. What is done is flows.job, flows.settle, flows.view and flows.produce.
"""

from datetime import date
from pathlib import Path
from typing import Any

from flows.prefect_settings import prepare

prepare()

from prefect import flow, get_run_logger, task  # noqa: E402  (the settings come first)
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.schemas.objects import State, TaskRun  # noqa: E402
from prefect.states import Completed  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.tasks import Task, exponential_backoff  # noqa: E402

from flows.artifacts import county_rows, month_markdown  # noqa: E402
from flows.job import Found, Job, examine, survey, to_examine  # noqa: E402
from flows.month import Outcome, publish_month, usable_view  # noqa: E402
from flows.settle import settle  # noqa: E402
from flows.steps.model import Examined, Submission  # noqa: E402
from flows.steps.months import Month  # noqa: E402
from flows.working import Opened, open_job  # noqa: E402


async def on_io_only(task: "Task[..., Any]", run: TaskRun, state: State[Any]) -> bool:
    """Return whether a failed task is worth another try: only where reading or writing failed."""
    try:
        await state.aresult()
    except OSError:
        return True
    except Exception:  # noqa: BLE001  (whatever else failed is wrong code or wrong data: no second try)
        return False
    return False


IO: dict[str, Any] = {"retries": 3, "retry_delay_seconds": exponential_backoff(backoff_factor=2), "retry_condition_fn": on_io_only,
                      "cache_policy": NO_CACHE, "persist_result": False}  # fmt: skip


@task(name="读取与校验", task_run_name="读取与校验 {file.name}", **IO)
def read_and_check(job: Job, file: Found) -> list[Examined]:
    """Return what one ledger file holds, checked by itself."""
    ledgers = examine(file.path, file.name, job.campaign, job.month, job.issued, job.key)
    get_run_logger().info("%s：读取与校验完毕，%s行", file.name, sum(x.read for x in ledgers))
    return ledgers


@task(name="判定与入库", **IO)
def judge_and_store(job: Job, examined: list[list[Examined]], files: list[Found]) -> list[Submission]:
    """Return the submissions that a run adds to the store."""
    added = settle(job, [ledger for ledgers in examined for ledger in ledgers], files)
    get_run_logger().info("%s：入库 %s 个台账", job.month, len(added))
    return added


@task(name="汇总与编制", **IO)
def add_up_and_publish(opened: Opened, files: list[Found]) -> Outcome:
    """Return what the month leaves, published."""
    outcome = publish_month(opened, usable_view(opened.job), files)
    get_run_logger().info("%s：编制完毕，%s 个文件", opened.job.month, len(outcome.files))
    return outcome


RUNNER: Any = ThreadPoolTaskRunner(max_workers=4)


@flow(name="monthly", flow_run_name="{month} 月度简报", task_runner=RUNNER, persist_result=False)
def monthly(month: str, campaign: str = "campaign", ledgers: str | None = None, outputs: str = "outputs", issued: str | None = None,
            store: str | None = None) -> State[Outcome]:  # fmt: skip
    """Make a month; the state's message says in one line what came of it."""
    opened = open_job(Month.parse(month), Path(campaign), Path(ledgers) if ledgers else None, Path(outputs),
                      date.fromisoformat(issued) if issued else None, store, storing=True)  # fmt: skip
    job = opened.job
    files = survey(job.ledgers) if job.ledgers.is_dir() else []
    waiting = [read_and_check.submit(job, file) for file in to_examine(job, files)]
    judge_and_store(job, [future.result() for future in waiting], files)
    outcome = add_up_and_publish(opened, files)
    create_markdown_artifact(key=f"month-{month}", markdown=month_markdown(outcome.report), description=f"{job.month.label}结果")
    create_table_artifact(key=f"counties-{month}", table=county_rows(outcome.report), description=f"{job.month.label}各县（市、区）进展")
    name = "Completed" if outcome.complete else "有退回"
    return Completed(name=name, message=f"{job.month.label}：简报已编制", data=outcome)


def run_flow(opened: Opened) -> Outcome:
    """Run the flow for an opened job and return what it left; raises what the flow raised."""
    job = opened.job
    paths = (str(opened.folder), str(job.ledgers), str(job.outputs))
    state: Any = monthly(str(job.month), *paths, job.issued.isoformat(), job.store.uri, return_state=True)
    result: Outcome = state.result()
    return result
