"""Numbers of any size that a city can have stand on one line of their cells (issue 15)."""

import re
from collections.abc import Iterator

import pytest

from flows.steps.compose import names_of
from flows.steps.render import Renderer
from schemas.columns import Level
from tests.support.documents import W, body_of
from tests.support.reports import bulletin_of, many_counties
from tests.support.wordfiles import TEMPLATES

MARGINS = 60  # twips of a cell at both sides
DIGIT, SMALL_DIGIT = 105, 90  # twips, half an em of 10.5 and of 9 pt
SPARE = 10  # of the last digit's own space
NUMBER = re.compile(r"[-+]?[\d.]+%?")
# Retirees, agreements, files due and handed over, Party members, transferred, functions.
LARGE = (98_765_432, 98_761_481, 98_765_432, 12_345_678, 12_345_678, 12_345_677, 1)
SMALL = (25_000, 24_999, 25_000, 24_999, 25_000, 1, 1)
NONE_DONE = (10_000_000, 0, 10_000_000, 0, 0, 0, 0)
REPORT = many_counties(["甲区", "乙县", "丙县"], [LARGE, SMALL, NONE_DONE])


def torn(document: bytes) -> Iterator[tuple[str, int]]:
    """Yield the numbers that are wider than their cells, with the cells' widths."""
    for cell in body_of(document).iter(f"{W}tc"):
        width = int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w"))
        for paragraph in cell.iterfind(f"{W}p"):
            text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
            small = paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "TableTotal"
            digit = SMALL_DIGIT if small else DIGIT
            if NUMBER.fullmatch(text) and len(text) * digit - SPARE > width - MARGINS:
                yield text, width


@pytest.mark.parametrize("level", ["city", "county", "enterprise"])
def test_large_counts_stand_on_one_line(level: Level) -> None:
    """Eight digits, nine in totals, and rates of 100.00%."""
    name = next(iter(names_of(REPORT, level)))
    assert list(torn(Renderer([TEMPLATES]).render(bulletin_of(REPORT, level, name)))) == []
