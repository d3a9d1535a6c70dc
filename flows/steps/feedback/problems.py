"""Faults in order for a reader: by rule and column, the important ones first, places in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.steps.model import Failure, Severity
from schemas.columns import all_headers
from schemas.rules import RULES

PLACES = 3  # places named before "等12处"
RANGES = 40  # ranges of rows named before "等"
_ORDER = {code: i for i, code in enumerate(RULES)}
_HEADERS = {header: i for i, header in enumerate(all_headers())}
QUERY: str = "query"  # a fault to be explained
HELD: str = "held"  # the verdict on a ledger that waits for explanations
_RANK = {"ledger": 1, "row": 2, "query": 3, "note": 4}


@dataclass(frozen=True)
class Problem:
    """The faults of one rule in one column (or without one), in the order of their places."""

    code: str
    severity: Severity
    header: str
    failures: Sequence[Failure]

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


def problems_of(failures: Iterable[Failure]) -> list[Problem]:
    """Return a file's faults by rule and column: what costs the ledger, a row, queries, then notes.

    Faults of the whole file come before those of cells, faults that were only counted last.
    """
    groups: dict[tuple[int, int, int, str], list[Failure]] = {}
    for failure in dict.fromkeys(failures):
        rank = _RANK[failure.severity] - (failure.severity == "ledger" and failure.cell is None)
        key = (
            rank,
            _ORDER[failure.code],
            _HEADERS.get(failure.header or "", len(_HEADERS)),
            failure.header or "",
        )
        groups.setdefault(key, []).append(failure)
    return [
        Problem(same[0].code, same[0].severity, same[0].header or "", same)
        for _, same in sorted(groups.items())
    ]


def place_of(failure: Failure) -> str:
    """Return the place of a fault in words: 进度!F7, a row, or the whole file."""
    where = failure.cell or (f"第{failure.row}行" if failure.row else "")
    return (
        f"{failure.sheet}!{where}"
        if failure.sheet and where
        else failure.sheet or where or "整个文件"
    )


def places_of(failures: Sequence[Failure]) -> str:
    """Return the places of faults, the first few by name: 进度!F7、F9、F11等12处."""
    places = list(dict.fromkeys(map(place_of, failures)))
    named, sheet = [], None
    for place in places[:PLACES]:
        before, mark, cell = place.rpartition("!")
        named.append(cell if mark and before == sheet else place)
        sheet = before
    return "、".join(named) + (f"等{len(places)}处" if len(places) > PLACES else "")


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
