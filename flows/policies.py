"""What the office has decided: policies of campaign.toml, as frozen values."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from flows.registered import Frozen, SenderType
from flows.steps.months import Month

Share = Annotated[float, Field(ge=0, le=1)]


def _all_three(value: tuple[SenderType, ...]) -> tuple[SenderType, ...]:
    if sorted(value) != sorted(("县区", "企业", "托管中心")):
        raise ValueError("precedence")
    return value


class DoubtPolicy(Frozen):
    """From where on a value is asked about, against the last accepted month (DESIGN §5)."""

    base_share: Share = Field(0.2, description="基数变动超过多大比例须核实，如 0.2")
    base_count: int = Field(20, ge=0, description="且变动超过多少人须核实，如 20")
    progress_points: float = Field(
        50, gt=0, le=100, description="完成率一月变动超过多少百分点须核实"
    )
    city_share: Share = Field(0.01, description="且涉及的数量占全市多大比例以上，如 0.01")
    roster_share: Share = Field(0.05, description="与花名册相差超过多大比例须核实，如 0.05")
    roster_count: int = Field(20, ge=0, description="且相差超过多少人须核实，如 20")
    total_share: Share = Field(0.1, description="全市合计变动超过多大比例时提醒，如 0.1")
    listed: int = Field(20, ge=1, description="每个台账最多逐条列出几处，如 20")


class LightPolicy(Frozen):
    """From where on a light is red."""

    yellow: Decimal = Field(
        Decimal(5), ge=0, le=100, description="低于应达几个百分点以内是黄灯，如 5"
    )


class ReminderPolicy(Frozen):
    """How many days before and after the due date those who owe a ledger are reminded, 0 not."""

    before: int = Field(0, ge=0, le=20, description="期限前几天提醒，如 3，0 不提醒")
    after: int = Field(0, ge=0, le=20, description="过期几天催报，如 1，0 不催报")
    to: Literal["senders", "office"] = Field(
        "senders", description='"senders"（逐家发给报送单位）或 "office"（一份名单发给办公室）'
    )


class SupervisionPolicy(Frozen):
    """When a lagging unit becomes an item of supervision, and how long it then has."""

    months: int = Field(2, ge=1, le=12, description="连续几个月红灯列为督办，如 2")
    days: int = Field(15, ge=1, description="下发后几日内办理并反馈，如 15")
    whom: tuple[Literal["县区", "企业"], ...] = Field(
        ("县区",), description='督办哪些单位，如 ["县区", "企业"]'
    )


class Policy(Frozen):
    """What the office has decided for the cases that need a decision."""

    missing: Literal["carry_forward", "exclude"] = Field(
        "carry_forward", description='"carry_forward"（沿用上次数据）或 "exclude"（不计入）'
    )
    bad_rows: Mapping[Literal["progress", "roster"], Share] = Field(
        {"progress": 0.0, "roster": 0.01},
        description="允许的错行比例，如 { progress = 0.0, roster = 0.01 }，在 0 和 1 之间",
    )
    ranking: tuple[str, ...] = Field(
        (), description="排名依据，写指标的名称或代号；不写的按工作定义的排名顺序"
    )
    precedence: Annotated[tuple[SenderType, ...], AfterValidator(_all_three)] = Field(
        ("县区", "企业", "托管中心"), description="县区、企业、托管中心三者的先后"
    )
    reply_days: int = Field(5, ge=0, description="退回后几日内重报，0 或正整数")
    due_day: int = Field(5, ge=1, le=28, description="每月的台账在次月几日前报，1 到 28")
    trial_rules: tuple[str, ...] = Field((), description="试行的规则代码，只提示、不退回")
    doubt: DoubtPolicy = Field(
        default_factory=lambda: DoubtPolicy.model_validate({}), description="[policy.doubt] 一节"
    )
    lights: LightPolicy = Field(
        default_factory=lambda: LightPolicy.model_validate({}), description="[policy.lights] 一节"
    )
    reminders: ReminderPolicy = Field(
        default_factory=lambda: ReminderPolicy.model_validate({}),
        description="[policy.reminders] 一节",
    )
    supervision: SupervisionPolicy = Field(
        default_factory=lambda: SupervisionPolicy.model_validate({}),
        description="[policy.supervision] 一节",
    )

    def due_date(self, month: Month) -> date:
        """Return the day by which a month's ledgers are to be sent."""
        return month.shifted(1).first_day.replace(day=self.due_day)

    def allowed(self, kind: Literal["progress", "roster"]) -> float:
        """Return the share of bad rows up to which the good ones of a ledger count."""
        return self.bad_rows.get(kind, 0.0 if kind == "progress" else 0.01)


class Bar(Frozen):
    """What puts a county on the negative list: less than a share of an indicator by a day."""

    indicator: str = Field(min_length=1, description="指标的名称或代号")
    below: Decimal = Field(gt=0, le=100, description="完成的比例低于百分之几列入，如 60")
    by: date = Field(description="到哪一天，如 2022-06-30")
    points: Decimal = Field(Decimal(0), ge=0, description="扣几分，如 2；不扣的不写")


class Assessment(Frozen):
    """How counties are assessed: the bars of the negative list, the weights of a score.

    Without weights there is no score.
    """

    negative: tuple[Bar, ...] = Field(
        (), description="[[assessment.negative]] 各节，写 indicator、below、by、points"
    )
    weights: Mapping[str, Annotated[Decimal, Field(gt=0)]] = Field(
        {}, description='各指标占几分，如 { "指标名称" = 40 }'
    )
    method: Literal["share", "efficacy"] = Field(
        "share", description='"share"（实际与应达之比）或 "efficacy"（功效系数）'
    )
    late: Decimal = Field(Decimal(0), ge=0, description="迟报、未报一次扣几分")
    returned: Decimal = Field(Decimal(0), ge=0, description="退回一次扣几分")
