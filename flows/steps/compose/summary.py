"""The sentences that a leader reads first: verdict, first and last, what is wrong, what is due."""

from collections.abc import Mapping, Sequence

from flows.steps.compose.scopes import Scope
from flows.steps.compose.units import Subject, without
from flows.steps.model import Entry
from flows.steps.standings import NOT_ACCEPTED
from flows.steps.wording.numbers import percent
from flows.steps.wording.phrases import Count, enumerated, in_chinese, movement, people, points
from schemas.definition import Indicator

NAMED = 3  # members that a sentence of the summary names
PROBLEMS = 3  # of the summary
_OWED: Mapping[str, str] = {
    "missing": "尚未报送",
    "returned": "被退回",
    "held": "待核实",
    "unreadable": "无法读取",
}
_FINISHED = "已全部完成"


def members_name(scope: Scope) -> str:
    """Return what the members of a bulletin's subject are called."""
    return "单位" if scope.level == "county" else scope.facts.definition.words.middle


def works(named: Sequence[str]) -> str:
    """Return some works as a subject: 四项工作均, or the only one by its name."""
    if len(named) < 2:
        return enumerated(named)
    return f"{'两' if len(named) == 2 else in_chinese(len(named))}项工作均"


def stage_in_words(stage: str | None) -> str:
    """Return what is said of a stage: 尚未启动, 处于推进阶段, 进入实质性阶段, 已全部完成."""
    if not stage:
        return ""
    if stage.startswith("未"):
        return f"尚{stage}"
    if stage.endswith("中"):
        return f"处于{stage.removesuffix('中')}阶段"
    if stage.startswith("已"):
        return f"已全部{stage.removeprefix('已')}"
    return f"进入{stage.removesuffix('阶段')}阶段"


def names(members: Sequence[Subject], scope: Scope, most: int = NAMED) -> str:
    """Return members by name, of many the first two and their number: 甲、乙等12个单位."""
    if len(members) <= most:
        return enumerated(member.name for member in members)
    number = f"{len(members)}个{members_name(scope)}"
    if len(members) == len(scope.members):
        return f"全部{number}"
    return f"{enumerated(member.name for member in members[: most - 1])}等{number}"


def verdict(scope: Scope) -> str:
    """Return where the work is in one clause: 处于推进阶段，四项工作均滞后于序时进度."""
    unit, facts = scope.unit, scope.facts
    definition = facts.definition
    if unit.finished:
        return _FINISHED
    stage = stage_in_words(unit.entry.stage) or ("处于准备阶段" if definition.stages else "")
    days = facts.figures.pace.days_left
    if facts.before_start:
        return stage or "处于准备阶段"
    if days <= 0:
        passed = f"{definition.words.deadline}期限{'已到' if days == 0 else f'已过{-days}天'}"
        return "，".join(filter(None, (stage, passed)))
    return "，".join(filter(None, (stage, _against_pace(scope))))


def _against_pace(scope: Scope) -> str:
    """Return which works have reached 序时进度 and which have not, empty for none at all."""
    unit = scope.unit
    having = [i for i in unit.definition.spoken if unit.entry.rates[i.key] is not None]
    behind = [i.work for i in having if unit.behind(i.key)]
    pace = f"序时进度（{percent(scope.facts.figures.pace.elapsed)}）"
    every = works([i.work for i in having])
    if not behind:
        return f"{every}达到{pace}" if having else ""
    if len(behind) == len(having):
        return f"{every}滞后于{pace}"
    return f"{enumerated(behind)}滞后于{pace}"


def ends_in_words(scope: Scope) -> str:
    """Return the first and the last counties: 甲区、乙县（升1位）居前两位，丙县居末位."""
    first, last = scope.first_entries(), scope.last_entries()
    if not first or not last:
        return ""
    return f"{_end(first, scope, '前', '首位')}，{_end(last, scope, '后', '末位')}"


def _end(entries: Sequence[Entry], scope: Scope, side: str, single: str) -> str:
    named = []
    for entry in entries:
        moved = movement(scope.facts.rank_changes.get(entry.name))
        named.append(f"{entry.name}（{moved}）" if moved else entry.name)
    number = "两" if len(entries) == 2 else in_chinese(len(entries))
    return f"{enumerated(named)}居{single if len(entries) == 1 else f'{side}{number}位'}"


def not_begun(scope: Scope) -> list[Subject]:
    """Return the members that have done nothing in any indicator."""
    return [member for member in _with_work(scope) if not member.begun]


def behind_in_all(scope: Scope) -> list[Subject]:
    """Return the members behind in every indicator that they have, the furthest behind first."""
    members = [member for member in scope.members if _is_behind_in_all(member)]
    return sorted(members, key=_first_things_first)


def _is_behind_in_all(member: Subject) -> bool:
    keys = [i.key for i in _spoken(member) if member.entry.rates[i.key] is not None]
    return len(keys) > 1 and all(member.behind(key) for key in keys)


def _first_things_first(member: Subject) -> list[float]:
    return [float(i.achieved(member.entry.rates[i.key]) or 0) for i in _spoken(member)]


def _spoken(member: Subject) -> tuple[Indicator, ...]:
    return member.definition.spoken


def main_problems(scope: Scope) -> tuple[str, ...]:
    """Return what is wrong, at most three phrases, the gravest first."""
    if scope.facts.before_start:
        return ()
    idle = not_begun(scope)
    every = works([i.work for i in scope.facts.definition.spoken])
    slow = without(behind_in_all(scope), idle)
    still = [member for member in without(scope.members, idle) if member.idle]
    phrases = [
        f"{names(idle, scope)}{every}未启动" if idle else "",
        f"{names(slow, scope)}{every}{late(scope)}" if slow else "",
        "" if len(idle) == len(_with_work(scope)) else _worst(scope),
        f"{names(still, scope)}本月没有进展" if still else "",
        _ledgers(scope),
    ]
    return tuple(filter(None, phrases))[:PROBLEMS]


def _with_work(scope: Scope) -> list[Subject]:
    return [member for member in scope.members if member.has_work]


def late(scope: Scope) -> str:
    """Return what is said of whoever is behind: 滞后, after the deadline 未按期完成."""
    return "滞后" if scope.facts.figures.pace.days_left > 0 else "未按期完成"


def _worst(scope: Scope) -> str:
    """Return the indicator that is furthest behind, empty if none is."""
    tasks = [scope.unit.task(i.key) for i in scope.facts.definition.spoken]
    behind = [task for task in tasks if task.behind]
    if not behind:
        return ""
    worst = min(behind, key=lambda task: task.ahead or 0)
    work = worst.indicator.work
    if not worst.indicator.achieved(worst.rate):
        return f"{work}尚未启动"
    gap = points(worst.ahead)
    if scope.facts.figures.pace.days_left > 0:
        return f"{work}差距最大，低{gap}"
    return f"{work}差距最大，还差{gap}"


def _ledgers(scope: Scope) -> str:
    owing = [line for line in scope.calls if line.row.verdict in NOT_ACCEPTED]
    if len(owing) == 1:
        line = owing[0]
        return f"{line.sender}{line.kind_name}{_OWED[line.row.verdict]}"
    held = "、被退回或待核实" if any(x.row.verdict == "held" for x in owing) else "或被退回"
    return f"{len(owing)}份台账未报送{held}" if owing else ""


def proposals(scope: Scope) -> tuple[str, ...]:
    """Return what leaders are asked to do, at most three phrases."""
    facts, idle = scope.facts, not_begun(scope)
    if facts.before_start or scope.unit.finished or not scope.unit.has_work:
        return ()
    slow = without(behind_in_all(scope), idle)
    missing = list(dict.fromkeys(x.sender for x in scope.calls if x.row.verdict == "missing"))
    phrases = [
        f"督促{names(idle, scope)}尽快启动{facts.definition.words.action}" if idle else "",
        f"对{_slow_names(slow, scope)}重点调度" if slow else "",
        f"催促{enumerated(missing[:NAMED])}{'等单位' if len(missing) > NAMED else ''}报送台账"
        if missing
        else "",
    ]
    return tuple(filter(None, phrases))


def _slow_names(slow: Sequence[Subject], scope: Scope) -> str:
    if len(slow) <= NAMED:
        return enumerated(member.name for member in slow)
    return f"滞后的{len(slow)}个{members_name(scope)}"


def base_change(scope: Scope) -> str:
    """Return how the main base changed since last month and why, empty if it did not.

    比上月增加87人，其中新纳入甲公司77人、乙区增加10人.
    """
    change, base = scope.unit.entry.change, scope.facts.definition.main
    total = (change.counts[base] or 0) if change is not None else 0
    if not total:
        return ""
    causes = _causes(scope)
    said = f"比上月{'增加' if total > 0 else '减少'}{_in_units(scope, total)}"
    if list(causes.values()) == [total]:
        return f"{said}（{next(iter(causes)).removesuffix('增加').removesuffix('减少')}）"
    if not causes:
        return said
    whole = len(causes) <= NAMED and sum(causes.values()) == total
    shown = sorted(causes.items(), key=lambda item: -abs(item[1]))[:NAMED]
    parts = [f"{cause}{_in_units(scope, number)}" for cause, number in shown]
    return f"{said}，{'其中' if whole else '主要是'}{enumerated(parts)}"


def _in_units(scope: Scope, number: int) -> str:
    column = scope.facts.definition.column(scope.facts.definition.main)
    return people(Count(abs(number), column.unit, decimals=column.decimals))


def _causes(scope: Scope) -> dict[str, int]:
    """Return by how much each cause changed the main base: a new unit, a member."""
    causes: dict[str, int] = {}
    facts = scope.facts
    cells = facts.figures.cells if scope.level == "city" else facts.cells.get(scope.unit.name, ())
    for cell in cells:
        number, cause = _cause(cell, scope)
        if number:
            causes[cause] = causes.get(cause, 0) + number
    return causes


def _cause(cell: Entry, scope: Scope) -> tuple[int, str]:
    base = scope.facts.definition.main
    if cell.change is None:
        return cell.counts[base], f"新纳入{_member_name(cell, scope, new=True)}"
    number = cell.change.counts[base] or 0
    return number, f"{_member_name(cell, scope)}{'增加' if number > 0 else '减少'}"


def _member_name(cell: Entry, scope: Scope, *, new: bool = False) -> str:
    is_county = scope.level == "enterprise" or (scope.level == "city" and not new)
    return (cell.county if is_county else cell.enterprise) or ""
