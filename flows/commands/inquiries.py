"""`bulletin status`, `history` and `trace`: what the store knows about a month."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, TypedDict

from flows.campaign.folder import load_campaign
from flows.commands import console
from flows.commands.exit_codes import OK
from flows.commands.options import count_of
from flows.intake.job import ZONE, open_store, today
from flows.pipeline.report import correction_record, differences
from flows.pipeline.roll_call import RollCallRow, roll_call_rows
from flows.pipeline.snapshot import MonthSnapshot, load_snapshot
from flows.pipeline.trace import total_of, trace
from flows.prefect_support.workdays import calendar_gaps
from flows.settings import Campaign
from flows.steps.model import SupervisionItem, UserError, items_of
from flows.steps.months import Month, in_words
from flows.steps.store import Issue, Store, documents, issues, load_supervision
from flows.steps.supervision import lives
from flows.steps.timeliness import in_time_in_words
from schemas.amounts import in_decimals
from schemas.columns import VERDICT_NAMES
from schemas.rules import EXPLAINED_REMEDY

FOLDER = Path("campaign")
SHOWN = 40  # cells printed one by one
# what the office decides, as it is listed
DECISIONS = {"accept": "认可", "refuse": "不采纳", "return": "退回", "withdraw": "撤回"}
GROUNDS = ("month", "file", "sha256", "sender", "kind", "verdict")  # of a ledger behind an issue

JsonRecord = Mapping[str, Any]  # Any: a record of the journal as it was stored


class IssueRecord(TypedDict):
    """An issued month as `bulletin history --json` prints it."""

    month: str
    issued: str
    recorded_at: str
    ledgers: list[JsonRecord]
    documents: list[JsonRecord]
    edited: Mapping[str, Sequence[str]]
    changed: list[JsonRecord]


class ItemRecord(TypedDict):
    """A supervised item as `bulletin history --json` prints it, after the issued months."""

    supervision: str
    unit: str
    indicator: str
    steps: Sequence[Mapping[str, str]]


def _open(campaign: Path | None, store: str | None) -> tuple[Campaign, Store]:
    folder = campaign or FOLDER
    return load_campaign(folder), open_store(folder, store)


def status_command(month: Month, campaign: Path | None, store: str | None, *, as_json: bool) -> int:
    """Return the exit code; prints a month's roll-call: each ledger owed, its round and verdict."""
    settings, place = _open(campaign, store)
    snapshot = load_snapshot(place, settings, month)
    rows = roll_call_rows(snapshot)
    if as_json:
        console.print_json({"month": str(month), "ledgers": [_record(row) for row in rows]})
        return OK
    header = ("报送单位", "应报台账", "结论", "报送", "报送时间", "采用数据", "文件")
    console.say(console.table(header, [row.words for row in rows]))
    policy = settings.settings.policy
    due, each = policy.due_date(month), [row.timeliness for row in rows]
    console.say(in_time_in_words(due, today(), each))
    console.say(f"退回和待核实的，编制后{policy.reply_days}日内重报（reply_days）。")
    for line in (*_question_lines(snapshot), *_decision_lines(snapshot)):
        console.say(line)
    for gap in calendar_gaps(month.shifted(1).first_day, settings.worked):
        console.say(gap)
    return OK


def _record(row: RollCallRow) -> JsonRecord:
    came = row.timeliness
    received = came.received.isoformat() if came.received else None
    times = {"due": came.due.isoformat(), "complete": received, "days_late": came.days_late}
    return {**asdict(row), "timeliness": {"words": came.words, **times}}


def _question_lines(snapshot: MonthSnapshot) -> Iterator[str]:
    """Yield what each sender is asked and has explained, with the numbers for `--fault`."""
    for sender in snapshot.campaign.sender:
        live = [s for s in snapshot.live if s.sender == sender]
        faults = [fault for s in live for fault in snapshot.reported.get(s.id, ())]
        asked = [fault.message for fault in faults if fault.severity == "query"]
        explained = [fault.message for fault in faults if fault.remedy == EXPLAINED_REMEDY]
        for title, messages in (("待核实", asked), ("已作说明", explained)):
            if messages:
                yield f"{sender} {title}："
                yield from (f"  {number}. {text}" for number, text in enumerate(messages, 1))


def _decision_lines(snapshot: MonthSnapshot) -> Iterator[str]:
    """Yield what the office has decided about the month's ledgers, oldest first."""
    for event in snapshot.history.events:
        word = DECISIONS.get(event.action)
        if word is not None and event.month == str(snapshot.month):
            day = event.recorded_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
            yield f"{day} {word} {event.sender}：{event.reason}"


def history_command(campaign: Path | None, store: str | None, *, as_json: bool) -> int:
    """Return the exit code; prints what was issued from which ledgers, and what changed since."""
    settings, place = _open(campaign, store)
    entries = [_issue_record(place, settings, issue) for issue in issues(place)]
    items = items_of(load_supervision(place))
    if as_json:
        console.print_json([*entries, *map(_item_record, items)])
        return OK
    if not entries:
        console.say("还没有印发过简报。编制后用 bulletin issue 月份 登记印发。")
    for entry in entries:
        for line in _issue_lines(settings, entry):
            console.say(line)
    for line in chain.from_iterable(map(_item_lines, items)):
        console.say(line)
    return OK


def _item_lines(item: SupervisionItem) -> Iterator[str]:
    """Yield a supervised item in words, with each step of its life."""
    yield f"{item.number} {item.issued.unit}{item.issued.measure}"
    yield from (f"    {step}：{reason}" for step, reason in lives(item))


def _item_record(item: SupervisionItem) -> ItemRecord:
    steps = [{"step": step, "reason": reason} for step, reason in lives(item)]
    issued = item.issued
    return {
        "supervision": item.number,
        "unit": issued.unit,
        "indicator": issued.indicator,
        "steps": steps,
    }


def _issue_lines(campaign: Campaign, entry: IssueRecord) -> Iterator[str]:
    """Yield an issued month in words: its ledgers, and the figures that have changed since."""
    month, ledgers = Month.parse(entry["month"]), entry["ledgers"]
    number = campaign.number_of(month)
    yield f"{month.label}（第{number}期） {entry['issued']} 印发，{len(ledgers)} 个台账"
    for ledger in ledgers:
        carried = _carried(ledger["month"], month)
        yield f"    依据 {ledger['file']}{carried}，{VERDICT_NAMES[ledger['verdict']]}"
    yield f"    印发 {'、'.join(_counted(entry['documents']))}"
    for path, notes in entry["edited"].items():
        yield f"    手改后印发 {path}" + (f"：{'；'.join(notes)}" if notes else "")
    for change in entry["changed"]:
        by = f"{change['sender']}，{change['file']}" if change["file"] else "设置或名录有变"
        count, definition = change["count"], campaign.definition
        old, new = (
            in_decimals(change[name], definition.decimals_of(count)) for name in ("old", "new")
        )
        figure = f"{change['name']}“{definition.count_name(count)}”"
        yield f"    {figure}：印发时 {old}，现为 {new}（{by}）"


def _counted(documents: Sequence[JsonRecord]) -> Iterator[str]:
    """Yield the documents of an issue, each kind once with how many there are of it."""
    for name, count in Counter(each["document"] for each in documents).items():
        yield f"{name}{count}份"


def _carried(used: str, month: Month) -> str:
    return "" if used == str(month) else f"（沿用{Month.parse(used).label}）"


def _issue_record(store: Store, campaign: Campaign, issue: Issue) -> IssueRecord:
    now = load_snapshot(store, campaign, Month.parse(issue.month))
    files = documents(store, issue.month, [issue])
    changed = (
        []
        if now.state == issue.state
        else list(differences(issue, now.figures, now.lines, now.history, now.campaign.definition))
    )
    return {
        "month": issue.month,
        "issued": issue.issued.isoformat(),
        "recorded_at": issue.recorded_at.isoformat(timespec="seconds"),
        "ledgers": list(_grounds(issue)),
        "documents": [
            {"document": each.document, "name": each.name, "path": each.path} for each in files
        ],
        "edited": issue.edited,
        "changed": [correction_record(correction) for correction in changed],
    }


def _grounds(issue: Issue) -> Iterator[JsonRecord]:
    """Yield the ledgers that an issued month was made from, those carried forward included."""
    carried = {
        (row["used"], row["sender"], row["kind"])
        for row in issue.figures["coverage"]
        if row["used"] is not None
    }
    for ledger in issue.ledgers:
        key = (ledger["month"], ledger["sender"], ledger["kind"])
        used = key in carried and ledger["verdict"] in ("accepted", "partly")
        if not ledger.get("superseded") and (ledger["month"] == issue.month or used):
            yield {name: ledger[name] for name in GROUNDS}


def trace_command(
    month: Month, name: str, count: str, campaign: Path | None, store: str | None, *, as_json: bool
) -> int:
    """Return the exit code; prints the ledger cells that a figure comes from, and their sum."""
    settings, place = _open(campaign, store)
    count_of(count, settings.definition)
    snapshot = load_snapshot(place, settings, month)
    if not snapshot.usable:
        raise UserError(f"数据存储中没有{month.label}可用的台账。请先运行 bulletin run {month}")
    sources = trace(place, snapshot, name, count)
    total = total_of(sources)
    if as_json:
        record = {"month": str(month), "name": name, "count": count, "total": total}
        console.print_json({**record, "cells": [asdict(source) for source in sources]})
        return OK
    for source in sources[:SHOWN]:
        more = f"（等{source.more + 1}处）" if source.more else ""
        carried = _carried(source.month, month)
        console.say(f"{source.file}{carried}  {source.sheet}!{source.cell}  {source.value}{more}")
    if len(sources) > SHOWN:
        console.say(f"……另有 {len(sources) - SHOWN} 处，用 --json 可以全部列出")
    console.say(f"{in_words(month.last_day)}{name}“{count}”合计 {total}")
    return OK
