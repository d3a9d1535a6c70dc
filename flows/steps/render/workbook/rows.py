"""The rows of a finished sheet: copied from those of the template, cells and formulas filled in."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from flows.steps.render.workbook.formats import Formats
from flows.steps.render.workbook.formulas import UnclearReferenceError, Viewer, printed
from flows.steps.render.workbook.grid import FORMULA, VALUE, S, Sheet, TextCell, coded
from flows.steps.render.workbook.moves import Moves
from flows.steps.render.workbook.places import area_of, place_of, written
from flows.steps.render.workbook.printing import Bit, Number, Print, PrintedRow

LONGEST = 32_767  # characters of a cell
MOST_ROWS = 1_048_576
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class UnfitSheetError(Exception):
    """A sheet that cannot be printed as its template asks; the message says where and why."""


@dataclass(frozen=True)
class RowWriter:
    """Writes the rows of one sheet; `moves` are those of all sheets by name."""

    sheet: Sheet
    moves: Mapping[str, Moves]
    formats: Formats

    def write(self, root: etree._Element, found: Print) -> None:
        """Put the finished rows into a copy of the sheet."""
        data = root.find(f"{S}sheetData")
        if data is None:
            return
        rows = [*self._printed(found), *self._following()]
        if rows and int(rows[-1].get("r", "0")) > MOST_ROWS:
            raise UnfitSheetError(f"“{self.sheet.name}”工作表超过{MOST_ROWS}行")
        data[:] = rows

    def _printed(self, found: Print) -> Iterator[etree._Element]:
        """Yield the rows up to the last one with tags."""
        for number, row in enumerate(found.rows, 1):
            source = self.sheet.rows.get(row.printed.template)
            if source is not None:
                yield self._row(source, number, row)

    def _following(self) -> Iterator[etree._Element]:
        """Yield the rows after the last one with tags."""
        shift = self.moves[self.sheet.key].shift
        for number, source in self.sheet.rows.items():
            if number > self.sheet.last:
                row = copy.deepcopy(source)
                self._number(row, number + shift)
                self._formulas(row, Viewer(self.sheet.key, number))
                yield row

    def _row(self, source: etree._Element, number: int, found: PrintedRow) -> etree._Element:
        row = copy.deepcopy(source)
        self._number(row, number)
        tagged = {cell.column: cell for cell in self.sheet.texts.get(found.printed.template, ())}
        if tagged and row.get("customHeight") not in ("1", "true"):
            row.attrib.pop("ht", None)  # the program that opens the sheet finds the height
        for cell in row.iterchildren(f"{S}c"):
            place = place_of(cell.get("r", ""))
            column = place[0] if place else ""
            if found.blank and (column in tagged or cell.find(FORMULA) is not None):
                _emptied(cell)
            elif column in tagged:
                self._fill(cell, tagged[column], found.cells.get(column, ()))
        printed_row = found.printed
        self._formulas(row, Viewer(self.sheet.key, printed_row.template, printed_row.path))
        return row

    def _number(self, row: etree._Element, number: int) -> None:
        row.attrib.pop("spans", None)
        row.set("r", str(number))
        for cell in row.iterchildren(f"{S}c"):
            place = place_of(cell.get("r", ""))
            if place:
                cell.set("r", f"{place[0]}{number}")

    def _fill(
        self, cell: etree._Element, template: TextCell, bits: Sequence[tuple[int, Bit]]
    ) -> None:
        _emptied(cell)
        seen = [bit for _, bit in bits if isinstance(bit, Number) or bit.strip()]
        style = int(cell.get("s", "0"))
        number = seen[0] if len(seen) == 1 else None
        stored = self.formats.value(number.value, style) if isinstance(number, Number) else None
        if stored is not None:
            etree.SubElement(cell, VALUE).text = stored[0]
            if stored[1] != style:
                cell.set("s", str(stored[1]))
            return
        texts = ["" for _ in template.pieces]
        for piece, bit in bits:
            texts[piece] += bit.text if isinstance(bit, Number) else bit
        if sum(map(len, texts)) > LONGEST:
            where = f"“{self.sheet.name}”{template.address}"
            raise UnfitSheetError(f"{where}里的文字超过{LONGEST}字，一格放不下")
        if any(texts):
            cell.set("t", "inlineStr")
            cell.append(_text(template, texts))

    def _formulas(self, row: etree._Element, viewer: Viewer) -> None:
        """Write the formulas of a row for where it stands; what they came to is not kept."""
        for formula in row.iter(FORMULA):
            cell = formula.getparent()
            if cell is None:
                continue
            try:
                formula.text = printed(formula.text or "", viewer, self.moves)
            except UnclearReferenceError as error:
                where = f"“{self.sheet.name}”{self._address(cell, viewer)}"
                raise UnfitSheetError(f"{where}的公式：{error}") from error
            if formula.get("ref"):
                formula.set("ref", self._array(formula.get("ref", ""), cell))
            cell.attrib.pop("t", None)
            for value in cell.findall(VALUE):
                cell.remove(value)

    def _array(self, reference: str, cell: etree._Element) -> str:
        """Return the area of an array formula, which begins in its cell."""
        area, place = area_of(reference), place_of(cell.get("r", ""))
        if area is None or place is None:
            return reference
        left, top, right, bottom = area
        return written(left, place[1], right, place[1] + bottom - top)

    @staticmethod
    def _address(cell: etree._Element, viewer: Viewer) -> str:
        place = place_of(cell.get("r", ""))
        return f"{place[0] if place else ''}{viewer.row}"


def _emptied(cell: etree._Element) -> None:
    cell.attrib.pop("t", None)
    del cell[:]


def _text(template: TextCell, texts: Sequence[str]) -> etree._Element:
    """Return a text in the looks of its pieces."""
    holder = etree.Element(f"{S}is")
    pieces = [(p.looks, t) for p, t in zip(template.pieces, texts, strict=True) if t]
    is_plain = all(looks is None for looks, _ in pieces)
    for looks, text in [(None, "".join(texts))] if is_plain else pieces:
        run = holder if is_plain else etree.SubElement(holder, f"{S}r")
        if looks is not None:
            run.append(copy.deepcopy(looks))
        element = etree.SubElement(run, f"{S}t")
        element.set(_SPACE, "preserve")
        element.text = coded(text)
    return holder
