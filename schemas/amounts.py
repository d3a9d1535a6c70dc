"""Amounts as whole numbers of their smallest unit, and as they are written (DESIGN §6)."""

from decimal import Decimal


def in_decimals(number: int, decimals: int) -> str:
    """Return a whole number of a smallest unit in the unit that is printed: 1230 of 2 is 12.30."""
    if not decimals:
        return str(number)
    whole, rest = divmod(abs(number), 10**decimals)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{decimals}d}"


def in_smallest(stated: int | str, decimals: int) -> int:
    """Return a number as figures.json states it in its smallest unit: 1230 of 12.30."""
    return int(Decimal(stated).scaleb(decimals))
