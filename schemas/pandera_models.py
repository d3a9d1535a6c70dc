"""A definition's columns as pandera validates them, and its bindings as pandera's checks.

pandera is asked to keep one failing case a check (`n_failure_cases`): the rows are taken from the
check's own output, which is complete, while the table of failing cases grows with rows times
columns and drops empty ones.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.engines.pandas_engine import STRING, Engine

from schemas.bindings import Context, bindings_of
from schemas.definition import Column, Definition, Kind
from schemas.rules import RULES


class _Text(STRING):
    """pandas' own type of texts, compared as a whole.

    pandera's gives one answer a row and makes a frame of the wrong ones, of which there are none:
    a third of what a small ledger takes to validate.
    """

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:  # Any: as in pandera
        """Return whether a column's type is that of texts, whatever the texts are."""
        del data_container
        return super().check(pandera_dtype) is True


class _Column(pa.Column):
    """A column that is passed at a glance if it is in order; pandera itself looks at any other.

    Type and empty cells are all that is looked at. pandera takes twenty times as long for it, since
    it makes ready for parsers, samples and checks of a column's own, of which these have none: a
    tenth of what a small ledger takes to read and check.
    """

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: type | None = None) -> Any:
        """Return what validates any column: pandera looks for it by the class itself."""
        return pa.Column.get_backend(check_obj, check_type)

    def validate(self, check_obj: Any, *given: Any, **options: Any) -> Any:  # Any: as in pandera
        """Return the frame if the column is in order; raises what pandera raises."""
        column = check_obj[self.name]
        typed = self.dtype.check(Engine.dtype(column.dtype)) is True
        if typed and (self.nullable or not column.hasnans):
            return check_obj
        return super().validate(check_obj, *given, **options)


_NUMBER, _DAY, _TEXT = pd.Int64Dtype(), np.dtype("datetime64[s]"), _Text()  # type: ignore[call-arg]  # made by pandera
_TYPES: Mapping[str, Any] = {
    "count": _NUMBER,
    "amount": _NUMBER,
    "date": _DAY,
}  # what pandera takes


@cache
def columns_of_schema(definition: Definition, kind: Kind) -> Mapping[str, pa.Column]:
    """Return the columns of a ledger kind as pandera validates them.

    pandera looks at this point for whatever else it can work with. No ledger is a frame of dask's
    (which is installed with prefect-dask), none is made up by hypothesis; importing them would cost
    every process that checks a ledger a second.
    """
    with _hidden("dask.dataframe"), _hidden("hypothesis"):
        pa.DataFrameSchema.register_default_backends(pd.DataFrame)
        return {column.name: _column(column) for column in definition.kinds[kind]}


def _column(column: Column) -> pa.Column:
    """Return a column of the schema; an empty cell fails where it is required."""
    return _Column(
        _TYPES.get(column.type, _TEXT),
        nullable=not column.required,
        name=column.name,
        title=column.header,
        description=column.help,
    )


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


@lru_cache(maxsize=16)
def schema_of(definition: Definition, kind: Kind, context: Context) -> pa.DataFrameSchema:
    """Return the schema of a ledger kind in a run."""
    columns = dict(columns_of_schema(definition, kind))
    return pa.DataFrameSchema(columns, checks=bound_checks(definition, kind, context))


def bound_checks(definition: Definition, kind: Kind, context: Context) -> list[pa.Check]:
    """Return the checks of a kind's bindings, each of the whole frame."""
    return [
        pa.Check(
            _checked(RULES[b.code].predicate, b.parameters(context)),
            name=b.name,
            error=b.code,
            ignore_na=False,
            n_failure_cases=1,
        )
        for b in bindings_of(definition, kind)
    ]


def _checked(predicate: Any, parameters: dict[str, Any]) -> Any:
    """Return a check's function: True for a frame in order, else one truth value a row.

    The one value saves pandera a column to make and to look through for each rule of each ledger.
    """

    def passing(frame: Any) -> Any:
        flags = predicate(frame, **parameters)
        return bool(flags.all()) or pd.Series(flags, index=frame.index)

    return passing
