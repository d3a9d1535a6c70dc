"""Names for templates: of the negative list, and of the score with how its points came about."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from flows.steps.assessment import Listed, Part, Score, decimal, negative_list, threatened
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
