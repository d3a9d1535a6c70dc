"""The lights of the month, on the overview and in 汇总表: word beside colour, nothing without targets."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flows.registered import Target
from flows.steps.model import Report
from flows.steps.overview import month_page
from tests.support.factories import FIRMS
from tests.support.reports import EAST, SOUTH, WEST, files_of, small_report
from tests.support.workbooks import book_of, table

MACHINES = FIRMS[1][0]


def target(level: str, unit: str, indicator: str, **goal: Any) -> Target:
    facts = {"level": level, "unit": unit, "indicator": indicator, "by": date(2022, 6, 30)}
    return Target.model_validate({**facts, "source": "责任书", **goal})


def with_targets(one: Report) -> Report:
    """Return the small month with targets of the city, of a county and of an enterprise."""
    targets = (
        target("city", "", "agreement", percent=Decimal(60)),
        target("county", WEST, "functions", count=3),
        target("enterprise", MACHINES, "agreement", count=280),
    )
    return replace(one, campaign=one.campaign.model_copy(update={"targets": targets}))


def test_the_page_shows_the_lights_in_words() -> None:
    """Each light is a word, with the distance to what is expected and for how many months."""
    page = month_page(with_targets(small_report()), files_of(small_report()))
    lights = page[page.index('id="lit"') : page.index("</table>", page.index('id="lit"'))]
    east = lights[lights.index(f">{EAST}<") : lights.index(f">{WEST}<")]
    assert '<span class="verdict accepted">绿</span> +30.20，连续2个月' in east
    assert '<span class="verdict returned">红</span>' in east
    south = lights[lights.index(f">{SOUTH}<") :]
    assert south.count('<span class="verdict aside">灰</span>') == 4


# level, name, indicator, target, expected, done, gap, light, months, what will be wanting
LINES = """
全市 示例市 协议签订率 60.00% 49.47% 56.43% +6.95 绿 2 —
全市 示例市 档案移交率 100.00% 69.80% 29.85% -39.95 红 2 -45.32
全市 示例市 组织关系转移率 100.00% 69.80% 40.00% -29.80 红 2 -28.52
全市 示例市 管理职能移交率 100.00% 69.80% 6.10% -63.70 红 2 -83.18
县（市、区） 东浥区 协议签订率 100.00% 69.80% 100.00% +30.20 绿 2 —
县（市、区） 东浥区 档案移交率 100.00% 69.80% 68.55% -1.25 黄 1 —
县（市、区） 东浥区 组织关系转移率 100.00% 69.80% 100.00% +30.20 绿 1 —
县（市、区） 东浥区 管理职能移交率 100.00% 69.80% 15.72% -54.08 红 2 -53.34
县（市、区） 西浥区 协议签订率 100.00% 69.80% 33.33% -36.47 红 2 -66.67
县（市、区） 西浥区 档案移交率 100.00% 69.80% 10.00% -59.80 红 2 -90.00
县（市、区） 西浥区 组织关系转移率 100.00% 69.80% 25.00% -44.80 红 2 -75.00
县（市、区） 西浥区 管理职能移交率 3人 0.82% 1.00% +0.18 绿 2 —
县（市、区） 南沚县 协议签订率 100.00% — — — 灰 2 —
县（市、区） 南沚县 档案移交率 100.00% — — — 灰 2 —
县（市、区） 南沚县 组织关系转移率 100.00% — — — 灰 2 —
县（市、区） 南沚县 管理职能移交率 100.00% — — — 灰 2 —
企业 沅岚机械有限公司 协议签订率 280人 76.96% 33.33% -43.63 红 2 -60.00
"""


def test_the_sheet_lists_whatever_has_a_target() -> None:
    """City and counties with all indicators, a unit with those that a target names."""
    rows = table(
        book_of(with_targets(small_report()))["目标和灯"],
        "范围", "名称", "指标", "目标", "应达", "实际", "差距（百分点）", "灯", "连续月数", "到期差（百分点）",
    )  # fmt: skip
    assert [" ".join(row) for row in rows[:-1]] == LINES.strip().splitlines()


def test_without_targets_there_are_none() -> None:
    """A campaign without the sheet has neither the section nor the sheet."""
    one = small_report()
    assert "目标和灯" not in month_page(one, files_of(one))
    assert "目标和灯" not in book_of(one).sheetnames
