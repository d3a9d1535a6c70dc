"""Faults by sender and rule, so that a thousand equal ones do not bury the one that matters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.steps.model import Failure, Report
from flows.steps.overview.rollcall import UNKNOWN_SENDER, senders
from schemas.rules import RULES, SEVERITIES


@dataclass(frozen=True)
class Problem:
    """All faults of one sender against one rule, with the first of them as the example."""

    sender: str
    code: str
    severity: str
    count: int
    files: int
    example: Failure

    @property
    def title(self) -> str:
        """Return the rule's title."""
        return RULES[self.code].title

    @property
    def severity_name(self) -> str:
        """Return what such a fault costs."""
        return SEVERITIES[self.example.severity]

    @property
    def place(self) -> str:
        """Return where the example is."""
        return place_of(self.example)


@dataclass(frozen=True)
class Tally:
    """The faults of one sender, or against one rule, by severity.

    `kinds` is how many rules or senders they concern.
    """

    name: str
    by_severity: Mapping[str, int]
    kinds: int

    @property
    def total(self) -> int:
        """Return the number of all of them."""
        return sum(self.by_severity.values())


def place_of(failure: Failure) -> str:
    """Return where a fault is, as far as it is known: file, worksheet, cell."""
    return " · ".join(part for part in (failure.file, failure.sheet, failure.cell) if part)


def sender_of_each(report: Report) -> list[str]:
    """Return the sender of each fault of the month, in their order.

    A fault of a ledger that did not come has its sender as its value.
    """
    by_file = senders(report)
    return [
        by_file.get(f.file, UNKNOWN_SENDER) if f.file else f.value or UNKNOWN_SENDER
        for f in report.failures
    ]


def problems_of(report: Report) -> list[Problem]:
    """Return the month's faults by sender and rule, the costly and then the frequent ones first.

    Those of files whose place another has taken are settled and left out.
    """
    groups: dict[tuple[str, str, str], list[Failure]] = {}
    for sender, failure in zip(sender_of_each(report), report.failures, strict=True):
        if failure not in report.replaced:
            groups.setdefault((sender, failure.code, failure.severity), []).append(failure)
    problems = [
        Problem(*key, len(group), len({f.file for f in group}), group[0])
        for key, group in groups.items()
    ]
    weight = _weights()
    return sorted(problems, key=lambda p: (weight[p.severity], -p.count, p.sender, p.code))


def by_sender(problems: Iterable[Problem]) -> list[Tally]:
    """Return the faults of each sender, those with the most costly ones first."""
    return _tallies([(p.sender, p) for p in problems])


def by_rule(problems: Iterable[Problem]) -> list[Tally]:
    """Return the faults against each rule (its code), those with the most costly ones first."""
    return _tallies([(p.code, p) for p in problems])


def _tallies(named: Sequence[tuple[str, Problem]]) -> list[Tally]:
    groups: dict[str, list[Problem]] = {}
    for name, problem in named:
        groups.setdefault(name, []).append(problem)
    tallies = [
        Tally(
            name,
            {s: sum(p.count for p in group if p.severity == s) for s in SEVERITIES},
            len({(p.sender, p.code) for p in group}),
        )
        for name, group in groups.items()
    ]
    return sorted(tallies, key=lambda t: (*(-t.by_severity[s] for s in SEVERITIES), t.name))


def _weights() -> dict[str, int]:
    return {severity: i for i, severity in enumerate(SEVERITIES)}
