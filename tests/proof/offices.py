"""The working folders that faults are tried on, and what counts as the same outcome."""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flows.demo.city import Firm, Truth
from flows.demo.people import people_of, write_roster
from flows.steps.months import Month
from schemas.registry import SENDERS
from tests.support.retirees import COUNTS
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    REGISTERED,
    SOUTH,
    WEST,
    Office,
)

MONTH = "2022-05"
RUN = ("run", MONTH, "--issued", "2022-06-02", "--without-prefect")
FIRST, LATER = (60, 30, 60, 20, 10, 5, 3), (60, 40, 60, 30, 10, 6, 9)
FAULTY = (50, 60, 50, 0, 10, 0, 0)
_EXPECTED = re.compile(r"\.(\d{4}-\d\d|upkeep)\.lock")
_PREFECTS_OWN = "runner_storage"  # which its runner keeps among the temporary files
_UPLOADS = Path(
    "desk", "batches"
)  # an upload that was killed goes with its folder after three days


def new_office(folder: Path) -> Office:
    """Return an office to which a good ledger, a faulty one and a roster have come for May."""
    senders = [
        [EAST, "县区", "", "", "花名册"],
        *([name, "县区", "", "", "进度台账"] for name in (WEST, SOUTH)),
    ]
    office = Office(folder, registered={**REGISTERED, SENDERS: senders})
    firm = Firm(MACHINES, "", "市属", (EAST,))
    truth = Truth(EAST, firm, dict(zip(COUNTS, FIRST, strict=True)))
    roster = folder / "ledgers" / MONTH / EAST / "花名册.xlsx"
    write_roster(roster, people_of([truth], Month.parse(MONTH), 7), "花名册", EAST)
    office.ledger(MONTH, WEST, [(CHEMICALS, LATER)])
    office.ledger(MONTH, SOUTH, [(CEMENT, FAULTY)])
    return office


def edit_and_correct(folder: Path) -> None:
    """Edit a draft of May by hand, put a file beside it, and let a corrected ledger come in."""
    draft = folder / "outputs" / MONTH / "bulletins" / "全市.docx"
    draft.write_bytes(draft.read_bytes() + b"\0")  # other bytes, read all the same
    Office(folder).ledger(MONTH, SOUTH, [(CEMENT, LATER)], "更正.xlsx")


def copied(folder: Path, to: Path) -> Path:
    """Return a copy of a working folder."""
    shutil.copytree(folder, to, symlinks=True)
    return to


def outcome(folder: Path) -> Mapping[str, Any]:
    """Return what has to be the same however a folder's work went: every output's bytes, and the store's sense."""
    from flows.steps.store import Store

    store = Store(str(folder / "campaign" / "store"))
    submissions = store.records("submissions")
    counted, issues = {s["id"] for s in submissions}, {i["id"] for i in store.records("issues")}
    people = store.read("roster", columns=["submission"])["submission"].to_pylist()
    return {
        "outputs": digests(folder / "outputs"),
        "ledgers": sorted(f"{s['month']} {s['file']} {s['verdict']}" for s in submissions),
        "issued": sorted(f"{d['path']} {d['sha256']}" for d in store.records("documents") if d["issue"] in issues),
        "persons": sum(submission in counted for submission in people),
    }  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def left_over(folder: Path, temporary: Path) -> list[str]:
    """Return what lies in the staging area, beside the outputs under a hidden name, or among the temporary files."""
    staged = (folder / "campaign" / "store" / "waiting").glob("*")
    hidden = [p for p in folder.rglob(".*") if _EXPECTED.fullmatch(p.name) is None]
    other = [p for p in temporary.iterdir() if p.name != _PREFECTS_OWN]
    left = [p for p in (*staged, *hidden, *other) if folder / _UPLOADS not in p.parents]
    return sorted(str(p.relative_to(folder.parent)) for p in left)


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Return in a few words how two outcomes differ, None if they do not."""
    for key in one.keys() | other.keys():
        if one.get(key) != other.get(key):
            return f"{key}: {_first(one.get(key), other.get(key))}"
    return None


def _first(one: object, other: object) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n))
        return ", ".join(names[:4])
    return f"{str(one)[:200]} / {str(other)[:200]}"


Prepare = Callable[[Path], object]
