"""Conditions applied to frames: what is empty, what is exact, and every condition against fractions row by row."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from schemas.conditions import parse
from schemas.conditions.masks import holds
from tests.support.conditions import COLUMNS, CONDITIONS, INT64, ROWS, Drawn, Row, condition_frame

DAY, LATER = date(2022, 3, 1), date(2022, 4, 1)

# condition; rows in order; rows out of order
CASES: list[tuple[str, list[Row], list[Row]]] = [
    ("户数 <= 2022年户数", [{"homes": 3, "homes_2022": 3}, {"homes": 3}, {"homes_2022": 3}, {}], [{"homes": 4, "homes_2022": 3}]),
    ("竣工日期 >= 开工日期", [{"finished": DAY, "started": DAY}, {"finished": DAY}], [{"finished": DAY, "started": LATER}]),
    ("竣工日期 >= 2022-03-15", [{"finished": LATER}, {}], [{"finished": DAY}]),
    ('投资额(万元) > 0 or 备注 != ""', [{"invested": 1}, {"invested": 0, "note": "停工"}, {}], [{"invested": 0}, {"invested": -1, "note": ""}]),
    ("户数 = 户数（开工） + 2022年户数", [{"homes": 3, "begun": 1, "homes_2022": 2}, {"homes": 3, "begun": 1}], [{"homes": 3, "begun": 1, "homes_2022": 1}]),
    ('not (类别 = "甲类" 且 县区 = "")', [{"group": "乙类"}, {"group": "甲类", "county": "青榆县"}, {}], [{"group": "甲类"}]),
    ('类别 != "甲类"', [{"group": "乙类"}, {}], [{"group": "甲类"}]),
    ("县区 = 备注", [{"county": "青榆县", "note": "青榆县"}, {"county": "青榆县"}, {"note": "青榆县"}], [{"county": "青榆县", "note": "东浥区"}]),
    ("县区 = “开发区(新)”", [{"county": "开发区（新）"}, {"county": "开发区(新)"}, {}], [{"county": "开发区"}]),
    ("县区 != “开发区（新）”", [{"county": "开发区"}, {}], [{"county": "开发区（新）"}, {"county": "开发区(新)"}]),
    ("县区 = 备注", [{}], []),
    ('户数 != ""', [{"homes": 0}], [{}]),
    ('竣工日期 = "" or 开工日期 != ""', [{}, {"finished": LATER, "started": DAY}], [{"finished": LATER}]),
    # three values: unknown and false is false, unknown or true is true
    ('户数 > 3 and 备注 = ""', [{"homes": 4}, {}], [{"note": "无法"}, {"homes": 3}]),
    ('not (户数 > 3 or 备注 != "")', [{}, {"homes": 3}], [{"note": "无法"}, {"homes": 4}]),
    # exact: 0.1 + 0.2 is 0.3; amounts of different places
    ("面积 = 0.3", [{"area": 3}], [{"area": 2}]),
    ("面积 = 投资额(万元)", [{"area": 3, "invested": 3000}], [{"area": 3, "invested": 3001}]),
    ("投资额(万元) + 0.2 = 0.3", [{"invested": 1000}], [{"invested": 999}]),
    ("投资额(万元) / 户数 <= 0.3333", [{"invested": 3333, "homes": 1}, {"invested": 9999, "homes": 3}, {"invested": 1, "homes": 0}], [{"invested": 10000, "homes": 3}]),
    ("投资额(万元) / 户数 > -1", [{"invested": 9999, "homes": -1}], [{"invested": 10000, "homes": -1}]),
    ("1 / (户数 - 2022年户数) > 0", [{"homes": 2, "homes_2022": 2}, {"homes": 3, "homes_2022": 2}], [{"homes": 2, "homes_2022": 3}]),
    # beyond 64 bits
    ("户数 * 户数（开工） > 户数", [{"homes": INT64, "begun": INT64}, {"homes": -INT64 - 1, "begun": -INT64 - 1}], [{"homes": INT64, "begun": -1}]),
    ("户数 + 户数（开工） > 0", [{"homes": INT64, "begun": INT64}], [{"homes": -INT64 - 1, "begun": -INT64 - 1}]),
    ("户数 / 户数（开工） = 1", [{"homes": -INT64 - 1, "begun": -INT64 - 1}], [{"homes": INT64, "begun": -INT64}]),
    ("-户数 > 0", [{"homes": -INT64 - 1}], [{"homes": 0}, {"homes": INT64}]),
    ("户数 < 投资额(万元)", [{"homes": 0, "invested": INT64}, {"homes": -INT64, "invested": -INT64}], [{"homes": INT64, "invested": INT64}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "good", "bad"), CASES)
def test_rows_in_order(text: str, good: list[Row], bad: list[Row]) -> None:
    """A comparison with an empty cell says nothing, one with "" asks; numbers are exact."""
    flags = holds(parse(text, COLUMNS), condition_frame([*good, *bad]))
    assert flags.dtype == bool
    assert flags.tolist() == [True] * len(good) + [False] * len(bad)


# condition, first and last day of 开工日期 and of 竣工日期, in order
MONTHS = [
    ("竣工日期 >= 开工日期", ("2022-03-20", "2022-03-20"), ("2022-03-01", "2022-03-31"), True),
    ("竣工日期 >= 开工日期", ("2022-04-01", "2022-04-01"), ("2022-03-01", "2022-03-31"), False),
    ("not 竣工日期 >= 开工日期", ("2022-03-20", "2022-03-20"), ("2022-03-01", "2022-03-31"), True),
    ("not 竣工日期 >= 开工日期", ("2022-03-01", "2022-03-01"), ("2022-03-01", "2022-03-31"), False),
    ("竣工日期 = 开工日期", ("2022-03-20", "2022-03-20"), ("2022-03-01", "2022-03-31"), True),
    ("竣工日期 != 开工日期", ("2022-03-20", "2022-03-20"), ("2022-03-01", "2022-03-31"), True),
    ("竣工日期 = 开工日期", ("2022-04-20", "2022-04-20"), ("2022-03-01", "2022-03-31"), False),
    ("竣工日期 > 2022-03-31", ("2022-04-20", "2022-04-20"), ("2022-03-01", "2022-03-31"), False),
    ("竣工日期 > 2022-03-30", ("2022-04-20", "2022-04-20"), ("2022-03-01", "2022-03-31"), True),
]


@pytest.mark.parametrize(("text", "started", "finished", "good"), MONTHS)
def test_a_month_is_any_of_its_days(
    text: str, started: tuple[str, str], finished: tuple[str, str], good: bool
) -> None:
    """A date of which only the month is known is out of order only if every day of it is."""
    names = ("started", "started_last", "finished", "finished_last")
    days = {
        name: np.array([day], "datetime64[s]")
        for name, day in zip(names, (*started, *finished), strict=True)
    }
    assert holds(parse(text, COLUMNS), pd.DataFrame(days)).tolist() == [good]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(CONDITIONS, ROWS)
def test_as_row_by_row(drawn: Drawn, rows: list[Row]) -> None:
    """Any condition says of any rows what fractions and three values say, worked out while it was drawn."""
    flags = holds(parse(drawn.text, COLUMNS), condition_frame(rows))
    assert flags.tolist() == [drawn.value(row) is not False for row in rows]


def test_an_index_is_no_order() -> None:
    """A part of a frame is judged by its rows' own values, whatever its index."""
    part = condition_frame(
        [{"homes": 1}, {"homes": 5}, {"homes": 1}, {"county": "甲", "note": "乙"}]
    )
    assert holds(parse("户数 > 3", COLUMNS), part[::-2]).tolist() == [True, True]
    assert holds(parse("县区 = 备注", COLUMNS), part[::-3]).tolist() == [False, True]


@pytest.mark.parametrize("join", [" + 户数", " * 户数", " - 1"])
def test_the_longest_condition(join: str) -> None:
    """A condition as long as one may be is worked out, by way of integers of any length."""
    text = "户数" + join * 140 + " > 面积"
    assert holds(parse(text, COLUMNS), condition_frame([{"homes": 9, "area": 1}] * 3)).shape == (3,)
