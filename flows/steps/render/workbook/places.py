"""Addresses of cells and areas in a sheet."""

import re

from flows.steps.model import column_letters, column_number

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
Area = tuple[str, int, str, int]  # first column and row, last column and row


def number_of(letters: str) -> int:
    """Return a column's number from 1."""
    return column_number(letters) + 1


def letters_of(number: int) -> str:
    """Return the letters of a column by its number from 1."""
    return column_letters(number - 1)


def place_of(address: str) -> tuple[str, int] | None:
    """Return the column and the row of an address, None if it is none."""
    match = _PLACE.fullmatch(address)
    return None if match is None else (match[1].upper(), int(match[2]))


def area_of(reference: str) -> Area | None:
    """Return the area of a reference such as A5:C6 or A5, None if it is none."""
    first, _, last = reference.partition(":")
    start, end = place_of(first), place_of(last or first)
    return None if start is None or end is None else (*start, *end)


def written(left: str, top: int, right: str, bottom: int) -> str:
    """Return an area as a reference."""
    first, last = f"{left}{top}", f"{right}{bottom}"
    return first if first == last else f"{first}:{last}"
