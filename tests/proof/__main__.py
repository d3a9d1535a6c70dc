"""The table of what is promised: `python -m tests.proof [--short | --long] [--only NAME]`; ends with 1 where something did not hold.

The parts of the table are tried side by side, in processes of their own, on two processors. `--readme LOG` puts what a run printed into README.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.proof import called, faults, fuzz, mishaps, names, services
from tests.proof.lines import HEAD, Line, Size
from tests.proof.report import described, put_into_readme
from tests.support.paths import ROOT

PARTS: Mapping[str, Callable[..., Iterator[Line]]] = {
    "faults": faults.lines,
    "mishaps": mishaps.lines,
    "services": services.lines,
    "fuzz": fuzz.lines,
    "names": names.lines,
    "called": called.lines,
}
BEGUN_FIRST = ("called", "faults")  # since they take longest
SIDE_BY_SIDE = 2


def main() -> int:
    """Print the table and what did not hold; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("--short", action="store_true", help="a few tries, as the tests do")
    parser.add_argument("--long", action="store_true", help="every write, many more inputs: hours")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    parser.add_argument("--readme", type=Path, metavar="LOG", help="put a run's output into README")
    wanted = parser.parse_args()
    if wanted.readme:
        put_into_readme(wanted.readme.read_text(encoding="utf-8"))
        return 0
    size: Size = "long" if wanted.long else "short" if wanted.short else "usual"
    wrong = _part(wanted.only, size) if wanted.only else _whole(size)
    for fault in wrong:
        say(f"\n{fault}")
    return 1 if wrong else 0


def _part(name: str, size: Size) -> Sequence[str]:
    """Print the lines of a part; return what did not hold."""
    wrong: list[str] = []
    say(HEAD)
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        for line in PARTS[name](Path(folder), size=size):
            say(line.row())
            wrong += line.faults
    return wrong


def _whole(size: Size) -> Sequence[str]:
    """Print the lines of all parts and how long each took; return what did not hold."""
    say(HEAD)
    wrong, minutes = [], {}
    begin = time.monotonic()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        order = [*BEGUN_FIRST, *(name for name in PARTS if name not in BEGUN_FIRST)]
        begun = {name: pool.submit(_apart, name, size) for name in order}
        for name in PARTS:
            rows, rest, seconds = begun[name].result()
            for row in rows:
                say(row)
            wrong += [rest] if rest else []
            minutes[name] = seconds / 60
    say(f"\n{described(minutes, (time.monotonic() - begin) / 60)}")
    return wrong


def _apart(name: str, size: Size) -> tuple[Sequence[str], str, float]:
    """Return the rows of a part that ran in a process of its own, what it says besides, and its seconds."""
    begin = time.monotonic()
    command = [sys.executable, "-W", "ignore", "-m", "tests.proof", "--only", name]
    done = subprocess.run(
        command if size == "usual" else [*command, f"--{size}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    table, _, rest = done.stdout.partition("\n\n")
    rows = table.splitlines()[len(HEAD.splitlines()) :]
    if done.returncode and not rest:
        rest = f"{name} ended with {done.returncode}"
    return rows, rest.strip(), time.monotonic() - begin


def say(text: str) -> None:
    """Print at once, so that a long run can be followed."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
