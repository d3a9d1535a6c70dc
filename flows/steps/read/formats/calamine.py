"""Workbooks that the other readers refuse, read by calamine: more tolerant, less informative."""

import io

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from flows.steps.read.grid import Grid, GridBuilder, OpenedWorkbook
from schemas.columns import FORM_SHEET


class PanicError(Exception):
    """calamine gave up in a way that is not an Exception."""


def by_calamine(data: bytes) -> OpenedWorkbook:
    """Return a workbook's sheets; an error or a formula without a result looks empty to calamine.

    Raises CalamineError, PasswordError or PanicError if calamine cannot read it either.
    """
    opened = OpenedWorkbook()
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                hidden = meta.visible != SheetVisibleEnum.Visible
                if hidden:
                    opened.hidden.append(meta.name)
                if not hidden or meta.name == FORM_SHEET:
                    opened.add(_grid(book.get_sheet_by_name(meta.name)), hidden=hidden)
    except BaseException as error:
        # calamine's PanicException derives from BaseException; anything else goes on.
        if type(error).__name__ != "PanicException":
            raise
        raise PanicError(str(error)) from error
    return opened


def _grid(sheet: CalamineSheet) -> Grid:
    builder = GridBuilder(sheet.name)
    top, left = sheet.start or (0, 0)
    rows = sheet.to_python(skip_empty_area=True) if sheet.start else []
    for r, row in enumerate(rows, start=top):
        for c, value in enumerate(row, start=left):
            builder.put(r, c, value)
    builder.spans += [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return builder.grid()
