"""Copies that come back: old marks go, and what the list leads to is all that has to be mended (DESIGN §7)."""

import copy
import random
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import range_boundaries

from flows.campaign.folder import load_campaign
from flows.demo.books import LAYOUTS, write_csv
from flows.demo.write import write_campaign
from flows.settings import Campaign
from flows.steps.check.alone import check_alone
from flows.steps.feedback import Sent
from flows.steps.feedback.copies import marked_copy
from flows.steps.feedback.looks import DOUBT, WRONG
from flows.steps.feedback.workbook.comments import AUTHOR
from flows.steps.read.file import read_file
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.grid import OpenedWorkbook
from schemas.shipped import shipped
from tests.support import seeding
from tests.support.factories import submission
from tests.support.returned import (
    FAULTS,
    LIST,
    MAY,
    REPLY,
    TOWN,
    awkward,
    book_of,
    copied,
    fault,
    links,
    sent,
)


def test_a_copy_that_comes_back_loses_its_old_marks() -> None:
    """The old list is replaced, comments and colours of ours go, the sender's stay."""
    first = copied(sent(awkward(), FAULTS))["五月（已标注）.xlsx"]
    again = copied(sent(first, FAULTS[:1], "东浥区/五月（已标注）.xlsx", before=FAULTS))
    assert list(again) == ["五月（已标注）.xlsx"]
    book = book_of(again["五月（已标注）.xlsx"])
    page = book["进度'表"]
    assert book.sheetnames == [f"{LIST}（2）", "进度'表", LIST]
    assert [c.coordinate for row in page for c in row if c.fill.fgColor.rgb in (WRONG, DOUBT)] == [
        "B5"
    ]
    assert [
        (c.coordinate, c.comment.text.count("【"), c.comment.text.count("原来的话"))
        for row in page
        for c in row
        if c.comment
    ] == [("B5", 1, 1)]
    assert any(
        "已改正2处，仍未改正1处，新出现0处" in str(c.value)
        for row in book.worksheets[0]["A1:A8"]
        for c in row
    )
    clean = book_of(
        copied(sent(again["五月（已标注）.xlsx"], [fault("month-mismatch", None)]))[
            "五月（已标注）.xlsx"
        ]
    )
    assert [
        (c.comment.text, c.comment.author) for row in clean["进度'表"] for c in row if c.comment
    ] == [("原来的话", "填报单位")]
    assert AUTHOR not in str(clean["进度'表"].conditional_formatting)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return the campaign of the seeded city."""
    folder = tmp_path_factory.mktemp("campaign")
    write_campaign(folder, TOWN)
    return load_campaign(folder)


def examined(path: Path, city: Campaign) -> Any:
    """Return a file checked as its county's."""
    (ledger,) = check_alone(
        read_file(path, f"{city.counties[0].name}/{path.name}", shipped()),
        city,
        MAY,
        seeding.ISSUED,
        b"key",
    )
    return ledger


@pytest.mark.parametrize("layout", [*LAYOUTS, "roster", "csv"])
def test_mended_at_the_places_of_the_list_a_ledger_is_accepted(
    tmp_path: Path, city: Campaign, layout: str
) -> None:
    """The round trip: what the list leads to is what has to be mended, and nothing else."""
    rng = random.Random(layout)
    seeded = (
        seeding.roster(rng, TOWN)
        if layout == "roster"
        else seeding.progress(rng, TOWN, "bare" if layout == "csv" else layout)
    )
    path = tmp_path / "五月.xlsx"
    if layout == "csv":
        path = tmp_path / "五月.csv"
        write_csv(path, seeded.sheet)
        found = examined(path, city)
    else:
        found = seeding.examined(path, seeded, city)
    assert found.rejected > 0
    reading = read_file_grids(path)
    one = Sent(f"{TOWN.counties[0]}/{path.name}", path.read_bytes(), [submission(TOWN.counties[0], "returned", kind=found.kind)], found.failures,
               grids=lambda: reading)  # fmt: skip
    (name, data), *rest = marked_copy(one, TOWN.counties[0], city, MAY, REPLY)
    book = book_of(data)
    for sheet, cell in dict.fromkeys(links(book[LIST])):
        mend(book[sheet], cell, seeded)
    back = tmp_path / "再报" / name
    back.parent.mkdir()
    book.save(back)
    own = layout == "csv" or "county" not in seeded.sheet.order  # else with rows of all counties
    again = examined(back, city if own else seeding.without_own_counties(city))
    assert (rest, again.rejected, [f for f in again.failures if f.severity != "note"]) == (
        [],
        0,
        [],
    )
    assert again.read == found.read - sum(code.startswith("duplicate") for code, _ in seeded.faults)


def read_file_grids(path: Path) -> list[Any]:
    """Return a file's sheets as the reader opens them."""
    workbook = open_workbook(path.read_bytes(), path.stem)
    assert isinstance(workbook, OpenedWorkbook)
    return list(workbook.grids)


def mend(page: Any, cell: str, seeded: seeding.Seeded) -> None:
    """Put into a cell what is right, or take its row away where it repeats another."""
    if cell in seeded.right:
        page[cell].value = copy.copy(seeded.right[cell])
        return
    _, row, *_ = range_boundaries(cell)
    for other in page[row]:
        other.value = None
