"""What the office decides about ledgers: recorded, and in force from the next run (DESIGN §7)."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from flows.intake.job import Job
from flows.pipeline.ingest import known_history
from flows.pipeline.trace import nearest
from flows.steps.check.masks import scrub
from flows.steps.model import (
    Action,
    Event,
    Failure,
    Submission,
    SubmissionHistory,
    UserError,
    fault_key,
    new_event,
)
from flows.steps.store import failures_of, record_events
from schemas.rules import EXPLAINED_REMEDY
from schemas.spellings import squeeze


def open_questions(job: Job, sender: str, history: SubmissionHistory) -> list[Failure]:
    """Return what a sender is asked about its ledgers of the month, in the order of its list."""
    return [x for x in _faults(job, sender, history) if x.severity == "query"]


def given_answers(job: Job, sender: str, history: SubmissionHistory) -> list[Failure]:
    """Return the faults of a sender's ledgers of the month that are explained."""
    return [x for x in _faults(job, sender, history) if x.remedy == EXPLAINED_REMEDY]


def accept(job: Job, sender: str, reason: str, number: int | None = None) -> list[Failure]:
    """Return the questions that the office has answered for a sender: one by number, or all."""
    name, history = _sender(job, sender), known_history(job)
    chosen = _chosen(open_questions(job, name, history), number, f"{name}没有待核实的问题")
    _record(job, [_event(job, "accept", name, reason, fault) for fault in chosen])
    return chosen


def answer(job: Job, sender: str, reason: str, number: int | None = None) -> list[Failure]:
    """Return the questions that a sender has answered itself: one by number, or all.

    Each answer names the ledger that it is about, whose verdict is then looked at again.
    """
    name, history = _sender(job, sender), known_history(job)
    questions = open_questions(job, name, history)
    chosen = _chosen(questions, number, f"{name}没有待核实的问题")
    contents = _contents(job, name, history)
    events = [
        new_event(
            str(job.month),
            "answer",
            name,
            scrub(reason),
            fault=fault_key(fault),
            content=contents[fault.file],
        )
        for fault in chosen
    ]
    _record(job, events)
    return chosen


def _contents(job: Job, sender: str, history: SubmissionHistory) -> dict[str, str]:
    live = [s for s in history.live(str(job.month)) if s.sender == sender]
    return {s.file: s.content for s in live}


def refuse(job: Job, sender: str, reason: str, number: int | None = None) -> list[Failure]:
    """Return the explained faults whose explanation the office does not accept."""
    name, history = _sender(job, sender), known_history(job)
    chosen = _chosen(given_answers(job, name, history), number, f"{name}没有已作说明的问题")
    _record(job, [_event(job, "refuse", name, reason, fault) for fault in chosen])
    return chosen


def send_back(job: Job, sender: str, reason: str, place: str = "") -> list[Submission]:
    """Return a sender's ledgers of the month that the office sends back in its own words."""
    name, history = _sender(job, sender), known_history(job)
    ledgers = [s for s in history.live(str(job.month)) if s.sender == name]
    if not ledgers:
        raise UserError(f"{name}没有报送{job.month.label}的台账，无从退回")
    events = [
        new_event(str(job.month), "return", name, scrub(reason), content=s.content, place=place)
        for s in ledgers
    ]
    _record(job, events)
    return ledgers


def withdraw(job: Job, file: str, reason: str) -> list[Submission]:
    """Return the ledgers of a file that the office takes back, by the file's path or name."""
    history = known_history(job)
    ledgers = history.of(str(job.month))
    names = sorted({s.file for s in ledgers})
    wanted = [s for s in ledgers if file in (s.file, PurePosixPath(s.file).name)]
    if not wanted:
        listed = "、".join(names) or "没有"
        hint = nearest(file, names)
        raise UserError(f"{job.month.label}入库的台账中没有“{file}”。{hint}已入库：{listed}")
    if len({s.file for s in wanted}) > 1:
        listed = "、".join(sorted({s.file for s in wanted}))
        raise UserError(f"叫“{file}”的台账不止一个，请写明所在文件夹：{listed}")
    events = [
        new_event(str(job.month), "withdraw", s.sender or "", scrub(reason), content=s.content)
        for s in wanted
    ]
    _record(job, events)
    return wanted


def _faults(job: Job, sender: str, history: SubmissionHistory) -> list[Failure]:
    live = [s for s in history.live(str(job.month)) if s.sender == sender]
    found = failures_of(job.store, live)
    return [fault for submission in live for fault in found.get(submission.id, ())]


def _chosen(faults: Sequence[Failure], number: int | None, nothing: str) -> list[Failure]:
    if not faults:
        raise UserError(f"{nothing}。请先运行 bulletin status 查看")
    if number is None:
        return list(faults)
    if not 1 <= number <= len(faults):
        raise UserError(f"没有第{number}个问题，共{len(faults)}个。请先运行 bulletin status 查看")
    return [faults[number - 1]]


def _event(job: Job, action: Action, sender: str, reason: str, fault: Failure) -> Event:
    return new_event(str(job.month), action, sender, scrub(reason), fault=fault_key(fault))


def _record(job: Job, events: Sequence[Event]) -> None:
    if any(not event.reason.strip() for event in events):
        raise UserError('没有写明原因。请用 --reason 写明，例如 --reason "电话核实，系划转"')
    record_events(job.store, events)


def _sender(job: Job, text: str) -> str:
    name = job.campaign.sender_names.get(squeeze(text))
    if name is None:
        names = list(job.campaign.sender)
        raise UserError(
            f"名录中没有报送单位“{text}”。{nearest(text, names)}可选：{'、'.join(names)}"
        )
    return name
