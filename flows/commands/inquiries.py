"""`bulletin status`, `history` and `trace`: what the store knows about a month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.campaign.folder import load_campaign
from flows.commands import console
from flows.commands.exit_codes import OK
from flows.intake.job import open_store
from flows.pipeline.report import correction_record, differences
from flows.pipeline.snapshot import MonthSnapshot, load_snapshot
from flows.pipeline.trace import total_of, trace
from flows.settings import Campaign
from flows.steps.model import Submission, UserError
from flows.steps.months import Month, in_words
from flows.steps.store import Issue, Store, issues
from schemas.columns import KIND_NAMES, VERDICT_NAMES, count_name

FOLDER = Path("campaign")
SHOWN = 40  # cells printed one by one


def _open(campaign: Path | None, store: str | None) -> tuple[Campaign, Store]:
    folder = campaign or FOLDER
    return load_campaign(folder), open_store(folder, store)


def status_command(month: Month, campaign: Path | None, store: str | None, *, as_json: bool) -> int:
    """Return the exit code; prints a month's roll-call: each ledger owed, its round and verdict."""
    settings, place = _open(campaign, store)
    view = load_snapshot(place, settings, month)
    issued = [issue for issue in issues(place) if issue.month == str(month)][:1]
    rows = [
        _status(view, row.sender, row.kind, row.verdict, row.used, issued)
        for row in view.figures.coverage
    ]
    if as_json:
        console.print_json({"month": str(month), "ledgers": rows})
        return OK
    shown = [
        (
            r["sender"],
            KIND_NAMES[r["kind"]],
            VERDICT_NAMES[r["verdict"]],
            f"第{r['round']}次" if r["round"] else "—",
            "迟报" if r["late"] else "",
            r["used"] or "—",
            r["file"] or "",
        )
        for r in rows
    ]
    console.say(
        console.table(("报送单位", "应报台账", "结论", "报送", "时限", "采用数据", "文件"), shown)
    )
    return OK


def _status(
    view: MonthSnapshot,
    sender: str,
    kind: Any,
    verdict: str,
    used: str | None,
    issued: Sequence[Issue],
) -> dict[str, Any]:
    own = [
        s for s in view.submissions if (s.sender or s.likely) == sender and s.kind in (kind, None)
    ]
    newest: Submission | None = own[-1] if own else None
    late = bool(issued) and (
        newest is None or min(s.recorded_at for s in own) > issued[0].recorded_at
    )
    return {
        "sender": sender,
        "kind": kind,
        "verdict": verdict,
        "round": len(own),
        "late": late,
        "used": used,
        "file": newest.file if newest else None,
        "received": newest.issued.isoformat() if newest else None,
    }


def history_command(campaign: Path | None, store: str | None, *, as_json: bool) -> int:
    """Return the exit code; prints what was issued from which ledgers, and what changed since."""
    settings, place = _open(campaign, store)
    entries = [_issued(place, settings, issue) for issue in issues(place)]
    if as_json:
        console.print_json(entries)
        return OK
    if not entries:
        console.say("还没有印发过简报。编制后用 bulletin issue 月份 登记印发。")
    for entry in entries:
        month = Month.parse(entry["month"])
        number, ledgers = settings.number_of(month), len(entry["ledgers"])
        console.say(f"{month.label}（第{number}期） {entry['issued']} 印发，{ledgers} 个台账")
        for ledger in entry["ledgers"]:
            carried = (
                f"（沿用{Month.parse(ledger['month']).label}）"
                if ledger["month"] != entry["month"]
                else ""
            )
            console.say(f"    依据 {ledger['file']}{carried}，{VERDICT_NAMES[ledger['verdict']]}")
        for c in entry["changed"]:
            by = f"{c['sender']}，{c['file']}" if c["file"] else "设置或名录有变"
            figure = f"{c['name']}“{count_name(c['count'])}”"
            console.say(f"    {figure}：印发时 {c['old']}，现为 {c['new']}（{by}）")
    return OK


def _issued(store: Store, campaign: Campaign, issue: Issue) -> dict[str, Any]:
    view = load_snapshot(store, campaign, Month.parse(issue.month))
    changed = (
        []
        if view.state == issue.state
        else [
            correction_record(c) for c in differences(issue, view.figures, view.lines, view.history)
        ]
    )
    return {
        "month": issue.month,
        "issued": issue.issued.isoformat(),
        "recorded_at": issue.recorded_at.isoformat(timespec="seconds"),
        "ledgers": list(_grounds(issue)),
        "changed": changed,
    }


def _grounds(issue: Issue) -> Iterator[Mapping[str, Any]]:
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
            yield {
                name: ledger[name]
                for name in ("month", "file", "sha256", "sender", "kind", "verdict")
            }


def trace_command(
    month: Month, name: str, count: str, campaign: Path | None, store: str | None, *, as_json: bool
) -> int:
    """Return the exit code; prints the ledger cells that a figure comes from, and their sum."""
    settings, place = _open(campaign, store)
    view = load_snapshot(place, settings, month)
    if not view.usable:
        raise UserError(f"数据存储中没有{month.label}可用的台账。请先运行 bulletin run {month}")
    sources = trace(place, view, name, count)
    if as_json:
        cells = [asdict(source) for source in sources]
        console.print_json(
            {
                "month": str(month),
                "name": name,
                "count": count,
                "total": total_of(sources),
                "cells": cells,
            }
        )
        return OK
    for source in sources[:SHOWN]:
        more = f"（等{source.more + 1}处）" if source.more else ""
        carried = f"（沿用{Month.parse(source.month).label}）" if source.month != str(month) else ""
        console.say(f"{source.file}{carried}  {source.sheet}!{source.cell}  {source.value}{more}")
    if len(sources) > SHOWN:
        console.say(f"……另有 {len(sources) - SHOWN} 处，用 --json 可以全部列出")
    console.say(f"{in_words(month.last_day)}{name}“{count}”合计 {total_of(sources)}")
    return OK
