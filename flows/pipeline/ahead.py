"""Documents of a large month, rendered in the worker processes some ahead of the one being written.

A document is made from the month's report alone. A worker gets the report once, as a file, and then
the name of one document after the other.
"""

import multiprocessing
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from flows.intake.worker_pool import Workers, attempt, shared_workers
from flows.intake.worker_process import Lost
from flows.steps.compose.papers import paper_of
from flows.steps.compose.planning import PlannedDocument
from flows.steps.model import Report
from flows.steps.render import Renderer

MANY = 100  # documents, from which the workers' own start is worth while
AHEAD = 16  # documents asked for beyond the one that is written


@dataclass(frozen=True)
class Order:
    """A document to be rendered in a worker: its report's file, the folders of templates."""

    report: str
    folders: Sequence[Path]
    planned: PlannedDocument
    corrected: str


@dataclass
class Ahead:
    """Renders documents in a pool of workers, in the order in which they are planned."""

    report: str
    folders: Sequence[Path]
    workers: Workers
    _orders: list[Order] = field(default_factory=list)
    _asked: dict[int, "Future[bytes | Lost]"] = field(default_factory=dict)

    def planned(
        self, planned: PlannedDocument, corrected: str, make: Callable[[], bytes]
    ) -> Callable[[], bytes]:
        """Return what gives a document's bytes; `make` makes them in this process.

        That is how a document is made that needs more than the report: one with a number, which the
        store gives, or of another kind.
        """
        if planned.line.kind != "figures" or planned.line.series:
            return make
        self._orders.append(Order(self.report, self.folders, planned, corrected))
        return partial(self._made, len(self._orders) - 1, make)

    def _made(self, number: int, make: Callable[[], bytes]) -> bytes:
        for each in range(number, min(number + AHEAD, len(self._orders))):
            if each not in self._asked:
                asked = self.workers.start(_attempted, self._orders[each])
                self._asked[each] = asked
        result = self._asked[number].result()
        self._asked[number] = Future()  # its bytes are needed no more
        return make() if isinstance(result, Lost) else result


@contextmanager
def rendering_ahead(
    report: Report, documents: int, folders: Sequence[Path]
) -> Iterator[Ahead | None]:
    """Give what renders so many documents in workers, None if this process is as quick.

    A process that may have no children, such as a Dask worker, renders them itself.
    """
    alone = multiprocessing.current_process().daemon or (os.cpu_count() or 1) < 2
    if alone or documents < MANY:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bulletin-report-") as folder:
        path = Path(folder) / "report"
        path.write_bytes(pickle.dumps(report))
        yield Ahead(str(path), tuple(folders), shared_workers())


def _attempted(order: Order) -> bytes | Lost:
    return attempt(rendered, order)


def rendered(order: Order) -> bytes:
    """Return a document rendered in a worker; raises UserError."""
    paper = paper_of(_report_at(order.report), order.planned, "", order.corrected)
    return _renderer(tuple(order.folders)).render(paper)


@lru_cache(maxsize=1)
def _report_at(path: str) -> Report:
    report: Report = pickle.loads(Path(path).read_bytes())  # noqa: S301  (written by this program)
    return report


@lru_cache(maxsize=1)
def _renderer(folders: tuple[Path, ...]) -> Renderer:
    return Renderer(folders)
