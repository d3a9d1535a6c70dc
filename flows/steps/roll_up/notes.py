"""Failures that only show in all ledgers of a month together, never stored (DESIGN §5)."""

from collections.abc import Iterator, Mapping, Sequence

from flows.settings import Campaign
from flows.steps.failures import Place, failure
from flows.steps.model import Coverage, Failure, Line, Submission, SubmissionHistory
from flows.steps.months import Month
from schemas.columns import KIND_NAMES
from schemas.definition import Column, Definition


def reported_twice(
    doubled: Sequence[tuple[Line, Line]], campaign: Campaign, month: Month
) -> Iterator[Failure]:
    """Yield a note at both rows of a county × enterprise that two senders report in this month."""
    for used, other in doubled:
        if not used.month == other.month == str(month):
            continue
        for line, elsewhere in ((used, other), (other, used)):
            yield failure(
                "reported-twice",
                line.file,
                _place(line, "enterprise"),
                header=campaign.definition.header_of("progress", "enterprise"),
                value=line.enterprise,
                aside=f"另一报送单位：{elsewhere.sender}（{_cell(elsewhere, 'enterprise')}）",
                county=line.county,
                enterprise=line.enterprise,
                used=campaign.sender[used.sender].type,
            )


def roster_mismatches(
    progress: Sequence[Line], rosters: Sequence[Line], definition: Definition
) -> Iterator[Failure]:
    """Yield a note at each count of a progress ledger that its sender's roster gives otherwise."""
    by_key = {(line.sender, *line.key): line for line in rosters}
    for line in progress:
        roster = by_key.get((line.sender, *line.key))
        if roster is None:
            continue
        for name, count in line.counts.items():
            if count != roster.counts[name] and not _defaulted(line, definition.column(name)):
                yield failure(
                    "roster-mismatch",
                    line.file,
                    _place(line, name),
                    header=definition.column(name).header,
                    value=count,
                    severity="note",
                    roster=roster.counts[name],
                    difference=abs(count - roster.counts[name]),
                )


def _defaulted(line: Line, column: Column) -> bool:
    """Return whether a count took its default, whose own cell has the note."""
    default = column.default
    return default is not None and line.cells[column.name][0] == line.cells[default][0]


def not_submitted(coverage: Sequence[Coverage], month: Month) -> Iterator[Failure]:
    """Yield a note on each sender who owes a ledger and sent none."""
    for row in coverage:
        if row.verdict == "missing":
            yield failure(
                "not-submitted",
                "",
                value=row.sender,
                sender=row.sender,
                month=month.label,
                kind=KIND_NAMES[row.kind],
            )


def superseded(history: SubmissionHistory, month: Month) -> Iterator[Failure]:
    """Yield a note on each ledger whose place a later one took."""
    gone: Mapping[str, Submission] = history.superseded.get(str(month), {})
    for old in history.of(str(month)):
        if (newer := gone.get(old.content)) is not None:
            yield failure("superseded", old.file, other=newer.file)


def _place(line: Line, name: str) -> Place:
    _, sheet, cell = _cell(line, name).rsplit("!", 2)
    return Place(sheet, cell)


def _cell(line: Line, name: str) -> str:
    return (line.cells[name][0] or line.cells["enterprise"][0])[0]
