"""Worksheets of the summary workbook: typed cells, tables with frozen headers, print set-up."""

import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.steps.wording.numbers import NOTHING, hundredths, percent, points

CellKind = Literal["text", "centred", "count", "difference", "rate", "share", "points", "rank"]
PORTRAIT = 100  # units of width that an upright page takes
LONGEST = 32767  # characters that a cell of Excel can hold
TITLE_ROW, UNIT_ROW = 0, 1
LINE = 15  # the height of a line in points
MOST_LINES = 8  # of a row: Excel refuses a row that is taller than its limit
_GRID, _HEAD, _GROUP = "#A6A6A6", "#F3E3E1", "#E4C4C0"
_BODY = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_name": "方正小标宋简体", "font_size": 20, "align": "center"},
    "note": {"font_size": 10},
    "group": {
        "font_name": "黑体",
        "border": 1,
        "border_color": _GRID,
        "bg_color": _GROUP,
        "align": "center",
    },
    "header": {
        "font_name": "黑体",
        "border": 1,
        "border_color": _GRID,
        "bg_color": _HEAD,
        "align": "center",
        "text_wrap": True,
    },
    "text": {"text_wrap": True},
    "centred": {"align": "center", "text_wrap": True},
    "count": {"num_format": "#,##0", "align": "right"},
    "difference": {"num_format": "+#,##0;-#,##0;0", "align": "right"},
    "rate": {"num_format": "0.00%", "align": "right"},
    "share": {"num_format": "0.00%", "align": "right"},
    "points": {"num_format": "+0.00;-0.00;0.00", "align": "right"},
    "rank": {"num_format": "0", "align": "center"},
}


@dataclass(frozen=True)
class Field:
    """A column of a table: its header, the value of a row in it, its kind and width.

    Fields of one group share an upper header. An amount is shown with its decimals.
    """

    header: str
    value: Callable[[Any], object]  # of a row of any type
    kind: CellKind = "count"
    width: float = 9.5
    group: str = ""
    decimals: int = 0  # of a number of a smallest unit


@dataclass(frozen=True)
class Tied:
    """A rank that others share: the cell holds the number, shown with 并列."""

    rank: int


@dataclass
class Book:
    """A workbook in the making.

    Its date of creation is `issued`, so that equal inputs give equal bytes.
    """

    issued: date
    title: str
    _stream: io.BytesIO = field(default_factory=io.BytesIO)
    _formats: dict[tuple[object, ...], Format] = field(default_factory=dict)

    def __post_init__(self) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.workbook = xlsxwriter.Workbook(self._stream, options)
        created = datetime(
            self.issued.year, self.issued.month, self.issued.day
        )  # a property without a zone
        self.workbook.set_properties({"title": self.title, "created": created})

    def style(self, name: str, **more: object) -> Format:
        """Return the cell format of a name, with changes."""
        key = (name, *sorted(more.items()))
        if key not in self._formats:
            border = {"border": 1, "border_color": _GRID} if name in CellKind.__args__ else {}  # type: ignore[attr-defined]  # a Literal's names
            self._formats[key] = self.workbook.add_format(
                {**_BODY, **border, **_STYLES[name], **more}
            )
        return self._formats[key]

    def content(self) -> bytes:
        """Return the finished workbook; nothing can be added afterwards."""
        self.workbook.close()
        return self._stream.getvalue()


def write_cell(
    book: Book,
    sheet: Worksheet,
    row: int,
    column: int,
    kind: CellKind,
    value: object,
    *,
    bold: bool = False,
    decimals: int = 0,
) -> None:
    """Write a value so that the cell shows what documents print; None is —.

    Text stays text whatever it begins with. A rate keeps its exact value, even if its number
    format has to hold the figure that is to be shown (DESIGN §6).
    """
    more: dict[str, object] = {"bold": True} if bold else {}
    if value is None:
        sheet.write_string(row, column, NOTHING, book.style(kind, **more))
    elif isinstance(value, Tied):
        sheet.write_number(
            row, column, value.rank, book.style(kind, **more, num_format='0"（并列）"')
        )
    elif isinstance(value, Fraction) and kind in ("rate", "share"):
        sheet.write_number(
            row, column, float(value), book.style(kind, **more, **_as_printed(value))
        )
    elif isinstance(value, Fraction):
        sheet.write_number(row, column, float(points(value)), book.style(kind, **more))
    elif isinstance(value, int) and decimals:
        form = _STYLES[kind]["num_format"].replace("#,##0", f"#,##0.{'0' * decimals}")
        amount = Decimal(value).scaleb(-decimals)
        sheet.write_number(row, column, amount, book.style(kind, **more, num_format=form))
    elif isinstance(value, int):
        sheet.write_number(row, column, value, book.style(kind, **more))
    else:
        write_text(book, sheet, row, column, kind, str(value), **more)


def write_text(
    book: Book, sheet: Worksheet, row: int, column: int, style: str, text: str, **more: object
) -> None:
    """Write text that stays text, also when the cell is edited later."""
    quoted = {"quote_prefix": True} if text[:1] in tuple("=+-@\t\r") else {}
    sheet.write_string(row, column, text[:LONGEST], book.style(style, **more, **quoted))


def _as_printed(rate: Fraction) -> dict[str, object]:
    """Return the number format of a rate that two decimals would not show as documents print it.

    These are rates close to 0 and 100 %, and halves, which programs round up or down as their
    binary value happens to lie; for others there is none.
    """
    exact = rate * 10000
    differs = exact.denominator == 2 or round(exact) != hundredths(rate)
    return {"num_format": f'"{percent(rate)}"'} if differs else {}


@dataclass(frozen=True)
class Table:
    """A table on a worksheet of its own.

    `frozen` columns stay in sight, the first `bold` rows are printed bold; `totals` follow the
    rows beyond the filter.
    """

    sheet: str
    title: str
    unit: str
    fields: Sequence[Field]
    rows: Sequence[Any]
    totals: Sequence[Any] = ()
    notes: Sequence[str] = ()
    frozen: int = 1
    bold: int = 0

    @property
    def header_row(self) -> int:
        """Return the row (from 0) that names every column; groups of columns stand above it."""
        return UNIT_ROW + (2 if any(one.group for one in self.fields) else 1)

    @property
    def first_row(self) -> int:
        """Return the row (from 0) of the first entry."""
        return self.header_row + 1


def add_table(book: Book, table: Table) -> Worksheet:
    """Return a new worksheet with a table, its title, totals, notes, filter and print set-up."""
    sheet = book.workbook.add_worksheet(table.sheet)
    last, first = len(table.fields) - 1, table.first_row
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, last, table.title, book.style("title"))
    sheet.set_row(TITLE_ROW, 36)
    write_text(book, sheet, UNIT_ROW, 0, "note", table.unit)
    _write_header(book, sheet, table)
    for i, entry in enumerate([*table.rows, *table.totals]):
        bold = i < table.bold or i >= len(table.rows)
        cells = [(one, one.value(entry)) for one in table.fields]
        sheet.set_row(first + i, LINE * max(_lines(one, value) for one, value in cells) + 5)
        for column, (one, value) in enumerate(cells):
            write_cell(
                book,
                sheet,
                first + i,
                column,
                one.kind,
                value,
                bold=bold,
                decimals=one.decimals,
            )
    end = first + len(table.rows) + len(table.totals)
    for i, note in enumerate(table.notes):
        write_text(book, sheet, end + i, 0, "note", note)
    sheet.freeze_panes(first, table.frozen)
    sheet.autofilter(table.header_row, 0, max(first + len(table.rows) - 1, first), last)
    _data_bars(sheet, table, end)
    set_up_print(sheet, landscape=sum(one.width for one in table.fields) > PORTRAIT)
    sheet.repeat_rows(UNIT_ROW + 1, table.header_row)
    sheet.print_area(0, 0, end + len(table.notes), last)
    return sheet


def set_up_print(sheet: Worksheet, *, landscape: bool = True) -> None:
    """Set a sheet to A4, as wide as the page, with page numbers."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.35, right=0.35, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&10第 &P 页，共 &N 页")


def _write_header(book: Book, sheet: Worksheet, table: Table) -> None:
    """Write the header: a row that names all columns, above it one of the groups, if any."""
    for column, one in enumerate(table.fields):
        sheet.set_column(column, column, one.width)
        write_text(book, sheet, table.header_row, column, "header", one.header)
    sheet.set_row(table.header_row, LINE * max(_lines(one, one.header) for one in table.fields) + 8)
    start = 0
    grouped = table.fields if table.header_row > UNIT_ROW + 1 else ()
    for group, members in itertools.groupby(grouped, key=lambda one: one.group):
        end = start + len(list(members)) - 1
        if end > start:
            sheet.merge_range(UNIT_ROW + 1, start, UNIT_ROW + 1, end, group, book.style("group"))
        else:
            write_text(book, sheet, UNIT_ROW + 1, start, "group", group)
        start = end + 1


def _lines(one: Field, value: object) -> int:
    """Return how many lines a value takes in its column; a Chinese character is two units wide."""
    if not isinstance(value, str):
        return 1
    width = sum(1 if character.isascii() else 2 for character in value)
    return min(-(-width // max(int(one.width) - 1, 2)), MOST_LINES) or 1


def _data_bars(sheet: Worksheet, table: Table, end: int) -> None:
    """Draw a bar behind every rate, from no length at 0 to the whole cell at 100 %.

    It has the form of ECMA-376 18.3.1.28, without the extension of 2010, which openpyxl drops
    with a warning.
    """
    bar = {
        "type": "data_bar",
        "min_type": "num",
        "min_value": 0,
        "max_type": "num",
        "max_value": 1,
        "min_length": 0,
        "max_length": 100,
        "bar_color": "#D9746B",
    }
    for column, one in enumerate(table.fields):
        if one.kind == "rate" and end > table.first_row:
            sheet.conditional_format(table.first_row, column, end - 1, column, bar)
