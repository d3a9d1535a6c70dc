"""How long a large roster takes to read and check, beside other libraries that make eight common checks of it.

Run: python -m tests.bench.bench_peers PYTHON [ROWS], with the interpreter of an environment that has them (`make bench-peers` makes one).
Goals (DESIGN §10) are for the eight; what all our checks take is told beside. A process each, the best of three, after a small file, so
that imports do not count.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from flows.campaign.folder import load_campaign
from flows.settings import Campaign
from flows.steps.check.alone import check_alone
from flows.steps.check.names import register
from flows.steps.check.report import FailureBuilder
from flows.steps.check.validate import validate
from flows.steps.model import Ledger, ParsedFile
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas import pandera_models
from schemas.bindings import Binding, Context, bindings_of
from schemas.definition import Definition, Kind
from schemas.shipped import shipped
from tests.bench.apart import least, say
from tests.bench.bench_check import prepare

MONTH, ISSUED = Month(2022, 5), date(2022, 6, 2)
EIGHT = {("not-in-list", "sex"), ("not-in-list", "politics"), ("id-invalid", "id"), ("unknown-county", "county"), ("phone-invalid", "phone"),
         ("duplicate-person", "id")}  # fmt: skip  # with the schema's own check of required cells
GOALS = {
    "pointblank": 1.0,
    "pandera": 2.0,
    "great_expectations": 3.5,
    "openpyxl": 5.0,
    "frictionless": 7.0,
}


def main(python: str, rows: int) -> None:
    """Print each library's time and how many times ours it is."""
    with tempfile.TemporaryDirectory() as name:
        path, _ = prepare(Path(name), rows)
        small, _ = prepare(Path(name, "small"), 50)
        calamine = least("tests.bench.peers", "calamine", str(path), str(small), python=python)[0]
        ours, found = least("tests.bench.bench_peers", "eight", name)
        everything, faults = least("tests.bench.bench_peers", "all", name)
        say(f"calamine alone {calamine:.2f} s ({rows} rows)")
        say(
            f"read and the eight checks here {ours:.2f} s = {ours / calamine:.2f} x calamine, {found:.0f} faults"
        )
        say(
            f"read and all our checks, counts and keyed hashes {everything:.2f} s = {everything / calamine:.2f} x, {faults:.0f} faults"
        )
        for peer, goal in GOALS.items():
            seconds, failures = least(
                "tests.bench.peers",
                peer,
                str(path),
                str(small),
                python=python,
                times=3 if goal < 4 else 1,
            )
            say(
                f"{peer:20}{seconds:7.2f} s  {seconds / calamine:5.1f} x calamine  {seconds / ours:5.1f} x ours (goal: {goal}), {failures:.0f} faults"
            )


def once(folder: Path, eight: bool) -> tuple[float, int]:
    """Return the seconds that reading and checking takes here, and the faults found."""
    campaign = load_campaign(folder / "campaign")
    if eight:
        for module in (pandera_models, sys.modules["flows.steps.check.validate"]):
            setattr(module, "bindings_of", _eight_bindings)  # noqa: B010  # no module's own to set
    for path in (folder / "small" / "花名册.xlsx", folder / "花名册.xlsx"):
        begin = time.perf_counter()
        reading = read_file(path, path.name, shipped())
        found = _eight(reading.ledgers[0], campaign) if eight else _all(reading, campaign)
        seconds = time.perf_counter() - begin
    return seconds, found


def _eight_bindings(definition: Definition, kind: Kind) -> tuple[Binding, ...]:
    return tuple(b for b in bindings_of(definition, kind) if (b.code, b.at) in EIGHT)


def _eight(ledger: Ledger, campaign: Campaign) -> int:
    reporter = FailureBuilder(
        "", ledger, campaign, ISSUED, MONTH.last_day, register(ledger, None, campaign)
    )
    counties = frozenset(county.name for county in campaign.counties)
    context = Context(
        counties,
        campaign.registered_units,
        np.datetime64(ISSUED, "s"),
        MONTH.last_day,
        np.datetime64("2017-01-01", "s"),
        np.datetime64("1962-01-01", "s"),
    )
    return len(validate(ledger, context, reporter).failures)


def _all(reading: ParsedFile, campaign: Campaign) -> int:
    (examined,) = check_alone(reading, campaign, MONTH, ISSUED, b"bench")
    return len(examined.failures)


if __name__ == "__main__":
    if sys.argv[1] in ("eight", "all"):
        say(" ".join(map(str, once(Path(sys.argv[2]), sys.argv[1] == "eight"))))
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
