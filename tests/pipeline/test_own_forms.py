"""A sender's own form on its way: written, filled in, saved by other programs, and run (DESIGN §7)."""

import io
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from flows.intake.job import open_job
from flows.pipeline.own_forms import own_forms
from flows.steps.blank.form_top import FIRST, box_cell
from flows.steps.months import Month
from schemas.columns import FORM_SHEET, NO_CHANGE, NOTHING
from schemas.shipped import shipped
from tests.support.retirees import COUNTS, header_of
from tests.support.working import CEMENT, CHEMICALS, EAST, MACHINES, SOUTH, WEST, Office, bulletin

APRIL = {CHEMICALS: (320, 200, 322, 100, 70, 20, 50), MACHINES: (50, 30, 50, 10, 9, 5, 0)}
MORE = {"agreement": 210, "archives": 120, "party": 30, "functions": 60}
NO_MORE = dict(zip(COUNTS, APRIL[CHEMICALS], strict=True))
TICKED = "☑"
Typed = Mapping[str, object]


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a working folder after April: east and west have reported, the south has nobody."""
    office = Office(tmp_path_factory.mktemp("april"))
    office.ledger("2022-04", EAST, APRIL.items())
    office.ledger("2022-04", WEST, [(CEMENT, (40, 10, 40, 5, 8, 1, 0))])
    office.run("2022-04")
    return office.folder


@pytest.fixture
def office(april: Path, tmp_path: Path) -> Office:
    """Return a copy of the office after April, with the west's ledger of May."""
    folder = tmp_path / "work"
    shutil.copytree(april, folder)
    office = Office(folder)
    office.ledger("2022-05", WEST, [(CEMENT, (40, 20, 40, 5, 8, 1, 0))])
    return office


def form_of(office: Office, sender: str, month: str = "2022-05") -> openpyxl.Workbook:
    """Return a sender's own form of a month, opened."""
    job = open_job(Month.parse(month), office.folder / "campaign", None, None).job
    (form,) = own_forms(job, sender)
    return openpyxl.load_workbook(io.BytesIO(form.make()))


def type_in(sheet: Worksheet, rows: Mapping[int, Typed], boxes: Mapping[str, object]) -> None:
    """Fill in the counts of some rows by field, and what stands in the boxes."""
    header = {str(cell.value): cell.column or 0 for cell in sheet[FIRST - 1]}
    for number, typed in rows.items():
        for field, value in typed.items():
            name = header_of("progress", field)
            sheet.cell(FIRST + 1 + number, header[name]).value = value  # type: ignore[assignment]  # a count or a text
    for role, value in boxes.items():
        row, column = box_cell(role)
        sheet.cell(row + 1, column + 1).value = value  # type: ignore[assignment]  # as above


def put(office: Office, book: openpyxl.Workbook, sender: str, name: str = "表.xlsx") -> Path:
    """Return the path of a form that came back."""
    path = office.folder / "ledgers" / "2022-05" / sender / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def outcome(office: Office, sender: str) -> tuple[str, list[str], dict[str, int]]:
    """Return a month's verdict on a sender, the rules that its file breaks, and its county's counts."""
    quality = json.loads(office.out("2022-05", "quality.json").read_text(encoding="utf-8"))
    figures = json.loads(office.out("2022-05", "figures.json").read_text(encoding="utf-8"))
    (ledger,) = [x for x in quality["ledgers"] if x["file"].startswith(sender)]
    codes = sorted({x["code"] for x in quality["failures"] if x["file"] == ledger["file"]})
    counts: dict[str, int] = next((x for x in figures["counties"] if x["name"] == sender), {})
    return (
        ledger["verdict"],
        codes,
        {name: counts.get(name, 0) for name in ("retirees", *shipped().cumulative)},
    )


APRILS = {"retirees": 370, "agreement": 230, "archives": 110, "party": 25, "functions": 50}
MAYS = {"retirees": 370, "agreement": 240, "archives": 130, "party": 35, "functions": 60}
OTHER = dict.fromkeys(APRILS, 0)
SECOND = dict(zip(COUNTS, APRIL[MACHINES], strict=True))
BOTH = {0: MORE, 1: {name: SECOND[name] for name in shipped().cumulative}}

# whose form, what is typed by row, what stands in the boxes: verdict, rules broken, counts
RETURNED = [
    ("filled", EAST, BOTH, {}, "accepted", [], MAYS),
    ("no change", EAST, {}, {NO_CHANGE: TICKED}, "accepted", [], APRILS),
    ("no change, in words", EAST, {}, {NO_CHANGE: "是"}, "accepted", [], APRILS),
    ("no change, the same typed", EAST, {0: {"agreement": 200}}, {NO_CHANGE: TICKED}, "accepted", [], APRILS),
    ("no change, but another value", EAST, {0: {"agreement": 210}}, {NO_CHANGE: TICKED}, "returned", ["differs-from-box"], APRILS),
    ("no change, but another base", EAST, {0: {"retirees": 321}}, {NO_CHANGE: TICKED}, "returned", ["differs-from-box"], APRILS),
    ("no box ticked, untouched", EAST, {}, {}, "returned", ["required"], APRILS),
    ("a box that says neither", EAST, BOTH, {NO_CHANGE: "同前"}, "accepted", ["box-ignored"], MAYS),
    ("nothing to report", SOUTH, {}, {NOTHING: TICKED}, "accepted", [], OTHER),
    ("nothing, not ticked", SOUTH, {}, {}, "returned", ["no-ledger-found"], OTHER),
    ("nothing, but rows", EAST, BOTH, {NOTHING: TICKED}, "returned", ["box-conflict"], APRILS),
    ("both boxes", SOUTH, {}, {NO_CHANGE: TICKED, NOTHING: TICKED}, "returned", ["box-conflict"], OTHER),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "rows", "boxes", "verdict", "codes", "counts"),
    [case[1:] for case in RETURNED],
    ids=[case[0] for case in RETURNED],
)
def test_a_form_that_came_back(
    office: Office,
    sender: str,
    rows: Mapping[int, Typed],
    boxes: Mapping[str, object],
    verdict: str,
    codes: list[str],
    counts: dict[str, int],
) -> None:
    """A ticked box counts as what it says; what contradicts it goes back, and last month's counts stay."""
    book = form_of(office, sender)
    type_in(book.worksheets[0], rows, boxes)
    put(office, book, sender)
    office.run("2022-05")
    assert outcome(office, sender) == (verdict, codes, counts)


def test_the_source_of_what_did_not_change_is_last_months_cell(office: Office) -> None:
    """A count that was taken over leads to the grey cell, a base to its own; the ledger is this month's."""
    book = form_of(office, EAST)
    type_in(book.worksheets[0], {}, {NO_CHANGE: TICKED})
    put(office, book, EAST)
    office.run("2022-05")
    assert [
        (month, cell, value)
        for field in ("agreement", "retirees")
        for month, cell, value in traced(office, field)
    ] == [
        ("2022-05", "G8", 200),
        ("2022-05", "G9", 30),
        ("2022-05", "F8", 320),
        ("2022-05", "F9", 50),
    ]


def traced(office: Office, field: str) -> list[tuple[str, str, int]]:
    """Return the cells behind the east's count: month, cell, value."""
    from flows.pipeline.ingest import known_history
    from flows.pipeline.snapshot import load_snapshot
    from flows.pipeline.trace import trace

    job = open_job(Month.parse("2022-05"), office.folder / "campaign", None, None).job
    snapshot = load_snapshot(job.store, job.campaign, job.month, history=known_history(job))
    return [(x.month, x.cell, x.value) for x in trace(job.store, snapshot, EAST, field)]


# the month and the sender of the form that comes from the east in May, what is written over: rules broken, words of the message
STRANGE = [
    ("2022-04", EAST, {}, ["month-mismatch"], "发给“东浥区”的填报表，表内信息写的是“2022年4月”"),
    ("2022-04", EAST, {"A1": "进度台账", "F2": "2022年5月"}, ["month-mismatch"], "2022年4月"),
    ("2022-05", SOUTH, {}, ["sender-conflict"], "本文件是发给“南沚县”的2022年5月填报表"),
    ("2022-05", SOUTH, {"C2": EAST}, ["sender-conflict"], "本文件是发给“南沚县”的2022年5月填报表"),
]


@pytest.mark.parametrize(("month", "sender", "written", "codes", "words"), STRANGE)
def test_a_form_of_another_month_or_sender_is_told(
    office: Office, month: str, sender: str, written: dict[str, str], codes: list[str], words: str
) -> None:
    """The form's hidden sheet tells, whatever is written over its visible lines."""
    book = form_of(office, sender, month)
    row = {"county": EAST, "enterprise": CHEMICALS, "affiliation": "中央", **NO_MORE}
    type_in(book.worksheets[0], {0: row}, {})
    for cell, text in written.items():
        book.worksheets[0][cell].value = text
    put(office, book, EAST)
    office.run("2022-05")
    quality = json.loads(office.out("2022-05", "quality.json").read_text(encoding="utf-8"))
    faults = [x for x in quality["failures"] if (x["file"] or "").startswith(EAST)]
    assert sorted({x["code"] for x in faults if x["severity"] == "ledger"}) == codes
    assert any(words in x["message"] for x in faults)


def plain(book: openpyxl.Workbook) -> None:
    """Take away what other programs lose: conditional formats, drop-downs, the merged title."""
    sheet = book.worksheets[0]
    sheet.conditional_formatting = type(sheet.conditional_formatting)()
    sheet.data_validations.dataValidation = []
    for span in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(span))


def shown(book: openpyxl.Workbook) -> None:
    """Show the hidden sheet."""
    book[FORM_SHEET].sheet_state = "visible"


@pytest.mark.parametrize("change", [plain, shown], ids=["plain", "shown"])
def test_what_other_programs_lose_costs_nothing(office: Office, change: object) -> None:
    """Without its formats, drop-downs and merged cells, or with its hidden sheet shown, a form counts."""
    book = form_of(office, EAST)
    type_in(book.worksheets[0], {}, {NO_CHANGE: TICKED})
    assert callable(change)
    change(book)
    put(office, book, EAST)
    office.run("2022-05")
    assert outcome(office, EAST) == ("accepted", [], APRILS)


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_forms_saved_by_libreoffice(office: Office, tmp_path: Path, suffix: str) -> None:
    """Filled and ticked forms that LibreOffice has calculated and saved count; no formula is a typed value."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed: forms are not saved by it")
    sent = {
        EAST: (BOTH, {}, MAYS),
        WEST: ({}, {NO_CHANGE: TICKED}, {"retirees": 40, "agreement": 10, "archives": 5, "party": 1, "functions": 0}),
        SOUTH: ({}, {NOTHING: TICKED}, OTHER),
    }  # fmt: skip
    shutil.rmtree(office.folder / "ledgers" / "2022-05")
    (tmp_path / "filled").mkdir()
    for sender, (rows, boxes, _) in sent.items():
        book = form_of(office, sender)
        type_in(book.worksheets[0], rows, boxes)
        book.save(tmp_path / "filled" / f"{sender}.xlsx")
    command = [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += ["--convert-to", suffix, "--outdir", str(office.folder / "ledgers" / "2022-05")]
    command += [str(path) for path in (tmp_path / "filled").iterdir()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    office.run("2022-05")
    assert {sender: outcome(office, sender) for sender in sent} == {
        sender: ("accepted", [], counts) for sender, (_, _, counts) in sent.items()
    }


# the box in a ledger of the sender's own making: verdict and rules broken
UNKNOWN = [
    ("本月无变动：是", "accepted", ["box-ignored"]),
    ("本月无变动：否", "accepted", []),
    ("零报告：√", "accepted", ["box-ignored"]),
]


@pytest.mark.parametrize(("line", "verdict", "codes"), UNKNOWN)
def test_a_box_in_another_workbook_is_only_noted(
    office: Office, line: str, verdict: str, codes: list[str]
) -> None:
    """Only the form that was sent to the sender has last month's values; any other counts as filled in."""
    path = office.ledger("2022-05", EAST, APRIL.items())
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.insert_rows(1)
    sheet["A1"].value = line
    book.save(path)
    office.run("2022-05")
    assert outcome(office, EAST) == (verdict, codes, APRILS)


def test_forms_that_were_written_stay_when_their_month_is_run(office: Office) -> None:
    """A run replaces what it makes in the month's folder; the forms are not of its making."""
    code, said = bulletin(office, "forms", "2022-05", "--sender", EAST)
    assert code == 0, said
    path = office.out("2022-05", "forms", EAST, f"{EAST}5月进度台账.xlsx")
    written = path.read_bytes()
    office.run("2022-05")
    assert path.read_bytes() == written
    assert office.out("2022-05", "index.html").is_file()


# which of the two comes first from the south: its verdict, that of the second with the rules it breaks, the south's retirees
NIL_AND_LEDGER = [
    ("nil", "accepted", [], 60),
    ("ledger", "held", ["rows-missing"], 60),
]


@pytest.mark.parametrize(("first", "verdict", "codes", "retirees"), NIL_AND_LEDGER)
def test_a_nil_return_and_a_ledger_of_one_month(
    office: Office, first: str, verdict: str, codes: list[str], retirees: int
) -> None:
    """A ledger takes the place of a nil return; a nil return after a ledger waits for an answer."""
    names = (
        {"nil": "1.xlsx", "ledger": "2.xlsx"}
        if first == "nil"
        else {"ledger": "1.xlsx", "nil": "2.xlsx"}
    )
    for kind in names:
        if kind == "nil":
            book = form_of(office, SOUTH)
            type_in(book.worksheets[0], {}, {NOTHING: TICKED})
            put(office, book, SOUTH, names[kind])
        else:
            office.ledger("2022-05", SOUTH, [(CEMENT, (60, 0, 60, 0, 5, 0, 0))], names[kind])
        office.run("2022-05")
    quality = json.loads(office.out("2022-05", "quality.json").read_text(encoding="utf-8"))
    second = f"{SOUTH}/2.xlsx"
    (found,) = [x["verdict"] for x in quality["ledgers"] if x["file"] == second]
    broken = {
        x["code"] for x in quality["failures"] if x["file"] == second and x["severity"] == "query"
    }
    figures = json.loads(office.out("2022-05", "figures.json").read_text(encoding="utf-8"))
    (county,) = [x for x in figures["counties"] if x["name"] == SOUTH]
    assert (found, sorted(broken), county["retirees"]) == (verdict, codes, retirees)
