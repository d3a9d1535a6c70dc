"""The names that the template of the return notice may use."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flows.steps.model import Field, Notice, NoticeLedger, NoticeProblem, Record
from flows.steps.months import Month
from flows.steps.wording.phrases import Count, lines_in_words
from schemas.columns import VERDICT_NAMES
from schemas.definition import Definition
from schemas.definition_sheets import KIND_NAMES
from schemas.rules import SEVERITIES

TO_EXPLAIN = "须核实"  # the effect of a query
_PROBLEM: tuple[Field[NoticeProblem], ...] = (
    Field("名称", "问题的名称", "", lambda p: p.title),
    Field(
        "性质",
        "退回整册、须改正、剔除本行、须核实或仅提示",
        "",
        lambda p: p.effect or SEVERITIES[p.severity],
    ),
    Field("处数", "有几处", "处", lambda p: Count(p.count, "处")),
    Field("位置", "在哪些单元格", "", lambda p: p.places),
    Field("说明", "错在哪里", "", lambda p: p.message),
    Field("改法", "怎样改", "", lambda p: p.remedy),
)
PROBLEM_FIELDS: Mapping[str, Field[NoticeProblem]] = {field.name: field for field in _PROBLEM}


def _has(ledger: NoticeLedger, *verdicts: str) -> bool:
    return ledger.verdict in verdicts


def _to_leave_out(ledger: NoticeLedger) -> int:
    """Return how many places cost their row while the other rows count."""
    rows = (p for p in ledger.problems if p.severity == "row" and not p.effect)
    return sum(problem.count for problem in rows)


def _to_explain(ledger: NoticeLedger) -> int:
    """Return how many places need to be mended or explained."""
    return sum(problem.count for problem in ledger.problems if problem.effect == TO_EXPLAIN)


_LEDGER: tuple[Field[NoticeLedger], ...] = (
    Field("名称", "文件名", "", lambda x: x.file),
    Field("收到日期", "收到的日期", "", lambda x: x.received),
    Field(
        "台账", "台账种类，认不出的为“台账”", "", lambda x: KIND_NAMES[x.kind] if x.kind else "台账"
    ),
    Field("结论", "退回、部分通过、待核实、无法读取或通过", "", lambda x: VERDICT_NAMES[x.verdict]),
    Field("退回", "是否整册退回", "是否", lambda x: _has(x, "returned")),
    Field("退回原因", "为什么整册退回，未退回的为空", "", lambda x: x.reason),
    Field("待核实", "是否核实后才计入", "是否", lambda x: _has(x, "held")),
    Field("核实处数", "有几处须核实", "处", lambda x: Count(_to_explain(x), "处")),
    Field("剔除处数", "有几处错误使本行不计入", "处", lambda x: Count(_to_leave_out(x), "处")),
    Field("部分通过", "是否剔除错行后计入", "是否", lambda x: _has(x, "partly")),
    Field("各行", "共有多少行、各是什么，不知道的为空", "", lambda x: lines_in_words(x.lines)),
    Field("无法读取", "是否无法读取", "是否", lambda x: _has(x, "unreadable")),
    Field("行数", "读到的数据行数", "行", lambda x: Count(x.read, "行")),
    Field("不合格行数", "有错而不能计入的行数", "行", lambda x: Count(x.rejected, "行")),
    Field(
        "计入行数",
        "计入本期统计的行数",
        "行",
        lambda x: Count(x.read - x.rejected if _has(x, "partly", "accepted") else 0, "行"),
    ),
    Field("不计入的行", "部分通过的台账中哪些行不计入", "", lambda x: x.uncounted),
    Field("上轮以来", "与上次报送相比改了哪些，首次报送的为空", "", lambda x: x.since),
    Field(
        "问题",
        "存在的问题，重要的在前",
        "",
        lambda x: tuple(Record(PROBLEM_FIELDS, p) for p in x.problems),
    ),
)
LEDGER_FIELDS: Mapping[str, Field[NoticeLedger]] = {field.name: field for field in _LEDGER}


def _any(notice: Notice, *verdicts: str) -> bool:
    return any(ledger.verdict in verdicts for ledger in notice.ledgers)


_NOTICE: tuple[Field[Notice], ...] = (
    Field("收文单位", "台账的报送单位", "", lambda n: n.sender),
    Field("月份", "台账的月份", "", lambda n: n.month.label),
    Field("办公室", "办公室全称", "", lambda n: n.office),
    Field("日期", "通知日期", "", lambda n: n.issued),
    Field("重报期限", "重新报送的期限", "", lambda n: n.reply_by),
    Field("联系方式", "联系人和电话，可能为空", "", lambda n: n.contact),
    Field(
        "有退回", "是否有台账退回或无法读取", "是否", lambda n: _any(n, "returned", "unreadable")
    ),
    Field("有待核实", "是否有台账待核实", "是否", lambda n: _any(n, "held")),
    Field("有部分通过", "是否有台账部分通过", "是否", lambda n: _any(n, "partly")),
    Field("台账份数", "收到台账的份数", "份", lambda n: Count(len(n.ledgers), "份")),
    Field("各台账", "收到的台账", "", lambda n: tuple(Record(LEDGER_FIELDS, x) for x in n.ledgers)),
)
NOTICE_FIELDS: Mapping[str, Field[Notice]] = {field.name: field for field in _NOTICE}


def notice_record(notice: Notice) -> Record:
    """Return the values that the template of a notice may name."""
    return Record(NOTICE_FIELDS, notice)


def sample_notice(definition: Definition) -> Notice:
    """Return a made-up notice in which every field has something to show."""
    column, unit = definition.column(definition.main), definition.words.unit
    wrong = NoticeProblem(
        "合计不符",
        "ledger",
        1,
        "工作表“进度”F20",
        "“合计”行与各行相加的数相差100。",
        "请核对各行和合计，改正后重报。",
    )
    row = NoticeProblem(
        "分项大于总数",
        "row",
        2,
        "工作表“进度”F7、F9",
        f"分项275{column.unit}，大于总数238{column.unit}。",
        "请核对这两栏，分项不能大于总数。",
    )
    note = NoticeProblem(
        f"{unit}不在名录",
        "note",
        1,
        "工作表“进度”B5",
        f"名录中没有{unit}“示例{unit}”，暂按所填名称统计。",
        f"请核对{unit}全称。",
    )
    query = NoticeProblem(
        "基数突变",
        "query",
        1,
        "工作表“进度”E6",
        f"“{column.header}”本月431{column.unit}，上月3060{column.unit}。",
        "请核对；确有变动的，写明原因。",
        TO_EXPLAIN,
    )
    office = f"示例市{definition.words.work}工作领导小组办公室"
    since, day = "与上次退回时相比：已改正2处，仍未改正1处，新出现1处。", date(2022, 6, 1)
    whole = "退回原因：合计不符，影响整册。"
    problems = (wrong, replace(row, effect="须改正"))
    ledgers = (
        NoticeLedger(
            "示例丁县.xlsx", "progress", "returned", 9, 2, problems, "", since, day, whole
        ),
        NoticeLedger(
            "花名册.xlsx",
            "roster",
            "partly",
            684,
            3,
            (row, note),
            "工作表“花名册”第5、9、12行，共3行，不计入统计。",
            "",
            day,
        ),
        NoticeLedger(
            "示例戊县.xlsx",
            "progress",
            "held",
            9,
            0,
            (query, note),
            received=day,
            lines={"title": 2, "header": 1, "data": 9, "total": 1},
        ),
        NoticeLedger("打不开.xls", None, "unreadable", 0, 0, (wrong,), received=day),
    )
    return Notice(
        "示例丁县",
        Month(2022, 5),
        office,
        date(2022, 6, 2),
        date(2022, 6, 7),
        "办公室综合组，0000-0000000",
        ledgers,
    )
