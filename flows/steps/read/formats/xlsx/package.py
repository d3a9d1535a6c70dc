"""The parts of an Office Open XML workbook around its cells: sheets, date system, number formats (ECMA-376 18.2, 18.8)."""

import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from flows.steps.read.formats.xlsx.strings import shared_strings, xml_parser

Style = Literal["number", "date", "duration"]

_REL_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_DATES = {
    *range(14, 23),
    *range(27, 37),
    45,
    47,
    *range(50, 59),
}  # formats built in; from 27 on those of Chinese and its neighbours
_DURATION = 46
_NO_CODE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A sheet of a workbook: its name, the path of its XML inside the package, whether it is hidden, and what it is."""

    name: str
    path: str
    hidden: bool
    kind: str  # worksheet, chartsheet, dialogsheet, xlMacrosheet


@dataclass(frozen=True)
class Book:
    """A workbook without its cells: its sheets, whether dates count from 1904, what the cells' styles mean, and shared strings.

    `stale` says that it asks to be calculated anew when it is opened, as libraries do that give formulas a 0 for a result.
    """

    parts: Sequence[Part]
    date1904: bool
    stale: bool
    styles: Sequence[Style]
    strings: Sequence[str]


def read_book(package: zipfile.ZipFile) -> Book:
    """Return the workbook of a package; raises KeyError where a part cannot be found, lxml's XMLSyntaxError where one is broken."""
    names = {name.replace("\\", "/").lstrip("/").lower(): name for name in package.namelist()}
    path = next((low for low in names if low.endswith("workbook.xml")), "workbook.xml")
    root = _xml(package, names[path])
    targets = _targets(package, names, path)
    parts = []
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        kind, target = targets[next((value for key in _REL_ID if (value := sheet.get(key))), "")]
        parts.append(
            Part(sheet.get("name", ""), target, sheet.get("state", "visible") != "visible", kind)
        )
    old, stale = _flag(root, "workbookPr", "date1904"), _flag(root, "calcPr", "fullCalcOnLoad")
    by_kind = dict(targets.values())
    strings = (
        shared_strings(package.read(by_kind["sharedStrings"])) if "sharedStrings" in by_kind else []
    )
    styles = _styles(_xml(package, by_kind["styles"])) if "styles" in by_kind else []
    return Book(parts, old, stale, styles, strings)


def _flag(root: etree._Element, element: str, attribute: str) -> bool:
    found = root.find(f"{{*}}{element}")
    return found is not None and found.get(attribute) in ("1", "true", "on")


def _targets(
    package: zipfile.ZipFile, names: Mapping[str, str], path: str
) -> dict[str, tuple[str, str]]:
    """Return the parts that the workbook refers to by its ids: what each is, and its path."""
    folder, base = posixpath.split(path)
    rels = names.get(posixpath.join(folder, "_rels", base + ".rels"))
    targets = {}
    for rel in _xml(package, rels) if rels is not None else ():
        target = (
            posixpath.normpath(
                posixpath.join("/" + folder, rel.get("Target", "").replace("\\", "/"))
            )
            .lstrip("/")
            .lower()
        )
        if target in names:
            targets[rel.get("Id", "")] = posixpath.basename(rel.get("Type", "")), names[target]
    return targets


def _xml(package: zipfile.ZipFile, path: str) -> etree._Element:
    return etree.fromstring(package.read(path), xml_parser())


def _styles(root: etree._Element) -> list[Style]:
    """Return for each cell style what the numbers in it are."""
    codes = {
        f.get("numFmtId"): f.get("formatCode", "") for f in root.iterfind("{*}numFmts/{*}numFmt")
    }
    return [_style(xf.get("numFmtId", "0"), codes) for xf in root.iterfind("{*}cellXfs/{*}xf")]


def _style(number: str, codes: Mapping[str | None, str]) -> Style:
    if number in codes:
        return format_style(codes[number])
    if number == str(_DURATION):
        return "duration"
    return "date" if number.isdecimal() and int(number) in _DATES else "number"


def format_style(code: str) -> Style:
    """Return whether a number format shows dates, durations or numbers (ECMA-376 18.8.31)."""
    first = _NO_CODE.sub("", code).split(";")[0].lower()
    if re.search(r"\[(?:h+|m+|s+)\]", first):
        return "duration"
    return "date" if re.search("[ymdhs]|am/pm|a/p", first) and "general" not in first else "number"
