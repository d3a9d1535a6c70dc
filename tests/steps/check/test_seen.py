"""What the eye sees of a cell and what is stored in it: strokes, per cent, units, dittos, merged areas."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from flows.demo.books import PLAIN
from flows.steps.check.alone import check_alone
from flows.steps.check.together import verdict_of
from flows.steps.model import CheckedLedger
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.steps.check.test_alone import ISSUED, MAY
from tests.support import read_writers as write
from tests.support.factories import COUNTIES, FIRMS, campaign
from tests.support.read_writers import Page
from tests.support.retirees import COUNTS

EAST = COUNTIES[0]
(MACHINES, OWN), (CEMENT, OTHER) = FIRMS[1], FIRMS[2]
HEADS = ("county", "enterprise", "affiliation", *COUNTS, "note")
STRUCK, PERCENT = {"font_strikeout": True}, {"num_format": "0%"}
ROWS = [
    [EAST, MACHINES, OWN, 10, 5, 10, 4, 3, 2, 0, None],
    [EAST, CEMENT, OTHER, 20, 9, 20, 8, 6, 4, 1, None],
]


class Rich:
    """A text of which the first part is struck through."""

    def __init__(self, struck: str, rest: str) -> None:
        self.struck, self.rest = struck, rest


def checked(
    folder: Path,
    cells: Mapping[str, Any],
    looks: Mapping[str, Mapping[str, Any]],
    merged: Sequence[str] = (),
) -> CheckedLedger:
    """Return a ledger of two rows below a title and the heads, some cells changed, read and checked."""
    path = folder / "a.xlsx"
    table = ["说明", None, [PLAIN[name][0] for name in HEADS], *ROWS]
    values = {f"{chr(65 + c)}{r}": value for r, row in enumerate(table[2:], 2) for c, value in enumerate(row or ())}  # fmt: skip
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("进度")
        for area in merged:
            sheet.merge_range(area, None)
        for cell, value in {"A1": "情况表", **values, **cells}.items():
            look = book.add_format(dict(looks.get(cell, {})))
            if isinstance(value, Rich):
                sheet.write_rich_string(cell, book.add_format(STRUCK), value.struck, value.rest)
            elif value is None:
                sheet.write_blank(cell, None, look)
            else:
                sheet.write(cell, value, look)
    (ledger,) = check_alone(
        read_file(path, f"{EAST}/a.xlsx", shipped()), campaign(), MAY, ISSUED, b"key"
    )
    return ledger


@pytest.mark.parametrize(("cells", "looks", "merged", "expected", "verdict"), [
    # cells changed, how cells look, merged areas; codes with severity and cell, the verdict
    ({}, {}, [], [], "accepted"),
    # struck through: a name, a count, a text, a part of a cell; what stands in no row, or shows nothing
    ({}, {"B4": STRUCK}, [], [("struck-through", "query", "B4")], "held"),
    ({}, {"D3": STRUCK, "E3": STRUCK}, [], [("struck-through", "query", "D3")], "held"),
    ({"K4": "仍有效"}, {"B4": STRUCK}, [], [("struck-through", "note", "B4")], "accepted"),
    ({"D3": Rich("10", "12")}, {}, [], [("struck-through", "query", "D3")], "held"),
    ({"B3": Rich("旧名", MACHINES)}, {}, [], [("struck-through", "query", "B3")], "held"),
    ({}, {"A1": STRUCK}, [], [], "accepted"),
    ({}, {"A2": STRUCK}, [], [], "accepted"),
    ({}, {"K4": STRUCK}, [], [], "accepted"),
    # per cent is no count, typed or shown; nor is a share
    ({"E3": 1}, {"E3": PERCENT}, [], [("not-a-number", "row", "E3")], "returned"),
    ({"E3": "100%"}, {}, [], [("not-a-number", "row", "E3")], "returned"),
    ({"E3": "５０％"}, {}, [], [("not-a-number", "row", "E3")], "returned"),
    ({"E3": 0.5}, {"E3": {"num_format": "0.00%"}}, [], [("not-a-number", "row", "E3")], "returned"),
    # a cell's own unit
    ({"D3": "0.001万"}, {}, [], [], "accepted"),
    ({"D3": "0.001万人"}, {}, [], [], "accepted"),
    ({"D2": "退休人员总数（万人）", "D3": "10人", "D4": 0.002}, {}, [], [], "accepted"),
    ({"D2": "退休人员总数（万人）", "D3": 0.001, "D4": "20人"}, {}, [], [], "accepted"),
    ({"D3": "10户"}, {}, [], [("not-a-number", "row", "D3")], "returned"),
    ({"D3": "10万元"}, {}, [], [("not-a-number", "row", "D3")], "returned"),
    ({"D3": "0.00001万"}, {}, [], [("not-an-integer", "row", "D3")], "returned"),
    # the cell above, in names only
    ({"A4": "同上"}, {}, [], [], "accepted"),
    ({"A4": "〃"}, {}, [], [], "accepted"),
    ({"D4": "同上"}, {}, [], [("not-a-number", "row", "D4")], "returned"),
    # under a merged area nobody sees anything
    ({"D4": 20}, {}, ["D3:D4"], [("value-hidden", "row", "D4")], "returned"),
    ({"A4": None}, {}, ["A3:A4"], [], "accepted"),
])  # fmt: skip
def test_what_is_seen_and_what_is_stored(
    tmp_path: Path, cells: Any, looks: Any, merged: Any, expected: Any, verdict: str
) -> None:
    """What the eye cannot see as it is stored does not count in silence; what it can is read."""
    ledger = checked(tmp_path, cells, looks, merged)
    assert [(f.code, f.severity, f.cell) for f in ledger.failures] == expected
    assert verdict_of(ledger, campaign()) == verdict
    counts: Any = ledger.counts
    sums = dict(zip(counts["enterprise"], counts["retirees"], strict=True))
    assert expected or sums == {MACHINES: 10, CEMENT: 20}


@pytest.mark.parametrize(("style", "cell", "text", "expected"), [
    # how the style S strikes, the attributes of the cell, its text; the doubt
    ('style:text-line-through-style="solid"', 'table:style-name="S"', "{}", [("struck-through", "query", "B3")]),
    ('style:text-line-through-type="double"', 'table:style-name="S"', "{}", [("struck-through", "query", "B3")]),
    ('style:text-line-through-style="solid"', "", '{}<text:span text:style-name="S">旧</text:span>', [("struck-through", "query", "B3")]),
    ('style:text-line-through-style="none"', 'table:style-name="S"', "{}", []),
    ('style:text-line-through-style="solid"', "", "{}", []),
])  # fmt: skip
def test_strokes_in_open_documents(
    tmp_path: Path, style: str, cell: str, text: str, expected: Any
) -> None:
    """A style that strikes a cell, or a part of its text, is seen there too."""
    page = Page([["情况表"], [PLAIN[name][0] for name in HEADS], *ROWS])
    defined = f'<style:style style:name="S"><style:text-properties {style}/></style:style>'
    data = write.ods([page])
    for old, new in (
        (
            "<office:automatic-styles/>",
            f"<office:automatic-styles>{defined}</office:automatic-styles>",
        ),
        (f"><text:p>{MACHINES}</text:p>", f" {cell}><text:p>{text.format(MACHINES)}</text:p>"),
    ):
        data = write.patched(data, "content.xml", old, new)
    (tmp_path / "a.ods").write_bytes(data)
    parsed = read_file(tmp_path / "a.ods", f"{EAST}/a.ods", shipped())
    (ledger,) = check_alone(parsed, campaign(), MAY, ISSUED, b"key")
    assert [(f.code, f.severity, f.cell) for f in ledger.failures] == expected
