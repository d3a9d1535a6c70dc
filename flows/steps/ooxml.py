"""Office Open XML packages (ECMA-376): parts and relationships read, equal bytes written."""

import io
import posixpath
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

FIXED_DATE = datetime(1980, 1, 1)  # the first day that a zip file can hold
OFFICE_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_ID_ATTRIBUTES = (f"{{{OFFICE_RELATIONSHIPS}}}id", f"{{{_STRICT_RELATIONSHIPS}}}id")

BadPackageError = zipfile.BadZipFile


@dataclass(frozen=True)
class Relationship:
    """A reference from one part to another: its kind (`worksheet`, `styles` …), its target."""

    kind: str
    target: str


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook; its path is "" if the package lacks the part."""

    name: str
    path: str
    hidden: bool
    kind: str  # worksheet, chartsheet, dialogsheet, xlMacrosheet


@dataclass(frozen=True)
class WorkbookParts:
    """A workbook's main part, the parts that it refers to by their ids, its sheets in order."""

    root: etree._Element
    related: Mapping[str, Relationship]
    sheets: Sequence[SheetPart]


def read_parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name, in order; raises BadPackageError for other content."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [name for name in package.namelist() if not name.endswith("/")]
        return {name: package.read(name) for name in names}


def write_parts(parts: Iterable[tuple[str, bytes | str]], onto: bytes = b"") -> bytes:
    """Return a package of parts whose bytes depend on nothing else.

    The parts of the package `onto` come first and are not compressed again.
    """
    buffer = io.BytesIO()
    buffer.write(onto)
    with zipfile.ZipFile(buffer, "a" if onto else "w") as package:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, FIXED_DATE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix on every system, so that the bytes are the same
            package.writestr(entry, content)
    return buffer.getvalue()


def part_names(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the names of a package's members by the form in which they are compared."""
    return {normal_name(name): name for name in package.namelist()}


def normal_name(name: str) -> str:
    """Return a part's name as it is compared: lower case, `/` between folders and none in front."""
    return name.replace("\\", "/").lstrip("/").lower()


def relationships_part(part: str) -> str:
    """Return the name of the part that holds the relationships of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relationships(part: str, source: bytes | None) -> dict[str, Relationship]:
    """Return the relationships of a part to other parts by their ids.

    `source` is the part that holds them, None if there is none. Targets outside of the package
    are left out.
    """
    if not source:
        return {}
    internal = [
        relationship
        for relationship in parsed(source)
        if relationship.get("TargetMode") != "External"
    ]
    return {
        relationship.get("Id", ""): Relationship(
            posixpath.basename(relationship.get("Type", "")),
            _resolved(part, relationship.get("Target", "")),
        )
        for relationship in internal
    }


def _resolved(part: str, target: str) -> str:
    """Return the part that a target names; relative ones start in the folder of `part`."""
    folder = posixpath.join("/", posixpath.dirname(part))
    return posixpath.normpath(posixpath.join(folder, target.replace("\\", "/"))).lstrip("/")


def relationship_id(element: etree._Element) -> str:
    """Return the id of the relationship that an element names (`r:id`), "" if it names none."""
    return next((value for name in _ID_ATTRIBUTES if (value := element.get(name))), "")


def related_part(parts: Mapping[str, bytes], part: str, element: etree._Element) -> str | None:
    """Return the part that an element of a part names by its `r:id`, None if there is none."""
    related = relationships(part, parts.get(relationships_part(part)))
    relationship = related.get(relationship_id(element))
    return None if relationship is None else relationship.target


def workbook_parts(package: zipfile.ZipFile) -> WorkbookParts:
    """Return the parts of a workbook.

    Raises KeyError if it has no main part, lxml's XMLSyntaxError if that is broken.
    """
    names = part_names(package)
    main = next((name for name in names if name.endswith("workbook.xml")), "workbook.xml")
    root = parsed(package.read(names[main]))
    source = names.get(relationships_part(main))
    targets = relationships(main, None if source is None else package.read(source))
    related = {
        key: Relationship(relationship.kind, names[relationship.target.lower()])
        for key, relationship in targets.items()
        if relationship.target.lower() in names
    }
    sheets = [_sheet(element, related) for element in root.iterfind("{*}sheets/{*}sheet")]
    return WorkbookParts(root, related, sheets)


def _sheet(element: etree._Element, related: Mapping[str, Relationship]) -> SheetPart:
    part = related.get(relationship_id(element), Relationship("", ""))
    hidden = element.get("state", "visible") != "visible"
    return SheetPart(element.get("name", ""), part.target, hidden, part.kind)


def parsed(source: bytes) -> etree._Element:
    """Return the root element of a part; raises lxml's XMLSyntaxError if it is broken."""
    return etree.fromstring(source, xml_parser())


def xml_parser() -> etree.XMLParser:
    """Return a parser that opens nothing beside the text it is given."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
