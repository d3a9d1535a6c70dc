"""Senders as documents speak of them: what each owes, since when, whom to phone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flows.registered import Sender
from flows.steps.compose.coverage import treatment
from flows.steps.compose.facts import Facts
from flows.steps.model import Field, Record
from flows.steps.months import Month
from flows.steps.standings import NOT_ACCEPTED, RollCallLine
from flows.steps.timeliness import RETURNED
from flows.steps.wording.phrases import enumerated
from schemas.columns import KIND_NAMES, VERDICT_NAMES


@dataclass(frozen=True)
class OwedLedger:
    """A ledger that a sender owes: a line of the roll-call that is not accepted."""

    line: RollCallLine
    month: Month

    @property
    def since(self) -> str:
        """Return from which month on no ledger of the sender has counted, empty if none ever."""
        used = self.line.row.used
        return Month.parse(used).shifted(1).label if used and used < str(self.month) else ""

    @property
    def state(self) -> str:
        """Return in words what became of the ledger and since when."""
        verdict = VERDICT_NAMES[self.line.row.verdict]
        earlier = self.since and self.since != self.month.label
        return f"{verdict}，{self.since}起没有新数据" if earlier else verdict


_OWED: tuple[Field[OwedLedger], ...] = (
    Field("名称", "台账种类", "", lambda x: x.line.kind_name),
    Field("情况", "未报送、退回、待核实或无法读取，自哪个月起没有新数据", "", lambda x: x.state),
    Field("自何月", "自哪个月起没有新数据，从来没有的为空", "", lambda x: x.since),
    Field("及时情况", "准时、迟报几天或未报", "", lambda x: x.line.timeliness.words),
    Field("处理", "本期怎样统计", "", lambda x: treatment(x.line)),
)
OWED_FIELDS: Mapping[str, Field[OwedLedger]] = {field.name: field for field in _OWED}


@dataclass(frozen=True)
class SenderSubject:
    """A sender with the lines of the roll-call that concern it."""

    sender: Sender
    lines: Sequence[RollCallLine]
    month: Month

    @property
    def owed(self) -> list[OwedLedger]:
        """Return the ledgers that it owes."""
        return [OwedLedger(x, self.month) for x in self.lines if x.row.verdict in NOT_ACCEPTED]

    @property
    def said(self) -> str:
        """Return what it owes in words: 进度台账（未报送）."""
        return enumerated(f"{owed.line.kind_name}（{owed.state}）" for owed in self.owed)


def _sender(
    name: str, meaning: str, value: Callable[[SenderSubject], object], unit: str = ""
) -> Field[SenderSubject]:
    return Field(name, meaning, unit, value)


_SENDER: tuple[Field[SenderSubject], ...] = (
    _sender("名称", "报送单位", lambda s: s.sender.name),
    _sender("类型", "县区、企业或托管中心", lambda s: s.sender.type),
    _sender("联系人", "名录中的联系人，没有填的为空", lambda s: s.sender.contact or ""),
    _sender("电话", "名录中的电话，没有填的为空", lambda s: s.sender.phone or ""),
    _sender("邮箱", "名录中的邮箱，没有填的为空", lambda s: s.sender.mail),
    _sender("应报", "应报的台账", lambda s: tuple(KIND_NAMES[kind] for kind in s.sender.owes)),
    _sender("欠报", "还欠的台账", lambda s: tuple(Record(OWED_FIELDS, x) for x in s.owed)),
    _sender("欠报说法", "还欠哪些台账、各是什么情况，不欠的为空", lambda s: s.said),
    _sender("未报送", "是否有台账没有报送", lambda s: _has(s, "missing"), "是否"),
    _sender("退回", "是否有台账被退回或无法读取", lambda s: _has(s, *RETURNED), "是否"),
    _sender("待核实", "是否有台账待核实", lambda s: _has(s, "held"), "是否"),
)  # fmt: skip
SENDER_FIELDS: Mapping[str, Field[SenderSubject]] = {field.name: field for field in _SENDER}


def _has(subject: SenderSubject, *verdicts: str) -> bool:
    return any(line.row.verdict in verdicts for line in subject.lines)


def sender_record(facts: Facts, name: str) -> Record:
    """Return the named values of a sender; KeyError if 名录 has none of the name."""
    sender = facts.report.campaign.sender[name]
    lines = facts.calls.get(name, ())
    return Record(SENDER_FIELDS, SenderSubject(sender, lines, facts.report.month))


def owing(facts: Facts) -> tuple[Record, ...]:
    """Return the senders that owe a ledger, in the order of 名录."""
    records = (sender_record(facts, s.name) for s in facts.report.campaign.senders)
    return tuple(record for record in records if record["欠报"])
