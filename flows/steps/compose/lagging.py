"""Who is behind in what, in sentences for the chapter of problems."""

from collections.abc import Mapping, Sequence

from flows.steps.compose.scopes import Scope
from flows.steps.compose.summary import NAMED, behind_in_all, late, names
from flows.steps.compose.units import Subject, without
from flows.steps.wording.numbers import percent
from flows.steps.wording.phrases import enumerated, points

LISTED: Mapping[str, int] = {"city": 8, "county": 4, "enterprise": 8}  # members named in a sentence


def lagging(scope: Scope) -> tuple[str, ...]:
    """Return who is behind in what, a sentence each: in everything first, then by indicator."""
    if scope.facts.before_start:
        return ()
    slow = behind_in_all(scope)
    begun = [member for member in slow if member.begun]
    idle = [member for member in slow if not member.begun]
    phrases, most = [], LISTED[scope.level]
    if idle:
        phrases.append(f"{names(idle, scope, most)}各项工作均未启动")
    if begun:
        phrases.append(f"{names(begun, scope, most)}各项工作均{_below(scope)}{_furthest(begun)}")
    sentences = ["；".join(phrases)] if phrases else []
    rest = _rest(scope, slow)
    if rest:
        sentences.append("；".join(rest))
    return tuple(sentences)


def _below(scope: Scope) -> str:
    if scope.facts.figures.pace.days_left > 0:
        return f"低于序时进度（{percent(scope.facts.figures.pace.elapsed)}）"
    return "没有按期完成"


def _furthest(members: Sequence[Subject]) -> str:
    """Return the largest gap of some members: ，其中甲县管理职能移交差距最大，差57.18个百分点."""
    gaps = [(m.gap(i.key).value or 0, m, i) for m in members for i in m.definition.spoken]
    if len(members) == 1:
        return ""
    gap, member, indicator = max(gaps, key=lambda each: each[0])
    return f"，其中{member.name}{indicator.work}差距最大，差{points(gap)}"


def _rest(scope: Scope, slow: Sequence[Subject]) -> list[str]:
    """Return who else is behind, by indicator; indicators with the same members are one phrase."""
    groups: dict[str, list[str]] = {}
    for indicator in scope.facts.definition.spoken:
        key = indicator.key
        having = [member for member in scope.members if member.entry.rates[key] is not None]
        behind = [member for member in having if member.behind(key)]
        others = without(behind, slow)
        if others:
            groups.setdefault(_who(having, behind, others, scope), []).append(indicator.work)
    return [f"{enumerated(works)}{who}" for who, works in groups.items()]


def _who(
    having: Sequence[Subject],
    behind: Sequence[Subject],
    others: Sequence[Subject],
    scope: Scope,
) -> str:
    if len(scope.members) == 1:
        return _below(scope)
    met = without(having, behind)
    reached = "达到序时进度" if scope.facts.figures.pace.days_left > 0 else "全部完成"
    if len(met) <= NAMED and len(behind) > 2 * len(met):
        only = f"，仅{enumerated(member.name for member in met)}{reached}" if met else ""
        return f"普遍{late(scope)}{only}"
    also = "还" if len(others) < len(behind) else ""
    return f"{late(scope)}的{also}有{names(others, scope, LISTED[scope.level])}"
