"""The sentences that a leader reads first: verdict, first and last, what is wrong, what is due."""

from collections.abc import Iterable, Mapping, Sequence

from flows.steps.compose.scopes import Scope
from flows.steps.compose.units import Subject, work_name
from flows.steps.model import Entry
from flows.steps.standings import NOT_ACCEPTED
from flows.steps.wording.numbers import percent
from flows.steps.wording.phrases import enumerated, in_chinese, movement, points
from schemas.columns import CUMULATIVE, RATE_NAMES

NAMED = 3  # members that a sentence of the summary names
PROBLEMS = 3  # of the summary
MEMBERS: Mapping[str, str] = {
    "city": "县（市、区）",
    "county": "单位",
    "enterprise": "县（市、区）",
}
_OWED: Mapping[str, str] = {
    "missing": "未按时报送",
    "returned": "被退回",
    "held": "待核实",
    "unreadable": "无法读取",
}
_STAGES: Mapping[str | None, str] = {
    "未启动": "尚未启动",
    "推进中": "处于推进阶段",
    "实质性阶段": "进入实质性阶段",
    "已完成": "已全部完成",
}


def names(members: Sequence[Subject], scope: Scope, most: int = NAMED) -> str:
    """Return members by name, of many the first two and their number: 甲、乙等12个单位."""
    if len(members) <= most:
        return enumerated(member.name for member in members)
    number = f"{len(members)}个{MEMBERS[scope.level]}"
    if len(members) == len(scope.members):
        return f"全部{number}"
    return f"{enumerated(member.name for member in members[: most - 1])}等{number}"


def verdict(scope: Scope) -> str:
    """Return where the handover is in one clause: 处于推进阶段，四项工作均滞后于序时进度."""
    unit, facts = scope.unit, scope.facts
    if unit.finished:
        return _STAGES["已完成"]
    stage = _STAGES.get(unit.entry.stage, "处于准备阶段")
    days = facts.figures.pace.days_left
    if facts.before_start:
        return stage
    if days <= 0:
        return f"{stage}，交接期限{'已到' if days == 0 else f'已过{-days}天'}"
    tasks = {key: unit.task(key) for key in RATE_NAMES if unit.entry.rates[key] is not None}
    behind = [key for key, task in tasks.items() if task.behind]
    pace = f"序时进度（{percent(facts.figures.pace.elapsed)}）"
    every = f"{in_chinese(len(tasks))}项工作均" if len(tasks) > 1 else enumerated(work_names(tasks))
    if not behind:
        return f"{stage}，{every}达到{pace}"
    if len(behind) == len(tasks):
        return f"{stage}，{every}滞后于{pace}"
    return f"{stage}，{enumerated(work_names(behind))}滞后于{pace}"


def work_names(keys: Iterable[str]) -> list[str]:
    """Return what indicators are called as pieces of work."""
    return [work_name(key) for key in keys]


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
    members = _with_retirees(scope)
    return [m for m in members if not any(m.entry.counts[name] for name in CUMULATIVE)]


def behind_in_all(scope: Scope) -> list[Subject]:
    """Return the members behind in every indicator that they have, the furthest behind first."""
    members = [member for member in scope.members if _is_behind_in_all(member)]
    return sorted(members, key=_agreement_first)


def _is_behind_in_all(member: Subject) -> bool:
    keys = [key for key in RATE_NAMES if member.entry.rates[key] is not None]
    return len(keys) > 1 and all(member.behind(key) for key in keys)


def _agreement_first(member: Subject) -> list[float]:
    return [float(member.entry.rates[key] or 0) for key in RATE_NAMES]


def main_problems(scope: Scope) -> tuple[str, ...]:
    """Return what is wrong, at most three phrases, the gravest first."""
    if scope.facts.before_start:
        return ()
    idle = not_begun(scope)
    slow = [member for member in behind_in_all(scope) if member not in idle]
    still = [member for member in scope.members if member.idle and member not in idle]
    phrases = [
        f"{names(idle, scope)}四项工作均未启动" if idle else "",
        f"{names(slow, scope)}四项工作均{late(scope)}" if slow else "",
        "" if len(idle) == len(_with_retirees(scope)) else _worst(scope),
        f"{names(still, scope)}本月没有进展" if still else "",
        _ledgers(scope),
    ]
    return tuple(filter(None, phrases))[:PROBLEMS]


def _with_retirees(scope: Scope) -> list[Subject]:
    return [member for member in scope.members if member.entry.counts["retirees"]]


def late(scope: Scope) -> str:
    """Return what is said of whoever is behind: 滞后, after the deadline 未按期完成."""
    return "滞后" if scope.facts.figures.pace.days_left > 0 else "未按期完成"


def _worst(scope: Scope) -> str:
    """Return the indicator that is furthest behind, empty if none is."""
    tasks = [scope.unit.task(key) for key in RATE_NAMES]
    behind = [task for task in tasks if task.behind]
    if not behind:
        return ""
    worst = min(behind, key=lambda task: task.ahead or 0)
    if not worst.rate:
        return f"{work_name(worst.name)}尚未启动"
    gap = points(worst.ahead)
    if scope.facts.figures.pace.days_left > 0:
        return f"{work_name(worst.name)}差距最大，低{gap}"
    return f"{work_name(worst.name)}差距最大，还差{gap}"


def _ledgers(scope: Scope) -> str:
    owing = [line for line in scope.calls if line.row.verdict in NOT_ACCEPTED]
    if len(owing) == 1:
        line = owing[0]
        return f"{line.sender}{line.kind_name}{_OWED[line.row.verdict]}"
    return f"{len(owing)}份台账未报送或被退回" if owing else ""


def proposals(scope: Scope) -> tuple[str, ...]:
    """Return what leaders are asked to do, at most three phrases."""
    facts, idle = scope.facts, not_begun(scope)
    if facts.before_start or scope.unit.finished or not scope.unit.entry.counts["retirees"]:
        return ()
    slow = [member for member in behind_in_all(scope) if member not in idle]
    missing = list(dict.fromkeys(x.sender for x in scope.calls if x.row.verdict == "missing"))
    phrases = [
        f"督促{names(idle, scope)}尽快启动移交" if idle else "",
        f"对{_slow_names(slow, scope)}重点调度" if slow else "",
        f"催促{enumerated(missing[:NAMED])}{'等单位' if len(missing) > NAMED else ''}补报台账"
        if missing
        else "",
    ]
    return tuple(filter(None, phrases))


def _slow_names(slow: Sequence[Subject], scope: Scope) -> str:
    if len(slow) <= NAMED:
        return enumerated(member.name for member in slow)
    return f"滞后的{len(slow)}个{MEMBERS[scope.level]}"


def base_change(scope: Scope) -> str:
    """Return how the number of retirees changed since last month and why, empty if it did not.

    比上月增加87人，其中新纳入甲公司77人、乙区增加10人.
    """
    change = scope.unit.entry.change
    if change is None or not change.counts["retirees"]:
        return ""
    causes = _causes(scope)
    total = change.counts["retirees"]
    said = f"比上月{'增加' if total > 0 else '减少'}{abs(total)}人"
    if list(causes.values()) == [total]:
        return f"{said}（{next(iter(causes)).removesuffix('增加').removesuffix('减少')}）"
    if not causes:
        return said
    whole = len(causes) <= NAMED and sum(causes.values()) == total
    shown = sorted(causes.items(), key=lambda item: -abs(item[1]))[:NAMED]
    parts = [f"{cause}{abs(number)}人" for cause, number in shown]
    return f"{said}，{'其中' if whole else '主要是'}{enumerated(parts)}"


def _causes(scope: Scope) -> dict[str, int]:
    """Return by how many retirees each cause changed the base: a new enterprise, a member."""
    causes: dict[str, int] = {}
    facts = scope.facts
    cells = facts.figures.cells if scope.level == "city" else facts.cells.get(scope.unit.name, ())
    for cell in cells:
        number, cause = _cause(cell, scope)
        if number:
            causes[cause] = causes.get(cause, 0) + number
    return causes


def _cause(cell: Entry, scope: Scope) -> tuple[int, str]:
    if cell.change is None:
        return cell.counts["retirees"], f"新纳入{_member_name(cell, scope, new=True)}"
    number = cell.change.counts["retirees"]
    return number, f"{_member_name(cell, scope)}{'增加' if number > 0 else '减少'}"


def _member_name(cell: Entry, scope: Scope, *, new: bool = False) -> str:
    is_county = scope.level == "enterprise" or (scope.level == "city" and not new)
    return (cell.county if is_county else cell.enterprise) or ""
