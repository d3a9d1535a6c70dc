"""Which of a file's ledgers a fault belongs to."""

from collections.abc import Mapping, Sequence

from flows.steps.model import Failure, Submission, Table


def failures_of_ledger(
    failures: Sequence[Failure], ledger: Submission, ledgers: Sequence[Submission]
) -> list[Failure]:
    """Return the faults of one ledger of a file: in its tables, and those of the whole file."""
    if len(ledgers) == 1:
        return list(failures)
    tables = {other.id: other.tables for other in ledgers}
    owners = {failure: _table_of(failure, tables) for failure in failures}
    return [failure for failure, owner in owners.items() if owner in (ledger.id, None)]


def _table_of(failure: Failure, tables: Mapping[str, Sequence[Table]]) -> str | None:
    """Return the ledger whose table, the last on its sheet to begin above, holds the fault."""
    if failure.sheet is None or failure.row is None:
        return None
    started: list[tuple[int, str]] = []
    for ledger, its_tables in tables.items():
        rows = [table.header_row for table in its_tables if table.sheet == failure.sheet]
        started += [(row, ledger) for row in rows if row <= failure.row]
    return max(started)[1] if started else None
