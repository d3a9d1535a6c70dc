"""A workbook's bytes, the same on any day, with what openpyxl loses put back (ECMA-376).

openpyxl writes formulas without their last result, so that a preview shows nothing and a re-check
finds formulas that nobody has calculated; and it leaves out data validations and sparklines of the
newer form (x14). Both are taken from the original.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from flows.steps.feedback.package import MAIN
from flows.steps.ooxml import FIXED_DATE, parsed, workbook_parts, write_parts

_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified\b[^>]*>)[^<]*(</dcterms:modified>)")
_KEPT_EXTENSIONS = (
    "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}",
    "{05C60535-1F16-4FD2-B633-F4F36F0B64E0}",
)  # validations, sparklines
_KNOWN = (
    "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}",
    "{http://schemas.microsoft.com/office/excel/2006/main}",
)
Results = Mapping[str, tuple[str | None, str]]  # of formulas: cell → type, value


def packed(book: Any, original: bytes | None = None) -> bytes:
    """Return a workbook's bytes, with the formulas' results and the extensions of `original`."""
    if original is None:
        book.properties.created = FIXED_DATE
    day = book.properties.created or FIXED_DATE
    buffer = io.BytesIO()
    book.save(buffer)
    patches = dict(_patches(buffer, original)) if original is not None else {}
    modified = rb"\g<1>" + f"{day:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>"
    with zipfile.ZipFile(buffer) as written:
        parts = ((name, patches.get(name) or written.read(name)) for name in written.namelist())
        return write_parts(
            (name, _MODIFIED.sub(modified, content) if name == _PROPERTIES else content)
            for name, content in parts
        )


def _patches(written: io.BytesIO, original: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of the written package that get something of the original back."""
    with zipfile.ZipFile(io.BytesIO(original)) as before, zipfile.ZipFile(written) as after:
        old, new = _sheets(before), _sheets(after)
        for sheet in sorted(old.keys() & new.keys()):
            results, extensions = _remembered(before, old[sheet])
            if results or extensions:
                yield new[sheet], _patched(after.read(new[sheet]), results, extensions)


def _sheets(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    return {sheet.name: sheet.path for sheet in workbook_parts(package).sheets if sheet.path}


def _remembered(package: zipfile.ZipFile, path: str) -> tuple[Results, list[Any]]:
    """Return the results of a sheet's formulas and its extensions that can be kept."""
    results: dict[str, tuple[str | None, str]] = {}
    extensions = []
    with package.open(path) as file:
        for _, element in etree.iterparse(
            file, tag=(f"{MAIN}c", f"{MAIN}ext", f"{MAIN}row"), resolve_entities=False
        ):
            if element.tag == f"{MAIN}ext":
                if element.get("uri", "").upper() in _KEPT_EXTENSIONS:
                    extensions.append(_plain(element))
                continue
            if element.tag == f"{MAIN}row":
                element.clear()
                rows = element.getparent()
                while rows is not None and element.getprevious() is not None:
                    del rows[0]
                continue
            value = element.findtext(f"{MAIN}v")
            if element.find(f"{MAIN}f") is not None and value is not None:
                results[element.get("r", "")] = (element.get("t"), value)
    return results, extensions


def _plain(extension: Any) -> Any:
    """Return a copy of an extension without attributes of optional namespaces (such as xr:uid)."""
    copy = parsed(etree.tostring(extension))
    for element in copy.iter():
        for name in [n for n in element.attrib if n.startswith("{") and not n.startswith(_KNOWN)]:
            del element.attrib[name]
    return copy


def _patched(content: bytes, results: Results, extensions: list[Any]) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(huge_tree=True, resolve_entities=False))
    for formula in root.iter(f"{MAIN}f"):
        cell = formula.getparent()
        if cell is None:
            continue
        kind, value = results.get(cell.get("r", ""), (None, ""))
        holder = cell.find(f"{MAIN}v")
        if value and holder is not None:
            holder.text = value
            if kind:
                cell.set("t", kind)
    if extensions:
        holder = etree.SubElement(root, f"{MAIN}extLst")
        holder.extend(extensions)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
