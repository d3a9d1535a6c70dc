"""The table of what is promised: `python -m tests.proof [--short | --long] [--only NAME]`; ends with 1 where something did not hold."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.proof import called, faults, fuzz, mishaps, names
from tests.proof.lines import HEAD, Line, Size

PARTS: Mapping[str, Callable[..., Iterator[Line]]] = {
    "faults": faults.lines,
    "mishaps": mishaps.lines,
    "fuzz": fuzz.lines,
    "names": names.lines,
    "called": called.lines,
}


def main() -> int:
    """Print the table and what did not hold; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("--short", action="store_true", help="a few tries, as the tests do")
    parser.add_argument("--long", action="store_true", help="every write, many more inputs: hours")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    wanted = parser.parse_args()
    size: Size = "long" if wanted.long else "short" if wanted.short else "usual"
    wrong: list[str] = []
    say(HEAD)
    for name in [wanted.only] if wanted.only else PARTS:
        with tempfile.TemporaryDirectory(prefix="proof-") as folder:
            for line in PARTS[name](Path(folder), size=size):
                say(line.row())
                wrong += line.faults
    for fault in wrong:
        say(f"\n{fault}")
    return 1 if wrong else 0


def say(text: str) -> None:
    """Print at once, so that a long run can be followed."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
