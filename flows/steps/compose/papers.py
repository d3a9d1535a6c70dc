"""The names that the documents of a month's figures may use, a bulletin's and their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from flows.steps.compose import compose
from flows.steps.compose.context import top_fields
from flows.steps.compose.facts import Facts, facts_of, label
from flows.steps.compose.planning import LEVELS, PlannedDocument
from flows.steps.compose.senders import owing, sender_record
from flows.steps.figure_places import FIGURES_PAGE
from flows.steps.model import Bulletin, Field, Paper, Record, Report
from flows.steps.wording.phrases import Rate
from schemas.definition import Definition
from schemas.documents import BULLETINS, DocumentLine, Subject


@dataclass(frozen=True)
class PaperSubject:
    """What a document speaks of: the names of a bulletin, a sender (empty for none), its number."""

    bulletin: Bulletin
    facts: Facts
    sender: str
    number: str
    attached: tuple[str, ...]


def paper_of(
    report: Report, planned: PlannedDocument, number: str = "", corrected: str = ""
) -> Paper:
    """Return a document made of the month's figures, ready to be rendered.

    `number` is empty for one without a series, `corrected` what a corrected version is called.
    """
    line = planned.line
    is_sender = line.subject == "sender"
    name = report.figures.city.name if is_sender else planned.name
    bulletin = compose(report, LEVELS[line.subject], name, corrected)
    sender = planned.name if is_sender else ""
    subject = PaperSubject(bulletin, facts_of(report), sender, number, line.attached)
    fields = paper_fields(report.campaign.definition, line.subject)
    page = f"../{FIGURES_PAGE}" if _is_linked(report, line, corrected) else ""
    return Paper(line.template, planned.name, Record(fields, subject), bulletin.charts, page)


def _is_linked(report: Report, line: DocumentLine, corrected: str) -> bool:
    """Return whether a document's numbers link to 核对.html: the city's draft, if asked for."""
    asked = report.campaign.settings.bulletin.links
    return asked and line.name == BULLETINS["city"] and not corrected


def _of_bulletin(name: str) -> Callable[[PaperSubject], object]:
    return lambda subject: subject.bulletin.context[name]


def _own(definition: Definition) -> tuple[Field[PaperSubject], ...]:
    middle = definition.words.middle
    return (
        Field("文号", "这份文书的编号，文书.csv 没有写字号的为空", "", lambda s: s.number),
        Field("附件名", "文书.csv 里写的附件", "", lambda s: s.attached),
        Field("报送期限", "本月台账应在哪一天以前报", "", lambda s: s.facts.due),
        Field(
            "报送期限已过",
            "报送期限过了没有",
            "是否",
            lambda s: s.facts.report.issued > s.facts.due,
        ),
        Field("欠报的", "还欠台账的报送单位", "", lambda s: owing(s.facts)),
        Field("月表", f"各月{definition.words.area}各项比率的表", "", _months),
        Field("完成的", f"各项工作都已办完的{middle}", "", _finished),
    )


def _finished(subject: PaperSubject) -> tuple[Record, ...]:
    return tuple(one for one in subject.bulletin.context["各县"] if one["全部已完成"])


_TO_SENDER: Field[PaperSubject] = Field(
    "报送单位", "文书发给的报送单位", "", lambda s: sender_record(s.facts, s.sender)
)


@dataclass(frozen=True)
class MonthTable:
    """The months up to this one with the city's rates."""

    facts: Facts

    @property
    def lines(self) -> tuple[Record, ...]:
        """Return a line for each month."""
        return tuple(Record(_LINE_FIELDS, (n, m, self)) for n, m in enumerate(self.months, 1))

    @property
    def months(self) -> list[str]:
        """Return the months with figures, oldest first."""
        return [trend.month for trend in self.facts.report.trends]

    def rates(self, month: str) -> tuple[Rate, ...]:
        """Return the city's rates of a month."""
        trend = next(t for t in self.facts.report.trends if t.month == month)
        of_city = trend.rates.get(self.facts.figures.city.name, {})
        return tuple(Rate(of_city.get(one.key)) for one in self.facts.definition.spoken)


_LINE: tuple[Field[tuple[int, str, MonthTable]], ...] = (
    Field("首列", "序号", "", lambda line: line[0]),
    Field("名称", "月份", "", lambda line: label(line[1])),
    Field("标注", "总为空", "", lambda _: ""),
    Field("各格", "各项比率", "%", lambda line: line[2].rates(line[1])),
)
_LINE_FIELDS: Mapping[str, Field[tuple[int, str, MonthTable]]] = {f.name: f for f in _LINE}
_MONTHS: tuple[Field[MonthTable], ...] = (
    Field("首列名", "第一栏的表头", "", lambda _: "序号"),
    Field("名称", "第二栏的表头", "", lambda _: "月份"),
    Field("各栏", "其余各栏的表头", "", lambda t: tuple(i.name for i in t.facts.definition.spoken)),
    Field("各月", "表中各行，一个月一行", "", lambda t: t.lines),
)
_MONTHS_FIELDS: Mapping[str, Field[MonthTable]] = {field.name: field for field in _MONTHS}


def _months(subject: PaperSubject) -> Record:
    return Record(_MONTHS_FIELDS, MonthTable(subject.facts))


@cache
def paper_fields(definition: Definition, subject: Subject) -> Mapping[str, Field[PaperSubject]]:
    """Return the names that a document's template may use: those of a bulletin, and its own."""
    of_bulletin = top_fields(definition, LEVELS[subject])
    shared = {n: Field(n, f.meaning, f.unit, _of_bulletin(n)) for n, f in of_bulletin.items()}
    more = [*_own(definition), *([_TO_SENDER] if subject == "sender" else [])]
    return {**{field.name: field for field in more}, **shared}
