"""A frame's columns as plain arrays, for the conditions that rules state.

Most ledgers have few rows: for those pandas takes up to ten times as long with its own columns.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]
Frame = Any  # pandas.DataFrame; pandas is imported by whoever has one
Texts: TypeAlias = "pa.Array | pa.ChunkedArray"


def plainly_named(frame: Frame) -> Frame:
    """Return a frame with Python's texts as names: in Arrow's a look-up takes twice as long."""
    frame.columns = frame.columns.astype(object)
    return frame


def numbers_of(frame: Frame, at: str, empty: int = 0) -> npt.NDArray[np.int64]:
    """Return a column of counts, with a number of its own for the empty cells."""
    return np.asarray(frame[at].array.to_numpy(dtype=np.int64, na_value=empty))


def texts_of(frame: Frame, at: str) -> Texts:
    """Return a column of texts as Arrow has it, which is how pandas holds it."""
    return pa.array(frame[at].array, from_pandas=True)


def absent(texts: Texts) -> Flags:
    """Return where there is no text."""
    return np.asarray(pc.is_null(texts), dtype=bool)


def one_of(texts: Texts, values: Collection[str]) -> Flags:
    """Return where there is a text, and it is one of a list."""
    return np.asarray(pc.is_in(texts, value_set=_value_set(frozenset(values))), dtype=bool)


@lru_cache(maxsize=64)
def _value_set(values: frozenset[str]) -> pa.Array:
    """Return a list's values as Arrow takes them, made once: a registry may have thousands."""
    return pa.array(sorted(values), type=pa.large_string())
