"""References in formulas, as they read where the rows of a template are printed."""

import pytest

from flows.steps.render.workbook.formulas import (
    UnclearReferenceError,
    Viewer,
    copied,
    printed,
)
from flows.steps.render.workbook.moves import Moves, Printed

# A template of a head in rows 1 and 2, `for` in 3, two rows a turn in 4 and 5, `endfor` in 6, a sum in 7,
# printed with three turns: 1, 2 | 3, 4 | 5, 6 | 7, 8 | 9. Row 8 of the template is then row 10.
TURNS = [Printed(row, (turn,)) for turn in (1, 2, 3) for row in (4, 5)]
MOVES = {"表": Moves([Printed(1), Printed(2), *TURNS, Printed(7)], 7, {4: (3,), 5: (3,)})}
SUM, LATER, TURN_2, OUTSIDE = (
    Viewer("表", 7),
    Viewer("表", 8),
    Viewer("表", 4, (2,)),
    Viewer("别的"),
)

# formula, the cell it stands in, as printed
PRINTED = [
    ("B2*2", SUM, "B2*2"),
    ("SUM(B4:B5)", SUM, "SUM(B3:B8)"),
    ("SUM(B3:B6)", SUM, "SUM(B3:B8)"),  # with the rows of the tags
    ("SUM(B2:B7)", LATER, "SUM(B2:B9)"),
    ("SUM(B4)", SUM, "SUM(B3,B5,B7)"),  # one of the two rows of a turn
    ("SUM($B$4:C4,B5)", SUM, "SUM($B$3:C3,$B$5:C5,$B$7:C7,B4,B6,B8)"),
    ("IF(B7=0,0,SUM(B4:B4)/B7)", LATER, "IF(B9=0,0,SUM(B3,B5,B7)/B9)"),
    ("B4/B5", TURN_2, "B5/B6"),  # of one's own turn
    ("B4/B7", TURN_2, "B5/B9"),
    ("B4/B$7", TURN_2, "B5/B$9"),
    ("SUM(B$4:B4)", TURN_2, "SUM(B$3:B3,B$5:B5)"),  # up to here
    ("SUM(B$4:B$5)", TURN_2, "SUM(B$3:B$8)"),  # all of them
    ("B$4", TURN_2, "B$3"),  # the first one
    ("B7+C8", LATER, "B9+C10"),
    ("表!B7&'表'!C8&别的!B7", OUTSIDE, "表!B9&'表'!C10&别的!B7"),
    ("SUM(表!4:5)", OUTSIDE, "SUM(表!3:8)"),
    ("SUM(B:B)+SUM($B:$C)", SUM, "SUM(B:B)+SUM($B:$C)"),
    ("SUM(B4:B1000)", SUM, "SUM(B3:B1002)"),
    ('"B4"&LOG10(B7)&合计B7&1E7&TRUE', LATER, '"B4"&LOG10(B9)&合计B7&1E7&TRUE'),
    ("表1[[#This Row],[B7]]+B7", LATER, "表1[[#This Row],[B7]]+B9"),
]

UNCLEAR = [
    ("B4*2", SUM, "B4 重复以后有许多行"),
    ("RANK(B7,B4:B4)", LATER, "B4:B4 重复以后有许多行"),
    ("B3+1", TURN_2, "B3 指的行没有印出来"),
    ("SUM(B6:B6)", SUM, "B6:B6 指的行没有印出来"),
    ("SUM('一:三'!B4)", OUTSIDE, "'一:三'!B4 跨几个工作表"),
]


@pytest.mark.parametrize(("formula", "viewer", "expected"), PRINTED)
def test_a_formula_follows_the_rows(formula: str, viewer: Viewer, expected: str) -> None:
    """Its own turn inside a loop, every turn from outside; whatever else it says."""
    assert printed(formula, viewer, MOVES) == expected


@pytest.mark.parametrize(("formula", "viewer", "message"), UNCLEAR)
def test_a_formula_that_is_not_clear_is_refused(formula: str, viewer: Viewer, message: str) -> None:
    """Rather than printing a wrong number."""
    with pytest.raises(UnclearReferenceError, match=message):
        printed(formula, viewer, MOVES)


COPIED = [
    ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
    ("SUM(A1:B2)*表!C3", 1, 0, "SUM(A2:B3)*表!C4"),
    ('"A1"&LOG10(A1)', 1, 0, '"A1"&LOG10(A2)'),
    ("A1", -1, 0, "#REF!"),
    ("1:2", 3, 0, "4:5"),
]


@pytest.mark.parametrize(("formula", "rows", "columns", "expected"), COPIED)
def test_a_formula_that_cells_share(formula: str, rows: int, columns: int, expected: str) -> None:
    """It reads in each of them as if it had been filled in from the first one."""
    assert copied(formula, rows, columns) == expected
