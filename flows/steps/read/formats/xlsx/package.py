"""An Office Open XML workbook without its cells: sheets, dates, formats (ECMA-376 18.2, 18.8)."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from flows.steps.ooxml import SheetPart, parsed, workbook_parts
from flows.steps.read.formats.xlsx.strings import OFF, shared_strings, struck_strings

Style = Literal["number", "date", "duration", "percent"]

# Built-in formats; from 27 on those of Chinese, Japanese and Korean.
_DATES = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}
_DURATION = 46
_PERCENT = ("9", "10")
_NO_CODE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True)
class Book:
    """A workbook without its cells: sheets, date system, kinds of cell styles, shared strings.

    `struck` are the cell styles that strike the text through, `struck_strings` the shared strings
    of which a part is struck through. `stale` is set if the workbook asks
    to be recalculated on opening, as libraries do that write 0 as the result of each formula.
    """

    parts: Sequence[SheetPart]
    date1904: bool
    stale: bool
    styles: Sequence[Style]
    strings: Sequence[str]
    struck: frozenset[int] = frozenset()
    struck_strings: frozenset[int] = frozenset()


def read_book(package: zipfile.ZipFile) -> Book:
    """Return the workbook of a package.

    Raises KeyError for a missing part, lxml's XMLSyntaxError for a broken one.
    """
    workbook = workbook_parts(package)
    missing = [sheet.name for sheet in workbook.sheets if not sheet.path]
    if missing:
        raise KeyError(missing[0])
    old = _flag(workbook.root, "workbookPr", "date1904")
    stale = _flag(workbook.root, "calcPr", "fullCalcOnLoad")
    by_kind = {part.kind: part.target for part in workbook.related.values()}
    strings, styles = by_kind.get("sharedStrings"), by_kind.get("styles")
    texts = None if strings is None else package.read(strings)
    styles_root = None if styles is None else parsed(package.read(styles))
    return Book(
        workbook.sheets,
        old,
        stale,
        [] if styles_root is None else _styles(styles_root),
        [] if texts is None else shared_strings(texts),
        frozenset() if styles_root is None else _struck(styles_root),
        frozenset() if texts is None else struck_strings(texts),
    )


def _flag(root: etree._Element, element: str, attribute: str) -> bool:
    found = root.find(f"{{*}}{element}")
    return found is not None and found.get(attribute) in ("1", "true", "on")


def _styles(root: etree._Element) -> list[Style]:
    """Return for each cell style what its numbers are."""
    codes = {
        f.get("numFmtId"): f.get("formatCode", "") for f in root.iterfind("{*}numFmts/{*}numFmt")
    }
    return [_style(xf.get("numFmtId", "0"), codes) for xf in root.iterfind("{*}cellXfs/{*}xf")]


def _struck(root: etree._Element) -> frozenset[int]:
    """Return the numbers of the cell styles whose font is struck through."""
    marks = [font.find("{*}strike") for font in root.iterfind("{*}fonts/{*}font")]
    fonts = {
        str(i)
        for i, mark in enumerate(marks)
        if mark is not None and mark.get("val", "1") not in OFF
    }
    formats = root.iterfind("{*}cellXfs/{*}xf")
    return frozenset(i for i, xf in enumerate(formats) if xf.get("fontId") in fonts)


def _style(number: str, codes: Mapping[str | None, str]) -> Style:
    if number in codes:
        return format_style(codes[number])
    if number == str(_DURATION):
        return "duration"
    if number in _PERCENT:
        return "percent"
    return "date" if number.isdecimal() and int(number) in _DATES else "number"


def format_style(code: str) -> Style:
    """Return whether a format shows dates, durations, per cent or numbers (ECMA-376 18.8.31)."""
    first = _NO_CODE.sub("", code).split(";")[0].lower()
    if re.search(r"\[(?:h+|m+|s+)\]", first):
        return "duration"
    if "%" in first:
        return "percent"
    return "date" if re.search("[ymdhs]|am/pm|a/p", first) and "general" not in first else "number"
