"""What a cell's value means; each distinct value of a column is converted once (DESIGN §4)."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial

from flows.steps.model import CellError, CellValue, Percent, display_text
from flows.steps.read.values.dates import Day, parse_date
from flows.steps.read.values.ids import lost_digits
from flows.steps.read.values.units import may_count, ratio
from schemas.characters import INVISIBLE, has_marks
from schemas.definition import Column, Definition
from schemas.spellings import dimension, squeeze, squeeze_all, values

_NUMBER_TAIL = re.compile(r"(?<=\d)(?P<unit>人|名|位|份|册|卷|件|户|家|个|元)$")
_TEN_THOUSAND = re.compile(r"(?<=\d)万(?P<unit>人|名|份|册|卷|件|户|个|元)?$")
# The number and the unit of an amount.
_MEASURED = re.compile(r"(?P<number>[+-]?[\d.,]+)(?P<unit>[^\d.,+%-]*)", re.ASCII)
_DIGITS = 15  # significant ones that Excel keeps; what binary fractions add to them is no place
# Digits with white space between them are several numbers, but for groups of thousands.
_APART = re.compile(r"[\d.,]\s+[\d.,]")
_IN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)\D*")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)
# What an error such as #DIV/0! is reported as; in a free text it counts as empty.
_ERROR_CODES: Mapping[str, str] = {
    "count": "not-a-number",
    "amount": "not-a-number",
    "date": "not-a-date",
    "choice": "not-in-list",
    "county": "unknown-county",
    "enterprise": "required",
    "name": "required",
    "id": "id-invalid",
    "uscc": "uscc-invalid",
    "phone": "phone-invalid",
}
_BETWEEN_PHONES = re.compile(r"[\s,，;；/、]+")
_DASHES = re.compile("[—–−]+")
_LONGEST_PHONE = 12  # digits with the area code
# of 18 characters; a 0 at the end may be what is left of a number that Excel has cut
_REGULAR_ID = re.compile("[0-9]{17}[1-9X]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


Value = str | int | Day | None  # of a converted cell
Scale = int | Fraction  # how many of a column's unit one of the stated unit is


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell means: its value, None if empty or unclear, and a fault's code with its facts."""

    value: Value = None
    code: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


EMPTY = Meaning()


def converter(
    column: Column, definition: Definition, *, scale: Scale = 1, date1904: bool = False
) -> Callable[[CellValue], Meaning]:
    """Return the function that converts a column's cells; `scale` is the factor of its unit."""
    convert: Callable[[CellValue], Meaning]
    if column.type == "count":
        convert = partial(_count, scale=int(scale), column=column)
    elif column.type == "amount":
        convert = partial(_amount, scale=Fraction(scale), column=column)
    elif column.type == "date":
        convert = partial(_date, date1904=date1904)
    elif column.type == "choice":
        convert = partial(_listed, get=definition.choices(column.name).get)
    else:
        convert = {"id": _citizen_id, "uscc": _code, "phone": _phone}.get(column.type, _text)

    def guarded(value: CellValue) -> Meaning:
        if value is None:
            return EMPTY
        if isinstance(value, CellError):
            return _of_error(value, column)
        if isinstance(value, str) and is_empty(value):
            return EMPTY
        return convert(value)

    return guarded


@dataclass(frozen=True)
class Meanings:
    """What a column's distinct values mean, and by index those that are faulty or doubtful."""

    values: list[Value]
    doubtful: Mapping[int, Meaning]


def meanings(
    cells: Sequence[CellValue],
    column: Column,
    definition: Definition,
    *,
    scale: Scale = 1,
    date1904: bool = False,
) -> Meanings:
    """Return what cells mean; regular values are converted all at once."""
    convert = converter(column, definition, scale=scale, date1904=date1904)
    found = _as_they_are(cells, column.type)
    doubtful = {}
    for i, cell in enumerate(cells):
        if cell is not None and found[i] is None:
            meaning = convert(cell)
            found[i] = meaning.value
            if meaning.code is not None:
                doubtful[i] = meaning
    return Meanings(found, doubtful)


def _as_they_are(cells: Sequence[CellValue], type: str) -> list[Value]:
    """Return the values of cells that need no more than squeezing, None for all others."""
    if type == "id":
        regular = _REGULAR_ID.fullmatch
        return [c if isinstance(c, str) and regular(c) else None for c in cells]
    if type == "phone":
        return [c if isinstance(c, str) and c.isascii() and c.isdigit() else None for c in cells]
    if type in ("name", "text", "county", "enterprise"):
        nothing = values("empty").exact
        squeezed = squeeze_all([c if isinstance(c, str) else "" for c in cells])
        return [text if text and text not in nothing else None for text in squeezed]
    return [None] * len(cells)


def is_empty(text: str) -> bool:
    """Return whether a text stands for an empty cell: blanks, —, /, 无."""
    return len(text) < 8 and (not text.strip() or squeeze(text) in values("empty").exact)


def _of_error(value: CellError, column: Column) -> Meaning:
    if value.uncalculated:
        return Meaning(code="formula-not-calculated")
    return Meaning(code=_ERROR_CODES[column.type]) if column.type in _ERROR_CODES else EMPTY


def _text(value: CellValue) -> Meaning:
    return Meaning(squeeze(value) if isinstance(value, str) else display_text(value))


def _listed(value: CellValue, get: Callable[[str], str | None]) -> Meaning:
    text = squeeze(display_text(value))
    return Meaning(get(text) or text)


def _count(value: CellValue, scale: int, column: Column) -> Meaning:
    number = _number(value)
    if number is None:
        return Meaning(code="not-a-number")
    if isinstance(value, str):
        unit = _TEN_THOUSAND.search(squeeze(value)) or _NUMBER_TAIL.search(squeeze(value))
        counted = dimension(unit["unit"] or "") if unit else None
        if counted is not None and not may_count(column, counted):
            return Meaning(code="not-a-number")
        if unit:  # the cell's own unit holds, whatever that of the column is
            scale = 10_000 if unit[0].startswith("万") else 1
    scaled = number * scale
    if scaled != scaled.to_integral_value():
        shown = f"（按单位折算为{scaled.normalize():f}）" if scale != 1 else ""
        return Meaning(code="not-an-integer", facts={"scaled": shown})
    if abs(scaled) >= 10**12:
        return Meaning(code="not-a-number")
    return Meaning(int(scaled))


def _amount(value: CellValue, scale: Fraction, column: Column) -> Meaning:
    """Return an amount as a whole number of its smallest unit; `scale` is that of its unit."""
    if isinstance(value, float):
        value = f"{Decimal(f'{value:.{_DIGITS}g}'):f}"
    elif isinstance(value, str):
        if not _is_one_number(value):
            return Meaning(code="not-a-number")
        typed = _MEASURED.fullmatch(squeeze(value))
        own = ratio(typed["unit"], column) if typed and typed["unit"] else None
        if typed and typed["unit"] and own is None:
            return Meaning(code="not-a-number")
        value, scale = (typed["number"], own) if typed and own is not None else (value, scale)
    number = _number(value)
    if number is None:
        return Meaning(code="not-a-number")
    converted = Fraction(number) * scale
    smallest = converted * column.scale
    if smallest.denominator != 1:
        shown = f"（按单位折算为{_exactly(converted)}{column.unit}）" if scale != 1 else ""
        return Meaning(code="too-many-decimals", facts={"scaled": shown})
    if abs(smallest) >= 10**15:
        return Meaning(code="not-a-number")
    return Meaning(int(smallest))


def _exactly(number: Fraction) -> str:
    """Return a number that ends in decimals as it is."""
    return f"{(Decimal(number.numerator) / Decimal(number.denominator)).normalize():f}"


def _number(value: CellValue) -> Decimal | None:
    """Return the number that a cell holds, exactly as written; None if it holds none."""
    if isinstance(value, bool | Percent) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _is_one_number(value):
        return None
    if isinstance(value, float):
        value = repr(round(value, 9)) if abs(value) < 1e6 else repr(value)
    text = squeeze(str(value))
    if _GROUPED.fullmatch(_NUMBER_TAIL.sub("", text)):
        text = text.replace(",", "")
    text = _TEN_THOUSAND.sub("", _NUMBER_TAIL.sub("", text))
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _is_one_number(text: str) -> bool:
    """Return whether a text may be a number as a whole: without footnote marks, in one piece."""
    if has_marks(text):
        return False
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    return _APART.search(plain) is None or _IN_THOUSANDS.fullmatch(plain) is not None


def _date(value: CellValue, date1904: bool) -> Meaning:
    day = parse_date(value, date1904=date1904)
    if day is None:
        return Meaning(code="not-a-date")
    return Meaning(
        day, "date-ambiguous" if day.doubt else None, {"taken": str(day)} if day.doubt else {}
    )


def _citizen_id(value: CellValue) -> Meaning:
    """Return an ID number as text; 15 digits are lengthened later.

    A number of 16 digits or more has lost its last ones.
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        if value >= 1e15:
            return Meaning(code="id-numeric")
        return Meaning(display_text(value))
    if not isinstance(value, str):
        return Meaning(code="id-invalid", facts={"reason": "不是号码"})
    text = (
        value
        if len(value) == 18 and value.isascii() and value.isalnum()
        else squeeze(value).lstrip("'’‘`")
    )
    lost = lost_digits(text) or _SCIENTIFIC.fullmatch(text)
    return Meaning(code="id-numeric") if lost else Meaning(text.upper())


def _code(value: CellValue) -> Meaning:
    return Meaning(squeeze(display_text(value)).upper())


def _phone(value: CellValue) -> Meaning:
    """Return one or several numbers separated by 、, without blanks inside."""
    text = _DASHES.sub("-", display_text(value))
    plain = squeeze(text)
    if plain.isdecimal() and len(plain) <= _LONGEST_PHONE:
        return Meaning(plain)
    return Meaning(squeeze(_BETWEEN_PHONES.sub("、", text).strip("、")))
