"""Office Open XML workbooks: each visible worksheet by the fast scan, else cell by cell."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import IO
from xml.parsers.expat import ExpatError

import numpy as np
from lxml.etree import XMLSyntaxError

from flows.steps.model import CellError, CellValue
from flows.steps.read.factors import factorize
from flows.steps.read.formats.calamine import by_calamine
from flows.steps.read.formats.xlsx.cellwise import read_cellwise
from flows.steps.read.formats.xlsx.chunks import Chunks, spans_in
from flows.steps.read.formats.xlsx.contents import NUMERIC, Content, IrregularError, Results, shown
from flows.steps.read.formats.xlsx.package import Book, read_book
from flows.steps.read.formats.xlsx.scan import Cells, scan
from flows.steps.read.formats.xlsx.words import Array
from flows.steps.read.grid import Grid, OpenedWorkbook, with_value, without_blanks
from schemas.columns import FORM_SHEET

_UNSEEN_BY_CALAMINE = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[ />]""")


def read_xlsx(data: bytes) -> OpenedWorkbook:
    """Return the worksheets of a workbook, without charts, dialogs and macro sheets.

    If the package's parts cannot be found or parsed, calamine tries and raises CalamineError or
    PanicError. A workbook whose errors and formulas without a result calamine would take for empty
    cells raises the first reader's error.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        try:
            return _by_parts(package)
        except (XMLSyntaxError, ExpatError, LookupError, IrregularError):
            opened = by_calamine(data)
            sheets = [name for name in package.namelist() if "sheet" in name.lower()]
            if any(_UNSEEN_BY_CALAMINE.search(package.read(name)) for name in sheets):
                raise
            return opened


def _by_parts(package: zipfile.ZipFile) -> OpenedWorkbook:
    opened = OpenedWorkbook()
    book = read_book(package)
    for part in book.parts:
        if part.kind != "worksheet":
            continue
        if part.hidden:
            opened.hidden.append(part.name)
            if part.name != FORM_SHEET:
                continue
        try:
            with package.open(part.path) as stream:
                grid = read_scanned(stream, part.name, book)
        except IrregularError:
            with package.open(part.path) as stream:
                grid = settled(*read_cellwise(stream, part.name, book), book)
        opened.add(grid, hidden=part.hidden)
    return opened


def read_scanned(stream: IO[bytes], name: str, book: Book) -> Grid:
    """Return a worksheet's grid by the fast scan; IrregularError if its XML is not regular."""
    chunks = Chunks(stream)
    scanned = [scan(chunk, book.styles, book.struck) for chunk in chunks]
    spans = spans_in(chunks.tail)
    rows, columns, contents, numbers = _joined(scanned)
    order = rows.astype(np.int64) * 2**14 + columns
    if (order[1:] <= order[:-1]).any():
        raise IrregularError
    others = [value for cells in scanned for value in cells.others]
    codes, values = _coded(contents, numbers, others, book)
    results = Results()
    for cells in scanned:
        results.join(cells.results)
    if book.struck_strings:
        results.struck += _showing(rows, columns, codes, book.struck_strings)
    return settled(Grid(name, rows, columns, codes, values, spans, book.date1904), results, book)


def settled(grid: Grid, results: Results, book: Book) -> Grid:
    """Return the grid without blank texts, with a library's placeholder 0 as uncalculated."""
    if results.zeros and book.stale and not results.calculated:
        grid = with_value(grid, results.zeros, CellError("", uncalculated=True))
        results = Results(struck=results.struck)
    struck, zeros = frozenset(results.struck), frozenset(results.zeros)
    return replace(without_blanks(grid), struck=struck, formula_zeros=zeros, _cache={})


def _showing(
    rows: Array, columns: Array, codes: Array, strings: frozenset[int]
) -> list[tuple[int, int]]:
    """Return the cells that show some of the shared strings, which have the first codes."""
    cells = np.isin(codes, [number + 1 for number in strings])
    return list(zip(rows[cells].tolist(), columns[cells].tolist(), strict=True))


def _joined(scanned: Sequence[Cells]) -> tuple[Array, Array, Array, Array]:
    """Return the rows, columns, contents and numbers of all chunks; OTHER counts through them."""
    before = 0
    for cells in scanned:
        cells.numbers[cells.contents == Content.OTHER] += before
        before += len(cells.others)
    return (
        _all([cells.rows for cells in scanned]),
        _all([cells.columns for cells in scanned]),
        _all([cells.contents for cells in scanned]),
        _all([cells.numbers for cells in scanned]),
    )


def _all(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0, np.int32)


def _coded(
    contents: Array, numbers: Array, others: Sequence[CellValue], book: Book
) -> tuple[Array, list[CellValue]]:
    """Return the cells as indices into the list of values, and that list; 0 is the empty cell."""
    codes = np.zeros(len(contents), dtype=np.int32)
    values: list[CellValue] = [None, *book.strings]
    shared = contents == Content.SHARED
    codes[shared] = numbers[shared] + 1
    if codes.max(initial=0) >= len(values):
        raise IrregularError
    for content in NUMERIC:
        of_content = contents == content
        index, distinct = factorize(numbers[of_content])
        codes[of_content] = index + len(values)
        values += [
            shown(content, number, (), date1904=book.date1904) for number in distinct.tolist()
        ]
    index_of: dict[tuple[type, CellValue], int] = {}
    keys = [(type(value), value) for value in others]
    other_codes = np.array(
        [index_of.setdefault(key, len(index_of) + len(values)) for key in keys], dtype=np.int32
    )
    is_other = contents == Content.OTHER
    codes[is_other] = other_codes[numbers[is_other].astype(np.int64)] if len(other_codes) else 0
    return codes, [*values, *(value for _, value in index_of)]
