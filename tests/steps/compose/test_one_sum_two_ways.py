"""What a secretary would strike out: one sum said twice, columns of dashes, a table cut in two for one column."""

import pytest

from flows.steps.compose import compose
from flows.steps.compose.indicators import unfinished
from flows.steps.compose.sample import sample_report
from schemas.shipped import names, shipped
from tests.support.templates import record

# works: what they are of, what is left, whether less is better; and those that are named as not done
LEFT: list[tuple[list[tuple[str, str, int, bool]], list[str]]] = [
    ([("兑付", "欠薪", 30, False), ("清零", "欠薪", 30, True)], ["兑付"]),
    ([("兑付", "欠薪", 30, False), ("清零", "欠薪", 31, True)], ["兑付", "清零"]),
    ([("兑付", "欠薪", 30, False), ("压减", "投诉", 30, True)], ["兑付", "压减"]),
    ([("签订", "总数", 30, False), ("移交", "总数", 30, False)], ["签订", "移交"]),
    ([("兑付", "欠薪", 0, False), ("清零", "欠薪", 0, True)], []),
]


@pytest.mark.parametrize(("works", "named"), LEFT)
def test_one_sum_is_not_named_from_both_sides(
    works: list[tuple[str, str, int, bool]], named: list[str]
) -> None:
    """What is still owed is what has not been paid; works that only happen to be equal stay two."""
    records = {
        name: record(名称=name, 应办名=whole, 剩余=left, 越低越好=less)
        for name, whole, left, less in works
    }
    assert [one["名称"] for one in unfinished(records)] == named


def test_a_table_of_counties_is_not_cut_in_two_for_the_change_of_rank() -> None:
    """In a made-up month of each shipped work."""
    reports = [sample_report(shipped(name)) for name in names()]
    tables = [compose(report, "city", "示例市").context["县表"] for report in reports]
    assert [len(parts) for parts in tables] == [1, 1, 1]


def test_groups_in_a_county_have_no_columns_of_dashes() -> None:
    """Stages and gains are known of the city's groups only."""
    for name in names():
        report = sample_report(shipped(name))
        for table in compose(report, "county", "示例乙区").context["分组表"]:
            texts = [[str(cell) for cell in line["各格"]] for line in table["各行"]]
            assert all(set(column) != {"—"} for column in zip(*texts, strict=True))
