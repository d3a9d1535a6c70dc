"""Months as the campaign counts them."""

from datetime import date

import pytest

from flows.steps.months import Month, in_words


@pytest.mark.parametrize(
    ("text", "label", "first", "last", "previous"),
    [
        ("2022-05", "2022年5月", date(2022, 5, 1), date(2022, 5, 31), "2022-04"),
        ("2024-02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29), "2024-01"),
        ("2022-01", "2022年1月", date(2022, 1, 1), date(2022, 1, 31), "2021-12"),
    ],
)
def test_a_month(text: str, label: str, first: date, last: date, previous: str) -> None:
    """A month knows its words, its days and the month before."""
    month = Month.parse(text)
    assert (str(month), month.label, month.first_day, month.last_day, str(month.previous)) == (
        text,
        label,
        first,
        last,
        previous,
    )


@pytest.mark.parametrize(
    "text", ["2022-13", "2022-5", "202205", "五月", "", "2022-05-01", "0000-01"]
)
def test_what_is_no_month(text: str) -> None:
    """Any other form is refused with the form that is wanted."""
    with pytest.raises(ValueError, match="月份应写成 2022-05 的样子"):
        Month.parse(text)


def test_counting_months() -> None:
    """Months are shifted over years and counted between each other."""
    assert [str(Month(2022, 11).shifted(i)) for i in (-11, 0, 1, 2, 14)] == [
        "2021-12",
        "2022-11",
        "2022-12",
        "2023-01",
        "2024-01",
    ]
    assert Month(2023, 2).since(Month(2022, 1)) == 13
    assert in_words(date(2022, 5, 3)) == "2022年5月3日"
