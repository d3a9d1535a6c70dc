"""督办 done on the page: issued, answered, extended, closed; each step is taken once."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from flows.desk.action_log import OFFICE
from flows.desk.office_actions import PATIENCE, Form, only_once, reason_of
from flows.desk.web import desk_of, month_of, see, text_of
from flows.intake.job import Job
from flows.intake.lock import month_lock
from flows.pipeline import supervision
from flows.steps.model import UserError

router = APIRouter(prefix="/office")
STEPS = {"issue": "下发督办", "reply": "登记督办反馈", "extend": "督办延期", "close": "督办销号"}


@router.post("/{text}/supervise")
def supervise(request: Request, text: str, form: Form) -> Response:
    """Issue the waiting items of supervision, or answer, extend or close one."""
    month, desk, step = month_of(text), desk_of(request), text_of(form, "step")
    if step not in STEPS:
        raise UserError("没有这个操作")
    with only_once(desk, form) as first:
        if first:
            desk.settle()
            job = desk.job(month)
            with month_lock(job.store, str(month), lambda _: None, PATIENCE):
                _supervised(job, step, form)
            desk.log.add(OFFICE, STEPS[step], str(month), text_of(form, "number"))
    return see(f"/office/{month}#supervision")


def _supervised(job: Job, step: str, form: FormData) -> None:
    number, reason = text_of(form, "number"), text_of(form, "reason")
    if step == "issue":
        supervision.issue(job, text_of(form, "unit") or None, reason)
    elif step == "close":
        supervision.close(job, number or None, reason)
    elif step == "reply":
        supervision.reply(job, number, reason_of(form))
    else:
        supervision.extend(job, number, _day(text_of(form, "until")), reason_of(form))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError("没有写明新的期限，或写法不对。请返回选好日期再办") from None
