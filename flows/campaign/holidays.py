"""Reading 放假安排.csv: days off and make-up days that the office has typed in, faults located."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

import chinese_calendar

from flows.campaign.office_csv import UNKNOWN_ENCODING, Fault, decoded, lines_under
from schemas.holidays import ARRANGED, DAY, HEADER, WORKED

_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
_WEEKDAYS = "一二三四五六日"


def read_holidays(data: bytes) -> tuple[Mapping[date, bool], list[Fault]]:
    """Return whether each day listed is worked, and each fault of the file with its line."""
    text = decoded(data)
    if text is None:
        return {}, [UNKNOWN_ENCODING]
    faults: list[Fault] = []
    worked: dict[date, bool] = {}
    lines: dict[date, int] = {}
    for number, day, works in _days(text, faults):
        if day in worked:
            faults.append((f"第{number}行“{DAY}”", f"{day}在第{lines[day]}行已经写过，请只留一行"))
        else:
            worked[day], lines[day] = works, number
    return worked, faults


def _days(text: str, faults: list[Fault]) -> Iterator[tuple[int, date, bool]]:
    """Yield each good line's number, day and whether it is worked; notes are left out."""
    for number, cells in lines_under(HEADER, text, faults):
        read = _line(number, cells, faults)
        if read is not None:
            yield number, *read


def _line(number: int, cells: list[str], faults: list[Fault]) -> tuple[date, bool] | None:
    """Return a line's day and whether it is worked; None, with its fault, if it says neither."""
    place = f"第{number}行"
    if len(cells) != len(HEADER):
        faults.append((place, f"应有{len(HEADER)}项：{'、'.join(HEADER)}，用英文逗号隔开，都要填"))
        return None
    day, works = _date(cells[0]), WORKED.get(cells[1])
    if day is None:
        faults.append((f"{place}“{DAY}”", f"“{cells[0]}”不是日期，应写成 2027-01-01 的样子"))
        return None
    if works is None:
        choices = "或".join(WORKED)
        faults.append((f"{place}“{ARRANGED}”", f"“{cells[1]}”认不出来，请写{choices}"))
        return None
    if works and day.weekday() < 5 and not _is_known_holiday(day):
        message = (
            f"{day}是星期{_WEEKDAYS[day.weekday()]}，本来就上班；调休上班的应是周六或周日，请核对"
        )
        faults.append((f"{place}“{DAY}”", message))
        return None
    return day, works


def _date(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _is_known_holiday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return False
