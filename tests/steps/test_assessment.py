"""The negative list and the score: who is on it, who will be, how each point came about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from flows.policies import Assessment
from flows.steps.assessment import decimal, negative_list, scores, threatened
from flows.steps.compose.papers import paper_of
from flows.steps.compose.planning import documents_due
from flows.steps.model import Coverage, Report
from flows.steps.render import Renderer
from templates import DOCUMENTS
from tests.support.documents import as_text
from tests.support.factories import FIRMS, line
from tests.support.months_pages import month
from tests.support.months_pages import table as page_table
from tests.support.reports import EAST, SOUTH, WEST, ledger, report, with_campaign
from tests.support.workbooks import book_of, table

FIRM = FIRMS[2][0]
SIGNED, FILES = "协议签订率", "archives"


def of_may(**assessment: Any) -> Report:
    """Return May of three counties that are assessed, with April before it.

    东浥区 has signed 300 and then 500 of 1000 and has no archives; 西浥区 900 and 900, with 50 of
    its 100 archives; 南沚县 owes a ledger that has not come. Of 东浥区's own two ledgers the first
    went back, and came on 8 June.
    """
    before = [
        line(EAST, FIRM, (1000, 300, 0, 0, 0, 0, 0)),
        line(WEST, FIRM, (1000, 900, 100, 50, 0, 0, 0)),
    ]
    now = [replace(before[0], counts={**before[0].counts, "agreement": 500}), before[1]]
    coverage = [
        Coverage(EAST, "progress", "accepted", "2022-05"),
        Coverage(WEST, "progress", "accepted", "2022-05"),
        Coverage(SOUTH, "progress", "missing", None),
    ]
    ledgers = [
        ledger(EAST, "returned", file="一.xlsx", superseded_by="二.xlsx", received=date(2022, 6, 8)),
        ledger(EAST, "accepted", file="二.xlsx", received=date(2022, 6, 10)),
        ledger(WEST, "accepted", received=date(2022, 6, 5)),
    ]  # fmt: skip
    one = report(now, before=before, coverage=coverage, ledgers=ledgers)
    return with_campaign(one, assessment=Assessment.model_validate(assessment))


def bar(below: str, by: str, points: int = 2, indicator: str = SIGNED) -> Mapping[str, Any]:
    return {"indicator": indicator, "below": below, "by": by, "points": points}


# the bars; who is on the list with what is done, who will be with what will be done
LISTS: Sequence[tuple[list[Mapping[str, Any]], list[tuple[str, str]], list[tuple[str, str]]]] = [
    ([], [], []),
    ([bar("50", "2022-05-31")], [], []),  # what reaches the bar is not below it
    ([bar("50.01", "2022-05-31")], [(EAST, "1/2")], []),
    ([bar("91", "2022-04-30")], [(EAST, "1/2"), (WEST, "9/10")], []),  # still, a month later
    ([bar("69", "2022-06-30")], [], []),  # 20 points in 31 days, 19.35 more in 30
    ([bar("70", "2022-06-30")], [], [(EAST, "43/62")]),
    ([bar("91", "2022-12-31")], [], [(WEST, "9/10")]),
    ([bar("60", "2022-05-31", indicator=FILES)], [(WEST, "1/2")], []),  # nothing to do: not on it
]  # fmt: skip


@pytest.mark.parametrize(("bars", "on", "ahead"), LISTS)
def test_the_negative_list(
    bars: list[Mapping[str, Any]], on: list[tuple[str, str]], ahead: list[tuple[str, str]]
) -> None:
    """A county without figures is on no list; before the day it is the pace that counts."""
    one = of_may(negative=bars)
    assert [(x.county.name, str(x.share)) for x in negative_list(one)] == on
    assert [(x.county.name, str(x.ahead)) for x in threatened(one)] == ahead


WEIGHTS = {SIGNED: 60, FILES: 40}
# By the calendar 141 of 202 days (69.80 %) are to be done.
SCORES: Sequence[tuple[Mapping[str, Any], list[str]]] = [
    ({}, []),
    ({"weights": WEIGHTS}, [
        "1 西浥区 88.65：协议签订率60＝60（完成90.00%÷应达69.80%×60分，超出按满分计）"
        "、档案移交率40＝28.65（完成50.00%÷应达69.80%×40分）",
        "2 东浥区 82.98：协议签订率60＝42.98（完成50.00%÷应达69.80%×60分）"
        "、档案移交率40＝40（没有任务，按满分计）",
    ]),
    ({"weights": WEIGHTS, "method": "efficacy"}, [
        "1 西浥区 100：协议签订率60＝60（〔60＋40×（完成90.00%－最低50.00%）"
        "÷（最高90.00%－最低50.00%）〕×60分÷100）、档案移交率40＝40（各县相同，按满分计）",
        "2 东浥区 76：协议签订率60＝36（〔60＋40×（完成50.00%－最低50.00%）"
        "÷（最高90.00%－最低50.00%）〕×60分÷100）、档案移交率40＝40（没有任务，按满分计）",
    ]),
    ({"weights": {SIGNED: 100}, "late": 1, "returned": "0.5", "negative": [bar("60", "2022-05-31", 5)]}, [
        "1 西浥区 100：协议签订率100＝100（完成90.00%÷应达69.80%×100分，超出按满分计）",
        "2 东浥区 65.13：协议签订率100＝71.63（完成50.00%÷应达69.80%×100分）"
        "、负面清单＝-5（协议签订率到2022年5月31日应完成60.00%，完成50.00%）"
        "、迟报、未报＝-1（1次，每次扣1分）、退回＝-0.5（1次，每次扣0.5分）",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("assessment", "said"), SCORES)
def test_a_score_shows_how_it_came_about(assessment: Mapping[str, Any], said: list[str]) -> None:
    """Off without weights; exact sums of exact points; a county without figures has none."""
    lines = []
    for score in scores(of_may(**assessment)):
        parts = [
            f"{p.name}{decimal(p.weight) if p.weight else ''}＝{decimal(p.points)}（{p.reason}）"
            for p in score.parts
        ]
        total = decimal(score.total)
        lines.append(f"{score.place} {score.county.name} {total}：{'、'.join(parts)}")
    assert lines == said


def test_the_sheets() -> None:
    """汇总表 has both as sheets where the settings ask for them, and neither where they do not."""
    one = of_may(negative=[bar("60", "2022-05-31")], weights={SIGNED: 100})
    book = book_of(one)
    assert table(book["负面清单"]) == [
        ["列入", EAST, SIGNED, "2022年5月31日", "60.00%", "50.00%", "—", "2"]
    ]
    shown = [row[:5] for row in table(book["考核得分"])[:-1]]
    assert shown == [
        ["1", WEST, "总分", "—", "100.00"], ["", WEST, SIGNED, "100", "100.00"],
        ["2", EAST, "总分", "—", "69.63"], ["", EAST, SIGNED, "100", "71.63"],
        ["", EAST, "负面清单", "—", "-2.00"],
    ]  # fmt: skip
    assert {"负面清单", "考核得分"} & set(book_of(of_may()).sheetnames) == set()


def test_the_overview() -> None:
    """Both are shown where the settings ask for them, and neither where they do not."""
    bars = [bar("60", "2022-05-31"), bar("91", "2022-12-31", 0)]
    page = month(of_may(negative=bars, weights={SIGNED: 100}))
    assert page_table(page, "负面清单：列入的，按近期进度将要列入的")[1:] == [
        ["列入", EAST, SIGNED, "2022年5月31日", "60.00%", "50.00%", "—", "2"],
        ["按近期进度将列入", WEST, SIGNED, "2022年12月31日", "91.00%", "90.00%", "90.00%", "—"],
    ]
    assert page_table(page, "考核得分，不影响上面的排名；没有数据的县（市、区）不计分")[1:] == [
        ["1", WEST, "100", "协议签订率 100分：完成90.00%÷应达69.80%×100分，超出按满分计"],
        ["2", EAST, "69.63", "协议签订率 71.63分：完成50.00%÷应达69.80%×100分"
         "负面清单 -2分：协议签订率到2022年5月31日应完成60.00%，完成50.00%"],
    ]  # fmt: skip
    assert month(of_may()).get_element_by_id("assessment", None) is None


# By 协议签订率 100 points, a point for what came late or not at all, two for the negative list.
SHEET = """\
根据截至2022年5月31日的台账，对各县（市、区）计分，满分100分：协议签订率100分。各项按完成与应达（有目标的按目标，没有的按序时进度）之比计分，超过的按满分计；列入负面清单的按条扣分；台账迟报、过期未报一次扣1分。参加计分的县（市、区）有2个，得分见下表，每一分怎样得出列在后面。南沚县本期没有数据，不计分。
各县（市、区）考核得分
名次 | 县（市、区） | 协议签订率 | 扣分 | 得分
1 | 西浥区 | 100 | 0 | 100
2 | 东浥区 | 71.63 | -3 | 68.63
注：得分供考核参考，不影响简报中的名次；得分相同的名次相同。各项得分四舍五入到两位小数，总分按未舍入的数相加。
得分由来
县（市、区） | 项目 | 得分 | 由来
西浥区 | 协议签订率 | 100 | 完成90.00%÷应达69.80%×100分，超出按满分计
东浥区 | 协议签订率 | 71.63 | 完成50.00%÷应达69.80%×100分
东浥区 | 负面清单 | -2 | 协议签订率到2022年5月31日应完成60.00%，完成50.00%
东浥区 | 迟报、未报 | -1 | 1次，每次扣1分
"""


def test_the_document() -> None:
    """考核得分表 is due where there is a score, and says how each point came about."""
    one = of_may(weights={SIGNED: 100}, late=1, negative=[bar("60", "2022-05-31")])
    (planned,) = [each for each in documents_due(one) if each.line.name == "考核得分表"]
    said = as_text(Renderer([DOCUMENTS]).render(paper_of(one, planned)))
    start, end = said.index("根据"), said.index("示例市国有")
    assert said[start:end] == SHEET
    assert [each for each in documents_due(of_may()) if each.line.name == "考核得分表"] == []


@pytest.mark.parametrize(
    ("points", "printed"),
    [("2", "2"), ("1/2", "0.5"), ("-1/3", "-0.33"), ("5/1000", "0.01"), ("-1/1000", "0"), ("100", "100")],
)  # fmt: skip
def test_points_in_print(points: str, printed: str) -> None:
    """Two decimals, half up, without trailing zeros."""
    assert decimal(Fraction(points)) == printed
