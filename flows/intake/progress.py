"""How a run reports its progress to the caller: the command line shows it, a server does not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flows.intake.discovery import LedgerFile
from flows.intake.job import Job

T = TypeVar("T")


class Track(Protocol):
    """A function that passes the parts of a long work on and shows how many are done."""

    def __call__(self, items: Iterable[T], total: int, title: str, /) -> Iterable[T]:
        """Return the items; `total` is how many they are, `title` what the work is called."""


def _ignore(text: str) -> None:
    pass


def _pass_on(items: Iterable[T], total: int, title: str, /) -> Iterable[T]:
    return items


@dataclass(frozen=True)
class ProgressListener:
    """Receives sentences, and the parts of a long work as they are done."""

    notify: Callable[[str], None] = _ignore
    track: Track = _pass_on

    def found(self, job: Job, files: Sequence[LedgerFile], new: Sequence[LedgerFile]) -> None:
        """Report how many files there are, if any, and how many are to be read."""
        if files:
            self.notify(f"{job.month.label}：台账文件 {len(files)} 个，需要读取 {len(new)} 个")

    def each(self, results: Iterable[T], total: int) -> list[T]:
        """Return the results of reading each file, shown one by one as they come."""
        return list(self.track(results, total, "读取台账"))

    def stored(self, job: Job) -> None:
        """Report that the ledgers are in the store."""
        self.notify(f"入库完毕，开始编制{job.month.label}的简报")


SILENT = ProgressListener()
