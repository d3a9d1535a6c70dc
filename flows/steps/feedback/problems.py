"""Faults in order for a reader: by rule and column, the important ones first, places in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.steps.model import Failure, Severity
from schemas.definition import Definition
from schemas.rules import MORE, RULES

PLACES = 3  # places named before "等12处"
RANGES = 40  # ranges of rows named before "等"
_ORDER = {code: i for i, code in enumerate(RULES)}
QUERY: str = "query"  # a fault to be explained
HELD: str = "held"  # the verdict on a ledger that waits for explanations
_RANK = {"ledger": 1, "row": 2, "query": 3, "note": 4}


# The sentence that stands for faults beyond those that are listed; its group is their number.
_UNLISTED = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(MORE).replace(r"\{count\}", r"(\d+)")))


@dataclass(frozen=True)
class Problem:
    """The faults of one rule in one column (or without one), in the order of their places.

    `more` is how many there are beside those that were listed one by one.
    """

    code: str
    severity: Severity
    header: str
    failures: Sequence[Failure]
    more: int = 0

    @property
    def count(self) -> int:
        """Return how many faults there are."""
        return len(self.failures) + self.more

    @property
    def title(self) -> str:
        """Return what the rule is called."""
        return RULES[self.code].title

    @property
    def message(self) -> str:
        """Return the sentence that all faults share, or the first one's as an example."""
        first = self.failures[0]
        alike = all(failure.message == first.message for failure in self.failures)
        return first.message if alike else f"如{place_of(first)}：{first.message}"


def problems_of(failures: Iterable[Failure], definition: Definition) -> list[Problem]:
    """Return a file's faults by rule and column: what costs the ledger, a row, queries, then notes.

    Faults of the whole file come before those of cells. Those that were only counted belong to the
    column of their rule if it is the only one, else they come last.
    """
    groups: dict[tuple[int, int, int, str], list[Failure]] = {}
    counted: list[Failure] = []
    headers = {header: i for i, header in enumerate(definition.all_headers())}
    for failure in dict.fromkeys(failures):
        if _unlisted(failure):
            counted.append(failure)
        else:
            groups.setdefault(_rank_of(failure, headers), []).append(failure)
    problems = {
        rank: Problem(same[0].code, same[0].severity, same[0].header or "", same)
        for rank, same in groups.items()
    }
    for failure in counted:
        same_rule = [rank for rank, one in problems.items() if _is_rule_of(one, failure)]
        if len(same_rule) == 1:
            (rank,) = same_rule
            more = problems[rank].more + _unlisted(failure)
            problems[rank] = replace(problems[rank], more=more)
        else:
            more = _unlisted(failure) - 1
            alone = Problem(failure.code, failure.severity, "", [failure], more)
            problems[_rank_of(failure, headers)] = alone
    return [problem for _, problem in sorted(problems.items(), key=lambda item: item[0])]


def _is_rule_of(problem: Problem, failure: Failure) -> bool:
    return (problem.code, problem.severity) == (failure.code, failure.severity)


def _rank_of(failure: Failure, headers: Mapping[str, int]) -> tuple[int, int, int, str]:
    """Return the order in which a fault's problem is listed."""
    rank = _RANK[failure.severity] - (failure.severity == "ledger" and failure.cell is None)
    header = failure.header or ""
    return rank, _ORDER[failure.code], headers.get(header, len(headers)), header


def _unlisted(failure: Failure) -> int:
    """Return how many faults a failure stands for that are not listed, 0 for a listed one."""
    match = None if failure.row is not None else _UNLISTED.fullmatch(failure.message)
    return 0 if match is None else int(match[1])


def place_of(failure: Failure) -> str:
    """Return the place of a fault in words: 进度!F7, a row, or the whole file."""
    where = failure.cell or (f"第{failure.row}行" if failure.row else "")
    return (
        f"{failure.sheet}!{where}"
        if failure.sheet and where
        else failure.sheet or where or "整个文件"
    )


def places_of(failures: Sequence[Failure], more: int = 0) -> str:
    """Return the places of faults, the first few by name: 进度!F7、F9、F11等12处."""
    places = list(dict.fromkeys(map(place_of, failures)))
    named, sheet = [], None
    for place in places[:PLACES]:
        before, mark, cell = place.rpartition("!")
        named.append(cell if mark and before == sheet else place)
        sheet = before
    return "、".join(named) + (f"等{len(places) + more}处" if len(places) + more > PLACES else "")


def rows_in_words(rows: Iterable[int]) -> str:
    """Return row numbers as ranges: 第4—6、9行; beyond RANGES ranges 等 stands for the rest."""
    ranges: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    named = "、".join(
        str(first) if first == last else f"{first}—{last}" for first, last in ranges[:RANGES]
    )
    return f"第{named}{'等' if len(ranges) > RANGES else ''}行" if ranges else ""
