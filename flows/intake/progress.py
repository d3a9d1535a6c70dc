"""Who follows a run while it is made: the command line, which shows how it gets on, or nobody, as on a server."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job


def _plain(items: Iterable[Any], total: int, title: str) -> Iterable[Any]:
    return items


@dataclass(frozen=True)
class ProgressListener:
    """Takes lines, and the parts of a long work as they are done: these, how many they are, what they are called."""

    tell: Callable[[str], None] = lambda text: None
    track: Callable[[Iterable[Any], int, str], Iterable[Any]] = _plain

    def found(self, job: Job, files: Sequence[LedgerFile], new: Sequence[LedgerFile]) -> None:
        """Tell how many files there are and how many are to be read; where there are none, others tell what that means."""
        if files:
            self.tell(f"{job.month.label}：台账文件 {len(files)} 个，需要读取 {len(new)} 个")

    def each(self, results: Iterable[Any], total: int) -> list[Any]:
        """Return the results of reading each file, shown one by one as they come."""
        return list(self.track(results, total, "读取台账"))

    def stored(self, job: Job) -> None:
        """Tell that the ledgers are in the store."""
        self.tell(f"入库完毕，开始编制{job.month.label}的简报")


_FOLLOWER: ContextVar[ProgressListener] = ContextVar(
    "follower",
    default=ProgressListener(),  # noqa: B039  (it is frozen)
)


def follower() -> ProgressListener:
    """Return who follows the run that is under way here."""
    return _FOLLOWER.get()


@contextmanager
def followed_by(one: ProgressListener) -> Iterator[None]:
    """Let somebody follow the runs that are made in this block."""
    token = _FOLLOWER.set(one)
    try:
        yield
    finally:
        _FOLLOWER.reset(token)
