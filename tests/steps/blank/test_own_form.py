"""A sender's own form (DESIGN §7): what is filled in, what the reader takes of it, what its live checks say."""

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from flows.policies import DoubtPolicy
from flows.steps.blank.form_content import FormRow, OpenProblem, OwnForm
from flows.steps.blank.own_form import own_form
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.columns import CHECK_HEADER, PREVIOUS
from schemas.shipped import shipped
from tests.support.retirees import columns_of, header_of

HEADER, FIRST = 6, 8  # rows of the sheet
BEFORE = {
    "retirees": 320,
    "agreement": 200,
    "archives_due": 322,
    "archives": 100,
    "party_members": 70,
    "party": 20,
    "functions": 50,
}
NAMES = ("甲木机械厂", "乙水纺织厂")
ROWS = [FormRow("青榆县", name, "91350100M000100Y43", "市属", BEFORE) for name in NAMES]
FORM = OwnForm(
    campaign="示例工作",
    definition=shipped(),
    sender="青榆县",
    month=Month(2022, 5),
    rows=ROWS,
    problems=[OpenProblem("进度台账!F7", "数字变动较大。", "请核对。", "")],
    choices={"county": ["青榆县"], "enterprise": list(NAMES)},
    doubt=DoubtPolicy.model_validate({}),
)
DONE = ("agreement", "archives", "party", "functions")


def sheet_of(content: bytes) -> tuple[openpyxl.Workbook, Worksheet, dict[str, int]]:
    """Return a form opened by openpyxl: the workbook, its first sheet, and where each header stands."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    return book, sheet, {str(cell.value): cell.column or 0 for cell in sheet[HEADER]}


def filled(values: dict[str, dict[str, str | float]], path: Path) -> Path:
    """Return the path of the form with its done counts as last month's, but for `values` by enterprise and field."""
    book, sheet, at = sheet_of(own_form(FORM))
    for number, name in enumerate(NAMES):
        typed: dict[str, str | float] = {field: BEFORE[field] for field in DONE}
        for field, value in {**typed, **values.get(name, {})}.items():
            sheet.cell(FIRST + number, at[header_of("progress", field)]).value = value
    book.save(path)
    return path


def test_the_same_content_gives_the_same_bytes() -> None:
    """A form made again differs in nothing."""
    assert own_form(FORM) == own_form(FORM)


def test_what_is_known_stands_there() -> None:
    """Names, code and bases are filled in; last month's done counts stand beside the cells to type in."""
    _, sheet, at = sheet_of(own_form(FORM))
    row = {header: sheet.cell(FIRST, column).value for header, column in at.items()}
    counts = {name: header_of("progress", name) for name in BEFORE}
    assert {name: row[header] for name, header in counts.items()} == {
        name: None if name in DONE else value for name, value in BEFORE.items()
    }
    assert {name: row[PREVIOUS + header] for name, header in counts.items()} == BEFORE
    assert [row[header_of("progress", name)] for name in ("county", "enterprise", "uscc")] == [
        "青榆县",
        "甲木机械厂",
        "91350100M000100Y43",
    ]


def test_only_what_is_typed_is_unlocked() -> None:
    """Last month's values and the known names are locked without a password; counts and remarks are free."""
    _, sheet, at = sheet_of(own_form(FORM))
    assert sheet.protection.sheet
    assert not sheet.protection.password
    free = {
        header for header, column in at.items() if not sheet.cell(FIRST, column).protection.locked
    }
    columns = columns_of("progress").values()
    assert free == {c.header for c in columns if c.type in ("count", "text")}


def test_the_reader_takes_the_filled_form(tmp_path: Path) -> None:
    """What comes back through another program is read: rows, sender and month; the sum row is no row."""
    path = filled({"甲木机械厂": {"agreement": 210}}, tmp_path / "表.xlsx")
    parsed = read_file(path, path.name, shipped())
    (ledger,) = parsed.ledgers
    assert (parsed.failures, ledger.failures, ledger.conversions) == ([], [], [])
    assert ledger.frame["enterprise"].tolist() == list(NAMES)
    assert ledger.frame["agreement"].tolist() == [210, 200]
    assert [claim[0] for claim in parsed.claims.senders] == ["青榆县"]
    assert {claim[:2] for claim in parsed.claims.months} == {(2022, 5)}


# what is typed into 甲木机械厂's row, what 检查 says of it
SLIPS: list[tuple[dict[str, str | float], str]] = [
    ({}, ""),
    ({"agreement": 321}, "已签协议人数大于退休人员总数"),
    ({"agreement": 199}, "已签协议人数比上月减少"),
    ({"archives": 100.5}, "已移交档案数应填整数"),
    ({"party": "二十"}, "已转组织关系人数应填整数"),
    ({"retirees": 600}, "退休人员总数变动较大"),
    ({"retirees": 335}, ""),
    ({"uscc": "91350100M000100Y44"}, "统一社会信用代码有误"),
]


def test_live_checks_in_libreoffice(tmp_path: Path) -> None:
    """The formulas of 检查 say in LibreOffice what somebody who fills the form in would see."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed: live checks are not calculated")
    rows = [replace(ROWS[0], enterprise=f"{number}厂") for number in range(len(SLIPS))]
    book, sheet, at = sheet_of(own_form(replace(FORM, rows=rows)))
    for number, (typed, _) in enumerate(SLIPS):
        done: dict[str, str | float] = {field: BEFORE[field] for field in DONE}
        for field, value in {**done, **typed}.items():
            sheet.cell(FIRST + number, at[header_of("progress", field)]).value = value
    path = tmp_path / "表.xlsx"
    book.save(path)
    command = [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    calculated = openpyxl.load_workbook(tmp_path / "out" / "表.xlsx", data_only=True).worksheets[0]
    said = [calculated.cell(FIRST + n, at[CHECK_HEADER]).value or "" for n in range(len(SLIPS))]
    reasons = [[text.partition("，")[0] for text in str(s).split("；") if text] for s in said]
    assert reasons == [[expected] if expected else [] for _, expected in SLIPS]
