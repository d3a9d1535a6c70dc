"""Dates in every writing that ledgers use (DESIGN §4, domain.md §3)."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from flows.steps.model import CellValue, Percent
from schemas.characters import INVISIBLE, has_marks
from schemas.spellings import squeeze

EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
FIRST_SERIAL, LAST_SERIAL = 10959, 73050  # 1930-01-01 to 2099-12-31 counted from 1899-12-30
PIVOT = 30  # a two-digit year above it belongs to the last century

_CLOCK = r"(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(rf"(\d{{4}}|\d{{2}})[年./\-](\d{{1,2}})[月./\-](\d{{1,2}})[日号.]?{_CLOCK}")
_MONTH = re.compile(r"(\d{4}|\d{2})[年./\-](\d{1,2})(?:月份?|\.)?")
_MONTH_ANYWHERE = re.compile(r"(?:(\d{4})[年./\-])?(?:\d{1,2}月?(?:—|–|-|~|至|到))?(\d{1,2})月")
_MONTH_IN_DIGITS = re.compile(
    r"(?<!\d)(20\d{2})(?:[./\-](?=\d{1,2}(?![\d月]))|(?=\d{2}(?:[0-3]\d)?(?!\d)))(\d{1,2})"
)
_CLOCK_AT_END = re.compile(r"[T\s]+\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?$")
_SPACED_DAY = re.compile(r"^(\d{4})\s+(\d{1,2})\s+(\d{1,2})$")
_APART = re.compile(r"\d\s+\d")  # two dates, or a date and a remark
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as written: its first and last possible day, and what is doubtful about it.

    The two days are the same, or those of a month.
    """

    first: date
    last: date
    doubt: str | None = None

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first.year}年{self.first.month}月{self.first.day}日"
        return f"{self.first.year}年{self.first.month}月"


def parse_date(value: CellValue, *, date1904: bool = False) -> Day | None:
    """Return the date that a cell's value stands for, None if it is not a date.

    A number is an Excel serial of the workbook's date system, or digits such as 20220531, 202205
    and 2022.5; the number 2012.1 may be January or October. A two-digit year is doubtful.
    """
    if isinstance(value, date):
        return _day_of(value)
    if isinstance(value, bool | Percent):
        return None
    if isinstance(value, int | float):
        return _from_number(value, EPOCH_1904 if date1904 else EPOCH_1900)
    if not isinstance(value, str) or has_marks(value) or _APART.search(_without_clock(value)):
        return None
    return _from_text(squeeze(value))


def _without_clock(text: str) -> str:
    """Return a text without the time of day at its end; `2022 05 31` gets dots for its blanks."""
    text = _CLOCK_AT_END.sub("", INVISIBLE.sub("", text).strip())
    return _SPACED_DAY.sub(r"\1.\2.\3", text)


def months_in(text: str) -> list[tuple[int | None, int]]:
    """Return the months that a title names, as (year or None, month).

    Understood are 2022年5月, 2022年1—5月 (the last), 5月份 and 二〇二二年五月.
    """
    plain = _arabic(squeeze(text))
    months = [(int(m[1]) if m[1] else None, int(m[2])) for m in _MONTH_ANYWHERE.finditer(plain)]
    months += [(int(m[1]), int(m[2])) for m in _MONTH_IN_DIGITS.finditer(plain)]
    return [(year, month) for year, month in months if 1 <= month <= 12]


def _from_number(value: float, epoch: date) -> Day | None:
    if float(value).is_integer():
        whole = int(value)
        serial = whole + (epoch - EPOCH_1900).days
        if _is_month_typed(whole):
            return None
        return (
            _day_of(epoch + timedelta(whole))
            if FIRST_SERIAL <= serial <= LAST_SERIAL
            else _from_text(str(whole))
        )
    if value > 3000:
        return _from_number(int(value), epoch)
    text = repr(float(value))
    day = _from_text(text)
    if day is not None and day.doubt is None and text.endswith(".1"):
        return Day(day.first, day.last, "month")
    return day


def _is_month_typed(number: int) -> bool:
    """Return whether a number of five digits spells a year and a month of this century: 20226.

    As a serial it would be a day of the fifties, before anybody of a campaign was retired.
    """
    year, month = divmod(number, 10)
    return 2000 <= year <= 2100 and 1 <= month <= 9


def _from_text(text: str) -> Day | None:
    text = _arabic(text).rstrip("。,，")
    if match := _DAY.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if match := _MONTH.fullmatch(text):
        return _month(match[1], match[2])
    if not text.isdecimal():
        return None
    if len(text) == 8:
        return _day(text[:4], text[4:6], text[6:])
    if len(text) == 6:
        return _month(text[:4], text[4:]) or _day(text[:2], text[2:4], text[4:])
    if (
        len(text) == 5
        and not _is_month_typed(int(text))
        and FIRST_SERIAL <= int(text) <= LAST_SERIAL
    ):
        return _day_of(EPOCH_1900 + timedelta(int(text)))
    return None


def _year(text: str) -> tuple[int, str | None]:
    """Return the year and what is doubtful about it."""
    if len(text) == 4:
        return int(text), None
    return int(text) + (1900 if int(text) > PIVOT else 2000), "year"


def _day(year: str, month: str, day: str) -> Day | None:
    (y, doubt), m, d = _year(year), int(month), int(day)
    if not (1900 <= y <= 2100 and 1 <= m <= 12 and 1 <= d <= calendar.monthrange(y, m)[1]):
        return None
    return Day(date(y, m, d), date(y, m, d), doubt)


def _day_of(day: date) -> Day:
    return Day(date(day.year, day.month, day.day), date(day.year, day.month, day.day))


def _month(year: str, month: str) -> Day | None:
    (y, doubt), m = _year(year), int(month)
    if not (1900 <= y <= 2100 and 1 <= m <= 12):
        return None
    return Day(date(y, m, 1), date(y, m, calendar.monthrange(y, m)[1]), doubt)


def _arabic(text: str) -> str:
    """Return the text with Chinese numerals as digits: 二〇二二年十二月 is 2022年12月."""
    if not re.search("[〇○零一二三四五六七八九十]", text):
        return text
    text = re.sub(r"(?<![\d一二三四五六七八九])十(?=[一二三四五六七八九])", "一", text)
    text = re.sub(r"(?<=[一二三])十(?=[一二三四五六七八九])", "", text)
    text = re.sub(r"(?<=[一二三])十", "〇", text).replace("十", "一〇")
    return text.translate(_DIGITS)
