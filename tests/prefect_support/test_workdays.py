"""Working days of a month with holidays and make-up days (调休)."""

from datetime import date

import pytest

from flows.prefect_support.workdays import number_of_workday, why_not


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


def test_a_year_that_the_calendar_does_not_know() -> None:
    """Monday to Friday are taken for working days, and a warning says so."""
    with pytest.warns(UserWarning, match="2099年的放假安排尚未收录"):
        assert number_of_workday(date(2099, 6, 5)) == 5


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
