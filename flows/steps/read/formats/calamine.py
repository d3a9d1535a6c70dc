"""Workbooks that the other readers refuse, by calamine: it reads what others stumble over, but tells less."""

import io
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from flows.steps.read.grid import GridBuilder, OpenedWorkbook


class PanicError(Exception):
    """calamine gave up in a way that is not an Exception."""


def by_calamine(data: bytes) -> OpenedWorkbook:
    """Return a workbook's sheets; raises CalamineError, PasswordError or PanicError where calamine cannot read it either.

    An error or a formula without its result looks like an empty cell to calamine.
    """
    opened = OpenedWorkbook()
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                if meta.visible != SheetVisibleEnum.Visible:
                    opened.hidden.append(meta.name)
                else:
                    opened.grids.append(_grid(book.get_sheet_by_name(meta.name)))
    except (
        BaseException
    ) as error:  # calamine's PanicException derives from BaseException; anything else goes on
        if type(error).__name__ != "PanicException":
            raise
        raise PanicError(str(error)) from error
    return opened


def _grid(sheet: Any) -> Any:
    builder = GridBuilder(sheet.name)
    top, left = sheet.start or (0, 0)
    for r, row in enumerate(
        sheet.to_python(skip_empty_area=True) if sheet.start else [], start=top
    ):
        for c, value in enumerate(row, start=left):
            builder.put(r, c, value)
    builder.spans += [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return builder.grid()
