"""A made-up campaign of any definition: its counts are possible, and its ledgers are read as they were meant."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from flows.demo.agreement import broken, exceeds
from flows.demo.layouts import LAYOUTS, Made, line_of
from flows.demo.mistakes import PLAN, check_broken
from flows.demo.work_folder import save, write_work
from flows.demo.works import Row, make_work
from flows.steps.read.file import read_file
from schemas.definition import Definition
from schemas.shipped import RETIREES, names, shipped
from tests.support.definitions import odd, quarters

DEFINITIONS: Mapping[str, Definition] = {
    **{name: shipped(name) for name in names() if name != RETIREES},
    "quarters": quarters(),
    "odd": odd(),
}
each_definition = pytest.mark.parametrize("name", DEFINITIONS)


def rows_of(name: str, month: int) -> list[Row]:
    """Return the rows of three made-up counties."""
    work = make_work(name, DEFINITIONS[name], counties=3)
    return [row for county in work.counties for row in work.rows(county, month)]


@each_definition
def test_counts_are_possible(name: str) -> None:
    """Work grows, nothing is more than what it is a part of, no check of the office is broken."""
    definition = DEFINITIONS[name]
    months = [rows_of(name, month) for month in range(3)]
    for row in months[2]:
        assert not any(exceeds(column, row) for column in definition.progress)
        assert broken(definition, row) == []
    for before, after in pairwise(months):
        for was, row in zip(before, after, strict=True):
            assert [c for c in definition.cumulative if number(row[c]) < number(was[c])] == []
    assert [number(row[definition.cumulative[-1]]) for row in months[0]] != [
        number(row[definition.cumulative[-1]]) for row in months[2]
    ]


def number(value: object) -> int:
    """Return a made-up count, which is a whole number."""
    assert isinstance(value, int)
    return value


@each_definition
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read_as_it_was_meant(tmp_path: Path, name: str, layout: str) -> None:
    """Whatever its heads, its order, its units and its file: the same numbers."""
    definition, rows = DEFINITIONS[name], rows_of(name, 1)[:5]
    lines = [line_of(definition, row) for row in rows]
    sheet = LAYOUTS[layout](Made(definition, "示例工作", "东浥区", "2022年4月", lines))
    path = save(tmp_path / "ledger", layout, sheet)
    shown = [each for each in sheet.order if each in definition.counts]
    parsed = read_file(path, path.name, definition)
    (ledger,) = parsed.ledgers
    assert [parsed.failures, ledger.failures, ledger.conversions] == [[], [], []]
    read = ledger.frame[shown].to_numpy().tolist()
    assert read == [[row[count] for count in shown] for row in rows]


@each_definition
def test_mistakes_are_made_of_any_definition(tmp_path: Path, name: str) -> None:
    """Any definition can be made mistakes with; its folder is written whole."""
    work = make_work(name, DEFINITIONS[name], counties=11)
    write_work(tmp_path, work)
    assert {path.name for path in tmp_path.iterdir()} == {"campaign.toml", "名录.xlsx"}
    untouched = []
    for (month, place), found in PLAN.items():
        county = work.counties[place]
        lines, before = (
            [line_of(work.definition, row) for row in work.rows(county, number)]
            for number in (month, max(month - 1, 0))
        )
        as_they_were = [dict(line) for line in lines]
        for mistake in found:
            mistake(work.definition, lines, before)
        if lines == as_they_were:
            untouched.append(found)
    # without a check of the office's own there is none to break
    assert untouched == ([] if work.definition.checks else [(check_broken,)])
