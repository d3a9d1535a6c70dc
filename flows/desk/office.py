"""The office's pages: what is looked at."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import Response, StreamingResponse

from flows.desk.action_log import ActionLog
from flows.desk.figures_view import rate_way, way_down
from flows.desk.month_view import month_view
from flows.desk.settings_books import settings_rows
from flows.desk.template_view import copy_of, is_own, look_at, templates_of
from flows.desk.web import (
    attachment,
    batch_of,
    chosen_file,
    desk_of,
    files_below,
    month_of,
    page,
    see,
    signed_in,
    zipped,
)
from flows.desk.working import Desk
from flows.intake.job import ZONE, open_store
from flows.pipeline.roll_call import outstanding
from flows.steps.model import UserError
from flows.steps.overview.ways import RATE, level_tables, movers
from flows.steps.store import load_journal
from flows.steps.wording.moved import moved_totals

router = APIRouter(prefix="/office", dependencies=[Depends(signed_in)])
PAUSE = 0.5  # seconds between two looks at a run
FOLDERS = {
    "bulletins": "简报",
    "documents": "其他文书",
    "returns": "退回材料和回执",
    "forms": "填报表",
    "outbox": "邮件",
}


@router.get("")
def start(request: Request) -> Response:
    """Return the way to the newest month that has ledgers, else to last month."""
    desk = desk_of(request)
    months = desk.months()
    begun = [m for m in months if (desk.ledgers / str(m)).is_dir()]
    return see(f"/office/{(begun or months)[0]}")


@router.get("/settings")
def settings(request: Request) -> Response:
    """Return the campaign's files, to be taken away and put back."""
    desk = desk_of(request)
    return settings_page(request, desk, 200, [], "")


def settings_page(
    request: Request, desk: Desk, status: int, faults: Sequence[str], wrong: str
) -> Response:
    """Return the settings; `faults` are those of the file `wrong`, which was not put back."""
    former = sorted(files_below(desk.former_settings()), reverse=True)
    values = {"files": settings_rows(desk), "former": former}
    return page(request, "settings.html", status, faults=faults, wrong=wrong, **values)


@router.get("/settings/former")
def former_file(request: Request, name: str) -> Response:
    """Return a file as it was before another took its place."""
    return chosen_file(files_below(desk_of(request).former_settings()), name)


@router.get("/settings/file")
def settings_file(request: Request, name: str) -> Response:
    """Return one of the campaign's files to take away."""
    files = desk_of(request).settings_files()
    if name not in files:
        raise HTTPException(404, "没有这个文件")
    return attachment(name.rpartition("/")[2], files[name])


@router.get("/templates")
def templates(request: Request, name: str = "") -> Response:
    """Return the templates in use, and what the check says of one of them."""
    desk = desk_of(request)
    known = templates_of(desk)
    if name and name not in known:
        raise HTTPException(404, "没有这个模板")
    rows = [(each, is_own(desk, path)) for each, path in known.items()]
    look = look_at(desk, known[name]) if name else None
    return page(request, "templates.html", rows=rows, look=look)


@router.get("/templates/file")
def template_file(request: Request, name: str) -> Response:
    """Return a template filled with sample data, or with what is wrong as comments."""
    desk = desk_of(request)
    known = templates_of(desk)
    if name not in known:
        raise HTTPException(404, "没有这个模板")
    return attachment(look_at(desk, known[name]).file, copy_of(desk, known[name]))


@router.get("/history")
def history(request: Request) -> Response:
    """Return what was issued, made, decided and done."""
    desk = desk_of(request)
    store = open_store(desk.campaign_folder, None)
    journal = load_journal(store)
    log: ActionLog = desk.log
    return page(
        request,
        "history.html",
        issues=list(reversed(journal.issues)),
        runs=list(reversed(journal.runs))[:50],
        lines=log.newest(),
        zone=ZONE,
    )


@router.get("/links")
def links(request: Request) -> Response:
    """Return the senders and whether each has a link."""
    desk = desk_of(request)
    made = {link.sender: link.made for link in desk.links.all()}
    senders = [sender.name for sender in desk.campaign().senders]
    return page(request, "links.html", senders=senders, made=made)


@router.get("/{text}")
def month(request: Request, text: str) -> Response:
    """Return the month: who owes what, what came in, what to do next."""
    chosen, desk = month_of(text), desk_of(request)
    view = month_view(desk, chosen)
    return page(request, "month.html", month=chosen, view=view, run=desk.maker.state(chosen))


@router.get("/{text}/batch/{identity}")
def batch(request: Request, text: str, identity: str) -> Response:
    """Return what was found in the files of an upload."""
    chosen = month_of(text)
    found = batch_of(request, chosen, identity)
    return page(request, "batch.html", month=chosen, batch=found)


@router.get("/{text}/batch/{identity}/file")
def batch_file(request: Request, text: str, identity: str, name: str) -> Response:
    """Return a file of an upload's packet to take away."""
    desk, chosen = desk_of(request), month_of(text)
    found = batch_of(request, chosen, identity)
    return chosen_file(files_below(desk.batches.output_folder(found) / found.month), name)


@router.get("/{text}/figures")
def figures(request: Request, text: str) -> Response:
    """Return the month's figures by level, last month's difference beside each."""
    chosen = month_of(text)
    snapshot = desk_of(request).snapshot(chosen)
    shown = (snapshot.figures, snapshot.campaign.definition)
    tables = level_tables(*shown) if snapshot.usable else []
    moved = movers(*shown) if snapshot.usable else []
    return page(request, "figures.html", month=chosen, tables=tables, movers=moved)


@router.get("/{text}/trace")
def trace(request: Request, text: str, name: str, count: str) -> Response:
    """Return the way down from one number to the cells of the ledgers."""
    chosen, desk = month_of(text), desk_of(request)
    snapshot = desk.snapshot(chosen)
    if count.startswith(RATE):
        way = rate_way(snapshot, name, count.removeprefix(RATE))
    else:
        way = way_down(open_store(desk.campaign_folder, None), snapshot, name, count)
    return page(request, "trace.html", month=chosen, way=way)


@router.get("/{text}/documents")
def documents(request: Request, text: str) -> Response:
    """Return the list of the month's documents."""
    chosen = month_of(text)
    files = files_below(desk_of(request).outputs / str(chosen))
    groups: dict[str, list[str]] = {}
    for name in files:
        folder = name.partition("/")[0] if "/" in name else ""
        groups.setdefault(FOLDERS.get(folder, "汇总"), []).append(name)
    return page(request, "documents.html", month=chosen, groups=groups)


@router.get("/{text}/file")
def file(request: Request, text: str, name: str) -> Response:
    """Return one of the month's documents to take away."""
    chosen = month_of(text)
    return chosen_file(files_below(desk_of(request).outputs / str(chosen)), name)


@router.get("/{text}/zip")
def all_files(request: Request, text: str) -> Response:
    """Return all documents of the month as a zip."""
    chosen = month_of(text)
    files = files_below(desk_of(request).outputs / str(chosen))
    return zipped(f"{chosen}.zip", files.items())


@router.get("/{text}/issue")
def issue(request: Request, text: str) -> Response:
    """Return what is to be known before the month is issued."""
    chosen, desk = month_of(text), desk_of(request)
    return issue_page(request, desk, text, edits={}, wrong="", month=chosen)


def issue_page(request: Request, desk: Desk, text: str, **values: object) -> Response:
    """Return the page on which the office confirms that it issues a month."""
    snapshot = desk.snapshot(month_of(text))
    if not snapshot.usable:
        raise UserError(f"{snapshot.month.label}还没有可用的台账，请先收台账、编制")
    most = snapshot.campaign.settings.policy.doubt.total_share
    moved = moved_totals(snapshot.campaign.definition, snapshot.figures, most)
    return page(
        request,
        "issue.html",
        409 if values["wrong"] else 200,
        outstanding=list(outstanding(snapshot)),
        moved=[total.sentence for total in moved],
        **values,
    )


@router.get("/{text}/events")
async def events(request: Request, text: str) -> Response:
    """Return the progress of the month's run as it goes, as server-sent events."""
    chosen, desk = month_of(text), desk_of(request)

    async def states() -> AsyncIterator[str]:
        last = None
        while not await request.is_disconnected():
            state = await asyncio.to_thread(desk.maker.state, chosen)
            if state is not None and state != last:
                last = state
                yield f"data: {json.dumps(asdict(state), ensure_ascii=False)}\n\n"
            if state is None or state.ended:
                return
            await asyncio.sleep(PAUSE)

    return StreamingResponse(states(), media_type="text/event-stream")
