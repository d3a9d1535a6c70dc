"""How numbers are printed in every document, page and workbook (DESIGN §6).

Rates have two decimals, half up, and are never rounded to 0 % or 100 %. Exact fractions come in,
so that no binary floating point decides a half.
"""

from fractions import Fraction

from schemas.amounts import in_decimals
from schemas.definition import Column

NOTHING = "—"  # a rate without a denominator


def hundredths(rate: Fraction) -> int:
    """Return a rate as whole hundredths of a percent, half up: 4056/4071 is 9963.

    What is below 1 stays below 10000 and what is above 0 stays above 0, so that only what is
    finished looks finished and only what has not begun looks so.
    """
    part, whole = rate.numerator, rate.denominator
    rounded = _half_up(part * 10000, whole)
    if 0 < part < whole:
        return min(max(rounded, 1), 9999)
    return rounded


def percent(rate: Fraction | None) -> str:
    """Return a rate as documents print it: 99.63%, or — without a denominator."""
    return NOTHING if rate is None else f"{_two_decimals(hundredths(rate))}%"


def points(difference: Fraction) -> str:
    """Return a difference of two rates in 百分点, half up in both directions: 3.25, -0.40, 0.00."""
    return _two_decimals(_half_up(difference.numerator * 10000, difference.denominator))


def signed_points(difference: Fraction | None) -> str:
    """Return a difference of two rates with its sign: +3.25, -0.40, 0.00; — for none."""
    if difference is None:
        return NOTHING
    text = points(difference)
    return text if text == "0.00" or text.startswith("-") else f"+{text}"


def count(number: int) -> str:
    """Return a count as documents print it, without separators: 8123."""
    return str(number)


def shown_number(number: int, column: Column) -> str:
    """Return a column's number as documents print it, an amount with its decimals: 12.30."""
    return in_decimals(number, column.decimals)


def signed_count(number: int) -> str:
    """Return a difference of counts with its sign: +1204, -3, 0."""
    return f"{number:+d}" if number else "0"


def signed_in_decimals(number: int, decimals: int) -> str:
    """Return a difference of such numbers with its sign: +1204, -3.50, 0."""
    if not number:
        return "0"
    return f"{'+' if number > 0 else ''}{in_decimals(number, decimals)}"


def _half_up(part: int, whole: int) -> int:
    """Return the nearest whole number of a quotient of integers, `whole` above 0.

    Of a half it is the one away from 0: rise and fall print alike.
    """
    size = (2 * abs(part) + whole) // (2 * whole)
    return -size if part < 0 else size


def _two_decimals(number: int) -> str:
    return in_decimals(number, 2)
