"""The marked workbook: styles and comments of faulty cells, a sheet in front, all else as it was.

The package is edited, not written again by a library, so that pictures, charts, controls, ranges
that may be edited, extensions and all else keep their bytes.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO

from lxml import etree

from flows.steps.feedback.workbook.comments import (
    COMMENTS_TYPE,
    DRAWING_TYPE,
    Comments,
    drawing_with,
    no_comments,
)
from flows.steps.feedback.workbook.merged import first_cells
from flows.steps.feedback.workbook.outline import (
    IrregularError,
    Outline,
    merged_areas,
    outline,
    plain,
)
from flows.steps.feedback.workbook.package import (
    OFFICE,
    Package,
    UnmarkableError,
    serialised,
)
from flows.steps.feedback.workbook.parts import Workbook, sheet_named
from flows.steps.feedback.workbook.restyle import Restyle, Restyler
from flows.steps.feedback.workbook.strict import ordinary_package
from flows.steps.feedback.workbook.styles import Styles
from flows.steps.feedback.workbook.surroundings import (
    legacy_drawing,
    unselected,
    with_drawing,
    without_formats,
)
from flows.steps.feedback.workbook.tags import cell_places, letters_of

MOST_COMMENTS = 20_000  # of a sheet; with more of them Excel hardly opens it
# The formula of the formats that copies of the first rounds had above those of the sender.
OLD_FORMAT = "台账审核".encode()
_BROKEN = (
    etree.XMLSyntaxError,
    IrregularError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    LookupError,
    ValueError,
)


@dataclass(frozen=True)
class Mark:
    """What a faulty cell gets: a fill and a comment."""

    colour: str
    text: str


@dataclass(frozen=True)
class Unmarkable:
    """Why a workbook cannot be marked, in Chinese."""

    reason: str


@dataclass(frozen=True)
class Marks:
    """The marks by sheet and cell address, and the colours that they have, the worst first."""

    cells: Mapping[str, Mapping[str, Sequence[Mark]]]
    colours: Sequence[str] = field(default=())


# Makes the XML of the sheet in front from the workbook's styles and the names of its sheets.
Front = Callable[[Styles, Sequence[str]], bytes]


class _IrregularSheetError(Exception):
    """A worksheet that must be written plainly before it can be scanned."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def marked_workbook(
    data: bytes, marks: Marks, name: str, title: str, front: Front
) -> bytes | Unmarkable:
    """Return a workbook with its faulty cells marked and a sheet in front, or why there is none.

    `name` is that sheet's name and `title` the text of its first cell, by which the one of an
    earlier round is known and taken out, with the marks of that round.
    """
    plainly: set[str] = set()
    while True:
        try:
            with zipfile.ZipFile(io.BytesIO(ordinary_package(data))) as source:
                return _marked(Package(source), marks, name, title, front, plainly)
        except _IrregularSheetError as error:
            if error.part in plainly:
                return Unmarkable("文件内部结构特殊")
            plainly.add(error.part)
        except UnmarkableError as error:
            return Unmarkable(str(error))
        except _BROKEN:
            return Unmarkable("文件内部结构有误")


def _marked(
    package: Package, marks: Marks, name: str, title: str, front: Front, plainly: Collection[str]
) -> bytes:
    book = Workbook(package)
    book.make_macro_free()
    for old in [one for one in book.sheets if one.name.startswith(name)]:
        if book.first_text(old) == title:
            book.take_out(old)
    styles_part = book.styles()
    styles = Styles(
        package.tree(styles_part), marks.colours, remembering=not book.saved_by_libreoffice
    )
    names = [one.name for one in book.sheets]
    cells = _by_sheet(marks, names)
    for number, one in enumerate(book.sheets, 1):
        marker = _SheetMarker(package, one.part, styles, marks.colours, number)
        marker.mark(cells.get(one.name, {}), plainly=one.part in plainly)
    part = book.put_in_front(name)
    package.replace(part, [front(styles, names)])
    return package.write(last=[styles_part])


def _by_sheet(marks: Marks, names: Sequence[str]) -> dict[str, dict[str, list[Mark]]]:
    """Return the marks by the workbook's sheets; a masked name and its own are one sheet."""
    by_sheet: dict[str, dict[str, list[Mark]]] = {}
    for wanted, cells in marks.cells.items():
        sheet = by_sheet.setdefault(sheet_named(names, wanted) or "", {})
        for cell, found in cells.items():
            sheet.setdefault(cell, []).extend(found)
    return by_sheet


class _SheetMarker:
    """The marking of one worksheet."""

    def __init__(
        self, package: Package, part: str, styles: Styles, colours: Sequence[str], number: int
    ) -> None:
        self._package, self._part, self._styles = package, part, styles
        self._colours, self._number = colours, number
        self._relationships = package.relationships(part)

    def mark(self, cells: Mapping[str, Sequence[Mark]], *, plainly: bool) -> None:
        """Mark cells; without marks, new or old, only the sheet's tab is no longer in front."""
        comments, part = self._comments()
        old = comments.take_out_ours()
        if not cells and not old:
            self._package.replace(self._part, self._unselected())
            return
        data = plain(self._package.read(self._part)) if plainly else None
        length = self._package.size(self._part) if data is None else len(data)
        source = partial(self._source, data)
        try:
            with source() as stream:
                sheet = outline(stream, length)
            gathered = _gathered(cells, sheet)
        except IrregularError as error:
            raise _IrregularSheetError(self._part) from error
        texts = {cell: "\n\n".join(_texts(found)) for cell, found in gathered.items()}
        comments.put_in(dict(list(texts.items())[:MOST_COMMENTS]))
        tail = self._with_comments(comments, part, sheet)
        restyled = self._restyles(gathered, old)
        self._package.replace(self._part, self._content(sheet, source, restyled, tail))

    def _source(self, data: bytes | None) -> IO[bytes]:
        return self._package.open(self._part) if data is None else io.BytesIO(data)

    def _comments(self) -> tuple[Comments, str | None]:
        """Return the sheet's comments and the part that holds them, None if there is none yet."""
        for part in self._relationships.targets("comments").values():
            if self._package.has(part):
                return Comments(self._package.peek(part)), part
        return no_comments(), None

    def _unselected(self) -> Iterator[bytes]:
        chunks = self._package.chunks(self._part)
        yield unselected(next(chunks, b""))
        yield from chunks

    def _restyles(
        self, marks: Mapping[str, Sequence[Mark]], old: Collection[str]
    ) -> dict[int, dict[int, Restyle]]:
        """Return what becomes of cells, by row and column."""
        changes = {cell: Restyle(self._styles.unmarked, insert=False) for cell in old}
        for cell, found in marks.items():
            style = self._styles.remarked if cell in old else self._styles.marked
            changes[cell] = Restyle(partial(style, colour=_worst(found, self._colours)))
        by_row: dict[int, dict[int, Restyle]] = {}
        for cell, (row, column) in cell_places(changes).items():
            by_row.setdefault(row, {})[column] = changes[cell]
        return by_row

    def _with_comments(self, comments: Comments, part: str | None, sheet: Outline) -> bytes:
        """Write the comments and the drawing of their boxes; return the sheet's tail with both."""
        if not comments.changed:
            return sheet.tail
        content = [serialised(comments.root)]
        if part is None:
            part = self._package.unused("xl/comments{}.xml")
            self._package.add(part, content, COMMENTS_TYPE)
            self._relationships.add("comments", part)
        else:
            self._package.replace(part, content)
        places = cell_places(list(comments.changed))
        boxes = {places[c]: text for c, text in comments.boxes().items() if c in places}
        drawings = self._relationships.targets("vmlDrawing")
        drawing = drawings.get(legacy_drawing(sheet) or "")
        if drawing is not None and self._package.has(drawing):
            content = [
                drawing_with(self._package.read(drawing), places.values(), boxes, self._number)
            ]
            self._package.replace(drawing, content)
            return sheet.tail
        drawing = self._package.unused("xl/drawings/vmlDrawing{}.vml")
        content = [drawing_with(None, places.values(), boxes, self._number)]
        self._package.add(drawing, content)
        self._package.add_default("vml", DRAWING_TYPE)
        key = self._relationships.add("vmlDrawing", drawing)
        return with_drawing(sheet, OFFICE, key)

    def _content(
        self,
        sheet: Outline,
        source: Callable[[], IO[bytes]],
        cells: Mapping[int, Mapping[int, Restyle]],
        tail: bytes,
    ) -> Iterator[bytes]:
        """Yield the marked sheet."""
        yield unselected(sheet.head)
        try:
            with source() as stream:
                yield from Restyler(sheet, cells).rows(stream)
        except IrregularError as error:
            raise _IrregularSheetError(self._part) from error
        yield without_formats(tail, OLD_FORMAT)


def _worst(marks: Sequence[Mark], colours: Sequence[str]) -> str:
    return min((mark.colour for mark in marks), key=list(colours).index)


def _texts(marks: Sequence[Mark]) -> list[str]:
    return list(dict.fromkeys(mark.text for mark in marks))


def _gathered(cells: Mapping[str, Sequence[Mark]], sheet: Outline) -> dict[str, list[Mark]]:
    """Return the marks by cell; those inside a merged area stand in its first cell."""
    places = cell_places(cells)
    firsts = first_cells(list(places.values()), merged_areas(sheet))
    gathered: dict[str, list[Mark]] = {}
    for cell in sorted(places, key=places.__getitem__):
        row, column = firsts.get(places[cell], places[cell])
        gathered.setdefault(f"{letters_of(column)}{row}", []).extend(cells[cell])
    return gathered
