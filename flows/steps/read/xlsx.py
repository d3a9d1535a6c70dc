"""Office Open XML workbooks: values by calamine, what calamine does not tell from the sheet's XML.

calamine gives an empty text for an empty cell, an error and a formula without its result alike; the XML tells them apart.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from flows.steps.model import Oddity

_MAIN = "{*}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class Part:
    """A sheet of a workbook: its name and the path of its XML inside the package."""

    name: str
    path: str


@dataclass(frozen=True)
class Book:
    """What a workbook says of its sheets: the path of each one's XML, and whether dates count from 1904."""

    parts: Mapping[str, str]
    date1904: bool


def read_book(package: zipfile.ZipFile) -> Book:
    """Return the workbook's sheets and its date system; parts that cannot be found are left out."""
    names = {name.replace("\\", "/").lstrip("/").lower(): name for name in package.namelist()}
    path = next(name for low, name in names.items() if low.endswith("workbook.xml"))
    root = etree.fromstring(package.read(path), _parser())
    folder, base = posixpath.split(path.replace("\\", "/"))
    rels_path = names.get(f"{folder}/_rels/{base}.rels".lstrip("/").lower())
    targets = {}
    if rels_path is not None:
        for rel in etree.fromstring(package.read(rels_path), _parser()):
            target = posixpath.normpath(posixpath.join("/" + folder, rel.get("Target", "")))
            targets[rel.get("Id")] = names.get(target.lstrip("/").lower())
    found = {}
    for sheet in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
        target_name = targets.get(sheet.get(_REL) or sheet.get(_STRICT_REL))
        if target_name is not None:
            found[sheet.get("name", "")] = target_name
    properties = root.find(f"{_MAIN}workbookPr")
    old = properties is not None and properties.get("date1904") in ("1", "true", "on")
    return Book(found, old)


def oddities(package: zipfile.ZipFile, path: str) -> Iterator[tuple[int, int, Oddity]]:
    """Yield (row, column, what it is) of each error and each formula without a result; zero-based."""
    row = column = -1
    with package.open(path) as file:
        for event, element in etree.iterparse(io.BufferedReader(file), events=("start", "end"), resolve_entities=False):
            tag = etree.QName(element).localname
            if event == "start":
                if tag == "row":
                    row, column = int(element.get("r") or row + 2) - 1, -1
                elif tag == "c":
                    row, column = _position(element.get("r"), row, column + 1)
            elif tag == "c":
                yield from _oddity(element, row, column)
            if event == "end" and tag in ("c", "row"):
                element.clear()


def _oddity(element: etree._Element, row: int, column: int) -> Iterator[tuple[int, int, Oddity]]:
    value = element.findtext(f"{_MAIN}v")
    if element.get("t") == "e":
        yield row, column, Oddity(value or "#VALUE!")
    elif element.find(f"{_MAIN}f") is not None and (value is None or (value == "" and element.get("t") != "str")):
        yield row, column, Oddity("", uncalculated=True)


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Return the zero-based position of a reference such as D17, or the one given where there is none."""
    if not reference:
        return row, column
    letters = reference.rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, number - 1


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
