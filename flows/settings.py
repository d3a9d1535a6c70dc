"""The campaign folder's content as frozen values: read once, in flows/campaign/folder.py."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    Field,
    model_validator,
)

from flows.policies import Assessment, LightPolicy, Policy
from flows.registered import (
    AsMonth,
    County,
    Enterprise,
    Former,
    FormerUnits,
    Frozen,
    Merger,
    Registry,
    Sender,
    Target,
    TargetLevel,
    name_in,
    names_of,
    registry_in_month,
)
from flows.steps.months import Month
from schemas.definition import Definition
from schemas.documents import DocumentLine
from schemas.shipped import shipped
from schemas.spellings import OwnSpellings, spellings_text, squeeze

Text = Annotated[str, Field(min_length=1)]


class Deadlines(Frozen):
    """The campaign's two deadlines."""

    handover: date = Field(description="交接截止日，如 2022-07-31")
    acceptance: date = Field(description="总结验收截止日，如 2022-12-31")


class Tail(Frozen):
    """The tail of the bulletins of one level; `{名称}` stands for the county or the enterprise."""

    report_to: tuple[Text, ...] = Field((), description="报送单位的列表，“{名称}”代表该单位")
    send_to: tuple[Text, ...] = Field((), description="抄送单位的列表")
    issue_to: tuple[Text, ...] = Field(
        (), description='下发单位的列表，如 ["{名称}人民政府"]，“{名称}”代表该单位'
    )
    copies: int = Field(0, ge=0, description="印数，0 或正整数")


COUNTY_TAIL = Tail.model_validate({"issue_to": ("{名称}人民政府",)})
ENTERPRISE_TAIL = Tail.model_validate({"issue_to": ("{名称}",)})


class Masthead(Frozen):
    """The bulletin's head and tail."""

    title: Text = Field(description='简报名称，如 "国有企业退休人员社会化管理工作简报"')
    first_month: AsMonth = Field(description='第1期的月份，如 "2022-01"')
    report_to: tuple[Text, ...] = Field((), description='报送单位的列表，如 ["市委", "市政府"]')
    send_to: tuple[Text, ...] = Field((), description="抄送单位的列表")
    issue_to: tuple[Text, ...] = Field((), description="下发单位的列表")
    copies: int = Field(0, ge=0, description="印数，0 或正整数")
    contact: str = Field("", description="联系人和电话，印在退回通知上")
    mail: str = Field("", description="办公室收简报的邮箱")
    receipts: bool = Field(
        False, description="发邮件时是否把回执也发给台账通过的单位，true 或 false"
    )
    links: bool = Field(
        False, description="全市简报草稿里的数是否链接到 核对.html，true 或 false；印发的没有链接"
    )
    numbers: Mapping[AsMonth, int] = Field(
        {}, description='[bulletin.numbers] 一节，某月是第几期，如 "2023-01" = 1，以后逐月加一'
    )
    totals: Mapping[AsMonth, int] = Field(
        {}, description='[bulletin.totals] 一节，某月是总第几期，如 "2023-01" = 9，以后逐月加一'
    )
    county: Tail = Field(COUNTY_TAIL, description="[bulletin.county] 一节，县区简报的报送发和印数")
    enterprise: Tail = Field(
        ENTERPRISE_TAIL, description="[bulletin.enterprise] 一节，企业简报的报送发和印数"
    )


class GivenRank(Frozen):
    """Ranks given from above: printed with their source, never computed."""

    province: int | None = Field(None, ge=1, description="全省名次，正整数")
    country: int | None = Field(None, ge=1, description="全国名次，正整数")
    source: str = Field("", description='来源，如 "省专班通报"')


class GivenFigure(Frozen):
    """A figure given from above: printed as it was typed, with its source."""

    item: Text = Field(description='什么数，如 "全省总体进度"')
    value: Text = Field(description='数和单位，如 "92.31%" 或 "120万人"')
    place: int | None = Field(None, ge=1, description="本地在其中的名次，正整数；可不写")
    source: Text = Field(description='来源，如 "省专班通报"')


class Settings(Frozen):
    """What campaign.toml says."""

    name: Text = Field(description='工作名称，如 "国有企业退休人员社会化管理"')
    city: Text = Field(description='市名，如 "示例市"')
    office: Text = Field(description="办公室全称")
    start: date = Field(description="启动日期，如 2022-01-10")
    deadlines: Deadlines = Field(description="[deadlines] 一节，写明 handover 和 acceptance")
    bulletin: Masthead = Field(description="[bulletin] 一节，写明 title 和 first_month")
    policy: Policy = Field(
        default_factory=lambda: Policy.model_validate({}), description="[policy] 一节"
    )
    assessment: Assessment = Field(
        default_factory=lambda: Assessment.model_validate({}), description="[assessment] 一节"
    )
    ranks: Mapping[AsMonth, GivenRank] = Field({}, description='[ranks."2022-05"] 各节，节名是月份')
    given: Mapping[AsMonth, tuple[GivenFigure, ...]] = Field(
        {}, description='[[given."2022-05"]] 各节，节名是月份，写 item、value、source'
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Settings":
        if not self.start < self.deadlines.handover <= self.deadlines.acceptance:
            raise ValueError("dates")
        return self


def digest_of(
    settings: Settings, registry: Registry, spellings: OwnSpellings, own_definition: str = ""
) -> str:
    """Return a digest of all in a campaign folder that figures depend on."""
    # without what is not given, so that a campaign without it stays the same
    unused: dict[str, Any] = {} if settings.given else {"given": True}  # as pydantic takes it
    if settings.assessment == Assessment.model_validate({}):
        unused["assessment"] = True
    unused["policy"] = {"reminders"}
    if settings.policy.lights == LightPolicy.model_validate({}):
        unused["policy"] = {"lights", "reminders"}
    content = settings.model_dump_json(exclude=unused)
    left_out: dict[str, Any] = {"senders": {"__all__": {"contact", "phone"}}}
    if not registry.targets:
        left_out["targets"] = True
    content += registry.model_dump_json(exclude=left_out)
    content += spellings_text(spellings)
    content += own_definition
    return hashlib.sha256(content.encode()).hexdigest()


class Campaign(Frozen):
    """The whole campaign folder: settings, registry (名录.xlsx), and a digest of the content.

    `own_definition` is the digest of the office's own 工作定义.xlsx,
    `registry_file` the digest of 名录.xlsx as a file; `worked` says of the days in 放假安排.csv
    whether they are worked, `words` what the office has to say of a month, by heading, `documents`
    which documents it writes: no figure depends on these four.
    The campaign of an issued month has the registry of that time; `folder` is then the campaign as
    its folder has it now, and `checked_by` the digest of what its ledgers were checked by.
    `former` are the units that have ended before the month, `mergers` those that became part of
    another with it.
    """

    settings: Settings
    counties: tuple[County, ...]
    enterprises: tuple[Enterprise, ...]
    senders: tuple[Sender, ...]
    digest: str
    worked: Mapping[date, bool] = {}
    documents: tuple[DocumentLine, ...] = ()
    definition: Definition = Field(default_factory=shipped)
    own_definition: str = ""
    registry_file: str = ""
    folder: "Campaign | None" = None
    checked_by: str = ""
    former: FormerUnits = FormerUnits()
    mergers: tuple[Merger, ...] = ()
    targets: tuple[Target, ...] = ()
    words: Mapping[AsMonth, Mapping[str, tuple[str, ...]]] = {}

    def changed(self, **values: Any) -> "Campaign":  # Any: of each field's own type
        """Return the campaign with other values; what is derived from them is derived anew."""
        fields = {name: getattr(self, name) for name in Campaign.model_fields}
        return Campaign(**{**fields, **values})

    @property
    def present(self) -> "Campaign":
        """Return the campaign as its folder has it now."""
        return self.folder or self

    @cached_property
    def checks_digest(self) -> str:
        """Return a digest of what checks depend on: registry, spellings, bad_rows, trial_rules."""
        if self.checked_by:
            return self.checked_by
        registry = {"counties", "enterprises", "senders"}
        # without what is not given, so that a column that nobody fills in changes nothing
        left_out = {"begins", "ends", "successor", "contact", "phone"}
        dated = {name: {"__all__": left_out} for name in registry}
        parts = self.model_dump_json(include=registry, exclude=dated, exclude_none=True)
        if self.former != FormerUnits():
            parts += self.former.model_dump_json()
        rules = {"bad_rows", "trial_rules", "doubt"}
        parts += self.settings.policy.model_dump_json(include=rules)
        parts += self.definition.digest
        return hashlib.sha256(parts.encode()).hexdigest()

    @cached_property
    def ranking(self) -> tuple[str, ...]:
        """Return the keys of the indicators that rank, first things first."""
        given = self.settings.policy.ranking
        keys = {name: key for key, name in self.definition.rate_names.items()}
        return tuple(keys.get(name, name) for name in given) or self.definition.ranking

    @cached_property
    def _goals(self) -> Mapping[tuple[str, str, str], tuple[Target, ...]]:
        by_unit: dict[tuple[str, str, str], list[Target]] = {}
        for target in sorted(self.targets, key=lambda t: t.by):
            key = target.level, target.unit, target.indicator
            by_unit.setdefault(key, []).append(target)
        return {key: tuple(targets) for key, targets in by_unit.items()}

    def goals(self, level: TargetLevel, unit: str, indicator: str) -> tuple[Target, ...]:
        """Return what a unit is to reach of an indicator, by date; of the city by any name."""
        return self._goals.get((level, "" if level == "city" else unit, indicator), ())

    @cached_property
    def county_names(self) -> Mapping[str, str]:
        """Return the registered name of each squeezed spelling of a county."""
        return names_of(self.counties)

    @cached_property
    def enterprise_names(self) -> Mapping[str, str]:
        """Return the registered name of each squeezed spelling of an enterprise."""
        return names_of(self.enterprises)

    @cached_property
    def unit_names(self) -> Mapping[str, str]:
        """Return the registered name of each squeezed spelling of an enterprise or a centre."""
        centres = {
            spelling: name
            for spelling, name in self.sender_names.items()
            if self.sender[name].type == "托管中心"
        }
        return {**self.enterprise_names, **centres}

    def county_now(self, name: str) -> str:
        """Return the name of a county or of its successor, the name given if it has none."""
        return name_in(self.county_names, self.former.counties, name)

    def unit_now(self, name: str) -> str:
        """Return the name of an enterprise or centre or of its successor, else the name given."""
        return name_in(self.unit_names, self.former.units, name)

    def ended(self, county: str, unit: str) -> list[Former]:
        """Return what has ended of a county and an enterprise or centre."""
        if not (self.former.counties or self.former.units):
            return []
        found = (
            None
            if squeeze(county) in self.county_names
            else self.former.counties.get(squeeze(county)),
            None if squeeze(unit) in self.unit_names else self.former.units.get(squeeze(unit)),
        )
        return [former for former in found if former is not None]

    def in_month(self, month: Month) -> "Campaign":
        """Return the campaign with the registry as it is in a month."""
        registry = Registry(
            counties=self.counties, enterprises=self.enterprises, senders=self.senders
        )
        then = registry_in_month(registry, month)
        if then is None:
            return self
        return self.changed(
            counties=then.registry.counties,
            enterprises=then.registry.enterprises,
            senders=then.registry.senders,
            former=then.former,
            mergers=then.mergers,
            folder=self.present,
        )

    @cached_property
    def registered_counties(self) -> frozenset[str]:
        """Return the names of the registered counties."""
        return frozenset(county.name for county in self.counties)

    @cached_property
    def registered_units(self) -> frozenset[str]:
        """Return the names of the registered enterprises and of the trusteeship centres."""
        centres = {sender.name for sender in self.senders if sender.type == "托管中心"}
        return frozenset(enterprise.name for enterprise in self.enterprises) | centres

    @cached_property
    def affiliations(self) -> Mapping[str, str]:
        """Return the affiliation of each registered enterprise."""
        return {enterprise.name: enterprise.affiliation for enterprise in self.enterprises}

    @cached_property
    def sender_names(self) -> Mapping[str, str]:
        """Return the registered name of each squeezed spelling of a sender."""
        return names_of(self.senders)

    @cached_property
    def lent_names(self) -> Mapping[str, str]:
        """Return the sender of each spelling of its county or enterprise that is not its own."""
        lent: dict[str, str] = {}
        for sender in self.senders:
            registered = self.counties if sender.type == "县区" else self.enterprises
            entry = next(
                (
                    e
                    for e in registered
                    if sender.name in (e.name, *e.aliases) or e.name == sender.county
                ),
                None,
            )
            if entry is not None:
                lent |= {squeeze(text): sender.name for text in (entry.name, *entry.aliases)}
        return {text: name for text, name in lent.items() if text not in self.sender_names}

    @cached_property
    def sender(self) -> Mapping[str, Sender]:
        """Return the senders by their registered name, in the order of 名录."""
        return {sender.name: sender for sender in self.senders}

    def with_counties(self, names: Iterable[str]) -> "Campaign":
        """Return the campaign with further counties, those that it does not have."""
        registered = {county.name for county in self.counties}
        more = [name for name in dict.fromkeys(names) if name not in registered]
        if not more:
            return self
        return self.changed(counties=(*self.counties, *(County(name=name) for name in more)))

    def number_of(self, month: Month) -> int:
        """Return the bulletin's number: 1 for the first month, or counted on from a given one."""
        given = _counted_on(self.settings.bulletin.numbers, month)
        return month.since(self.settings.bulletin.first_month) + 1 if given is None else given

    def total_of(self, month: Month) -> int | None:
        """Return the bulletin's number over the years, None if none is given up to the month."""
        return _counted_on(self.settings.bulletin.totals, month)


def _counted_on(numbers: Mapping[Month, int], month: Month) -> int | None:
    """Return the number of a month, counted on from the last given one before it."""
    last = max((given for given in numbers if given <= month), default=None)
    return None if last is None else numbers[last] + month.since(last)
