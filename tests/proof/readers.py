"""Our reader beside openpyxl and xlrd: each cell that they agree upon is the same."""

import io
import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import xlrd

from tests.proof import children
from tests.proof.lines import Line, line_of

Cells = Mapping[tuple[int, int], object]
ENDINGS = (".xlsx", ".xlsm", ".xls", ".et")
MOST = 3 * 2**20  # bytes of a file that is compared


def readers_line(work: Path, corpus: str | None) -> Iterator[Line]:
    """Yield the line: the workbooks of a corpus if there is one, and those that the demo makes."""
    made = work / "demo"
    children.done(lambda: _demo(made), work)
    folders = [made, *([Path(corpus)] if corpus else [])]
    paths = sorted(p for folder in folders for p in folder.rglob("*") if p.suffix.lower() in ENDINGS)  # fmt: skip
    tries = []
    for path in paths:
        if path.stat().st_size <= MOST:
            ended = children.done(lambda path=path: _compared(path), work)  # type: ignore[misc]  # a default binds it
            if ended.value != "not compared":
                tries.append(ended.value if not ended.code else f"{path.name}: {ended.said[-300:]}")
    where = "of the corpus and the demo" if corpus else "of the demo"
    yield line_of(f"a workbook {where}, cell by cell as openpyxl and xlrd read it", tries)


def _demo(folder: Path) -> None:
    """Write the ledgers that the demo makes, in many layouts and with the usual faults."""
    from flows.demo.city import make_city
    from flows.demo.write import write_month
    from flows.steps.months import Month

    for index in range(3):
        month = Month(2022, 3 + index)
        write_month(folder / str(month), make_city(), index, month)


def _compared(path: Path) -> str | None:
    """Return the first cell that is read otherwise, None if there is none."""
    from flows.steps.read.formats.workbook import open_workbook
    from flows.steps.read.grid import OpenedWorkbook

    warnings.simplefilter("ignore")
    data = path.read_bytes()
    opened = open_workbook(data, path.stem)
    theirs = _theirs(data)
    if theirs is None or not isinstance(opened, OpenedWorkbook):
        return "not compared"
    for grid in opened.grids:
        ours = {(r, c): v for r in range(grid.height) for c, v in grid.cells(r)}
        expected = theirs.get(grid.sheet, {})
        for at in _covered(grid.spans):  # openpyxl leaves out what a merged cell covers
            ours.pop(at, None)
        for at in sorted(ours.keys() | expected.keys()):
            mine, other = _plain(ours.get(at)), _plain(expected.get(at))
            if mine != other and "#" not in (mine[:1], other[:1]):
                return f"{path.name} {grid.sheet} {at}: {mine!r} / {other!r}"
    return None


def _covered(spans: Sequence[tuple[int, int, int, int]]) -> Iterator[tuple[int, int]]:
    for top, left, bottom, right in spans:
        cells = itertools.product(range(top, bottom + 1), range(left, right + 1))
        yield from (cell for cell in cells if cell != (top, left))


def _theirs(data: bytes) -> dict[str, Cells] | None:
    """Return the cells of each sheet as another library reads them, None if it cannot."""
    try:
        if data[:2] == b"PK":
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            return {
                sheet.title: {(c.row - 1, c.column - 1): c.value for row in sheet.iter_rows() for c in row if c.value is not None}
                for sheet in book.worksheets
            }  # fmt: skip
        old = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        return {sheet.name: dict(_old_cells(sheet, old.datemode)) for sheet in old.sheets()}
    except Exception:  # noqa: BLE001  (what the other library cannot read is not compared)
        return None


def _old_cells(sheet: xlrd.sheet.Sheet, datemode: int) -> Iterator[tuple[tuple[int, int], object]]:
    for r in range(sheet.nrows):
        for c, cell in enumerate(sheet.row(r)):
            if cell.ctype == xlrd.XL_CELL_DATE:
                yield (r, c), xlrd.xldate_as_datetime(float(cell.value), 1 if datemode else 0)
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                yield (r, c), bool(cell.value)
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                yield (r, c), "#"
            elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                yield (r, c), cell.value


def _plain(value: object) -> str:
    """Return a value as a text that is the same for all readers."""
    if isinstance(value, bool) or value is None:
        return str(value or "") if value is None else str(value)
    if isinstance(value, int | float):
        return repr(float(value))
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    text = value if isinstance(value, str) else f"#{value}"
    # openpyxl keeps the blanks around a text that is not marked to keep them
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
