"""Working days by the State Council's holiday calendar, make-up days (调休) included."""

import warnings
from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> bool:
    """Return whether a day is a working day; a year without a calendar counts Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        warnings.warn(
            f"{day.year}年的放假安排尚未收录，按周一至周五推算工作日；请更新 chinesecalendar",
            stacklevel=2,
        )
        return day.weekday() < 5


def number_of_workday(day: date) -> int | None:
    """Return which working day of its month a day is, from 1; None if it is not one."""
    if not is_workday(day):
        return None
    return sum(is_workday(day.replace(day=1) + timedelta(i)) for i in range(day.day))


def why_not(day: date, workday: int) -> str | None:
    """Return why a run planned for the n-th working day does not run on a day, None if it does."""
    number = number_of_workday(day)
    if number == workday:
        return None
    if number is None:
        return f"{day.isoformat()}不是工作日，本任务定在每月第{workday}个工作日运行"
    return f"{day.isoformat()}是本月第{number}个工作日，本任务定在每月第{workday}个工作日运行"
