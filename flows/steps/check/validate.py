"""Running the pandera schema over a typed ledger and reading what failed, cell by cell (DESIGN §5).

pandera's own report would lose and multiply failures; the rows are taken from the output of each check.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from flows.steps.check.report import Reporter
from flows.steps.model import Failure, Ledger
from schemas.bindings import BINDINGS, Binding, Context
from schemas.columns import KINDS, Kind
from schemas.models import bound_checks
from schemas.progress import Progress
from schemas.roster import Roster
from schemas.rules import BUILT_IN

MODELS: Mapping[Kind, type[pa.DataFrameModel]] = {"progress": Progress, "roster": Roster}
Rows = npt.NDArray[np.int64]


def validate(ledger: Ledger, context: Context, reporter: Reporter) -> list[tuple[int, Failure]]:
    """Return every failure of a ledger's cells and rows with its row id, in the order of rows, then columns, then rules."""
    blocked = {(name, row) for name, rows in _unreadable(ledger).items() for row in rows.tolist()}
    found = [*_converted(ledger, reporter)]
    for binding, rows in _failed(ledger, context):
        if isinstance(binding, str):
            found += [(row, binding, reporter.failure("required", binding, row)) for row in rows.tolist() if (binding, row) not in blocked]
        else:
            found += [(row, binding.at, reporter.bound(binding, row)) for row in _once(ledger, binding, rows).tolist()]
    order = {column.name: i for i, column in enumerate(KINDS[ledger.kind])}
    found.sort(key=lambda f: (f[0], order[f[1]], f[2].code))
    return [(row, failure) for row, _, failure in found]


def _unreadable(ledger: Ledger) -> dict[str, Rows]:
    """Return for each field the rows whose cell holds something that could not be converted."""
    unread: dict[str, list[Rows]] = {}
    for conversion in ledger.conversions:
        if conversion.code != "date-ambiguous":
            unread.setdefault(conversion.name, []).append(conversion.rows)
    return {name: np.concatenate(rows) for name, rows in unread.items()}


def _converted(ledger: Ledger, reporter: Reporter) -> Iterator[tuple[int, str, Failure]]:
    for conversion in ledger.conversions:
        for row in conversion.rows.tolist():
            yield row, conversion.name, reporter.failure(conversion.code, conversion.name, row, **conversion.facts.get(row, {}))


def _failed(ledger: Ledger, context: Context) -> Iterator[tuple[Binding | str, Rows]]:
    """Yield each binding that failed, or the field whose required cells are empty, with the rows."""
    bindings = {binding.name: binding for binding in BINDINGS[ledger.kind]}
    schema = MODELS[ledger.kind].to_schema()
    whole = pa.DataFrameSchema(schema.columns, checks=bound_checks(ledger.kind, context))
    try:
        whole.validate(ledger.frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            yield _read(error, bindings)


def _read(error: pa.errors.SchemaError, bindings: Mapping[str, Binding]) -> tuple[Binding | str, Rows]:
    """Return what one of pandera's errors speaks of; raises RuntimeError for one that no rule of ours stands for."""
    name = getattr(error.check, "name", None) or str(error.check)
    if name in bindings:
        passed = error.check_output
        return bindings[name], np.flatnonzero(~np.asarray(passed, dtype=bool))
    if BUILT_IN.get(name) == "required":
        return str(error.schema.name), np.asarray(error.failure_cases["index"], dtype=np.int64)
    raise RuntimeError(f"the schema failed at {error.schema.name} in a way that no rule stands for: {name}")


def _once(ledger: Ledger, binding: Binding, rows: Rows) -> Rows:
    """Return only the first failing row of each value where the binding asks for it."""
    if binding.once_per is None:
        return rows
    repeated = pd.Series(ledger.frame[binding.once_per].iloc[rows]).duplicated().to_numpy()
    return rows[~repeated]
