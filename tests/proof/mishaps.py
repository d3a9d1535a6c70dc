"""What else happens to a month: ledgers that change while they are read, folders that cannot be written, clocks, company.

The next run has to leave what an undisturbed one leaves.
"""

import ctypes
import datetime as times
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flows.demo.books import PLAIN, Sheet, write_xlsx
from tests.proof import children, offices
from tests.proof.lines import Line, Size, line_of
from tests.support.retirees import COUNTS
from tests.support.working import CHEMICALS, WEST

_CAPABILITIES = 0x20080522  # the version of Linux's interface
_DOCUMENTS = ("bulletins/", "figures.json")
BUSY = "正在由另一个任务编制"
WAITING = (
    ("issue", offices.MONTH, "--yes"),
    ("store", "forget", "--before", "2022-06"),
)
Change = Callable[[Path], object]


def lines(work: Path, *, size: Size) -> Iterator[Line]:
    """Yield a line for each kind of mishap."""
    new = work / "new"
    children.done(lambda: offices.new_office(new) and None, work)
    undisturbed = offices.copied(new, work / "undisturbed")
    wanted = _outcome_of_run(undisturbed)
    corrected = offices.copied(undisturbed, work / "corrected")
    children.done(lambda: offices.edit_and_correct(corrected), work)
    yield line_of("a ledger replaced, cut short or removed while it is read: the next run is right",
                  (_changed_while_read(new, work, name) for name in CHANGES))  # fmt: skip
    yield line_of("a folder that cannot be written: a Chinese sentence, then the next run is right",
                  (_refused(new, work, wanted, name) for name in ("outputs", "campaign/store", "campaign", ".")))  # fmt: skip
    yield line_of("a clock set back by an hour, a day, a year between two runs: the same bytes",
                  (_clock_set_back(corrected, work, hours) for hours in (1, 24, 24 * 365)))  # fmt: skip
    yield line_of("two and three runs of a month at once: each ends, the same bytes",
                  (_at_once(new, work, wanted, count) for count in (2, 3)))  # fmt: skip
    yield line_of("a command that finds a month being made says so and waits: `issue`, `store forget`",
                  (_waits(undisturbed, work, words) for words in WAITING))  # fmt: skip
    moments = [0.3 * i for i in range(1, 30)] if size == "long" else [1.5, 3.0, 5.0]
    yield line_of("the whole command killed with its workers: the next run is right and leaves no temporary file",
                  (_killed_whole(new, work, wanted, seconds) for seconds in moments))  # fmt: skip


def _run(*more: str) -> Callable[[], Any]:
    return lambda: children.command(*offices.RUN, *more)


def _outcome_of_run(folder: Path) -> Mapping[str, Any]:
    ended = children.done(_run(), folder)
    if ended.code not in (0, 3):
        raise RuntimeError(f"the month cannot be made: {ended.said}")
    outcome: Mapping[str, Any] = children.done(lambda: offices.outcome(folder), folder).value
    return outcome


def _replace(path: Path) -> None:
    row = {"county": WEST, "enterprise": CHEMICALS, "affiliation": "中央"}
    row |= dict(zip(COUNTS, (70, 41, 70, 31, 10, 6, 9), strict=True))  # type: ignore[arg-type]  # numbers among texts
    above = [[f"填报单位：{WEST}", None, None, "统计月份：2022年5月"]]
    write_xlsx(path, [Sheet("progress", "", PLAIN, [row], [*PLAIN], above, name="进度")])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _restore_later(path: Path) -> None:
    path.write_bytes(b"")


CHANGES: Mapping[str, Change] = {
    "replaced": _replace,
    "cut short": _cut,
    "removed": Path.unlink,
    "emptied": _restore_later,
}


def _changed_while_read(new: Path, work: Path, name: str) -> str | None:
    """Change a ledger after the run has taken stock of it; then compare with a month that began so."""
    folder = offices.copied(new, work / f"{name} while read")
    place = Path("ledgers", offices.MONTH, WEST, "台账.xlsx")
    first = children.done(lambda: _run_changing(place, CHANGES[name]), folder)
    if first.code not in (0, 1, 3) or "Traceback" in first.said:
        return f"{name}: it ended with {first.code}: {first.said[-600:]}"
    if name == "cut short":  # the rest of it arrives
        (folder / place).write_bytes((new / place).read_bytes())
    again = children.done(_run(), folder)
    fresh = offices.copied(new, work / f"{name} before")
    if name != "cut short":
        CHANGES[name](fresh / place)
    _outcome_of_run(fresh)
    if again.code not in (0, 3):
        return f"{name}: the next run ended with {again.code}: {again.said[-600:]}"
    return _same_documents(name, folder, fresh)


def _run_changing(place: Path, change: Change) -> tuple[int, None]:
    from flows.intake import staging

    examine: Callable[..., Any] = vars(staging)["examine"]

    def changed(file: Any, *more: Any) -> Any:
        if file.place.endswith(str(place)):
            change(place)
        return examine(file, *more)

    staging.examine = changed  # type: ignore[assignment,attr-defined]  # replaced for the test
    return children.command(*offices.RUN)


def _same_documents(label: str, one: Path, other: Path) -> str | None:
    """Return in which bulletins or figures two months differ."""
    found = [offices.digests(folder / "outputs" / offices.MONTH) for folder in (one, other)]
    documents = [{k: v for k, v in each.items() if k.startswith(_DOCUMENTS)} for each in found]
    differs = offices.difference({"documents": documents[0]}, {"documents": documents[1]})
    return f"{label}: {differs}" if differs else None


def _refused(new: Path, work: Path, wanted: Mapping[str, Any], name: str) -> str | None:
    """Run as somebody who may not write in a folder, then as its owner."""
    folder = offices.copied(new, work / f"read-only {name.replace('/', '-')}")
    (folder / "outputs").mkdir(exist_ok=True)
    (folder / "campaign" / "store").mkdir(exist_ok=True)
    temporary = work / f"temporary of {name.replace('/', '-')}"
    temporary.mkdir()
    refused = folder / name
    modes = [(path, path.stat().st_mode) for path in [refused, *refused.rglob("*")] if path.is_dir()]  # fmt: skip
    for path, mode in modes:
        path.chmod(mode & ~0o222)
    first = children.done(_without_privileges, folder, temporary)
    for path, mode in modes:
        path.chmod(mode | 0o700)
    if first.code != 1 or "Traceback" in first.said or not _is_chinese(first.said):
        return f"{name}: it ended with {first.code}: {first.said[-600:]}"
    ended = children.done(_run(), folder)
    got = children.done(lambda: offices.outcome(folder), folder).value
    if ended.code not in (0, 3) or got is None:
        return f"{name}: the next run ended with {ended.code}: {ended.said[-600:]}"
    return offices.difference(got, wanted)


def _without_privileges() -> tuple[int, None]:
    """Run as a user whom the modes of files bind, which they do not bind the system's first one."""
    header = struct.pack("Ii", _CAPABILITIES, 0)
    ctypes.CDLL(None).capset(header, struct.pack("6I", *[0] * 6))
    return children.command(*offices.RUN)


def _is_chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


def _clock_set_back(corrected: Path, work: Path, hours: int) -> str | None:
    """Run a month that a corrected ledger came in for, with a right clock and one that has gone back."""
    found = []
    for label, back in (("right", 0), ("back", hours)):
        folder = offices.copied(corrected, work / f"clock {label} {hours}")
        ended = children.done(partial(_run_earlier, back), folder)
        if ended.code not in (0, 3):
            return f"{hours} hours: it ended with {ended.code}: {ended.said[-600:]}"
        found.append(children.done(partial(offices.outcome, folder), folder).value)
    differs = offices.difference(found[0], found[1])
    return f"{hours} hours: {differs}" if differs else None


def _run_earlier(hours: int) -> tuple[int, None]:
    class Earlier(times.datetime):
        @classmethod
        def now(cls, tz: times.tzinfo | None = None) -> "Earlier":
            then = times.datetime.now(tz) - times.timedelta(hours=hours)
            return cls.fromtimestamp(then.timestamp(), tz)

    for name, module in list(sys.modules.items()):
        if name.startswith("flows.") and getattr(module, "datetime", None) is times.datetime:
            module.datetime = Earlier  # type: ignore[attr-defined]  # replaced for the test
    return children.command(*offices.RUN)


def _at_once(new: Path, work: Path, wanted: Mapping[str, Any], count: int) -> str | None:
    """Start several runs of a month together."""
    folder, temporary = offices.copied(new, work / f"{count} at once"), work / f"{count} temporary"
    temporary.mkdir()
    started = [children.start(_run(), folder, temporary) for _ in range(count)]
    ended = [child.ended() for child in started]
    if wrong := [e for e in ended if e.code not in (0, 3)]:
        return f"{count} at once: {wrong[0].code}: {wrong[0].said[-600:]}"
    got = children.done(lambda: offices.outcome(folder), folder).value
    left = offices.left_over(folder, temporary)
    return offices.difference(got, wanted) or (f"left over {left}" if left else None)


def _waits(made: Path, work: Path, words: Sequence[str]) -> str | None:
    """Call a command while the month is held; compare what it leaves with what it leaves when it is free."""
    label, free = " ".join(words), offices.copied(made, work / f"free for {words[1]}")
    children.done(lambda: children.command(*words), free)
    folder = offices.copied(made, work / f"held for {words[1]}")
    before = children.done(lambda: offices.outcome(folder), folder).value
    holding, go_on = folder / "holding", folder / "go on"
    holder = children.start(lambda: _hold(folder, holding, go_on), folder)
    while not holding.exists():
        time.sleep(0.01)
    waiting = children.start(lambda: children.command(*words), folder)
    time.sleep(2)
    during = children.done(lambda: offices.outcome(folder), folder).value
    go_on.touch()
    holder.ended()
    ended = waiting.ended()
    if ended.code or BUSY not in ended.said or during != before:
        return f"{label}: it ended with {ended.code}: {ended.said[-600:]}"
    after = [children.done(partial(offices.outcome, each), each).value for each in (free, folder)]
    differs = offices.difference(after[0], after[1])
    return f"{label}: {differs}" if differs else None


def _hold(folder: Path, holding: Path, go_on: Path) -> None:
    from flows.intake.lock import month_lock
    from flows.steps.store import Store

    with month_lock(Store(str(folder / "campaign" / "store")), offices.MONTH, lambda _: None):
        holding.touch()
        while not go_on.exists():
            time.sleep(0.01)


def _killed_whole(new: Path, work: Path, wanted: Mapping[str, Any], seconds: float) -> str | None:
    """Kill a command, as it is called, after some seconds; the next one clears what is left of it."""
    folder, temporary = offices.copied(new, work / f"killed {seconds}"), work / f"temporary {seconds}"  # fmt: skip
    temporary.mkdir()
    process = _started(folder, temporary)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    again = _started(folder, temporary)
    said = again.communicate()[0].decode()
    if again.returncode not in (0, 3):
        return f"killed after {seconds} s: the next ended with {again.returncode}: {said[-600:]}"
    got = children.done(lambda: offices.outcome(folder), folder).value
    left = offices.left_over(folder, temporary)
    return offices.difference(got, wanted) or (f"left over {left}" if left else None)


def _started(folder: Path, temporary: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "flows.cli", *offices.RUN]
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])}  # fmt: skip
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
