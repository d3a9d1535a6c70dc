"""A run reports its progress to the listener that it was given."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flows.intake.progress import ProgressListener
from tests.support.working import CEMENT, SOUTH, Office


def test_a_run_reports_to_its_listener(tmp_path: Path) -> None:
    """The files in the folder, each ledger as it is read, when all is stored; without a listener nothing."""
    office = Office(tmp_path)
    office.ledger("2022-04", SOUTH, [(CEMENT, (30, 0, 30, 0, 5, 0, 0))])
    reported: list[Any] = []

    def track(items: Iterable[Any], total: int, title: str) -> Iterable[Any]:
        for number, item in enumerate(items, 1):
            reported.append((title, number, total))
            yield item

    office.run("2022-04", listener=ProgressListener(reported.append, track))
    assert reported == [
        "2022年4月：台账文件 1 个，需要读取 1 个",
        ("读取台账", 1, 1),
        "入库完毕，开始编制2022年4月的简报",
    ]
    office.run("2022-04")
    assert len(reported) == 3
