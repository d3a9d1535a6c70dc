"""The roll-call in a bulletin: who sent nothing, who was sent back, which figures stand in; and what issued bulletins said otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flows.steps.compose.facts import Facts, label
from flows.steps.compose.units import COLUMNS
from flows.steps.model import Correction, Coverage, Entry, Field, Record
from flows.steps.months import in_words
from flows.steps.wording.phrases import Count
from schemas.columns import HOUSEHOLDS, KIND_NAMES, count_name

BAD = ("returned", "unreadable", "missing")
INCOMPLETE = "部分数据未计入"


@dataclass(frozen=True)
class RollCallLine:
    """A line of the roll-call: a sender, a kind of ledger owed, and whether the sender owes more than one kind."""

    row: Coverage
    facts: Facts
    several: bool

    @property
    def name(self) -> str:
        """Return the sender, with the kind of ledger where it owes several."""
        return f"{self.row.sender}{KIND_NAMES[self.row.kind]}" if self.several else self.row.sender

    @property
    def counts(self) -> bool:
        """Return whether the sender's figures are taken from this kind of ledger: a roster beside a progress ledger only confirms it."""
        if self.row.kind == "progress" or self.row.used is not None:
            return True
        sent = any(
            x.sender == self.row.sender and x.kind == "progress" for x in self.facts.report.ledgers
        )
        return not sent and not self.several

    @property
    def treatment(self) -> str:
        """Return which figures stand in; for a partly accepted ledger how much of it does not count; empty where all is well."""
        row, month = self.row, self.facts.figures.month
        if row.verdict == "accepted":
            return ""
        if not self.counts:
            return "不影响本期统计"
        if row.verdict == "partly":
            return f"剔除不合格的{self._rejected()}行，其余计入"
        if row.used == month:
            return "按本月已通过审核的台账统计"
        if row.used:
            return f"沿用{label(row.used)}数据"
        return "本期未计入" if row.verdict == "missing" else "所报数据未计入"

    def _rejected(self) -> int:
        own = [
            x
            for x in self.facts.report.live
            if x.sender == self.row.sender and x.kind == self.row.kind
        ]
        return sum(x.rejected for x in own if x.verdict == "partly")


def calls(facts: Facts, senders: Iterable[str] | None = None) -> list[RollCallLine]:
    """Return the roll-call, of some senders or of all."""
    owed, places = facts.owed, facts.kept(_places)
    wanted = (
        owed
        if senders is None
        else sorted({s for s in senders if s in places}, key=places.__getitem__)
    )
    return [
        RollCallLine(row, facts, len(owed[sender]) > 1) for sender in wanted for row in owed[sender]
    ]


def _places(facts: Facts) -> Mapping[str, int]:
    return {sender: place for place, sender in enumerate(facts.owed)}


_CALL = (
    Field("名称", "报送单位；应报两种台账的写明是哪一种", "", lambda c: c.name),
    Field("单位", "报送单位", "", lambda c: c.row.sender),
    Field("台账", "台账种类", "", lambda c: KIND_NAMES[c.row.kind]),
    Field("处理", "本期怎样统计", "", lambda c: c.treatment),
)
CALL_FIELDS: Mapping[str, Field] = {field.name: field for field in _CALL}


def _listed(found: Sequence[RollCallLine], verdict: str) -> tuple[Record, ...]:
    return tuple(Record(CALL_FIELDS, c) for c in found if c.row.verdict == verdict)


_ROLL = (
    Field("应报", "应报台账的份数", "份", lambda f: Count(len(f), "份")),
    Field(
        "全部通过",
        "应报台账是否都已报送并通过",
        "是否",
        lambda f: all(c.row.verdict == "accepted" for c in f),
    ),
    Field("通过", "通过审核的份数", "份", lambda f: Count(len(_listed(f, "accepted")), "份")),
    Field("部分通过的", "部分通过的台账", "", lambda f: _listed(f, "partly")),
    Field("退回的", "被退回的台账", "", lambda f: _listed(f, "returned")),
    Field("无法读取的", "无法读取的台账", "", lambda f: _listed(f, "unreadable")),
    Field("未报送的", "没有报送的台账", "", lambda f: _listed(f, "missing")),
    Field(
        "待重报的",
        "被退回和无法读取的台账",
        "",
        lambda f: _listed(f, "returned") + _listed(f, "unreadable"),
    ),
)
ROLL_FIELDS: Mapping[str, Field] = {field.name: field for field in _ROLL}


def roll(found: Sequence[RollCallLine]) -> Record:
    """Return the named values of a roll-call."""
    return Record(ROLL_FIELDS, found)


def remark(facts: Facts, entry: Entry) -> tuple[str, bool]:
    """Return what is to be said of an entry whose figures are not all this month's, empty where they are; and whether none are."""
    cells = facts.cells.get(entry.name, ())
    old = [c for c in cells if (c.county, c.enterprise) in facts.carried_cells]
    whole = len(old) == len(cells)
    own = [
        c
        for c in calls(facts, [entry.name])
        if c.counts and c.row.verdict in BAD and c.row.used != facts.figures.month
    ]
    if own and (whole or entry.name in facts.places["rank"]):
        return (INCOMPLETE if cells and own[0].row.used is None else own[0].treatment), whole
    if not old:
        return "", False
    return ("沿用以前月份数据" if whole else "部分数据沿用以前月份"), whole


def _sentence(corrections: Sequence[Correction]) -> str:
    parts = []
    for c in corrections:
        unit = "户" if c.count == HOUSEHOLDS else COLUMNS[c.count].unit
        parts.append(f"{count_name(c.count)}由{c.old}{unit}更正为{c.new}{unit}")
    return "，".join(parts)


def _causes(facts: Facts, corrections: Sequence[Correction]) -> str:
    """Return by which ledgers figures are corrected: those of the city by all that corrected its counties'; else what else changed."""
    first = corrections[0]
    inside = [
        c
        for c in facts.report.corrections
        if first.level == "city" and (c.month, c.level) == (first.month, "county")
    ]
    ledgers = dict.fromkeys(
        f"{c.sender}{in_words(c.received)}" for c in inside or corrections if c.received is not None
    )
    return "、".join(ledgers) + "报送的台账" if ledgers else "调整后的工作设置或名录"


_CORRECTION = (
    Field("月份", "原简报的月份", "", lambda pair: label(pair[1][0].month)),
    Field("名称", "数据是谁的", "", lambda pair: pair[1][0].name),
    Field("内容", "原来的数和更正后的数", "", lambda pair: _sentence(pair[1])),
    Field("依据", "更正依据的台账", "", lambda pair: _causes(*pair)),
)
CORRECTION_FIELDS: Mapping[str, Field] = {field.name: field for field in _CORRECTION}


def corrections(facts: Facts, wanted: Any) -> tuple[Record, ...]:
    """Return what issued bulletins said otherwise, of those `wanted`, together for each month, unit and ledger."""

    def key(c: Correction) -> tuple[str, str, str, str]:
        return c.month, c.level, c.name, c.sender

    found = [c for c in facts.report.corrections if wanted(c)]
    return tuple(
        Record(CORRECTION_FIELDS, (facts, list(group))) for _, group in groupby(found, key)
    )
