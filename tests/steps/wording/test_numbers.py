"""Numbers as documents print them (DESIGN §6)."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.wording.numbers import (
    count,
    hundredths,
    percent,
    points,
    signed_count,
    signed_in_decimals,
    signed_points,
)
from schemas.amounts import in_decimals

RATES = st.integers(1, 2_000_000).flatmap(
    lambda total: st.integers(0, total).map(lambda done: Fraction(done, total))
)
DIFFERENCES = st.tuples(RATES, RATES).map(lambda pair: pair[0] - pair[1])


@pytest.mark.parametrize(
    ("done", "total", "printed"),
    [
        (4056, 4071, "99.63%"),
        (0, 7, "0.00%"),
        (7, 7, "100.00%"),
        (1, 1_000_000, "0.01%"),
        (999_999, 1_000_000, "99.99%"),
        (1, 20_000, "0.01%"),  # 0.005 % goes up
        (19_999, 20_000, "99.99%"),  # 99.995 % does not reach the end
        (12_345, 100_000, "12.35%"),  # a half that binary floating point sees as less
        (1, 3, "33.33%"),
    ],
)
def test_a_rate_is_printed_half_up_and_never_rounded_to_an_end(
    done: int, total: int, printed: str
) -> None:
    """Two decimals, half up; 100.00% and 0.00% are for what is all and nothing."""
    assert percent(Fraction(done, total)) == printed


def test_a_rate_without_a_denominator_is_a_dash() -> None:
    """Nothing to do is neither 0 % nor 100 %."""
    assert (percent(None), signed_points(None)) == ("—", "—")


@pytest.mark.parametrize(
    ("difference", "plain", "signed"),
    [
        (Fraction(13, 400), "3.25", "+3.25"),
        (Fraction(-1, 250), "-0.40", "-0.40"),
        (Fraction(1, 20_000), "0.01", "+0.01"),
        (Fraction(-1, 20_000), "-0.01", "-0.01"),
        (Fraction(-1, 1_000_000), "0.00", "0.00"),
        (Fraction(0), "0.00", "0.00"),
        (Fraction(1), "100.00", "+100.00"),
    ],
)
def test_a_difference_is_printed_in_points(difference: Fraction, plain: str, signed: str) -> None:
    """A rise and a fall of the same size print alike, and nothing prints as -0.00."""
    assert (points(difference), signed_points(difference)) == (plain, signed)


@pytest.mark.parametrize(
    ("number", "plain", "signed"), [(8123, "8123", "+8123"), (0, "0", "0"), (-3, "-3", "-3")]
)
def test_a_count_is_printed_without_separators(number: int, plain: str, signed: str) -> None:
    """Counts stand as they are, differences carry their sign."""
    assert (count(number), signed_count(number)) == (plain, signed)


@given(RATES)
def test_a_printed_rate_is_near_the_exact_one_and_reaches_an_end_only_where_it_is_there(
    rate: Fraction,
) -> None:
    """No printed rate is a whole hundredth of a percent away, and 0.00% and 100.00% mean none and all."""
    printed = percent(rate)
    assert abs(Fraction(printed[:-1]) / 100 - rate) < Fraction(1, 10_000)
    assert (printed == "100.00%") == (rate == 1)
    assert (printed == "0.00%") == (rate == 0)


@given(RATES, RATES)
def test_printing_keeps_the_order_of_rates(a: Fraction, b: Fraction) -> None:
    """A county that is ahead never prints as behind."""
    assert (hundredths(a) <= hundredths(b)) or a > b


@given(DIFFERENCES)
def test_points_agree_with_decimal_arithmetic(difference: Fraction) -> None:
    """The oracle is the decimal module's own half-up rounding."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(difference.numerator * 100) / Decimal(difference.denominator)
        expected = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert points(difference) == f"{expected or Decimal('0.00')}"
    assert signed_points(-difference).lstrip("+-") == points(difference).lstrip("-")


@pytest.mark.parametrize(
    ("number", "decimals", "plain", "signed"),
    [
        (8123, 0, "8123", "+8123"),
        (123450, 2, "1234.50", "+1234.50"),
        (5, 2, "0.05", "+0.05"),
        (-5, 3, "-0.005", "-0.005"),
        (0, 2, "0.00", "0"),
        (10**20 + 1, 4, "10000000000000000.0001", "+10000000000000000.0001"),
    ],
)
def test_an_amount_is_printed_from_whole_smallest_units(
    number: int, decimals: int, plain: str, signed: str
) -> None:
    """No digit is lost, however large the amount."""
    assert (in_decimals(number, decimals), signed_in_decimals(number, decimals)) == (plain, signed)
