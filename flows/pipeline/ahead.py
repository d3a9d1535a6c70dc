"""Documents of a large month, rendered in the worker processes some ahead of the one being written.

A document is made from the month's report, or is a receipt. A worker gets the report and the
receipts once, as a file, and then the names of some documents after the other.
"""

import multiprocessing
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from flows.intake.forkserver import own_prefix
from flows.intake.worker_pool import Workers, attempt, shared_workers
from flows.intake.worker_process import Lost
from flows.pipeline.receipts import receipt_paper
from flows.steps.compose.papers import paper_of
from flows.steps.compose.planning import PlannedDocument
from flows.steps.model import Paper, Receipt, Report, UserError
from flows.steps.render import Renderer

MANY = 100  # documents, from which the workers' own start is worth while
# Documents rendered in one call. A worker is replaced after some calls, and a new one has to read
# the report, which of a large month takes longer than a hundred documents.
BATCH = 50
# Batches asked for beyond the one that is written: as many documents as are rendered while this
# process makes the city's own, and no more of them than a few ten megabytes.
AHEAD = 30

Document = tuple[PlannedDocument, str]  # with its mark as a corrected one
Result = bytes | UserError


@dataclass(frozen=True)
class Order:
    """Documents to be rendered in a worker: the file of what they say, the folders of templates."""

    contents: str
    folders: Sequence[Path]
    documents: Sequence[Document]


@dataclass
class Ahead:
    """Renders documents in a pool of workers, in the order in which they are planned."""

    contents: str
    folders: Sequence[Path]
    workers: Workers
    _documents: list[Document] = field(default_factory=list)
    _asked: dict[int, "Future[list[Result] | Lost]"] = field(default_factory=dict)

    def planned(
        self, planned: PlannedDocument, corrected: str, make: Callable[[], bytes]
    ) -> Callable[[], bytes]:
        """Return what gives a document's bytes; `make` makes them in this process.

        That is how a document is made that needs more than the report: one with a number, which the
        store gives, or of another kind; and the city's few, which of a large city take longer than
        a worker is given.
        """
        line = planned.line
        alone = line.kind not in ("figures", "receipt") or line.subject == "city"
        if alone or line.series:
            return make
        self._documents.append((planned, corrected))
        return partial(self._made, len(self._documents) - 1, make)

    def ask(self, batch: int = 0) -> None:
        """Have a batch and those after it rendered, once all documents are planned."""
        for each in range(batch, batch + AHEAD + 1):
            if each in self._asked:
                continue
            documents = self._documents[each * BATCH : (each + 1) * BATCH]
            if documents:
                order = Order(self.contents, self.folders, documents)
                asked = self.workers.start(_attempted, order)
                self._asked[each] = asked

    def _made(self, number: int, make: Callable[[], bytes]) -> bytes:
        batch, place = divmod(number, BATCH)
        self.ask(batch)
        self._asked.pop(batch - 1, None)  # its bytes are needed no more
        results = self._asked[batch].result()
        result = make() if isinstance(results, Lost) else results[place]
        if isinstance(result, UserError):
            raise result
        return result


@contextmanager
def rendering_ahead(
    report: Report, receipts: Mapping[str, Receipt], folders: Sequence[Path]
) -> Iterator[Ahead | None]:
    """Give what renders a month's documents in workers, None if this process is as quick.

    A process that may have no children, such as a Dask worker, renders them itself.
    """
    subjects = len(report.figures.counties) + len(report.figures.enterprises)
    alone = multiprocessing.current_process().daemon or (os.cpu_count() or 1) < 2
    if alone or subjects + len(receipts) < MANY:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix=own_prefix()) as folder:
        path = Path(folder) / "contents"
        path.write_bytes(pickle.dumps((report, receipts)))
        yield Ahead(str(path), tuple(folders), shared_workers())


def _attempted(order: Order) -> list[Result] | Lost:
    return attempt(rendered, order)


def rendered(order: Order) -> list[Result]:
    """Return documents rendered in a worker, and what is said of those that cannot be."""
    renderer = _renderer(tuple(order.folders))
    results: list[Result] = []
    for planned, corrected in order.documents:
        try:
            results.append(renderer.render(_paper(order.contents, planned, corrected)))
        except UserError as error:
            results.append(error)
    return results


def _paper(contents: str, planned: PlannedDocument, corrected: str) -> Paper:
    report, receipts = _contents_at(contents)
    if planned.line.kind == "receipt":
        return receipt_paper(planned, receipts[planned.name])
    return paper_of(report, planned, "", corrected)


@lru_cache(maxsize=1)
def _contents_at(path: str) -> tuple[Report, Mapping[str, Receipt]]:
    contents: tuple[Report, Mapping[str, Receipt]]
    contents = pickle.loads(Path(path).read_bytes())  # noqa: S301  (written by this program)
    return contents


@lru_cache(maxsize=1)
def _renderer(folders: tuple[Path, ...]) -> Renderer:
    return Renderer(folders)
