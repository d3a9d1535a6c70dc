"""What the office decides about ledgers (DESIGN §7): recorded, in force from the next run, never altering a figure."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.registry import COUNTIES
from tests.support.working import (
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    WEST,
    Office,
    bulletin,
    copied,
)

BEFORE = (320, 200, 320, 100, 70, 20, 50)
JUMPED = (600, 210, 600, 110, 140, 22, 55)
BESIDE = (100, 50, 100, 40, 20, 10, 0)  # of another county, so that every month has a bulletin


def office_beside(folder: Path) -> Office:
    """Return an office to which another county reports the same in both months."""
    office = Office(folder, SETTINGS)
    for month in ("2022-04", "2022-05"):
        office.ledger(month, WEST, [(CEMENT, BESIDE)])
    return office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office with an accepted month, and a ledger of the next that asks a question."""
    return copied(asked, tmp_path)


def asked(folder: Path) -> Office:
    """Return the office of two months in a folder."""
    made = office_beside(folder)
    made.ledger("2022-04", EAST, [(CHEMICALS, BEFORE), (MACHINES, BEFORE)])
    made.run("2022-04")
    made.ledger("2022-05", EAST, [(CHEMICALS, JUMPED), (MACHINES, BEFORE)])
    made.run("2022-05")
    return made


def state(office: Office) -> tuple[str, int]:
    """Return the verdict of the county's ledger in May, and the city's retirees."""
    quality = json.loads(office.out("2022-05", "quality.json").read_text(encoding="utf-8"))
    figures = json.loads(office.out("2022-05", "figures.json").read_text(encoding="utf-8"))
    verdicts = {x["file"]: x["verdict"] for x in quality["ledgers"] if x["sender"] == EAST}
    return verdicts[f"{EAST}/台账.xlsx"], figures["city"]["retirees"]


def test_a_first_month_is_compared_with_the_survey(tmp_path: Path) -> None:
    """摸底人数 stands in 名录; the office answers for a county whose sum differs."""
    counties = [[*row, "500" if row[0] == EAST else ""] for row in REGISTERED[COUNTIES]]
    office = Office(tmp_path, SETTINGS, {**REGISTERED, COUNTIES: counties})
    office.ledger("2022-05", WEST, [(CEMENT, BESIDE)])
    office.ledger("2022-05", EAST, [(CHEMICALS, BEFORE)])
    office.run("2022-05")
    assert state(office) == ("held", 100)
    assert "摸底人数为500，少180" in bulletin(office, "status", "2022-05")[1]
    assert bulletin(office, "accept", "2022-05", EAST, "--reason", "其余已去世")[0] == 0
    office.run("2022-05")
    assert state(office) == ("accepted", 420)


def faults(office: Office, code: str) -> list[dict[str, Any]]:
    """Return the faults of a rule in May."""
    quality = json.loads(office.out("2022-05", "quality.json").read_text(encoding="utf-8"))
    return [fault for fault in quality["failures"] if fault["code"] == code]


def test_a_doubtful_value_waits(office: Office) -> None:
    """The ledger is held, and last month's figures stand."""
    assert state(office) == ("held", 740)
    assert {fault["severity"] for fault in faults(office, "base-jumped")} == {"query"}


def test_an_accepted_value_counts_and_is_not_asked_for_again(office: Office) -> None:
    """The office answers for a sender that telephoned: figures follow with the next run."""
    code, said = bulletin(office, "accept", "2022-05", EAST, "--reason", "电话核实，企业并入")
    assert code == 0
    assert "已认可" in said
    assert state(office) == ("held", 740)
    office.run("2022-05")
    assert state(office) == ("accepted", 1020)
    asked = faults(office, "base-jumped")
    assert {fault["severity"] for fault in asked} == {"note"}
    assert all("核实说明：“电话核实，企业并入”" in fault["message"] for fault in asked)


def test_status_numbers_the_questions_and_lists_the_decisions(office: Office) -> None:
    """The numbers are those of `--fault`; a decision stands with its time and reason."""
    _, before = bulletin(office, "status", "2022-05")
    assert f"{EAST} 待核实：\n  1. “" in before
    assert "  2. “" in before
    bulletin(office, "accept", "2022-05", EAST, "--fault", "1", "--reason", "电话核实")
    office.run("2022-05")
    _, after = bulletin(office, "status", "2022-05")
    assert f"{EAST} 已作说明：\n  1. “" in after
    assert f"认可 {EAST}：电话核实" in after


def test_one_question_of_several_can_be_accepted(office: Office) -> None:
    """The others keep the ledger waiting."""
    code, _ = bulletin(office, "accept", "2022-05", EAST, "--fault", "1", "--reason", "属实")
    office.run("2022-05")
    assert (code, state(office)) == (0, ("held", 740))


def test_an_explanation_can_be_refused(office: Office) -> None:
    """A refused answer is a question again, with the office's reason."""
    bulletin(office, "accept", "2022-05", EAST, "--reason", "属实")
    office.run("2022-05")
    code, _ = bulletin(office, "refuse", "2022-05", EAST, "--reason", "请附文件")
    office.run("2022-05")
    assert (code, state(office)) == (0, ("held", 740))
    assert all("说明未被采纳：“请附文件”" in x["message"] for x in faults(office, "base-jumped"))


def test_a_ledger_goes_back_in_the_offices_own_words(office: Office) -> None:
    """The reason stands in the list of problems at the cell that it speaks of."""
    words = ("return", "2022-05", EAST, "--reason", "请按新口径重报", "--cell", "进度!C5")
    assert bulletin(office, *words)[0] == 0
    office.run("2022-05")
    (fault,) = faults(office, "returned-by-office")
    assert (fault["sheet"], fault["cell"], fault["severity"]) == ("进度", "C5", "ledger")
    assert "请按新口径重报" in fault["message"]
    assert state(office)[0] == "returned"


def test_a_ledger_put_in_by_mistake_is_taken_back(tmp_path: Path) -> None:
    """A withdrawn file counts no more, in the folder or not; the one before it counts again."""
    office = office_beside(tmp_path)
    office.ledger("2022-05", EAST, [(CHEMICALS, BEFORE), (MACHINES, BEFORE)])
    office.run("2022-05")
    office.ledger("2022-05", EAST, [(CHEMICALS, JUMPED), (MACHINES, JUMPED)], "误.xlsx")
    office.run("2022-05")
    assert state(office)[1] == 1300
    code, said = bulletin(office, "withdraw", "2022-05", "误.xlsx", "--reason", "放错了")
    assert (code, "已撤回" in said) == (0, True)
    office.run("2022-05")
    assert state(office) == ("accepted", 740)


# words, what is said
WRONG = [
    (("accept", "2022-05", "乌有县", "--reason", "x"), "名录中没有报送单位“乌有县”"),
    (("accept", "2022-05", EAST, "--fault", "9", "--reason", "x"), "没有第9个问题"),
    (("accept", "2022-05", EAST, "--reason", " "), "没有写明原因"),
    (("refuse", "2022-05", EAST, "--reason", "x"), "没有已作说明的问题"),
    (("withdraw", "2022-05", "无.xlsx", "--reason", "x"), "入库的台账中没有“无.xlsx”"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_what_cannot_be_decided_is_said(office: Office, words: tuple[str, ...], said: str) -> None:
    """Each refusal names what was given and what there is."""
    code, answer = bulletin(office, *words)
    assert (code, said in answer) == (1, True)


def test_a_vanished_row_is_asked_about(tmp_path: Path) -> None:
    """An enterprise that drops out of its county's ledger keeps the ledger waiting until answered."""
    office = office_beside(tmp_path)
    office.ledger("2022-04", EAST, [(CHEMICALS, BEFORE), (MACHINES, BEFORE)])
    office.run("2022-04")
    office.ledger("2022-05", EAST, [(CHEMICALS, BEFORE)])
    office.run("2022-05")
    assert state(office) == ("held", 740)
    (fault,) = faults(office, "unit-vanished")
    assert MACHINES in fault["message"]
    bulletin(office, "accept", "2022-05", EAST, "--reason", "已划出")
    office.run("2022-05")
    assert state(office) == ("accepted", 420)


def test_a_base_of_the_city_that_moves_much_needs_a_yes(tmp_path: Path) -> None:
    """The run and the overview say which rows move it; nothing is issued before somebody says yes."""
    office = Office(tmp_path)
    office.ledger("2022-04", EAST, [(CHEMICALS, BEFORE), (MACHINES, BESIDE)])
    office.run("2022-04")
    office.ledger("2022-05", EAST, [(CHEMICALS, JUMPED), (MACHINES, BESIDE)])
    office.run("2022-05")
    moved = f"全市“退休人员总数”由420变为700，增加66.67%，变动最大的是{EAST}{CHEMICALS}（+280）"
    assert moved in office.out("2022-05", "index.html").read_text(encoding="utf-8")
    code, said = bulletin(office, "issue", "2022-05")
    assert (code, moved in said, "--yes" in said) == (1, True, True)
    assert bulletin(office, "issue", "2022-05", "--yes")[0] == 0
