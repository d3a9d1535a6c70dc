"""Watching a ledger folder: a file counts once it is whole and at rest."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from flows.watch import PAUSE, arrivals, look


def test_new_and_changed_files_arrive_once_at_rest(tmp_path: Path) -> None:
    """What lay there is not new; a file still growing waits; a changed one arrives again; lock files never do."""
    (tmp_path / "旧.xlsx").write_text("old")
    script: list[Callable[[], object]] = [
        lambda: (tmp_path / "新.xlsx").write_text("half"),
        lambda: (tmp_path / "新.xlsx").write_text("half and more"),
        lambda: (tmp_path / "~$新.xlsx").write_text("lock"),
        lambda: None, lambda: None, lambda: None,
        lambda: (tmp_path / "旧.xlsx").write_text("changed"),
        *[lambda: None] * 6,
    ]  # fmt: skip
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        script.pop(0)()

    found = list(islice(arrivals(tmp_path, sleep, rest=2 * PAUSE), 2))
    assert [path.name for path in found] == ["新.xlsx", "旧.xlsx"]
    assert set(slept) == {PAUSE}


def test_files_that_are_none_or_gone(tmp_path: Path) -> None:
    """Lock files, hidden folders and links to nothing are not seen; a file that goes while it waits never arrives."""
    for name in ("~$a.xlsx", ".a.xlsx", "Thumbs.db", ".tmp/a.xlsx", "东浥区/a.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "b.xlsx").symlink_to(tmp_path / "nothing")
    assert list(look(tmp_path)) == [tmp_path / "东浥区" / "a.xlsx"]
    script: list[Callable[[], object]] = [
        lambda: (tmp_path / "half.part").write_text("x"),
        lambda: (tmp_path / "half.part").rename(tmp_path / "c.xlsx"),
        *[lambda: None] * 6,
    ]  # fmt: skip

    def sleep(seconds: float) -> None:
        script.pop(0)()

    found = list(islice(arrivals(tmp_path, sleep, rest=2 * PAUSE), 1))
    assert [path.name for path in found] == ["c.xlsx"]
