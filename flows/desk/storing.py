"""What was confirmed goes into the store: soon, together, after those who wait for a verdict."""

import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flows.desk.batches import Batch, Batches
from flows.intake.job import Job
from flows.intake.lock import month_lock
from flows.intake.worker_pool import stage_apart
from flows.pipeline.run import take_in
from flows.steps.months import Month

PUT_OFF = 20.0  # seconds at most that storing waits for the verdicts that senders wait for


@dataclass(frozen=True)
class Wanted:
    """Ledgers of a month to be stored, or looked at again: their names inside its folder."""

    month: Month
    names: Collection[str]
    batch: Batch | None = None


class Intake:
    """Stores confirmed ledgers in a thread of its own, in the order in which they came."""

    def __init__(self, batches: Batches, job_of: Callable[[Month], Job]) -> None:
        self._batches, self._job_of = batches, job_of
        self._changed = threading.Condition()
        self._waiting: list[Wanted] = []
        self._asked, self._done = 0, 0  # how many were asked for so far, and how many are done
        self._examining, self._joining = 0, 0
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, batch: Batch) -> None:
        """Store a confirmed batch."""
        self._ask(Wanted(Month.parse(batch.month), frozenset(batch.stored), batch))

    def look_again(self, month: Month, names: Collection[str]) -> None:
        """Look at stored ledgers again."""
        self._ask(Wanted(month, frozenset(names)))

    def join(self) -> None:
        """Wait for all that was asked for so far."""
        with self._changed:
            until = self._asked
            self._joining += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._done >= until)
            self._joining -= 1

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Let storing wait during the block, unless somebody waits for it: somebody is answered."""
        with self._changed:
            self._examining += 1
        try:
            yield
        finally:
            with self._changed:
                self._examining -= 1
                self._changed.notify_all()

    def _ask(self, wanted: Wanted) -> None:
        with self._changed:
            self._waiting.append(wanted)
            self._asked += 1
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            taken = self._taken()
            try:
                self._store(taken[0].month, taken)
            finally:
                with self._changed:
                    self._done += len(taken)
                    self._changed.notify_all()

    def _taken(self) -> list[Wanted]:
        """Return what is stored next, once something waits and the moment is right."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            self._changed.wait_for(lambda: self._joining or not self._examining, PUT_OFF)
            together = _together(self._waiting)
            taken, self._waiting = self._waiting[:together], self._waiting[together:]
            return taken

    def _store(self, month: Month, taken: Sequence[Wanted]) -> None:
        names = {name for wanted in taken for name in wanted.names}
        try:
            job = self._job_of(month)
            with month_lock(job.store, str(month), lambda _: None):
                take_in(job, names, stage_apart)
            for wanted in taken:
                if wanted.batch is not None:
                    self._batches.update(replace(wanted.batch, done=True))
        except Exception:  # noqa: BLE001  (the next run stores it; the thread must go on)
            traceback.print_exc()


def _together(waiting: Sequence[Wanted]) -> int:
    """Return how many of those that wait are stored at once: different senders' of one month.

    Of two ledgers of one sender that are judged together neither is the newer.
    """
    senders: set[str] = set()
    for number, wanted in enumerate(waiting):
        sender = wanted.batch.sender if wanted.batch is not None else ""
        if not sender or sender in senders or wanted.month != waiting[0].month:
            return max(number, 1)
        senders.add(sender)
    return len(waiting)
