"""Reply forms among a month's ledgers: what they answer is recorded once (DESIGN §8)."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.intake.job import Job
from flows.steps.check.masks import scrub
from flows.steps.check.senders import senders_in_path
from flows.steps.model import CheckedLedger, Step, SupervisionEvent, SupervisionItem, items_of
from flows.steps.store import load_supervision, record_supervision
from schemas.spellings import squeeze

_NUMBER = re.compile(r"(?:督办)?(?:[〔\[【(](\d{4})[〕\]】)])?第?(\d{1,9})号?")


@dataclass(frozen=True)
class Replies:
    """What came of reply forms: the answers recorded, and what is wrong with a form, in words."""

    recorded: Sequence[SupervisionEvent] = ()
    wrong: Sequence[str] = ()


def record_replies(job: Job, forms: Sequence[CheckedLedger]) -> Replies:
    """Return what the reply forms among a month's ledgers say: each answer is recorded once."""
    if not forms:
        return Replies()
    items = items_of(load_supervision(job.store))
    events: list[SupervisionEvent] = []
    wrong: list[str] = []
    for form in sorted(forms, key=lambda form: form.file):
        for unit, number, answer in form.replies or ():
            item = item_numbered(items, number)
            fault = _fault(job, form.file, unit, number, item)
            if fault is not None:
                wrong.append(fault)
            elif item is not None and answer and not _is_known(item, answer, events):
                events.append(event_of(job, "reply", answer, item))
    record_supervision(job.store, events)
    return Replies(events, list(dict.fromkeys(wrong)))


def event_of(
    job: Job, action: Step, reason: str, item: SupervisionItem | None = None
) -> SupervisionEvent:
    """Return a step of now, of an item or of one that has no number yet."""
    year, serial = (item.issued.year, item.issued.serial) if item else (job.issued.year, 0)
    return SupervisionEvent(
        id=secrets.token_hex(16),
        month=str(job.month),
        recorded_at=datetime.now(UTC),
        day=job.issued,
        action=action,
        reason=scrub(reason),
        year=year,
        serial=serial,
    )


def item_numbered(items: Sequence[SupervisionItem], text: str) -> SupervisionItem | None:
    """Return the item of a number: 督办〔2022〕1号, or 1 for that of the newest year."""
    match = _NUMBER.fullmatch(squeeze(text))
    if match is None:
        return None
    same = [item for item in items if item.issued.serial == int(match[2])]
    if match[1] is not None:
        same = [item for item in same if item.issued.year == int(match[1])]
    return same[-1] if same else None


def _fault(job: Job, file: str, unit: str, number: str, item: SupervisionItem | None) -> str | None:
    """Return what is wrong with a line of a form: an unknown number, or another unit's item."""
    if item is None:
        return f"{file}：没有下发过编号为“{scrub(number)}”的督办事项，这一行没有登记。请核对编号"
    owner, sender = item.issued.unit, item.issued.sender
    others = [name for name in senders_in_path(file, job.campaign) if name != sender]
    if squeeze(unit) != squeeze(owner):
        whose = f"{item.number}是下发给{owner}的，不是{scrub(unit)}的"
        return f"{file}：{whose}，这一行没有登记。请核对编号"
    if others:
        return (
            f"{file}：{item.number}是下发给{owner}的，反馈表却在“{'、'.join(others)}”名下，"
            "没有登记。请核对后放到该单位的文件夹"
        )
    return None


def _is_known(item: SupervisionItem, answer: str, events: Sequence[SupervisionEvent]) -> bool:
    """Return whether an answer is recorded already; to a closed item none is recorded any more."""
    number = item.issued.year, item.issued.serial
    given = {event.reason for event in events if (event.year, event.serial) == number}
    given |= {event.reason for event in item.replies}
    return item.closed is not None or scrub(answer) in given
