"""What the sheet 问题清单 says, as plain lines: its head, the problems, then each fault."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flows.settings import Campaign
from flows.steps.feedback.consequences import consequence, verdict_in_words, verdict_of
from flows.steps.feedback.owners import failures_of_ledger
from flows.steps.feedback.problems import (
    QUERY,
    Problem,
    place_of,
    places_of,
    problems_of,
    rows_in_words,
)
from flows.steps.feedback.rounds import compare_rounds
from flows.steps.feedback.sent import Sent
from flows.steps.feedback.workbook.parts import sheet_named
from flows.steps.model import Failure, Submission, fault_key
from flows.steps.months import Month, in_words

LISTED = 20  # faults of one rule and column with a line of their own; a query has one always
SUMMARY = ("序号", "后果", "问题", "栏目", "位置", "处数", "问题说明", "修改意见")
DETAIL = ("序号", "后果", "问题", "栏目", "位置", "填报内容", "问题说明", "修改意见")


@dataclass(frozen=True)
class Line:
    """A row of a block: its cells, its severity, and the ledger cell that it links to.

    `key` identifies a query, whose answer is written in the row; "" for all other faults.
    """

    cells: Sequence[str | int]
    severity: str
    link: tuple[str, str] | None = None
    key: str = ""

    def renamed(self, names: Mapping[str, str]) -> "Line":
        """Return the line with a link to the sheet of a copy, without one if there is none."""
        sheet = None if self.link is None else sheet_named(list(names), self.link[0])
        link = None if sheet is None or self.link is None else (names[sheet], self.link[1])
        return replace(self, link=link)


@dataclass(frozen=True)
class Listing:
    """The list: lines of text at its head, the problems counted, the faults one by one."""

    head: Sequence[str]
    summary: Sequence[Line]
    details: Sequence[Line]
    remarks: Sequence[str] = field(default=())

    def renamed(self, names: Mapping[str, str]) -> "Listing":
        """Return the list with links to the sheets of a copy in which they have other names."""
        summary = [line.renamed(names) for line in self.summary]
        details = [line.renamed(names) for line in self.details]
        return Listing(self.head, summary, details, self.remarks)


def listing_of(
    sent: Sent,
    sender: str,
    campaign: Campaign,
    month: Month,
    reply_by: date,
    remarks: Sequence[str],
) -> Listing:
    """Return the list of a file; `remarks` say what is special about the copy."""
    problems = problems_of(sent.failures, campaign.definition)
    rounds = compare_rounds(sent.before, sent.failures) if sent.before is not None else None
    head = [f"报送单位：{sender}　　文件：{sent.file.rpartition('/')[2]}　　月份：{month.label}"]
    for ledger in sent.ledgers:
        failures = failures_of_ledger(sent.failures, ledger, sent.ledgers)
        head.append(verdict_in_words(ledger, failures, campaign))
    contact = campaign.settings.bulletin.contact
    head.append(
        f"请改正后于{in_words(reply_by)}前重新报送。" + (f"联系人：{contact}" if contact else "")
    )
    head += [rounds.sentence] if rounds else []
    new = frozenset(rounds.new) if rounds else frozenset()
    summary = [_summary(i, problem, sent.ledgers) for i, problem in enumerate(problems, 1)]
    return Listing(head, summary, list(_details(problems, new, sent.ledgers)), remarks)


def _summary(number: int, problem: Problem, ledgers: Sequence[Submission]) -> Line:
    first = problem.failures[0]
    cells = (
        number,
        consequence(problem.severity, verdict_of(first, ledgers)),
        problem.title,
        problem.header,
        places_of(problem.failures, problem.more),
        problem.count,
        problem.message,
        first.remedy,
    )
    return Line(cells, problem.severity, _link(first))


def _details(
    problems: Sequence[Problem], new: Collection[Failure], ledgers: Sequence[Submission]
) -> Iterator[Line]:
    """Yield a line for each of a problem's first faults, then one with the places of the others."""
    number = 0
    for problem in problems:
        few = len(problem.failures) <= LISTED + 1 or problem.severity == QUERY
        listed = problem.failures if few else problem.failures[:LISTED]
        for failure in listed:
            number += 1
            yield _detail(number, problem, failure, new, ledgers)
        rest = problem.failures[len(listed) :]
        if rest or problem.more:
            number += 1
            first = [*rest, *listed][0]
            word = consequence(problem.severity, verdict_of(first, ledgers))
            place, where = f"另有{len(rest) + problem.more}处", _rows_of(rest, problem.more)
            head = (number, word, problem.title, problem.header, place)
            yield Line((*head, "", where, first.remedy), problem.severity, _link(first))


def _detail(
    number: int,
    problem: Problem,
    failure: Failure,
    new: Collection[Failure],
    ledgers: Sequence[Submission],
) -> Line:
    cells = (
        number,
        consequence(problem.severity, verdict_of(failure, ledgers)),
        _title(problem, failure, new),
        problem.header,
        place_of(failure),
        failure.value or "",
        failure.message,
        failure.remedy,
    )
    key = fault_key(failure) if problem.severity == QUERY else ""
    return Line(cells, problem.severity, _link(failure), key)


def _title(problem: Problem, failure: Failure, new: Collection[Failure]) -> str:
    return f"{problem.title}（新出现）" if failure in new else problem.title


def _rows_of(failures: Sequence[Failure], more: int) -> str:
    """Return the rows of faults without a line of their own, and how many were only counted."""
    sheets: dict[str, list[int]] = {}
    for failure in failures:
        if failure.row is not None:
            sheets.setdefault(failure.sheet or "", []).append(failure.row)
    rows = "；".join(f"工作表“{sheet}”{rows_in_words(rows)}" for sheet, rows in sheets.items())
    said = f"{rows}也有同样的问题。" if rows else ""
    return said + (f"还有{more}处没有逐一标出，请核对全表。" if more else "")


def _link(failure: Failure) -> tuple[str, str] | None:
    if failure.sheet is None or (failure.cell is None and failure.row is None):
        return None
    return failure.sheet, failure.cell or f"A{failure.row}"
