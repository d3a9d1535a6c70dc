"""Comments of a worksheet: the part with the texts, and the drawing with their boxes (VML).

Elements: ECMA-376 18.7, part 4 19.4 (VML).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

AUTHOR = "台账审核"  # of our comments; by it they are known when the copy comes back
SENDER = "填报单位"  # of what a sender's comment is when ours is gone
BEFORE = "原批注："  # what stood in the cell's comment before ours
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_OURS = re.compile(r"【[^】\n]+】(?:必须改正|提示|须核实)[^\n]*\n[\s\S]*\n怎么改：")
_THREAD = "tc="  # how the author of a threaded comment's placeholder begins
_SHAPE = re.compile(rb"<((?:\w+:)?)shape\b.*?</\1shape>\s*", re.DOTALL)
_ROW = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)\s*</")
_COLUMN = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)\s*</")
_ID = re.compile(rb"_x0000_s(\d+)")
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_KIND = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape {namespaces} id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:{width}px;'
    'height:{height}px;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
    '<div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
    "</x:ClientData></v:shape>"
)


@dataclass
class Comments:
    """The comments of a worksheet while ours are taken out and put in."""

    root: etree._Element
    changed: set[str] = field(default_factory=set)  # cells whose boxes are drawn again, or no more

    @property
    def _namespace(self) -> str:
        return str(self.root.tag).rpartition("}")[0] + "}"

    def _authors(self) -> list[str]:
        return [author.text or "" for author in self.root.iterfind("{*}authors/{*}author")]

    def _entries(self) -> dict[str, etree._Element]:
        entries = self.root.iterfind("{*}commentList/{*}comment")
        return {entry.get("ref", ""): entry for entry in entries}

    def _author(self, entry: etree._Element) -> str:
        authors, number = self._authors(), entry.get("authorId", "")
        return authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""

    def _is_ours(self, entry: etree._Element) -> bool:
        """Return whether a comment is ours, by author or words: LibreOffice drops authors."""
        return self._author(entry) == AUTHOR or _OURS.match(_text(entry)) is not None

    def take_out_ours(self) -> list[str]:
        """Remove our comments of an earlier round, restore the sender's, and return their cells."""
        ours = {c: e for c, e in self._entries().items() if self._is_ours(e)}
        for cell, entry in ours.items():
            before = _text(entry).partition(BEFORE)[2]
            self._remove(entry)
            self.changed.add(cell)
            if before:
                self._add(cell, before, SENDER)
        return list(ours)

    def put_in(self, texts: Mapping[str, str]) -> None:
        """Add our comments by cell, above the sender's; a threaded comment stays as it is."""
        entries = self._entries()
        for cell, text in texts.items():
            entry = entries.get(cell)
            if entry is not None and self._author(entry).startswith(_THREAD):
                continue
            before = "" if entry is None else _text(entry)
            if entry is not None:
                self._remove(entry)
            self._add(cell, f"{text}\n\n{BEFORE}{before}" if before else text, AUTHOR)
            self.changed.add(cell)

    def _remove(self, entry: etree._Element) -> None:
        parent = entry.getparent()
        if parent is not None:
            parent.remove(entry)

    def _child(self, name: str) -> etree._Element:
        found = self.root.find(f"{{*}}{name}")
        return found if found is not None else etree.SubElement(self.root, self._namespace + name)

    def _add(self, cell: str, text: str, author: str) -> None:
        authors = self._authors()
        if author not in authors:
            etree.SubElement(self._child("authors"), f"{self._namespace}author").text = author
            authors.append(author)
        entry = etree.SubElement(
            self._child("commentList"),
            f"{self._namespace}comment",
            ref=cell,
            authorId=str(authors.index(author)),
        )
        holder = etree.SubElement(entry, f"{self._namespace}text")
        run = etree.SubElement(holder, f"{self._namespace}r")
        part = etree.SubElement(run, f"{self._namespace}t")
        part.text = text
        part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def boxes(self) -> dict[str, str]:
        """Return the texts of the changed cells that have a comment, by cell."""
        entries = self._entries()
        return {cell: _text(entries[cell]) for cell in sorted(self.changed) if cell in entries}


def no_comments() -> Comments:
    """Return the comments of a worksheet that has none yet."""
    root = etree.fromstring(f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>')
    return Comments(root)


def _text(entry: etree._Element) -> str:
    """Return a comment's text without its phonetic runs."""
    parts = entry.iterfind("{*}text//{*}t")
    return "".join(part.text or "" for part in parts if not _phonetic(part))


def _phonetic(part: etree._Element) -> bool:
    parent = part.getparent()
    return parent is not None and str(parent.tag).endswith("}rPh")


def drawing_with(
    drawing: bytes | None,
    gone: Iterable[tuple[int, int]],
    boxes: Mapping[tuple[int, int], str],
    block: int,
) -> bytes:
    """Return a drawing in which cells (row, column from 1) have new boxes or none.

    The boxes of other cells, buttons and pictures stay byte for byte. `block` is the sheet's
    number, so that no two sheets' boxes have one id.
    """
    if drawing is None:
        drawing = (
            f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" '
            f'data="{block}"/></o:shapelayout></xml>'
        ).encode()
    out_of_date = set(gone) | set(boxes)
    kept = _SHAPE.sub(lambda m: b"" if _place(m[0]) in out_of_date else m[0], drawing)
    first = max([1024 * block, *(int(number) for number in _ID.findall(kept))]) + 1
    new = [] if b'"_x0000_t202"' in kept else [_KIND]
    for number, ((row, column), text) in enumerate(boxes.items(), first):
        lines = sum(1 + len(line) // 20 for line in text.split("\n"))
        new.append(
            _BOX.format(
                namespaces=_NAMESPACES,
                number=number,
                width=320,
                height=min(20 * lines + 16, 400),
                row=row - 1,
                column=column - 1,
            )
        )
    end = kept.rfind(b"</")
    return kept[:end] + "".join(new).encode() + kept[end:]


def _place(shape: bytes) -> tuple[int, int] | None:
    """Return the cell of a comment's box, None for other shapes."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if row is None or column is None or b"Note" not in shape:
        return None
    return int(row[1]) + 1, int(column[1]) + 1
