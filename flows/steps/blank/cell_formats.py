"""The cell formats of a form, each made once."""

from typing import Any

from schemas.definition import Column

GREY, LOCKED_FILL = "#808080", "#F2F2F2"
TYPED_HEAD = "#DDEBF7"
FAULT = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}


class CellFormats:
    """Gives a workbook's formats by their properties; cells are locked by default."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        """Return the format with some properties, the same one for the same properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


def number_format(column: Column) -> str:
    """Return how a column's cells are shown; what is no number and no date is text."""
    if column.is_number:
        return f"0.{'0' * column.decimals}" if column.decimals else "0"
    if column.type == "date":
        return "yyyy-mm-dd" if len(str(column.example)) > len("2022-03") else "yyyy-mm"
    return "@"
