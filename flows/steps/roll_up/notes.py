"""What only shows once all ledgers of a month lie side by side: told anew on every run, never stored (DESIGN §5)."""

from collections.abc import Iterator, Mapping, Sequence

from flows.settings import Campaign
from flows.steps.model import Coverage, Failure, Line, Submission, SubmissionHistory
from flows.steps.months import Month
from schemas.columns import COUNTS, KIND_NAMES, header_of
from schemas.rules import RULES


def reported_twice(
    doubled: Sequence[tuple[Line, Line]], campaign: Campaign, month: Month
) -> Iterator[Failure]:
    """Yield a note at both rows of a county × enterprise that two senders report; a carried row is none of this month's."""
    for used, other in doubled:
        if used.month == other.month == str(month):
            kind = campaign.sender[used.sender].type
            for here, there in ((used, other), (other, used)):
                aside = f"另一报送单位：{there.sender}（{_cell(there, 'enterprise')}）"
                facts = {"county": here.county, "enterprise": here.enterprise, "used": kind}
                yield _at(here, "enterprise", "reported-twice", here.enterprise, aside, **facts)


def roster_mismatches(progress: Sequence[Line], rosters: Sequence[Line]) -> Iterator[Failure]:
    """Yield a note at each count of a progress ledger that its sender's roster gives otherwise."""
    by_key = {(line.sender, *line.key): line for line in rosters}
    for line in progress:
        other = by_key.get((line.sender, *line.key))
        for name in COUNTS if other is not None else ():
            a, b = line.counts[name], other.counts[name]  # type: ignore[union-attr]  # the loop is empty without one
            if a != b and not (
                name == "archives_due" and line.cells[name][0] == line.cells["retirees"][0]
            ):
                facts = {
                    "header": header_of("progress", name),
                    "value": a,
                    "roster": b,
                    "difference": abs(a - b),
                }
                yield _at(line, name, "roster-mismatch", str(a), "", **facts)


def not_submitted(coverage: Sequence[Coverage], month: Month) -> Iterator[Failure]:
    """Yield a note on each sender who owes a ledger and sent none."""
    rule = RULES["not-submitted"]
    for row in coverage:
        if row.verdict == "missing":
            facts = {"sender": row.sender, "month": month.label, "kind": KIND_NAMES[row.kind]}
            yield Failure(
                "",
                None,
                None,
                None,
                None,
                row.sender,
                rule.code,
                rule.severity,
                rule.say(**facts),
                rule.advise(**facts),
            )


def superseded(remembered: SubmissionHistory, month: Month) -> Iterator[Failure]:
    """Yield a note on each ledger whose place a later one took."""
    rule = RULES["superseded"]
    gone: Mapping[str, Submission] = remembered.superseded.get(str(month), {})
    for old in remembered.of(str(month)):
        if (newer := gone.get(old.content)) is not None:
            yield Failure(
                old.file,
                None,
                None,
                None,
                None,
                None,
                rule.code,
                rule.severity,
                rule.say(other=newer.file),
                rule.advise(),
            )


def _at(line: Line, name: str, code: str, shown: str, aside: str, **facts: object) -> Failure:
    _, sheet, cell = _cell(line, name).rsplit("!", 2)
    rule = RULES[code]
    return Failure(
        line.file,
        sheet,
        cell,
        int("".join(c for c in cell if c.isdigit())),
        header_of("progress", name),
        shown,
        code,
        rule.severity,
        rule.say(**facts),
        rule.advise(**facts),
        aside,
    )


def _cell(line: Line, name: str) -> str:
    return (line.cells[name][0] or line.cells["enterprise"][0])[0]
