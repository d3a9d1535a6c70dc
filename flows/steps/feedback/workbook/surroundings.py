"""What stands before and after a worksheet's rows while it is edited (ECMA-376 18.3.1.99)."""

import re

from flows.steps.feedback.workbook.outline import IrregularError, Outline
from flows.steps.feedback.workbook.tags import ATTRIBUTE, TAG, tags

_AFTER_DRAWING = {  # elements that follow legacyDrawing in a worksheet
    b"legacyDrawingHF",
    b"drawingHF",
    b"picture",
    b"oleObjects",
    b"controls",
    b"webPublishItems",
    b"tableParts",
    b"extLst",
}


def unselected(head: bytes) -> bytes:
    """Return a worksheet's head in which it is not the sheet that is shown first."""
    pattern = re.compile(
        rb"""(<(?:[\w.-]+:)?sheetView(?=\s)[^>]*?)\s+tabSelected\s*=\s*["']\w*["']"""
    )
    return pattern.sub(rb"\1", head)


def legacy_drawing(sheet: Outline) -> str | None:
    """Return the relationship id of the drawing that holds the boxes of comments, None without."""
    tag = tags(sheet.prefix, b"legacyDrawing").search(sheet.tail)
    if tag is None:
        return None
    ids = [m[2][1:-1] for m in ATTRIBUTE.finditer(tag[1]) if m[1].endswith(b":id")]
    return ids[0].decode() if ids else None


def with_drawing(sheet: Outline, namespace: str, key: str) -> bytes:
    """Return the tail with a reference to a drawing for comments, at its place in the schema."""
    declared = re.search(rb'xmlns:(\w+)="' + re.escape(namespace.encode()) + rb'"', sheet.head)
    reference = f'{declared[1].decode()}:id="{key}"' if declared else ""
    reference = reference or f'xmlns:rel="{namespace}" rel:id="{key}"'
    new = b"<" + sheet.prefix + b"legacyDrawing " + reference.encode() + b"/>"
    place = _place_of_drawing(sheet)
    return sheet.tail[:place] + new + sheet.tail[place:]


def _place_of_drawing(sheet: Outline) -> int:
    """Return where the first element begins that follows legacyDrawing, or where the sheet ends."""
    path: list[tuple[bytes, int]] = []
    for tag in TAG.finditer(sheet.tail):
        name = tag[2].rpartition(b":")[2]
        if tag[1]:
            if not path and name == b"worksheet":
                return tag.start()
            if path:
                path.pop()
            continue
        alternative = len(path) == 2 and path[0][0] == b"AlternateContent"
        if name in _AFTER_DRAWING and (not path or alternative):
            return path[0][1] if path else tag.start()
        if not tag[3].endswith(b"/"):
            path.append((name, tag.start()))
    raise IrregularError


def without_formats(tail: bytes, formula: bytes) -> bytes:
    """Return a tail without the conditional formats that have a formula."""
    if formula not in tail:
        return tail
    pattern = re.compile(
        rb"<((?:[\w.-]+:)?)conditionalFormatting(?=[\s>]).*?</\1conditionalFormatting>", re.DOTALL
    )
    return pattern.sub(lambda match: b"" if formula in match[0] else match[0], tail)
