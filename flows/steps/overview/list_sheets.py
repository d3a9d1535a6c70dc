"""The worksheets of what came in: the roll-call with its ledgers, the faults by sender."""

from dataclasses import dataclass

from flows.steps.model import LedgerReport, Report
from flows.steps.months import in_words
from flows.steps.overview.book import CellKind, Field, Table
from flows.steps.overview.problems import problems_of
from flows.steps.overview.rollcall import (
    not_owed,
    sender_of,
    timeliness_in_words,
    used_in_words,
    verdict_name,
)
from flows.steps.standings import RollCallLine, roll_call
from flows.steps.supervision import item_record, lines_of, lives
from schemas.columns import KIND_NAMES, VERDICT_NAMES
from schemas.definition import AFFILIATION, COUNTY, ENTERPRISE, USCC


@dataclass(frozen=True)
class Row:
    """A line of the roll-call with one of its ledgers.

    There is no ledger if none came in, and no line if none was owed.
    """

    call: RollCallLine | None
    ledger: LedgerReport | None


def calls_table(report: Report) -> Table:
    """Return the table of who owes what, the verdict, which month counts, and the files."""
    rows = []
    for call in roll_call(report):
        rows += [Row(call, ledger) for ledger in call.ledgers or (None,)]
    rows += [Row(None, ledger) for ledger in not_owed(report)]
    fields = [
        Field("报送单位", lambda r: r.call.sender if r.call else sender_of(r.ledger), "text", 30),
        Field("单位类型", lambda r: r.call.type if r.call else None, "centred", 10),
        Field(
            "台账",
            lambda r: r.call.kind_name if r.call else KIND_NAMES.get(r.ledger.kind),
            "centred",
            11,
        ),
        Field(
            "报送结论",
            lambda r: verdict_name(r.call) if r.call else "名录未要求报送",
            "centred",
            12,
        ),
        Field("报送时间", lambda r: r.call and r.call.timeliness.words, "centred", 11),
        Field("采用数据", lambda r: used_in_words(r.call) if r.call else None, "text", 21),
        Field("台账文件", lambda r: r.ledger and r.ledger.file, "text", 50),
        Field("文件结论", lambda r: r.ledger and VERDICT_NAMES[r.ledger.verdict], "centred", 10),
        Field("数据行数", lambda r: r.ledger and r.ledger.read, "count", 9),
        Field("合格行数", lambda r: r.ledger and r.ledger.accepted, "count", 9),
        Field("有误行数", lambda r: r.ledger and r.ledger.rejected, "count", 9),
        Field(
            "说明",
            lambda r: (
                f"已由“{r.ledger.superseded_by}”替换" if r.ledger and r.ledger.superseded_by else ""
            ),
            "text",
            24,
        ),
    ]
    return Table(
        "报送情况",
        f"{report.campaign.settings.city}台账报送情况（{report.month.label}）",
        "单位：行",
        fields,
        rows,
        notes=[timeliness_in_words(report)],
    )


def problems_table(report: Report) -> Table:
    """Return the table of the faults by sender and rule, the costly ones first.

    Personal values are masked already.
    """
    fields = [
        Field("报送单位", lambda p: p.sender, "text", 30),
        Field("处理", lambda p: p.severity_name, "centred", 10),
        Field("问题", lambda p: p.title, "text", 22),
        Field("处数", lambda p: p.count, "count", 8),
        Field("涉及文件数", lambda p: p.files, "count", 8),
        Field("举例（位置）", lambda p: p.place or None, "text", 40),
        Field("举例（说明）", lambda p: p.example.message, "text", 50),
        Field("处理办法", lambda p: p.example.remedy, "text", 44),
    ]
    title = f"{report.campaign.settings.city}台账问题汇总（{report.month.label}）"
    problems = problems_of(report)
    none = "本月台账没有待处理的问题。" if report.replaced else "本月台账没有发现问题。"
    notes = [] if problems else [none]
    if report.replaced:
        notes.append(f"另有{len(report.replaced)}处在已被后报文件替换的台账中，不用再处理，未列。")
    return Table(
        "问题汇总",
        title,
        f"共{sum(p.count for p in problems)}处",
        fields,
        problems,
        notes=notes,
    )


def explanations_table(report: Report) -> Table:
    """Return the table of the values that count for a reason, the weightiest first."""
    definition = report.campaign.definition
    county = definition.header_of("progress", COUNTY)
    unit = definition.header_of("progress", ENTERPRISE)
    fields = [
        Field("报送单位", lambda x: x.sender, "text", 24),
        Field(county, lambda x: x.county or None, "centred", 12),
        Field(unit, lambda x: x.enterprise or None, "text", 32),
        Field("核实的问题", lambda x: x.title, "text", 18),
        Field("栏目", lambda x: x.header or None, "text", 18),
        Field("上月", lambda x: _number(x.previous), "count", 10),
        Field("本月", lambda x: _number(x.value), "count", 10),
        Field("原因", lambda x: x.reason, "text", 44),
        Field("台账文件", lambda x: x.file, "text", 34),
        Field("单元格", lambda x: x.place or None, "text", 14),
    ]
    return Table(
        "核实说明",
        f"{report.campaign.settings.city}核实后计入的数据（{report.month.label}）",
        f"共{len(report.explanations)}项，对{report.campaign.definition.words.area}影响大的在前",
        fields,
        report.explanations,
    )


def _number(text: str | None) -> int | str | None:
    """Return a value as reports print it as a number, if it is one."""
    return int(text) if text is not None and text.isdecimal() else text


def unreported_table(report: Report) -> Table:
    """Return the table of the registered enterprises of which no ledger that counts has a row."""
    names, definition = set(report.unreported), report.campaign.definition
    unit, measure = definition.words.unit, definition.words.unit_measure
    heads = {column.name: column.header for column in definition.progress}
    optional = [
        Field(heads.get(AFFILIATION, ""), lambda e: e.affiliation, "centred", 12),
        Field(heads.get(USCC, ""), lambda e: e.uscc or None, "centred", 24),
    ]
    fields = [
        Field(heads[ENTERPRISE], lambda e: e.name, "text", 44),
        *(field for field in optional if field.header),
    ]
    return Table(
        f"无人填报{unit}",
        f"名录中无人填报的{unit}（{report.month.label}）",
        f"共{len(names)}{measure}",
        fields,
        [enterprise for enterprise in report.campaign.enterprises if enterprise.name in names],
        notes=[
            f"计入统计的台账中都没有这些{unit}；不再{definition.words.action}的，请从名录中删去。"
        ],
    )


def supervision_table(report: Report) -> Table:
    """Return the table of the supervised items, with the lives of each."""
    lines = lines_of(report)

    def field(name: str, kind: CellKind, width: float) -> Field:
        return Field(name, lambda x: str(item_record(x)[name]), kind, width)

    fields = [
        field("编号", "centred", 20),
        field("责任单位", "text", 24),
        field("事项", "text", 20),
        field("目标", "text", 34),
        Field("应达", lambda x: x.item.expected, "rate", 10),
        Field("立项时", lambda x: x.item.done, "rate", 10),
        Field("现在", lambda x: x.now, "rate", 10),
        field("灯", "centred", 6),
        Field("期限", lambda x: in_words(x.item.due), "centred", 16),
        field("状态", "centred", 10),
        Field("经过", lambda x: "；".join(f"{a}（{b}）" for a, b in lives(x.item)), "text", 60),
    ]
    return Table(
        "督办事项",
        f"{report.campaign.settings.city}督办事项（{report.month.label}）",
        f"共{len(lines)}项；越低越好的指标，各率为已经降下的份额",
        fields,
        lines,
    )
