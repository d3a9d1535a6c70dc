"""From a column's facts to a pandera field, and from a rule's binding to a pandera check.

pandera is asked to keep one failing case a check (`n_failure_cases`): the rows are taken from the
check's own output, which is complete, while the table of failing cases grows with rows times
columns and drops empty ones.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pandera.pandas as pa

from schemas.bindings import BINDINGS, Context
from schemas.columns import Column, Kind
from schemas.rules import RULES


def columns_of_model(model: type[pa.DataFrameModel]) -> dict[str, pa.Column]:
    """Return a model's columns as pandera validates them.

    pandera looks at this point for whatever else it can work with. No ledger is a frame of dask's
    (which is installed with prefect-dask), none is made up by hypothesis; importing them would cost
    every process that checks a ledger a second.
    """
    with _hidden("dask.dataframe"), _hidden("hypothesis"):
        pa.DataFrameSchema.register_default_backends(pd.DataFrame)
        return dict(model.to_schema().columns)


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Let a module that is not loaded yet look as if it were not installed."""
    loaded = name in sys.modules
    if not loaded:
        sys.modules[name] = None  # type: ignore[assignment]  # this is how Python is told that there is none
    try:
        yield
    finally:
        if not loaded:
            del sys.modules[name]


def field_of(columns: Sequence[Column], name: str) -> Any:
    """Return the pandera field of a column; an empty cell fails where it is required."""
    column = next(c for c in columns if c.name == name)
    return pa.Field(
        nullable=not column.required,
        title=column.header,
        description=column.help,
        metadata={"column": column},
    )


def bound_checks(kind: Kind, context: Context) -> list[pa.Check]:
    """Return the checks of a kind's bindings: from the whole frame to one truth value a row."""
    return [
        pa.Check(
            _checked(RULES[b.code].predicate, b.parameters(context)),
            name=b.name,
            error=b.code,
            ignore_na=False,
            n_failure_cases=1,
        )
        for b in BINDINGS[kind]
    ]


def _checked(predicate: Any, parameters: dict[str, Any]) -> Any:
    return lambda frame: pd.Series(predicate(frame, **parameters), index=frame.index)
