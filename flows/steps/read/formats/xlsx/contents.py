"""What a worksheet's cells hold, by their type and style (ECMA-376 18.3.1.4, 18.18.11)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

from lxml import etree

from flows.steps.model import CellError, CellValue, Percent
from flows.steps.ooxml import parsed
from flows.steps.read.formats.xlsx.package import Style
from flows.steps.read.formats.xlsx.strings import rich_text, xml_text

_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LEAP_BUG = 60  # the serial of 1900-02-29, a day that Excel counts and that never existed
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"<]*)"')
_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SPECIAL = re.compile(
    rb"<c [^<>]*>(?P<formula><f(?: [^<>]*)?/>|<f(?: [^<>]*)?>[^<]*</f>)?"
    rb"(?:<v>(?P<value>[^<]*)</v>|<v ?/>|(?P<inline><is>.*</is>))?</c>",
    re.DOTALL,
)


class IrregularError(Exception):
    """The sheet's XML does not have the expected shape."""


class Content(IntEnum):
    """How a cell's content is to be interpreted; OTHER is a value found while scanning."""

    NOTHING = 0
    SHARED = 1
    NUMBER = 2
    DATE = 3
    DURATION = 4
    PERCENT = 5
    OTHER = 6
    TEXT = 7
    BOOLEAN = 8
    ERROR = 9
    ISO_DATE = 10
    INLINE = 11


@dataclass
class Results:
    """What a sheet tells beside its values, by row and column.

    `zeros` are formulas with the result 0, `calculated` is set if any has another result, `struck`
    are the cells that are struck through.
    """

    zeros: list[tuple[int, int]] = field(default_factory=list)
    calculated: bool = False
    struck: list[tuple[int, int]] = field(default_factory=list)

    def add(self, row: int, column: int, value: CellValue) -> None:
        """Record a formula's result."""
        if value == 0 and isinstance(value, float):
            self.zeros.append((row, column))
        elif value is not None and not isinstance(value, CellError):
            self.calculated = True

    def join(self, other: "Results") -> None:
        """Add the results of another chunk."""
        self.zeros += other.zeros
        self.struck += other.struck
        self.calculated |= other.calculated


NUMERIC = (Content.NUMBER, Content.DATE, Content.DURATION, Content.PERCENT)
_TYPES = {
    "s": Content.SHARED,
    "str": Content.TEXT,
    "b": Content.BOOLEAN,
    "e": Content.ERROR,
    "d": Content.ISO_DATE,
    "inlineStr": Content.INLINE,
}
_STYLES = {
    "number": Content.NUMBER,
    "date": Content.DATE,
    "duration": Content.DURATION,
    "percent": Content.PERCENT,
}


def content_of(kind: str | None, style: str | None, styles: Sequence[Style]) -> Content:
    """Return the content that a cell's attributes t and s announce; IrregularError if unknown."""
    if kind in _TYPES:
        return _TYPES[kind]
    if kind not in (None, "n"):
        raise IrregularError
    number = int(style) if style and style.isdecimal() else 0
    return _STYLES[styles[number]] if number < len(styles) else Content.NUMBER


def content_of_tag(tail: bytes, styles: Sequence[Style]) -> Content:
    """Return the same from the rest of a cell's tag after its reference; NOTHING if closed."""
    attributes = dict(_ATTRIBUTE.findall(tail))
    rest = _ATTRIBUTE.sub(b"", tail).strip()
    if rest not in (b"", b"/"):
        raise IrregularError
    if rest:
        return Content.NOTHING
    kind, style = (
        None if (value := attributes.get(key)) is None else value.decode() for key in (b"t", b"s")
    )
    return content_of(kind, style, styles)


def value_of(content: Content, text: str | None, *, formula: bool) -> CellValue:
    """Return a cell's value by its text: a float for numbers, dates and shared strings.

    A formula without a value is a CellError; one with an empty text for a value is empty (Excel
    marks its type as text).
    """
    if content == Content.ERROR:
        return CellError(text or "#VALUE!")
    if text is None or (text == "" and content != Content.TEXT):
        return CellError("", uncalculated=True) if formula else None
    if content in (Content.SHARED, *NUMERIC):
        return number_in(text.encode())
    if content == Content.BOOLEAN:
        return text in ("1", "true")
    return _iso_date(text) if content == Content.ISO_DATE else text


def special_value(xml: bytes, content: Content) -> tuple[CellValue, bool]:
    """Return the value of a cell with a formula or inline text, and whether it has a formula."""
    match = _SPECIAL.fullmatch(xml)
    if match is None or (match["inline"] is not None and content != Content.INLINE):
        raise IrregularError
    if match["inline"] is not None:
        try:
            element = parsed(match["inline"])
        except etree.XMLSyntaxError as error:
            raise IrregularError from error
        if any(len(text) for text in element.iter("{*}t")):
            raise IrregularError
        return rich_text(element), False
    text, formula = match["value"], match["formula"] is not None
    return value_of(
        content, None if text is None else xml_text(text.decode(), keep=True), formula=formula
    ), formula


def style_of_tag(tail: bytes) -> int:
    """Return the number of the style in the rest of a cell's tag, 0 if it names none."""
    style = dict(_ATTRIBUTE.findall(tail)).get(b"s", b"0")
    return int(style) if style.isdigit() else 0


def number_in(text: bytes) -> float:
    """Return the number that a text spells; raises IrregularError if it spells none."""
    if _NUMBER.fullmatch(text) is None:
        raise IrregularError
    return float(text)


def _iso_date(text: str) -> CellValue:
    try:
        return (
            date.fromisoformat(text)
            if len(text) == 10
            else datetime.fromisoformat(text).replace(tzinfo=None)
        )
    except ValueError:
        return text


def shown(content: Content, number: float, strings: Sequence[str], *, date1904: bool) -> CellValue:
    """Return what a cell's number shows: a shared string, a date, a time span, or the number.

    Raises IrregularError for a shared string that does not exist.
    """
    if content == Content.SHARED:
        if not (number.is_integer() and 0 <= number < len(strings)):
            raise IrregularError
        return strings[int(number)]
    if content == Content.DATE:
        return moment(number, date1904=date1904)
    if content == Content.PERCENT:
        return Percent(number)
    return duration(number) if content == Content.DURATION else number


def moment(serial: float, *, date1904: bool) -> CellValue:
    """Return the date, datetime or time that a number shows in a date format, else the number."""
    if date1904:
        epoch, days = _EPOCH_1904, serial
    else:
        epoch, days = _EPOCH_1900, serial + (1 if serial < _LEAP_BUG else 0)
    if not 0 <= serial < _LAST_SERIAL - (_EPOCH_1904 - _EPOCH_1900).days * date1904:
        return serial
    when = epoch + timedelta(milliseconds=round(days * 86_400_000))
    if serial < 1:
        return when.time()
    return when.date() if serial == int(serial) else when


def duration(days: float) -> CellValue:
    """Return the time span that a number of days stands for."""
    return timedelta(milliseconds=round(days * 86_400_000)) if abs(days) < _LAST_SERIAL else days
