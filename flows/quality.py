"""The quality flow: ledgers → verdicts and return packets only, nothing stored (DESIGN §2)."""

from typing import Any

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.intake.discovery import LedgerFile
from flows.intake.job import OpenedJob, open_job
from flows.intake.lock import month_lock
from flows.intake.staging import load_staged
from flows.intake.waiting import discard
from flows.monthly import IO, staged
from flows.pipeline.check import Checked, check, files_to_check
from flows.prefect_support.artifacts import failure_rows, ledger_rows
from flows.prefect_support.forms import QualityForm, field_of
from flows.steps.model import SENT_BACK
from flows.steps.months import Month


@task(name="判定与退回材料", **IO)
def judge_and_return(opened: OpenedJob, names: list[str], files: list[LedgerFile]) -> Checked:
    """Return the verdicts; the packets are written."""
    job = opened.job
    checked = check(job, load_staged(job.store, names), files)
    discard(job.store, names)
    for message in checked.undone:
        get_run_logger().warning(message)
    return checked


def run_name() -> str:
    """Return a run's name: its month."""
    return f"{field_of(runtime.flow_run.parameters, 'month')} 台账检查"


@flow(name="quality", flow_run_name=run_name, persist_result=False)
def quality(form: QualityForm) -> State[Checked]:
    """Check the ledgers of a month, or one of them; the state's message counts the verdicts."""
    month = Month.parse(form.month)
    opened = open_job(
        month,
        form.folder,
        form.place(f"ledgers/{month}"),
        form.place(form.outputs),
        form.issued,
        form.store or None,
        comparing=True,
    )
    files = files_to_check(
        opened.job, [form.ledgers_at(form.ledgers) if form.ledgers else opened.job.ledgers]
    )
    # a monthly run stages the same ledgers, and may be moving the folder into its place
    with month_lock(opened.job.store, str(month), get_run_logger().info):
        checked = judge_and_return(opened, staged(opened.job, files), files)
    create_table_artifact(
        key=f"quality-{month}",
        table=ledger_rows(checked.ledgers),
        description=f"{month.label}台账结论",
    )
    create_table_artifact(
        key=f"faults-{month}",
        table=failure_rows(checked.failures),
        description=f"{month.label}问题汇总",
    )
    get_run_logger().info("%s：检查 %s 个台账", month, len(checked.ledgers))
    verdicts = [x.verdict for x in checked.ledgers]
    held = verdicts.count("held")
    returned = sum(verdict in SENT_BACK for verdict in verdicts) - held
    message = f"{month.label}：检查台账{len(verdicts)}个，退回{returned}个"
    message += f"，待核实{held}个" if held else ""
    name = "Completed" if checked.clean else "有退回" if returned else "待核实"
    return Completed(name=name, message=message, data=checked)


def run_quality(form: QualityForm) -> str:
    """Return the message of a flow run's state, its error too."""
    state: Any = quality(form, return_state=True)
    return str(state.message or state.name)


def deployment(**more: Any) -> Any:
    """Return the deployment quality/on-demand."""
    return quality.to_deployment(
        name="on-demand", description="只检查台账，给出结论和退回材料", **more
    )
