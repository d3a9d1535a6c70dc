"""The month's own words and given figures in the city's bulletin: printed as typed, else not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from flows.settings import GivenFigure
from flows.steps.compose import compose
from flows.steps.months import Month
from tests.support.reports import small_report, with_campaign

MAY = Month(2022, 5)


def values(words: Mapping[str, tuple[str, ...]], given: Sequence[Mapping[str, Any]]) -> Any:
    """Return the names of the city's bulletin of the small month."""
    figures = tuple(GivenFigure.model_validate(each) for each in given)
    one = with_campaign(small_report(), given={MAY: figures})
    campaign = one.campaign.model_copy(update={"words": {MAY: words} if words else {}})
    return compose(replace(one, campaign=campaign), "city", "示例市").context


def test_words_stand_under_their_headings() -> None:
    """Each heading is a name; together they are the sections that there are."""
    names = values({"工作动态": ("甲", "乙"), "大事记": ("丙",)}, [])
    assert (names["工作动态"], names["大事记"], names["领导批示"]) == (("甲", "乙"), ("丙",), ())
    said = [(section["名称"], section["各段"]) for section in names["各节文字"]]
    assert said == [("工作动态", ("甲", "乙")), ("大事记", ("丙",))]


# the figures as typed, the words
GIVEN: Sequence[tuple[list[Mapping[str, Any]], str]] = [
    ([], ""),
    ([{"item": "全省签订率", "value": "92.31%", "place": 3, "source": "省专班通报"}],
     "据省专班通报，全省签订率92.31%（本地列第3位）"),
    ([{"item": "全省人数", "value": "120万人", "source": "省通报"}, {"item": "全国人数", "value": "2400万人", "source": "国通报"},
      {"item": "全省签订率", "value": "92.31%", "source": "省通报"}],
     "据省通报，全省人数120万人、全省签订率92.31%；据国通报，全国人数2400万人"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), GIVEN)
def test_given_figures_are_printed_with_their_source(
    given: list[Mapping[str, Any]], said: str
) -> None:
    """Those of one source stand together."""
    names = values({}, given)
    assert names["上级数据说法"] == said
    assert [record["数"] for record in names["上级数据"]] == [each["value"] for each in given]
    assert names["各节文字"] == ()
