"""Names for templates: of the negative list, and of the score with how its points came about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from flows.steps.assessment import PASS, Listed, Part, Score, decimal, negative_list, threatened
from flows.steps.compose.facts import Facts
from flows.steps.compose.scopes import Scope
from flows.steps.compose.target_fields import scores_by_county
from flows.steps.model import Field, Record
from flows.steps.months import in_words
from flows.steps.wording.numbers import percent
from flows.steps.wording.phrases import Place, Rate, enumerated
from schemas.definition import Definition

_LISTED: tuple[Field[Listed], ...] = (
    Field("名称", "县（市、区）名称", "", lambda x: x.county.name),
    Field("指标", "哪一项指标", "", lambda x: x.indicator.name),
    Field("应完成", "到截止日应完成的比例", "%", lambda x: Rate(x.below)),
    Field("截止日", "到哪一天", "", lambda x: x.bar.by),
    Field("完成", "现已完成的比例", "%", lambda x: Rate(x.share)),
    Field("预计", "按近期进度到截止日完成的比例，截止日已到的为—", "%", lambda x: Rate(x.ahead)),
    Field("扣分", "扣几分", "分", lambda x: decimal(Fraction(x.bar.points))),
    Field("说法", "完成多少、低于多少", "", lambda x: _said(x)),
)
LISTED_FIELDS: Mapping[str, Field[Listed]] = {field.name: field for field in _LISTED}
_PART: tuple[Field[Part], ...] = (
    Field("名称", "项目：指标、负面清单、迟报、退回", "", lambda p: p.name),
    Field("分值", "满分，扣分的为—", "分", lambda p: decimal(p.weight) if p.weight else None),
    Field("得分", "得几分，扣分的为负", "分", lambda p: decimal(p.points)),
    Field("说明", "怎样算出来的", "", lambda p: p.reason),
)  # fmt: skip
PART_FIELDS: Mapping[str, Field[Part]] = {field.name: field for field in _PART}
_SCORE: tuple[Field[Score], ...] = (
    Field("名称", "县（市、区）名称", "", lambda s: s.county.name),
    Field("名次", "按得分排的名次，与简报的名次无关", "", lambda s: Place(s.place)),
    Field("得分", "总分", "分", lambda s: decimal(s.total)),
    Field("各项", "各项得分和扣分", "", lambda s: tuple(Record(PART_FIELDS, p) for p in s.parts)),
)
SCORE_FIELDS: Mapping[str, Field[Score]] = {field.name: field for field in _SCORE}


@dataclass(frozen=True)
class ScoreTable:
    """The scores with the points of each indicator, what is deducted, and the sum."""

    definition: Definition
    scores: Sequence[Score]

    @property
    def heads(self) -> tuple[str, ...]:
        """Return the heads of the columns after the county's name."""
        return (*(p.name for p in _given(self.scores[0])), "扣分", "得分") if self.scores else ()

    def cells(self, score: Score) -> tuple[str, ...]:
        """Return a county's points by column; what is deducted is negative, 0 where nothing is."""
        given = _given(score)
        taken = score.total - sum(part.points for part in given)
        return tuple(map(decimal, (*(part.points for part in given), taken, score.total)))


def _given(score: Score) -> list[Part]:
    return [part for part in score.parts if part.weight is not None]


_ROW: tuple[Field[tuple[ScoreTable, Score]], ...] = (
    Field("首列", "名次", "", lambda row: Place(row[1].place)),
    Field("名称", "县（市、区）名称", "", lambda row: row[1].county.name),
    Field("标注", "总为空", "", lambda _: ""),
    Field("各格", "各项得分、扣分和总分", "分", lambda row: row[0].cells(row[1])),
)
_ROW_FIELDS: Mapping[str, Field[tuple[ScoreTable, Score]]] = {field.name: field for field in _ROW}
_TABLE: tuple[Field[ScoreTable], ...] = (
    Field("首列名", "第一栏的表头", "", lambda _: "名次"),
    Field("名称", "第二栏的表头", "", lambda t: t.definition.words.middle),
    Field("各栏", "其余各栏的表头：各项指标、扣分、得分", "", lambda t: t.heads),
    Field("各县得分", "表中各行，由高到低", "", lambda t: _rows(t)),
)
_TABLE_FIELDS: Mapping[str, Field[ScoreTable]] = {field.name: field for field in _TABLE}
_REASON: tuple[Field[tuple[Score, Part]], ...] = (
    Field("名称", "县（市、区）名称", "", lambda x: x[0].county.name),
    Field("项目", "指标、负面清单、迟报、退回", "", lambda x: x[1].name),
    Field("得分", "得几分，扣分的为负", "分", lambda x: decimal(x[1].points)),
    Field("说明", "怎样算出来的", "", lambda x: x[1].reason),
)
_REASON_FIELDS: Mapping[str, Field[tuple[Score, Part]]] = {field.name: field for field in _REASON}


def _rows(table: ScoreTable) -> tuple[Record, ...]:
    return tuple(Record(_ROW_FIELDS, (table, score)) for score in table.scores)


def _reasons(facts: Facts) -> tuple[Record, ...]:
    """Return a line for each part of each score."""
    scores = facts.once(scores_by_county).values()
    parts = chain.from_iterable(((score, part) for part in score.parts) for score in scores)
    return tuple(Record(_REASON_FIELDS, pair) for pair in parts)


def _table(facts: Facts) -> Record:
    scores = tuple(facts.once(scores_by_county).values())
    return Record(_TABLE_FIELDS, ScoreTable(facts.definition, scores))


METHODS = {
    "share": "各项按完成与应达（有目标的按目标，没有的按序时进度）之比计分，超过的按满分计",
    "efficacy": f"各项按功效系数计分，最低的得{PASS}%，最高的得满分，其余按比例",
}


def _method(facts: Facts) -> str:
    """Return how points are given and taken."""
    assessment, words = facts.settings.assessment, facts.definition.words
    names = facts.definition.rate_names
    worth = "、".join(
        f"{names.get(key, key)}{decimal(Fraction(weight))}分"
        for key, weight in assessment.weights.items()
    )
    full = decimal(sum(map(Fraction, assessment.weights.values()), Fraction(0)))
    taken = [
        f"{what}扣{decimal(Fraction(points))}分"
        for what, points in (
            ("台账迟报、过期未报一次", assessment.late),
            ("台账退回一次", assessment.returned),
        )
        if points
    ]
    listed = ["列入负面清单的按条扣分"] if any(bar.points for bar in assessment.negative) else []
    given = f"对各{words.middle}计分，满分{full}分：{worth}。{METHODS[assessment.method]}"
    return "；".join([given, *listed, *taken])


def _said(listed: Listed) -> str:
    """Return why a county is on the list, or will be: 协议签订完成55.00%，低于60.00%."""
    work, below = listed.indicator.work, percent(listed.below)
    if listed.ahead is None:
        return f"{work}完成{percent(listed.share)}，低于{below}"
    return f"到{in_words(listed.bar.by)}{work}预计完成{percent(listed.ahead)}，低于{below}"


def _by_bar(listed: Sequence[Listed]) -> str:
    """Return a list in words, bar by bar: 协议签订完成不到80.00%的有甲区（77.87%）."""
    by_bar: dict[str, list[str]] = {}
    for each in listed:
        day = "" if each.ahead is None else f"到{in_words(each.bar.by)}"
        head = f"{day}{each.indicator.work}完成不到{percent(each.below)}的有"
        share = each.share if each.ahead is None else each.ahead
        by_bar.setdefault(head, []).append(f"{each.county.name}（{percent(share)}）")
    return "；".join(f"{head}{enumerated(names)}" for head, names in by_bar.items())


def assessment_fields(definition: Definition) -> Iterator[Field[Scope]]:
    """Yield the names of the negative list and of the scores."""
    middle = definition.words.middle
    yield Field(
        "负面清单",
        f"[assessment] 定的截止日已到、完成不够的{middle}，一项一条",
        "",
        lambda s: _records(s.facts.once(_listed)),
    )
    yield Field(
        "将列入负面清单的",
        f"按近期进度到截止日完成不够的{middle}，一项一条",
        "",
        lambda s: _records(s.facts.once(_threatened)),
    )
    yield Field(
        "负面清单说法",
        "负面清单写成的话，同一项的在一起",
        "",
        lambda s: _by_bar(s.facts.once(_listed)),
    )
    yield Field(
        "将列入负面清单的说法",
        "将列入的写成的话，同一项的在一起",
        "",
        lambda s: _by_bar(s.facts.once(_threatened)),
    )
    yield Field(
        "计分办法",
        "[assessment] 定的各项分值、怎样计分、怎样扣分",
        "",
        lambda s: s.facts.once(_method) if s.facts.settings.assessment.weights else "",
    )
    yield Field(
        "得分表", f"各{middle}的得分，一项一栏，另有扣分和总分", "", lambda s: s.facts.once(_table)
    )
    yield Field("得分由来", "每一分怎样得出，一项一行", "", lambda s: s.facts.once(_reasons))
    yield Field(
        "考核得分",
        f"各{middle}的得分，由高到低；[assessment] 没有写 weights 的为空",
        "",
        lambda s: tuple(
            Record(SCORE_FIELDS, score) for score in s.facts.once(scores_by_county).values()
        ),
    )


def _records(listed: Sequence[Listed]) -> tuple[Record, ...]:
    return tuple(Record(LISTED_FIELDS, each) for each in listed)


def _listed(facts: Facts) -> Sequence[Listed]:
    return negative_list(facts.report)


def _threatened(facts: Facts) -> Sequence[Listed]:
    return threatened(facts.report)
