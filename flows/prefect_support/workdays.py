"""Working days by the State Council's holiday calendar, make-up days (调休) included."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

import chinese_calendar

from schemas.holidays import FILE, HOLIDAYS

Worked = Mapping[date, bool]
NONE_TYPED: Worked = MappingProxyType({})
AHEAD = timedelta(days=45)  # the notice for a year comes early in the November before it


def is_workday(day: date, worked: Worked = NONE_TYPED) -> bool:
    """Return whether a day is a working day; `worked` are the days that the office typed in.

    A year that neither knows counts Monday to Friday, of which `calendar_gaps` warns in time.
    """
    if day in worked:
        return worked[day]
    return bool(chinese_calendar.is_workday(day)) if _is_known(day.year) else day.weekday() < 5


def _is_known(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def number_of_workday(day: date, worked: Worked = NONE_TYPED) -> int | None:
    """Return which working day of its month a day is, from 1; None if it is not one."""
    if not is_workday(day, worked):
        return None
    first = day.replace(day=1)
    return sum(is_workday(first + timedelta(i), worked) for i in range(day.day))


def why_not(day: date, workday: int, worked: Worked = NONE_TYPED) -> str | None:
    """Return why a run planned for the n-th working day does not run on a day, None if it does."""
    number = number_of_workday(day, worked)
    if number == workday:
        return None
    if number is None:
        return f"{day.isoformat()}不是工作日，本任务定在每月第{workday}个工作日运行"
    return f"{day.isoformat()}是本月第{number}个工作日，本任务定在每月第{workday}个工作日运行"


def calendar_gaps(day: date, worked: Worked) -> list[str]:
    """Return what is wanting of the holidays of a day's year, and of the next if that is near."""
    years = dict.fromkeys([day.year, (day + AHEAD).year])
    return [
        f"{year}年的放假安排还没有{'、'.join(wanting)}，工作日只能按周一至周五推算。"
        f"请把国务院办公厅通知里的休、班各日填进活动文件夹的 {FILE}"
        for year in years
        if (wanting := list(_wanting(year, worked)))
    ]


def _wanting(year: int, worked: Worked) -> Iterator[str]:
    """Yield the holidays of a year that neither the calendar nor the office's days have."""
    if _is_known(year):
        return
    off = [day for day, works in worked.items() if not works]
    for name, (first, last) in HOLIDAYS.items():
        if not any(date(year, *first) <= day <= date(year, *last) for day in off):
            yield name
