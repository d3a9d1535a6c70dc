"""Months and their days, as the campaign counts them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month; written 2022-05 in commands and files, 2022年5月 in documents."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Return the month of a text such as 2022-05; raises ValueError for any other form."""
        match = _FORM.fullmatch(text)
        if match is None or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 2100:
            raise ValueError(f"月份应写成 2022-05 的样子，现为“{text}”")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month that a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def label(self) -> str:
        """Return the month as documents print it: 2022年5月."""
        return f"{self.year}年{self.month}月"

    @property
    def first_day(self) -> date:
        """Return the month's first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Return the month's last day, the day that its figures speak of."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def previous(self) -> "Month":
        """Return the month before."""
        return self.shifted(-1)

    def shifted(self, months: int) -> "Month":
        """Return the month so many months later, or earlier where the number is negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def since(self, other: "Month") -> int:
        """Return how many months this one is after another."""
        return (self.year - other.year) * 12 + self.month - other.month


def in_words(day: date) -> str:
    """Return a day as documents print it, without leading zeros: 2022年5月31日."""
    return f"{day.year}年{day.month}月{day.day}日"
