"""工作定义.xlsx: the office's own table of what the campaign counts, read and written.

It is checked like a ledger: every fault has its sheet and cell (DESIGN §7).
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flows.steps.model import CellError, address, display_text
from flows.steps.read.formats.sniff import Refusal
from flows.steps.read.formats.workbook import open_workbook
from flows.steps.read.grid import Grid
from schemas.definition import Definition
from schemas.definition_sheets import (
    CONSEQUENCES,
    DIRECTIONS,
    HELP,
    KIND_NAMES,
    NEEDED,
    OPTIONAL,
    SHEETS,
    TYPES,
    DefinitionFault,
    TableLine,
    Tables,
)
from schemas.definition_tables import parse_definition
from schemas.rules import RULES
from schemas.spellings import squeeze

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FILE = "工作定义.xlsx"
Fault = tuple[str, str]  # place, message
_CREATED = datetime(2022, 1, 1)  # a fixed moment, so that the same tables have the same bytes
_HEADER_DEPTH = 30  # rows in which a sheet's heads are looked for
_YES = ("是", "否")
_CHOICES = {
    "台账": tuple(KIND_NAMES.values()),
    "类型": tuple(TYPES),
    "方向": tuple(DIRECTIONS),
    "后果": tuple(CONSEQUENCES),
    **dict.fromkeys(("启用", "必填", "必有栏", "累计", "个人信息", "上简报", "计户"), _YES),
}
_WIDTHS = {
    "代号": 16, "栏目": 22, "不大于": 20, "默认取": 20, "花名册条件": 36, "示例": 24, "名称": 22,
    "任务": 22, "已办栏": 22, "应办栏": 22, "花名册日期栏": 20, "说明": 46, "条件": 46, "问题": 40,
    "怎么改": 40, "选项": 34, "写法": 60, "其他写法": 40, "须完成的指标": 60, "说法": 60,
}  # fmt: skip
_ROWS = 300  # that drop-downs are made for


def read_definition(data: bytes) -> tuple[Definition | None, list[Fault]]:
    """Return the definition, None if it has faults, and each fault with its sheet and cell."""
    opened = open_workbook(data, "工作定义")
    if isinstance(opened, Refusal):
        reason = RULES[opened.code].say(reason=opened.reason)
        return None, [("", f"{reason}请用 WPS 或 Excel 打开后另存为 .xlsx")]
    grids = {squeeze(grid.sheet): grid for grid in opened.grids}
    sheets = {name: _Sheet(name, grids[name]) for name in SHEETS if name in grids}
    faults = [fault for sheet in sheets.values() for fault in sheet.faults()]
    faults += [("", f"没有“{name}”表。请补上") for name in SHEETS if _is_missing(name, sheets)]
    if faults:
        return None, faults
    tables = {name: list(sheet.lines()) for name, sheet in sheets.items()}
    parsed = parse_definition(tables)
    if isinstance(parsed, Definition):
        return parsed, []
    return None, [(_place(fault, sheets), fault.message) for fault in parsed]


def _is_missing(name: str, sheets: dict[str, "_Sheet"]) -> bool:
    return name not in sheets and name not in OPTIONAL


def _place(fault: DefinitionFault, sheets: dict[str, "_Sheet"]) -> str:
    sheet = sheets.get(fault.sheet)
    if sheet is None:
        return fault.sheet
    return sheet.place(fault.line, fault.head)


class _Sheet:
    """One sheet of the workbook: its head row, and its filled lines."""

    def __init__(self, name: str, grid: Grid) -> None:
        self._name, self._grid = name, grid
        depth = range(min(grid.height, _HEADER_DEPTH))
        self._header = next((row for row in depth if _fits(self._heads(row), name)), None)
        heads = [] if self._header is None else self._heads(self._header)
        self._columns = {head: i for i, head in enumerate(heads) if head}

    def _heads(self, row: int) -> list[str]:
        return [squeeze(v) if isinstance(v, str) else "" for v in self._grid.row(row)]

    def faults(self) -> Iterator[Fault]:
        """Yield what keeps the sheet from being read as a table."""
        if self._header is None:
            heads = "、".join(SHEETS[self._name])
            yield self._name, f"没有找到表头。应有的栏：{heads}"
            return
        for number in range(self._header + 1, self._grid.height):
            for column, value in enumerate(self._grid.row(number)):
                if isinstance(value, CellError):
                    place = f"{self._name}!{address(number + 1, column)}"
                    yield place, f"是没有结果的公式或错误值“{value.text}”。请直接填写"

    def lines(self) -> Iterator[TableLine]:
        """Yield the filled lines, numbered as in the sheet."""
        first = 0 if self._header is None else self._header + 1
        for number in range(first, self._grid.height):
            cells = self._grid.row(number)
            texts = {
                head: display_text(cells[at]).strip()
                for head, at in self._columns.items()
                if at < len(cells)
            }
            if any(texts.values()):
                yield TableLine(number + 1, texts)

    def place(self, line: int | None, head: str | None) -> str:
        """Return the address of a line's cell, the sheet's name where it is the whole sheet."""
        if line is None:
            return self._name
        return f"{self._name}!{address(line, self._columns.get(head or '', 0))}"


def _fits(heads: Sequence[str], sheet: str) -> bool:
    """Return whether a row has a sheet's heads: all that lines must fill in, or most of all."""
    wanted = SHEETS[sheet]
    return set(NEEDED[sheet]) <= set(heads) or sum(h in wanted for h in heads) > len(wanted) // 2


def definition_book(tables: Tables) -> bytes:
    """Return 工作定义.xlsx with some tables: a note on each head, drop-downs, filled lines."""
    import xlsxwriter  # here, since every command reads a definition and hardly one writes it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "工作定义", "created": _CREATED})
        for sheet, heads in SHEETS.items():
            _write_sheet(book, sheet, heads, tables.get(sheet, ()))
    return buffer.getvalue()


def _write_sheet(
    book: "Workbook", sheet: str, heads: Sequence[str], lines: Sequence[TableLine]
) -> None:
    page: Worksheet = book.add_worksheet(sheet)
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(8)  # A3
    page.fit_to_pages(1, 0)
    for column, name in enumerate(heads):
        page.set_column(column, column, _WIDTHS.get(name, max(9, 2 * len(name) + 3)), text)
        page.write_string(0, column, name, head)
        page.write_comment(0, column, HELP[sheet][name], {"x_scale": 1.6})
        if name in _CHOICES:
            source = {"validate": "list", "source": list(_CHOICES[name])}
            page.data_validation(1, column, _ROWS, column, source)
    for row, line in enumerate(lines, start=1):
        for column, name in enumerate(heads):
            page.write_string(row, column, line[name], text)
