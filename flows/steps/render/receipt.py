"""The names that the template of the receipt may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.steps.explanations import explanation_record
from flows.steps.model import (
    Explanation,
    Field,
    NoticeProblem,
    Receipt,
    ReceiptLedger,
    Record,
)
from flows.steps.months import Month
from flows.steps.render.notice import PROBLEM_FIELDS
from flows.steps.wording.phrases import Count, lines_in_words
from schemas.definition import Definition
from schemas.definition_sheets import KIND_NAMES


@dataclass(frozen=True)
class Total:
    """The sum of one column of a ledger."""

    definition: Definition
    count: str
    value: int

    @property
    def unit(self) -> str:
        """Return the column's unit."""
        return self.definition.unit_of(self.count)

    @property
    def number(self) -> Count:
        """Return the sum with its unit."""
        decimals = self.definition.column(self.count).decimals
        return Count(self.value, self.unit, decimals=decimals)


_TOTAL: tuple[Field[Total], ...] = (
    Field("名称", "栏目", "", lambda total: total.definition.count_name(total.count)),
    Field("合计", "各行合计", "", lambda total: total.number),
    Field("单位", "计量单位", "", lambda total: total.unit),
)
TOTAL_FIELDS: Mapping[str, Field[Total]] = {field.name: field for field in _TOTAL}


def _totals(ledger: ReceiptLedger) -> tuple[Record, ...]:
    totals = (Total(ledger.definition, count, n) for count, n in ledger.totals.items())
    return tuple(Record(TOTAL_FIELDS, total) for total in totals)


_LEDGER: tuple[Field[ReceiptLedger], ...] = (
    Field("名称", "文件名", "", lambda x: x.file),
    Field("收到日期", "收到的日期", "", lambda x: x.received),
    Field("台账", "台账种类", "", lambda x: KIND_NAMES[x.kind]),
    Field("行数", "数据行数", "行", lambda x: Count(x.read, "行")),
    Field("各行", "共有多少行、各是什么，不知道的为空", "", lambda x: lines_in_words(x.lines)),
    Field("只供核对", "是否只用来核对进度台账", "是否", lambda x: x.confirms),
    Field(
        "各项合计",
        "台账各栏的合计",
        "",
        _totals,
    ),
    Field(
        "核实说明",
        "须核实、说明原因后计入的数",
        "",
        lambda x: tuple(explanation_record(one) for one in x.explanations),
    ),
    Field(
        "提示",
        "不影响审核、提请核对的事项",
        "",
        lambda x: tuple(Record(PROBLEM_FIELDS, note) for note in x.notes),
    ),
)
LEDGER_FIELDS: Mapping[str, Field[ReceiptLedger]] = {field.name: field for field in _LEDGER}

_RECEIPT: tuple[Field[Receipt], ...] = (
    Field("收文单位", "台账的报送单位", "", lambda r: r.sender),
    Field("月份", "台账的月份", "", lambda r: r.month.label),
    Field("办公室", "办公室全称", "", lambda r: r.office),
    Field("日期", "回执的日期", "", lambda r: r.issued),
    Field("联系方式", "联系人和电话，可能为空", "", lambda r: r.contact),
    Field("台账份数", "审核通过的台账份数", "份", lambda r: Count(len(r.ledgers), "份")),
    Field(
        "各份台账",
        "审核通过的台账",
        "",
        lambda r: tuple(Record(LEDGER_FIELDS, ledger) for ledger in r.ledgers),
    ),
)
RECEIPT_FIELDS: Mapping[str, Field[Receipt]] = {field.name: field for field in _RECEIPT}


def receipt_record(receipt: Receipt) -> Record:
    """Return the values that the template of a receipt may name."""
    return Record(RECEIPT_FIELDS, receipt)


def sample_receipt(definition: Definition) -> Receipt:
    """Return a made-up receipt in which every field has something to show."""
    county, base = "示例丁县", definition.count_name(definition.main)
    explanation = Explanation(
        county,
        f"{county}.xlsx",
        "进度!E6",
        "基数变动较大",
        county,
        f"示例三{definition.words.unit}",
        base,
        "410",
        "640",
        f"{base}由410变为640",
        f"并入示例四{definition.words.unit}",
    )
    note = NoticeProblem(
        "花名册与进度台账不符",
        "note",
        1,
        "进度!E7",
        f"“{base}”进度台账为93，花名册为95，相差2。",
        "请核对两个台账，以实际为准改正。",
    )
    day, totals = (
        date(2022, 6, 1),
        {name: 2210 - 130 * i for i, name in enumerate(definition.counts)},
    )
    lines = {"title": 2, "header": 1, "data": 9, "total": 1}
    return Receipt(
        county,
        Month(2022, 5),
        f"示例市{definition.words.work}工作领导小组办公室",
        date(2022, 6, 2),
        "办公室综合组，0000-0000000",
        (
            ReceiptLedger(
                f"{county}.xlsx",
                "progress",
                day,
                9,
                lines,
                totals,
                definition,
                (explanation,),
                (note,),
            ),
            ReceiptLedger(
                "花名册.xlsx", "roster", day, 2210, {}, totals, definition, confirms=True
            ),
        ),
    )
