"""The sheets of a template: their rows and cells, and the texts of cells that hold tags."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from flows.steps.ooxml import parsed, relationship_id, relationships, relationships_part
from flows.steps.render.markup import TAG, TAG_START, cleaned_tags
from flows.steps.render.package import Package, targets
from flows.steps.render.workbook.formulas import copied
from flows.steps.render.workbook.places import letters_of, number_of, place_of

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA, VALUE = f"{S}f", f"{S}v"
_HEADS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ROW_TAG = re.compile(r"\{%\s*tr\s")


@dataclass(frozen=True)
class Piece:
    """A part of a cell's text in looks of its own; None are those of the cell."""

    looks: etree._Element | None
    text: str


@dataclass(frozen=True)
class TextCell:
    """A cell with tags: where it stands, its text by pieces, every tag whole in one of them."""

    row: int
    column: str
    pieces: Sequence[Piece]

    @property
    def address(self) -> str:
        """Return its address."""
        return f"{self.column}{self.row}"

    @property
    def text(self) -> str:
        """Return its whole text."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, its part, its rows, its cells with tags by row.

    `heads` are the texts with tags at the top and bottom of its pages.
    """

    name: str
    part: str
    root: etree._Element
    rows: Mapping[int, etree._Element] = field(hash=False)
    texts: Mapping[int, Sequence[TextCell]] = field(hash=False)
    heads: Sequence[etree._Element]

    @property
    def key(self) -> str:
        """Return its name in the form in which references are compared."""
        return self.name.casefold()

    @property
    def last(self) -> int:
        """Return the last row with tags, 0 if there is none."""
        return max(self.texts, default=0)

    def row_tag(self, row: int) -> str:
        """Return the tag that stands alone in a row and goes with it, "" for other rows."""
        cells = self.texts.get(row, ())
        text = cells[0].text.strip() if len(cells) == 1 else ""
        alone = TAG.fullmatch(text) and _ROW_TAG.match(text)
        return text if alone and self.row_text(row).strip() == text else ""

    def row_text(self, row: int) -> str:
        """Return all that stands in a row: texts, numbers and formulas."""
        element = self.rows.get(row)
        if element is None:
            return ""
        tagged = {cell.column: cell.text for cell in self.texts.get(row, ())}
        return "".join(tagged.get(_column(c)) or _plain(c) for c in element.iterchildren(f"{S}c"))


def _column(cell: etree._Element) -> str:
    place = place_of(cell.get("r", ""))
    return place[0] if place else ""


def _plain(cell: etree._Element) -> str:
    """Return something for a cell with content: its formula, or what it stores."""
    formula = cell.find(FORMULA)
    return f"={formula.text or ''}" if formula is not None else "".join(map(str, cell.itertext()))


def sheets_of(package: Package) -> list[Sheet]:
    """Return the worksheets of a workbook in order."""
    main = parsed(package.parts[package.main])
    related = relationships(package.main, package.parts.get(relationships_part(package.main)))
    shared = _shared(package.parts.get(shared_part(package), b""))
    sheets = []
    for element in main.iterfind("{*}sheets/{*}sheet"):
        target = related.get(relationship_id(element))
        if target is not None and target.kind == "worksheet" and target.target in package.parts:
            root = parsed(package.parts[target.target])
            sheets.append(_sheet(element.get("name", ""), target.target, root, shared))
    return sheets


def shared_part(package: Package) -> str:
    """Return the part of the texts that cells share, "" if there is none."""
    return next(iter(targets(package, package.main, "sharedStrings")), "")


def _shared(source: bytes) -> list[etree._Element]:
    return list(parsed(source).iterfind(f"{S}si")) if source else []


def _sheet(name: str, part: str, root: etree._Element, shared: Sequence[etree._Element]) -> Sheet:
    rows = dict(_numbered_rows(root))
    _write_out_shared_formulas(root)
    texts: dict[int, list[TextCell]] = {}
    for number, row in rows.items():
        for cell in row.iterchildren(f"{S}c"):
            pieces = list(_pieces(cell, shared))
            if TAG_START.search("".join(piece.text for piece in pieces)):
                found = TextCell(number, _column(cell), _put_together(pieces))
                texts.setdefault(number, []).append(found)
    heads = [e for kind in _HEADS for e in root.iter(f"{S}{kind}")]
    tagged = [head for head in heads if TAG_START.search(head.text or "")]
    return Sheet(name, part, root, rows, texts, tagged)


def _numbered_rows(root: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """Yield the rows by number; rows and cells that say not where they are get their address."""
    number = 0
    for row in root.iterfind(f"{S}sheetData/{S}row"):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        column = 0
        for cell in row.iterchildren(f"{S}c"):
            place = place_of(cell.get("r", ""))
            column = column + 1 if place is None else number_of(place[0])
            cell.set("r", f"{letters_of(column)}{number}")
        yield number, row


def _write_out_shared_formulas(root: etree._Element) -> None:
    """Write a formula that cells share into each of them."""
    firsts: dict[str, tuple[str, tuple[str, int]]] = {}
    for formula in root.iter(FORMULA):
        holder = formula.getparent()
        place = None if holder is None else place_of(holder.get("r", ""))
        if formula.get("t") != "shared" or place is None:
            continue
        key = formula.get("si", "")
        if formula.text:
            firsts[key] = (formula.text, place)
        elif key in firsts:
            text, (column, row) = firsts[key]
            columns = number_of(place[0]) - number_of(column)
            formula.text = copied(text, place[1] - row, columns)
        for name in ("t", "si", "ref"):
            formula.attrib.pop(name, None)


def _pieces(cell: etree._Element, shared: Sequence[etree._Element]) -> Iterator[Piece]:
    """Yield the text of a cell; nothing for a formula or a number."""
    kind, value = cell.get("t"), cell.find(VALUE)
    if cell.find(FORMULA) is not None:
        return
    if kind == "str" and value is not None:
        yield Piece(None, value.text or "")
    holder = cell.find(f"{S}is") if kind == "inlineStr" else None
    if kind == "s" and value is not None:
        number = (value.text or "").strip()
        known = number.isdecimal() and int(number) < len(shared)
        holder = shared[int(number)] if known else None
    for child in () if holder is None else holder:
        text = child if child.tag == f"{S}t" else child.find(f"{S}t")
        if child.tag in (f"{S}t", f"{S}r") and text is not None:
            yield Piece(child.find(f"{S}rPr"), decoded(text.text or ""))


def decoded(text: str) -> str:
    """Return a text in which every character stands for itself, not as _x000D_."""
    return _CODED.sub(lambda m: chr(int(m[1], 16)), text)


def coded(text: str) -> str:
    """Return a text that a workbook reads as it is."""
    return _CODED.sub(lambda m: f"_x005F{m[0]}", text)


def _put_together(pieces: Sequence[Piece]) -> list[Piece]:
    """Return a text whose tags stand whole in the piece in which they begin."""
    owners = [number for number, piece in enumerate(pieces) for _ in piece.text]
    whole = "".join(piece.text for piece in pieces)
    for match in TAG.finditer(whole):
        owners[match.start() : match.end()] = [owners[match.start()]] * len(match[0])
    shares = ["" for _ in pieces]
    for character, owner in zip(whole, owners, strict=True):
        shares[owner] += character
    parts = zip(pieces, shares, strict=True)
    return [Piece(piece.looks, cleaned_tags(share)) for piece, share in parts if share]
