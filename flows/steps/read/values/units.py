"""Units: what a column is counted in, and how many of it make what a sheet states (DESIGN §4)."""

import re
from fractions import Fraction
from functools import cache

from schemas.definition import Column
from schemas.spellings import dimension, squeeze

_TIMES = {"百": 100, "千": 1_000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_PREFIXED = re.compile("(百万|千万|百|千|万|亿)?(.*)")
_NEVER = ("%", "元")  # what a count is never counted in
_LISTED = re.compile(r"[、,，/;；]")


@cache
def dimensions_of(column: Column) -> tuple[str, ...] | None:
    """Return what a unit stated over a column may count, None for anything that can be counted.

    Files are counted by their persons too. Of a unit that no list has, none but itself may stand.
    """
    counted = dimension(column.unit)
    if counted is None:
        return () if column.unit else None
    return ("份", "人") if counted == "份" else (counted,)


def may_count(column: Column, counted: str) -> bool:
    """Return whether a stated dimension may be that of a column."""
    allowed = dimensions_of(column)
    return counted not in _NEVER if allowed is None else counted in allowed


@cache
def ratio(stated: str, column: Column) -> Fraction | None:
    """Return how many of a column's unit a stated unit makes: 元 for 万元 is 1/10000.

    None if the two do not measure the same. Of several units that a line states (户、万元) the
    first one that does counts. A lone 万 or 亿 is that of the column's own measure.
    """
    times, base = _parts(squeeze(column.unit))
    for text in _LISTED.split(squeeze(stated).strip("()")):
        factor, measure = _parts(text)
        if text and measure in (base, ""):
            return Fraction(factor, times)
    return None


def _parts(unit: str) -> tuple[int, str]:
    match = _PREFIXED.fullmatch(unit)
    prefix, base = (match[1], match[2]) if match else (None, unit)
    return _TIMES[prefix] if prefix else 1, base
