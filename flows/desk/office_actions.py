"""The office's forms: what is done. Each calls the pipeline; none is carried out twice."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from flows.desk.action_log import OFFICE
from flows.desk.office import issue_page, settings_page
from flows.desk.runs import RunWish
from flows.desk.settings_books import known_files, put_back
from flows.desk.web import batch_of, desk_of, files_of, month_of, office_form, page, see, text_of
from flows.desk.working import Desk
from flows.intake.lock import month_lock
from flows.pipeline import decisions
from flows.pipeline.issue import Edits, issue_month
from flows.pipeline.own_forms import write_forms
from flows.pipeline.template_folders import template_folders
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.render import Renderer

router = APIRouter(prefix="/office")
Form = Annotated[FormData, Depends(office_form)]
PATIENCE = 5.0  # seconds that an issue waits for a run of the month


@contextmanager
def only_once(desk: Desk, form: FormData) -> Iterator[bool]:
    """Give whether a form comes for the first time; one that fails may come again."""
    token = text_of(form, "once")
    first = desk.once.take(token)
    try:
        yield first
    except BaseException:
        if first:
            desk.once.release(token)
        raise


@router.post("/{text}/upload")
def upload(request: Request, text: str, form: Form) -> Response:
    """Examine ledgers of any senders; nothing is stored until the office takes them."""
    month, desk = month_of(text), desk_of(request)
    sender = _sender(desk, text_of(form, "sender")) if text_of(form, "sender") else ""
    files = [(file.filename or "", file.file) for file in files_of(form, "files")]
    if not files:
        raise UserError("没有选择文件。请先选择台账，再按“检查”")
    with only_once(desk, form) as first:
        if not first:
            return see(f"/office/{month}")
        batch = desk.examine(month, sender, "", files)
    desk.log.add(OFFICE, f"检查台账{len(files)}个", str(month), sender)
    return see(f"/office/{month}/batch/{batch.id}")


@router.post("/{text}/batch/{identity}/take")
def take(request: Request, text: str, identity: str, form: Form) -> Response:
    """Put the files of an upload among the month's ledgers."""
    month, desk = month_of(text), desk_of(request)
    batch = batch_of(request, month, identity)
    taken = desk.confirm(batch)
    desk.settle()
    if not batch.confirmed:
        desk.log.add(OFFICE, f"收下台账{len(taken.files)}个", str(month), taken.sender)
    return see(f"/office/{month}")


@router.post("/{text}/run")
def run(request: Request, text: str, form: Form) -> Response:
    """Start making the month, unless it is being made."""
    month, desk = month_of(text), desk_of(request)
    with only_once(desk, form) as first:
        if first:
            desk.settle()
            wish = RunWish(month, bool(text_of(form, "send")), bool(text_of(form, "send_forms")))
            desk.maker.start(wish)
            desk.log.add(OFFICE, "编制", str(month))
    return see(f"/office/{month}#run")


@router.post("/{text}/cancel")
def cancel(request: Request, text: str, form: Form) -> Response:
    """Stop the month's run."""
    month, desk = month_of(text), desk_of(request)
    desk.maker.cancel(month)
    desk.log.add(OFFICE, "停止编制", str(month))
    return see(f"/office/{month}#run")


@router.post("/{text}/accept")
def accept(request: Request, text: str, form: Form) -> Response:
    """Answer a sender's question for it."""
    return _decide(request, text, form, "认可说明", decisions.accept)


@router.post("/{text}/refuse")
def refuse(request: Request, text: str, form: Form) -> Response:
    """Do not accept what a sender has explained."""
    return _decide(request, text, form, "不采纳说明", decisions.refuse)


def _decide(
    request: Request, text: str, form: FormData, word: str, decide: Callable[..., object]
) -> Response:
    month, desk = month_of(text), desk_of(request)
    sender, number = _sender(desk, text_of(form, "sender")), text_of(form, "number")
    with only_once(desk, form) as first:
        if first:
            chosen = int(number) if number.isdecimal() else None
            decide(desk.job(month), sender, reason_of(form), chosen)
            desk.judge_again(month, sender)
            desk.settle()
            desk.log.add(OFFICE, word, str(month), sender)
    return see(f"/office/{month}")


@router.post("/{text}/return")
def send_back(request: Request, text: str, form: Form) -> Response:
    """Send a sender's ledgers back in the office's own words."""
    month, desk = month_of(text), desk_of(request)
    sender = _sender(desk, text_of(form, "sender"))
    with only_once(desk, form) as first:
        if first:
            decisions.send_back(desk.job(month), sender, reason_of(form), text_of(form, "cell"))
            desk.judge_again(month, sender)
            desk.settle()
            desk.log.add(OFFICE, "退回", str(month), sender)
    return see(f"/office/{month}")


@router.post("/{text}/withdraw")
def withdraw(request: Request, text: str, form: Form) -> Response:
    """Take back a ledger that was put in by mistake."""
    month, desk = month_of(text), desk_of(request)
    with only_once(desk, form) as first:
        if first:
            taken = decisions.withdraw(desk.job(month), text_of(form, "file"), reason_of(form))
            desk.log.add(OFFICE, "撤回台账", str(month), taken[0].sender or "")
    return see(f"/office/{month}")


@router.post("/{text}/forms")
def forms(request: Request, text: str, form: Form) -> Response:
    """Write the senders' own forms of the month."""
    month, desk = month_of(text), desk_of(request)
    with only_once(desk, form) as first:
        if first:
            write_forms(desk.job(month))
            desk.log.add(OFFICE, "做填报表", str(month))
    return see(f"/office/{month}/documents")


@router.post("/{text}/issue")
def issue(request: Request, text: str, form: Form) -> Response:
    """Issue the month's drafts; what was edited by hand is shown first."""
    month, desk = month_of(text), desk_of(request)
    if not text_of(form, "sure"):
        wrong = "请先核对上面各项，勾选“已核对”再印发"
        return issue_page(request, desk, text, edits={}, wrong=wrong, month=month)
    with only_once(desk, form) as first:
        if not first:
            return see(f"/office/{month}/documents")
        seen: list[Edits] = []
        try:
            count = _issued(desk, month, seen, accept=bool(text_of(form, "edited")))
        except UserError as error:
            desk.once.release(text_of(form, "once"))
            edits = seen[0] if seen else {}
            return issue_page(request, desk, text, edits=edits, wrong=str(error), month=month)
        desk.log.add(OFFICE, f"印发{count}份", str(month))
    return see(f"/office/{month}/documents")


def _issued(desk: Desk, month: Month, seen: list[Edits], *, accept: bool) -> int:
    """Return how many documents were issued; `seen` gets the notes on edited drafts."""

    def decided(edits: Edits) -> bool:
        seen.append(edits)
        return accept

    desk.settle()
    job = desk.job(month)
    with month_lock(job.store, str(month), lambda _: None, PATIENCE):
        renderer = Renderer(template_folders(job))
        issued = issue_month(job, desk.snapshot(month), renderer, decided)
    return len(issued.documents)


@router.post("/links/make")
def make_link(request: Request, form: Form) -> Response:
    """Make a sender's link; it is shown this once."""
    desk = desk_of(request)
    sender = _sender(desk, text_of(form, "sender"))
    with only_once(desk, form) as first:
        if not first:
            return see("/office/links")
        token = desk.links.make(sender)
        desk.log.add(OFFICE, "发链接", about=sender)
    address = f"{str(request.base_url).rstrip('/')}/s/{token}"
    code = segno.make(address, error="m", micro=False).png_data_uri(scale=5)
    return page(request, "link.html", sender=sender, address=address, code=code)


@router.post("/links/revoke")
def revoke_link(request: Request, form: Form) -> Response:
    """End a sender's link."""
    desk = desk_of(request)
    sender = _sender(desk, text_of(form, "sender"))
    desk.links.revoke(sender)
    desk.log.add(OFFICE, "收回链接", about=sender)
    return see("/office/links")


@router.post("/settings")
def settings(request: Request, form: Form) -> Response:
    """Put one of the campaign's files in the place of the present one, if it has no fault."""
    desk, name = desk_of(request), text_of(form, "name")
    files = files_of(form, "file")
    if name not in known_files(desk) or not files:
        raise UserError("没有选择文件。请先选择改好的文件，再按“换上”")
    content = files[0].file.read()
    faults = put_back(desk, name, text_of(form, "before"), content)
    if faults:
        return settings_page(request, desk, 409, faults, name)
    desk.log.add(OFFICE, "换设置", about=f"{name} {hashlib.sha256(content).hexdigest()[:12]}")
    return see("/office/settings")


def _sender(desk: Desk, name: str) -> str:
    if name not in {sender.name for sender in desk.campaign().senders}:
        raise UserError("名录中没有这个报送单位，请返回刷新后再选")
    return name


def reason_of(form: FormData) -> str:
    """Return the reason of a form; raises UserError if it is empty."""
    reason = text_of(form, "reason")
    if not reason:
        raise UserError("没有写明原因。请返回写明后再办")
    return reason
