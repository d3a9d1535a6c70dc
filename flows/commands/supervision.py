"""`bulletin supervise`: items of supervision listed, issued, answered, extended, closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.commands import console
from flows.commands.exit_codes import OK
from flows.commands.options import SupervisionStep
from flows.intake.job import Job, open_job
from flows.pipeline import supervision
from flows.steps.model import Report, SupervisionItem, UserError
from flows.steps.months import Month, in_words
from flows.steps.supervision import (
    candidates,
    item_record,
    lines_of,
    lives,
    turned_green,
)


@dataclass(frozen=True)
class Asked:
    """What is to be done about items: the step, the number, the unit, the reason, the new term."""

    step: SupervisionStep
    number: str | None
    unit: str | None
    reason: str
    until: date | None


def supervise_command(
    month: Month,
    asked: Asked,
    issued: date | None,
    campaign: Path | None,
    outputs: Path | None,
    store: str | None,
    *,
    as_json: bool,
) -> int:
    """Return the exit code; does what is asked about a month's items, then prints what there is."""
    job = open_job(month, campaign, None, outputs, issued, store).job
    done = list(_done(job, asked))
    report = supervision.month_report(job)
    if as_json:
        console.print_json({**_record(report), "done": done})
        return OK
    for line in done or _listing(report):
        console.say(line)
    if done:
        console.say(f"再运行 bulletin run {month} 后，写进简报、总览和汇总表。")
    return OK


def _done(job: Job, asked: Asked) -> Iterator[str]:
    """Yield what was done, in words; nothing for a list."""
    if asked.step == "issue":
        added, paths = supervision.issue(job, asked.unit, asked.reason)
        yield f"下发督办事项 {len(added)} 项" if added else "没有新的督办事项，已下发的编号不变"
        for event in added:
            yield f"  {SupervisionItem([event]).number}  {event.unit}  {event.measure}"
        yield from (f"  {path}" for path in paths)
    elif asked.step == "close":
        closed = supervision.close(job, asked.number, asked.reason)
        yield from (f"已销号：{_named(item)}" for item in closed)
    elif asked.step in ("reply", "extend"):
        number = _required(asked)
        if asked.step == "reply":
            yield f"已登记反馈：{_named(supervision.reply(job, number, asked.reason))}"
        else:
            item = supervision.extend(job, number, asked.until, asked.reason)
            yield f"已延期到{in_words(item.due)}：{_named(item)}"


def _required(asked: Asked) -> str:
    if asked.number is None:
        raise UserError("没有写明督办编号。请写在操作后面，如 bulletin supervise 2022-05 reply 1")
    return asked.number


def _named(item: SupervisionItem) -> str:
    return f"{item.number}（{item.issued.unit}{item.issued.measure}）"


def _listing(report: Report) -> Iterator[str]:
    """Yield the month's items with their lives, then who may become one."""
    lines = lines_of(report)
    still = [line for line in lines if line.item.closed is None]
    overdue = sum(line.is_overdue for line in still)
    yield (
        f"{report.month.label}督办事项：在办 {len(still)} 项（逾期 {overdue} 项），"
        f"本月销号 {len(lines) - len(still)} 项"
    )
    if lines:
        yield console.table(
            supervision.ITEM_COLUMNS, [supervision.item_words(line) for line in lines]
        )
    for line in lines:
        yield line.item.number
        yield from (f"  {what}：{reason}" for what, reason in lives(line.item))
    green = turned_green(report)
    if green:
        yield f"已转绿灯、可以销号：{'、'.join(map(_named, green))}"
        yield f"  核实后运行 bulletin supervise {report.month} close"
    yield from _waiting(report)


def _waiting(report: Report) -> Iterator[str]:
    found = candidates(report)
    yield f"待下发 {len(found)} 项"
    rows = [supervision.candidate_words(each) for each in found]
    if rows:
        yield console.table(supervision.CANDIDATE_COLUMNS, rows)
        yield f"  下发用 bulletin supervise {report.month} issue，只下发一个单位的加 --unit"


def _record(report: Report) -> dict[str, Any]:
    """Return the month's items and candidates as `--json` prints them."""
    names = ("编号", "责任单位", "事项", "指标", "目标", "差距", "状态", "灯", "销号原因")
    items = []
    for line in lines_of(report):
        record = item_record(line)
        items.append(
            {
                **{name: str(record[name]) for name in names},
                "期限": line.item.due.isoformat(),
                "经过": [f"{what}：{reason}" for what, reason in lives(line.item)],
            }
        )
    waiting = [
        dict(zip(supervision.CANDIDATE_COLUMNS, supervision.candidate_words(each), strict=True))
        for each in candidates(report)
    ]
    return {"month": str(report.month), "items": items, "candidates": waiting}
