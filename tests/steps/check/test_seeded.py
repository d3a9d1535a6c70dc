"""Faults put into ledgers at random addresses in random layouts are all found at their cells, and nothing else is."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from flows.campaign.folder import load_campaign
from flows.demo.books import LAYOUTS
from flows.demo.write import write_campaign
from flows.settings import Campaign
from schemas.rules import RULES
from tests.support import seeding

TOWN = seeding.city()


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return the campaign of the seeded city."""
    folder = tmp_path_factory.mktemp("campaign")
    write_campaign(folder, TOWN)
    return load_campaign(folder)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_faults_of_a_progress_ledger(tmp_path: Path, campaign: Campaign, layout: str) -> None:
    """Whatever the layout, the faults found are the faults seeded, cell by cell."""
    rng = random.Random(layout)
    seeded = seeding.progress(rng, TOWN, layout)
    found = seeding.examined(tmp_path / "台账.xlsx", seeded, campaign)
    assert seeding.places(found.failures) == seeded.faults
    rows = {f.row for f in found.failures if f.severity in ("row", "query")}
    assert (found.read, found.rejected) == (len(seeded.sheet.rows), len(rows))


@pytest.mark.parametrize("seed", range(3))
def test_faults_of_a_roster(tmp_path: Path, campaign: Campaign, seed: int) -> None:
    """As for progress ledgers, with the columns in any order."""
    seeded = seeding.roster(random.Random(seed), TOWN)
    found = seeding.examined(tmp_path / "花名册.xlsx", seeded, campaign)
    assert seeding.places(found.failures) == seeded.faults
    rows = {f.row for f in found.failures if f.severity in ("row", "query")}
    assert (found.read, found.rejected) == (len(seeded.sheet.rows), len(rows))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_clean_ledgers_have_no_fault(tmp_path: Path, campaign: Campaign, layout: str) -> None:
    """With their totals, titles and footers."""
    rng = random.Random(layout)
    progress = seeding.examined(
        tmp_path / "台账.xlsx", seeding.progress(rng, TOWN, layout, clean=True), campaign
    )
    roster = seeding.examined(
        tmp_path / "花名册.xlsx", seeding.roster(rng, TOWN, clean=True), campaign
    )
    assert (progress.failures, progress.rejected, roster.failures, roster.rejected) == (
        [],
        0,
        [],
        0,
    )


def test_each_code_is_seeded_three_times() -> None:
    """The tables of faults above are whole."""
    assert {
        code: len(spoils)
        for table in (seeding.PROGRESS, seeding.ROSTERS)
        for code, spoils in table.items()
        if len(spoils) != 3
    } == {}
    faults = Counter(code for code, _ in seeding.roster(random.Random(1), TOWN).faults)
    assert faults["duplicate-person"] == 3


def test_no_english_reaches_a_report(tmp_path: Path, campaign: Campaign) -> None:
    """Every sentence and remedy with its facts is Chinese but for values in quotes, cells, and names of programs and formats."""
    rng = random.Random(3)
    ledgers = [seeding.progress(rng, TOWN, "plain"), seeding.roster(rng, TOWN)]
    failures = [
        f
        for i, s in enumerate(ledgers)
        for f in seeding.examined(tmp_path / f"{i}.xlsx", s, campaign).failures
    ]
    assert {failure.code for failure in failures} <= set(RULES)
    for failure in failures:
        plain = re.sub("“.*?”|（[*0-9X]+）", "", failure.message + failure.remedy)
        assert set(re.findall(r"[A-Za-z][A-Za-z0-9]*", plain)) <= {"WPS", "Excel", *"XIOSVZE"}, (
            failure
        )
        assert not re.search(r"[{}]|None|nan|NaT", failure.message + failure.remedy), failure
