"""What a cell means: numbers, dates, names, lists and numbers of identity in every writing that offices use."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows.steps.model import CellError, CellValue, display_text
from flows.steps.read.values.cells import Meaning, converter, meanings
from flows.steps.read.values.dates import Day, months_in, parse_date
from flows.steps.read.values.ids import check_character, lengthened
from schemas.shipped import shipped
from schemas.spellings import squeeze, squeeze_all
from tests.support.retirees import columns_of

COUNT, NOTE = columns_of("progress")["retirees"], columns_of("progress")["note"]
ROSTER = columns_of("roster")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (820.0, 820), (820, 820), ("820", 820), ("1 234", 1234), ("８２０", 820), ("1,234人", 1234), ("１，２３４", 1234), ("1,234,567", 1234567),
        ("820人", 820), ("0", 0), (0.0, 0), ("1.0", 1), ("1.2万", 12000), ("1.2万人", 12000), ("-5", -5), ("－5", -5),
        ("8e2", 800), (0.1 + 0.2 + 0.7, 1),
    ],
)  # fmt: skip
def test_counts(value: Any, expected: int) -> None:
    """Full width, separators, blanks and units are writings of a number; a minus is kept, the schema says that it is wrong."""
    assert converter(COUNT, shipped())(value) == Meaning(expected)


@pytest.mark.parametrize("value", ["", " ", "　", "—", "——", "-", "/", "无", "暂无", "N/A", None])
def test_what_says_nothing(value: Any) -> None:
    """Dashes, strokes and 无 are as good as an empty cell."""
    assert converter(COUNT, shipped())(value) == converter(NOTE, shipped())(value) == Meaning()


@pytest.mark.parametrize(
    "value",
    [
        "约820",
        "820左右",
        "1,23",
        "1、234",
        "99.63%",
        "八百",
        "820人次",
        True,
        date(2022, 5, 1),
        "NaN",
        "inf",
        1e13,
        CellError("#N/A"),
    ],
)
def test_what_is_no_number(value: Any) -> None:
    """A guess in words, a percentage, a date or an error is no count."""
    assert converter(COUNT, shipped())(value).code == "not-a-number"


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        (0.082, 10_000, 820),
        ("0.0820", 10_000, 820),
        ("1.5万", 10_000, 15_000),
        (1.23456, 10_000, None),
        (12.5, 1, None),
        ("0.5", 1, None),
    ],
)
def test_units_and_broken_numbers(value: Any, scale: int, expected: int | None) -> None:
    """The unit of a column scales exactly; what is then no whole number is said with what it comes to."""
    meaning = converter(COUNT, shipped(), scale=scale)(value)
    assert (meaning.value, meaning.code) == (
        expected,
        None if expected is not None else "not-an-integer",
    )
    if expected is None:
        assert meaning.facts == {"scaled": "（按单位折算为12345.6）" if scale != 1 else ""}


def test_uncalculated_formulas_are_told_everywhere() -> None:
    """A formula without result is a fault in a count as in a note; an error in a note is as good as nothing."""
    uncalculated = CellError("", uncalculated=True)
    assert (
        converter(COUNT, shipped())(uncalculated).code
        == converter(NOTE, shipped())(uncalculated).code
        == "formula-not-calculated"
    )
    assert converter(NOTE, shipped())(CellError("#REF!")) == Meaning()


MAY, APRIL_1 = (date(2022, 5, 1), date(2022, 5, 31)), (date(2022, 4, 1), date(2022, 4, 1))


@pytest.mark.parametrize(
    ("value", "first", "last", "doubt"),
    [
        ("2022.5", *MAY, None), ("2022年5月", *MAY, None), ("2022-05", *MAY, None), ("2022/5", *MAY, None), ("202205", *MAY, None),
        ("2022.5.", *MAY, None), ("2022 年 5 月份", *MAY, None), ("２０２２．５", *MAY, None), ("二〇二二年五月", *MAY, None), (2022.5, *MAY, None),
        (202205, *MAY, None), ("22.5", *MAY, "year"), ("22年5月", *MAY, "year"),
        ("2022.4.1", *APRIL_1, None), ("2022-04-01", *APRIL_1, None), ("2022/4/1 0:00:00", *APRIL_1, None), ("2022-04-01T00:00:00", *APRIL_1, None),
        ("2022年4月1日", *APRIL_1, None), ("20220401", *APRIL_1, None), (20220401.0, *APRIL_1, None), ("2022.4.1。", *APRIL_1, None),
        (date(2022, 4, 1), *APRIL_1, None), (datetime(2022, 4, 1, 9, 30), *APRIL_1, None), (44652, *APRIL_1, None), (44652.75, *APRIL_1, None),
        ("44652", *APRIL_1, None), ("22.4.1", *APRIL_1, "year"), ("220401", *APRIL_1, "year"),
        ("98.7", date(1998, 7, 1), date(1998, 7, 31), "year"), (98.7, date(1998, 7, 1), date(1998, 7, 31), "year"),
        ("980701", date(1998, 7, 1), date(1998, 7, 1), "year"),
        (2012.1, date(2012, 1, 1), date(2012, 1, 31), "month"), ("2012.1", date(2012, 1, 1), date(2012, 1, 31), None),
        ("2012.10", date(2012, 10, 1), date(2012, 10, 31), None), (2012.11, date(2012, 11, 1), date(2012, 11, 30), None),
        (2012.01, date(2012, 1, 1), date(2012, 1, 31), None),
        ("2012年十月", date(2012, 10, 1), date(2012, 10, 31), None), ("二〇一二年十二月三十一日", date(2012, 12, 31), date(2012, 12, 31), None),
        ("二○一二年二月二十日", date(2012, 2, 20), date(2012, 2, 20), None), ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29), None),
    ],
)  # fmt: skip
def test_dates(value: Any, first: date, last: date, doubt: str | None) -> None:
    """Every common writing of a day or a month; a two-digit year and the number 2012.1 are doubtful."""
    assert parse_date(value) == Day(first, last, doubt)


@pytest.mark.parametrize(
    "value",
    [
        "2022",
        2022,
        "5月31日",
        "2022.13",
        "2022.2.30",
        "2022-00-01",
        "已签",
        "20221301",
        0,
        1,
        True,
        time(12),
        "1850.5",
        "2022.5.31.1",
        "",
    ],
)
def test_no_dates(value: Any) -> None:
    """A year alone, a day without a year, a day that never was, and words are no dates."""
    assert parse_date(value) is None


def test_the_two_systems_of_dates() -> None:
    """A number in a workbook that counts from 1904 is 1462 days later than in another."""
    assert parse_date(44652 - 1462, date1904=True) == parse_date(44652)


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_a_day_is_the_same_in_every_writing(day: date) -> None:
    """Text, number and serial of one day agree."""
    serial = (day - date(1899, 12, 30)).days
    assume(not (2000 <= serial // 10 <= 2100 and serial % 10))  # digits of a year and a month
    forms: list[CellValue] = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        serial,
        serial + 0.5,
    ]
    assert {parse_date(form) for form in forms} == {Day(day, day)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年5月进度表", [(2022, 5)]), ("2022年1—5月", [(2022, 5)]), ("2022年1-5月份", [(2022, 5)]), ("5月份进度", [(None, 5)]), ("二〇二二年五月", [(2022, 5)]),
        ("（截至2022年5月31日）", [(2022, 5)]), ("2022.05", [(2022, 5)]), ("2022-5", [(2022, 5)]), ("202205进度", [(2022, 5)]), ("20220531", [(2022, 5)]),
        ("2021年12月至2022年5月", [(2021, 12), (2022, 5)]), ("2022年十二月", [(2022, 12)]), ("2022年度", []), ("示办发〔2022〕5号", []), ("13月", []),
        ("13800000000", []),
    ],
)  # fmt: skip
def test_months_in_titles(text: str, expected: list[tuple[int | None, int]]) -> None:
    """Every month that a title names; of a range its last one."""
    assert months_in(text) == expected


ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("id", ID, Meaning(ID)), ("id", ID.lower(), Meaning(ID)), ("id", f" {ID[:6]} {ID[6:]}\n", Meaning(ID)), ("id", "'" + ID, Meaning(ID)),
        ("id", "１１０１０５１９４９１２３１００２Ｘ", Meaning(ID)), ("id", 110105194912310021.0, Meaning(code="id-numeric")),
        ("id", "1.10105194912310E+17", Meaning(code="id-numeric")), ("id", "110105194912310000", Meaning(code="id-numeric")),
        ("id", "440524188001010014", Meaning("440524188001010014")), ("id", 110105491231002.0, Meaning("110105491231002")),
        ("id", True, Meaning(code="id-invalid", facts={"reason": "不是号码"})), ("id", CellError("#N/A"), Meaning(code="id-invalid")),
        ("phone", "13800000000", Meaning("13800000000")), ("phone", 13800000000.0, Meaning("13800000000")),
        ("phone", "0990-1234567 / 13800000000", Meaning("0990-1234567、13800000000")), ("phone", "13800000000，13900000000；", Meaning("13800000000、13900000000")),
        ("phone", "138 0000 0000", Meaning("13800000000")), ("phone", "0990—1234567", Meaning("0990-1234567")),
        ("phone", "13800000000 13900000000", Meaning("13800000000、13900000000")),
        ("uscc", " 91350100m000100y43", Meaning("91350100M000100Y43")),
        ("sex", "男性", Meaning("男")), ("sex", "1", Meaning("1")), ("politics", "党员", Meaning("中共党员")), ("affiliation", "县（区）属", Meaning("县属")),
        ("affiliation", "中央驻示例市", Meaning("中央")), ("person", "王 某", Meaning("王某")), ("enterprise", "甲（集团）\n公司", Meaning("甲(集团)公司")),
        ("enterprise", 123.0, Meaning("123")), ("community", "无", Meaning()),
    ],
)  # fmt: skip
def test_names_lists_and_numbers_of_identity(field: str, value: Any, expected: Meaning) -> None:
    """Names lose blanks, lists become our words, numbers of identity keep every digit or are said to have lost them."""
    assert converter(ROSTER[field], shipped())(value) == expected
    found = meanings([None, value, value], ROSTER[field], shipped())
    assert found.values == [None, expected.value, expected.value]
    assert found.doubtful == ({1: expected, 2: expected} if expected.code else {})


@given(st.lists(st.text(st.sampled_from("甲a（） 　\n１\0①ﬁ"), max_size=5)))
def test_many_texts_are_squeezed_as_one(texts: list[str]) -> None:
    """The fast way for many texts gives what each gives alone."""
    assert squeeze_all(texts) == [squeeze(text) for text in texts]


def test_old_numbers_of_identity() -> None:
    """15 digits become 18: the century after the sixth, the check character at the end (GB 11643-1999)."""
    assert lengthened("110105491231002") == ID
    assert check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (820.0, "820"), (2012.1, "2012.1"), (True, "TRUE"), (date(2022, 5, 1), "2022-05-01"), (datetime(2022, 5, 1), "2022-05-01"),
        (datetime(2022, 5, 1, 9), "2022-05-01 09:00:00"), (time(12), "12:00:00"), (timedelta(days=1.5), "1 day, 12:00:00"), (" a ", "a"),
        (None, ""), (CellError("#N/A"), "#N/A"), (1e20, "1e+20"),
    ],
)  # fmt: skip
def test_what_a_cell_shows(value: Any, shown: str) -> None:
    """A report repeats a cell as its writer sees it."""
    assert display_text(value) == shown
