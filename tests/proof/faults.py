"""Commands that are killed, told to end or left without disk space at their n-th write.

The next run of the same command has to finish, leave what an undisturbed one leaves, byte for byte,
and nothing in the staging area or among temporary files.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.proof import children, offices, page
from tests.proof.interruptions import End, Writes
from tests.proof.lines import Line, Size, line_of, spread

NOTHING_NEW = "没有新的草稿"  # said of a month that is issued already


@dataclass(frozen=True)
class Scene:
    """A command, or another piece of work, the folder that it begins with, and at how many of its writes it is ended (None: at each)."""

    name: str
    beginning: str
    work: Callable[[], tuple[int, None]]
    tried: int | None


def _command(*words: str) -> Callable[[], tuple[int, None]]:
    return lambda: children.command(*words)


SCENES = (
    Scene("`run`", "new", _command(*offices.RUN), 24),
    Scene("`run` again", "corrected", _command(*offices.RUN), 20),
    Scene("`issue`", "made", _command("issue", offices.MONTH, "--yes"), None),
    Scene("`store tidy`", "made twice", _command("store", "tidy"), None),
    Scene("`store forget`", "made twice", _command("store", "forget", "--before", "2022-06"), None),
    Scene("`check`", "made", _command("check", f"ledgers/{offices.MONTH}", "--month", offices.MONTH, "--issued", "2022-06-02"), None),
    Scene("the page (a ledger reported, the month made)", "on the page", page.visited, 24),
)  # fmt: skip
ENDS: Sequence[End] = ("kill", "full", "term")


def beginnings(folder: Path) -> dict[str, Path]:
    """Return the folders that scenes begin with, by name."""
    new = folder / "new"
    children.done(lambda: offices.new_office(new) and None, folder)
    made = offices.copied(new, folder / "made")
    _run(made)
    corrected = offices.copied(made, folder / "corrected")
    children.done(lambda: offices.edit_and_correct(corrected), folder)
    twice = offices.copied(corrected, folder / "made twice")
    _run(twice)
    reported = page.beginning(new, folder / "on the page")
    return {path.name: path for path in (new, made, corrected, twice, reported)}


def _run(folder: Path) -> None:
    ended = children.done(lambda: children.command(*offices.RUN), folder)
    if ended.code not in (0, 3):
        raise RuntimeError(f"the beginning cannot be made: {ended.code} {ended.said}")


def lines(work: Path, *, size: Size) -> Iterator[Line]:
    """Yield a line for each command that was disturbed."""
    folders = beginnings(work)
    for scene in SCENES[1:4] if size == "short" else SCENES:
        yield _line(scene, folders[scene.beginning], work, size=size)


def _line(scene: Scene, beginning: Path, work: Path, *, size: Size) -> Line:
    place = offices.copied(beginning, work / f"{scene.name} undisturbed")
    undisturbed = children.done(lambda: _counted(scene, place, "kill", 0), place)
    if undisturbed.value is None:
        raise RuntimeError(f"{scene.name} fails undisturbed: {undisturbed.said}")
    wanted = children.done(lambda: offices.outcome(place), place).value
    most = {"short": 3, "usual": scene.tried, "long": None}[size]
    points = spread(undisturbed.value, most)
    promise = f"{scene.name} ended at one of its {undisturbed.value} writes ({', '.join(ENDS)})"
    cases = [(end, at) for at in points for end in ENDS]
    if size != "long":  # each point in one way, in turn
        cases = [(ENDS[i % 2 if i % 5 else 2], at) for i, at in enumerate(points)]
    return line_of(promise, (_tried(scene, beginning, work, case, wanted) for case in cases))


def _counted(scene: Scene, folder: Path, end: End, at: int) -> tuple[int, int]:
    """Carry out a command whose writes are counted; return its exit code and their number."""
    writes = Writes(folder, end, at)
    writes.begin()
    code, _ = scene.work()
    return code, writes.count


def _tried(
    scene: Scene, beginning: Path, work: Path, case: tuple[End, int], wanted: Any
) -> str | None:
    """Return what is wrong after a command was disturbed and carried out again, None if nothing is."""
    end, at = case
    label = f"{scene.name.strip('`')}, {end} at {at}"
    folder = offices.copied(beginning, work / label / "office")
    temporary = work / label / "temporary"
    temporary.mkdir()
    first = children.done(lambda: _counted(scene, folder, end, at), folder, temporary)
    if wrong := _ended_badly(first, end):
        return f"{label}: {wrong}"
    again = children.done(scene.work, folder, temporary)
    if again.code not in (0, 3) and NOTHING_NEW not in again.said:
        return f"{label}: the next one ended with {again.code}: {again.said[-500:]}"
    got = children.done(lambda: offices.outcome(folder), folder)
    if got.value is None:
        return f"{label}: {got.said[-500:]}"
    if differs := offices.difference(got.value, wanted):
        return f"{label}: {differs}"
    left = offices.left_over(folder, temporary)
    return f"{label}: left over {left}" if left else None


def _ended_badly(ended: children.Ended, end: End) -> str | None:
    """Return how a disturbed command ended otherwise than it may."""
    expected = {
        "kill": (-signal.SIGKILL,),
        "term": (-signal.SIGTERM, 1, 130, 143),
        "full": (0, 1, 3),
    }[end]
    if ended.code not in expected or "Traceback" in ended.said:
        return f"it ended with {ended.code}: {ended.said[-700:]}"
    return None
