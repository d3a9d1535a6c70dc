"""The blank form is made from the schema, and comes back without a fault when it is filled in."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from flows.intake.discovery import ledger_file_at
from flows.intake.examine import examine
from flows.registered import County, Enterprise
from flows.settings import Campaign
from flows.steps.blank.form import blank_form
from flows.steps.months import Month
from flows.steps.read.file import read_file
from schemas.columns import FORM_SHEET, KIND_CELL, VERSION, VERSION_CELL, Kind
from schemas.shipped import shipped
from tests.support import factories
from tests.support.retirees import KINDS, columns_of

BOTH: list[Kind] = ["progress", "roster"]


def campaign(enterprises: int = 1) -> Campaign:
    """Return a campaign that knows the county and the enterprise of the schema's examples."""
    made = factories.campaign()
    examples = {
        name: str(columns_of("progress")[name].example) for name in ("county", "enterprise")
    }
    more = [Enterprise(name=f"浥江第{i}示例厂", affiliation="市属") for i in range(1, enterprises)]
    return made.model_copy(
        update={
            "counties": (*made.counties, County(name=examples["county"])),
            "enterprises": (
                *made.enterprises,
                Enterprise(name=examples["enterprise"], affiliation="市属"),
                *more,
            ),
        }
    )


def opened(kind: Kind, **more: int) -> Any:
    """Return a blank form as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(blank_form(kind, campaign(**more))))


# what 名录 has in place of the examples
REGISTERED = dict(
    zip(("county", "enterprise", "affiliation"), ("东浥区", *factories.FIRMS[0]), strict=True)
)


@pytest.mark.parametrize("kind", BOTH)
def test_filled_with_the_examples_it_comes_back_without_a_fault(tmp_path: Path, kind: Kind) -> None:
    """The example row is passed over, the lines for sender and month are read, the row filled in is good."""
    book = opened(kind)
    page = book.worksheets[0]
    page["C2"], page["F2"] = "东浥区", "2022年5月"
    for at, column in enumerate(KINDS[kind], start=2):
        page.cell(5, at, REGISTERED.get(column.name, column.example))
    book.save(tmp_path / "x.xlsx")
    (ledger,) = examine(
        ledger_file_at(str(tmp_path / "x.xlsx"), "x.xlsx"),
        campaign(),
        Month(2022, 5),
        date(2022, 6, 2),
        b"key",
    )
    assert (ledger.kind, ledger.sender, ledger.read, ledger.rejected, ledger.failures) == (
        kind,
        "东浥区",
        1,
        0,
        [],
    )
    reading = read_file(tmp_path / "x.xlsx", "x.xlsx", shipped())
    assert dict(reading.ledgers[0].lines) == {"title": 2, "header": 1, "example": 1, "data": 1}
    assert [claim[:2] for claim in reading.claims.months] == [(2022, 5)]


@pytest.mark.parametrize("kind", BOTH)
def test_a_form_sent_back_empty_has_no_rows(tmp_path: Path, kind: Kind) -> None:
    """Nothing of the form itself is taken for data, and its hidden sheet is no matter."""
    (tmp_path / "x.xlsx").write_bytes(blank_form(kind, campaign()))
    reading = read_file(tmp_path / "x.xlsx", "x.xlsx", shipped())
    assert [f.code for f in [*reading.failures, *reading.ledgers[0].failures]] == [
        "no-ledger-found"
    ]
    assert (reading.claims.senders, reading.claims.months) == ((), ())


@pytest.mark.parametrize("kind", BOTH)
def test_every_column_has_its_header_help_format_and_example(kind: Kind) -> None:
    """Headers stand in one frozen row; identity numbers are text, counts numbers, dates dates; a note says what to write."""
    page = opened(kind).worksheets[0]
    assert page.freeze_panes == "C4"
    assert [cell.value for cell in page[3][1:]] == [column.header for column in KINDS[kind]]
    forms = {"count": "0", "date": ("yyyy-mm-dd", "yyyy-mm")}
    for at, column in enumerate(KINDS[kind], start=2):
        assert page.cell(3, at).comment.text.startswith(column.help)
        letter = page.cell(3, at).column_letter
        assert page.column_dimensions[letter].number_format in forms.get(column.type, "@")
        value = page.cell(4, at).value
        assert column.example == (
            value if column.type != "date" else value.date().isoformat()[: len(str(column.example))]
        )


@pytest.mark.parametrize("kind", BOTH)
def test_lists_to_choose_from(kind: Kind) -> None:
    """Counties, enterprises, affiliations, sex and politics are chosen from lists on the hidden sheet, however long they are."""
    book = opened(kind, enterprises=300)
    page, hidden = book.worksheets
    assert (hidden.title, hidden.sheet_state) == (FORM_SHEET, "hidden")
    assert [hidden.cell(r + 1, c + 1).value for r, c in (KIND_CELL, VERSION_CELL)] == [
        kind,
        VERSION,
    ]
    listed = {}
    for rule in page.data_validations.dataValidation:
        if rule.type == "list" and str(rule.sqref) != "C2":
            letters, rows = rule.formula1.split("!")[1].replace("$", "").split(":")
            assert rule.formula1.startswith(f"'{FORM_SHEET}'!")
            header = page.cell(3, range_boundaries(str(rule.sqref))[0]).value
            listed[header] = [cell.value for (cell,) in hidden[f"{letters}:{rows}"]]
    columns = columns_of(kind)
    chosen = ["county", "enterprise", "affiliation"] + (
        [] if kind == "progress" else ["sex", "politics"]
    )
    assert set(listed) == {columns[name].header for name in chosen}
    assert len(listed[columns["enterprise"].header]) == 303
    assert listed[columns["county"].header][-1] == "示例县"
    assert "托管中心" in listed[columns["affiliation"].header]


@pytest.mark.parametrize("kind", BOTH)
def test_the_same_form_has_the_same_bytes(kind: Kind) -> None:
    """Nothing of the day or the machine is in the file."""
    data = blank_form(kind, campaign())
    assert data == blank_form(kind, campaign())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {member.date_time[:3] for member in package.infolist()} <= {
            (1980, 1, 1),
            (1980, 1, 31),
        }
        assert b"1980-01-01T00:00:00Z" in package.read("docProps/core.xml")
