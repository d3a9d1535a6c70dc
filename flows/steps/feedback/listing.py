"""What the sheet 问题清单 says, as plain lines: its head, the problems, then each fault."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from flows.settings import Campaign
from flows.steps.feedback.looks import WORDS
from flows.steps.feedback.problems import Problem, place_of, places_of, problems_of, rows_in_words
from flows.steps.feedback.rounds import compare_rounds
from flows.steps.feedback.sent import Sent
from flows.steps.model import Failure, Severity, Submission
from flows.steps.months import Month, in_words
from schemas.columns import KIND_NAMES

TITLE = "台账问题清单"  # by it the list of an earlier round is known again
LISTED = 20  # faults of one rule and column with a line of their own
VERDICTS = {
    "accepted": "接收",
    "partly": "部分接收（有误的行不计入）",
    "returned": "退回重报",
    "unreadable": "无法读取，请重报",
}
SUMMARY = ("序号", "后果", "问题", "栏目", "位置", "处数", "说明", "怎么改")
DETAIL = ("序号", "后果", "问题", "栏目", "位置", "填报内容", "说明", "怎么改")


@dataclass(frozen=True)
class Line:
    """A row of a block: its cells, its severity, and the ledger cell that it links to."""

    cells: Sequence[str | int]
    severity: Severity
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class Listing:
    """The list: lines of text at its head, the problems counted, the faults one by one."""

    head: Sequence[str]
    summary: Sequence[Line]
    details: Sequence[Line]
    remarks: Sequence[str] = field(default=())


def listing_of(
    sent: Sent,
    sender: str,
    campaign: Campaign,
    month: Month,
    reply_by: date,
    remarks: Sequence[str],
) -> Listing:
    """Return the list of a file; `remarks` say what is special about the copy."""
    problems = problems_of(sent.failures)
    rounds = compare_rounds(sent.before, sent.failures) if sent.before is not None else None
    head = [f"报送单位：{sender}　　文件：{sent.file.rpartition('/')[2]}　　月份：{month.label}"]
    head += [_verdict(ledger) for ledger in sent.ledgers]
    head += [
        f"请改正后于{in_words(reply_by)}前重新报送。"
        + (f"联系人：{contact}" if (contact := campaign.settings.bulletin.contact) else "")
    ]
    head += [rounds.sentence] if rounds else []
    new = frozenset(rounds.new) if rounds else frozenset()
    summary = [
        Line(
            (
                i,
                WORDS[p.severity],
                p.title,
                p.header,
                places_of(p.failures),
                len(p.failures),
                p.message,
                p.failures[0].remedy,
            ),
            p.severity,
            _link(p.failures[0]),
        )
        for i, p in enumerate(problems, 1)
    ]
    return Listing(head, summary, list(_details(problems, new)), remarks)


def _verdict(ledger: Submission) -> str:
    kind = KIND_NAMES[ledger.kind] if ledger.kind else "台账"
    rows = f"共读到{ledger.read}行，其中{ledger.rejected}行有误。" if ledger.kind else ""
    return f"{kind}审核结果：{VERDICTS[ledger.verdict]}。{rows}"


def _details(problems: Sequence[Problem], new: Collection[Failure]) -> Iterator[Line]:
    """Yield a line for each of a problem's first faults, then one with the places of the others."""
    number = 0
    for problem in problems:
        listed = (
            problem.failures if len(problem.failures) <= LISTED + 1 else problem.failures[:LISTED]
        )
        for failure in listed:
            number += 1
            value = failure.value or ""
            cells = (
                number,
                WORDS[problem.severity],
                _title(problem, failure, new),
                problem.header,
                place_of(failure),
                value,
                failure.message,
                failure.remedy,
            )
            yield Line(cells, problem.severity, _link(failure))
        rest = problem.failures[len(listed) :]
        if rest:
            number += 1
            where = _rows_of(rest)
            cells = (
                number,
                WORDS[problem.severity],
                problem.title,
                problem.header,
                f"另有{len(rest)}处",
                "",
                where,
                rest[0].remedy,
            )
            yield Line(cells, problem.severity, _link(rest[0]))


def _title(problem: Problem, failure: Failure, new: Collection[Failure]) -> str:
    return f"{problem.title}（新出现）" if failure in new else problem.title


def _rows_of(failures: Sequence[Failure]) -> str:
    sheets: dict[str, list[int]] = {}
    for failure in failures:
        if failure.row is not None:
            sheets.setdefault(failure.sheet or "", []).append(failure.row)
    return (
        "；".join(f"工作表“{sheet}”{rows_in_words(rows)}" for sheet, rows in sheets.items())
        + "也有同样的问题。"
    )


def _link(failure: Failure) -> tuple[str, str] | None:
    if failure.sheet is None or (failure.cell is None and failure.row is None):
        return None
    return failure.sheet, failure.cell or f"A{failure.row}"
