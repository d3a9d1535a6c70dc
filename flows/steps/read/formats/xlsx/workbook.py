"""Office Open XML workbooks: each visible worksheet by the fast scan, or cell by cell where its XML has another shape."""

import io
import re
import zipfile
from typing import IO, Any
from xml.parsers.expat import ExpatError

import numpy as np
from lxml.etree import XMLSyntaxError

from flows.steps.model import CellError
from flows.steps.read.factors import factorize
from flows.steps.read.formats.calamine import by_calamine
from flows.steps.read.formats.xlsx.cellwise import read_cellwise
from flows.steps.read.formats.xlsx.chunks import Pieces, spans_in
from flows.steps.read.formats.xlsx.contents import NUMERIC, Content, IrregularError, Results, shown
from flows.steps.read.formats.xlsx.package import Book, read_book
from flows.steps.read.formats.xlsx.scan import Cells, scan
from flows.steps.read.grid import Grid, OpenedWorkbook, with_value, without_blanks

_UNTOLD = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[ />]""")


def read_xlsx(data: bytes) -> OpenedWorkbook:
    """Return the sheets of a workbook; charts, dialogs and macro sheets are none.

    Where the package's parts cannot be found or parsed calamine has a try: it raises CalamineError or PanicError. IrregularError is raised
    for a workbook that it could read, but whose errors and formulas without result it would take for empty cells.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        try:
            return _by_parts(package)
        except (XMLSyntaxError, ExpatError, LookupError, IrregularError):
            opened = by_calamine(data)
            if any(
                _UNTOLD.search(package.read(name))
                for name in package.namelist()
                if "sheet" in name.lower()
            ):
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
            continue
        try:
            with package.open(part.path) as stream:
                grid = read_scanned(stream, part.name, book)
        except IrregularError:
            with package.open(part.path) as stream:
                grid = settled(*read_cellwise(stream, part.name, book), book)
        opened.grids.append(grid)
    return opened


def read_scanned(stream: IO[bytes], name: str, book: Book) -> Grid:
    """Return a worksheet's grid by the fast scan; raises IrregularError where its XML has another shape."""
    pieces = Pieces(stream)
    found = [scan(piece, book.styles) for piece in pieces]
    spans = spans_in(pieces.tail)
    rows, columns, contents, numbers = _joined(found)
    order = rows.astype(np.int64) * 2**14 + columns
    if (order[1:] <= order[:-1]).any():
        raise IrregularError
    codes, values = _coded(
        contents, numbers, [value for cells in found for value in cells.others], book
    )
    results = Results()
    for cells in found:
        results.join(cells.results)
    return settled(Grid(name, rows, columns, codes, values, spans, book.date1904), results, book)


def settled(grid: Grid, results: Results, book: Book) -> Grid:
    """Return the grid without blank texts, and with the formulas uncalculated that only have the 0 that a library gave them."""
    if results.zeros and book.stale and not results.calculated:
        grid = with_value(grid, results.zeros, CellError("", uncalculated=True))
    return without_blanks(grid)


def _joined(found: list[Cells]) -> list[Any]:
    """Return the rows, columns, contents and numbers of all stretches; those of OTHER count through all stretches' others."""
    before = 0
    for cells in found:
        cells.numbers[cells.contents == Content.OTHER] += before
        before += len(cells.others)
    names = ("rows", "columns", "contents", "numbers")
    return [
        np.concatenate([getattr(cells, name) for cells in found])
        if found
        else np.empty(0, np.int32)
        for name in names
    ]


def _coded(contents: Any, numbers: Any, others: list[Any], book: Book) -> tuple[Any, list[Any]]:
    """Return the cells as places in a list of the values that occur, and that list; place 0 is the empty cell."""
    codes = np.zeros(len(contents), dtype=np.int32)
    values: list[Any] = [None, *book.strings]
    shared = contents == Content.SHARED
    codes[shared] = numbers[shared] + 1
    if codes.max(initial=0) >= len(values):
        raise IrregularError
    for content in NUMERIC:
        here = contents == content
        index, different = factorize(numbers[here])
        codes[here] = index + len(values)
        values += [
            shown(content, number, (), date1904=book.date1904) for number in different.tolist()
        ]
    index_of: dict[Any, int] = {}
    places = np.array(
        [index_of.setdefault((type(v), v), len(index_of) + len(values)) for v in others],
        dtype=np.int32,
    )
    here = contents == Content.OTHER
    codes[here] = places[numbers[here].astype(np.int64)] if len(places) else 0
    return codes, [*values, *(value for _, value in index_of)]
