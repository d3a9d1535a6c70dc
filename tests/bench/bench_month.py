"""A month of 3 000 small ledgers and 6 000 bulletins on two processors, beside one ledger 1 500 times.

Run: python -m tests.bench.bench_month [LEDGERS]. Goal (issue 20): at most 100 s for 3 000, in proportion for fewer. Each county is a
sender with a bulletin, and so is each of as many enterprises. The whole run is timed, in a process of its own, from an empty store.
"""

import sys
import tempfile
from pathlib import Path

from flows.demo.city import make_city
from flows.demo.write import write_campaign, write_month
from flows.steps.months import Month
from tests.bench.apart import Figure, judge, say, wall

MONTH, GOAL = Month(2022, 5), 100 / 3000
BULLETIN = str(Path(sys.executable).with_name("bulletin"))
RUN = [
    BULLETIN,
    "run",
    str(MONTH),
    "--without-prefect",
    "--ledgers",
    "ledgers",
    "--issued",
    "2022-06-02",
]


def main(ledgers: int) -> None:
    """Print what the month takes, and what one ledger would take so many times on two processors."""
    one, many = (seconds_of(count) for count in (1, ledgers))
    say(f"one ledger alone {one:.1f} s, {ledgers // 2} times that {one * ledgers / 2:.0f} s")
    work = f"a month of {ledgers} small ledgers, {2 * ledgers} bulletins, two processors"
    judge(Figure(work, f"one ledger x {ledgers // 2}", [many], ledgers * GOAL, "s"))


def seconds_of(ledgers: int) -> float:
    """Return the seconds of a month's run."""
    with tempfile.TemporaryDirectory() as name:
        folder, city = Path(name), make_city(counties=ledgers, firms=max(ledgers, 11))
        write_campaign(folder / "campaign", city)
        write_month(folder / "ledgers", city, 2, MONTH, with_faults=False)
        (seconds,) = wall(RUN, folder)
        made = sum(1 for _ in (folder / "outputs" / str(MONTH) / "bulletins").rglob("*.docx"))
        if made < 2 * ledgers:
            raise AssertionError(f"{made} bulletins")
    return seconds


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
