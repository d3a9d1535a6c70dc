"""Which documents a month has by 文书.csv: for whom each is, and its path in the month's folder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from flows.steps.compose.facts import facts_of
from flows.steps.compose.scopes import unit_of
from flows.steps.compose.target_fields import light_of, scores_by_county
from flows.steps.files import safe_name
from flows.steps.model import Report
from flows.steps.months import Month
from flows.steps.returned import to_return, with_receipts
from flows.steps.supervision import notices
from schemas.columns import Level
from schemas.documents import (
    IN_NAMES,
    LIGHTS,
    PAPERS,
    PLACES,
    REPLY_FORM,
    DocumentLine,
    Occasion,
    Subject,
)

# Whose figures a document speaks of.
LEVELS: Mapping[Subject, Level] = {
    "city": "city",
    "county": "county",
    "enterprise": "enterprise",
    "sender": "city",
    "item": "city",
}
_VERDICTS: Mapping[Occasion, tuple[str, ...]] = {
    "accepted": ("accepted",),
    "returned": ("returned", "unreadable", "partly"),
    "held": ("held",),
    "missing": ("missing",),
}


@dataclass(frozen=True)
class PlannedDocument:
    """A document: its line in 文书.csv, whom it is about, its path in the month's folder."""

    line: DocumentLine
    name: str
    path: str

    @property
    def form(self) -> str:
        """Return the path of the form for the reply to it."""
        return f"{self.path.rpartition('.')[0]}{REPLY_FORM}.xlsx"


def documents_due(report: Report) -> Iterator[PlannedDocument]:
    """Yield the documents that a month has by itself, in the order of the table."""
    for line in report.campaign.documents:
        planned = documents_of(report, line)
        due = frozenset(_due(report, line, [each.name for each in planned]))
        yield from (each for each in planned if each.name in due)


def documents_of(report: Report, line: DocumentLine) -> list[PlannedDocument]:
    """Return a document for each whom it can be about in a month."""
    return planned_for(line, all_names(report, line), report.month)


def planned_for(line: DocumentLine, names: Iterable[str], month: Month) -> list[PlannedDocument]:
    """Return a document for each of some names; no two of them have the same path."""
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        path = paths[name] = _path(line, name, month, taken)
        taken.add(path.casefold())
    return [PlannedDocument(line, name, path) for name, path in paths.items()]


def all_names(report: Report, line: DocumentLine) -> list[str]:
    """Return the names of all that a document can be about."""
    if line.kind == "notice":
        return list(to_return(report.live))
    if line.kind == "receipt":
        return with_receipts(report.live)
    if line.kind == "supervision":
        return [notice.unit for notice in notices(report)]
    if line.subject == "sender":
        return [sender.name for sender in report.campaign.senders]
    return [entry.name for entry in report.figures.of_level(LEVELS[line.subject])]


def _due(report: Report, line: DocumentLine, names: list[str]) -> list[str]:
    """Return those of the names whom the month's document is about, none if it is not due."""
    occasion = line.occasion
    if occasion == "hand" or (occasion == "last" and not _is_last(report)):
        return []
    if line.kind != "figures" or occasion in ("month", "last"):
        return names
    if occasion == "scored":
        return names if facts_of(report).once(scores_by_county) else []
    if occasion in LIGHTS:
        return _lit(report, line, occasion)
    verdicts = _VERDICTS[occasion]
    concerned = {row.sender for row in report.figures.coverage if row.verdict in verdicts}
    if line.subject == "sender":
        return [name for name in names if name in concerned]
    return names if concerned else []


def _lit(report: Report, line: DocumentLine, occasion: Occasion) -> list[str]:
    """Return the names whose worst light is the one that a document is for."""
    facts = facts_of(report)
    entries = report.figures.of_level(LEVELS[line.subject])
    return [entry.name for entry in entries if light_of(unit_of(facts, entry)) == occasion]


def _is_last(report: Report) -> bool:
    return Month.of(report.campaign.settings.deadlines.acceptance) == report.month


def _path(line: DocumentLine, name: str, month: Month, taken: set[str]) -> str:
    """Return a document's path: its own file name, or one made of its name and its subject's."""
    parts = dict(zip(IN_NAMES, (name, month.label, line.name), strict=True))
    plain = line.name if line.subject == "city" else f"{line.name}（{name}）"
    stem = line.file_name or plain
    for key, text in parts.items():
        stem = stem.replace(f"{{{key}}}", text)
    suffix = PurePosixPath(line.template).suffix
    stem = safe_name(stem.removesuffix(suffix))
    folder, number = _folder(line, name), 1
    path = f"{folder}/{stem}{suffix}"
    while path.casefold() in taken:
        number += 1
        path = f"{folder}/{stem}（{number}）{suffix}"
    return path


def _folder(line: DocumentLine, name: str) -> str:
    """Return the folder of a document in the month's."""
    place = PLACES.get(line.name)
    if place is None:
        return f"{PAPERS}/{safe_name(line.name)}"
    return place.replace(f"{{{IN_NAMES[0]}}}", safe_name(name))
