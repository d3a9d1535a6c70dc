"""The on-demand flow: one document from the store, asked for in a form (DESIGN §2)."""

from typing import Any

from prefect import flow, get_run_logger, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.pipeline.on_demand import write_documents
from flows.prefect_support.forms import BulletinForm, field_of
from flows.steps.months import Month
from schemas.documents import BULLETINS


def run_name() -> str:
    """Return a run's name: its month, document and subject."""
    given = runtime.flow_run.parameters
    document = field_of(given, "document") or BULLETINS["city"]
    return f"{field_of(given, 'month')} {document} {field_of(given, 'name')}".rstrip()


@flow(name="bulletin", flow_run_name=run_name, persist_result=False)
def bulletin(form: BulletinForm) -> State[list[str]]:
    """Write one document from the store; the state names it."""
    month = Month.parse(form.month)
    paths = write_documents(
        month,
        form.document,
        form.name,
        form.folder,
        form.place(form.outputs),
        form.store or None,
        None,
        everything=False,
    )
    get_run_logger().info("%s：%s", month, "、".join(map(str, paths)))
    lines = "\n".join(f"- `{path}`" for path in paths)
    create_markdown_artifact(
        key=f"bulletin-{month}", markdown=f"# {month.label}{form.document}\n\n{lines}\n"
    )
    message = f"{month.label}{form.document}：{paths[0].name}"
    return Completed(message=message, data=[str(path) for path in paths])


def deployment(**more: Any) -> Any:
    """Return the deployment bulletin/on-demand."""
    return bulletin.to_deployment(
        name="on-demand", description="按已入库的数据编制一份简报或别的文书", **more
    )
