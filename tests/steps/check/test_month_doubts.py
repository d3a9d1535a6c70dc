"""What is doubted against the last accepted month (DESIGN §5): rows in, questions out."""

import random
from collections import Counter

import pytest

from flows.policies import DoubtPolicy
from flows.steps.check.doubts import doubts_of, vanished
from schemas.shipped import shipped
from tests.support import slips
from tests.support.retirees import COUNTS

POLICY = DoubtPolicy.model_validate({})
KEY, OTHER = ("甲县", "一厂"), ("甲县", "二厂")
#        retirees agreement archives_due archives party_members party functions
BEFORE = (320, 200, 320, 100, 70, 20, 50)
CITY = dict.fromkeys(COUNTS, 1000)


def row(*counts: int) -> dict[str, int]:
    """Return a row of counts in the order of COUNTS."""
    return dict(zip(COUNTS, counts, strict=True))


# now, the questions: code, fields
CASES = [
    ((320, 200, 320, 100, 70, 20, 50), []),
    ((330, 210, 330, 130, 71, 25, 60), []),
    ((384, 200, 384, 100, 70, 20, 50), []),  # 20 % to the man
    ((385, 200, 320, 100, 70, 20, 50), [("base-jumped", ("retirees",))]),
    ((600, 200, 600, 100, 70, 20, 50), [("base-jumped", ("retirees",))]),  # both as one
    ((320, 200, 320, 100, 91, 20, 50), [("base-jumped", ("party_members",))]),
    ((320, 320, 320, 100, 70, 20, 50), []),  # 37.5 points are a good month
    ((320, 200, 320, 310, 70, 20, 50), [("progress-jumped", ("archives",))]),
    ((320, 200, 320, 100, 70, 70, 50), [("progress-jumped", ("party",))]),
    ((320, 200, 320, 100, 70, 55, 50), []),  # 50 points
    ((320, 200, 320, 261, 70, 20, 50), []),  # 50.3 points
    ((320, 200, 320, 262, 70, 20, 50), [("progress-jumped", ("archives",))]),  # 50.6 points
    ((3200, 2000, 3200, 1000, 700, 200, 500), [("scale-slip", COUNTS)]),
    ((32, 20, 32, 10, 7, 2, 5), [("scale-slip", COUNTS)]),
    ((320, 200, 320, 100, 70, 200, 50), [("scale-slip", ("party",))]),
]


@pytest.mark.parametrize(("now", "questions"), CASES)
def test_a_row_against_the_month_before(
    now: tuple[int, ...], questions: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Each question names the rule and the counts that it is about."""
    doubts = doubts_of({KEY: row(*now)}, {KEY: row(*BEFORE)}, CITY, POLICY, shipped())
    assert [(doubt.code, doubt.fields) for doubt in doubts] == questions


def test_files_due_that_jump_to_the_number_of_retirees_are_asked_about() -> None:
    """That they equal the retirees explains nothing while those have not changed."""
    before = {**row(*BEFORE), "archives_due": 150}
    (doubt,) = doubts_of({KEY: row(*BEFORE)}, {KEY: before}, CITY, POLICY, shipped())
    assert (doubt.code, doubt.fields, doubt.then) == ("base-jumped", ("archives_due",), 150)


def test_a_small_jump_moves_nothing() -> None:
    """A rate that jumps is asked about only if the city's figure notices."""
    now, before = {KEY: row(5, 5, 5, 5, 1, 1, 5)}, {KEY: row(5, 0, 5, 0, 1, 0, 0)}
    assert doubts_of(now, before, dict.fromkeys(COUNTS, 100_000), POLICY, shipped()) == []


def test_two_columns_filled_in_the_wrong_way_round() -> None:
    """Columns that fit only if exchanged are one question about the ledger, not one a row."""
    before = {KEY: row(*BEFORE), OTHER: row(400, 240, 400, 130, 80, 25, 10)}
    now = {key: {**each, "archives": each["functions"], "functions": each["archives"]}
           for key, each in before.items()}  # fmt: skip
    (doubt,) = doubts_of(now, before, CITY, POLICY, shipped())
    assert (doubt.code, doubt.key, doubt.fields) == (
        "columns-swapped",
        None,
        ("archives", "functions"),
    )


def test_rows_that_are_gone() -> None:
    """A row of last month that no sender has is asked about; one that another has is not."""
    before = {KEY: row(*BEFORE), OTHER: row(*BEFORE)}
    assert [doubt.key for doubt in vanished([], before, [OTHER], CITY, shipped())] == [KEY]


def test_the_weightiest_question_comes_first() -> None:
    """What moves the city most is asked first."""
    small, large = row(30, 0, 30, 0, 0, 0, 0), row(300, 0, 300, 0, 0, 0, 0)
    now = {KEY: row(60, 0, 60, 0, 0, 0, 0), OTHER: row(600, 0, 600, 0, 0, 0, 0)}
    doubts = doubts_of(now, {KEY: small, OTHER: large}, CITY, POLICY, shipped())
    assert doubts[0].key == OTHER


def test_natural_progress_is_seldom_asked_about() -> None:
    """Of the ledgers of made-up cities at most one in twenty is asked anything."""
    asked = Counter[bool]()
    for seed in range(20):
        draw = random.Random(seed)
        before = slips.first_month(draw)
        now, city = slips.next_month(draw, before), slips.totals(before)
        for county in slips.COUNTIES:
            ledger, last = slips.county_rows(now, county), slips.county_rows(before, county)
            asked[bool(doubts_of(ledger, last, city, POLICY, shipped()))] += 1
    assert asked[True] / asked.total() <= 0.05
