"""Names for templates: of the bulletin itself, of the calendar and of the ranks from above."""

from collections.abc import Mapping, Sequence

from flows.settings import GivenRank, Masthead, Tail
from flows.steps.compose.facts import Facts
from flows.steps.compose.scopes import Scope
from flows.steps.model import Field, Record
from flows.steps.wording.phrases import Count, Fitted, Place, Rate
from schemas.columns import Level

PLACEHOLDER = "{名称}"  # in campaign.toml: the county or the enterprise


def _tail(scope: Scope) -> Masthead | Tail:
    """Return the tail of a level's bulletins."""
    head = scope.facts.settings.bulletin
    tails: Mapping[Level, Masthead | Tail] = {
        "city": head,
        "county": head.county,
        "enterprise": head.enterprise,
    }
    return tails[scope.level]


def _addressees(scope: Scope, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.replace(PLACEHOLDER, scope.unit.name) for text in texts)


def _total(scope: Scope) -> int | None:
    return scope.facts.report.campaign.total_of(scope.facts.report.month)


_HEAD: tuple[Field[Scope], ...] = (
    Field("名称", "简报名称", "", lambda s: s.facts.settings.bulletin.title),
    Field(
        "报头",
        "简报名称，自动缩放到一行之内，用在报头",
        "",
        lambda s: Fitted(s.facts.settings.bulletin.title, "报头"),
    ),
    Field("期号", "第几期", "", lambda s: s.facts.report.campaign.number_of(s.facts.report.month)),
    Field("总期号", "总第几期，campaign.toml 中没有写的为空", "", lambda s: _total(s) or ""),
    Field(
        "编发单位",
        "编发单位，自动缩放，用在报头",
        "",
        lambda s: Fitted(s.facts.settings.office, "编发单位"),
    ),
    Field("日期", "印发日期", "", lambda s: s.facts.report.issued),
    Field("报", "报送单位", "", lambda s: _addressees(s, _tail(s).report_to)),
    Field("送", "抄送单位", "", lambda s: _addressees(s, _tail(s).send_to)),
    Field("发", "下发单位", "", lambda s: _addressees(s, _tail(s).issue_to)),
    Field("印数", "印数", "份", lambda s: Count(_tail(s).copies, "份")),
    Field("联系方式", "联系人和电话", "", lambda s: s.facts.settings.bulletin.contact),
)
HEAD_FIELDS: Mapping[str, Field[Scope]] = {field.name: field for field in _HEAD}


def _days_left(facts: Facts) -> int:
    return facts.figures.pace.days_left


_CALENDAR: tuple[Field[Facts], ...] = (
    Field(
        "序时进度",
        "从启动日到交接截止日，时间已过的比例",
        "%",
        lambda f: Rate(f.figures.pace.elapsed),
    ),
    Field("启动日", "工作启动的日期", "", lambda f: f.figures.pace.start),
    Field("交接截止日", "交接的截止日期", "", lambda f: f.figures.pace.deadline),
    Field("验收截止日", "总结验收的截止日期", "", lambda f: f.settings.deadlines.acceptance),
    Field(
        "剩余天数", "从月末到交接截止日的天数", "天", lambda f: Count(max(_days_left(f), 0), "天")
    ),
    Field("超期天数", "交接截止日已过的天数", "天", lambda f: Count(max(-_days_left(f), 0), "天")),
    Field(
        "验收剩余天数",
        "从月末到验收截止日的天数",
        "天",
        lambda f: Count(max(f.acceptance_days, 0), "天"),
    ),
    Field("启动前", "工作还没有启动", "是否", lambda f: f.before_start),
    Field(
        "交接期内",
        "已启动，交接截止日还没有到",
        "是否",
        lambda f: not f.before_start and _days_left(f) > 0,
    ),
    Field("截止当日", "月末正是交接截止日", "是否", lambda f: _days_left(f) == 0),
    Field(
        "交接期后",
        "交接截止日已过，验收截止日还没有过",
        "是否",
        lambda f: _days_left(f) < 0 <= f.acceptance_days,
    ),
    Field("验收期后", "验收截止日已过", "是否", lambda f: f.acceptance_days < 0),
    Field("可倒排", "还有天数可用来倒排工期", "是否", lambda f: f.days_to_use is not None),
)
CALENDAR_FIELDS: Mapping[str, Field[Facts]] = {field.name: field for field in _CALENDAR}


_NONE_GIVEN = GivenRank.model_validate({})


def _given(facts: Facts) -> GivenRank:
    return facts.settings.ranks.get(facts.report.month, _NONE_GIVEN)


_GIVEN: tuple[Field[Facts], ...] = (
    Field(
        "有",
        "campaign.toml 中是否写了本月的上级排名",
        "是否",
        lambda f: bool(_given(f).province or _given(f).country),
    ),
    Field("全省名次", "上级通报的全省名次", "", lambda f: Place(_given(f).province)),
    Field("全国名次", "上级通报的全国名次", "", lambda f: Place(_given(f).country)),
    Field("来源", "排名的来源", "", lambda f: _given(f).source or "上级通报"),
)
GIVEN_FIELDS: Mapping[str, Field[Facts]] = {field.name: field for field in _GIVEN}


def head(scope: Scope) -> Record:
    """Return the named values of the bulletin's head and tail."""
    return Record(HEAD_FIELDS, scope)


def calendar(facts: Facts) -> Record:
    """Return the named values of the calendar."""
    return Record(CALENDAR_FIELDS, facts)


def given_ranks(facts: Facts) -> Record:
    """Return the named values of the ranks given from above."""
    return Record(GIVEN_FIELDS, facts)
