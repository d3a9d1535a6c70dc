"""The short form of `make proof`: a few tries, in a process that forks its own children."""

import subprocess
import sys

import pytest

from tests.proof import lines, mutations, report
from tests.support.paths import ROOT

PACKAGES = {"xlsx", "xlsm", "ods", "docx"}


@pytest.mark.parametrize("part", ["faults", "fuzz", "names"])
def test_a_few_tries_hold(part: str) -> None:
    """Every row of the table says as many held as were tried."""
    command = [sys.executable, "-m", "tests.proof", "--short", "--only", part]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    table, rest = done.stdout.split("\n\n", 1) if "\n\n" in done.stdout else (done.stdout, "")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert (done.returncode, rest, [row for row in rows if row[-1] != row[-2]]) == (0, "", [])
    assert all(int(row[-2]) > 0 for row in rows)


@pytest.mark.parametrize(
    ("count", "most", "chosen"),
    [(3, None, [1, 2, 3]), (3, 5, [1, 2, 3]), (9, 3, [1, 5, 9]), (134, 2, [1, 134]), (1, 4, [1])],
)
def test_tries_are_spread(count: int, most: int | None, chosen: list[int]) -> None:
    """The first write and the last are among them."""
    assert lines.spread(count, most) == chosen


def test_a_row_counts_what_held() -> None:
    """A try that did not hold is told below the table."""
    line = lines.line_of("a promise", [None, "wrong", None])
    assert (line.row(), line.faults) == ("| a promise | 3 | 2 |", ["wrong"])


def test_members_are_altered_in_packages_only() -> None:
    """Every other format has its bytes changed."""
    assert {e for e, kinds in mutations.CHECKED.items() if len(kinds) > 3} == PACKAGES


def test_readme_has_what_a_whole_run_printed() -> None:
    """The table stands between the marks as it was printed, below when and where it was made; half a run is refused."""
    measured = report.described({"faults": 2.04, "names": 1.0}, 2.6)
    table = f"{lines.HEAD}\n| a promise | 3 | 3 |"
    readme = "before\n<!-- proof -->\nold\n<!-- /proof -->\nafter\n"
    assert measured.endswith("; 3 minutes (side by side, in minutes: faults 2.0, names 1.0).")
    assert report.filled(readme, f"{table}\n\n{measured}\n") == (
        f"before\n<!-- proof -->\n{measured}\n\n{table}\n<!-- /proof -->\nafter\n"
    )
    with pytest.raises(ValueError, match="not what a whole run prints"):
        report.filled(readme, table)
