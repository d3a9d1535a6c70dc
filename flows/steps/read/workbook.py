"""Opening a workbook of whatever format: its visible sheets as grids, its hidden ones by name."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from flows.steps.model import Oddity
from flows.steps.read.csvs import read_csv
from flows.steps.read.grid import Grid, RowGrid
from flows.steps.read.sniff import Refusal, sniff
from flows.steps.read.xlsx import oddities, read_book

FORM_SHEET = "_表单信息"  # the hidden sheet of our own blank workbook


@dataclass
class Opened:
    """A workbook's visible sheets, and the names of those that are hidden."""

    grids: list[Grid] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def open_workbook(data: bytes, stem: str) -> Opened | Refusal:
    """Return a file's sheets, or why it is not read; `stem` is the name that a text file's only sheet gets."""
    form = sniff(data)
    if isinstance(form, Refusal):
        return form
    if form == "csv":
        grid = read_csv(data, stem)
        return grid if isinstance(grid, Refusal) else Opened([grid])
    try:
        return _open(data, form)
    except PasswordError:
        return Refusal("file-encrypted")
    except (CalamineError, zipfile.BadZipFile, ValueError, KeyError, OSError) as error:
        return Refusal("file-unreadable", f"内部结构有误（{type(error).__name__}）")
    except BaseException as error:  # calamine's PanicException derives from BaseException; anything else goes on
        if type(error).__name__ != "PanicException":
            raise
        return Refusal("file-unreadable", "内部结构有误，无法解析")


def _open(data: bytes, form: str) -> Opened:
    opened = Opened()
    odd, date1904 = _from_xml(data) if form == "xlsx" else ({}, False)
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for meta in book.sheets_metadata:
            if meta.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
                continue
            if meta.visible != SheetVisibleEnum.Visible:
                opened.hidden += [meta.name] if meta.name != FORM_SHEET else []
                continue
            opened.grids.append(_grid(book.get_sheet_by_name(meta.name), odd.get(meta.name, {}), date1904))
    return opened


def _grid(sheet: CalamineSheet, odd: Mapping[tuple[int, int], Oddity], date1904: bool) -> RowGrid:
    top, left = sheet.start or (0, 0)
    rows = sheet.to_python(skip_empty_area=True) if sheet.start else []
    for (row, column), value in odd.items():
        if row < top or column < left:
            rows = [[None] * left + cells for cells in [[]] * top + rows]
            top = left = 0
        rows += [[] for _ in range(row - top + 1 - len(rows))]
        cells = rows[row - top]
        cells += [None] * (column - left + 1 - len(cells))
        cells[column - left] = value
    spans = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return RowGrid(sheet.name, rows, top, left, spans, date1904)


def _from_xml(data: bytes) -> tuple[dict[str, dict[tuple[int, int], Oddity]], bool]:
    """Return the cells of each sheet that hold no value, and whether dates count from 1904."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        book = read_book(package)
        odd = {name: {(r, c): value for r, c, value in oddities(package, path)} for name, path in book.parts.items()}
    return odd, book.date1904
