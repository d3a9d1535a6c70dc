"""The on-demand flow: one bulletin from the store, asked for in a form (DESIGN §2)."""

from typing import Any

from prefect import flow, get_run_logger, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.pipeline.on_demand import write_documents
from flows.prefect_support.forms import BulletinForm, field_of
from flows.steps.months import Month
from schemas.columns import LEVEL_NAMES
from schemas.documents import BULLETINS

_LEVELS = {name: level for level, name in LEVEL_NAMES.items()}


def run_name() -> str:
    """Return a run's name: its month, level and subject."""
    given = runtime.flow_run.parameters
    level = field_of(given, "level") or "全市"
    return f"{field_of(given, 'month')} {level}简报 {field_of(given, 'name')}".rstrip()


@flow(name="bulletin", flow_run_name=run_name, persist_result=False)
def bulletin(form: BulletinForm) -> State[list[str]]:
    """Write one bulletin from the store; the state names it."""
    month = Month.parse(form.month)
    name = None if form.level == "全市" else form.name
    paths = write_documents(
        month,
        BULLETINS[_LEVELS[form.level]],
        name,
        form.folder,
        form.place(form.outputs),
        form.store or None,
        None,
        everything=False,
    )
    get_run_logger().info("%s：%s", month, "、".join(map(str, paths)))
    lines = "\n".join(f"- `{path}`" for path in paths)
    create_markdown_artifact(
        key=f"bulletin-{month}", markdown=f"# {month.label}{form.level}简报\n\n{lines}\n"
    )
    message = f"{month.label}{form.level}简报：{paths[-1].name}"
    return Completed(message=message, data=[str(path) for path in paths])


def deployment(**more: Any) -> Any:
    """Return the deployment bulletin/on-demand."""
    return bulletin.to_deployment(
        name="on-demand", description="按已入库的数据编制一份简报", **more
    )
