"""A sender's answers in the list of its returned copy (DESIGN §5): read back, matched, counted."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from schemas.problem_list import KEY, REASON, RESULT, TRUE
from tests.pipeline.test_decisions import BEFORE, BESIDE, JUMPED, faults, office_beside
from tests.support.working import CHEMICALS, EAST, MACHINES, Office, copied

COPY = f"returns/{EAST}/台账（已标注）.xlsx"


def held_office(folder: Path) -> Office:
    """Return an office with a ledger that waits for the answers to two questions."""
    office = office_beside(folder)
    office.ledger("2022-04", EAST, [(CHEMICALS, BEFORE), (MACHINES, BESIDE)])
    office.run("2022-04")
    office.ledger("2022-05", EAST, [(CHEMICALS, JUMPED), (MACHINES, BESIDE)])
    office.run("2022-05")
    return office


def answer(office: Office, result: str, reason: str, name: str = "再报.xlsx") -> Path:
    """Return the copy that came back, answered row by row and put into the ledger folder."""
    book = load_workbook(office.out("2022-05", COPY))
    page = book.worksheets[0]
    columns: dict[str, int] = {}
    for row in page.iter_rows():
        texts = {str(cell.value): cell.column or 0 for cell in row if cell.value is not None}
        if KEY in texts:
            columns = {name: texts[name] for name in (KEY, RESULT, REASON)}
        elif columns and page.cell(row[0].row or 1, columns[KEY]).value:
            page.cell(row[0].row or 1, columns[RESULT]).value = result
            page.cell(row[0].row or 1, columns[REASON]).value = reason
    path = office.folder / "ledgers" / "2022-05" / EAST / name
    book.save(path)
    return path


def outcome(office: Office) -> tuple[str, int]:
    """Return the verdict of the copy that came back, and the city's retirees."""
    quality = json.loads(office.out("2022-05", "quality.json").read_text(encoding="utf-8"))
    figures = json.loads(office.out("2022-05", "figures.json").read_text(encoding="utf-8"))
    verdicts = {ledger["file"]: ledger["verdict"] for ledger in quality["ledgers"]}
    return verdicts[f"{EAST}/再报.xlsx"], figures["city"]["retirees"]


# result and reason typed into the list, the verdict, the city's retirees
ANSWERS = [
    (TRUE, "企业并入，已附文件", "accepted", 800),
    (TRUE, "", "held", 520),
    (TRUE, "无", "held", 520),
    ("", "企业并入", "held", 520),
]


@pytest.mark.parametrize(("result", "reason", "verdict", "retirees"), ANSWERS)
def test_an_answer_counts_if_it_has_a_reason(
    tmp_path: Path, result: str, reason: str, verdict: str, retirees: int
) -> None:
    """True with a reason makes the question a note and the value count; anything less does not."""
    office = copied(held_office, tmp_path)
    answer(office, result, reason)
    office.run("2022-05")
    assert outcome(office) == (verdict, retirees)
    said = [fault["message"] for fault in faults(office, "base-jumped")]
    assert any(f"核实说明：“{reason}”" in text for text in said) == (verdict == "accepted")


def test_answers_survive_libreoffice(tmp_path: Path) -> None:
    """The copy is opened and saved by another program before it comes back."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed: no other program saves the copy")
    office = copied(held_office, tmp_path / "office")
    path = answer(office, TRUE, "企业并入")
    command = [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.copy(tmp_path / "saved" / path.name, path)
    office.run("2022-05")
    assert outcome(office) == ("accepted", 800)


def test_an_accepted_reason_is_not_asked_for_again(tmp_path: Path) -> None:
    """The next month compares with the explained value; the same file again is the same answer."""
    office = copied(held_office, tmp_path)
    answer(office, TRUE, "企业并入")
    office.run("2022-05")
    office.run("2022-05")
    assert outcome(office) == ("accepted", 800)
    office.ledger("2022-06", EAST, [(CHEMICALS, JUMPED), (MACHINES, BESIDE)])
    office.run("2022-06")
    quality = json.loads(office.out("2022-06", "quality.json").read_text(encoding="utf-8"))
    verdicts = [x["verdict"] for x in quality["ledgers"] if x["sender"] == EAST]
    assert verdicts == ["accepted"]
