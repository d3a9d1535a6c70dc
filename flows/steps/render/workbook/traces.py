"""What the office leaves in a workbook and no document should carry: notes, printers, folders."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from flows.steps.ooxml import OFFICE_RELATIONSHIPS, parsed, relationships_part
from flows.steps.render.package import Package, kind_of, serialized, targets
from flows.steps.render.remains import without_remains
from flows.steps.render.workbook.grid import S, Sheet

_ID = f"{{{OFFICE_RELATIONSHIPS}}}id"
_VML_SHAPE, _CLIENT = "{urn:schemas-microsoft-com:vml}shape", "{*}ClientData"
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


def without_traces(package: Package, sheets: Sequence[Sheet]) -> Package:
    """Return a workbook without notes, printers, authors and the folder it was saved in.

    The sheets' own roots lose what pointed to them.
    """
    parts = dict(package.parts)
    for sheet in sheets:
        for setup in sheet.root.iter(f"{S}pageSetup"):
            setup.attrib.pop(_ID, None)
        _drop_notes(package, sheet, parts)
    root = parsed(parts[package.main])
    for element in list(root):
        folder = element.tag == _ALTERNATIVE and element.find(".//{*}absPath") is not None
        if folder or str(element.tag).endswith("}revisionPtr"):
            root.remove(element)
        elif element.tag == f"{S}fileSharing":
            element.attrib.pop("userName", None)
    parts[package.main] = serialized(root)
    return without_remains(replace(package, parts=parts))


def _drop_notes(package: Package, sheet: Sheet, parts: dict[str, bytes]) -> None:
    """Drop the boxes of a sheet's notes; controls that are drawn beside them stay."""
    for drawing in targets(package, sheet.part, "vmlDrawing"):
        root = parsed(parts[drawing])
        shapes = list(root.iter(_VML_SHAPE))
        notes = [shape for shape in shapes if _is_note(shape)]
        for note in notes:
            holder = note.getparent()
            if holder is not None:
                holder.remove(note)
        parts[drawing] = serialized(root)
        if notes and len(notes) == len(shapes):
            _forget(sheet, drawing, parts)


def _is_note(shape: etree._Element) -> bool:
    return any(client.get("ObjectType") == "Note" for client in shape.iter(_CLIENT))


def _forget(sheet: Sheet, drawing: str, parts: dict[str, bytes]) -> None:
    """Take away a sheet's reference to a drawing of notes."""
    holder = relationships_part(sheet.part)
    root = parsed(parts[holder])
    name = drawing.rpartition("/")[2]
    for relationship in list(root):
        is_drawing = kind_of(relationship) == "vmlDrawing"
        if is_drawing and relationship.get("Target", "").endswith(name):
            key = relationship.get("Id")
            root.remove(relationship)
            for element in list(sheet.root.iter(f"{S}legacyDrawing")):
                if element.get(_ID) == key:
                    sheet.root.remove(element)
    parts[holder] = serialized(root)


def note_count(package: Package, sheets: Sequence[Sheet]) -> int:
    """Return how many notes the cells of a workbook have."""
    return sum(1 for sheet in sheets for _ in _notes(package, sheet))


def _notes(package: Package, sheet: Sheet) -> Iterator[etree._Element]:
    for part in targets(package, sheet.part, "comments"):
        yield from parsed(package.parts[part]).iter(f"{S}comment")
