"""What the office does about units that lag: items issued, answered, extended, closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from flows.intake.job import Job
from flows.pipeline.documents import Sources, versions_of
from flows.pipeline.replies import event_of, item_numbered
from flows.pipeline.report import report_of
from flows.pipeline.snapshot import load_snapshot
from flows.pipeline.template_folders import template_folders
from flows.pipeline.trace import nearest
from flows.steps.compose.planning import documents_due
from flows.steps.files import fill_in_place
from flows.steps.model import (
    Report,
    Step,
    SupervisionEvent,
    SupervisionItem,
    SupervisionLine,
    UserError,
    items_of,
)
from flows.steps.months import in_words
from flows.steps.render import Renderer
from flows.steps.store import issue_items, load_supervision, record_supervision
from flows.steps.supervision import (
    CLOSED_BY_LIGHT,
    Candidate,
    candidates,
    item_record,
    target_in_words,
    turned_green,
)
from flows.steps.wording.phrases import points
from schemas.spellings import squeeze

ITEM_COLUMNS = ("编号", "责任单位", "指标", "立项时", "现在", "灯", "期限", "状态")
CANDIDATE_COLUMNS = ("单位", "指标", "目标", "低于应达", "红灯")


def month_report(job: Job) -> Report:
    """Return a month's report from the store; raises UserError if no ledger of it counts."""
    return _sources(job).report


def _sources(job: Job) -> Sources:
    snapshot = load_snapshot(job.store, job.campaign, job.month)
    if not snapshot.usable:
        raise UserError(
            f"数据存储中没有{job.month.label}可用的台账。请先运行 bulletin run {job.month}"
        )
    return Sources(job, snapshot, report_of(snapshot, job.issued))


def issue(job: Job, unit: str | None, reason: str) -> tuple[list[SupervisionEvent], list[str]]:
    """Return the items issued for the candidates, or those of one unit, and the files written.

    Raises UserError for a unit without a candidate and without an item of the month.
    """
    report = month_report(job)
    found = candidates(report)
    if unit is not None:
        found = _of_unit(report, found, unit)
    added = issue_items(job.store, [_draft(job, each, reason) for each in found])
    return added, write_notices(job)


def _of_unit(report: Report, found: Sequence[Candidate], unit: str) -> list[Candidate]:
    campaign = report.campaign
    registered = campaign.county_names.get(squeeze(unit)) or campaign.unit_names.get(squeeze(unit))
    chosen = [each for each in found if each.unit == (registered or unit)]
    has_item = any(
        item.issued.unit == registered and item.closed is None for item in report.supervision
    )
    if not chosen and not has_item:
        names = list(dict.fromkeys(each.unit for each in found))
        options = f"待下发的有：{'、'.join(names)}" if names else "本月没有待下发的督办事项"
        raise UserError(f"“{unit}”没有达到督办条件的指标。{nearest(unit, names)}{options}")
    return chosen


def _draft(job: Job, candidate: Candidate, reason: str) -> SupervisionEvent:
    """Return an issue without a number yet."""
    standing, policy = candidate.standing, job.campaign.settings.policy.supervision
    given = f"连续{standing.months}个月红灯"
    return replace(
        event_of(job, "issue", reason or given),
        due=job.issued + timedelta(days=policy.days),
        level=candidate.level,
        unit=candidate.unit,
        indicator=standing.indicator.key,
        measure=standing.indicator.name,
        matter=f"加快{standing.indicator.work}",
        sender=candidate.sender,
        target=target_in_words(standing),
        expected=str(standing.expected),
        done=str(standing.done),
    )


def write_notices(job: Job) -> list[str]:
    """Return the paths of the month's notices and forms, written into its folder."""
    sources, folder = _sources(job), job.outputs / str(job.month)
    due = (x for x in documents_due(sources.report) if x.line.kind == "supervision")
    files = versions_of(sources, due, Renderer(template_folders(job)))
    written, undone = fill_in_place(folder, files)
    if undone:
        raise UserError("\n".join(dict.fromkeys(undone.values())))
    return [str(path) for path in written]


def reply(job: Job, number: str, reason: str) -> SupervisionItem:
    """Return an open item with what its unit has answered otherwise than in its form."""
    return _step(job, number, "reply", reason, None)


def extend(job: Job, number: str, until: date | None, reason: str) -> SupervisionItem:
    """Return an open item with a new term; raises UserError for one that is no later."""
    if until is None:
        raise UserError("没有写明新的期限。请用 --until 写明，如 --until 2022-07-15")
    item = _open_item(job, number)
    if until <= item.due:
        raise UserError(f"{item.number}现在的期限是{in_words(item.due)}，新的期限应当更晚")
    return _step(job, number, "extend", reason, until)


def close(job: Job, number: str | None, reason: str) -> list[SupervisionItem]:
    """Return the items closed: one by number, or all whose light is green now.

    Raises UserError for an item that is not green without a reason, and if nothing is to be closed.
    """
    green = turned_green(month_report(job))
    chosen = green if number is None else [_open_item(job, number)]
    if not chosen:
        raise UserError("没有转为绿灯的督办事项。要手工销号，请写明编号和 --reason 原因")
    by_light = {item.number for item in green}
    unclear = [item.number for item in chosen if item.number not in by_light]
    if unclear and not reason.strip():
        raise UserError(f"{'、'.join(unclear)}还没有转为绿灯。要手工销号，请用 --reason 写明原因")
    return [_step(job, item.number, "close", reason or CLOSED_BY_LIGHT, None) for item in chosen]


def _step(job: Job, number: str, action: Step, reason: str, due: date | None) -> SupervisionItem:
    item = _open_item(job, number)
    if not reason.strip():
        raise UserError("没有写明原因或内容。请用 --reason 写明")
    event = replace(event_of(job, action, reason, item), due=due)
    record_supervision(job.store, [event])
    return SupervisionItem([*item.events, event])


def _open_item(job: Job, text: str) -> SupervisionItem:
    """Return the open item of a number: 督办〔2022〕1号, or 1 for the newest year's."""
    items = items_of(load_supervision(job.store))
    item = item_numbered(items, text)
    if item is None:
        known = "、".join(item.number for item in items if item.closed is None) or "没有"
        raise UserError(f"没有督办事项“{text}”。在办的：{known}")
    if item.closed is not None:
        raise UserError(f"{item.number}已于{in_words(item.closed.day)}销号，不能再改")
    return item


def candidate_words(candidate: Candidate) -> Sequence[str]:
    """Return a candidate in the words of CANDIDATE_COLUMNS."""
    standing = candidate.standing
    gap = "" if standing.gap is None else points(-standing.gap)
    months = f"连续{standing.months}个月"
    name = standing.indicator.name
    return candidate.unit, name, target_in_words(standing), gap, months


def item_words(line: SupervisionLine) -> Sequence[str]:
    """Return an item of a month in the words of ITEM_COLUMNS."""
    record = item_record(line)
    return [str(in_words(record[n]) if n == "期限" else record[n]) for n in ITEM_COLUMNS]
