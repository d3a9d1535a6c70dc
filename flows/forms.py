"""What Prefect's forms ask for, with the help that an office reads beside each field (DESIGN §2)."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.campaign import load_campaign
from flows.prefect_settings import campaign_folder
from flows.steps.model import OfficeError

MONTH_FORM = r"^\d{4}-(0[1-9]|1[0-2])$"
CITY = "全市"


def names_in(folder: Path) -> list[str]:
    """Return the names that a bulletin can be asked for by: 全市, then counties and enterprises; only 全市 without a campaign folder."""
    try:
        campaign = load_campaign(folder)
    except OfficeError:
        return [CITY]
    return list(dict.fromkeys([CITY, *(c.name for c in campaign.counties), *(e.name for e in campaign.enterprises)]))


if TYPE_CHECKING:
    Name = str
else:
    Name = Literal[tuple(names_in(campaign_folder()))]

Month = Annotated[str, Field(title="月份", description="如 2022-05", pattern=MONTH_FORM)]
Folder = Annotated[str, Field(title="活动文件夹", description="不填用环境变量 BULLETIN_CAMPAIGN，再没有用 ./campaign")]
Outputs = Annotated[str, Field(title="输出文件夹", description="不填用 ./outputs")]
Place = Annotated[str, Field(title="数据存储", description="不填用活动文件夹下的 store；集群上填 s3:// 开头的位置")]
Issued = Annotated[date | None, Field(title="印发日期", description="不填用今天")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    campaign: Folder = ""
    outputs: Outputs = "outputs"
    store: Place = ""

    @property
    def folder(self) -> Path:
        """Return the campaign folder that is meant."""
        return Path(self.campaign) if self.campaign else campaign_folder()


class MonthlyForm(_Form):
    """The form of the monthly flow; without a month the last one is meant."""

    month: Annotated[str, Field(title="月份", description="如 2022-05；不填为上个月", pattern=f"^$|{MONTH_FORM}")] = ""
    workday: Annotated[int | None, Field(title="工作日", description="只在当月第几个工作日运行（含调休）；不填则立即运行", ge=1, le=23)] = (
        None
    )
    ledgers: Annotated[str, Field(title="台账文件夹", description="不填用 ledgers/月份")] = ""
    issued: Issued = None
    send: Annotated[bool, Field(title="发邮件", description="把退回材料、催报和简报发出去")] = False
    dask: Annotated[str, Field(title="Dask 集群", description="如 tcp://10.0.0.1:8786；不填在本机运行")] = ""


class BulletinForm(_Form):
    """The form of a bulletin on demand."""

    month: Month
    level: Annotated[Literal["全市", "县区", "企业"], Field(title="级别", description="编制哪一级的简报")] = "全市"
    name: Annotated[Name, Field(title="名称", description="县区或企业的名称；全市简报不用选")] = CITY


class QualityForm(_Form):
    """The form of a check of ledgers."""

    month: Month
    ledgers: Annotated[str, Field(title="台账", description="台账文件或文件夹，不填用 ledgers/月份")] = ""
    issued: Issued = None


def field_of(parameters: Any, name: str) -> str:
    """Return a field of the form among a flow's parameters, which are a form or what it is made from."""
    form = parameters.get("form") or {}
    return str(form.get(name, "") if isinstance(form, dict) else getattr(form, name, ""))
