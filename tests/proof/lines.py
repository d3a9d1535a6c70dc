"""A line of the table: what is promised, how often that was tried, what did not hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Size = Literal["short", "usual", "long"]
HEAD = "| what is promised | tries | held |\n|---|---|---|"


@dataclass(frozen=True)
class Line:
    """A promise with the number of its tries; `faults` says of each that did not hold why."""

    promise: str
    tries: int
    faults: Sequence[str] = ()

    @property
    def held(self) -> int:
        """Return how many tries held."""
        return self.tries - len(self.faults)

    def row(self) -> str:
        """Return the line as a row of a Markdown table."""
        return f"| {self.promise} | {self.tries} | {self.held} |"


def line_of(promise: str, tries: Iterable[str | None]) -> Line:
    """Return the line of some tries, each None where it held and else what was wrong."""
    results = list(tries)
    return Line(promise, len(results), [wrong for wrong in results if wrong is not None])


def spread(count: int, most: int | None) -> list[int]:
    """Return the numbers from 1 to `count`, or `most` of them spread evenly, the ends among them."""
    if most is None or count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(i * (count - 1) / (most - 1)) for i in range(most)})
