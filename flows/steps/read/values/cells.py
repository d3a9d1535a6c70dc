"""From what stands in a cell to what it means: each different value of a column is converted once (DESIGN §4)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from flows.steps.model import CellError, display_text
from flows.steps.read.values.dates import parse_date
from flows.steps.read.values.ids import lost_digits
from schemas.columns import Column
from schemas.spellings import squeeze, squeeze_all, values

_NUMBER_TAIL = re.compile(r"(?<=\d)(?:人|名|份|册|卷|件|户|个)$")
_TEN_THOUSAND = re.compile(r"(?<=\d)万(?:人|名|份|册|卷|件|户|个)?$")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)
# What an error such as #DIV/0! is where a value is wanted; in a free text it is as good as nothing.
_ERROR_CODES: Mapping[str, str] = {
    "count": "not-a-number",
    "date": "not-a-date",
    "sex": "not-in-list",
    "politics": "not-in-list",
    "affiliation": "not-in-list",
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
_CHECKS = "123456789X"  # check characters; a 0 may be what is left of a number that Excel has cut
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell means: its value, None where it is empty or cannot be said; the code of a fault or doubt, with its facts."""

    value: Any = None
    code: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


EMPTY = Meaning()


def converter(
    column: Column, *, scale: int = 1, date1904: bool = False
) -> Callable[[Any], Meaning]:
    """Return the function that says what a cell of the column means; `scale` is the factor of its unit (万人: 10 000)."""
    convert: Callable[[Any], Meaning]
    if column.type == "count":
        convert = partial(_count, scale=scale)
    elif column.type == "date":
        convert = partial(_date, date1904=date1904)
    elif column.type in ("sex", "politics", "affiliation"):
        convert = partial(_listed, get=values(column.type).get)
    else:
        convert = {"id": _citizen_id, "uscc": _code, "phone": _phone}.get(column.type, _text)

    def guarded(value: Any) -> Meaning:
        if value is None:
            return EMPTY
        if isinstance(value, CellError):
            return _oddity(value, column)
        if isinstance(value, str) and is_empty(value):
            return EMPTY
        return convert(value)

    return guarded


@dataclass(frozen=True)
class Meanings:
    """What the different values of a column mean: the value of each, and those with a fault or a doubt by their place."""

    values: list[Any]
    doubtful: Mapping[int, Meaning]


def meanings(
    cells: Sequence[Any], column: Column, *, scale: int = 1, date1904: bool = False
) -> Meanings:
    """Return what cells mean; those that are as they should be already are not looked at one by one."""
    convert = converter(column, scale=scale, date1904=date1904)
    found = _as_they_are(cells, column.type)
    doubtful = {}
    for i, cell in enumerate(cells):
        if cell is not None and found[i] is None:
            meaning = convert(cell)
            found[i] = meaning.value
            if meaning.code is not None:
                doubtful[i] = meaning
    return Meanings(found, doubtful)


def _as_they_are(cells: Sequence[Any], type: str) -> list[Any]:
    """Return the values of the cells that need no conversion beyond squeezing, None for all others."""
    if type == "id":
        return [
            c
            if isinstance(c, str)
            and len(c) == 18
            and c.isascii()
            and c[:17].isdigit()
            and c[17] in _CHECKS
            else None
            for c in cells
        ]
    if type == "phone":
        return [c if isinstance(c, str) and c.isascii() and c.isdigit() else None for c in cells]
    if type in ("name", "text", "county", "enterprise"):
        nothing = values("empty").exact
        squeezed = squeeze_all([c if isinstance(c, str) else "" for c in cells])
        return [text if text and text not in nothing else None for text in squeezed]
    return [None] * len(cells)


def is_empty(text: str) -> bool:
    """Return whether a text says that there is nothing: blanks, —, /, 无."""
    return len(text) < 8 and (not text.strip() or squeeze(text) in values("empty").exact)


def _oddity(value: CellError, column: Column) -> Meaning:
    if value.uncalculated:
        return Meaning(code="formula-not-calculated")
    return Meaning(code=_ERROR_CODES[column.type]) if column.type in _ERROR_CODES else EMPTY


def _text(value: Any) -> Meaning:
    return Meaning(squeeze(value) if isinstance(value, str) else display_text(value))


def _listed(value: Any, get: Callable[[str], str | None]) -> Meaning:
    text = squeeze(display_text(value))
    return Meaning(get(text) or text)


def _count(value: Any, scale: int) -> Meaning:
    number = _number(value)
    if number is None:
        return Meaning(code="not-a-number")
    if isinstance(value, str) and _TEN_THOUSAND.search(squeeze(value)):
        scale = 10_000
    scaled = number * scale
    if scaled != scaled.to_integral_value():
        shown = f"（按单位折算为{scaled.normalize():f}）" if scale != 1 else ""
        return Meaning(code="not-an-integer", facts={"scaled": shown})
    if abs(scaled) >= 10**12:
        return Meaning(code="not-a-number")
    return Meaning(int(scaled))


def _number(value: Any) -> Decimal | None:
    """Return the number that a cell holds, exactly as written; None where it holds none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float):
        value = repr(round(value, 9)) if abs(value) < 1e6 else repr(value)
    text = squeeze(str(value))
    if _GROUPED.fullmatch(_NUMBER_TAIL.sub("", text)):
        text = text.replace(",", "")
    text = _TEN_THOUSAND.sub("", _NUMBER_TAIL.sub("", text))
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _date(value: Any, date1904: bool) -> Meaning:
    day = parse_date(value, date1904=date1904)
    if day is None:
        return Meaning(code="not-a-date")
    return Meaning(
        day, "date-ambiguous" if day.doubt else None, {"taken": str(day)} if day.doubt else {}
    )


def _citizen_id(value: Any) -> Meaning:
    """Return an ID number as 18 characters; 15 digits of the old form are converted later, from 16 digits on a number is lost."""
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


def _code(value: Any) -> Meaning:
    return Meaning(squeeze(display_text(value)).upper())


def _phone(value: Any) -> Meaning:
    """Return one or several numbers, separated by 、; blanks within one are taken out."""
    text = _DASHES.sub("-", display_text(value))
    plain = squeeze(text)
    if plain.isdecimal() and len(plain) <= _LONGEST_PHONE:
        return Meaning(plain)
    return Meaning(squeeze(_BETWEEN_PHONES.sub("、", text).strip("、")))
