"""A sender's own pages, by its link: nothing of anybody else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from flows.desk.batches import Batch
from flows.desk.month_view import questions_of
from flows.desk.office_actions import only_once
from flows.desk.web import (
    NO_BATCH,
    STALE,
    attachment,
    chosen_file,
    desk_of,
    files_below,
    files_of,
    form_of,
    month_of,
    page,
    see,
    text_of,
)
from flows.desk.working import Desk
from flows.pipeline import decisions
from flows.pipeline.own_forms import own_forms
from flows.pipeline.roll_call import roll_call_rows
from flows.steps.files import safe_name
from flows.steps.model import UserError
from flows.steps.months import Month, in_words

router = APIRouter(prefix="/s/{token}")
MONTHS = 6  # shown on a sender's page


@dataclass(frozen=True)
class Visit:
    """A request by a sender's link: whose it is, and the signature that its forms carry."""

    desk: Desk
    token: str
    sender: str
    signature: str

    def batch(self, month: Month, identity: str) -> Batch:
        """Return a batch of this sender's; nothing is found under any other id."""
        found = self.desk.batches.of(month, identity)
        if found is None or found.by != self.sender:
            raise HTTPException(404, NO_BATCH)
        return found


def visit_of(request: Request, token: str) -> Visit:
    """Return the visit by a link that is in force; any other finds nothing."""
    desk = desk_of(request)
    address = request.client.host if request.client else ""
    if desk.tokens.blocks(address):
        raise HTTPException(429, "试的次数太多，请过几分钟再来")
    sender = desk.links.sender_of(token)
    if sender is None:
        desk.tokens.failed(address)
        raise HTTPException(404, "链接不对，或者已经收回。请向办公室要新的链接")
    return Visit(desk, token, sender, desk.signer.sign(f"link {token}"))


Visitor = Annotated[Visit, Depends(visit_of)]


async def sender_form(visit: Visitor, form: Annotated[FormData, Depends(form_of)]) -> FormData:
    """Return a form that a sender posted, with the signature that its page holds."""
    if not visit.desk.signer.signed(f"link {visit.token}", text_of(form, "csrf")):
        raise HTTPException(403, STALE)
    return form


Posted = Annotated[FormData, Depends(sender_form)]


@router.get("")
def start(visit: Visitor) -> Response:
    """Return the way to the newest month."""
    return see(f"/s/{visit.token}/{visit.desk.months()[0]}")


@router.get("/{text}")
def month(request: Request, visit: Visitor, text: str) -> Response:
    """Return a sender's month: what it owes, its verdicts, its questions, its documents."""
    chosen, desk = month_of(text), visit.desk
    snapshot = desk.snapshot(chosen)
    asked, explained = questions_of(snapshot, visit.sender)
    batches = [b for b in desk.batches.of_month(str(chosen)) if b.by == visit.sender]
    return _page(
        request,
        visit,
        "sender.html",
        shown=chosen,
        due=in_words(snapshot.campaign.settings.policy.due_date(chosen)),
        rows=[row for row in roll_call_rows(snapshot) if row.sender == visit.sender],
        asked=asked,
        explained=explained,
        own_months=desk.months()[:MONTHS],
        documents=list(files_below(_returns(visit, chosen))),
        sent=[b for b in batches if b.confirmed],
    )


@router.get("/{text}/form")
def form(visit: Visitor, text: str) -> Response:
    """Return the sender's own form of a month to take away."""
    (made,) = own_forms(visit.desk.job(month_of(text)), visit.sender)
    return attachment(made.path.rpartition("/")[2], made.make())


@router.get("/{text}/file")
def file(visit: Visitor, text: str, name: str) -> Response:
    """Return one of the documents that go to the sender: its packet or its receipt."""
    return chosen_file(files_below(_returns(visit, month_of(text))), name)


@router.post("/{text}/upload")
def upload(request: Request, visit: Visitor, text: str, form: Posted) -> Response:
    """Examine filled forms; nothing is stored."""
    chosen = month_of(text)
    if chosen not in visit.desk.months()[:MONTHS]:
        raise HTTPException(404, "没有这个月份")
    files = [(file.filename or "", file.file) for file in files_of(form, "files")]
    if not files:
        raise UserError("没有选择文件。请先选择填好的台账，再按“检查”")
    batch = visit.desk.examine(chosen, visit.sender, visit.sender, files)
    return see(f"/s/{visit.token}/{chosen}/batch/{batch.id}")


@router.get("/{text}/batch/{identity}")
def batch(request: Request, visit: Visitor, text: str, identity: str) -> Response:
    """Return what was found in a sender's files; once they are sent, the receipt."""
    chosen = month_of(text)
    found = visit.batch(chosen, identity)
    return _page(request, visit, "sender_batch.html", shown=chosen, batch=found)


@router.get("/{text}/batch/{identity}/file")
def batch_file(visit: Visitor, text: str, identity: str, name: str) -> Response:
    """Return a marked copy of the sender's file."""
    found = visit.batch(month_of(text), identity)
    folder = visit.desk.batches.output_folder(found) / found.month
    return chosen_file(files_below(folder), name)


@router.post("/{text}/batch/{identity}/send")
def send(visit: Visitor, text: str, identity: str, form: Posted) -> Response:
    """Report the files formally; a second click finds them reported."""
    chosen = month_of(text)
    found = visit.batch(chosen, identity)
    visit.desk.confirm(found)
    if not found.confirmed:
        what = f"正式报送台账{len(found.files)}个"
        visit.desk.log.add(visit.sender, what, str(chosen), found.id[:8])
    return see(f"/s/{visit.token}/{chosen}/batch/{identity}")


@router.post("/{text}/answer")
def answer(visit: Visitor, text: str, form: Posted) -> Response:
    """Record a sender's answer to one of the questions about its ledgers."""
    chosen, desk, number = month_of(text), visit.desk, text_of(form, "number")
    reason = text_of(form, "reason")
    if not reason:
        raise UserError("没有写说明。请返回写明原因后再交")
    with only_once(desk, form) as first:
        if first:
            desk.settle()
            chosen_number = int(number) if number.isdecimal() else None
            decisions.answer(desk.job(chosen), visit.sender, reason, chosen_number)
            desk.judge_again(chosen, visit.sender)
            desk.settle()
            desk.log.add(visit.sender, "答复核实", str(chosen))
    return see(f"/s/{visit.token}/{chosen}")


def _page(request: Request, visit: Visit, template: str, **values: object) -> Response:
    base = f"/s/{visit.token}"
    csrf = visit.signature
    return page(request, template, base=base, sender=visit.sender, csrf=csrf, **values)


def _returns(visit: Visit, month: Month) -> Path:
    return visit.desk.outputs / str(month) / "returns" / safe_name(visit.sender)
