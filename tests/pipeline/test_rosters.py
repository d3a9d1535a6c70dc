"""A sender's progress ledger and its roster that contradict each other, in whatever order they come."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.demo.city import Firm, Truth
from flows.demo.people import people_of, write_roster
from flows.steps.months import Month
from schemas.registry import SENDERS
from tests.support.retirees import COUNTS
from tests.support.working import (
    CEMENT,
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    WEST,
    Office,
    bulletin,
)

MAY = "2022-05"
BESIDE = (100, 50, 100, 40, 20, 10, 0)
TRUE, FAR, NEAR = (60, 30, 60, 20, 10, 5, 3), (93, 30, 93, 20, 10, 5, 3), (80, 30, 80, 20, 10, 5, 3)
ASKED = "“退休人员总数”进度台账为93，花名册为60，相差33；“应移交档案数”进度台账为93，花名册为60，相差33。"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office to which one county owes both ledgers, and another has sent its own."""
    senders = [[EAST, "县区", "", "", "进度台账、花名册"], [WEST, "县区", "", "", "进度台账"]]
    made = Office(tmp_path, SETTINGS, {**REGISTERED, SENDERS: senders})
    made.ledger(MAY, WEST, [(CEMENT, BESIDE)])
    return made


def progress(
    office: Office, counts: Sequence[int], name: str = "进度.xlsx", note: str = ""
) -> None:
    """Put the county's progress ledger into the folder."""
    office.ledger(MAY, EAST, [(MACHINES, counts)], name, **({"note": note} if note else {}))


def roster(office: Office, counts: Sequence[int] = TRUE, name: str = "花名册.xlsx") -> None:
    """Put the county's roster into the folder."""
    firm = Firm(MACHINES, "", "市属", (EAST,))
    truth = Truth(EAST, firm, dict(zip(COUNTS, counts, strict=True)))
    path = office.folder / "ledgers" / MAY / EAST / name
    write_roster(path, people_of([truth], Month.parse(MAY), 7), "花名册", EAST)


def outcome(office: Office) -> tuple[dict[str, str], int, list[str]]:
    """Return a run's verdicts by file, the city's retirees, and what is said of the two ledgers."""
    office.run(MAY)
    quality = json.loads(office.out(MAY, "quality.json").read_text(encoding="utf-8"))
    figures = json.loads(office.out(MAY, "figures.json").read_text(encoding="utf-8"))
    verdicts = {
        x["file"].split("/")[1]: x["verdict"] for x in quality["ledgers"] if x["sender"] == EAST
    }
    said = [
        f"{x['severity']} {x['message']}"
        for x in quality["failures"]
        if x["code"] == "roster-mismatch"
    ]
    return verdicts, figures["city"]["retirees"], said


HELD = ({"花名册.xlsx": "accepted", "进度.xlsx": "held"}, 100, [f"query {ASKED}"])
NOTED = (
    {"花名册.xlsx": "accepted", "进度.xlsx": "accepted"},
    180,
    [
        "note “退休人员总数”进度台账为80，花名册为60，相差20。",
        "note “应移交档案数”进度台账为80，花名册为60，相差20。",
    ],
)


@pytest.mark.parametrize("order", ["together", "progress", "roster"])
def test_whichever_comes_first(office: Office, order: str) -> None:
    """Beyond 5 % and 20 people the progress ledger waits, also one that was accepted before the roster came."""
    if order == "progress":
        progress(office, FAR)
        assert outcome(office) == ({"进度.xlsx": "accepted"}, 193, [])
    if order == "roster":
        roster(office)
        assert outcome(office)[0] == {"花名册.xlsx": "accepted"}
    progress(office, FAR)
    roster(office)
    assert outcome(office) == HELD
    assert outcome(office) == HELD  # and a run later


def test_checking_a_roster_alone(office: Office) -> None:
    """`bulletin check` speaks of the file that it is given, and changes nothing."""
    progress(office, FAR)
    before = outcome(office)
    roster(office)
    _, told = bulletin(office, "check", f"ledgers/{MAY}/{EAST}/花名册.xlsx", "--month", MAY)
    assert ("花名册.xlsx" in told, "进度.xlsx" in told) == (True, False)
    (office.folder / "ledgers" / MAY / EAST / "花名册.xlsx").unlink()
    assert outcome(office) == before


def test_up_to_20_people_are_a_note(office: Office) -> None:
    """Nothing waits for an answer."""
    progress(office, NEAR)
    roster(office)
    assert outcome(office) == NOTED


def test_a_mended_roster_frees_the_progress_ledger(office: Office) -> None:
    """The file of the progress ledger has not changed, and its rows count again."""
    progress(office, FAR)
    roster(office)
    assert outcome(office) == HELD
    roster(office, FAR, "花名册（更正）.xlsx")
    verdicts, retirees, said = outcome(office)
    assert (verdicts["进度.xlsx"], retirees, said) == ("accepted", 193, [])


def test_a_roster_taken_back_frees_the_progress_ledger(office: Office) -> None:
    """What was put in by mistake asks nothing any more."""
    progress(office, FAR)
    roster(office)
    assert outcome(office) == HELD
    assert bulletin(office, "withdraw", MAY, "花名册.xlsx", "--reason", "放错")[0] == 0
    assert outcome(office) == ({"进度.xlsx": "accepted"}, 193, [])


def test_the_office_answers(office: Office) -> None:
    """An accepted reason frees the row; one that is refused afterwards holds it again."""
    progress(office, FAR)
    roster(office)
    assert outcome(office) == HELD
    assert bulletin(office, "accept", MAY, EAST, "--reason", "花名册未补齐")[0] == 0
    answered = f"note {ASKED}核实说明：“花名册未补齐”。"
    assert outcome(office) == (
        {"花名册.xlsx": "accepted", "进度.xlsx": "accepted"},
        193,
        [answered],
    )
    assert bulletin(office, "refuse", MAY, EAST, "--reason", "请补齐")[0] == 0
    verdicts, retirees, said = outcome(office)
    assert (verdicts["进度.xlsx"], retirees) == ("held", 100)
    assert said == [f"query {ASKED}说明未被采纳：“请补齐”。"]


def test_a_reason_in_the_row(office: Office) -> None:
    """备注 explains the difference, in either order."""
    progress(office, FAR, note="花名册未补齐")
    outcome(office)
    roster(office)
    noted = f"note {ASKED}备注说明：“花名册未补齐”。"
    assert outcome(office) == ({"花名册.xlsx": "accepted", "进度.xlsx": "accepted"}, 193, [noted])


def test_what_is_issued_is_not_taken_back(office: Office) -> None:
    """A roster that comes after the bulletin is only noted."""
    progress(office, FAR)
    office.run(MAY)
    assert bulletin(office, "issue", MAY, "--yes")[0] == 0
    roster(office)
    verdicts, retirees, said = outcome(office)
    assert (verdicts["进度.xlsx"], retirees) == ("accepted", 193)
    assert [text.split()[0] for text in said] == ["note", "note"]
