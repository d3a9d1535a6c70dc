"""The formulas of check digits say in LibreOffice what the rules say of the same codes (DESIGN §7)."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from flows.steps.blank.live_checks import wrong_citizen_id, wrong_uscc

# a formula, a code, whether it is wrong
CODES = [
    (wrong_citizen_id, "11010519491231002X", False),
    (wrong_citizen_id, "11010519491231002x", False),
    (wrong_citizen_id, "440524188001010014", False),
    (wrong_citizen_id, "110105194912310021", True),
    (wrong_citizen_id, "11010519491231002", True),
    (wrong_citizen_id, "11010519491A310021", True),
    (wrong_citizen_id, "110105491231002", False),
    (wrong_citizen_id, "", False),
    (wrong_uscc, "91350100M000100Y43", False),
    (wrong_uscc, "91350100M000100Y44", True),
    (wrong_uscc, "91350100M000100Y4", True),
    (wrong_uscc, "91350100M000100I43", True),
    (wrong_uscc, "", False),
]


def test_formulas_are_short_enough_and_hold_no_array_constant() -> None:
    """A validation holds 255 characters, and neither it nor a conditional format an array constant."""
    for formula in (wrong_citizen_id, wrong_uscc):
        text = f"=NOT({formula('AB100000')})"
        assert "{" not in text
    assert len(f"=NOT({wrong_citizen_id('D5')})") <= 255


def test_check_digits_in_libreoffice(tmp_path: Path) -> None:
    """Each code is found wrong or right as the standards have it."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed: live checks are not calculated")
    path = tmp_path / "码.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, (formula, code, _) in enumerate(CODES):
            sheet.write_string(row, 0, code)
            sheet.write_formula(row, 1, "=" + formula(f"A{row + 1}"), None, "")
    command = [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += ["--convert-to", "ods", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    command[command.index("ods")] = "xlsx"
    command[-2:] = [str(tmp_path / "out"), str(tmp_path / "码.ods")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    read = openpyxl.load_workbook(tmp_path / "out" / "码.xlsx", data_only=True).worksheets[0]
    assert [bool(read.cell(row + 1, 2).value) for row in range(len(CODES))] == [
        wrong for _, _, wrong in CODES
    ]
