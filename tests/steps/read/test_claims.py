"""Who sent a ledger, for which month and when, in every arrangement of the lines around a table (DESIGN §4)."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.steps.model import Claims
from flows.steps.read.file import read_file
from schemas.shipped import shipped
from tests.support import read_writers as write
from tests.support.read_writers import Page
from tests.support.retirees import columns_of

HEADER = [c.header for c in columns_of("progress").values()]
ROW = ["东浥区", "甲厂", None, "市属", 1, 1, None, 1, 1, 1, 1]


def claims(
    tmp_path: Path, above: Sequence[Sequence[Any]], below: Sequence[Sequence[Any]] = ()
) -> Claims:
    """Return the claims of a sheet with lines above and below a small table."""
    (tmp_path / "x").write_bytes(write.xlsx([Page([*above, HEADER, ROW, *below], name="表")]))
    return read_file(tmp_path / "x", "x", shipped()).claims


SENDERS: dict[str, tuple[list[list[Any]], str, str]] = {
    "label and value in one cell": ([["填报单位：东浥区"]], "东浥区", "A1"),
    "a stamp": ([["填报单位（盖章）：东浥区"]], "东浥区", "A1"),
    "a stamp behind the name": ([["填报单位：东浥区（公章）"]], "东浥区", "A1"),
    "blanks in the label": ([["填 报 单 位： 东浥区"]], "东浥区", "A1"),
    "an English colon": ([["报送单位:东浥区"]], "东浥区", "A1"),
    "no colon": ([["填报单位 东浥区"]], "东浥区", "A1"),
    "value in the next cell": ([["填报单位", "东浥区"]], "东浥区", "B1"),
    "value further to the right": ([["填报单位：", None, None, "东浥区"]], "东浥区", "D1"),
    "several labels in one cell": (
        [["填报单位：东浥区    填报人：甲某    电话：13800000000"]],
        "东浥区",
        "A1",
    ),
    "several labels in a line": (
        [["填报人：", "甲某", "填报单位：", "东浥区", "联系电话", 13800000000]],
        "东浥区",
        "D1",
    ),
    "单位 with a stamp": ([["单位（盖章）：东浥区"]], "东浥区", "A1"),
    "below the title": (
        [["2022年5月情况表"], [], [None, None, "上报单位：东浥区"]],
        "东浥区",
        "C3",
    ),
}


@pytest.mark.parametrize("name", SENDERS)
def test_senders(tmp_path: Path, name: str) -> None:
    """The sender is what stands behind its label, with its own cell."""
    above, text, cell = SENDERS[name]
    assert claims(tmp_path, above).senders == ((text, "表", cell),)


def test_a_sender_at_the_bottom(tmp_path: Path) -> None:
    """Lines below the table are read too."""
    found = claims(tmp_path, [], [["填报单位（盖章）：东浥区", None, "填表日期：2022.5.28"]])
    assert found == Claims(
        (("东浥区", "表", "A3"),), (), ((date(2022, 5, 28), "2022.5.28", "表", "C3"),)
    )


def test_no_sender(tmp_path: Path) -> None:
    """A label with nothing behind it, a unit, another label's value and the date of a signature are no senders."""
    assert (
        claims(tmp_path, [["填报单位：", "填报人："], ["单位：人"], ["填报单位："]]).senders == ()
    )
    assert claims(tmp_path, [], [["单位（盖章）", None, "2022年5月30日"]]).senders == ()


MONTHS: dict[str, tuple[list[Any], tuple[int | None, int]]] = {
    "a title": (["2022年5月国有企业退休人员社会化管理进度表"], (2022, 5)),
    "a title with a range": (["2022年1—5月进度表"], (2022, 5)),
    "a title with a day": (["进度表（截至2022年5月31日）"], (2022, 5)),
    "a title without a year": (["5月份进度表"], (None, 5)),
    "a title in words": (["二〇二二年五月进度表"], (2022, 5)),
    "a label": (["统计月份：2022年5月"], (2022, 5)),
    "a label and a cell": (["统计月份", "2022-05"], (2022, 5)),
    "a label and a date": (["报表月份", date(2022, 5, 1)], (2022, 5)),
    "a label and a number": (["统计月份", 202205], (2022, 5)),
    "a label and a bare month": (["统计月份：5"], (None, 5)),
    "a label of a moment": (["统计截止日期：2022年5月31日"], (2022, 5)),
}


@pytest.mark.parametrize("name", MONTHS)
def test_months(tmp_path: Path, name: str) -> None:
    """A title or a label names the month; a label's date is that of filling in and none."""
    line, month = MONTHS[name]
    found = claims(tmp_path, [line, ["填报时间：2022年6月2日"]])
    assert [claim[:2] for claim in found.months] == [month]
    assert [claim[0] for claim in found.dates] == [date(2022, 6, 2)]


@pytest.mark.parametrize(
    "line",
    [
        "请于2022年6月3日前报送",
        "注：6月数据另报",
        "说明：数据来自2021年12月",
        "6月5日之前上报",
        "制表：2月",
    ],
)
def test_other_months(tmp_path: Path, line: str) -> None:
    """A day by which to send, a remark, and what follows another label are not the ledger's month."""
    assert claims(tmp_path, [["2022年5月进度表"], [line]]).months == (
        (2022, 5, "2022年5月进度表", "表", "A1"),
    )
