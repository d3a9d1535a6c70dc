"""Timing in processes of their own: each figure starts from the same state, and its memory is its own."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


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


def cpu(command: Sequence[str], folder: Path, times: int = 7) -> float:
    """Return the least processor seconds of a whole process over several runs."""
    found = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(found)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
