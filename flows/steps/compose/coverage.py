"""The roll-call in a bulletin, and what bulletins issued before said otherwise.

Who sent nothing, whose ledger was returned, which figures stand in for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby

from flows.steps.compose.facts import Facts, label
from flows.steps.model import Correction, Entry, Field, Record
from flows.steps.months import in_words
from flows.steps.standings import RollCallLine, carried_label
from flows.steps.timeliness import RULE, rate_in_time
from flows.steps.wording.phrases import Count, Rate, enumerated, people
from schemas.definition import HOUSEHOLDS, Definition

INCOMPLETE = "部分数据未计入"
UNAFFECTED = "不影响本期统计"
MATERIAL = Fraction(1, 20)  # of a county's base; less that is carried is said by its sender


def treatment(line: RollCallLine) -> str:
    """Return which figures stand in, or what of a partly accepted ledger does not count.

    It is empty if all is well.
    """
    verdict = line.row.verdict
    if verdict == "accepted":
        return ""
    if line.basis == "other kind":
        return UNAFFECTED
    if verdict == "partly":
        return f"剔除不合格的{line.rejected}行，其余计入"
    if line.basis == "this month":
        return "按本月已通过审核的台账统计"
    if line.row.used:
        return f"沿用{label(line.row.used)}数据"
    return "本期未计入" if verdict == "missing" else "所报数据未计入"


def calls(facts: Facts, senders: Iterable[str] | None = None) -> list[RollCallLine]:
    """Return the roll-call, of some senders or of all, in the order of the registry."""
    by_sender = facts.calls
    if senders is None:
        return list(chain.from_iterable(by_sender.values()))
    places = facts.once(_places)
    known = {sender for sender in senders if sender in places}
    ordered = sorted(known, key=places.__getitem__)
    return list(chain.from_iterable(by_sender[sender] for sender in ordered))


def _places(facts: Facts) -> Mapping[str, int]:
    return {sender: place for place, sender in enumerate(facts.calls)}


_CALL: tuple[Field[RollCallLine], ...] = (
    Field("名称", "报送单位；应报两种台账的写明是哪一种", "", lambda line: line.name),
    Field("单位", "报送单位", "", lambda line: line.sender),
    Field("台账", "台账种类", "", lambda line: line.kind_name),
    Field("处理", "本期怎样统计", "", treatment),
    Field("及时情况", "准时、迟报几天或未报", "", lambda line: line.timeliness.words),
    Field("收到日期", f"{RULE}；还没有的为—", "", lambda line: line.timeliness.received),
    Field("迟报", "过了期限几天收到，如 2天，没有迟报的为空", "", lambda line: _days_late(line)),
)
CALL_FIELDS: Mapping[str, Field[RollCallLine]] = {field.name: field for field in _CALL}


def _days_late(line: RollCallLine) -> str:
    days = line.timeliness.days_late
    return f"{days}天" if days else ""


def _in_time(lines: Sequence[RollCallLine]) -> tuple[Record, ...]:
    return tuple(Record(CALL_FIELDS, line) for line in lines if line.timeliness.is_in_time)


def _late(lines: Sequence[RollCallLine]) -> tuple[Record, ...]:
    return tuple(Record(CALL_FIELDS, line) for line in lines if line.timeliness.days_late)


def _rate(lines: Sequence[RollCallLine]) -> Rate:
    return Rate(rate_in_time([line.timeliness for line in lines]))


def _with_verdict(lines: Sequence[RollCallLine], verdict: str) -> tuple[Record, ...]:
    return tuple(Record(CALL_FIELDS, line) for line in lines if line.row.verdict == verdict)


@dataclass(frozen=True)
class Request:
    """Senders who owe the same kind of ledger."""

    senders: Sequence[str]
    kind: str

    @property
    def name(self) -> str:
        """Return the senders with the kind of ledger."""
        return f"{enumerated(self.senders)}{self.kind}"


_REQUEST: tuple[Field[Request], ...] = (
    Field("名称", "报送单位和台账", "", lambda request: request.name),
    Field("单位", "报送单位", "", lambda request: enumerated(request.senders)),
    Field("台账", "台账种类", "", lambda request: request.kind),
)
REQUEST_FIELDS: Mapping[str, Field[Request]] = {field.name: field for field in _REQUEST}


def _requests(lines: Sequence[RollCallLine], *verdicts: str) -> tuple[Record, ...]:
    by_kind: dict[str, list[str]] = {}
    for line in lines:
        if line.row.verdict in verdicts:
            by_kind.setdefault(line.kind_name, []).append(line.sender)
    requests = [Request(senders, kind) for kind, senders in by_kind.items()]
    return tuple(Record(REQUEST_FIELDS, request) for request in requests)


_SAID: Mapping[str, str] = {
    "missing": "{senders}尚未报送{kind}",
    "returned": "{senders}的{kind}被退回",
    "held": "{senders}的{kind}待核实",
    "unreadable": "{senders}的{kind}无法读取",
    "partly": "{senders}的{kind}部分通过",
}


def _findings(lines: Sequence[RollCallLine]) -> tuple[str, ...]:
    """Return what became of the ledgers that were not accepted; equal outcomes are one phrase."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for verdict in _SAID:
        for line in lines:
            if line.row.verdict == verdict:
                key = verdict, line.kind_name, treatment(line)
                groups.setdefault(key, []).append(line.sender)
    phrases = []
    for (verdict, kind, treated), senders in groups.items():
        said = _SAID[verdict].format(senders=enumerated(senders), kind=kind)
        phrases.append(said if treated == UNAFFECTED else f"{said}，{treated}")
    return tuple(phrases)


_ROLL: tuple[Field[Sequence[RollCallLine]], ...] = (
    Field("应报", "应报台账的份数", "份", lambda lines: Count(len(lines), "份")),
    Field(
        "全部通过",
        "应报台账是否都已报送并通过",
        "是否",
        lambda lines: all(line.row.verdict == "accepted" for line in lines),
    ),
    Field(
        "通过",
        "通过审核的份数",
        "份",
        lambda lines: Count(len(_with_verdict(lines, "accepted")), "份"),
    ),
    Field("部分通过的", "部分通过的台账", "", lambda lines: _with_verdict(lines, "partly")),
    Field("退回的", "被退回的台账", "", lambda lines: _with_verdict(lines, "returned")),
    Field("待核实的", "等待核实的台账", "", lambda lines: _with_verdict(lines, "held")),
    Field("无法读取的", "无法读取的台账", "", lambda lines: _with_verdict(lines, "unreadable")),
    Field("未报送的", "没有报送的台账", "", lambda lines: _with_verdict(lines, "missing")),
    Field(
        "待重报的",
        "被退回和无法读取的台账",
        "",
        lambda lines: _with_verdict(lines, "returned") + _with_verdict(lines, "unreadable"),
    ),
    Field("按时的", f"按时报送的台账；{RULE}", "", _in_time),
    Field("按时", "按时报送的份数", "份", lambda lines: Count(len(_in_time(lines)), "份")),
    Field("迟报的", "过了期限才收到的台账", "", _late),
    Field("及时率", "按时报送的占应报的比例，还没有到期限的是到编制日的", "%", _rate),
    Field("说明", "没有通过的台账各是什么情况，一句一项", "", _findings),
    Field(
        "补报",
        "没有报送的，按台账种类归并",
        "",
        lambda lines: _requests(lines, "missing"),
    ),
    Field(
        "重报",
        "被退回、待核实和无法读取的，按台账种类归并",
        "",
        lambda lines: _requests(lines, "returned", "held", "unreadable"),
    ),
)
ROLL_FIELDS: Mapping[str, Field[Sequence[RollCallLine]]] = {field.name: field for field in _ROLL}


def roll(lines: Sequence[RollCallLine]) -> Record:
    """Return the named values of a roll-call."""
    return Record(ROLL_FIELDS, lines)


def remark(facts: Facts, entry: Entry) -> tuple[str, bool]:
    """Return what is to be said of an entry's figures, and whether none of them are this month's.

    There is nothing to say if all of them are.
    """
    cells = facts.cells.get(entry.name, ())
    carried = [cell for cell in cells if _key(cell) in facts.carried_cells]
    stale = len(carried) == len(cells)
    is_county = entry.name in facts.places["rank"]
    replaced = [line for line in calls(facts, [entry.name]) if line.is_replaced]
    if replaced and (stale or is_county):
        first = replaced[0]
        said = INCOMPLETE if cells and first.row.used is None else treatment(first)
        return said, stale
    if not carried:
        return "", False
    if stale:
        return carried_remark(facts, carried), True
    base = facts.definition.main
    weight = sum(cell.counts[base] for cell in carried)
    if is_county and weight < MATERIAL * entry.counts[base]:
        return "", False
    return f"部分数据{carried_remark(facts, carried, '')}", False


def carried_remark(facts: Facts, cells: Sequence[Entry], ending: str = "数据") -> str:
    """Return from which month the figures of carried cells are: 沿用2022年4月数据."""
    months = [facts.carried_cells[_key(cell)] for cell in cells]
    return f"沿用{carried_label(months)}{ending}"


def _key(cell: Entry) -> tuple[str, str]:
    return cell.county or "", cell.enterprise or ""


def _sentence(definition: Definition, corrections: Sequence[Correction]) -> str:
    parts = []
    for c in corrections:
        unit = definition.unit_of(c.count)
        decimals = 0 if c.count == HOUSEHOLDS else definition.column(c.count).decimals
        old, new = (people(Count(n, unit, decimals=decimals)) for n in (c.old, c.new))
        parts.append(f"{definition.count_name(c.count)}由{old}更正为{new}")
    return "，".join(parts)


def _causes(facts: Facts, corrections: Sequence[Correction]) -> str:
    """Return the ledgers by which figures are corrected, empty if the registry made the change.

    The city's are those of all that corrected its counties' figures.
    """
    first = corrections[0]
    causes = list(corrections)
    if first.level == "city":
        of_counties = [
            c for c in facts.report.corrections if (c.month, c.level) == (first.month, "county")
        ]
        causes = of_counties or causes
    ledgers = dict.fromkeys(
        f"{c.sender}{in_words(c.received)}" for c in causes if c.received is not None
    )
    return f"{enumerated(ledgers)}报送的台账" if ledgers else ""


_CORRECTION: tuple[Field[tuple[Facts, Sequence[Correction]]], ...] = (
    Field("月份", "原简报的月份", "", lambda pair: label(pair[1][0].month)),
    Field("名称", "数据是谁的", "", lambda pair: pair[1][0].name),
    Field("内容", "原来的数和更正后的数", "", lambda pair: _sentence(pair[0].definition, pair[1])),
    Field("依据", "更正依据的台账，名录或设置有变的为空", "", lambda pair: _causes(*pair)),
)
CORRECTION_FIELDS: Mapping[str, Field[tuple[Facts, Sequence[Correction]]]] = {
    field.name: field for field in _CORRECTION
}


def corrections(facts: Facts, wanted: Callable[[Correction], bool]) -> tuple[Record, ...]:
    """Return what issued bulletins said otherwise, by month, subject and ledger."""

    def key(c: Correction) -> tuple[str, str, str, str]:
        return c.month, c.level, c.name, c.sender

    matches = [c for c in facts.report.corrections if wanted(c)]
    return tuple(
        Record(CORRECTION_FIELDS, (facts, list(group))) for _, group in groupby(matches, key)
    )
