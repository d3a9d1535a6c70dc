"""Lines that an office may add to 写法.csv, proposed from what a ledger says unrecognised."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from flows.campaign.office_csv import NOTE
from flows.steps.model import Failure, Kind
from schemas.definition import Definition
from schemas.definition_sheets import KIND_NAMES
from schemas.own_spellings import NOT_READ, list_names
from schemas.spellings import header_key, squeeze

ALIKE = 0.5  # from which on a spelling is proposed as it is, and not as a question


@dataclass(frozen=True)
class Proposal:
    """A line of 写法.csv; with more than one meaning it is a question to the office."""

    spelling: str
    meanings: Sequence[str]
    list_name: str

    def __str__(self) -> str:
        buffer = io.StringIO()
        meaning = "或".join(self.meanings)
        csv.writer(buffer, lineterminator="").writerow([self.spelling, meaning, self.list_name])
        return buffer.getvalue() if len(self.meanings) == 1 else f"{NOTE} {buffer.getvalue()}"


def proposals(kind: Kind, failures: Sequence[Failure], definition: Definition) -> list[Proposal]:
    """Return a line for each header and value of a ledger that is not recognised, each once."""
    lines = [*_headers(kind, failures, definition), *_values(failures, definition)]
    return list({(line.list_name, squeeze(line.spelling)): line for line in lines}.values())


def _headers(kind: Kind, failures: Sequence[Failure], definition: Definition) -> Iterator[Proposal]:
    """Yield the unknown headers: as the missing column that is most alike, else as a question."""
    missing = [
        header
        for failure in failures
        if failure.code == "missing-column" and failure.header
        for header in failure.header.split("、")
    ]
    exact = definition.headers(kind).exact.items()
    known = {
        column.header: [text for text, field in exact if field == column.name]
        for column in definition.kinds[kind]
    }
    for failure in failures:
        if failure.code != "unknown-column" or not failure.value:
            continue
        key = header_key(failure.value)
        likeness = {header: _likeness(key, known[header]) for header in missing}
        best = max(likeness, key=likeness.__getitem__, default=NOT_READ)
        meanings = [*missing, NOT_READ]
        if likeness.get(best, 0.0) >= ALIKE:
            meanings = [best]
            missing.remove(best)
        yield Proposal(failure.value, meanings, KIND_NAMES[kind])


def _values(failures: Sequence[Failure], definition: Definition) -> Iterator[Proposal]:
    """Yield the values outside their list: as the option that they contain, else as a question."""
    for failure in failures:
        if failure.code == "not-in-list" and failure.value and failure.header:
            name = list_names(definition)[failure.header]
            options = definition.choices(name).values()
            within = [option for option in options if option in squeeze(failure.value)]
            meanings = within if len(within) == 1 else options
            yield Proposal(failure.value, meanings, failure.header)


def _likeness(key: str, spellings: Sequence[str]) -> float:
    """Return how alike a header is to the most alike of some spellings, from 0 to 1."""
    return max((SequenceMatcher(None, key, text).ratio() for text in spellings), default=0.0)
