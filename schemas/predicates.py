"""The conditions that rules state, vectorised: each returns True where a row is in order.

Every predicate takes the typed frame and the field `at` whose cell is to be mended, and returns a
boolean array of the frame's length. An empty cell is in order everywhere: what is missing is
reported once, by the schema's own check for required cells.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.codes import FIRST_YEAR, ID_CHECKS, ID_WEIGHTS, LAST_YEAR, USCC_ALPHABET, USCC_WEIGHTS
from schemas.conditions import Condition
from schemas.conditions.masks import holds
from schemas.definition import AFFILIATION
from schemas.frames import Flags, Frame, absent, numbers_of, one_of, texts_of

NO_COUNT = -(2**62)  # where there is none: below any that is written

_USCC_VALUES = np.full(256, -1, dtype=np.int64)
_USCC_VALUES[np.frombuffer(USCC_ALPHABET.encode(), dtype=np.uint8)] = np.arange(31)
YOUNGEST, OLDEST = 40, 110  # years of age at retirement, and today (domain.md §4)


def not_negative(frame: Frame, at: str) -> Flags:
    """Return where the count is 0 or more."""
    return numbers_of(frame, at) >= 0


def in_list(frame: Frame, at: str, values: Collection[str]) -> Flags:
    """Return where the value is one of a list."""
    texts = texts_of(frame, at)
    return one_of(texts, values) | absent(texts)


known = in_list


def known_enterprise(
    frame: Frame, at: str, values: Collection[str], exempt: Collection[str]
) -> Flags:
    """Return where the unit is registered, or the row is of a group that need not name one."""
    return in_list(frame, at, values) | one_of(texts_of(frame, AFFILIATION), exempt)


def not_more_than(frame: Frame, at: str, total: str) -> Flags:
    """Return where the count is not above another column's, which is not compared if negative."""
    most = numbers_of(frame, total, empty=NO_COUNT)
    return (numbers_of(frame, at, empty=NO_COUNT) <= most) | (most < 0)


def agrees(
    frame: Frame,
    at: str,
    expected: str,
    listed: Collection[str],
    covers: Sequence[tuple[str, Sequence[str]]],
) -> Flags:
    """Return where the affiliation agrees with `expected`; a wide one agrees with those it covers.

    Nothing is said where none is expected, and of a value that is not in the list: that is reported
    once.
    """
    given, wanted = texts_of(frame, at), texts_of(frame, expected)
    agreeing = _flags(pc.fill_null(pc.equal(given, wanted), fill_value=False))
    for wide, narrow in covers:
        for one, other in ((given, wanted), (wanted, given)):
            agreeing = agreeing | (one_of(one, (wide,)) & one_of(other, narrow))
    return agreeing | ~one_of(given, listed) | absent(wanted)


def first_of_its_kind(frame: Frame, at: str, key: tuple[str, ...]) -> Flags:
    """Return where no row above has the same key; an incomplete key repeats nothing."""
    together = np.zeros(len(frame), dtype=np.int64)
    empty = np.zeros(len(frame), dtype=bool)
    for name in key:
        codes, different = frame[name].factorize()
        together = together * (len(different) + 1) + codes
        empty |= codes < 0
    first = np.zeros(len(frame), dtype=bool)
    first[np.unique(together, return_index=True)[1]] = True
    return first | empty


def in_scope(frame: Frame, at: str, words: Collection[str]) -> Flags:
    """Return where the text has none of the words that put a person out of the campaign's scope."""
    pattern = "|".join(re.escape(word) for word in words)
    found = pc.match_substring_regex(texts_of(frame, at), pattern)
    return ~_flags(pc.fill_null(found, fill_value=False))


def not_in_future(frame: Frame, at: str, issued: Any) -> Flags:
    """Return where the date is not after the day of issue."""
    return _flags(~(frame[at] > issued))


def not_before(frame: Frame, at: str, earliest: Any) -> Flags:
    """Return where the date is not certainly before a day."""
    return _flags(~(frame[f"{at}_last"] < earliest))


def in_order(frame: Frame, at: str, after: str) -> Flags:
    """Return where the date is not certainly before another; a month is any of its days."""
    return _flags(~(frame[f"{at}_last"] < frame[after]))


def concerns(frame: Frame, at: str, field: str, others: Collection[str], whole: str) -> Flags:
    """Return where nobody has a date of what concerns only those that the count `whole` counts.

    `others` are the values of a field that those do not have. A value that is not in the list is
    reported by its own rule.
    """
    return _flags(frame[at].isna()) | ~one_of(texts_of(frame, field), others)


def meets(frame: Frame, at: str, condition: Condition) -> Flags:
    """Return where a condition of the office's own holds."""
    return holds(condition, frame)


def good_id(frame: Frame, at: str) -> Flags:
    """Return where the citizen ID number has its form, a birth date and check digit (GB 11643)."""
    return _good_ids(*_characters(frame[at], 18)) | _flags(frame[at].isna())


def not_15_digits(frame: Frame, at: str) -> Flags:
    """Return where the ID number was not written in the old form, flagged in `<at>_old`."""
    return _flags(~frame[f"{at}_old"])


def sex_matches(frame: Frame, at: str, number: str) -> Flags:
    """Return where sex agrees with the 17th digit of a good ID number (GB 11643): odd is male."""
    numbers, rows = _characters(frame[number], 18)
    male = np.zeros(len(frame), dtype=bool)
    male[rows] = numbers[:, 16] % 2 == 1
    wrong = np.where(male, _flags(frame[at] == "女"), _flags(frame[at] == "男"))
    return ~(wrong & _good_ids(numbers, rows))


def plausible_age(frame: Frame, at: str, at_day: Any, retired: str) -> Flags:
    """Return where the age at retirement, or else on a day, is plausible.

    Of a month of retirement the last day counts; ID numbers that are not good are reported
    elsewhere.
    """
    numbers, rows = _characters(frame[at], 18)
    good = np.ones(len(frame), dtype=bool)
    born = (numbers[:, 6:14].astype(np.int64) - 48) @ 10 ** np.arange(7, -1, -1)
    today = _as_number(np.array(at_day, dtype="datetime64[D]"))
    days = frame[f"{retired}_last"].to_numpy()[rows]
    then = np.where(np.isnat(days), today, _as_number(days))
    good[rows] = ((then - born) // 10000 >= YOUNGEST) & ((today - born) // 10000 <= OLDEST)
    return good | ~_good_ids(numbers, rows)


def good_uscc(frame: Frame, at: str) -> Flags:
    """Return where the credit code has its form and the right check character (GB 32100-2015)."""
    codes, rows = _characters(frame[at], 18)
    good = np.zeros(len(frame), dtype=bool)
    values = _USCC_VALUES[codes]
    well_formed = (values >= 0).all(axis=1) & (values[:, 2:8] <= 9).all(axis=1)
    check = (31 - (np.where(values > 0, values, 0)[:, :17] @ USCC_WEIGHTS) % 31) % 31
    good[rows] = well_formed & (check == values[:, 17])
    return good | _flags(frame[at].isna())


def good_phone(frame: Frame, at: str) -> Flags:
    """Return where each number in the cell is a mobile or a land line with its area code."""
    mobile, hotline = r"(?:\+?86-?)?1[3-9]\d{9}", r"[48]00-?\d{3}-?\d{4}"
    land_line = r"(?:\(?0\d{2,3}\)?-?)?[2-9]\d{6,7}(?:-\d{1,6})?"
    one = f"{mobile}|{land_line}|{hotline}"
    text = frame[at]
    return _flags(
        text.isna() | text.str.fullmatch(rf"(?:{one})(?:[、,;/ ]+(?:{one}))*").fillna(False)
    )


def _flags(values: Any) -> Flags:
    return np.asarray(values, dtype=bool)


def _characters(text: Any, width: int) -> tuple[npt.NDArray[np.uint8], Flags]:
    """Return the texts of `width` ASCII characters as rows of bytes, and which rows they are."""
    packed = pa.array(text.array, type=pa.large_string())
    packed = packed.combine_chunks() if isinstance(packed, pa.ChunkedArray) else packed
    long = np.asarray(pc.fill_null(pc.equal(pc.binary_length(packed), width), fill_value=False))
    texts = packed.filter(pa.array(long))
    offsets, data = texts.buffers()[1:3]
    if not len(texts) or data is None:
        return np.empty((0, width), dtype=np.uint8), np.zeros(len(text), dtype=bool)
    start = int(np.frombuffer(offsets, dtype=np.int64)[texts.offset])
    characters = np.frombuffer(data, dtype=np.uint8)[start : start + len(texts) * width].reshape(
        -1, width
    )
    ascii_only = _flags((characters < 128).all(axis=1))
    rows = long.copy()
    rows[long] = ascii_only
    return characters[ascii_only], rows


def _good_ids(numbers: npt.NDArray[np.uint8], rows: Flags) -> Flags:
    """Return where one of the ID numbers of some `rows` is good."""
    digits = numbers[:, :17].astype(np.int64) - 48
    well_formed = _flags(((digits >= 0) & (digits <= 9)).all(axis=1))
    check = ID_CHECKS[(np.where(well_formed[:, None], digits, 0) @ ID_WEIGHTS) % 11]
    good = np.zeros(len(rows), dtype=bool)
    good[rows] = well_formed & (check == numbers[:, 17]) & _real_date(digits)
    return good


def _real_date(digits: npt.NDArray[np.int64]) -> Flags:
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    month = digits[:, 10] * 10 + digits[:, 11]
    day = digits[:, 12] * 10 + digits[:, 13]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    last = lengths[np.clip(month, 0, 12)] + (leap & (month == 2))
    return _flags(
        (year >= FIRST_YEAR)
        & (year <= LAST_YEAR)
        & (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (day <= last)
    )


def _as_number(days: Any) -> npt.NDArray[np.int64]:
    """Return dates as numbers yyyymmdd, whose difference over 10 000 counts full years."""
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]")
    number = (
        (year.astype(np.int64) + 1970) * 10000
        + ((month - year).astype(np.int64) + 1) * 100
        + (day - month).astype(np.int64)
        + 1
    )
    return np.asarray(number, dtype=np.int64)
