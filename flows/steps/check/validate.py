"""Running the pandera schema over a typed ledger and reading what failed, cell by cell (DESIGN §5).

pandera's own report would lose and multiply failures; the rows are taken from the output of each
check.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandera.pandas as pa

from flows.steps.check.facts import facts_of
from flows.steps.check.report import FailureBuilder, Violation
from flows.steps.failures import LISTED
from flows.steps.model import Failure, Ledger, Severity
from schemas.bindings import Binding, Context, bindings_of
from schemas.definition import Definition
from schemas.pandera_models import schema_of
from schemas.rules import BUILT_IN, RULES

# Conversions with these codes have a value all the same.
SUM_CODE, NAMES = "looks-like-total", ("county", "enterprise", "affiliation")
DOUBTS = tuple(code for code, rule in RULES.items() if rule.severity in ("query", "note"))
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Findings:
    """The failures of a ledger's cells and rows, in order, the rows they cost and hold back."""

    failures: Sequence[Failure]
    bad: Flags
    doubted: Flags


def validate(
    ledger: Ledger, context: Context, builder: FailureBuilder, doubts: Sequence[Violation] = ()
) -> Findings:
    """Return every fault of a ledger's cells and rows, listed up to LISTED of a rule, then counted.

    `doubts` are violations that no binding finds. Of the faults of one cell that cost its row only
    the first is reported: a cell that cannot be read is not also empty, a number that is wrong by
    itself is not also compared.
    """
    costs = _Costs(builder, ledger)
    definition = builder.definition
    violations = list(costs.charged([*doubts, *_violations(ledger, definition, context)]))
    order = {column.name: i for i, column in enumerate(definition.kinds[ledger.kind])}
    listed = [
        (int(row), order[violation.at], failure)
        for violation in _listed(violations)
        for row, failure in zip(
            violation.rows,
            builder.failures(violation, facts_of(builder, violation)),
            strict=True,
        )
    ]
    listed.sort(key=lambda t: (t[0], t[1], t[2].code))
    counts = Counter[str]()
    for violation in violations:
        counts[violation.code] += len(violation.rows)
    more = [
        builder.more(code, count - LISTED)
        for code, count in sorted(counts.items())
        if count > LISTED
    ]
    failures = [*(failure for _, _, failure in listed), *more]
    return Findings(failures, costs.bad, costs.doubted & ~costs.bad)


class _Costs:
    """Which rows violations cost and hold back, each cell charged once."""

    def __init__(self, builder: FailureBuilder, ledger: Ledger) -> None:
        self._builder = builder
        self._explained = ledger.frame["note"].notna().to_numpy()
        self._nothing = np.zeros(len(ledger.frame), dtype=bool)
        self.bad, self.doubted = self._nothing.copy(), self._nothing.copy()
        self._charged: dict[tuple[str, str], Flags] = {}

    def charged(self, violations: Iterable[Violation]) -> Iterator[Violation]:
        """Yield violations without rows whose cell has one already that costs as much or more.

        Rows whose query their 备注 explains are yielded apart.
        """
        for violation in violations:
            severity = self._builder.severity_of(violation)
            rows = violation.rows[~self._seen(violation, severity)[violation.rows]]
            self._mark(violation.at, severity, violation.key, rows)
            if (
                violation.code == SUM_CODE
            ):  # a sum has neither enterprise nor county nor affiliation
                for name in NAMES:
                    self._mark(name, "row", violation.key, rows)
            if severity != "query":
                if severity == "row":
                    self.bad[rows] = True
                parts = [(rows, False)]
            else:
                doubted = rows[~self._explained[rows]]
                self.doubted[doubted] = True
                parts = [(doubted, False), (rows[self._explained[rows]], True)]
            for chosen, explained in parts:
                if len(chosen):
                    yield replace(violation, rows=chosen, explained=explained)

    def _seen(self, violation: Violation, severity: Severity) -> Flags:
        lost = self._charged.get((violation.at, "row"), self._nothing)
        if severity == "row":
            return lost
        if severity == "query":
            return lost | self._charged.get((violation.at, "query"), self._nothing)
        return self._charged.get((violation.at, violation.key), self._nothing)

    def _mark(self, name: str, severity: Severity, rule: str, rows: Rows) -> None:
        key = (name, severity if severity in ("row", "query") else rule)
        self._charged.setdefault(key, self._nothing.copy())[rows] = True


def _listed(violations: Sequence[Violation]) -> Iterator[Violation]:
    """Yield the violations with the rows that are listed: of each rule the first LISTED."""
    by_code: dict[str, list[Violation]] = {}
    for violation in violations:
        by_code.setdefault(violation.code, []).append(violation)
    for same in by_code.values():
        rows = np.sort(np.concatenate([violation.rows for violation in same]))
        last = rows[LISTED - 1] if len(rows) > LISTED else rows[-1]
        room = LISTED - int((rows < last).sum())  # for violations of the last row
        for violation in same:
            chosen = violation.rows[violation.rows < last]
            if last in violation.rows and room > 0:
                chosen, room = np.append(chosen, last), room - 1
            if len(chosen):
                yield replace(violation, rows=chosen)


def _violations(ledger: Ledger, definition: Definition, context: Context) -> Iterator[Violation]:
    """Yield what could not be converted, then empty required cells, then failed bindings."""
    for c in ledger.conversions:
        yield Violation(c.code, c.name, c.rows, facts=c.facts)
    bindings = bindings_of(definition, ledger.kind)
    bound = {binding.name: number for number, binding in enumerate(bindings)}
    failed = sorted(
        _failed(ledger, definition, context),
        key=lambda f: -1 if isinstance(f[0], str) else bound[f[0].name],
    )
    unread = unread_cells(ledger)
    for what, rows in failed:
        if isinstance(what, str):
            wanted = _has_column(ledger, what) & ~unread.get(
                what, np.zeros(len(ledger.frame), dtype=bool)
            )
            yield Violation("required", what, rows[wanted[rows]])
        else:
            yield Violation(what.code, what.at, rows, what)


def unread_cells(ledger: Ledger) -> dict[str, Flags]:
    """Return which rows' cells could not be converted, by field."""
    flags: dict[str, Flags] = {}
    for conversion in ledger.conversions:
        if conversion.code not in DOUBTS:
            flags.setdefault(conversion.name, np.zeros(len(ledger.frame), dtype=bool))[
                conversion.rows
            ] = True
    return flags


def _has_column(ledger: Ledger, name: str) -> Flags:
    """Return which rows belong to a table with a field's column; a missing one is reported once."""
    return np.array([name in table.columns for table in ledger.tables], dtype=bool)[ledger.table_of]


def _failed(
    ledger: Ledger, definition: Definition, context: Context
) -> Iterator[tuple[Binding | str, Rows]]:
    """Yield each failed binding, or field with empty required cells, with the rows."""
    bindings = {binding.name: binding for binding in bindings_of(definition, ledger.kind)}
    whole = schema_of(definition, ledger.kind, context)
    try:
        whole.validate(ledger.frame, lazy=True, inplace=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            yield _read(error, bindings)


def _read(
    error: pa.errors.SchemaError, bindings: Mapping[str, Binding]
) -> tuple[Binding | str, Rows]:
    """Return what a pandera error is about; raises RuntimeError for one without a rule of ours."""
    name = getattr(error.check, "name", None) or str(error.check)
    if name in bindings:
        passed = error.check_output
        return bindings[name], np.flatnonzero(~np.asarray(passed, dtype=bool))
    if BUILT_IN.get(name) == "required":
        return str(error.schema.name), np.asarray(error.failure_cases["index"], dtype=np.int64)
    raise RuntimeError(
        f"the schema failed at {error.schema.name} in a way that no rule stands for: {name}"
    )
