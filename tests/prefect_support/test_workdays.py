"""Working days of a month with holidays and make-up days (调休)."""

from datetime import date

import pytest

from flows.prefect_support.workdays import calendar_gaps, number_of_workday, why_not


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2022, 5, 1), None), (date(2022, 5, 4), None), (date(2022, 5, 5), 1), (date(2022, 5, 7), 3),  # Saturday, made up for
        (date(2022, 5, 8), None), (date(2022, 5, 9), 4), (date(2022, 5, 10), 5), (date(2022, 6, 3), None), (date(2022, 6, 8), 5),
        (date(2022, 10, 8), 1), (date(2022, 10, 9), 2),
    ],
)  # fmt: skip
def test_the_number_of_a_working_day(day: date, number: int | None) -> None:
    """Holidays do not count, Saturdays and Sundays that are worked on do."""
    assert number_of_workday(day) == number


# New Year and the first working days of 2027 as an office would type a notice in
TYPED = {date(2027, 1, 1): False, date(2027, 1, 3): True, date(2027, 1, 4): False}
NEXT_YEAR = [date(2027, 2, 6), date(2027, 4, 5), date(2027, 5, 1), date(2027, 6, 9)]
AUTUMN = [date(2027, 9, 15), date(2027, 10, 1)]
WHOLE = {**TYPED, **dict.fromkeys([*NEXT_YEAR, *AUTUMN], False)}
ALL = "元旦、春节、清明节、劳动节、端午节、中秋节、国庆节"

# the day, the days typed in, its number
TYPED_IN = [
    (date(2027, 1, 1), TYPED, None),
    (date(2027, 1, 3), TYPED, 1),  # a Sunday, made up for
    (date(2027, 1, 4), TYPED, None),
    (date(2027, 1, 8), TYPED, 5),
    (date(2027, 1, 7), {}, 5),  # as if no day were off, of which the gaps warn
    (date(2022, 5, 9), {date(2022, 5, 9): False}, None),  # the office's day goes before ours
]

# the day, the days typed in, the beginning of each gap
GAPS = [
    (date(2026, 11, 16), {}, []),
    (date(2026, 11, 17), {}, [f"2027年的放假安排还没有{ALL}，"]),
    (date(2026, 12, 7), TYPED, [f"2027年的放假安排还没有{ALL[3:]}，"]),
    (date(2026, 12, 7), WHOLE, []),
    (date(2027, 12, 7), WHOLE, [f"2028年的放假安排还没有{ALL}，"]),
    (date(2027, 3, 5), {}, [f"2027年的放假安排还没有{ALL}，"]),
    (date(2022, 5, 9), {}, []),
]


@pytest.mark.parametrize(("day", "worked", "number"), TYPED_IN)
def test_days_that_the_office_typed_in(
    day: date, worked: dict[date, bool], number: int | None
) -> None:
    """They go before the calendar, and are the calendar of a year that it does not know."""
    assert number_of_workday(day, worked) == number


@pytest.mark.parametrize(("day", "worked", "gaps"), GAPS)
def test_a_year_that_the_calendar_does_not_know(
    day: date, worked: dict[date, bool], gaps: list[str]
) -> None:
    """Weeks before it begins its gaps are told, holiday by holiday."""
    found = calendar_gaps(day, worked)
    assert [gap[: len(start)] for gap, start in zip(found, gaps, strict=True)] == gaps


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2022, 5, 10), None),
        (date(2022, 5, 8), "2022-05-08不是工作日，本任务定在每月第5个工作日运行"),
        (date(2022, 5, 9), "2022-05-09是本月第4个工作日，本任务定在每月第5个工作日运行"),
    ],
)
def test_why_a_run_does_not_run(day: date, why: str | None) -> None:
    """The guard of the daily schedule says why it does nothing."""
    assert why_not(day, 5) == why
