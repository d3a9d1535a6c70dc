"""The on-demand flow: one bulletin from the store, asked for in a form (DESIGN §2)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows.commands.documents import write_bulletins
from flows.forms import MONTH_FORM, names_in
from flows.prefect_settings import campaign_folder
from flows.steps.months import Month

if TYPE_CHECKING:
    Name = str
else:
    Name = Literal[tuple(names_in(campaign_folder()))]

MonthField = Annotated[str, Field(title="月份", description="如 2022-05", pattern=MONTH_FORM)]
LevelField = Annotated[Literal["全市", "县区", "企业"], Field(title="级别", description="编制哪一级的简报")]
NameField = Annotated[Name, Field(title="名称", description="县区或企业的名称；全市简报不用选")]
LEVELS = {"全市": "city", "县区": "county", "企业": "enterprise"}


@flow(name="bulletin", flow_run_name="{month} {level}简报", persist_result=False)
def bulletin(month: MonthField, level: LevelField = "全市", name: NameField = "全市", campaign: str = "", outputs: str = "outputs",
             store: str | None = None) -> State[list[str]]:  # fmt: skip
    """Write one bulletin from the store; the state names it."""
    folder = Path(campaign) if campaign else campaign_folder()
    asked = None if level == "全市" else name
    paths = write_bulletins(Month.parse(month), LEVELS[level], asked, folder, Path(outputs), store, None, everything=False)
    get_run_logger().info("%s：%s", month, "、".join(map(str, paths)))
    lines = "\n".join(f"- `{path}`" for path in paths)
    create_markdown_artifact(key=f"bulletin-{month}", markdown=f"# {Month.parse(month).label}{level}简报\n\n{lines}\n")
    found: list[str] = [str(path) for path in paths]
    return Completed(message=f"{Month.parse(month).label}{level}简报：{paths[-1].name}", data=found)


def deployment(**more: Any) -> Any:
    """Return the deployment bulletin/on-demand."""
    return bulletin.to_deployment(name="on-demand", description="按已入库的数据编制一份简报", **more)
