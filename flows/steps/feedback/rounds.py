"""Two rounds of the same ledger: what was mended, what is still wrong, what is new."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from flows.steps.model import Failure


@dataclass(frozen=True)
class Round:
    """The faults of a ledger against those of the round before: mended, still there, new."""

    fixed: Sequence[Failure]
    still: Sequence[Failure]
    new: Sequence[Failure]

    @property
    def sentence(self) -> str:
        """Return what became of the faults of the round before, in numbers."""
        return (
            f"与上次退回时相比：已改正{len(self.fixed)}处，"
            f"仍未改正{len(self.still)}处，新出现{len(self.new)}处。"
        )


def compare_rounds(before: Sequence[Failure], now: Sequence[Failure]) -> Round:
    """Return the faults of the round before that were mended, those that remain, and the new.

    `before` and `now` are the faults of one sender's ledgers of one kind. Two faults are the same
    if rule and cell agree; as rows may be inserted and files renamed, also if rule, column, value
    and sentence agree. Notes are left out: nobody has to mend them.
    """
    left, current = _to_mend(before), _to_mend(now)
    still: set[int] = set()
    for key in (_at_cell, _by_words):
        left = _match(left, current, still, key)
    return Round(
        left,
        [f for i, f in enumerate(current) if i in still],
        [f for i, f in enumerate(current) if i not in still],
    )


def _to_mend(failures: Sequence[Failure]) -> list[Failure]:
    return [failure for failure in dict.fromkeys(failures) if failure.severity != "note"]


def _match(
    left: Sequence[Failure],
    current: Sequence[Failure],
    still: set[int],
    key: Callable[[Failure], Hashable],
) -> list[Failure]:
    """Return those of `left` without a match; add the positions of matches to `still`."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for i, failure in enumerate(current):
        if i not in still:
            waiting[key(failure)].append(i)
    gone = []
    for failure in left:
        same = waiting.get(key(failure))
        if same:
            still.add(same.pop(0))
        else:
            gone.append(failure)
    return gone


def _at_cell(failure: Failure) -> Hashable:
    return failure.code, failure.sheet, failure.cell, failure.row, failure.header


def _by_words(failure: Failure) -> Hashable:
    return failure.code, failure.header, failure.value, failure.message
