"""What all steps know of a worksheet: its grid of cells, and how a value looks to its writer."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Protocol

from flows.steps.model.ledgers import CellError

_MOST_DIGITS = 1e15  # whole numbers below it are exact in a float


class Grid(Protocol):
    """A worksheet as the reader returns it: indexes from zero, an empty cell is None."""

    sheet: str
    height: int
    spans: Sequence[tuple[int, int, int, int]]

    def row(self, row: int) -> list[Any]:
        """Return the cells of a row, an empty list if the row is blank."""


def display_text(value: Any) -> str:  # Any: a cell holds anything
    """Return a cell's value as its writer sees it: no .0, dates as 2022-05-31."""
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _MOST_DIGITS
        return str(int(value)) if whole else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
