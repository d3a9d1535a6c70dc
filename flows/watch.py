"""A watcher of a ledger folder: each new file starts the quality flow once it is complete."""

import argparse
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from flows.commands import console
from flows.intake.locations import may_be_ledger
from flows.steps.months import Month

PAUSE = 2.0  # seconds between two looks at the folder
REST = 10.0  # seconds without a change after which a file is complete


def main() -> None:
    """Watch a folder until the command is stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.watch", description="监视台账文件夹，新文件一到就检查"
    )
    parser.add_argument("folder", type=Path, help="台账文件夹")
    parser.add_argument("--month", required=True, help="月份，如 2022-05")
    parser.add_argument("--campaign", default="", help="活动文件夹")
    parser.add_argument("--outputs", default="outputs", help="输出文件夹")
    given = parser.parse_args()
    try:
        month = Month.parse(given.month)
    except ValueError as error:
        console.complain(str(error))
        sys.exit(2)
    if not given.folder.is_dir():
        console.complain(f"没有文件夹“{given.folder}”。请先建立，或核对文件夹名")
        sys.exit(1)
    console.say(f"正在监视“{given.folder}”，新台账到达后自动检查。按 Ctrl+C 停止。")
    try:
        for path in arrivals(given.folder, time.sleep):
            console.say(f"{path.name}：{_checked(path, month, given.campaign, given.outputs)}")
    except KeyboardInterrupt:
        console.say("已停止。")


def arrivals(folder: Path, sleep: Callable[[float], None], rest: float = REST) -> Iterator[Path]:
    """Yield each file that is added or changed after the start, once it has been at rest."""
    known = look(folder)
    waiting: dict[Path, tuple[tuple[int, int], float]] = {}
    while True:
        now = look(folder)
        for path, state in now.items():
            if known.get(path) == state:
                waiting.pop(path, None)
                continue
            before, waited = waiting.get(path, (state, -PAUSE))
            waiting[path] = (state, waited + PAUSE if before == state else 0.0)
        complete = sorted(path for path, (_, waited) in waiting.items() if waited >= rest)
        for path in complete:
            known = {**known, path: waiting.pop(path)[0]}
            yield path
        known = {path: state for path, state in known.items() if path in now}
        sleep(PAUSE)


def look(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of each file in a folder and its sub-folders that may be a ledger."""
    states: dict[Path, tuple[int, int]] = {}
    for path in folder.rglob("*"):
        with suppress(OSError):  # gone between two looks
            state = path.stat()
            if may_be_ledger(path.relative_to(folder).as_posix()) and stat.S_ISREG(state.st_mode):
                states[path] = (state.st_size, state.st_mtime_ns)
    return states


def _checked(path: Path, month: Month, campaign: str, outputs: str) -> str:
    """Return the message of the quality flow's state for a file."""
    from flows.prefect_support.forms import QualityForm
    from flows.quality import run_quality

    return run_quality(
        QualityForm(month=str(month), ledgers=str(path), campaign=campaign, outputs=outputs)
    )


if __name__ == "__main__":
    main()
