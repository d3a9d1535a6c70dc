"""What all steps know of a worksheet: its cells, and how a value looks to its writer."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol

from flows.steps.model.ledgers import CellError

# What a cell may hold; None is an empty cell.
CellValue = str | int | float | bool | date | datetime | time | timedelta | CellError | None


class Percent(float):
    """A number in a format that shows per cent: 1.0 is 100%, and no count."""


_MOST_DIGITS = 1e15  # whole numbers below it are exact in a float


class Grid(Protocol):
    """A worksheet as the reader returns it: indexes from zero, an empty cell is None."""

    sheet: str
    height: int
    spans: Sequence[tuple[int, int, int, int]]

    def row(self, row: int) -> list[CellValue]:
        """Return the cells of a row, an empty list if the row is blank."""


def display_text(value: CellValue) -> str:
    """Return a value as its writer sees it: whole numbers without .0, dates as 2022-05-31."""
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Percent):
        return f"{float(value) * 100:.10g}%"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _MOST_DIGITS
        return str(int(value)) if whole else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
