"""The quality flow: ledgers → verdicts and return packets only, nothing stored (DESIGN §2)."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows.artifacts import failure_rows, ledger_rows
from flows.checking import Checked, check, files_to_check
from flows.drafts import template_folders
from flows.forms import MONTH_FORM
from flows.job import Found
from flows.monthly import IO, read_and_check
from flows.prefect_settings import campaign_folder
from flows.shelf import clear, take
from flows.steps.months import Month
from flows.steps.render import Renderer
from flows.working import Opened, open_job

MonthField = Annotated[str, Field(title="月份", description="如 2022-05", pattern=MONTH_FORM)]
LedgersField = Annotated[str, Field(title="台账", description="台账文件或文件夹，不填为 ledgers/月份")]


@task(name="判定与退回材料", **IO)
def judge_and_return(opened: Opened, names: list[str], files: list[Found]) -> Checked:
    """Return the verdicts; the packets are written."""
    job = opened.job
    checked = check(job, take(job.store, names), files, Renderer(template_folders(job)))
    clear(job.store, names)
    return checked


@flow(name="quality", flow_run_name="{month} 台账检查", persist_result=False)
def quality(month: MonthField, ledgers: LedgersField = "", campaign: str = "", outputs: str = "outputs", issued: str | None = None,
            store: str | None = None) -> State[Checked]:  # fmt: skip
    """Check the ledgers of a month, or one of them; the state's message counts the verdicts."""
    folder = Path(campaign) if campaign else campaign_folder()
    day = date.fromisoformat(issued) if issued else None
    opened = open_job(Month.parse(month), folder, Path("ledgers") / month, Path(outputs), day, store)
    files = files_to_check(opened.job, [Path(ledgers) if ledgers else opened.job.ledgers])
    waiting = [read_and_check.submit(opened.job, file) for file in files]
    checked = judge_and_return(opened, [future.result() for future in waiting], files)
    create_table_artifact(key=f"quality-{month}", table=ledger_rows(checked.ledgers), description=f"{opened.job.month.label}台账结论")
    create_table_artifact(key=f"faults-{month}", table=failure_rows(checked.failures), description=f"{opened.job.month.label}问题汇总")
    get_run_logger().info("%s：检查 %s 个台账", month, len(checked.ledgers))
    back = sum(x.verdict in ("returned", "unreadable") for x in checked.ledgers)
    return Completed(
        name="Completed" if checked.clean else "有退回", message=f"检查 {len(checked.ledgers)} 个台账，退回 {back} 个", data=checked
    )


def deployment(**more: Any) -> Any:
    """Return the deployment quality/on-demand."""
    return quality.to_deployment(name="on-demand", description="只检查台账，给出结论和退回材料", **more)
