"""The forms of the Prefect deployments, with the Chinese help beside each field.

The choices come from the campaign folder that the server sees and bind the form only: a run for
another campaign folder accepts any name, and its own campaign decides.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.config import JsonDict

from flows.campaign.folder import load_campaign
from flows.intake.locations import is_uri
from flows.prefect_support.environment import campaign_folder, working_folder
from flows.settings import Campaign
from flows.steps.model import UserError
from flows.steps.months import Month
from schemas.documents import BULLETINS

MONTH_FORM = r"^\d{4}-(0[1-9]|1[0-2])$"
CITY = "全市"
AHEAD = 24  # months after the campaign's last deadline that a form still offers
PLACES = ("campaign", "outputs", "store")


def _campaign_in(folder: Path) -> Campaign | None:
    try:
        return load_campaign(folder)
    except UserError:
        return None


def names_in(campaign: Campaign | None) -> list[str]:
    """Return 全市 and the names of counties, enterprises and senders; empty without a campaign."""
    if campaign is None:
        return []
    units = [*(c.name for c in campaign.counties), *(e.name for e in campaign.enterprises)]
    return list(dict.fromkeys([CITY, *units, *(sender.name for sender in campaign.senders)]))


def months_in(campaign: Campaign | None) -> list[str]:
    """Return the months from the first bulletin to well after the end; empty without a campaign."""
    if campaign is None:
        return []
    settings = campaign.settings
    first, last = (
        settings.bulletin.first_month,
        Month.of(settings.deadlines.acceptance).shifted(AHEAD),
    )
    return [str(first.shifted(i)) for i in range(max(1, last.since(first) + 1))]


def _choices(values: list[str]) -> JsonDict | None:
    return {"enum": [*values]} if values else None


def _one_type(kind: str, **more: JsonValue) -> Callable[[JsonDict], None]:
    """Return a schema change that shows an optional field as one field, not a choice of types."""

    def change(schema: JsonDict) -> None:
        for word in ("anyOf", "default"):
            schema.pop(word, None)
        schema.update(type=kind, **more)

    return change


def _places_last(schema: JsonDict) -> None:
    """Put the fields that stay the same from run to run last."""
    fields = schema["properties"]
    assert isinstance(fields, dict)  # as the JSON schema of every model has it
    schema["properties"] = {
        name: fields[name] for name in sorted(fields, key=lambda name: name in PLACES)
    }


_CAMPAIGN = _campaign_in(campaign_folder())
_NAMES, _MONTHS = names_in(_CAMPAIGN), months_in(_CAMPAIGN)
_DOCUMENTS = [line.name for line in _CAMPAIGN.documents] if _CAMPAIGN else []

MonthText = Annotated[
    str,
    Field(
        title="月份",
        description="如 2022-05",
        pattern=MONTH_FORM,
        json_schema_extra=_choices(_MONTHS),
    ),
]
LastMonth = Annotated[
    str,
    Field(
        title="月份",
        description="如 2022-05；不填为上个月",
        pattern=f"^$|{MONTH_FORM}",
        json_schema_extra=_choices(["", *_MONTHS] if _MONTHS else []),
    ),
]
Name = Annotated[
    str,
    Field(
        title="名称",
        description="县区、企业或报送单位的名称；对象是全市的不用选",
        json_schema_extra=_choices(_NAMES),
    ),
]
Document = Annotated[
    str,
    Field(
        title="文书",
        description="文书.csv 里的名称",
        json_schema_extra=_choices(_DOCUMENTS),
    ),
]
Workday = Annotated[
    int | None,
    Field(
        title="工作日",
        description="只在当月第几个工作日运行（含调休）；不填则立即运行",
        ge=1,
        le=23,
        json_schema_extra=_one_type("integer", minimum=1, maximum=23),
    ),
]
Issued = Annotated[
    date | None,
    Field(
        title="印发日期",
        description="不填用今天",
        json_schema_extra=_one_type("string", format="date"),
    ),
]
Folder = Annotated[
    str,
    Field(title="活动文件夹", description="不填用环境变量 BULLETIN_CAMPAIGN，再没有用 ./campaign"),
]
Outputs = Annotated[str, Field(title="输出文件夹", description="不填用 ./outputs")]
Place = Annotated[
    str,
    Field(title="数据存储", description="不填用活动文件夹下的 store；集群上填 s3:// 开头的位置"),
]


def _described(words: str) -> ConfigDict:
    """Return a model configuration that puts a Chinese sentence above the form's fields."""

    def change(schema: JsonDict) -> None:
        schema["description"] = words
        _places_last(schema)

    return ConfigDict(extra="forbid", json_schema_extra=change)


class _Form(BaseModel):
    campaign: Folder = ""
    outputs: Outputs = "outputs"
    store: Place = ""

    @property
    def folder(self) -> Path:
        """Return the campaign folder, the environment's if the form names none."""
        return Path(self.campaign) if self.campaign else campaign_folder()

    def place(self, text: str) -> Path:
        """Return a path of the form, in the working folder if the form names no campaign."""
        return (working_folder() if not self.campaign else Path()) / text

    def ledgers_at(self, text: str) -> str:
        """Return the location of the ledgers: a URI unchanged, a path as `place` does."""
        return text if is_uri(text) else str(self.place(text))


class MonthlyForm(_Form):
    """The form of the monthly flow; without a month the last one is meant."""

    model_config = _described("校验一个月的台账，编制全部简报、汇总表、总览页和退回材料。")
    month: LastMonth = ""
    workday: Workday = None
    ledgers: Annotated[
        str, Field(title="台账文件夹", description="不填用 ledgers/月份；也可填 s3:// 开头的位置")
    ] = ""
    issued: Issued = None
    send: Annotated[bool, Field(title="发邮件", description="把退回材料、催报和简报发出去")] = False
    send_forms: Annotated[
        bool,
        Field(title="发下月填报表", description="把各单位下个月的填报表发出去，每家每月只发一次"),
    ] = False
    dask: Annotated[
        str, Field(title="Dask 集群", description="如 tcp://10.0.0.1:8786；不填在本机运行")
    ] = ""


class BulletinForm(_Form):
    """The form of a bulletin or another document on demand."""

    model_config = _described("按已入库的数据编制一份简报或别的文书，不重新读取台账。")
    month: MonthText
    document: Document = BULLETINS["city"]
    name: Name = CITY


class QualityForm(_Form):
    """The form of a check of ledgers."""

    model_config = _described("只检查台账，给出结论和退回材料，不入库。")
    month: MonthText
    ledgers: Annotated[
        str, Field(title="台账", description="台账文件或文件夹，不填用 ledgers/月份")
    ] = ""
    issued: Issued = None


def field_of(parameters: Mapping[str, object], name: str) -> str:
    """Return a field of the form in a flow's parameters, whether a form or a dict of its values."""
    form = parameters.get("form") or {}
    return str(form.get(name, "") if isinstance(form, dict) else getattr(form, name, ""))
