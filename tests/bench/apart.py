"""Timing in processes of their own: each figure starts from the same state, and its memory is its own.

Two ways of the same work are measured alternately. What is judged is the median of the pairs' ratios; a goal counts as missed only if
three of four pairs miss it, so that a machine's noise fails nobody.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent.parent
RESULTS = "BENCH_RESULTS"  # names the file in which the figures of all benchmarks are collected


@dataclass(frozen=True)
class Figure:
    """A figure with its goal: what was done, beside what, each measurement, the most it may be."""

    work: str
    against: str
    found: Sequence[float]
    most: float
    unit: str = "x"

    @property
    def measured(self) -> float:
        """Return the figure itself, the median."""
        return median(self.found)

    @property
    def met(self) -> bool:
        """Return whether the goal is met, but for noise."""
        lower = quantiles(self.found, n=4)[0] if len(self.found) > 1 else self.found[0]
        return min(lower, self.measured) <= self.most

    def __str__(self) -> str:
        spread = f" ({min(self.found):.2f} to {max(self.found):.2f})" if len(self.found) > 1 else ""
        verdict = "met" if self.met else "MISSED"
        beside = f" / {self.against}" if self.unit == "x" else ""
        return (
            f"{self.work}{beside}: {self.measured:.2f} {self.unit}{spread}, "
            f"goal {self.most:g} {self.unit}: {verdict}"
        )


def judge(*figures: Figure) -> None:
    """Print figures with their goals, and hand them on to who runs all benchmarks."""
    for figure in figures:
        say(str(figure))
        if place := os.environ.get(RESULTS):
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(figure)) + "\n")


def figures(module: str, *words: str, python: str = sys.executable) -> list[float]:
    """Return the numbers in the last line that a module prints when run with some words."""
    done = subprocess.run(
        [python, "-m", module, *words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return [float(word) for word in done.stdout.strip().splitlines()[-1].split()]


def least(module: str, *words: str, python: str = sys.executable, times: int = 3) -> list[float]:
    """Return each figure's least over several processes."""
    return [
        min(column)
        for column in zip(
            *(figures(module, *words, python=python) for _ in range(times)), strict=True
        )
    ]


def paired(
    ours: Callable[[], Sequence[float]], other: Callable[[], Sequence[float]], times: int
) -> tuple[list[Sequence[float]], list[Sequence[float]]]:
    """Return what two ways of the same work measure, made in turns."""
    pairs = [(ours(), other()) for _ in range(times)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def ratios(ours: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> list[float]:
    """Return the ratio of the first figures of each pair."""
    return [a[0] / b[0] for a, b in zip(ours, other, strict=True)]


def wall(command: Sequence[str], folder: Path) -> list[float]:
    """Return the seconds that a whole process takes."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return [time.perf_counter() - begin]


def cpu(command: Sequence[str], folder: Path) -> list[float]:
    """Return the processor seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return [after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
