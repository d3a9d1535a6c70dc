"""How rates, counts and places speak in a bulletin (DESIGN §6)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.wording.phrases import (
    Count,
    Place,
    Points,
    Rate,
    against,
    in_chinese,
    month_on_month,
    people,
    percent,
    place,
    points,
    shown,
    ten_thousands,
)

HALF, TINY = Fraction(1, 2), Fraction(1, 1_000_000)
FRACTIONS = st.fractions(min_value=-1, max_value=1, max_denominator=10**7)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Rate(HALF, Fraction(13, 400)), "比上月提高3.25个百分点"),
        (Rate(HALF, Fraction(-1, 250)), "比上月下降0.40个百分点"),
        (Rate(HALF, Fraction(0)), "与上月持平"),
        (Rate(HALF, TINY), "比上月提高不足0.01个百分点"),
        (Rate(HALF, -TINY), "比上月下降不足0.01个百分点"),
        (Rate(HALF, None, "first"), "首期无上月数据"),
        (Rate(HALF, None, "new"), "上月无可比数据"),
        (Rate(None, None), "上月无可比数据"),
        (Count(9, "人", 3), "比上月增加3人"),
        (Count(9, "份", -3), "比上月减少3份"),
        (Count(9, "人", 0), "与上月持平"),
        (Count(9, "人", None, "first"), "首期无上月数据"),
        (None, "上月无可比数据"),
    ],
)
def test_a_figure_is_compared_with_last_month(value: Any, said: str) -> None:
    """From exact differences: what is not equal is not called equal."""
    assert month_on_month(value) == said


@given(FRACTIONS)
def test_only_no_difference_is_no_difference(difference: Fraction) -> None:
    """The words follow the sign of the exact difference, the number is its half-up print."""
    said = month_on_month(Rate(HALF, difference))
    assert ("持平" in said, "提高" in said, "下降" in said) == (
        difference == 0,
        difference > 0,
        difference < 0,
    )
    assert "高0.00" not in said
    assert "降0.00" not in said
    if difference and "不足" not in said:
        exact = Decimal(abs(difference).numerator * 100) / Decimal(difference.denominator)
        assert f"{exact.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}个百分点" in said


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Rate(Fraction(4056, 4071)), "99.63%"),
        (Rate(Fraction(999_999, 1_000_000)), "99.99%"),
        (Rate(TINY), "0.01%"),
        (Rate(None), "—"),
        (Points(Fraction(13, 400)), "+3.25"),
        (Points(Fraction(-13, 400)), "-3.25"),
        (Points(Fraction(13, 400), signed=False), "3.25"),
        (Points(None), "—"),
        (Count(24282), "24282"),
        (Place(3, tied=True), "3"),
        (Place(None), "—"),
        (None, "—"),
        (True, "是"),
        (Fraction(1, 3), "33.33%"),
        (date(2022, 5, 1), "2022年5月1日"),
        (("甲", Count(2), None), "甲、2、—"),
        ((), ""),
    ],
)
def test_a_value_prints_by_itself(value: Any, printed: str) -> None:
    """A template needs no formatting."""
    assert shown(value) == printed


@pytest.mark.parametrize(
    ("rate", "pace", "said"),
    [
        (Rate(HALF), Rate(Fraction(3, 4)), "比序时进度低25.00个百分点"),
        (Rate(Fraction(1)), Rate(HALF), "比序时进度高50.00个百分点"),
        (Rate(HALF), Rate(HALF), "与序时进度持平"),
        (Rate(None), Rate(HALF), "—"),
    ],
)
def test_a_rate_is_held_against_the_calendar(rate: Rate, pace: Rate, said: str) -> None:
    """Below, above or level."""
    assert against(rate, pace) == said


def test_filters_word_what_they_are_given() -> None:
    """Percentages, units, places, ten thousands, numerals."""
    assert [percent(0.5), percent(Rate(None)), people(Count(3, "户")), people(5), people(None), points(Points(Fraction(-1, 8)))] == [
        "50.00%", "—", "3户", "5人", "—", "12.50个百分点",
    ]  # fmt: skip
    assert [place(Place(2, tied=True)), place(Place(3)), place(4), place(Place(None))] == [
        "并列第2位",
        "第3位",
        "第4位",
        "不参加排名",
    ]
    assert [ten_thousands(n) for n in (41857, 9999, 10000, 10050, None)] == [
        "4.19万",
        "9999",
        "1.00万",
        "1.01万",
        "—",
    ]
    assert [in_chinese(n) for n in (1, 10, 12, 20, 99, 100, 0)] == [
        "一",
        "十",
        "十二",
        "二十",
        "九十九",
        "100",
        "0",
    ]


@given(st.none() | FRACTIONS, st.none() | FRACTIONS)
def test_rates_compare_as_their_exact_values(a: Fraction | None, b: Fraction | None) -> None:
    """A template may ask whether one is below another; one without a denominator is below nothing."""
    assert (Rate(a) < Rate(b)) == (a is not None and b is not None and a < b)
    assert (Rate(a) == Rate(b)) == (a == b)


@pytest.mark.parametrize(
    ("value", "printed", "unit", "ten_thousand", "change"),
    [
        (Count(123450, "万元", 50, decimals=2), "1234.50", "1234.50万元", "1234.50", "比上月增加0.50万元"),
        (Count(1234567890, "万元", -5, decimals=2), "12345678.90", "12345678.90万元", "1234.57万", "比上月减少0.05万元"),
        (Count(0, "公里", 0, decimals=3), "0.000", "0.000公里", "0.000", "与上月持平"),
    ],
)  # fmt: skip
def test_an_amount_speaks_with_its_decimals(
    value: Count, printed: str, unit: str, ten_thousand: str, change: str
) -> None:
    """It is held as a whole number of its smallest unit and printed exactly."""
    said = (str(value), people(value), ten_thousands(value), month_on_month(value))
    assert said == (printed, unit, ten_thousand, change)


@pytest.mark.parametrize(
    ("amount", "other", "less", "equal"),
    [
        (Count(150, decimals=2), 1, False, False),
        (Count(150, decimals=2), 1.5, False, True),
        (Count(150, decimals=2), 2, True, False),
        (Count(150, decimals=2), Count(150, decimals=2), False, True),
        (Count(150, decimals=2), Count(2), True, False),
        (Count(3), 3, False, True),
        (Count(3), "3", None, False),
    ],
)
def test_a_template_compares_an_amount_in_its_printed_unit(
    amount: Count, other: Any, less: bool | None, equal: bool
) -> None:
    """A number in a template is meant as it would be printed."""
    assert (amount == other) == equal
    if less is not None:
        orders = (amount < other, amount >= other, amount <= other, amount > other)
        assert orders == (less, not less, less or equal, not less and not equal)
