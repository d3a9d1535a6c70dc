"""What the store remembers of ledgers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flows.steps.model.ledgers import Kind, Table, Verdict


@dataclass(frozen=True)
class Submission:
    """A ledger in the store: one record of one content, checked under one set of rules.

    `content` names the ledger by its bytes and kind; a later record of the same content replaces an
    earlier one. `first_run` is the number of the run in which the content first came in: of two
    with rows in common the later first_run supersedes the earlier one, two of one first_run are
    submitted twice. `supersedes` lists the contents that this one takes the place of, `duplicates`
    those that it was submitted twice with.
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

    @property
    def counts(self) -> bool:
        """Return whether its good rows may count."""
        return self.verdict in ("accepted", "partly")


@dataclass(frozen=True)
class SubmissionHistory:
    """The submissions of some months: the newest record of each content, and what was superseded.

    `by_month` maps a month (2022-05) to its submissions in the order of first_run, `superseded` a
    content to the submission that took its place.
    """

    by_month: Mapping[str, Sequence[Submission]]
    superseded: Mapping[str, Mapping[str, Submission]]

    def of(self, month: str) -> Sequence[Submission]:
        """Return a month's submissions, superseded ones too."""
        return self.by_month.get(month, ())

    def live(self, month: str) -> list[Submission]:
        """Return a month's submissions without those whose place another took."""
        gone = self.superseded.get(month, {})
        return [submission for submission in self.of(month) if submission.content not in gone]
