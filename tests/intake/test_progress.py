"""A run tells whoever follows it how it gets on, and nobody else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flows.intake.progress import ProgressListener, followed_by
from tests.support.working import CEMENT, SOUTH, Office


def test_a_run_tells_its_follower(tmp_path: Path) -> None:
    """What is found, each ledger as it is read, when all is stored; a run outside the block tells nothing."""
    office = Office(tmp_path)
    office.ledger("2022-04", SOUTH, [(CEMENT, (30, 0, 30, 0, 5, 0, 0))])
    told: list[Any] = []

    def track(items: Iterable[Any], total: int, title: str) -> Iterable[Any]:
        for number, item in enumerate(items, 1):
            told.append((title, number, total))
            yield item

    with followed_by(ProgressListener(told.append, track)):
        office.run("2022-04")
    assert told == [
        "2022年4月：台账文件 1 个，需要读取 1 个",
        ("读取台账", 1, 1),
        "入库完毕，开始编制2022年4月的简报",
    ]
    office.run("2022-04")
    assert len(told) == 3
