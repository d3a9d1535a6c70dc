"""Ledgers as the store has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from flows.steps.model.events import Event
from flows.steps.model.ledgers import Table
from schemas.columns import Kind, Verdict
from schemas.spellings import squeeze


@dataclass(frozen=True)
class Submission:
    """A ledger as the store has it: one record of one content, checked under one set of rules.

    `content` names the ledger by its bytes and kind; a later record of the same content replaces an
    earlier one. `first_run` is the number of the run in which the content first came in: of two
    with rows in common the later one supersedes the earlier, two of one run are submitted twice.
    `supersedes` lists the contents that this one takes the place of, `duplicates` those that it was
    submitted twice with.
    """

    id: str
    month: str
    content: str
    file: str
    sha256: str
    kind: Kind | None
    sender: str | None
    likely: str | None
    verdict: Verdict
    read: int
    rejected: int
    context: str
    base: tuple[str, ...]
    issued: date
    run: int
    first_run: int
    recorded_at: datetime
    supersedes: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def counts(self) -> bool:
        """Return whether its good rows may count."""
        return self.verdict in ("accepted", "partly")


@dataclass(frozen=True)
class SubmissionHistory:
    """The submissions of some months: the newest record of each content, and what it supersedes.

    `by_month` maps a month (2022-05) to its submissions in the order of arrival, `superseded` maps
    a content to the submission that took its place; `version` is the store's that was read;
    `events` are the decisions about ledgers, oldest first, `first_days` the day of issue of the run
    in which a month's content first came in.
    """

    by_month: Mapping[str, Sequence[Submission]]
    superseded: Mapping[str, Mapping[str, Submission]]
    version: int = -1
    events: Sequence[Event] = ()
    first_days: Mapping[tuple[str, str], date] = field(default_factory=dict)

    @cached_property
    def _live(self) -> dict[str, Sequence[Submission]]:
        return {}

    @cached_property
    def _by_sender(self) -> dict[str, dict[str, list[int]]]:
        """Return the places of live submissions, by month and squeezed sender, as they are found.

        Thousands of senders are each asked about.
        """
        return {}

    def of(self, month: str) -> Sequence[Submission]:
        """Return a month's submissions, superseded ones too."""
        return self.by_month.get(month, ())

    def day_received(self, submission: Submission) -> date:
        """Return the day on which a submission's content came in, however often it was checked."""
        key = submission.month, submission.content
        return min(self.first_days.get(key, submission.issued), submission.issued)

    def withdrawn(self, month: str) -> frozenset[str]:
        """Return the contents that the office has taken back for a month."""
        taken = (e for e in self.events if e.month == month and e.action == "withdraw")
        return frozenset(event.content for event in taken)

    def live(self, month: str) -> Sequence[Submission]:
        """Return a month's submissions that no other supersedes."""
        if month not in self._live:
            gone = self.superseded.get(month, {})
            self._live[month] = tuple(s for s in self.of(month) if s.content not in gone)
        return self._live[month]

    def live_of(self, month: str, senders: Iterable[str]) -> list[Submission]:
        """Return those of them that are, or are likely to be, of one of some senders.

        They are in the order of arrival; names are compared as squeezed.
        """
        live = self.live(month)
        if month not in self._by_sender:
            index = self._by_sender[month] = {}
            for place, submission in enumerate(live):
                for name in {submission.sender, submission.likely} - {None}:
                    index.setdefault(squeeze(name or ""), []).append(place)
        index = self._by_sender[month]
        places = {place for sender in senders for place in index.get(squeeze(sender), ())}
        return [live[place] for place in sorted(places)]
